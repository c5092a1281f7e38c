"""What parameters of a written template ask for, by the properties that read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

KINDS_BY_USE = {
    "OS::Neutron::Port.network": "network",
    "OS::Neutron::Port.subnet": "subnet",
    "OS::Neutron::Port.ip_address": "ground_address",
    "OS::Neutron::Port.security_groups": "group",
    "OS::Neutron::Subnet.network": "network",
    "OS::Neutron::Subnet.cidr": "cidr",
    "OS::Neutron::RouterInterface.subnet": "free_subnet",
    "OS::Neutron::RouterInterface.router": "router",
    "OS::Neutron::ExtraRouteSet.nexthop": "free_address",
    "OS::Neutron::SecurityGroupRule.security_group": "group",
    "OS::Neutron::SecurityGroupRule.remote_group": "group",
    "OS::Neutron::VPNService.router": "router",
    "OS::Neutron::VPNService.subnet": "subnet",
    "OS::Neutron::ExtraRouteSet.router": "router",
    "OS::Neutron::Router.router": "router",
    "OS::Octavia::LoadBalancer.vip_subnet": "subnet",
    "OS::Octavia::Pool.loadbalancer": "balancer",
    "OS::Octavia::Pool.listener": "listener",
    "OS::Octavia::Listener.loadbalancer": "balancer",
    "OS::Octavia::PoolMember.pool": "pool",
    "OS::Octavia::PoolMember.subnet": "subnet",
    "OS::Octavia::L7Policy.listener": "listener",
    "OS::Octavia::Listener.default_tls_container_ref": "certificate",
    "OS::Octavia::Listener.sni_container_refs": "certificate",
    "OS::Designate::RecordSet.zone": "zone",
    "OS::Designate::RecordSet.zone+": "zone_name",
    "OS::Designate::RecordSet.records A": "address",
    "OS::Designate::RecordSet.records AAAA": "address6",
    "OS::Designate::RecordSet.records CNAME": "domain",
    "OS::Zaqar::Subscription.queue_name": "queue",
    "OS::Nova::Server.key_name": "key",
    "OS::Nova::Server.image": "image",
    "OS::Nova::Server.flavor": "flavor",
    "OS::Trove::Instance.network": "network",
}


def uses(templates: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Kinds of parameters by the properties that take them whole, in a template and in its members of the same names."""
    found: dict[str, str] = {}
    for template in templates:
        found |= dict(_hops(template))
        for resource in (template.get("resources") or {}).values():
            for fixed in (resource.get("properties") or {}).get("fixed_ips") or []:
                address, subnet = (_parameter(fixed.get(key)) for key in ("ip_address", "subnet"))
                if _masked(fixed.get("ip_address")):
                    address = _masked(fixed["ip_address"])
                    found[address] = "ground_interface"
                if address and subnet:
                    found[f"{address} in"] = subnet
            for path, name in _taken(resource.get("properties"), ""):
                taker = f"{resource['type']}.{path}"
                kind = KINDS_BY_USE.get(taker) or KINDS_BY_USE.get(f"{taker} {resource['properties'].get('type')}")
                if kind and found.get(name) != "free_subnet":
                    found[name] = kind if kind == "free_subnet" else found.get(name, kind)
    return found


def handed_on(
    templates: Iterable[Mapping[str, Any]], files: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, str]
) -> dict[str, str]:
    """Kinds of parameters that are only handed on: to nested templates, or as outputs of theirs to others, which use them."""
    found: dict[str, str] = {}
    handed = [one for template in templates for one in _handed(template, files)]
    while True:
        known = {**found, **kinds}
        new = {name: known[taker] for name, taker in handed if taker in known and name not in known}
        if not new:
            return found
        found |= new


def _handed(template: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Parameters, each with the parameter of a nested template that gets it whole."""
    resources = template.get("resources") or {}
    for resource in resources.values():
        for taker, value in (resource.get("properties") or {}).items() if resource["type"] in files else ():
            for whole in _wholes(value):
                stack = resources.get((whole.get("get_attr") or [""])[0], {})
                output = (files.get(stack.get("type")) or {}).get("outputs", {}).get((whole.get("get_attr") or ["", ""])[1], {})
                for source in _wholes(output.get("value")) if output else [whole]:
                    if _parameter(source):
                        yield _parameter(source), taker


def _wholes(value: Any) -> Iterator[dict[str, Any]]:
    """The functions that a value may be, in whatever branch."""
    if isinstance(value, dict) and "if" in value:
        for branch in value["if"][1:]:
            yield from _wholes(branch)
    elif isinstance(value, dict):
        yield value


def held(templates: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The addresses that templates say in full, by the parameter that names the subnet beside them."""
    found: dict[str, list[str]] = {}
    for template in templates:
        for resource in (template.get("resources") or {}).values():
            for fixed in (resource.get("properties") or {}).get("fixed_ips") or []:
                subnet, address = _parameter(fixed.get("subnet")), fixed.get("ip_address")
                if subnet and isinstance(address, str):
                    found.setdefault(subnet, []).append(address)
    return found


def _hops(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """For next hops that are parameters, the subnet that the template puts on their router."""
    resources = [(one["type"], one.get("properties") or {}) for one in (template.get("resources") or {}).values()]
    for kind, asked in resources:
        for route in asked["routes"] if kind == "OS::Neutron::ExtraRouteSet" and isinstance(asked["routes"], list) else []:
            for other, interface in resources:
                on_it = other == "OS::Neutron::RouterInterface" and interface.get("router") == asked.get("router")
                hop, subnet = (_parameter(value) for value in (route.get("nexthop"), interface.get("subnet")))
                if on_it and hop and subnet:
                    yield f"{hop} in", subnet


def _parameter(value: Any) -> str:
    """The parameter that a value is, or ""."""
    name = value.get("get_param") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _masked(value: Any) -> str:
    """The parameter that has an address before a mask, or ""."""
    split = value.get("str_split") if isinstance(value, dict) else None
    return _parameter(split[1]) if isinstance(split, list) and split[0] == "/" and split[2:] == [0] else ""


def _taken(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Parameters below a value, with the nearest property's name; + behind it when they are a part of a text."""
    if isinstance(value, list):
        for member in value:
            yield from _taken(member, path)
    elif isinstance(value, dict):
        taken = value.get("get_param")
        if taken is not None:
            yield path, str(taken[0] if isinstance(taken, list) else taken)
        else:
            for key, member in value.items():
                yield from _taken(member, _nearest(path, key))


def _nearest(path: str, key: str) -> str:
    if key in ("list_join", "str_replace"):
        return f"{path.rstrip('+')}+"
    return path if key in ("if", "params", "template") or path.endswith("+") else key
