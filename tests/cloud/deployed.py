"""One deployed stack beside its source: which thing of the cloud stands for which resource, and what references have become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.evaluate import UNKNOWN, Ref, Source, Text

TYPES = {
    "network": ["OS::Neutron::Net"],
    "subnet": ["OS::Neutron::Subnet"],
    "router": ["OS::Neutron::Router"],
    "port": ["OS::Neutron::Port"],
    "group": ["OS::Neutron::SecurityGroup"],
    "address": ["OS::Neutron::FloatingIP"],
    "server": ["OS::Nova::Server"],
    "volume": ["OS::Cinder::Volume"],
    "balancer": ["OS::Octavia::LoadBalancer"],
    "listener": ["OS::Octavia::Listener"],
    "pool": ["OS::Octavia::Pool"],
    "container": ["OS::Swift::Container"],
    "queue": ["OS::Zaqar::Queue"],
    "zone": ["OS::Designate::Zone"],
    "record": ["OS::Designate::RecordSet"],
    "key": ["OS::Nova::KeyPair"],
    "secret": ["OS::Barbican::Secret"],
    "user": ["OS::Keystone::User"],
    "user_group": ["OS::Keystone::Group"],
}


@dataclass
class Fact:
    """One thing that the source asks for, and what the cloud has."""

    path: str
    what: str
    wanted: Any
    found: Any

    @property
    def known(self) -> bool:
        """Whether the source alone says it."""
        return self.wanted is not UNKNOWN

    @property
    def holds(self) -> bool:
        """Whether the cloud has what was asked for."""
        return bool(self.wanted == self.found)


@dataclass
class Deployed:
    """One stack: its source, what Heat lists of it, what the services report, what the site says of flavors and images."""

    source: Source
    stack: str
    rows: list[dict[str, str]]
    seen: Mapping[str, Mapping[str, Any]]
    site: Mapping[str, Any] = field(default_factory=dict)

    def own(self) -> list[dict[str, str]]:
        """The resources of this stack, without those of stacks below."""
        return [row for row in self.rows if row["stack"] == self.stack]

    def row(self, name: str, kinds: list[str]) -> dict[str, str] | None:
        """The resource of this name and of one of these types; else one whose name begins with it."""
        mine = [row for row in self.own() if row["type"] in kinds]
        exact = [row for row in mine if row["name"] == name]
        near = [row for row in mine if row["name"].startswith(f"{name}_")]
        return next(iter([*exact, *near]), None)

    def id(self, kind: str, name: str) -> str | None:
        """The id of the thing of a kind that stands for a resource."""
        row = self.row(name, TYPES[kind])
        return row["id"] if row else None

    def thing(self, kind: str, name: str) -> dict[str, Any] | None:
        """What its service reports of it."""
        found: dict[str, Any] | None = self.seen[kind].get(self.id(kind, name) or "")
        return found

    def things(self, kind: str, name: str) -> dict[str, dict[str, Any]]:
        """All things of a kind that came of a resource: its own, and those of stacks below it."""
        rows = [row for row in self.own() if row["name"] == name or row["name"].startswith(f"{name}_")]
        below = [inner for row in rows for inner in self.below(row["id"])]
        ids = {row["id"] for row in [*rows, *below] if row["type"] in TYPES[kind]}
        return {id_: thing for id_, thing in self.seen[kind].items() if id_ in ids}

    def below(self, stack: str) -> Iterator[dict[str, str]]:
        """All resources of a nested stack and of those below it."""
        for row in self.rows:
            if row["stack"] == stack and stack != self.stack:
                yield row
                yield from self.below(row["id"])

    def resolved(self, kind: str, value: Any) -> Any:
        """The id that a value means, when it refers to a thing of this kind; a text is the id or name that was given."""
        if isinstance(value, Ref):
            if value.attribute in ("", "GroupId", "VpcId", "SubnetId", "Id", "Arn"):
                return self.id(kind, value.id) or UNKNOWN
            return UNKNOWN
        return value if isinstance(value, str) else UNKNOWN

    def text(self, value: Any) -> Any:
        """A text with the references that are known here put in; UNKNOWN when one is not."""
        if isinstance(value, Ref):
            return self.attribute(value)
        if not isinstance(value, Text):
            return value
        pieces = [self.attribute(piece) if isinstance(piece, Ref) else piece for piece in value.pieces]
        return UNKNOWN if UNKNOWN in pieces else "".join(pieces)

    def attribute(self, ref: Ref) -> Any:
        """What a reference has become: addresses and ids; UNKNOWN for the rest."""
        kind = self.source.data["Resources"].get(ref.id, {}).get("Type")
        if ref.attribute == "PublicIp" or (ref.attribute == "" and kind == "AWS::EC2::EIP"):
            floating = self.thing("address", ref.id)
            if floating:
                return floating["address"]
        if ref.attribute in ("PrivateIp", "PrimaryPrivateIpAddress"):
            return self.private(ref.id)
        if ref.attribute in ("", "GroupId", "VpcId", "SubnetId"):
            for kind in ("network", "subnet", "group", "server", "volume", "container"):
                found = self.id(kind, ref.id)
                if found:
                    return found
        return UNKNOWN

    def ports(self, name: str) -> list[dict[str, Any]]:
        """The ports of the server of a resource, or the port that it is itself."""
        server = self.id("server", name)
        if server is None:
            port = self.thing("port", name)
            return [port] if port else []
        first = self.id("port", self._first_interface(name))
        ports = {id_: port for id_, port in self.seen["port"].items() if port["device"] == server}
        return [port for id_, port in sorted(ports.items(), key=lambda item: item[0] != first)]

    def private(self, name: str) -> Any:
        """The first address of a server or port; of several, the one that the source says: Neutron has its own order."""
        ports = self.ports(name)
        addresses = [address for _, address in ports[0]["addresses"]] if ports else []
        said = self.text(primary(self.source.properties(self._first_interface(name))))
        return addresses[0] if len(addresses) == 1 else said if said in addresses else UNKNOWN

    def _first_interface(self, name: str) -> str:
        """The network interface with which a server begins, where that is a resource; else the resource itself."""
        asked = self.source.properties(name).get("NetworkInterfaces")
        for one in asked if isinstance(asked, list) else []:
            inner = one.get("NetworkInterfaceId") if isinstance(one, dict) and str(one.get("DeviceIndex", 0)) == "0" else None
            if isinstance(inner, Ref):
                return inner.id
        return name


def primary(asked: dict[str, Any]) -> Any:
    """The first address of a network interface, where the source says it."""
    more = asked.get("PrivateIpAddresses") if isinstance(asked.get("PrivateIpAddresses"), list) else []
    said = [one for one in more or [] if isinstance(one, dict) and str(one.get("Primary")).lower() == "true"]
    return asked.get("PrivateIpAddress", said[0].get("PrivateIpAddress") if said else None)
