"""Load balancers, queues, containers and zones of a source beside those of the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.cloud.deployed import Deployed, Fact
from tests.cloud.evaluate import UNKNOWN, Ref

LISTENING = {
    "HTTP": {"HTTP"},
    "HTTPS": {"TERMINATED_HTTPS", "HTTPS", "HTTP", "TCP"},
    "TCP": {"TCP"},
    "SSL": {"TERMINATED_HTTPS", "TCP"},
}
LISTENING |= {"TLS": {"TERMINATED_HTTPS", "TCP"}, "UDP": {"UDP"}, "TCP_UDP": {"TCP", "UDP"}}


def classic(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A balancer with its listeners and, behind each, its instances."""
    id_ = stack.id("balancer", name)
    yield Fact(name, "load balancer", True, id_ in stack.seen["balancer"])
    listeners = asked.get("Listeners")
    for index, one in enumerate(listeners if isinstance(listeners, list) else []):
        path = f"{name}.Properties.Listeners.{index}"
        seen = _listener(stack, id_, one.get("LoadBalancerPort"))
        yield _protocol(path, one, seen)
        instances = asked.get("Instances")
        if seen and isinstance(instances, list) and str(one.get("InstancePort", "")).isdigit():
            wanted = [_member(stack, machine, int(one["InstancePort"])) for machine in instances]
            members = (stack.seen["pool"].get(seen["pool"]) or {}).get("members", [])
            yield Fact(path, "members", UNKNOWN if UNKNOWN in wanted else sorted(wanted), _grouped(stack, name, members, wanted))


def _grouped(stack: Deployed, name: str, members: list[Any], wanted: list[Any]) -> Any:
    """The members, without those that scaling groups bring."""
    joined = any(
        isinstance(stack.source.properties(other).get("LoadBalancerNames"), list)
        for other, resource in stack.source.resources().items()
        if resource.get("Type") == "AWS::AutoScaling::AutoScalingGroup"
    )
    return sorted(one for one in members if one in wanted) if joined else sorted(members)


def _member(stack: Deployed, machine: Any, port: int) -> Any:
    address = stack.private(machine.id) if isinstance(machine, Ref) else UNKNOWN
    return UNKNOWN if address is UNKNOWN else [address, port]


def _listener(stack: Deployed, balancer: str | None, port: Any) -> dict[str, Any] | None:
    return next(
        (one for one in stack.seen["listener"].values() if balancer in one["balancers"] and str(one["port"]) == str(port)), None
    )


def _protocol(path: str, asked: dict[str, Any], seen: dict[str, Any] | None) -> Fact:
    protocol = asked.get("Protocol", UNKNOWN)
    allowed = LISTENING.get(str(protocol).upper())
    found = (seen or {}).get("protocol")
    fits = allowed is not None and found in allowed
    return Fact(path, "listener's protocol", protocol if allowed else UNKNOWN, protocol if fits else found)


