"""Security groups: rules inline wherever that makes no circle, as resources of their own elsewhere."""

from __future__ import annotations

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Guard, all_of, any_of, guarded, members, named
from cfn2heat.hooks.once import once
from cfn2heat.hooks.rules import GROUP, Reading, can_hold, read_rule, record
from cfn2heat.hot import values as hot
from cfn2heat.record import field
from cfn2heat.record import record as define
from cfn2heat.source import Path
from cfn2heat.translate.context import PlanContext, ResourceContext, referred
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

RULE = "OS::Neutron::SecurityGroupRule"
DIRECTIONS = {"AWS::EC2::SecurityGroupIngress": "ingress", "AWS::EC2::SecurityGroupEgress": "egress"}
INLINE = {"SecurityGroupIngress": "ingress", "SecurityGroupEgress": "egress"}
ANYWHERE = (hot.Literal("0.0.0.0/0"), hot.Literal("::/0"))
EVERY = hot.Literal("0")
EVERY_PROTOCOL = "A separate rule names its protocol, and Heat takes tcp for none: 0 stands for every protocol."


@define
class Styles:
    """Which rule resources stand inline in which group, and which groups have all of their rules as resources."""

    folded: dict[str, str] = field(default_factory=dict)
    inline: dict[str, list[str]] = field(default_factory=dict)
    """Group to the rule resources that stand in it."""
    separate: set[str] = field(default_factory=set)


@once
def styles(plan: PlanContext) -> Styles:
    """The styles of the template's groups, chosen once: Neutron's inline rules and separate ones undo each other."""
    return _choose(plan)


def _choose(plan: PlanContext) -> Styles:
    chosen = Styles()
    wanted: dict[str, list[str]] = {}
    for resource in plan.template.resources.values():
        if resource.type in DIRECTIONS:
            value = resource.properties.entries.get("GroupId") or resource.properties.entries.get("GroupName")
            groups = [found.name for found in plan.resources_of(value) if found.type == GROUP]
            if len(groups) == 1 and isinstance(value, (cfn.Ref, cfn.GetAtt)):
                wanted.setdefault(groups[0], []).append(resource.name)
            else:
                chosen.separate.update(groups)
    needs = _Needs(plan)
    # Groups that close their egress come first: only inline rules take Neutron's own egress rules away.
    for group in sorted(wanted, key=lambda name: not _closes_egress(plan, name, wanted[name])):
        if group in chosen.separate or not needs.fold(group, wanted[group]):
            chosen.separate.add(group)
        else:
            chosen.inline[group] = wanted[group]
            chosen.folded.update(dict.fromkeys(wanted[group], group))
    return chosen


def _closes_egress(plan: PlanContext, group: str, rules: list[str]) -> bool:
    inline = plan.template.resources[group].properties.entries.get("SecurityGroupEgress")
    return any(members(inline)) or any(DIRECTIONS[plan.type_of(rule)] == "egress" for rule in rules)


class _Needs:
    """What each resource needs, directly; grows as rules are folded into their groups."""

    def __init__(self, plan: PlanContext) -> None:
        names = plan.template.resources.keys()
        self._edges = {
            resource.name: ({*referred(resource.properties), *resource.depends_on} & names)
            for resource in plan.template.resources.values()
        }

    def fold(self, group: str, rules: list[str]) -> bool:
        """Move the rules into the group, unless one of them needs something that needs the group."""
        others = set().union(*(self._edges[rule] for rule in rules)) - {group, *rules}
        if self._lead(others, {group, *rules}):
            return False
        self._edges[group] |= others
        for rule in rules:
            self._edges[rule] = {group}
        return True

    def _lead(self, sources: set[str], targets: set[str]) -> bool:
        seen, stack = set(sources), list(sources)
        while stack:
            name = stack.pop()
            if name in targets:
                return True
            following = self._edges.get(name, set()) - seen
            seen |= following
            stack.extend(following)
        return False


# ---- groups ----------------------------------------------------------------------------------------------------------


