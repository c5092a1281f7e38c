"""Runs inside the Heat environment: answers JSON lines on standard input with what the real engine says, one line each.

{"op": "parse", "text"}                        -> {"value"}   what Heat's own reader makes of the text
{"op": "validate", "text", "files", "env"}     -> {"valid", "errors": [{"path", "message"}]}
{"op": "resolve", "text", "resource"}          -> {"value"}   a resource's properties with their functions run
{"op": "catalog"}                              -> {"text"}    the catalog as scripts/generate_hot_catalog.py writes it
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

if sys.version_info >= (3, 11):
    from re import _parser as re_parser
else:
    import sre_parse as re_parser

ROOT = Path(__file__).resolve().parents[2]

spec = importlib.util.spec_from_file_location("generate_hot_catalog", ROOT / "scripts" / "generate_hot_catalog.py")
assert spec is not None
assert spec.loader is not None
catalog = importlib.util.module_from_spec(spec)
spec.loader.exec_module(catalog)
ENVIRONMENT = catalog.start_engine()

from heat.common import context, messaging, policy, template_format  # noqa: E402
from heat.common.exception import HeatException, NotFound  # noqa: E402
from heat.engine import clients, environment, function, properties, resource, stack, stk_defn, template  # noqa: E402
from heat.engine.clients.os.keystone import fake_keystoneclient  # noqa: E402
from oslo_config import cfg  # noqa: E402

BIG = 1 << 30

FORMS = {
    "net_cidr": "10.0.0.0/24",
    "ip_addr": "10.0.0.5",
    "ip_or_cidr": "10.0.0.5",
    "mac_addr": "fa:16:3e:00:00:01",
    "timezone": "UTC",
    "cron_expression": "0 0 * * *",
    "dns_domain": "example.org.",
    "expiration": "2099-01-01T00:00:00",
}
"""Values for parameters whose constraint looks at the form of a text."""

CIDRS = ("10.0.0.0/24", "10.0.0.5/32", "10.0.0.0/16", "0.0.0.0/0")
"""Of blocks, those that patterns of templates let through."""


class Anything(mock.MagicMock):
    """Stands for a client of a service that is not there."""


def stub_the_cloud() -> None:
    """Leave the engine as it is, but let every service be there and every name that only a cloud knows be right."""
    cfg.CONF.set_override("max_resources_per_stack", -1)
    cfg.CONF.set_override("max_template_size", BIG)
    for name, constraint in ENVIRONMENT.constraints.items():
        if constraint.__module__ != "heat.engine.constraint.common_constraints":
            ENVIRONMENT.constraints[name].validate = lambda self, value, context: value not in ("", None)
    for name in clients._mgr.names():
        stub_client(name, clients._mgr[name].plugin)
    messaging.setup("fake://", optional=True)
    policy.ResourceEnforcer.enforce = lambda *args, **options: True
    policy.ResourceEnforcer.enforce_stack = lambda *args, **options: True
    resource.Resource.is_service_available = classmethod(lambda cls, context: (True, None))
    stack.Stack.get_availability_zones = lambda self: ["nova"]
    stk_defn.StackDefinition.get_availability_zones = lambda self: ["nova"]


def stub_client(name: str, plugin: Any) -> None:
    """Replace what a client plugin would ask its service."""
    plugin._create = lambda self, version=None: Anything()
    plugin.has_extension = plugin.does_endpoint_exist = lambda self, *args, **options: True
    if name == "glance":
        image = SimpleNamespace(id="image", name="image", status="active", min_ram=0, min_disk=0, size=1, properties={})
        plugin.get_image = plugin.find_image_by_name_or_id = lambda self, *args, **options: image
    if name == "nova":
        flavor = SimpleNamespace(id="flavor", name="flavor", ram=BIG, disk=BIG, vcpus=64)
        limits = {"maxServerMeta": 128, "maxPersonality": 5, "maxPersonalitySize": BIG}
        plugin.get_flavor = plugin.find_flavor_by_name_or_id = lambda self, *args, **options: flavor
        plugin.absolute_limits = lambda self: limits
        plugin.is_version_supported = lambda self, version: True
    if name == "trove":
        plugin.validate_datastore = lambda self, *args, **options: None
    if name == "keystone":
        plugin._create = lambda self, version=None: fake_keystoneclient.FakeKeystoneClient()


def request_context() -> Any:
    """The context of a request by an administrator."""
    return context.RequestContext.from_dict(
        {"tenant_id": "t" * 32, "username": "u", "user_id": "u" * 32, "roles": ["admin"], "is_admin": False, "auth_token": "t"}
    )


def sample(schema: Any) -> Any:
    """A value that a parameter without a default accepts."""
    found = {type(constraint).__name__: constraint for constraint in schema.constraints or []}
    if "AllowedValues" in found:
        return next(iter(found["AllowedValues"].allowed))
    if "CustomConstraint" in found and found["CustomConstraint"].name in FORMS:
        form = FORMS[found["CustomConstraint"].name]
        pattern = found["AllowedPattern"].pattern if "AllowedPattern" in found else ""
        return next((one for one in CIDRS if form in CIDRS and re.fullmatch(pattern, one)), form)
    bounds = found.get("Range")
    if schema.type == schema.NUMBER:
        return 1 if bounds is None else next(bound for bound in (bounds.min, bounds.max, 1) if bound is not None)
    if schema.type == schema.STRING:
        return sample_text(found)
    return {schema.BOOLEAN: "true", schema.MAP: {"k": "v"}}.get(schema.type, "a,b,c,d")


def sample_text(constraints: dict[str, Any]) -> str:
    """A text of the wanted length that matches the wanted pattern."""
    least = constraints["Length"].min if "Length" in constraints else None
    most = constraints["Length"].max if "Length" in constraints else None
    text = "abcdefgh".ljust(least or 0, "a")[:most]
    if "AllowedPattern" not in constraints:
        return text
    pattern = constraints["AllowedPattern"].pattern
    likely = (text, "10.0.0.0/24", "10.0.0.5", "a@b.co", "80", "true", "Abcdef12!", "abcdefgh1")
    fitting = [one for one in likely if re.fullmatch(pattern, one) and (least or 0) <= len(one) <= (most or BIG)]
    return fitting[0] if fitting else example(re_parser.parse(pattern))


def example(pattern: Any) -> str:
    """The plainest text that a parsed pattern matches, look-arounds and negated sets left aside."""
    text = ""
    for kind, detail in pattern:
        name = str(kind)
        if name == "LITERAL":
            text += chr(detail)
        elif name in ("ANY", "NOT_LITERAL"):
            text += "a"
        elif name == "IN":
            text += member(detail)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            text += example(detail[2]) * detail[0]
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            text += example(detail[-1] if name == "SUBPATTERN" else detail)
        elif name == "BRANCH":
            text += example(detail[1][0])
    return text


def member(choices: Any) -> str:
    """A character of a set."""
    kind, detail = choices[0]
    if str(kind) == "NEGATE":
        return next(character for character in "aA1-_ ./" if re.fullmatch(excluded(choices[1:]), character))
    if str(kind) == "CATEGORY":
        return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(detail), "a")
    return chr(detail[0] if str(kind) == "RANGE" else detail)


def excluded(choices: Any) -> str:
    """The set of characters that are none of these."""
    parts = [
        f"{re.escape(chr(d[0]))}-{re.escape(chr(d[1]))}" if str(k) == "RANGE" else re.escape(chr(d))
        for k, d in choices
        if str(k) != "CATEGORY"
    ]
    return f"[^{''.join(parts)}]" if parts else "."


def make_stack(request: dict[str, Any]) -> Any:
    """The stack of a request, its missing parameters filled in."""
    data = template_format.parse(request["text"])
    files, given = request.get("files") or {}, request.get("env") or {}
    env = environment.Environment(given)
    wanted = template.Template(data, files=files, env=env).param_schemata(env.param_defaults)
    missing = {name: sample(schema) for name, schema in wanted.items() if schema.default is None and name not in env.params}
    full = {**given, "parameters": {**missing, **(given.get("parameters") or {})}}
    return stack.Stack(request_context(), "oracle", template.Template(data, files=files, env=environment.Environment(full)))


def validate(request: dict[str, Any]) -> dict[str, Any]:
    """Heat's own verdict, and where Heat looks away the schema's."""
    errors: list[dict[str, str]] = []
    try:
        made = make_stack(request)
        made.validate()
        errors += unseen(made)
    except (HeatException, ValueError, TypeError, KeyError, AttributeError) as error:
        errors.append({"path": "", "message": str(error)})
    return {"valid": not errors, "errors": errors}


def unseen(made: Any) -> list[dict[str, str]]:
    """What Heat does not look at before the resources exist: values beside references, names in outputs, depends_on."""
    errors: list[dict[str, str]] = []

    def say(path: list[Any], message: str) -> None:
        errors.append({"path": ".".join(map(str, path)), "message": message})

    for name, found in made.resources.items():
        for key, value in (found.properties.data or {}).items():
            if key in found.properties.props:
                walk(found.properties.props[key].schema, value, ["resources", name, "properties", key], say)
        for needed in found.t._depends or ():
            if needed not in made.t["resources"]:
                say(["resources", name, "depends_on"], f"unknown resource {needed}")
    for name, output in (made.t.t.get("outputs") or {}).items():
        unknown = set(output) - {"value", "description", "condition"}
        if unknown:
            say(["outputs", name], f"unknown keys {sorted(unknown)}")
        parameters(output.get("value"), made, ["outputs", name], say)
    return errors


def parameters(value: Any, made: Any, path: list[Any], say: Any) -> None:
    """Names that get_param has in raw data must be there."""
    if isinstance(value, dict):
        if set(value) == {"get_param"}:
            asked = value["get_param"]
            name = asked[0] if isinstance(asked, list) and asked else asked
            if isinstance(name, str) and name not in made.parameters:
                say(path, f"unknown parameter {name}")
        for member in value.values():
            parameters(member, made, path, say)
    elif isinstance(value, list):
        for member in value:
            parameters(member, made, path, say)


RESULTS = {
    "GetResource": "string",
    "JoinMultiple": "string",
    "ReplaceJson": "string",
    "ListConcat": "list",
    "MapMerge": "map",
    "MapReplace": "map",
}
"""What a function gives whatever it is given."""


def walk(schema: Any, value: Any, path: list[Any], say: Any) -> None:
    """Hold a value, with its functions still in it, against the schema of its property."""
    if isinstance(value, function.Function):
        walk_function(schema, value, path, say)
    elif value is None or value is Ellipsis:
        return
    elif schema.type == schema.MAP and schema.schema is not None and isinstance(value, dict):
        for key in set(value) - set(schema.schema):
            say([*path, key], "unknown property")
        for key, member in schema.schema.items():
            if key in value:
                walk(member, value[key], [*path, key], say)
            elif member.required and member.default is None:
                say([*path, key], "required property missing")
    elif schema.type == schema.LIST and isinstance(value, list):
        for index, item in enumerate(value):
            if schema.schema is not None:
                walk(schema.schema["*"], item, [*path, index], say)
    else:
        leaf(schema, value, path, say)


def leaf(schema: Any, value: Any, path: list[Any], say: Any) -> None:
    """Let Heat judge a value without inner functions."""
    if any(True for _ in function.dependencies(value)):
        return
    try:
        properties.Property(schema).get_value(function.resolve(value), validate=True)
    except (HeatException, ValueError, TypeError) as error:
        say(path, str(error))


def walk_function(schema: Any, value: Any, path: list[Any], say: Any) -> None:
    """A function is run where it needs no resource; otherwise the kind of its result must do."""
    if not list(function.dependencies(value)):
        try:
            walk(schema, function.resolve(value, nullable=True), path, say)
        except (HeatException, ValueError, TypeError, KeyError) as error:
            say(path, str(error))
        return
    kind = RESULTS.get(type(value).__name__)
    accepts = {"string": (schema.LIST,), "list": (schema.MAP, schema.INTEGER, schema.NUMBER, schema.BOOLEAN, schema.STRING)}
    accepts["map"] = (schema.LIST, schema.INTEGER, schema.NUMBER, schema.BOOLEAN, schema.STRING)
    if kind is not None and schema.type in accepts[kind] and not getattr(schema, "allow_conversion", False):
        say(path, f"{value.fn_name} gives a {kind}, not a {schema.type.lower()}")


def resolve(request: dict[str, Any]) -> dict[str, Any]:
    """The properties of one resource, with their functions run."""
    found = make_stack(request).resources[request["resource"]]
    return {"value": function.resolve(found.properties.data)}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """One answer."""
    if request["op"] == "parse":
        return {"value": template_format.simple_parse(request["text"])}
    if request["op"] == "validate":
        return validate(request)
    if request["op"] == "resolve":
        return resolve(request)
    return {"text": catalog.render(ENVIRONMENT).decode()}


def main() -> None:
    """Answer until the input ends; standard output is for answers only."""
    answers, sys.stdout = sys.stdout, sys.stderr
    stub_the_cloud()
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except (Exception, NotFound):  # noqa: BLE001  the test that asked shall see it
            said = {"failure": traceback.format_exc()}
        print(json.dumps(said), file=answers, flush=True)


if __name__ == "__main__":
    main()
