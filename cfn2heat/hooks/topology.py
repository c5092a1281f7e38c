"""Who routes for whom: the VPCs of a template, what hangs on each, and which routes lead where."""

from __future__ import annotations

from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.hooks.once import once
from cfn2heat.hot import values as hot
from cfn2heat.record import field, mutable_record
from cfn2heat.record import record as define
from cfn2heat.translate.context import PlanContext, ResourceContext

EC2 = "AWS::EC2::"
ANYWHERE = ("0.0.0.0/0", "::/0")
GATEWAYS = ("NatGatewayId", "EgressOnlyInternetGatewayId", "CarrierGatewayId")
HOPS = (
    "NetworkInterfaceId",
    "InstanceId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "VpcEndpointId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)
ATTACHMENTS = (EC2 + "TransitGatewayAttachment", EC2 + "TransitGatewayVpcAttachment")
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


@mutable_record
class Domain:
    """One VPC, in the template (vpc) or outside of it, with all that hangs on it. It becomes one router."""

    place: str
    vpc: str | None = None
    subnets: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    gateways: list[str] = field(default_factory=list)
    """Resources that lead to the internet or that need a way there."""
    others: list[str] = field(default_factory=list)
    """Attachments and gateways: nothing of theirs remains beside the router."""
    links: list[str] = field(default_factory=list)
    """Peerings and transit gateway attachments."""
    adopted: cfn.Value | None = None
    """The gateway outside of the template that stands for the router of a VPC outside of it."""

    @property
    def routed(self) -> bool:
        """There is a router for it, made here or outside."""
        return self.adopted is not None or self.owner is not None

    @property
    def owner(self) -> str | None:
        """The resource at whose place the router stands; None when no router is made here."""
        if self.adopted is not None:
            return None
        hanging = [*self.tables, *self.others, *self.gateways, *self.links]
        if self.vpc is not None:
            return self.vpc if hanging or len(self.subnets) > 1 else None
        return next(iter([*self.tables, *self.others, *self.gateways]), None)

    @property
    def members(self) -> list[str]:
        """Everything of which the router is a part."""
        vpc = [] if self.vpc is None else [self.vpc]
        return [*vpc, *self.subnets, *self.tables, *self.others]


@define
class Way:
    """A route as it is meant: gateway, vpn, local, hop or nowhere; hop names the property that holds the next hop."""

    kind: str
    hop: str
    table: str | None
    everything: bool
    """It is a default route."""


