"""Macros: what CloudFormation expands before it reads a template, done here on the located nodes.

Include files come from a folder that the user names, the language extensions and SAM are expanded in place; any other macro is a
program that only its owner has, and is reported.
"""

from __future__ import annotations

from cfn2heat.cfn import vocabulary
from cfn2heat.cfn.intrinsics import text_of
from cfn2heat.cfn.macros.options import MacroContext
from cfn2heat.cfn.nodes import Node
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import Severity
from cfn2heat.source import Span


def expand(root: Map, context: MacroContext) -> tuple[Map, tuple[str, ...]]:
    """Expand what can be expanded; also give the macros that could not be."""
    from cfn2heat.cfn.macros import include, language

    declared = list(_declared(root, context))
    names = [name for name, _, _ in declared]
    includer = include.Includer(context)
    for name, specification, span in declared:
        if name == vocabulary.INCLUDE and isinstance(specification, Map):
            root = includer.include_sections(root, specification, span)
    root = includer.expand(root)
    root = language.expand(root, context, vocabulary.LANGUAGE_EXTENSIONS in names)
    if vocabulary.SERVERLESS in names:
        from cfn2heat.cfn.macros import serverless

        root = serverless.expand(root, context)
    for name, _, span in declared:
        if name not in vocabulary.KNOWN_MACROS:
            _report_custom(name, span, context)
    return _without_transform(root), tuple(dict.fromkeys(context.unresolved))


def _declared(root: Map, context: MacroContext) -> list[tuple[str, Node, Span]]:
    """Give the macros that the Transform section names, in order."""
    section = root.entries.get("Transform")
    if section is None or (isinstance(section, Scalar) and section.value is None):
        return []
    found: list[tuple[str, Node, Span]] = []
    for item in section.items if isinstance(section, Seq) else (section,):
        name = _macro_name(item)
        if name:
            found.append((name, item, item.span))
        else:
            context.report(
                "C2H1202", "Transform", "it must name macros", item.span, "write a name, or a map of Name and Parameters"
            )
    return found


def _macro_name(node: Node) -> str | None:
    if isinstance(node, Map):
        name = node.entries.get("Name")
        return text_of(name) if name is not None else None
    return text_of(node)


def _report_custom(name: str, span: Span, context: MacroContext) -> None:
    context.unresolved.append(name)
    context.report(
        "C2H1209",
        f"Transform.{name}",
        f"the macro {name} is no part of the template and cannot be expanded here; any resource may look different after it",
        span,
        "convert the processed template instead: aws cloudformation get-template --template-stage Processed",
        Severity.ERROR,
    )


def _without_transform(root: Map) -> Map:
    """Leave out the section, and what names an unexpanded macro in place of a section's entry."""
    entries = {key: value for key, value in root.entries.items() if key not in ("Transform", "Fn::Transform")}
    for name in ("Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"):
        section = entries.get(name)
        if isinstance(section, Map) and "Fn::Transform" in section.entries:
            kept = {key: value for key, value in section.entries.items() if key != "Fn::Transform"}
            entries[name] = Map(kept, section.span, section.keys)
    return Map(entries, root.span, root.keys)
