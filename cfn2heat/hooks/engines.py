"""Database engines as datastores of Trove: their versions, ports and sizes, and what an instance is filled from."""

from __future__ import annotations

from collections.abc import Mapping

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.choices import choose, without_nothing, words
from cfn2heat.hooks.clusters import INSTANCE, cluster_of
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import property_hook, reference_hook

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


def spelled(table: Mapping[str, str]) -> dict[str, hot.HotValue]:
    """Engines in the spellings that are taken."""
    special = {"mysql": "MySQL", "mariadb": "MariaDB", "postgres": "Postgres"}
    found: dict[str, hot.HotValue] = {}
    for word, answer in table.items():
        for spelling in (word, word.upper(), special.get(word, word.capitalize())):
            found[spelling] = hot.Literal(answer)
    return found


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
