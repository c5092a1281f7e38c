"""Secrets, keys and certificates: what rows cannot say of Barbican."""

from __future__ import annotations

import json
import re
import string
from typing import Any

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.branches import Member, all_of, guarded, members
from cfn2heat.hot import values as hot
from cfn2heat.hot.template import HotCondition
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text
from cfn2heat.translate.context import PlanContext, ResourceContext
from cfn2heat.translate.registry import finish_hook, plan_hook, predicate, property_hook, reference_hook

SECRET, KEY = "AWS::SecretsManager::Secret", "AWS::KMS::Key"
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
CLASSES = {
    "lowercase": (string.ascii_lowercase, "ExcludeLowercase"),
    "uppercase": (string.ascii_uppercase, "ExcludeUppercase"),
    "digits": (string.digits, "ExcludeNumbers"),
}
MARK = "${password}"


# ---- secrets ---------------------------------------------------------------------------------------------------------


@predicate("secrets.generates")
def generates(plan: PlanContext) -> bool:
    """Whether the secret is made up when the stack is, at least under a condition."""
    given = plan.value("SecretString")
    return plan.value("GenerateSecretString") is not None and (given is None or isinstance(given, cfn.If | cfn.NoValue))


@property_hook("secrets.text")
def secret_text(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """The secret's text where it is given; under a condition, what is made up may stand in for it."""
    found = ctx.hot(value, ctx.schema("secret.payload"))
    if found is not None:
        _offer(ctx, found)


def _offer(ctx: ResourceContext, payload: hot.HotValue) -> None:
    """Set the payload, beside the one that holds under another condition; its type is said only where there is one."""
    before = ctx.get("secret.payload")
    if isinstance(before, hot.If) and before.otherwise is None:
        payload = hot.If(before.condition, before.then, payload.then if isinstance(payload, hot.If) else payload)
    elif before is not None and isinstance(payload, hot.If) and payload.otherwise is None:
        payload = hot.If(payload.condition, payload.then, before)
    ctx.set("secret.payload", payload)
    kind: hot.HotValue = hot.Literal("text/plain")
    if isinstance(payload, hot.If) and payload.otherwise is None:
        kind = hot.If(payload.condition, kind, None)
    ctx.set("secret.payload_content_type", kind)


@property_hook("secrets.generate")
def generate(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Random characters, alone or as one key of a JSON text."""
    password = ctx.find("password")
    found = [member for member in members(value, path) if isinstance(member.value, cfn.Map)]
    if password is None or not found:
        ctx.dropped(path, "The secret's text is given, so that nothing is made up.", severity=Severity.NOTE)
        return
    # Both branches of an Fn::If make up a password; the first one says how.
    chosen = found[0]
    entries = chosen.value.entries if isinstance(chosen.value, cfn.Map) else {}
    in_json = "GenerateStringKey" in entries
    for_database = any("MasterUserPassword" in use.path for use in ctx.users(ctx.id))
    password.properties.update(_characters(ctx, entries, in_json=in_json, plain=for_database))
    random: hot.HotValue = hot.GetResource(password.name)
    _offer(ctx, guarded(_json_text(ctx, entries, random) if in_json else random, all_of(chosen.guard)))
    for other in found[1:]:
        ctx.dropped(other.path, "Heat makes up one secret; the first branch says how.")
    _losses(ctx, chosen)
    if for_database and not _on(ctx, entries, "ExcludePunctuation"):
        because = "Heat takes few signs in the password of a database user, and none at its ends: letters, digits and _ are used."
        ctx.adapted(chosen.path, because, "password")


def _losses(ctx: ResourceContext, chosen: Member) -> None:
    entries = chosen.value.entries if isinstance(chosen.value, cfn.Map) else {}
    if "RequireEachIncludedType" in entries and str(ctx.constant(entries["RequireEachIncludedType"])).lower() == "false":
        because = "Heat always takes at least one character of each kind."
        ctx.adapted((*chosen.path, "RequireEachIncludedType"), because, "password")


def _characters(ctx: ResourceContext, entries: dict[str, cfn.Value], *, in_json: bool, plain: bool) -> dict[str, hot.HotValue]:
    """The properties of the random string: whole classes by name, what is left of others as sequences; plain: of signs only _."""
    excluded = set(as_text(ctx.constant(entries.get("ExcludeCharacters")) or ""))
    if plain:
        excluded |= set(PUNCTUATION) - {"_"}
    if in_json:
        # A quote or backslash would end the JSON string that the password stands in.
        excluded |= {'"', "\\"}
    classes, sequences = [], []
    for name, (characters, switch) in CLASSES.items():
        if _on(ctx, entries, switch):
            continue
        left = "".join(character for character in characters if character not in excluded)
        if left == characters:
            classes.append(hot.HotMap({"class": hot.Literal(name)}))
        elif left:
            sequences.append(left)
    if not _on(ctx, entries, "ExcludePunctuation"):
        sequences.append("".join(character for character in PUNCTUATION if character not in excluded))
    if _on(ctx, entries, "IncludeSpace") and not plain:
        sequences.append(" ")
    found: dict[str, hot.HotValue] = {
        "length": ctx.hot(entries.get("PasswordLength"), ctx.schema("password.length")) or hot.Literal(32),
        "character_classes": hot.HotList(tuple(classes)),
    }
    listed = tuple(hot.HotMap({"sequence": hot.Literal(sequence)}) for sequence in sequences if sequence)
    return {**found, "character_sequences": hot.HotList(listed)} if listed else found


def _on(ctx: ResourceContext, entries: dict[str, cfn.Value], switch: str) -> bool:
    return str(ctx.constant(entries.get(switch))).lower() == "true"


def _json_text(ctx: ResourceContext, entries: dict[str, cfn.Value], random: hot.HotValue) -> hot.HotValue:
    """The template's JSON with one more key, whose value is the random text."""
    key = as_text(ctx.constant(entries["GenerateStringKey"]) or "password")
    addition = f"{json.dumps(key)}: "
    template = entries.get("SecretStringTemplate")
    constant = ctx.constant(template)
    if constant is None or constant is not UNKNOWN:
        text = _completed(as_text(constant or "{}"), addition)
        return hot.StrReplace(hot.Literal(text), {MARK: random})
    assert template is not None
    found = ctx.text(template)
    if isinstance(found, hot.StrReplace) and isinstance(found.template, hot.Literal):
        text = _completed(str(found.template.value), addition)
        return hot.StrReplace(hot.Literal(text), {**found.params, MARK: random})
    tail = hot.ListJoin("", (hot.HotList((hot.Literal(f', {addition}"'), random, hot.Literal('"}'))),))
    return hot.StrReplace(found, {"}": tail})


def _completed(text: str, addition: str) -> str:
    """A JSON object's text with one more member at its end."""
    head, brace, _ = text.rstrip().rpartition("}")
    if not brace:
        return f'{{{addition}"{MARK}"}}'
    comma = "" if head.rstrip().endswith("{") else ", "
    return f'{head.rstrip()}{comma}{addition}"{MARK}"}}'


@reference_hook("secrets.resolve")
def resolve(ctx: ResourceContext, rest: str) -> hot.HotValue | None:
    """What a dynamic reference reads of a secret of this template; rest is SecretString:KEY. None: a key that cannot be found."""
    secret, password = ctx.name(ctx.id, "secret"), ctx.name(ctx.id, "password")
    key = [*rest.split(":"), ""][1]
    if secret is None:
        return None
    if not key:
        return hot.GetAttr(secret, "decrypted_payload")
    made_up = ctx.value("GenerateSecretString")
    if password is None or not isinstance(made_up, cfn.Map):
        return _member(ctx, ctx.value("SecretString"), key)
    if ctx.constant(made_up.entries.get("GenerateStringKey")) == key:
        return hot.GetResource(password)
    return _member(ctx, made_up.entries.get("SecretStringTemplate"), key)


def _member(ctx: ResourceContext, text: cfn.Value | None, key: str) -> hot.HotValue | None:
    """The value of a key in a JSON text, when it stands there as a constant or as one placeholder."""
    constant = ctx.constant(text)
    if isinstance(constant, str):
        return _constant_member(constant, key)
    if not isinstance(text, cfn.Sub):
        return None
    marks = [part for part in text.parts if not isinstance(part, str)]
    joined = "".join(part if isinstance(part, str) else f"\0{marks.index(part)}\0" for part in text.parts)
    try:
        found = json.loads(joined.replace("\0", "\x7f"))
    except ValueError:
        return None
    value = found.get(key) if isinstance(found, dict) else None
    match = re.fullmatch("\x7f(\\d+)\x7f", value) if isinstance(value, str) else None
    if match:
        return ctx.text(marks[int(match.group(1))][1])
    return hot.Literal(value) if isinstance(value, str) and "\x7f" not in value else None


def _constant_member(text: str, key: str) -> hot.HotValue | None:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None
    value = found.get(key) if isinstance(found, dict) else None
    return hot.Literal(value) if isinstance(value, (str, int, float, bool)) else None


@plan_hook("secrets.target_attachment")
def target_attachment(plan: PlanContext) -> None:
    """An attachment stands for its secret."""
    for resource in plan.resources_of(plan.value("SecretId")):
        for key in ("secret", "password"):
            name = plan.name(resource.name, key) if resource.type == SECRET else None
            if name is not None:
                plan.bind(plan.id, key, name)


# ---- keys ------------------------------------------------------------------------------------------------------------

RSA = re.compile(r"RSA_(\d+)")


@predicate("secrets.can_order")
def can_order(plan: PlanContext) -> bool:
    """Whether Barbican makes keys of this kind: AES and RSA."""
    spec = plan.constant(plan.value("KeySpec"))
    return spec in (None, UNKNOWN, "SYMMETRIC_DEFAULT") or RSA.fullmatch(as_text(spec)) is not None


Kind = tuple[hot.HotValue, hot.HotValue, hot.HotValue]
"""Type of the order, algorithm and length in bits."""
SYMMETRIC: Kind = (hot.Literal("key"), hot.Literal("aes"), hot.Literal(256))


@property_hook("secrets.key_spec")
def key_spec(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """Type, algorithm and length of the order."""
    order = ctx.find("key")
    if order is None:
        ctx.dropped(path, f"Barbican makes no keys of the kind {ctx.constant(value)}.", severity=Severity.ERROR)
        return
    for name, part in zip(("type", "algorithm", "bit_length"), _kind(ctx, value), strict=True):
        order.properties[name] = part


def _kind(ctx: ResourceContext, value: cfn.Value) -> Kind:
    """An RSA pair of the length in its name, else AES; a kind that a parameter names is looked at when the stack is made."""
    if isinstance(value, cfn.If):
        condition = hot.Literal(value.condition)
        then, otherwise = _kind(ctx, value.then), _kind(ctx, value.otherwise)
        return _choose(condition, then, otherwise)
    spec = ctx.constant(value)
    if spec is UNKNOWN:
        word = ctx.text(value)
        pair = (hot.Literal("asymmetric"), hot.Literal("rsa"), hot.StrSplit("_", word, hot.Literal(-1)))
        return _choose(_asks_for_pair(ctx, word), pair, SYMMETRIC)
    match = RSA.fullmatch(as_text(spec))
    return (hot.Literal("asymmetric"), hot.Literal("rsa"), hot.Literal(int(match.group(1)))) if match else SYMMETRIC


def _asks_for_pair(ctx: ResourceContext, word: hot.HotValue) -> hot.HotValue:
    """A condition of the template that holds when a word decided at deploy time asks for an RSA pair."""
    name = f"{ctx.id}_is_pair"
    tests = [hot.Function("equals", hot.HotList((word, hot.Literal(f"RSA_{bits}")))) for bits in (2048, 3072, 4096)]
    condition = hot.Function("or", hot.HotList(tuple(tests)))
    ctx.t.hot.conditions.setdefault(name, HotCondition(name, condition))
    return hot.Literal(name)


def _choose(condition: hot.HotValue, then: Kind, otherwise: Kind) -> Kind:
    pairs = zip(then, otherwise, strict=True)
    first, second, third = (one if one == other else hot.If(condition, one, other) for one, other in pairs)
    return first, second, third


@finish_hook("secrets.order")
def finish_order(ctx: ResourceContext) -> None:
    """A mode of operation is for symmetric keys only."""
    order = ctx.find("key")
    kind = order.properties.get("type", hot.Literal("key")) if order else None
    if order is not None and kind == hot.Literal("key"):
        order.properties["mode"] = hot.Literal("cbc")
    elif order is not None and isinstance(kind, hot.If):
        symmetric = kind.then == hot.Literal("key")
        order.properties["mode"] = hot.If(
            hot.Function("not", kind.condition) if not symmetric else kind.condition, hot.Literal("cbc"), None
        )


@reference_hook("secrets.key")
def key_reference(ctx: ResourceContext, attribute: str) -> hot.HotValue | None:
    """A key is known by the address of its secret, a pair by that of its container."""
    name = ctx.name(ctx.id, "key")
    if name is None:
        return None
    spec = ctx.value("KeySpec")
    kind = _kind(ctx, spec)[0] if spec is not None else SYMMETRIC[0]
    return _address(name, kind)


def _address(name: str, kind: hot.HotValue) -> hot.HotValue:
    if isinstance(kind, hot.If) and kind.otherwise is not None:
        return hot.If(kind.condition, _address(name, kind.then), _address(name, kind.otherwise))
    return hot.GetAttr(name, "secret_ref" if kind == SYMMETRIC[0] else "container_ref")


@plan_hook("secrets.alias")
def alias_plan(plan: PlanContext) -> None:
    """An alias is the name of its key."""
    for resource in plan.resources_of(plan.value("TargetKeyId")):
        name = plan.name(resource.name, "key") if resource.type == KEY else None
        if name is not None:
            plan.bind(plan.id, "key", name)


@property_hook("secrets.alias")
def alias(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """The name, unless another alias was first."""
    order = ctx.find("key")
    if order is None:
        ctx.dropped(path, "The key is not in this template.", severity=Severity.NOTE)
    elif "name" in order.properties:
        ctx.dropped(path, "The key's order has the name of another alias already.", severity=Severity.NOTE)
    else:
        condition = ctx.resource.condition if ctx.resource.condition != order.condition else None
        order.properties["name"] = guarded(_bare(ctx.text(value)), hot.Literal(condition) if condition else None)


def _bare(value: hot.HotValue) -> hot.HotValue:
    """An alias without its prefix, as far as that is written out."""
    match value:
        case hot.Literal():
            return hot.Literal(as_text(value.value).removeprefix("alias/"))
        case hot.StrReplace():
            return hot.StrReplace(_bare(value.template), value.params)
        case hot.ListJoin(delimiter="", lists=(hot.HotList(items=(hot.Literal(value="alias/"), only)),)):
            return only
        case hot.ListJoin(lists=(hot.HotList(items=(first, *rest)), *others)):
            return hot.ListJoin(value.delimiter, (hot.HotList((_bare(first), *rest)), *others))
    return value


# ---- parameters ------------------------------------------------------------------------------------------------------


@property_hook("secrets.parameter_type")
def parameter_type(ctx: ResourceContext, value: cfn.Value, path: Path) -> None:
    """A value of a stack is a string; a secure one is no longer that."""
    if ctx.constant(value) == "SecureString":
        ctx.dropped(path, "A value of a stack is not encrypted.", "Keep it in Barbican with openstack secret store.")


# ---- certificates ----------------------------------------------------------------------------------------------------


@finish_hook("secrets.certificate")
def certificate(ctx: ResourceContext) -> None:
    """Certificate and private key are asked for, since nothing in OpenStack issues them."""
    domain = ctx.constant(ctx.value("DomainName"))
    which = domain if isinstance(domain, str) else ctx.id
    pem = ctx.hole(f"{ctx.id}_certificate_pem", f"Certificate for {which} in PEM form, with its chain.")
    ctx.set("certificate.payload", pem)
    key = ctx.hole(f"{ctx.id}_private_key_pem", f"Private key of the certificate for {which} in PEM form.", hidden=True)
    ctx.set("private_key.payload", key)
