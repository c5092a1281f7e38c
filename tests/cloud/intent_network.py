"""Networks of a source beside those of the cloud: subnets, groups with their rules, ports, addresses, ways out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from tests.cloud.deployed import Deployed, Fact, primary
from tests.cloud.evaluate import UNKNOWN, Ref

PROTOCOLS = {"-1": None, "all": None, "0": None, "1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "51": "ah", "58": "ipv6-icmp"}
PROTOCOLS |= {"icmpv6": "ipv6-icmp"}
Rule = tuple[Any, ...]
"""Direction, protocol, least and greatest port, block of addresses, group; None is any."""
ANY_EGRESS: Rule = ("egress", None, None, None, None, None)
NO_EGRESS: Rule = ("egress", None, None, None, "127.0.0.1/32", None)
"""Lets nothing out, and takes the place of the rules that Neutron gives to each new group."""


def vpc(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A network stands for it."""
    yield Fact(f"{name}", "network", True, stack.thing("network", name) is not None)


def subnet(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """Its block, in its network."""
    seen = stack.thing("subnet", name) or {}
    yield Fact(f"{name}.Properties.CidrBlock", "subnet CIDR", block(asked.get("CidrBlock", UNKNOWN)), seen.get("cidr"))
    wanted = stack.resolved("network", asked.get("VpcId", UNKNOWN))
    yield Fact(f"{name}.Properties.VpcId", "subnet's network", wanted, seen.get("network"))


def association(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A subnet whose table leads out stands on a router that leads out."""
    table, place = asked.get("RouteTableId"), stack.resolved("subnet", asked.get("SubnetId", UNKNOWN))
    if isinstance(table, Ref) and place is not UNKNOWN and _leads_out(stack, table.id):
        routers = [port["device"] for port in stack.seen["port"].values() if _serves(port, place)]
        outward = [router for router in routers if (stack.seen["router"].get(router) or {}).get("external")]
        yield Fact(name, "subnet leads out", True, bool(outward))


def _serves(port: dict[str, Any], subnet_id: str) -> bool:
    return port["owner"].startswith("network:router") and any(subnet_id == found for found, _ in port["addresses"])


def _leads_out(stack: Deployed, table: str) -> bool:
    for name, resource in stack.source.resources().items():
        if resource.get("Type") == "AWS::EC2::Route":
            asked = stack.source.properties(name)
            if asked.get("RouteTableId") == Ref(table) and asked.get("DestinationCidrBlock") == "0.0.0.0/0":
                gateway = asked.get("GatewayId", asked.get("NatGatewayId"))
                if isinstance(gateway, Ref) and _is_gateway(stack, gateway.id):
                    return True
    return False


def _is_gateway(stack: Deployed, name: str) -> bool:
    return stack.source.data["Resources"][name]["Type"] in ("AWS::EC2::InternetGateway", "AWS::EC2::NatGateway")


def group(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """All its rules, those of separate resources with them, and no others."""
    seen = stack.thing("group", name)
    yield Fact(name, "security group", True, seen is not None)
    wanted = dict(_wanted(stack, name, asked))
    if seen is None:
        return
    found = {normal(rule) for rule in seen["rules"].values()} - {NO_EGRESS}
    if ANY_EGRESS not in wanted.values() and not any(rule[0] == "egress" for rule in _plain(wanted)):
        wanted[f"{name}.egress"] = ANY_EGRESS
    for path, rule in wanted.items():
        yield Fact(
            path, "security group rule", UNKNOWN if UNKNOWN in rule else rule, rule if rule in found else sorted(found, key=str)
        )
    if not any(UNKNOWN in rule for rule in wanted.values()):
        yield Fact(name, "rules that nobody asked for", [], sorted(found - set(wanted.values()), key=str))


def _plain(wanted: dict[str, Rule]) -> list[Rule]:
    return [rule for rule in wanted.values() if UNKNOWN not in rule]


def _wanted(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[tuple[str, Rule]]:
    for key, direction in (("SecurityGroupIngress", "ingress"), ("SecurityGroupEgress", "egress")):
        rules = asked.get(key, [])
        for index, rule in enumerate(rules if isinstance(rules, list) else [rules]):
            yield f"{name}.Properties.{key}.{index}", wanted_rule(stack, direction, rule)
    for other, resource in stack.source.resources().items():
        if resource.get("Type") in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"):
            rule = stack.source.properties(other)
            if rule.get("GroupId", rule.get("GroupName")) in (Ref(name), Ref(name, "GroupId")):
                yield other, wanted_rule(stack, resource["Type"].removeprefix("AWS::EC2::SecurityGroup").lower(), rule)


def wanted_rule(stack: Deployed, direction: str, rule: Any) -> Rule:
    """A rule of the source in the words of Neutron."""
    if not isinstance(rule, dict):
        return (direction, UNKNOWN)
    word = str(rule.get("IpProtocol", "-1")).lower()
    protocol: Any = UNKNOWN if _open(rule.get("IpProtocol")) else PROTOCOLS.get(word, word)
    low, high = (_port(rule.get(key)) for key in ("FromPort", "ToPort"))
    if protocol is None:
        low = high = None
    if protocol in ("tcp", "udp") and (low, high) in ((0, 65535), (1, 65535), (None, 65535)):
        low = high = None
    prefix = rule.get("CidrIp", rule.get("CidrIpv6"))
    return (direction, protocol, low, high, block(prefix), _group(stack, rule))


def _port(value: Any) -> Any:
    if _open(value):
        return UNKNOWN
    return None if value is None or int(value) == -1 else int(value)


def _group(stack: Deployed, rule: dict[str, Any]) -> Any:
    for key in ("SourceSecurityGroupId", "SourceSecurityGroupName", "DestinationSecurityGroupId"):
        if key in rule:
            return stack.resolved("group", rule[key])
    return UNKNOWN if "SourcePrefixListId" in rule or "DestinationPrefixListId" in rule else None


def normal(rule: list[Any]) -> Rule:
    """A rule of Neutron without what means nothing: the version of addresses where none are said, blocks that are all."""
    direction, _, protocol, low, high, prefix, group_id = rule
    if protocol == "0":
        protocol = None
    if protocol in ("tcp", "udp") and (low, high) == (1, 65535):
        low = high = None
    return (direction, PROTOCOLS.get(str(protocol), protocol), low, high, block(prefix), group_id)


def block(value: Any) -> Any:
    """A block of addresses as Neutron writes it; None for all of them."""
    if value is None or _open(value) or not isinstance(value, str):
        return UNKNOWN if _open(value) else None
    try:
        network = ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        return UNKNOWN
    return None if network.prefixlen == 0 else str(network)


def _open(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, int, float, list, dict))


def port(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """Its subnet, its fixed addresses, its groups."""
    seen = stack.thing("port", name)
    yield Fact(name, "port", True, seen is not None)
    if seen is not None:
        yield from addresses(stack, name, asked, [seen])


def addresses(stack: Deployed, name: str, asked: dict[str, Any], ports: list[dict[str, Any]]) -> Iterator[Fact]:
    """Subnet, fixed addresses and groups of a port, or of the ports of a server."""
    where = f"{name}.Properties"
    subnets = {subnet_id for one in ports for subnet_id, _ in one["addresses"]}
    fixed = {address for one in ports for _, address in one["addresses"]}
    if "SubnetId" in asked:
        wanted = stack.resolved("subnet", asked["SubnetId"])
        yield Fact(f"{where}.SubnetId", "subnet of the port", wanted, wanted if wanted in subnets else sorted(subnets))
    more = asked.get("PrivateIpAddresses") if isinstance(asked.get("PrivateIpAddresses"), list) else []
    for address in [asked.get("PrivateIpAddress"), *(one.get("PrivateIpAddress") for one in more or [] if isinstance(one, dict))]:
        if address is not None:
            wanted = stack.text(address)
            yield Fact(f"{where}.PrivateIpAddress", "fixed address", wanted, wanted if wanted in fixed else sorted(fixed))
    yield from groups(stack, where, asked, ports)


def groups(stack: Deployed, where: str, asked: dict[str, Any], ports: list[dict[str, Any]]) -> Iterator[Fact]:
    """The groups of each port are those that were asked for."""
    for key in ("SecurityGroupIds", "SecurityGroups", "GroupSet", "Groups"):
        if isinstance(asked.get(key), list) and asked[key]:
            ids = [stack.resolved("group", one) for one in asked[key]]
            wanted = UNKNOWN if UNKNOWN in ids else sorted(set(ids))
            for one in ports:
                yield Fact(f"{where}.{key}", "security groups of the port", wanted, one["groups"])


def floating(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """A floating address, on the server that it names."""
    seen = stack.thing("address", name)
    yield Fact(name, "floating IP", True, seen is not None)
    if seen is not None and isinstance(asked.get("InstanceId"), Ref):
        yield _on(stack, f"{name}.Properties.InstanceId", seen, asked["InstanceId"])


def floating_association(stack: Deployed, name: str, asked: dict[str, Any]) -> Iterator[Fact]:
    """The address stands on the port of the server, or on the port."""
    address = asked.get("AllocationId", asked.get("EIP"))
    target = asked.get("InstanceId", asked.get("NetworkInterfaceId"))
    if isinstance(address, Ref) and isinstance(target, Ref):
        seen = stack.thing("address", address.id)
        if seen is not None:
            yield _on(stack, name, seen, target)
            fixed = asked.get("PrivateIpAddress", primary(stack.source.properties(target.id)))
            if fixed is not None:
                yield Fact(name, "address that the floating IP serves", stack.text(fixed), seen["fixed"])


def _on(stack: Deployed, path: str, address: dict[str, Any], target: Ref) -> Fact:
    server, own = stack.id("server", target.id), stack.id("port", target.id)
    ports = {id_ for id_, one in stack.seen["port"].items() if (server and one["device"] == server) or id_ == own}
    return Fact(path, "floating IP stands on it", True, address["port"] in ports)


CHECKS = {
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::SubnetRouteTableAssociation": association,
    "AWS::EC2::SecurityGroup": group,
    "AWS::EC2::NetworkInterface": port,
    "AWS::EC2::EIP": floating,
    "AWS::EC2::EIPAssociation": floating_association,
}