class Topology:
    """The reading of one template; plan hooks, predicates and the composite share it."""

    def __init__(self, plan: PlanContext) -> None:
        self._plan = plan
        self.domains: dict[str, Domain] = {}
        self.associations: dict[str, list[str]] = {}
        """Subnet of the template to the associations that name it."""
        self.ways: dict[str, Way] = {}
        self.dhcp: dict[str, str] = {}
        """VPC place to the DHCPOptions resource that it uses."""
        self._of: dict[str, Domain] = {}
        self._said: dict[tuple[str, ...], list[str]] = {}
        self._out: dict[str, list[str]] = {}
        for resource in plan.template.resources.values():
            self._place(resource)
        for resource in self._all("Route"):
            self._route(resource)
        for resource in self._all("NatGateway"):
            self._nat(resource)
        for resource in [*self._all("InternetGateway"), *self._all("VPNGateway")]:
            self._gateway(resource)

    # ---- questions ---------------------------------------------------------------------------------------------------

    def domain(self, resource: str) -> Domain | None:
        """The domain that a resource is part of, or None."""
        return self._of.get(resource)

    def owner(self, resource: str) -> str | None:
        """The resource at whose place the router of a resource's domain stands, or None."""
        domain = self._of.get(resource)
        return None if domain is None else domain.owner

    def place(self, value: cfn.Value | None) -> str:
        """What tells one VPC from another: the name of the template's resource, else the text of the value."""
        found = self._plan.resource_of(value)
        return found.name if found is not None and found.type == EC2 + "VPC" else signature(value)

    def referred(self, resource: Resource, key: str, *types: str) -> str | None:
        """The one resource of one of these types that a property names, or None."""
        found = self._plan.resource_of(resource.properties.entries.get(key))
        return found.name if found is not None and found.type.removeprefix(EC2) in types else None

    def out_of(self, table: str) -> list[str]:
        """The routes of a table that lead to the internet."""
        if not self._out:
            for name, way in self.ways.items():
                if way.table is not None and (way.kind == "gateway" or (way.kind == "hop" and way.everything)):
                    self._out.setdefault(way.table, []).append(name)
        return self._out.get(table, [])

    def twin(self, route: str) -> str | None:
        """An earlier route of the same router that says the same, unless it may be absent when this one is there."""
        if not self._said:
            for name in self.ways:
                self._said.setdefault(self._say(name), []).append(name)
        resources = self._plan.template.resources
        for other in self._said[self._say(route)]:
            if other == route:
                return None
            if resources[other].condition in (None, resources[route].condition):
                return other
        return None

    def _say(self, route: str) -> tuple[str, ...]:
        entries = self._plan.template.resources[route].properties.entries
        way = self.ways[route]
        router = self.owner(way.table) if way.table else None
        where = router or signature(entries.get("RouteTableId"))
        if way.kind == "gateway":
            return (way.kind, where)
        return (way.kind, where, *(signature(entries.get(key)) for key in (*DESTINATIONS, way.hop)))

    # ---- reading -----------------------------------------------------------------------------------------------------

    def _all(self, type: str) -> list[Resource]:
        return [resource for resource in self._plan.template.resources.values() if resource.type == EC2 + type]

    def _domain(self, value: cfn.Value | None) -> Domain:
        place = self.place(value)
        return self.domains.setdefault(place, Domain(place))

    def _join(self, resource: str, domain: Domain, *lists: list[str]) -> None:
        self._of[resource] = domain
        for members in lists:
            if resource not in members:
                members.append(resource)

    def _place(self, resource: Resource) -> None:
        entries = resource.properties.entries
        match resource.type.removeprefix(EC2):
            case "VPC":
                domain = self.domains.setdefault(resource.name, Domain(resource.name))
                domain.vpc = resource.name
                self._join(resource.name, domain)
            case "Subnet":
                domain = self._domain(entries.get("VpcId"))
                self._join(resource.name, domain, domain.subnets)
            case "RouteTable":
                domain = self._domain(entries.get("VpcId"))
                self._join(resource.name, domain, domain.tables)
            case "VPCGatewayAttachment" | "EgressOnlyInternetGateway" | "CarrierGateway":
                domain = self._domain(entries.get("VpcId"))
                self._join(resource.name, domain, domain.others, domain.gateways)
            case "TransitGatewayAttachment" | "TransitGatewayVpcAttachment":
                domain = self._domain(entries.get("VpcId"))
                self._join(resource.name, domain, domain.links)
            case "VPCPeeringConnection":
                for key in ("VpcId", "PeerVpcId"):
                    self._domain(entries.get(key)).links.append(resource.name)
            case "SubnetRouteTableAssociation":
                subnet = self.referred(resource, "SubnetId", "Subnet")
                if subnet is not None:
                    self.associations.setdefault(subnet, []).append(resource.name)
            case "VPCDHCPOptionsAssociation":
                options = self.referred(resource, "DhcpOptionsId", "DHCPOptions")
                if options is not None:
                    self.dhcp[self.place(entries.get("VpcId"))] = options

    def _route(self, route: Resource) -> None:
        entries = route.properties.entries
        table = self.referred(route, "RouteTableId", "RouteTable")
        everything = any(self._plan.constant(entries.get(key)) in ANYWHERE for key in DESTINATIONS[:2])
        kind, hop = self._kind(route, everything)
        self.ways[route.name] = Way(kind, hop, table, everything)
        if table is not None:
            domain = self._of[table]
            self._of[route.name] = domain
            if kind == "gateway" and everything:
                domain.gateways.append(route.name)
                if domain.vpc is None and domain.adopted is None and route.condition is None:
                    domain.adopted = self._outer_router(entries[hop])

    def _outer_router(self, gateway: cfn.Value) -> cfn.Value | None:
        """A gateway that another template made: in its translation it is the router of the VPC, whose id is given here."""
        if isinstance(gateway, cfn.Ref) and gateway.name in self._plan.template.parameters:
            empty = self._plan.constant(self._plan.template.parameters[gateway.name].fields.entries.get("Default")) == ""
            return None if empty else gateway
        if isinstance(gateway, cfn.GetAtt) and gateway.resource in self._plan.template.resources:
            return gateway if not self._plan.type_of(gateway.resource).startswith(EC2) else None
        return gateway if isinstance(gateway, cfn.ImportValue) else None

    def _kind(self, route: Resource, everything: bool) -> tuple[str, str]:
        entries = route.properties.entries
        for key in GATEWAYS:
            if key in entries and not isinstance(entries[key], cfn.NoValue):
                return "gateway", key
        gateway = entries.get("GatewayId")
        if gateway is not None and not isinstance(gateway, cfn.NoValue):
            return self._kind_of_gateway(gateway, everything), "GatewayId"
        hop = next((key for key in HOPS if key in entries and not isinstance(entries[key], cfn.NoValue)), None)
        return ("hop", hop) if hop else ("nowhere", "")

    def _kind_of_gateway(self, gateway: cfn.Value, everything: bool) -> str:
        types = {resource.type.removeprefix(EC2) for resource in self._plan.resources_of(gateway)}
        if "VPNGateway" in types:
            return "vpn"
        constant = self._plan.constant(gateway)
        if constant == "local":
            return "local"
        if "InternetGateway" in types or everything:
            return "gateway"
        return "hop"

    def _nat(self, nat: Resource) -> None:
        domain = self._near(nat, nat.properties.entries.get("SubnetId"), nat.properties.entries.get("VpcId"))
        public = self._plan.constant(nat.properties.entries.get("ConnectivityType")) != "private"
        self._join(nat.name, domain, domain.others, *([domain.gateways] if public else []))

    def _gateway(self, gateway: Resource) -> None:
        attached = [
            self._of[use.resource]
            for use in self._plan.users(gateway.name)
            if use.resource and self._plan.type_of(use.resource) == EC2 + "VPCGatewayAttachment"
        ]
        if gateway.type == EC2 + "VPNGateway":
            # The service that it becomes stands on the router, and is no part of it.
            if attached:
                self._of[gateway.name] = attached[0]
            return
        domain = attached[0] if attached else self._near(gateway)
        self._join(gateway.name, domain, domain.others, domain.gateways)

    def _near(self, gateway: Resource, *hints: cfn.Value | None) -> Domain:
        """The domain of a gateway: that of its subnet or VPC, of a route through it, the only one, else its own."""
        for value in hints:
            found = self._plan.resource_of(value)
            if found is not None and found.name in self._of:
                return self._of[found.name]
        routes = [use.resource for use in self._plan.users(gateway.name) if use.resource in self.ways]
        for route in routes:
            if route in self._of:
                return self._of[route]
        for route in routes:
            # The table outside is the router: what the gateway does, that router does.
            table = self._plan.template.resources[route].properties.entries.get("RouteTableId")
            if table is not None:
                domain = self.domains.setdefault(gateway.name, Domain(gateway.name))
                domain.adopted = table
                self._of[route] = domain
                return domain
        routed = [domain for domain in self.domains.values() if domain.owner is not None]
        return routed[0] if len(routed) == 1 else self.domains.setdefault(gateway.name, Domain(gateway.name))