def balancer(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A balancer in one of its subnets."""
    seen = stack.thing("balancer", name)
    yield Fact(name, "load balancer", True, seen is not None)
    places = asked.get("Subnets")
    if seen is not None and isinstance(places, list) and places:
        ids = [stack.resolved("subnet", place) for place in places]
        yield Fact(
            f"{name}.Properties.Subnets",
            "subnet of the load balancer",
            UNKNOWN if UNKNOWN in ids else True,
            seen["subnet"] in ids,
        )


def listener(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """Its port and protocol, on its balancer, forwarding to its group."""
    owner = asked.get("LoadBalancerArn")
    id_ = stack.id("balancer", owner.id) if isinstance(owner, Ref) else None
    if id_ is None:
        return
    seen = _listener(stack, id_, asked.get("Port"))
    yield Fact(f"{name}.Properties.Port", "listener", True, seen is not None)
    yield _protocol(f"{name}.Properties.Protocol", asked, seen)
    for index, action in enumerate(asked.get("DefaultActions") or []):
        target = action.get("TargetGroupArn") if isinstance(action, dict) else None
        if seen is not None and isinstance(target, Ref):
            wanted = stack.id("pool", target.id) or UNKNOWN
            yield Fact(
                f"{name}.Properties.DefaultActions.{index}.TargetGroupArn", "group that it forwards to", wanted, seen["pool"]
            )


def target_group(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """Its targets are members of its pool, and so are the servers of its scaling groups."""
    seen = stack.thing("pool", name)
    if seen is None:
        return
    targets = asked.get("Targets") if isinstance(asked.get("Targets"), list) else []
    port = str(asked.get("Port", ""))
    wanted = [_target(stack, one, port) for one in targets or []]
    for other, resource in stack.source.resources().items():
        if resource.get("Type") == "AWS::AutoScaling::AutoScalingGroup" and _joins(stack, other, name):
            wanted += [_scaled(stack, server, port) for server in stack.things("server", other)]
    members = seen["members"]
    outputs = (stack.source.value(one.get("Value")) for one in (stack.source.data.get("Outputs") or {}).values())
    if Ref(name) in outputs:
        members = [one for one in members if one in wanted]  # who gets the group may bring further ones
    yield Fact(f"{name}.Properties.Targets", "members", UNKNOWN if UNKNOWN in wanted else sorted(wanted), members)


def _joins(stack: Deployed, group: str, target: str) -> bool:
    arns = stack.source.properties(group).get("TargetGroupARNs")
    return isinstance(arns, list) and any(isinstance(one, Ref) and one.id == target for one in arns)


def _target(stack: Deployed, target: dict[str, Any], port: str) -> Any:
    port = str(target.get("Port", port))
    if not port.isdigit():
        return UNKNOWN
    address = target.get("Id")
    return [address, int(port)] if isinstance(address, str) else _member(stack, address, int(port))


def _scaled(stack: Deployed, server: str, port: str) -> Any:
    found = [one for one in stack.seen["port"].values() if one["device"] == server]
    return [found[0]["addresses"][0][1], int(port)] if found and port.isdigit() else UNKNOWN


def queue(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A queue that takes a message and gives it back."""
    id_ = stack.id("queue", name)
    yield Fact(name, "queue", True, id_ in stack.seen["queue"])


def container(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A container."""
    yield Fact(name, "container", True, stack.thing("container", name) is not None)


def zone(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A zone of this name."""
    wanted = stack.text(asked.get("Name", UNKNOWN))
    seen = stack.thing("zone", name) or {}
    yield Fact(f"{name}.Properties.Name", "zone", _dotted(wanted), seen.get("name"))


def record(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """One record set: its name, its type, its records."""
    yield from _record(stack, f"{name}.Properties", asked)


def records(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """Each record set of a group; those of one name and type that Route 53 weighs are one here."""
    sets = asked.get("RecordSets")
    for index, one in enumerate(sets if isinstance(sets, list) else []):
        if isinstance(one, dict):
            yield from _record(stack, f"{name}.Properties.RecordSets.{index}", one)


def _record(stack: Deployed, path: str, asked: dict[str, Any]) -> Iterator[Fact]:
    wanted, kind = _dotted(stack.text(asked.get("Name", UNKNOWN))), asked.get("Type", UNKNOWN)
    named = [one for one in stack.seen["record"].values() if one["name"] == wanted]
    yield Fact(f"{path}.Name", "record set", UNKNOWN if wanted is UNKNOWN else True, bool(named))
    found = [one for one in named if one["type"] == kind]
    if named:
        yield Fact(f"{path}.Type", "type of the record set", kind, kind if found else sorted(one["type"] for one in named))
    values = [stack.text(one) for one in asked.get("ResourceRecords") or []]
    if found and values and UNKNOWN not in values:
        have = {value.rstrip(".") for one in found for value in one["records"]}
        missing = [value for value in values if str(value).rstrip(".") not in have]
        yield Fact(f"{path}.ResourceRecords", "records", [], missing)


def _dotted(name: Any) -> Any:
    return name.rstrip(".").lower() + "." if isinstance(name, str) else UNKNOWN


CHECKS = {
    "AWS::ElasticLoadBalancing::LoadBalancer": classic,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
    "AWS::ElasticLoadBalancingV2::Listener": listener,
    "AWS::ElasticLoadBalancingV2::TargetGroup": target_group,
    "AWS::SQS::Queue": queue,
    "AWS::SNS::Topic": queue,
    "AWS::S3::Bucket": container,
    "AWS::Route53::HostedZone": zone,
    "AWS::Route53::RecordSet": record,
    "AWS::Route53::RecordSetGroup": records,
}
