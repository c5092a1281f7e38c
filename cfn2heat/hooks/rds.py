"""Databases in Trove: datastores, networks, users, replicas, and what an Aurora cluster becomes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import members
from cfn2heat.hooks.choices import choose, either, equals, is_word, without_nothing, words
from cfn2heat.hooks.emitting import fill, tidy
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
SUBNET_GROUP = "AWS::RDS::DBSubnetGroup"

DATASTORES = {
    "aurora": "mysql",
    "aurora-mysql": "mysql",
    "aurora-postgresql": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mysql",
    "postgres": "postgresql",
}
PORTS = {
    **dict.fromkeys(("aurora", "aurora-mysql", "mariadb", "mysql"), "3306"),
    **dict.fromkeys(("aurora-postgresql", "postgres"), "5432"),
    **dict.fromkeys(("oracle-ee", "oracle-ee-cdb", "oracle-se", "oracle-se1", "oracle-se2", "oracle-se2-cdb"), "1521"),
    **dict.fromkeys(("sqlserver-ee", "sqlserver-ex", "sqlserver-se", "sqlserver-web"), "1433"),
    **dict.fromkeys(("db2-ae", "db2-se"), "50000"),
}
LARGEST = 150
"""GiB; Heat takes no larger volume for a database."""
RESERVED_USERS = {"os_admin", "root", "postgres"}
RESERVED_DATABASES = {"information_schema", "mysql", "os_admin", "performance_schema", "postgres", "sys"}
FIRST_DATABASE = "main"


def spelled(table: Mapping[str, str]) -> dict[str, hot.HotValue]:
    """Engines in the spellings that are taken."""
    special = {"mysql": "MySQL", "mariadb": "MariaDB", "postgres": "Postgres"}
    found: dict[str, hot.HotValue] = {}
    for word, answer in table.items():
        for spelling in (word, word.upper(), special.get(word, word.capitalize())):
            found[spelling] = hot.Literal(answer)
    return found


# ---- who is what -----------------------------------------------------------------------------------------------------


def cluster_of(plan: PlanContext, instance: str) -> Resource | None:
    """The template's cluster that an instance is a member of."""
    owner = plan.resource_of(plan.template.resources[instance].properties.entries.get("DBClusterIdentifier"))
    return owner if owner is not None and owner.type == CLUSTER else None


def members_of(plan: PlanContext, cluster: str) -> list[str]:
    """The instances of a cluster, in order; the first of them is its writer."""
    users = [use.resource for use in plan.users(cluster) if "DBClusterIdentifier" in use.path]
    return [name for name in dict.fromkeys(users) if name and plan.type_of(name) == INSTANCE]


def home(plan: PlanContext, name: str) -> str | None:
    """The Trove instance that stands for a database: a cluster's writer is the cluster's; None for a replica."""
    if not is_made(PlanContext(plan.t, name)):
        return None
    if plan.type_of(name) == INSTANCE:
        cluster = cluster_of(plan, name)
        if cluster is not None and members_of(plan, cluster.name)[0] == name:
            return plan.name(cluster.name, "db")
    return plan.name(name, "db")


@plan_hook("rds.cluster")
def plan_cluster(plan: PlanContext) -> None:
    """The first instance is the cluster itself: one Trove instance stands for both."""
    if not is_made(plan):
        give_up_replica(plan)
        return
    for name in members_of(plan, plan.id)[:1]:
        own = plan.name(plan.id, "db")
        if own is not None:
            plan.claim(name, plan.id)
            plan.bind(name, "db", own)


@plan_hook("rds.instance")
def plan_instance(plan: PlanContext) -> None:
    """A replica is not made; the first instance of a cluster is one only where its cluster is."""
    if not is_made(plan):
        give_up_replica(plan)


