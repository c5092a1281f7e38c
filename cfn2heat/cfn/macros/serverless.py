"""SAM: AWS's own translator expands it, when it is installed; offline, without credentials, with the source's positions."""

from __future__ import annotations

import logging
from typing import Any

from cfn2heat.cfn import vocabulary
from cfn2heat.cfn.macros.options import MacroContext
from cfn2heat.cfn.nodes import Node
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import Severity
from cfn2heat.source import Span

DEFAULT_REGION = "us-east-1"
_LOCAL_FILES = ("CodeUri", "ContentUri", "DefinitionUri")


def expand(root: Map, context: MacroContext) -> Map:
    """Expand the template's serverless types; when that cannot be done they go on as they are, with a word."""
    try:
        import samtranslator.translator.translator  # noqa: F401
    except ImportError:
        _unresolved(
            context,
            "C2H1216",
            "SAM needs the package aws-sam-translator, which is not installed",
            "pip install cfn2heat[sam]",
            root,
        )
        return root
    template = _plain(root)
    withheld = _withhold(template)
    if not _has_serverless(template):
        return root
    _fill_in_code(template)
    try:
        made = _translate(template, context)
    except Exception as error:  # noqa: BLE001  foreign code: whatever it raises, it cannot expand this template
        _unresolved(context, "C2H1217", f"SAM cannot expand this template: {_reason(error)}", "mend what it names", root)
        return root
    made["Resources"].update(withheld)
    made.pop("Globals", None)
    return _locate_template(made, root)


def _unresolved(context: MacroContext, code: str, message: str, advice: str, root: Map) -> None:
    context.unresolved.append(vocabulary.SERVERLESS)
    span = root.keys.get("Transform", root.span)
    context.report(code, "Transform", f"{message}; the serverless types go on as they are", span, advice, Severity.WARNING)


def _reason(error: Exception) -> str:
    causes = getattr(error, "causes", None)
    texts = [getattr(cause, "message", str(cause)) for cause in causes] if causes else [str(error) or type(error).__name__]
    return "; ".join(" ".join(str(text).split())[:300] for text in texts[:3])


class _Session:
    """Stands where the translator would open an AWS session, of which it only reads the region."""

    def __init__(self, region: str) -> None:
        self.region_name = region


def _translate(template: dict[str, Any], context: MacroContext) -> dict[str, Any]:
    from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.utils.py27hash_fix import to_py27_compatible_template, undo_mark_unicode_str_in_template

    logging.getLogger("samtranslator").addHandler(logging.NullHandler())  # it warns about its own configuration on stderr
    parameters = dict(context.parameters)
    to_py27_compatible_template(template, parameters)
    translator = Translator(None, Parser(), boto_session=_Session(context.region or DEFAULT_REGION))
    policies = get_bundled_managed_policy_map("aws") or {}
    try:
        made = translator.translate(template, parameters, get_managed_policy_map=lambda: policies)
    finally:
        translator.metrics.publish()
    result: dict[str, Any] = undo_mark_unicode_str_in_template(made)
    return result


def _withhold(template: dict[str, Any]) -> dict[str, Any]:
    """Take out applications of AWS's repository, which the translator would ask the network for."""
    resources = template.get("Resources")
    if not isinstance(resources, dict):
        return {}
    kind = f"{vocabulary.SERVERLESS_PREFIX}Application"
    names = [name for name, resource in resources.items() if isinstance(resource, dict) and resource.get("Type") == kind]
    return {name: resources.pop(name) for name in names}


def _has_serverless(template: dict[str, Any]) -> bool:
    resources = template.get("Resources")
    values = resources.values() if isinstance(resources, dict) else ()
    return any(
        str(resource.get("Type")).startswith(vocabulary.SERVERLESS_PREFIX) for resource in values if isinstance(resource, dict)
    )


def _fill_in_code(template: dict[str, Any]) -> None:
    """Name a place for local code, as `sam package` does when it uploads; the translator refuses functions without one."""
    defaults = template.get("Globals")
    common = defaults.get("Function") if isinstance(defaults, dict) else None
    for resource in template["Resources"].values():
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        if not isinstance(properties, dict) or not str(resource.get("Type")).startswith(vocabulary.SERVERLESS_PREFIX):
            continue
        for key in _LOCAL_FILES:
            _fill_in_place(properties, key)
        if resource["Type"] == f"{vocabulary.SERVERLESS_PREFIX}Function":
            _fill_in_function(properties, common if isinstance(common, dict) else {})


def _fill_in_place(properties: dict[str, Any], key: str) -> None:
    given = properties.get(key)
    if isinstance(given, str) and not given.startswith(("s3:", "http")):
        properties[key] = f"s3://local/{given.lstrip('./') or 'code'}"
    elif isinstance(given, dict) and "Bucket" not in given:
        properties[key] = "s3://local/code"


def _fill_in_function(properties: dict[str, Any], common: dict[str, Any]) -> None:
    if properties.get("PackageType", common.get("PackageType")) == "Image":
        properties.setdefault("ImageUri", "local/code")
    elif not any(key in properties or key in common for key in ("CodeUri", "InlineCode", "ImageUri")):
        properties["CodeUri"] = "s3://local/code"


def _plain(node: Node) -> Any:
    """Give plain data, with dates as strings."""
    if isinstance(node, Map):
        return {str(key): _plain(value) for key, value in node.entries.items()}
    if isinstance(node, Seq):
        return [_plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return str(node.value) if isinstance(node.value, str) else node.value


def _locate_template(made: dict[str, Any], root: Map) -> Map:
    """Give nodes for the expanded template; a generated resource stands where the one stands that its name begins with."""
    sources = root.entries.get("Resources")
    resources: dict[str, Any] = {}
    keys: dict[str, Span] = {}
    for name, resource in made["Resources"].items():
        source = _source_of(name, sources) if isinstance(sources, Map) else None
        own = sources.entries.get(name) if isinstance(sources, Map) else None
        keys[name] = (
            sources.keys.get(source, root.span) if source and isinstance(sources, Map) else root.keys.get("Resources", root.span)
        )
        resources[name] = _locate(resource, own, keys[name])
    rest = {
        key: _locate(value, root.entries.get(key), root.keys.get(key, root.span))
        for key, value in made.items()
        if key != "Resources"
    }
    section = root.keys.get("Resources", root.span)
    return Map({**rest, "Resources": Map(resources, section, keys)}, root.span, {**root.keys, "Resources": section})


def _source_of(name: str, sources: Map) -> str | None:
    if name in sources.entries:
        return name
    return max((source for source in sources.entries if name.startswith(source)), key=len, default=None)


def _locate(plain: Any, source: Node | None, fallback: Span) -> Node:
    """Give plain data the positions of the source where both have the same shape."""
    span = fallback if source is None else source.span
    if isinstance(plain, dict):
        known = source if isinstance(source, Map) else Map({}, span)
        entries = {str(key): _locate(value, known.entries.get(key), known.keys.get(key, span)) for key, value in plain.items()}
        return Map(dict(entries), span, {str(key): known.keys.get(key, span) for key in plain})
    if isinstance(plain, (list, tuple)):
        items = source.items if isinstance(source, Seq) else ()
        return Seq(tuple(_locate(item, items[i] if i < len(items) else None, span) for i, item in enumerate(plain)), span)
    return Scalar(plain if isinstance(plain, (str, int, float, bool)) or plain is None else str(plain), span)
