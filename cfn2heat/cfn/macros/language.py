"""The language extensions: Fn::ForEach, Fn::Length and Fn::ToJsonString are worked out here, the rest stays in the values."""

from __future__ import annotations

import json
import re
from typing import Any

from cfn2heat.cfn import vocabulary
from cfn2heat.cfn.intrinsics import describe, text_of
from cfn2heat.cfn.macros.constants import Constants
from cfn2heat.cfn.macros.options import MacroContext
from cfn2heat.cfn.nodes import Node
from cfn2heat.cfn.values import Map, Scalar, Seq
from cfn2heat.diagnostics import InputError, Severity
from cfn2heat.source import Span

FOR_EACH = "Fn::ForEach::"
_LISTS = ("Fn::Split", "Fn::GetAZs", "Fn::Cidr")
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+")


def expand(root: Map, context: MacroContext, declared: bool) -> Map:
    """Expand the language extensions wherever they stand; says so when the template does not declare them."""
    expander = _Expander(root, context)
    expanded = expander.node(root, {})
    assert isinstance(expanded, Map)
    if expander.first_use is not None and not declared:
        context.report(
            "C2H1213",
            "Transform",
            f"the template uses the language extensions without declaring {vocabulary.LANGUAGE_EXTENSIONS}",
            expander.first_use,
            "add the transform",
            Severity.WARNING,
        )
    return expanded


class _Expander:
    """Rewrites nodes; variables are the loops' identifiers with their values."""

    def __init__(self, root: Map, context: MacroContext) -> None:
        self.context = context
        self.constants = Constants(root, context)
        self.first_use: Span | None = None
        self.produced = 0

    def node(self, node: Node, variables: dict[str, str]) -> Node:
        """Rewrite one node; gives the same one when nothing changes."""
        if variables:
            self.produced += 1
            if self.produced > self.context.limits.nodes:
                raise InputError(
                    "C2H1010", f"the loops make more than {self.context.limits.nodes} values", node.span, advice="loop over less"
                )
        if isinstance(node, Scalar):
            return self._scalar(node, variables)
        if isinstance(node, Seq):
            items = [self.node(item, variables) for item in node.items]
            return Seq(tuple(items), node.span) if any(a is not b for a, b in zip(items, node.items, strict=True)) else node
        assert isinstance(node, Map)
        return self._map(node, variables)

    @staticmethod
    def _scalar(node: Scalar, variables: dict[str, str]) -> Scalar:
        if not variables or not isinstance(node.value, str) or "{" not in node.value:
            return node
        text = _substitute(node.value, variables)
        return node if text == node.value else Scalar(text, node.span)

    def _map(self, node: Map, variables: dict[str, str]) -> Node:
        entries: dict[str, Any] = {}
        keys: dict[str, Span] = {}
        changed = False
        for key, value in node.entries.items():
            place = node.keys.get(key, node.span)
            if key.startswith(FOR_EACH):
                self.first_use = self.first_use or place
                self._add(entries, keys, self._loop(key, value, place, variables))
                changed = True
                continue
            new_key = _substitute(key, variables) if variables and "{" in key else key
            new_value = self.node(value, variables)
            changed = changed or new_key is not key or new_value is not value
            entries[new_key] = new_value
            keys[new_key] = place
        result = Map(entries, node.span, keys) if changed else node
        return self._function(result, variables) if len(result.entries) == 1 else result

    def _add(self, entries: dict[str, Any], keys: dict[str, Span], made: Map) -> None:
        """Take a loop's entries into the map that it stands in."""
        for key, value in made.entries.items():
            if key in entries:
                message = f"the loop makes this key again (first at line {keys[key].line})"
                self.context.report("C2H1214", str(key), message, made.keys[key], "use the loop's identifier in the key")
            entries[key] = value
            keys[key] = made.keys[key]

    def _function(self, node: Map, variables: dict[str, str]) -> Node:
        """Work out a function that needs no deployment."""
        ((name, argument),) = node.entries.items()
        if name == "Ref" and isinstance(argument, Scalar) and argument.value in variables:
            return Scalar(variables[str(argument.value)], node.span)
        if name == "Fn::Sub" and variables and isinstance(argument, Scalar) and "${" not in str(argument.value):
            return Scalar(str(argument.value), node.span)
        if name == "Fn::Length":
            self.first_use = self.first_use or node.span
            return self._length(node, argument)
        if name == "Fn::ToJsonString" and isinstance(argument, (Map, Seq)):
            self.first_use = self.first_use or node.span
            return _JsonText(self.constants).write(argument, node.span)
        return node

    def _length(self, node: Map, argument: Node) -> Node:
        known = self.constants.list(argument)
        if known is not None:
            return Scalar(len(known), node.span)
        return Scalar(len(argument.items), node.span) if isinstance(argument, Seq) else node

    # Fn::ForEach

    def _loop(self, key: str, node: Node, span: Span, variables: dict[str, str]) -> Map:
        """Repeat the loop's template for each value; a loop that cannot be read yields nothing, with an error."""
        name = key.removeprefix(FOR_EACH)
        parts = node.items if isinstance(node, Seq) else ()
        identifier = text_of(parts[0]) if len(parts) == 3 else None
        template = parts[2] if len(parts) == 3 else None
        if identifier is None or not _IDENTIFIER.fullmatch(identifier) or not isinstance(template, Map):
            shape = f"needs a list of an identifier, a collection and a map, not {describe(node)}"
            return self._lost(name, f"the loop {shape}", span, "see what CloudFormation documents for Fn::ForEach")
        if identifier in variables:
            return self._lost(name, f"the identifier {identifier} is that of an outer loop too", span, "rename one of them")
        values = self.constants.list(self.node(parts[1], variables))
        if values is None:
            message = "the loop's collection is not known before deployment"
            return self._lost(name, message, span, "give the parameter a default, or its value with --parameter")
        entries: dict[str, Any] = {}
        keys: dict[str, Span] = {}
        for value in dict.fromkeys(values):
            made = self._map(template, {**variables, identifier: value})
            self._add(entries, keys, made if isinstance(made, Map) else Map({}, span))
        return Map(entries, span, keys)

    def _lost(self, name: str, message: str, span: Span, advice: str) -> Map:
        self.context.unresolved.append(vocabulary.LANGUAGE_EXTENSIONS)
        self.context.report("C2H1215", f"Fn::ForEach::{name}", f"{message}; what it would make is left out", span, advice)
        return Map({}, span)