@once
def topology(plan: PlanContext) -> Topology:
    """The topology of the template that is being translated, read once."""
    return Topology(plan)


def router_of_subnet(plan: PlanContext, subnet: str) -> Domain | None:
    """The domain whose router a subnet is on: that of its route table, else that of its VPC, unless others put it on one."""
    if subnet in plan.t.options.elsewhere:
        return None
    found = topology(plan)
    for association in found.associations.get(subnet, []):
        table = found.referred(plan.template.resources[association], "RouteTableId", "RouteTable")
        domain = found.domain(table) if table else None
        if domain is not None:
            return domain
    domain = found.domain(subnet)
    return domain if domain is not None and domain.routed else None


def router_name(plan: PlanContext, domain: Domain | None) -> str | None:
    """The HOT name of a domain's router, or None."""
    return plan.name(domain.owner, "router") if domain is not None and domain.owner is not None else None


def router_value(ctx: ResourceContext, domain: Domain | None) -> hot.HotValue | None:
    """The router of a domain, as a property names it; None when there is none."""
    if domain is not None and domain.adopted is not None:
        return ctx.hot(domain.adopted)
    name = router_name(ctx, domain)
    return None if name is None else hot.GetResource(name)


def router_condition(plan: PlanContext, domain: Domain) -> str | None:
    """The condition of a router: its VPC's, else the one that everything on it shares."""
    resources = plan.template.resources
    if domain.adopted is not None:
        return None
    if domain.vpc is not None:
        return resources[domain.vpc].condition
    shared = {resources[member].condition for member in domain.members if member not in domain.subnets}
    return shared.pop() if len(shared) == 1 else None


def signature(value: Any) -> str:
    """A text that is the same for equal values, wherever they stand."""
    if hasattr(value, "__match_args__"):
        parts = [signature(getattr(value, name)) for name in value.__match_args__ if name not in ("span", "keys")]
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, tuple):
        return f"({','.join(map(signature, value))})"
    if isinstance(value, dict):
        return f"{{{','.join(f'{key}:{signature(member)}' for key, member in value.items())}}}"
    return repr(value)