def is_made(plan: PlanContext) -> bool:
    """Whether a database is more than a replica: of a cluster's instances that is the first, where the cluster is made."""
    cluster = cluster_of(plan, plan.id) if plan.resource.type == INSTANCE else None
    if cluster is not None and members_of(plan, cluster.name)[0] == plan.id:
        return not follows(cluster)
    return not is_replica(plan)


def give_up_replica(plan: PlanContext) -> None:
    """Heat names a flavor for each instance, and Trove refuses one for a replica."""
    because = "Trove refuses a replica that names a flavor, as every instance of Heat does."
    advice = "Run openstack database instance create NAME --replica-of ID after the stack is made, and read from its address."
    plan.give_up(because, advice, Severity.ERROR)


def follows(resource: Resource) -> bool:
    """Whether it says what it is a copy of, under every condition."""
    given = resource.properties.entries
    source = given.get("SourceDBInstanceIdentifier") or given.get("ReplicationSourceIdentifier")
    return source is not None and not isinstance(source, cfn.If | cfn.NoValue)


@plan_hook("rds.subnet_group")
def plan_subnet_group(plan: PlanContext) -> None:
    """The databases in it take it in."""
    for use in plan.users(plan.id):
        if use.resource and plan.type_of(use.resource) in (INSTANCE, CLUSTER):
            name = home(plan, use.resource)
            if name is not None:
                plan.claim(plan.id, use.resource)
                plan.bind(plan.id, f"db_{use.resource.lower()}", name)


@predicate("rds.manages_password")
def manages_password(plan: PlanContext) -> bool:
    """Whether AWS would make up the master user's password."""
    return words(plan, plan.value("ManageMasterUserPassword")) == {"true"}


@predicate("rds.single_zone")
def single_zone(plan: PlanContext) -> bool:
    """Whether no standby is wanted."""
    return words(plan, plan.value("MultiAZ")) <= {"false"}


def is_replica(plan: PlanContext) -> bool:
    """Whether it follows another instance, and so has that one's users and databases."""
    return follows(plan.resource) or (plan.resource.type == INSTANCE and plan.value("DBClusterIdentifier") is not None)


# ---- engine ----------------------------------------------------------------------------------------------------------


def engine(plan: PlanContext) -> cfn.Value | None:
    """The engine that an instance says, or that its cluster or source does."""
    own = plan.value("Engine")
    if own is not None:
        return own
    cluster = cluster_of(plan, plan.id) if plan.resource.type == INSTANCE else None
    source = cluster or plan.resource_of(plan.value("SourceDBInstanceIdentifier"))
    return source.properties.entries.get("Engine") if source is not None else None