def _substitute(text: str, variables: dict[str, str]) -> str:
    """Put the loops' values in place of ${Name}, and their letters and digits in place of &{Name}."""

    def replace(match: re.Match[str]) -> str:
        value = variables.get(match.group(2))
        if value is None:
            return match.group()
        return value if match.group(1) == "$" else re.sub("[^A-Za-z0-9]", "", value)

    return re.sub(r"([$&])\{([A-Za-z0-9]+)\}", replace, text)


class _JsonText:
    """Writes Fn::ToJsonString: constant JSON, or a Fn::Sub whose variables are the functions inside."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants
        self.variables: dict[str, Any] = {}

    def write(self, node: Node, span: Span) -> Node:
        """Give the scalar, or the map of Fn::Sub."""
        text = self._text(node)
        if not self.variables:
            return Scalar(text.replace("${!", "${"), span)
        inner = Seq((Scalar(text, span), Map(self.variables, span)), span)
        return Map({"Fn::Sub": inner}, span, {"Fn::Sub": span})

    def _text(self, node: Node) -> str:
        if isinstance(node, Seq):
            return "[" + ",".join(self._text(item) for item in node.items) + "]"
        if isinstance(node, Scalar):
            return _quote(str(node.value) if isinstance(node.value, str) else node.value)
        assert isinstance(node, Map)
        if len(node.entries) == 1:
            ((name, argument),) = node.entries.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name, argument, node)
        return "{" + ",".join(f"{_quote(str(key))}:{self._text(value)}" for key, value in node.entries.items()) + "}"

    def _function(self, name: str, argument: Node, node: Map) -> str:
        """Name a variable for a function; a list becomes its members joined."""
        variable = f"Json{len(self.variables) + 1}"
        target = text_of(argument)
        if name in _LISTS or (name == "Ref" and target is not None and self.constants.is_list_parameter(target)):
            joined = Seq((Scalar('","', node.span), node), node.span)
            self.variables[variable] = Map({"Fn::Join": joined}, node.span)
            return f'["${{{variable}}}"]'
        self.variables[variable] = node
        return f'"${{{variable}}}"'


def _quote(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "${!")
