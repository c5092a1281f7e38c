"""VPC networking: the composite that makes the routers, and what rows cannot say of subnets, routes and addresses."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.branches import any_of, guarded
from cfn2heat.hooks.topology import EC2, Domain, Topology, Way, router_condition, router_value, topology
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.context import CompositeContext, CompositePlan, PlanContext, ResourceContext
from cfn2heat.translate.registry import composite, predicate, property_hook, reference_hook

ROUTER = "OS::Neutron::Router"
ATTACHED = (EC2 + "VPCGatewayAttachment", EC2 + "EgressOnlyInternetGateway", EC2 + "CarrierGateway")


@composite("network.routing")
class Routing:
    """VPC, gateways, route tables and routes: one router a VPC, with an external gateway where anything leads out."""

    @staticmethod
    def plan(plan: CompositePlan) -> None:
        """Name the routers and bind everything that hangs on them."""
        found = topology(plan)
        for domain in found.domains.values():
            owner = domain.owner
            if owner is not None:
                _bind(plan, domain, "router", plan.choose_for(owner, f"{owner}_router" if domain.vpc else owner))
            elif domain.adopted is not None:
                _bind(plan, domain, *_on_router(plan, found, domain))
        for route, way in found.ways.items():
            _plan_route(plan, found, route, way)
        for place, options in found.dhcp.items():
            _bind_dhcp(plan, found.domains.get(place), options)

    @staticmethod
    def emit(ctx: CompositeContext) -> None:
        """Make the routers."""
        for domain in topology(ctx).domains.values():
            owner = domain.owner
            if owner is not None:
                name = ctx.name(owner, "router")
                assert name is not None
                router = ctx.make(name, ROUTER, owner)
                router.condition = router_condition(ctx, domain)
                _set_gateway(ctx.of(owner), router, domain)
            elif isinstance(domain.adopted, cfn.Ref):
                _say_router(ctx, domain.adopted.name)


def _say_router(ctx: CompositeContext, parameter: str) -> None:
    """Tell people that a parameter for a gateway or table wants the router of the network here."""
    found = ctx.t.hot.parameters.get(parameter)
    if found is None:
        return
    found.comments.append("the router of the network stands here for a gateway or route table")
    if not found.constraints and found.default is None:
        found.constraints.append(hot.HotMap({"custom_constraint": hot.Literal("neutron.router")}))


def _bind(plan: CompositePlan, domain: Domain, key: str, name: str | None) -> None:
    """Everything that a router takes over stands for the router, or for what this template puts on one outside."""
    addresses = [address for member in domain.others if (address := nat_address(plan, member)) is not None]
    kept = [] if key != "router" else [*([domain.vpc] if domain.vpc else []), *domain.subnets]
    for member in [*domain.tables, *domain.others, *addresses]:
        plan.claim(member, plan.composite)
    for member in [*kept, *domain.tables, *domain.others, *addresses]:
        if name is not None:
            plan.bind(member, key, name)


def _on_router(plan: CompositePlan, found: Topology, domain: Domain) -> tuple[str, str | None]:
    """The key and HOT name of an interface or gateway that this template puts on a router outside of it."""
    for resource in sorted(plan.members, key=lambda member: member.type != EC2 + "SubnetRouteTableAssociation"):
        mine = found.domain(resource.name) is domain or found.referred(resource, "RouteTableId", "RouteTable") in domain.tables
        for key in ("interface", "gateway"):
            name = plan.name(resource.name, key)
            if mine and name is not None:
                return key, name
    return "interface", None


def nat_address(plan: PlanContext, nat: str) -> str | None:
    """The EIP that serves nothing but this NAT gateway, or None."""
    resource = plan.template.resources[nat]
    found = plan.resource_of(resource.properties.entries.get("AllocationId"))
    if resource.type != EC2 + "NatGateway" or found is None or found.type != EC2 + "EIP":
        return None
    uses = [use for use in plan.users(found.name) if use.resource and use.attribute != "DependsOn"]
    associated = any(
        plan.type_of(use.resource) == EC2 + "EIPAssociation"
        or (use.attribute == "AllocationId" and plan.type_of(use.resource) != EC2 + "NatGateway")
        for use in uses
    )
    return None if associated or "InstanceId" in found.properties.entries else found.name


def _set_gateway(ctx: ResourceContext, router: HotResource, domain: Domain) -> None:
    if not domain.gateways:
        return
    # Neither NAT nor a route leads out without the attachment, so that its condition decides where it is at hand.
    attached = [gateway for gateway in domain.gateways if ctx.type_of(gateway) in ATTACHED]
    conditions = [ctx.template.resources[gateway].condition for gateway in attached or domain.gateways]
    condition = any_of([None if name in (None, router.condition) else hot.Literal(name) for name in conditions])
    info = hot.HotMap({"network": ctx.site_value("external_network")})
    router.properties["external_gateway_info"] = guarded(info, condition)


def _bind_dhcp(plan: CompositePlan, domain: Domain | None, options: str) -> None:
    associations = [
        resource.name
        for resource in plan.members
        if resource.type == EC2 + "VPCDHCPOptionsAssociation"
        and domain is not None
        and topology(plan).place(resource.properties.entries.get("VpcId")) == domain.place
    ]
    for resource in [options, *associations]:
        for key, source in (("net", domain and domain.vpc), ("subnet", domain and next(iter(domain.subnets), None))):
            name = plan.name(source, key) if source else None
            if name is not None:
                plan.bind(resource, key, name)


def _plan_route(plan: CompositePlan, found: Topology, route: str, way: Way) -> None:
    for key in ("router", "interface", "gateway"):
        name = plan.name(way.table, key) if way.table is not None else None
        if name is not None:
            plan.bind(route, key, name)
    twin = found.twin(route) if way.kind in ("gateway", "hop") else None
    if twin is not None and plan.name(route, "routes" if way.kind == "hop" else "gateway"):
        plan.claim(route, twin)
        for key in ("routes", "gateway"):
            name = plan.name(twin, key)
            if name is not None:
                plan.bind(route, key, name)


# ---- what only serves AWS's own interfaces ---------------------------------------------------------------------------

ENDPOINTS = {
    "s3": "Reach Swift or its S3 API by the object store's endpoint (openstack catalog show object-store).",
    "dynamodb": "There is no DynamoDB; point the workload at the store that takes its place.",
    "secretsmanager": "Reach Barbican by its endpoint (openstack catalog show key-manager).",
    "kms": "Reach Barbican by its endpoint (openstack catalog show key-manager).",
    "sqs": "Reach Zaqar by its endpoint (openstack catalog show messaging).",
    "sns": "Reach Zaqar by its endpoint (openstack catalog show messaging).",
    "ec2": "Reach Nova by its endpoint (openstack catalog show compute).",
    "cloudformation": "Reach Heat by its endpoint (openstack catalog show orchestration).",
    "monitoring": "Reach Aodh and Gnocchi by their endpoints (openstack catalog list).",
    "logs": "Send logs to the collector of this cloud.",
    "ecr": "Name a container registry that the servers can reach.",
    "ssm": "Manage the servers over SSH or with a configuration tool; there is no Systems Manager.",
}


@property_hook("network.endpoint_service")
def endpoint_service(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """An endpoint is dropped with a word on what takes the place of its service."""
    constant = ctx.constant(value)
    text = constant if isinstance(constant, str) else value.text if isinstance(value, cfn.Sub) else ""
    if isinstance(value, cfn.Join) and isinstance(value.items, cfn.Seq):
        text = ".".join(str(item.value) for item in value.items.items if isinstance(item, cfn.Scalar))
    words = text.replace("-", ".").split(".")
    service = next((word for word in words if word in ENDPOINTS), None)
    if service is None and (not text.startswith("com.amazonaws.") or "vpce" in words):
        because = "It leads privately into another network, which Neutron does by routes alone."
        ctx.dropped(path, because, "Route to that network, or give the workload the floating IP of the service.")
        return None
    advice = ENDPOINTS[service] if service else "Give the workload the endpoint of what takes the service's place."
    ctx.dropped(path, "It leads to an AWS service, and OpenStack's services are reached by their own endpoints.", advice)
    return None


@predicate("network.appliance_endpoint")
def appliance_endpoint(plan: PlanContext) -> bool:
    """The endpoint leads traffic through an appliance."""
    return "GatewayLoadBalancer" in (plan.possible(plan.value("VpcEndpointType")) or ())


@predicate("network.denies")
def denies(plan: PlanContext) -> bool:
    """The entry of a network ACL denies: what it kept out is let in now."""
    return "deny" in {action.lower() for action in plan.possible(plan.value("RuleAction")) or {"deny"}}


@reference_hook("network.router")
def router(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The router that stands for what hangs on it."""
    return router_value(ctx, topology(ctx).domain(ctx.id))