@property_hook("rds.datastore")
def datastore(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The datastore of an engine; asked for where Trove has none."""
    named = words(ctx, value)
    without = sorted(word for word in named if word.lower() in PORTS and word.lower() not in DATASTORES)
    answers = spelled(DATASTORES)
    if without:
        because = f"Trove ships no datastore for {', '.join(without)}."
        advice = "Move the schema to PostgreSQL or MySQL and name that datastore, or run the database on a server of its own."
        ctx.report("C2H3002", Severity.ERROR, because, advice, path)
        hole = ctx.hole(f"{ctx.id}_datastore", f"Datastore of Trove for {ctx.id}, which is {', '.join(without)} in the source.")
        answers |= dict.fromkeys(without, hole)
    found = choose(ctx, value, answers)
    return found or ctx.hole(f"{ctx.id}_datastore", f"Datastore of Trove for {ctx.id}.")


@property_hook("rds.version")
def version(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The cloud's version for the engine's, by a table of the site; an empty one is Trove's default."""
    if isinstance(value, cfn.If):
        then = version(ctx, value.then, path)
        return branch(hot.Literal(value.condition), then, version(ctx, value.otherwise, path))
    key = ctx.hot(value)
    if key is None:
        return None
    name = ctx.t.ask("database_versions")
    ctx.t.lookups.setdefault("database_versions", {}).update(dict.fromkeys(sorted(words(ctx, value))))
    return hot.GetParam(name, (hot.Literal(as_text(key.value)) if isinstance(key, hot.Literal) else key,))


@property_hook("rds.port")
def port(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A port other than the engine's own cannot be had."""
    constant = ctx.constant(value)
    known = {PORTS.get(word.lower()) for word in words(ctx, engine(ctx))}
    if constant is not UNKNOWN and as_text(constant) in known:
        ctx.translated(path, "db")
    else:
        advice = "Use the datastore's own port in clients and security groups: 3306 for MySQL and MariaDB, 5432 for PostgreSQL."
        ctx.dropped(path, "Trove's datastores listen on their own port.", advice)
    return None


@reference_hook("rds.port")
def port_of(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """The port of the datastore, as a text."""
    found = choose(ctx, engine(ctx), spelled(PORTS)) if engine(ctx) is not None else None
    return found or hot.Literal("3306")


@reference_hook("rds.reader")
def reader(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """Where to read: the writer, since Heat makes no replicas."""
    name = ctx.name(ctx.id, "db")
    return None if name is None else hot.GetAttr(name, "show", (hot.Literal("ip"), hot.Literal(0)))


# ---- size, flavor, sources -------------------------------------------------------------------------------------------


@property_hook("rds.size")
def size(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """GiB of the volume, at most what Heat takes."""
    return without_nothing(limited(ctx, value, path), hot.Literal(20))


def limited(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """A size, cut where it is known to be too large."""
    if isinstance(value, cfn.If):
        then = limited(ctx, value.then, (*path, "Fn::If", 1))
        return branch(hot.Literal(value.condition), then, limited(ctx, value.otherwise, (*path, "Fn::If", 2)))
    text = as_text(ctx.constant(value))
    if text.isdigit() and int(text) > LARGEST:
        because = f"Heat takes at most {LARGEST} GiB for the volume of a database."
        ctx.adapted(path, because, "db.size")
        advice = "After the stack is made: openstack database instance resize volume INSTANCE SIZE."
        ctx.report("C2H3002", Severity.WARNING, because, advice, path)
        return hot.Literal(LARGEST)
    return capped(ctx, value)


def capped(ctx: ResourceContext, value: cfn.Value) -> hot.HotValue | None:
    """A size that a parameter may set too large, cut at deploy time."""
    if isinstance(value, cfn.If):
        return branch(hot.Literal(value.condition), capped(ctx, value.then), capped(ctx, value.otherwise))
    constant, found = as_text(ctx.constant(value)), ctx.hot(value)
    if constant.isdigit():
        return hot.Literal(min(int(constant), LARGEST))
    if found is not None and any(word.isdigit() and int(word) > LARGEST for word in words(ctx, value)):
        return hot.Yaql(f"min(int($.data.size), {LARGEST})", {"size": found})
    return found


@property_hook("rds.backup")
def backup(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The backup to restore; a snapshot of AWS is no backup of Trove."""
    if isinstance(value, cfn.If):
        then = backup(ctx, value.then, path)
        return branch(hot.Literal(value.condition), then, backup(ctx, value.otherwise, path))
    if isinstance(value, cfn.NoValue) or ctx.constant(value) == "":
        return None
    if ctx.constant(value) is UNKNOWN:
        return ctx.hot(value)
    return ctx.hole(
        f"{ctx.id}_backup",
        f"Backup of Trove that {ctx.id} starts from; in the source the snapshot {as_text(ctx.constant(value))}.",
    )


# ---- users and databases ---------------------------------------------------------------------------------------------


@property_hook("rds.credential")
def credential(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Used by the finishing hook; names that Trove keeps for itself are said here."""
    name = str(path[0])
    if is_replica(ctx):
        ctx.dropped(path, "A replica has the users and databases of what it follows.", severity=Severity.NOTE)
    elif name == "MasterUsername" and as_text(ctx.constant(value)) in RESERVED_USERS:
        advice = (
            "Use another name in the clients, or run openstack database root enable INSTANCE for the administrator's password."
        )
        ctx.dropped(path, f"Trove keeps the user {as_text(ctx.constant(value))} for itself.", advice, Severity.ERROR)
    elif name in ("DBName", "DatabaseName") and as_text(ctx.constant(value)) in RESERVED_DATABASES:
        advice = f"Name {FIRST_DATABASE} in the clients, or another database that they make."
        because = f"Trove keeps the database {as_text(ctx.constant(value))} for itself; one named {FIRST_DATABASE} stands in."
        ctx.adapted(path, because, "db.databases")
        ctx.report("C2H3002", Severity.WARNING, because, advice, path)
    return None


def set_credentials(ctx: ResourceContext, db: HotResource) -> None:
    """The first database, and the master user with rights on it."""
    user, password = username(ctx), password_of(ctx)
    given = ctx.value("DBName") or ctx.value("DatabaseName")
    reserved = given is not None and as_text(ctx.constant(given)) in RESERVED_DATABASES
    database = hot.Literal(FIRST_DATABASE) if reserved else ctx.hot(given)
    if user is not None and password is not None:
        name = named_database(ctx, without_nothing(assume(database, user), hot.Literal(FIRST_DATABASE)))
        databases = hot.HotList((database_entry(ctx, name),))
        secret = without_nothing(assume(password, user), hot.Literal(""))
        users = unless(is_empty(ctx, secret), user_list(present(user), secret, name))
        fill(ctx, db, {"databases": optional(databases, user), "users": optional(users, user)})
    elif database is not None:
        name = named_database(ctx, present(database))
        fill(ctx, db, {"databases": optional(hot.HotList((database_entry(ctx, name),)), database)})


def assume(value: hot.HotValue | None, by: hot.HotValue) -> hot.HotValue | None:
    """A value where another is there: the branch that their common condition chooses."""
    if isinstance(by, hot.If) and by.otherwise is None and isinstance(value, hot.If) and value.condition == by.condition:
        return value.then
    return value


def named_database(ctx: ResourceContext, value: hot.HotValue) -> hot.HotValue:
    """The name of the first database, also where a parameter may leave it empty."""
    empty = is_empty(ctx, value)
    if isinstance(empty, bool):
        return hot.Literal(FIRST_DATABASE) if empty else value
    return hot.If(empty, hot.Literal(FIRST_DATABASE), value)


def unless(condition: bool | hot.HotValue, value: hot.HotValue) -> hot.HotValue:
    """A value that is there where a condition does not hold."""
    return value if isinstance(condition, bool) else hot.If(hot.Function("not", condition), value, None)


def optional(value: hot.HotValue, by: hot.HotValue) -> hot.HotValue:
    """A value that is there where another is."""
    if isinstance(by, hot.If) and by.otherwise is None:
        return hot.If(by.condition, value, None)
    return value


def present(value: hot.HotValue) -> hot.HotValue:
    """A value without the condition for its being there."""
    return value.then if isinstance(value, hot.If) and value.otherwise is None else value


def user_list(user: hot.HotValue, password: hot.HotValue, database: hot.HotValue) -> hot.HotValue:
    """The master user as Trove takes it."""
    return hot.HotList((hot.HotMap({"name": user, "password": password, "databases": hot.HotList((database,))}),))


def username(ctx: ResourceContext) -> hot.HotValue | None:
    """The master user's name, unless Trove keeps that for itself."""
    value = ctx.value("MasterUsername")
    text = as_text(ctx.constant(value)) if value is not None else ""
    if text in RESERVED_USERS:
        return None
    return (
        hot.Literal(re.sub(r"[^A-Za-z0-9_]", "_", text)[:16]) if text and ctx.constant(value) is not UNKNOWN else ctx.hot(value)
    )


def password_of(ctx: ResourceContext) -> hot.HotValue | None:
    """The password that is given, or the one that the stack makes up."""
    made = ctx.name(ctx.id, "password")
    return hot.GetAttr(made, "value") if made is not None else password_from(ctx, ctx.value("MasterUserPassword"))


PASSWORD = re.compile(r"[a-zA-Z0-9_]+[a-zA-Z0-9_@?#\s]*[a-zA-Z0-9_]+")
"""What Heat takes as the password of a database user."""


def password_from(ctx: ResourceContext, value: cfn.Value | None) -> hot.HotValue | None:
    """A password; one that Heat refuses, or that is put together, is asked for."""
    if isinstance(value, cfn.If):
        then = password_from(ctx, value.then)
        return branch(hot.Literal(value.condition), then, password_from(ctx, value.otherwise))
    if value is None or isinstance(value, cfn.NoValue):
        return None
    found = ctx.hot(value)
    if isinstance(found, hot.GetParam):
        forget_default(ctx, found.name)
    fits = isinstance(found, hot.Literal) and PASSWORD.fullmatch(as_text(found.value))
    if fits or isinstance(found, hot.GetParam | hot.GetAttr | hot.GetResource):
        return found
    because = (
        f"Password of the master user of {ctx.id}: letters, digits and _, inside also @, ?, # and blanks; Heat takes no others."
    )
    return ctx.hole(f"{ctx.id}_password", because, hidden=True)


def forget_default(ctx: ResourceContext, name: str) -> None:
    """A default that Heat refuses as a password is none, and a pattern that asks for other characters goes."""
    parameter = ctx.t.hot.parameters.get(name)
    if parameter is None:
        return
    default = parameter.default
    if isinstance(default, hot.Literal) and default.value and not PASSWORD.fullmatch(as_text(default.value)):
        parameter.default = None
        parameter.comments.append(
            "has no default: Heat takes letters, digits and _ in a password, inside also @, ?, # and blanks"
        )
    pattern = hot.HotMap({"allowed_pattern": hot.Literal(PASSWORD.pattern)})
    parameter.constraints = [pattern if asks_for_symbols(known) else known for known in parameter.constraints]


def asks_for_symbols(constraint: hot.HotMap) -> bool:
    """Whether a constraint looks ahead for characters of several kinds."""
    pattern = constraint.entries.get("allowed_pattern")
    return isinstance(pattern, hot.Literal) and "(?=" in as_text(pattern.value)


def is_empty(ctx: ResourceContext, value: hot.HotValue) -> bool | hot.HotValue:
    """Whether a value is an empty text: known now, or the condition for it."""
    if isinstance(value, hot.If):
        otherwise = False if value.otherwise is None else is_empty(ctx, value.otherwise)
        return either(value.condition, is_empty(ctx, value.then), otherwise)
    parameter = ctx.t.hot.parameters.get(value.name) if isinstance(value, hot.GetParam) and not value.path else None
    if parameter is not None and parameter.default == hot.Literal(""):
        return equals(value, "")
    return value == hot.Literal("")


def database_entry(ctx: ResourceContext, name: hot.HotValue) -> hot.HotMap:
    """One database; Heat's own defaults for text are MySQL's, which PostgreSQL refuses."""
    entries: dict[str, hot.HotValue] = {"name": present(name)}
    named = {DATASTORES.get(word.lower()) for word in words(ctx, engine(ctx))}
    if "postgresql" in named:
        for key, postgres, other in (("character_set", "UTF8", "utf8"), ("collate", "en_US.utf8", "utf8_general_ci")):
            table = {word: postgres if store == "postgresql" else other for word, store in DATASTORES.items()}
            found = choose(ctx, engine(ctx), spelled(table))
            if found is not None:
                entries[key] = found
    return hot.HotMap(entries)


# ---- networks --------------------------------------------------------------------------------------------------------


@property_hook("rds.subnet_group")
def subnet_group(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Trove takes a network: that of the group's subnets."""
    if ctx.id in ctx.t.plan.claimed:
        ctx.adapted(path, "The cluster's network is its instances'.", "db.networks")
        return None
    network = without_nothing(network_of_group(ctx, value), ctx.site_value("default_network"))
    return hot.HotList((hot.HotMap({"network": network}),))


def network_of_group(ctx: ResourceContext, value: cfn.Value) -> hot.HotValue | None:
    """The network of a subnet group, in each branch."""
    if isinstance(value, cfn.If):
        then = network_of_group(ctx, value.then)
        return branch(hot.Literal(value.condition), then, network_of_group(ctx, value.otherwise))
    if isinstance(value, cfn.NoValue):
        return None
    group = ctx.resource_of(value)
    if group is not None and group.type == SUBNET_GROUP:
        return network_of_subnets(ctx, group)
    return outer_network(ctx, f"{ctx.id}_network", f"Network for {ctx.id}; the source names a DB subnet group of AWS.")


def network_of_subnets(ctx: ResourceContext, group: Resource) -> hot.HotValue | None:
    """The network of the first subnet of this template, or of those that come from outside."""
    for subnet in ctx.resources_of(group.properties.entries.get("SubnetIds")):
        if subnet.type == "AWS::EC2::Subnet":
            return ctx.hot(subnet.properties.entries.get("VpcId"))
    return outer_network(ctx, f"{group.name}_network", f"Network of the subnets that {group.name} names; Trove takes a network.")


def outer_network(ctx: ResourceContext, name: str, because: str) -> hot.HotValue:
    """The template's one VPC parameter, which is a network here, or a question."""
    vpcs = [parameter.name for parameter in ctx.template.parameters.values() if parameter.type == "AWS::EC2::VPC::Id"]
    return hot.GetParam(vpcs[0]) if len(vpcs) == 1 else ctx.hole(name, because)


def wait_for_network(ctx: ResourceContext, db: HotResource) -> None:
    """Trove wants a subnet that is on a router."""
    for group in ctx.resources_of(ctx.value("DBSubnetGroupName")):
        for subnet in ctx.resources_of(group.properties.entries.get("SubnetIds")):
            for key in ("subnet", "interface"):
                name = ctx.name(subnet.name, key)
                if subnet.type == "AWS::EC2::Subnet" and name is not None:
                    ctx.depends_on(db, name)


# ---- finishing -------------------------------------------------------------------------------------------------------


@finish_hook("rds.instance")
def finish_instance(ctx: ResourceContext) -> None:
    """Network, users and databases."""
    db = ctx.emit("db")
    if ctx.id in ctx.t.plan.claimed:
        tidy(ctx)
        return
    set_credentials(ctx, db)
    finish(ctx, db)
    ask_flavor(ctx, db)
    tidy(ctx)


@finish_hook("rds.cluster")
def finish_cluster(ctx: ResourceContext) -> None:
    """Network, users and databases of the writer; its flavor is its first instance's."""
    db = ctx.emit("db")
    set_credentials(ctx, db)
    finish(ctx, db)
    if not members_of(ctx, ctx.id):
        ask_flavor(ctx, db)
    tidy(ctx)


def ask_flavor(ctx: ResourceContext, db: HotResource) -> None:
    """Trove wants a flavor also where the source says no class."""
    if "flavor" not in db.properties:
        because = f"Flavor for the database {ctx.id}; the source names no instance class."
        fill(ctx, db, {"flavor": ctx.hole(f"{ctx.id}_flavor", because)})


def finish(ctx: ResourceContext, db: HotResource) -> None:
    """What both have in common."""
    if "networks" not in db.properties:
        network = hot.HotMap({"network": ctx.site_value("default_network")})
        fill(ctx, db, {"networks": hot.HotList((network,))})
    wait_for_network(ctx, db)
    set_secret(ctx)


def set_secret(ctx: ResourceContext) -> None:
    """The made up password as AWS keeps it: a JSON text with user and password."""
    secret, password = ctx.find("secret"), ctx.name(ctx.id, "password")
    if secret is None or password is None:
        return
    user = username(ctx) or hot.Literal("")
    template = hot.Literal('{"username": "${user}", "password": "${password}"}')
    payload = hot.StrReplace(template, {"${user}": present(user), "${password}": hot.GetAttr(password, "value")})
    fill(ctx, secret, {"payload": payload})


# ---- groups ----------------------------------------------------------------------------------------------------------


@property_hook("rds.parameters")
def parameters(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The command that makes the configuration group by hand."""
    constant = ctx.constant(value)
    settings = json.dumps(constant) if isinstance(constant, dict) else "JSON"
    family = as_text(ctx.constant(ctx.value("Family"))).lower()
    store = next((store for word, store in DATASTORES.items() if family.startswith(word)), "DATASTORE")
    advice = (
        f"Run openstack database configuration create {ctx.id} '{settings}' --datastore {store},"
        f" then openstack database configuration attach INSTANCE {ctx.id}."
    )
    ctx.dropped(path, "Settings of a database are Trove's configuration groups, which Heat cannot make.", advice)
    return None


@property_hook("rds.ingress")
def ingress(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Rules for the port of the databases that use the group."""
    found: list[hot.HotValue] = []
    for member in members(value, path):
        if isinstance(member.value, cfn.Map):
            rule: hot.HotValue = hot.HotMap(ingress_rule(ctx, member.value, member.path))
            for condition in reversed(member.guard):
                rule = hot.If(condition, rule, None)
            found.append(rule)
    return hot.HotList(tuple(found))


def ingress_rule(ctx: ResourceContext, rule: cfn.Map, path: Path) -> dict[str, hot.HotValue]:
    """One rule: an address range or a group, on the databases' port."""
    number = hot.Literal(port_of_users(ctx))
    found: dict[str, hot.HotValue] = {
        "protocol": hot.Literal("tcp"),
        "port_range_min": number,
        "port_range_max": number,
    }
    cidr = ctx.hot(rule.entries.get("CIDRIP"))
    group = ctx.hot(rule.entries.get("EC2SecurityGroupId") or rule.entries.get("EC2SecurityGroupName"))
    if cidr is not None:
        found["remote_ip_prefix"] = cidr
    elif group is not None:
        found |= {"remote_mode": hot.Literal("remote_group_id"), "remote_group_id": group}
    ctx.dropped((*path, "EC2SecurityGroupOwnerId"), "Neutron finds the group by its id.", severity=Severity.NOTE)
    return found


def port_of_users(ctx: ResourceContext) -> int:
    """The port of the engine of the first database that names this group."""
    for use in ctx.users(ctx.id):
        if use.resource and ctx.type_of(use.resource) == INSTANCE:
            named = words(ctx, ctx.template.resources[use.resource].properties.entries.get("Engine"))
            return int(next((PORTS[word.lower()] for word in sorted(named) if word.lower() in PORTS), "3306"))
    return 3306


@finish_hook("rds.ingress")
def finish_ingress(ctx: ResourceContext) -> None:
    """A rule that stands apart, of the group that it names."""
    group = ctx.resource_of(ctx.value("DBSecurityGroupName"))
    owner = ResourceContext(ctx.t, group.name) if group else ctx
    number = hot.Literal(port_of_users(owner))
    fill(ctx, ctx.emit("rule"), {"protocol": hot.Literal("tcp"), "port_range_min": number, "port_range_max": number})


@property_hook("rds.public")
def public(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Trove can give a floating IP, Heat cannot ask for it."""
    if is_word(ctx, value, "true", False) is False:
        ctx.dropped(path, "A Trove instance has no public address unless one is asked for.", severity=Severity.NOTE)
    else:
        advice = "After the stack is made: openstack database instance update --is-public --allowed-cidr CIDR INSTANCE."
        ctx.dropped(path, "Heat's Trove instances have no switch for a public address.", advice)
    return None
