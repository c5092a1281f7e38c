"""EC2 compute: what is asked of servers and their parts at planning, what interfaces say, key pairs."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks import interfaces
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext, value_at
from cfn2heat.translate.registry import finish_hook, predicate, property_hook

ZONE_PARAMETERS = ("AWS::EC2::AvailabilityZone::Name", "List<AWS::EC2::AvailabilityZone::Name>")


# ---- questions at planning -------------------------------------------------------------------------------------------


@predicate("ec2.needs_port")
def needs_port(plan: PlanContext) -> bool:
    """Whether a server gets a port of its own."""
    return interfaces.needs_port(plan, plan.resource)


@predicate("ec2.wants_address")
def wants_address(plan: PlanContext) -> bool:
    """Whether a server gets a floating IP of its own."""
    return interfaces.wants_address(plan, plan.resource)


@predicate("ec2.never")
def never(plan: PlanContext) -> bool:
    """For emit keys that only a plan hook binds."""
    return False


@predicate("ec2.zone_of_site")
def zone_of_site(plan: PlanContext) -> bool:
    """Whether the zone of a server is one of the target cloud's: taken from its list, or asked for by a parameter."""
    value = plan.value("AvailabilityZone")
    while isinstance(value, cfn.Select):
        value = value.items
    if isinstance(value, cfn.Ref) and value.name in plan.template.parameters:
        return plan.template.parameters[value.name].type in ZONE_PARAMETERS
    return isinstance(value, cfn.GetAZs)


@predicate("ec2.deletable")
def deletable(plan: PlanContext) -> bool:
    """Whether a server is surely not protected from deletion."""
    return not interfaces.may_be(plan, _said(plan, "DisableApiTermination"), "true")


@predicate("ec2.shared_host")
def shared_host(plan: PlanContext) -> bool:
    """Whether a server asks for no host of its own."""
    said = _said(plan, "Tenancy") or value_at(_said(plan, "Placement"), ("Tenancy",))
    return bool(plan.constant(said) == "default")


def _said(plan: PlanContext, name: str) -> cfn.Value | None:
    return interfaces.layers(plan, plan.resource)[0].get(name)


# ---- interfaces ------------------------------------------------------------------------------------------------------


@property_hook("ec2.interfaces")
def written_interfaces(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The ports are made when all rows have run; here only what no port holds is recorded."""
    interfaces.record_interface(ctx, value, path)
    return None


@property_hook("ec2.source_dest_check")
def source_dest_check(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """SourceDestCheck as allowed_address_pairs; when it is on there is nothing to say."""
    return interfaces.address_pairs(ctx, value)


@property_hook("ec2.secondary_addresses")
def secondary_addresses(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The number of further addresses; the finishing hook writes them."""
    interfaces.record_count(ctx, value, path[:-1])
    return None


# ---- key pairs -------------------------------------------------------------------------------------------------------


@finish_hook("ec2.key_pair")
def finish_key_pair(ctx: ResourceContext) -> None:
    """Nova makes no private keys any more, so that a public one must be given."""
    if ctx.get("key.public_key") is None:
        because = "Nova imports public keys only; make a key pair with ssh-keygen and give its public half."
        ctx.set("key.public_key", ctx.hole(f"{ctx.id}_public_key", because))
