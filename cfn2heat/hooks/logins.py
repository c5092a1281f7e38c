"""The user and the database that an instance begins with, as Trove takes them."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.choices import choose, either, equals, without_nothing, words
from cfn2heat.hooks.clusters import is_replica
from cfn2heat.hooks.emitting import fill
from cfn2heat.hooks.engines import DATASTORES, engine, spelled
from cfn2heat.hot import values as hot
from cfn2heat.hot.compose import branch
from cfn2heat.hot.template import HotResource
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import property_hook

RESERVED_USERS = {"os_admin", "root", "postgres"}
RESERVED_DATABASES = {"information_schema", "mysql", "os_admin", "performance_schema", "postgres", "sys"}
FIRST_DATABASE = "main"


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
