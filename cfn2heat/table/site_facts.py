"""Chooses what a site file says of a cloud: for each fact of the table the value that fits, or why a person must decide."""

from __future__ import annotations

from collections.abc import Callable

from cfn2heat.record import field, record
from cfn2heat.table.loader import Table
from cfn2heat.table.site_cloud import Choice, Cloud, Thing, listed, named
from cfn2heat.table.site_file import Fact
from cfn2heat.table.site_tables import KINDS as TABLE_KINDS
from cfn2heat.table.site_tables import TABLES


@record
class Wanted:
    """What templates ask of a site: facts, and the keys of those that are tables."""

    facts: set[str] = field(default_factory=set)
    keys: dict[str, set[str]] = field(default_factory=dict)


def site_facts(table: Table, cloud: Cloud, wanted: Wanted | None) -> list[Fact]:
    """Every fact of the table in its order; when templates want certain ones, those and what is good for every template."""
    found = []
    for name, data in table.site_facts.items():
        if wanted is not None and name not in wanted.facts and name not in wanted.keys and name not in GENERAL:
            continue
        if name in TABLES:
            value, comments = TABLES[name](cloud, None if wanted is None else sorted(wanted.keys.get(name, ())))
        else:
            value, comments = FACTS[name](cloud)
        found.append(Fact(name, value, [f"{data['description']}.", *comments]))
    return [*found, _switches(cloud, table.switches)]


# ---- networks ---------------------------------------------------------------------------------------------------------


def _external_network(cloud: Cloud) -> Choice:
    found = [one for one in named(cloud, "neutron.network") if one.facts["is_router_external"]]
    return _one_of(found, "external networks", [one for one in found if one.facts["is_default"]])


def _default_network(cloud: Cloud) -> Choice:
    found = _inner_networks(cloud)
    return _one_of(found, "networks with subnets", [one for one in found if one.facts["is_shared"]])


def _inner_networks(cloud: Cloud) -> list[Thing]:
    networks = named(cloud, "neutron.network")
    return [one for one in networks if not one.facts["is_router_external"] and one.facts["subnet_ids"]]


def _default_subnet(cloud: Cloud) -> Choice:
    networks = _inner_networks(cloud)
    found = _subnets(cloud, networks)
    return _one_of(found, "subnets", _subnets(cloud, [one for one in networks if one.facts["is_shared"]]))


def _subnets(cloud: Cloud, networks: list[Thing]) -> list[Thing]:
    inner = {id for one in networks for id in one.facts["subnet_ids"]}
    return [one for one in named(cloud, "neutron.subnet") if one.id in inner]


def _one_of(found: list[Thing], what: str, preferred: list[Thing]) -> Choice:
    """The only one, or the only one that is preferred; else a person chooses."""
    if not found:
        return None, [f"This cloud shows no {what}."]
    certain = preferred if len(preferred) == 1 else found if len(found) == 1 else []
    if not certain:
        return None, [f"Choose one of its {len(found)} {what}: {listed([one.name for one in found])}."]
    others = [one.name for one in found if one is not certain[0]]
    return certain[0].name, [f"There is also {listed(others)}."] if others else []


def _dns_servers(cloud: Cloud) -> Choice:
    """What the subnets that exist hand to their servers, when they agree."""
    told = {tuple(one.facts["dns_nameservers"] or ()) for one in _subnets(cloud, _inner_networks(cloud))}
    if len(told) == 1 and (servers := list(next(iter(told)))):
        return servers, []
    return None, ["The subnets of this cloud do not agree on any." if len(told) > 1 else "The subnets of this cloud name none."]


# ---- services ---------------------------------------------------------------------------------------------------------


def _zones(cloud: Cloud) -> Choice:
    found = [one.name for one in named(cloud, "nova.zone")]
    volumes = [one.name for one in named(cloud, "cinder.zone")]
    lacking = [zone for zone in found if volumes and zone not in volumes]
    comments = [f"Volumes have no zone {listed(lacking)}: theirs are {listed(volumes)}."] if lacking else []
    return found or None, comments


def _messaging_url(cloud: Cloud) -> Choice:
    address = cloud.services.get("messaging")
    if address is None:
        return None, ["This cloud has no messaging service."]
    address = address.rstrip("/")
    return address if address.endswith("/v2") else f"{address}/v2", []


def _object_store_url(cloud: Cloud) -> Choice:
    address = cloud.services.get("object-store")
    return address, [] if address else ["This cloud has no object store."]


def _zone_email(cloud: Cloud) -> Choice:
    known = sorted({one.facts["email"] for one in cloud.things.get("designate.zone", ()) if one.facts["email"]})
    return (known[0], ["As the project's zones have it."]) if len(known) == 1 else (None, ["No zone of the project tells it."])


def _share_type(cloud: Cloud) -> Choice:
    found = named(cloud, "manila.share_type")
    plain = [one for one in found if str(one.facts["extra_specs"].get("driver_handles_share_servers")).lower() != "true"]
    return _one_of(found, "share types", [one for one in plain if one.name == "default"] or plain)


def _keystone_domain(cloud: Cloud) -> Choice:
    return cloud.user.get("domain") or None, []


def _heat_version(cloud: Cloud) -> Choice:
    return max((version for version in cloud.versions if version[:1].isdecimal()), default=None), []


def _services(cloud: Cloud) -> Choice:
    return sorted(cloud.services) or None, []


def _switches(cloud: Cloud, switches: dict[str, str]) -> Fact:
    """A switch is on or off where the user's roles tell it; the others stand behind #."""
    known = {"keystone_admin": "admin" in cloud.user.get("roles", ())}
    return Fact("switches", {name: known.get(name) for name in switches}, [f"{name}: {text}." for name, text in switches.items()])


KINDS = TABLE_KINDS | {
    *("cinder.zone", "designate.zone", "manila.share_type", "neutron.network", "neutron.subnet", "nova.zone"),
}
"""What must be known of a cloud to fill a site file."""

GENERAL = {"dns_servers", "heat_version", "services"}
"""Facts that are good for every template."""

FACTS: dict[str, Callable[[Cloud], Choice]] = {
    "external_network": _external_network,
    "default_network": _default_network,
    "default_subnet": _default_subnet,
    "dns_servers": _dns_servers,
    "zones": _zones,
    "messaging_url": _messaging_url,
    "object_store_url": _object_store_url,
    "zone_email": _zone_email,
    "share_type": _share_type,
    "keystone_domain": _keystone_domain,
    "heat_version": _heat_version,
    "services": _services,
}
"""How each fact that is no table is found."""
