"""Values known before deployment: literals, parameters by their given or default value, mappings, and functions of those."""

from __future__ import annotations

from collections.abc import Callable

from cfn2heat.cfn import sub
from cfn2heat.cfn.intrinsics import text_of
from cfn2heat.cfn.macros.options import MacroContext
from cfn2heat.cfn.nodes import Node
from cfn2heat.cfn.values import Map, Scalar, Seq

Constant = str | list[str]


class Constants:
    """Works out constant nodes of one template."""

    def __init__(self, root: Map, context: MacroContext) -> None:
        self.root = root
        self.context = context

    def text(self, node: Node) -> str | None:
        """Give the string that a node stands for; None when it is not known, or a list."""
        value = self.value(node)
        return value if isinstance(value, str) else None

    def list(self, node: Node) -> list[str] | None:
        """Give the list that a node stands for; None when it is not known, or a string."""
        value = self.value(node)
        return value if isinstance(value, list) else None

    def value(self, node: Node) -> Constant | None:
        """Give what a node stands for; None when it is not known."""
        if isinstance(node, Scalar):
            return text_of(node)
        if isinstance(node, Seq):
            return self._flatten(node)
        if not isinstance(node, Map) or len(node.entries) != 1:
            return None
        ((name, argument),) = node.entries.items()
        evaluate = _FUNCTIONS.get(name)
        return evaluate(self, argument) if evaluate else None

    def _flatten(self, node: Seq) -> Constant | None:
        """A list of strings; a member that is a list itself (Ref to a list parameter) gives its members."""
        found: list[str] = []
        for item in node.items:
            value = self.value(item)
            if value is None:
                return None
            found.extend([value] if isinstance(value, str) else value)
        return found

    def parameter(self, name: str) -> Constant | None:
        """Give the value of a parameter as far as it is known."""
        section = self.root.entries.get("Parameters")
        definition = section.entries.get(name) if isinstance(section, Map) else None
        if not isinstance(definition, Map):
            return None
        default = definition.entries.get("Default")
        text = self.context.parameters.get(name, text_of(default) if default is not None else None)
        kind = definition.entries.get("Type")
        if text is not None and self.is_list_type(text_of(kind) if kind is not None else None):
            return [part.strip() for part in text.split(",")] if text else []
        return text

    def is_list_parameter(self, name: str) -> bool:
        """Whether a parameter holds a list."""
        section = self.root.entries.get("Parameters")
        definition = section.entries.get(name) if isinstance(section, Map) else None
        kind = definition.entries.get("Type") if isinstance(definition, Map) else None
        return kind is not None and self.is_list_type(text_of(kind))

    @staticmethod
    def is_list_type(kind: str | None) -> bool:
        """Whether a parameter type is a list."""
        return kind is not None and (kind == "CommaDelimitedList" or "List<" in kind)

    def ref(self, argument: Node) -> Constant | None:
        """Give what Ref yields."""
        name = text_of(argument)
        if name is None:
            return None
        return self.context.region if name.endswith("::Region") else self.parameter(name)

    def sub(self, argument: Node) -> Constant | None:
        """Give what Fn::Sub yields."""
        parts = argument.items if isinstance(argument, Seq) else (argument,)
        text = text_of(parts[0]) if parts else None
        variables = parts[1].entries if len(parts) == 2 and isinstance(parts[1], Map) else {}
        result = ""
        for piece in sub.split_sub(text) if text is not None else [sub.Placeholder("")]:
            if isinstance(piece, sub.Placeholder):
                name = piece.name.strip()
                known = self.value(variables[name]) if name in variables else self.ref(Scalar(name, argument.span))
                if not isinstance(known, str):
                    return None
                result += known
            else:
                result += piece.text
        return result

    def join(self, argument: Node) -> Constant | None:
        """Give what Fn::Join yields."""
        if not isinstance(argument, Seq) or len(argument.items) != 2:
            return None
        delimiter, items = (self.value(item) for item in argument.items)
        return delimiter.join(items) if isinstance(delimiter, str) and isinstance(items, list) else None

    def split(self, argument: Node) -> Constant | None:
        """Give what Fn::Split yields."""
        if not isinstance(argument, Seq) or len(argument.items) != 2:
            return None
        delimiter, text = (self.value(item) for item in argument.items)
        return text.split(delimiter) if isinstance(delimiter, str) and delimiter and isinstance(text, str) else None

    def select(self, argument: Node) -> Constant | None:
        """Give what Fn::Select yields."""
        if not isinstance(argument, Seq) or len(argument.items) != 2:
            return None
        index, items = (self.value(item) for item in argument.items)
        if not isinstance(index, str) or not index.isdecimal() or not isinstance(items, list):
            return None
        return items[int(index)] if len(index) < 6 and int(index) < len(items) else None

    def find_in_map(self, argument: Node) -> Constant | None:
        """Give what Fn::FindInMap yields."""
        if not isinstance(argument, Seq) or len(argument.items) not in (3, 4):
            return None
        found = self.root.entries.get("Mappings")
        for item in argument.items[:3]:
            key = self.text(item)
            if key is None:
                return None
            found = found.entries.get(key) if isinstance(found, Map) else None
        if found is None and len(argument.items) == 4 and isinstance(argument.items[3], Map):
            found = argument.items[3].entries.get("DefaultValue")
        return None if found is None else self.value(found)


_FUNCTIONS: dict[str, Callable[[Constants, Node], Constant | None]] = {
    "Ref": Constants.ref,
    "Fn::Sub": Constants.sub,
    "Fn::Join": Constants.join,
    "Fn::Split": Constants.split,
    "Fn::Select": Constants.select,
    "Fn::FindInMap": Constants.find_in_map,
}