@property_hook("security.rules")
def rules(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The account of a group's own rules; they are set together with those of folded rule resources."""
    readings = _own(ctx).setdefault(ctx.id, {}).setdefault(str(path[0]), [])
    for member in members(value, path):
        if isinstance(member.value, cfn.Map):
            reading = read_rule(ctx, member.value, INLINE[str(path[0])], ctx.id, member.guard)
            record(ctx, reading, member.value, member.path, "group.rules")
            readings.append(reading)
        else:
            because = "The rule is computed when the stack is made and cannot be read here."
            ctx.dropped(member.path, because, "Write the rule out in the source.")
    return None


@once
def _own(plan: PlanContext) -> dict[str, dict[str, list[Reading]]]:
    """What the rules in each group are read as, by the group and the property."""
    return {}


@finish_hook("security.group")
def group(ctx: ResourceContext) -> None:
    """All rules of a group, its own and those of folded rule resources, each once."""
    gathered = _Gathered()
    own = _own(ctx).get(ctx.id, {})
    for key in INLINE:
        for reading in own.get(key, []):
            gathered.add(reading)
    for rule in styles(ctx).inline.get(ctx.id, []):
        gathered.add(_folded(ctx, rule))
    if ctx.id in styles(ctx).separate:
        _emit_separately(ctx, gathered)
    elif gathered.rules:
        ctx.set("group.rules", hot.HotList(tuple(gathered.guarded())))


def _folded(ctx: ResourceContext, rule: str) -> Reading:
    """A rule resource that stands inline, under its own condition."""
    inner = ResourceContext(ctx.t, rule)
    condition = inner.resource.condition
    guard: Guard = () if condition in (None, ctx.resource.condition) else (hot.Literal(condition),)
    return read_rule(inner, inner.resource.properties, DIRECTIONS[inner.resource.type], ctx.id, guard)


class _Gathered:
    """Rules by what they say: Neutron refuses the second of two that say the same."""

    def __init__(self) -> None:
        self.rules: dict[object, tuple[dict[str, hot.HotValue], list[hot.HotValue | None]]] = {}

    def add(self, reading: Reading) -> None:
        """Take the rules of an entry."""
        for rule, guard in reading.rules:
            said = frozenset(
                (key, value.value if isinstance(value, hot.Literal) else repr(value))
                for key, value in rule.items()
                if key != "description" and not (key == "remote_ip_prefix" and value in ANYWHERE)
            )
            self.rules.setdefault(said, (rule, []))[1].append(all_of(guard))

    def guarded(self) -> list[hot.HotValue]:
        """Each rule, or nothing when none of its conditions holds."""
        return [guarded(hot.HotMap(rule), any_of(conditions)) for rule, conditions in self.rules.values()]


def _emit_separately(ctx: ResourceContext, gathered: _Gathered) -> None:
    closes = False
    own = ctx.resource.condition
    for number, (rule, conditions) in enumerate(gathered.rules.values(), 1):
        direction = "egress" if "direction" in rule else "ingress"
        closes = closes or direction == "egress"
        made = ctx.add(f"{direction}_{number}", RULE, f"{ctx.id}_{direction}_{number}")
        made.properties = separate(ctx, rule, hot.GetResource(ctx.emit("group").name))
        guard = [condition for condition in (any_of(conditions),) if condition is not None]
        made.condition = named(ctx.t, all_of((*([hot.Literal(own)] if own else []), *guard)))
    if closes or _egress_elsewhere(ctx):
        # The one inline rule never changes, so that no update of it ever touches the separate ones.
        nobody: dict[str, hot.HotValue] = {"direction": hot.Literal("egress"), "remote_ip_prefix": hot.Literal("127.0.0.1/32")}
        ctx.set("group.rules", hot.HotList((hot.HotMap(nobody),)))
        ctx.emit("group").comments.append("its one inline rule takes Neutron's own egress rules away")


def _egress_elsewhere(ctx: ResourceContext) -> bool:
    return any(
        ctx.template.resources[use.resource].type == "AWS::EC2::SecurityGroupEgress" and "GroupId" in use.path
        for use in ctx.users(ctx.id)
        if use.resource
    )


def separate(ctx: ResourceContext, rule: dict[str, hot.HotValue], group: hot.HotValue) -> dict[str, hot.HotValue]:
    """The properties of a separate rule resource for a rule as it stands inline."""
    found: dict[str, hot.HotValue] = {"security_group": group}
    for key, value in rule.items():
        if key == "remote_group_id":
            found["remote_group"] = value
        elif key == "remote_mode":
            found["remote_group"] = group
        else:
            found[key] = value
    protocol = found.setdefault("protocol", EVERY)
    if isinstance(protocol, hot.If) and protocol.otherwise is None:
        found["protocol"] = hot.If(protocol.condition, protocol.then, EVERY)
    return found


@property_hook("security.group_name")
def group_name(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The name; Heat refuses groups called default."""
    if ctx.constant(value) != "default":
        return ctx.hot(value)
    ctx.adapted(path, "Heat refuses a security group of the name default: each project has one already.", "group.name")
    return hot.Literal(f"{ctx.id}-default")


@property_hook("security.tags")
def tags(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The tag Name is the name of a group that says no other; Heat sets no tags on groups."""
    for member in members(value, path):
        entries = member.value.entries if isinstance(member.value, cfn.Map) else {}
        unnamed = ctx.value("GroupName") is None and ctx.get("group.name") is None
        if ctx.constant(entries.get("Key")) == "Name" and "Value" in entries and unnamed and not member.guard:
            text = ctx.text(entries["Value"])
            ctx.set("group.name", hot.Literal(f"{ctx.id}-default") if text == hot.Literal("default") else text)
            ctx.translated(member.path, "group.name")
        else:
            because = "Heat sets no tags on security groups."
            ctx.dropped(member.path, because, "Run openstack security group set --tag.", Severity.NOTE)
    return None


@reference_hook("security.vpc")
def vpc_of_group(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The VPC that the source names for the group."""
    return ctx.hot(ctx.value("VpcId"))


# ---- rule resources --------------------------------------------------------------------------------------------------


@predicate("security.stands_alone")
def stands_alone(plan: PlanContext) -> bool:
    """The rule is a resource of its own, and says something that Neutron can hold."""
    return plan.id not in styles(plan).folded and can_hold(plan, plan.resource.properties)


@plan_hook("security.rule")
def plan_rule(plan: PlanContext) -> None:
    """A folded rule is a part of its group."""
    plan.join(styles(plan).folded.get(plan.id), "group")


@property_hook("security.rule")
def rule_property(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """One property of a rule resource: its account; the rule itself is made as a whole."""
    key = str(path[0])
    owner = styles(ctx).folded.get(ctx.id)
    reading = read_rule(ctx, ctx.resource.properties, DIRECTIONS[ctx.resource.type], owner or _group_of(ctx))
    entry = cfn.Map({key: value}, value.span)
    if owner is None and key == "IpProtocol" and reading.rules and "protocol" not in reading.rules[0][0]:
        reading.adapted[key] = EVERY_PROTOCOL
    record(ctx, reading, entry, (), "group.rules" if owner is not None else "rule.")
    return None


def _group_of(ctx: ResourceContext) -> str | None:
    found = ctx.resource_of(ctx.value("GroupId") or ctx.value("GroupName"))
    return found.name if found is not None and found.type == GROUP else None


@finish_hook("security.rule")
def rule(ctx: ResourceContext) -> None:
    """A separate rule; one that stands for several networks becomes several."""
    made = ctx.find("rule")
    if made is None:
        return
    target = made.properties.get("security_group", hot.Literal(""))
    reading = read_rule(ctx, ctx.resource.properties, DIRECTIONS[ctx.resource.type], _group_of(ctx))
    for number, (found, guard) in enumerate(reading.rules):
        resource = made if number == 0 else ctx.add(f"rule_{number + 1}", RULE, f"{ctx.id}_{number + 1}")
        resource.properties = separate(ctx, found, target)
        own = ctx.resource.condition
        resource.condition = named(ctx.t, all_of((*((hot.Literal(own),) if own else ()), *guard)))


@property_hook("security.target")
def target(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The group that a separate rule belongs to."""
    if ctx.id in styles(ctx).folded:
        ctx.translated(path, "group.rules")
        return None
    if ctx.find("rule") is None:
        ctx.dropped(path, "The rule that it belongs to is not carried.", severity=Severity.NOTE)
        return None
    return ctx.hot(value)


@plan_hook("security.prefix_list")
def plan_prefix_list(plan: PlanContext) -> None:
    """The networks of a list stand in what uses it."""
    for use in plan.users(plan.id):
        owner = styles(plan).folded.get(use.resource, use.resource)
        name = next((name for key in ("group", "rule", "routes") if (name := plan.name(owner, key)) is not None), None)
        if name is not None:
            plan.claim(plan.id, owner)
            plan.bind(plan.id, "user", name)
            return
