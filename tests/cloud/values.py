"""Chooses values for the parameters of a converted template: by rules, from what the cloud has; nothing in the template changes.

A rule looks at what the parameter says of itself: the constraint that Heat will check, what reads it, the type that it had in
CloudFormation, its name. The first candidate that the parameter's own constraints allow is taken; a fixed choice, so that a run
can be repeated.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

KINDS_BY_CONSTRAINT = {
    "nova.keypair": "key",
    "glance.image": "image",
    "neutron.network": "network",
    "neutron.subnet": "subnet",
    "neutron.security_group": "group",
    "neutron.router": "router",
    "designate.zone": "zone",
    "manila.share_type": "share_type",
    "nova.server": "server",
    "nova.flavor": "flavor",
    "cinder.volume": "volume",
    "octavia.loadbalancer": "balancer",
    "octavia.listener": "listener",
    "octavia.pool": "pool",
    "barbican.secret": "secret",
    "net_cidr": "cidr",
    "ip_addr": "address",
}
KINDS_BY_TYPE = [
    ("KeyName", "key"),
    ("Image::Id", "image"),
    ("VPC::Id", "network"),
    ("Subnet::Id", "subnet"),
    ("SecurityGroup::", "group"),
    ("AvailabilityZone::Name", "availability_zone"),
    ("HostedZone::Id", "zone"),
    ("Instance::Id", "server"),
    ("Volume::Id", "volume"),
]
KINDS_BY_NAME = [
    (r"key_?pair|key_?name|ssh_?key(?!.*cidr)", "key"),
    (r"load_?balancer$", "balancer"),
    (r"listener(_?arn)?$", "listener"),
    (r"target_?group(_?arn)?$", "pool"),
    (r"security_?groups?(_?ids?)?$|(^|_|[a-z])sg(_?id)?s?$|ClientSecurityGroup", "group"),
    (r"route_?table", "router"),
    (r"hosted_?zone(_?id)?$|zone_?id$", "zone"),
    (r"hosted_?zone_?name$|HostedZone", "zone_name"),
    (r"availability_?zones?|(^|_)azs?($|_|[0-9])|AZ[0-9]?(Name)?s?$|AZForSubnets", "availability_zone"),
    (r"clients$", "ground_cidr"),
    (r"cidr|ip_?range|(^|[a-z_])location$", "cidr"),
    (r"(private|primary|secondary|static).*ip|host_?ip", "ground_address"),
    (r"peer_cidr$", "far_cidr"),
    (r"ipv6_address$", "address6"),
    (r"ip_?(address(es)?|addr)?[0-9]*$|_address$|vpn_?address", "address"),
    (r"_network$|vpc(_?id)?$|^vpc", "network"),
    (r"subnets?(_?[0-9a-z])?(_?ids?)?$|subnet_?id|Subnet[A-Z]|Subnets", "subnet"),
    (r"domain_?name$", "domain"),
    (r"topic|sns", "queue"),
    (r"secret_?arn", "secret"),
    (r"certificate|ssl_?cert", "certificate"),
    (r"ami(_?id)?$|image(_?id)?$|_ami_", "image"),
    (r"(^|_)flavor$", "flavor"),
    (r"instance_?type", "instance_type"),
    (r"(db|database).*class", "database_class"),
    (r"e?_?mail", "email"),
    (r"password|passwd|psk|(^|[a-z_])secret|sic_?key", "password"),
    (r"user(_?name)?$", "user"),
    (r"bucket", "bucket"),
    (r"domain|dns|host_?name|fqdn", "domain"),
    (r"member_port$|port$", "port"),
    (r"url|uri|endpoint", "url"),
]
NAME_OF_AWS = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]|/aws/service/ami\S+")
"""Zones, and images by their names in the parameter store."""
WORDS = [
    "proof", "Proof", "proofproof", "Proof-1234", "Proof1234567890", "1", "10", "80", "100", "true", "yes", "10.20.0.0/16",
    "192.0.2.10", "proof.example.org", "https://proof.example.org/", "operator@example.org", "123456789012", "PROOF123456789",
    "arn:aws:proof:us-east-1:123456789012:proof", "0123456789abcdef", "1.0", "us-east-1", "",
]  # fmt: skip
CHOICES: dict[str, list[str]] = {
    "availability_zone": ["nova"],
    "email": ["operator@example.org"],
    "password": ["Proof0Word", "Proof-0-Word", "Proof0Word!x", "Proof0Word1234567890", "proofword1"],
    "user": ["operator", "operator1", "Operator1"],
    "bucket": ["proof-bucket-1"],
    "domain": ["proof.example.org", "proof", "proof.example.org."],
    "port": ["80", "8080"],
    "url": ["https://proof.example.org/", "proof.example.org"],
    "instance_type": ["t3.small", "m5.large", "t2.micro"],
    "database_class": ["db.t3.small", "db.m5.large"],
    "far_cidr": ["192.0.2.0/24"],
    "address6": ["2001:db8::10"],
}


@dataclass
class Values:
    """What was chosen, and for which parameters no rule has an answer."""

    chosen: dict[str, Any] = field(default_factory=dict)
    placeholders: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


SERIAL = ("cidr", "ground_address", "address", "subnet", "free_subnet", "group")
"""Kinds of which each parameter gets another one."""
ADDRESSES = ("ground_address", "ground_interface", "free_address")
"""Kinds that lie in a subnet of the ground."""


class Chooser:
    """Chooses for one template; facts are names and ids of the cloud by kind, each a list."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        types: Mapping[str, str],
        holes: Mapping[str, str],
        uses: Mapping[str, str],
        words: Iterable[str] = (),
    ) -> None:
        self.facts, self.types, self.holes, self.uses, self.words = facts, types, holes, uses, list(words)
        if "free_subnet" in uses.values():
            # A router of the template's own takes subnets that stand on no other: it stands on the network that has such.
            half = {"network": facts["half_network"], "subnet": facts["half_subnet"], "ground_cidr": facts["half_cidr"]}
            self.facts = {**facts, **half}
        self._taken: dict[str, Any] = {}
        self._guest = False
        """Whether the template is put into a subnet of others, so that its own addresses are none there."""
        self._moved: dict[str, str] = {}
        """Blocks in place of defaults."""
        self._serial = {kind: count() for kind in SERIAL}

    def choose(self, parameters: Mapping[str, Mapping[str, Any]]) -> Values:
        """Values for the parameters of a written template that need one."""
        values = Values()
        self._guest = any(self._kind(name, parameter).endswith("subnet") for name, parameter in parameters.items())
        self._moved = dict(self._apart(parameters))
        # Addresses come last: they lie in the subnets that were chosen.
        for name, parameter in sorted(parameters.items(), key=lambda item: self._kind(*item) in ADDRESSES):
            if not self._needed(name, parameter):
                continue
            kind = self._kind(name, parameter)
            found = self._first(name, parameter, kind)
            if found is None:
                values.missing[name] = f"no value fits {parameter.get('constraints')}"
                continue
            values.chosen[name] = self._taken[name] = found
            if name in self.holes and kind == "":
                values.placeholders[name] = self.holes[name]
        self._complete(values.chosen)
        return values

    def _apart(self, parameters: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        """Blocks for subnets whose default overlaps with that of another: a stack around it would have given others."""
        taken: list[Any] = []
        for name, parameter in parameters.items():
            default = parameter.get("default")
            if self.uses.get(name) == "cidr" and isinstance(default, str) and _is_network(default):
                block = ipaddress.ip_network(default, strict=False)
                while any(block.overlaps(other) for other in taken if other.version == block.version):
                    block = ipaddress.ip_network((int(block.broadcast_address) + 1, block.prefixlen))
                    yield name, str(block)
                taken.append(block)

    def _complete(self, chosen: dict[str, Any]) -> None:
        """What was chosen for a parameter may be a key of a table, too."""
        for name, fact in self.facts["site"].items():
            for word in chosen.values() if isinstance(fact, dict) and isinstance(chosen.get(name), dict) else ():
                found = fact.get(word) if isinstance(word, str) else None
                if found:
                    chosen[name].setdefault(word, found)

    def _needed(self, name: str, parameter: Mapping[str, Any]) -> bool:
        default = parameter.get("default")
        if name in self.facts["site"] or name in self._moved or default is None:
            return True
        if isinstance(default, str) and NAME_OF_AWS.fullmatch(default):
            return self._kind(name, parameter) in ("availability_zone", "image")
        if not default:
            return False
        if self._guest and self.uses.get(name) in ("ground_address", "ground_interface"):
            return True
        if self._by_constraint(parameter) not in ("", "cidr", "address"):
            return True
        return self._kind(name, parameter) == "key"

    def _by_constraint(self, parameter: Mapping[str, Any]) -> str:
        for constraint in parameter.get("constraints") or []:
            if constraint.get("custom_constraint") in KINDS_BY_CONSTRAINT:
                return KINDS_BY_CONSTRAINT[constraint["custom_constraint"]]
        return ""

    def _kind(self, name: str, parameter: Mapping[str, Any]) -> str:
        """What a parameter asks for, by its name where that says more than its constraint."""
        by_name = next((kind for pattern, kind in KINDS_BY_NAME if re.search(pattern, name, re.IGNORECASE)), "")
        by_type = next((kind for word, kind in KINDS_BY_TYPE if word in self.types.get(name, "")), "")
        by_constraint = self._by_constraint(parameter)
        if by_constraint in ("cidr", "address") and by_name.endswith(by_constraint):
            return by_name
        use = self.uses.get(name, "")
        return use if use.startswith("free_") else by_constraint or use or by_type or by_name

    def _first(self, name: str, parameter: Mapping[str, Any], kind: str) -> Any:
        """The first candidate that fits the parameter, in the form of its type."""
        if name in self.facts["site"]:
            return self._of_site(self.facts["site"][name], parameter.get("default"))
        if name in self._moved:
            return self._moved[name]
        if parameter["type"] == "comma_delimited_list":
            return self._list(parameter, kind)
        for candidate in self._candidates(name, parameter, kind):
            if fits(candidate, parameter):
                return candidate
        return None

    def _of_site(self, fact: Any, default: Any) -> Any:
        """A fact of the site; a table is filled for the keys that the template and those that it brings along name."""
        if not isinstance(fact, dict):
            return fact
        keys = [*(default or {}), *self.words]
        return {key: fact.get(key) or fact.get("*") for key in dict.fromkeys(keys) if fact.get(key) or key in (default or {})}

    def _list(self, parameter: Mapping[str, Any], kind: str) -> Any:
        known = self.facts.get(kind)
        if kind == "availability_zone":
            return ["nova"] * 4
        if isinstance(known, list):
            return list(known) if kind in ("subnet", "group") else known[:1]
        return [next(self._candidates("", {"type": "string"}, kind)) for _ in range(2 if kind == "address" else 1)]

    def _candidates(self, name: str, parameter: Mapping[str, Any], kind: str) -> Iterator[Any]:
        for constraint in parameter.get("constraints") or []:
            yield from constraint.get("allowed_values", [])
        yield from self._of_kind(name, kind)
        if parameter["type"] == "number":
            low = next((c["range"].get("min") for c in parameter.get("constraints") or [] if "range" in c), None)
            yield from [value for value in (low, 80, 1, 10, 100) if value is not None]
        elif parameter["type"] == "boolean":
            yield "false"
        elif parameter["type"] == "json":
            yield {}
        yield from WORDS
        yield from self._by_pattern(parameter)

    def _of_kind(self, name: str, kind: str) -> Iterator[Any]:
        known = self.facts.get(kind)
        if isinstance(known, list) and known:
            yield known[next(self._serial[kind]) % len(known)] if kind in self._serial else known[0]
        elif kind == "cidr":
            yield from self._cidr(name)
        elif kind in ADDRESSES:
            cidr = self.facts["free_cidr" if kind == "free_address" else "ground_cidr"][0]
            subnet = self._taken.get(self.uses.get(f"{name} in", ""))
            network = ipaddress.ip_network(self.facts.get("cidrs", {}).get(subnet, cidr))
            address = str(network[100 + next(self._serial["ground_address"])])
            yield f"{address}/{network.prefixlen}" if kind == "ground_interface" else address
        elif kind == "address":
            yield str(ipaddress.ip_address("192.0.2.10") + next(self._serial["address"]))
        yield from CHOICES.get(kind, [])

    def _cidr(self, name: str) -> Iterator[str]:
        """A block of its own for each subnet, one that holds them for their network, one of others for who may come in."""
        if re.search(r"vpc|network|production", name, re.IGNORECASE) and not re.search("subnet", name, re.IGNORECASE):
            yield "10.20.0.0/16"
        elif re.search("subnet", name, re.IGNORECASE):
            yield f"10.20.{next(self._serial['cidr'])}.0/24"
        yield "192.0.2.0/24"

    def _by_pattern(self, parameter: Mapping[str, Any]) -> Iterator[str]:
        """Texts made from the pattern itself, when no word fits."""
        from hypothesis import find, strategies

        for constraint in parameter.get("constraints") or []:
            pattern = constraint.get("allowed_pattern")
            if pattern:
                yield find(strategies.from_regex(pattern, fullmatch=True), lambda text: fits(text, parameter))


def fits(value: Any, parameter: Mapping[str, Any]) -> bool:
    """Whether the constraints that can be read here allow a value."""
    if parameter["type"] == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
        return False
    return all(_allows(constraint, value, parameter["type"]) for constraint in parameter.get("constraints") or [])


def _allows(constraint: Mapping[str, Any], value: Any, kind: str) -> bool:
    if "allowed_values" in constraint:
        return value in constraint["allowed_values"]
    if "allowed_pattern" in constraint:
        return isinstance(value, str) and re.fullmatch(constraint["allowed_pattern"], value) is not None
    if "length" in constraint:
        return _between(len(value), constraint["length"])
    if "range" in constraint:
        return _between(float(value), constraint["range"])
    if constraint.get("custom_constraint") in ("net_cidr", "ip_addr"):
        return _is_network(str(value))
    return True


def _between(number: float, bounds: Mapping[str, Any]) -> bool:
    low, high = bounds.get("min"), bounds.get("max")
    return (low is None or number >= float(low)) and (high is None or number <= float(high))


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
