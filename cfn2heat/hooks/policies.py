"""Policy documents read: who may do what on what, in words."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from cfn2heat.cfn import values as cfn
from cfn2heat.hooks.branches import members
from cfn2heat.record import record
from cfn2heat.translate.constants import UNKNOWN
from cfn2heat.translate.context import PlanContext

SHOWN = 4
"""So many actions or resources of a statement are named; the rest is counted."""


@record
class Statement:
    """One statement of a policy; texts of what a parameter decides stand as ${Name}."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    services: tuple[str, ...]
    everybody: bool
    conditional: bool
    condition_text: str
    whole_bucket: bool
    own_account: bool
    delivery_network: bool

    def covers(self, action: str) -> bool:
        """Whether an action is among those of the statement."""
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)

    def __str__(self) -> str:
        who = " to everybody" if self.everybody else f" to {_listed(self.principals)}" if self.principals else ""
        where = _listed(self.resources)
        condition = " under a condition" if self.conditional else ""
        return f"{_listed(self.actions) or 'nothing'}{f' on {where}' if where else ''}{who}{condition}"


def read_statement(plan: PlanContext, value: cfn.Value) -> Statement:
    """Read one statement as far as it is known here."""
    entries = value.entries if isinstance(value, cfn.Map) else {}
    principal = entries.get("Principal")
    named = principal.entries if isinstance(principal, cfn.Map) else {}
    users = texts(plan, principal if not named else named.get("AWS"))
    condition = entries.get("Condition")
    actions = texts(plan, entries.get("Action"))
    actions += [f"all but {action}" for action in texts(plan, entries.get("NotAction"))]
    resources = texts(plan, entries.get("Resource"))
    resources += [f"all but {resource}" for resource in texts(plan, entries.get("NotResource"))]
    others = [text for kind in ("Federated", "CanonicalUser") for text in texts(plan, named.get(kind))]
    refers = [resource.type for resource in plan.resources_of(principal)]
    return Statement(
        allows=str(plan.constant(entries.get("Effect"))) != "Deny",
        actions=tuple(actions),
        resources=tuple(dict.fromkeys(map(short, resources))),
        principals=tuple(dict.fromkeys(map(short, [*users, *others]))),
        services=tuple(texts(plan, named.get("Service"))),
        everybody="*" in users,
        conditional=condition is not None,
        condition_text=repr(condition),
        whole_bucket=any(_is_whole(text) for text in resources),
        own_account=bool(users) and all("${AWS::AccountId}" in text or _names_only(text) for text in users) and not others,
        delivery_network=any("cloudfront" in text.lower() for text in [*users, *others, *refers]),
    )


def statements(plan: PlanContext, document: cfn.Value | None) -> list[Statement]:
    """Every statement of a policy document, of both branches of each Fn::If."""
    found = []
    for member in members(document):
        if isinstance(member.value, cfn.Map):
            found += [read_statement(plan, item.value) for item in members(member.value.entries.get("Statement"))]
    return found


def texts(plan: PlanContext, value: cfn.Value | None) -> list[str]:
    """A string or list of strings as texts."""
    return list(dict.fromkeys(label(plan, member.value) for member in members(value)))


def label(plan: PlanContext, value: cfn.Value) -> str:
    """A value as text, with what is decided elsewhere as ${Name}."""
    constant = plan.constant(value)
    if constant is not UNKNOWN:
        return str(constant)
    match value:
        case cfn.Ref():
            return f"${{{value.name}}}"
        case cfn.GetAtt():
            return f"${{{value.resource}}}"
        case cfn.Sub():
            return "".join(part if isinstance(part, str) else label(plan, part[1]) for part in value.parts)
        case cfn.Join() if isinstance(value.items, cfn.Seq):
            return value.delimiter.join(label(plan, item) for item in value.items.items)
        case cfn.ImportValue():
            return f"${{{label(plan, value.name)}}}"
        case cfn.If():
            return label(plan, value.then)
        case cfn.FindInMap():
            return f"${{{label(plan, value.mapping)}}}"
    return "${...}"


def short(text: str) -> str:
    """What is behind an ARN, as people call it."""
    if text == "*":
        return "everything"
    bare = re.sub(r"\$\{AWS::[A-Za-z]+\}", "", text)
    if bare.startswith("arn:") and bare.count(":") >= 5:
        *_, account, bare = bare.split(":", 5)
        if bare == "root":
            bare = f"account {account}" if account else "this account"
    bare = re.sub(r"\$\{([^{}]+)\}", r"\1", bare).strip(":/-")
    bare = bare.removesuffix("/*")
    return bare if bare not in ("", "*") else "everything"


def summary(found: list[Statement]) -> str:
    """What statements grant, in one line."""
    allowed = [str(statement) for statement in found if statement.allows]
    refused = [f"and refused {statement}" for statement in found if not statement.allows]
    words = list(dict.fromkeys([*(allowed or ["nothing"]), *refused])) if found else []
    rest = f"; and {len(words) - SHOWN} more statements" if len(words) > SHOWN else ""
    return "; ".join(words[:SHOWN]) + rest


def _listed(items: tuple[str, ...]) -> str:
    if len(items) <= SHOWN:
        return ", ".join(items)
    return ", ".join(items[: SHOWN - 1]) + f" and {len(items) - SHOWN + 1} more"


def _names_only(text: str) -> bool:
    """Whether a text is just the name of a resource of the template, such as a role's."""
    return re.fullmatch(r"\$\{\w+\}", text) is not None


def _is_whole(text: str) -> bool:
    """Whether a resource is a bucket with all of its objects, or everything."""
    tail = text.rsplit(":", 1)[-1]
    return tail == "*" or "/" not in tail or tail.split("/", 1)[1] == "*"
