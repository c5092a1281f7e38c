"""Writes a Heat template as the text that a person would have written, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from cfn2heat.hot.functions import call
from cfn2heat.hot.scalars import LONGEST_KEY, folded_lines, literal_lines, plain_or_quoted, quoted_lines, scalar
from cfn2heat.hot.template import HotCondition, HotOutput, HotParameter, HotResource, HotTemplate, ParameterGroup
from cfn2heat.hot.values import GetAttr, GetParam, GetResource, HotList, HotMap, HotValue, Literal

WIDTH = 100
"""Longest line that flow style may make; text that cannot be broken may be longer."""

Entry = TypeVar("Entry", HotParameter, HotCondition, HotResource, HotOutput)

_SPREAD = frozenset({"str_replace", "str_replace_strict", "str_replace_vstrict", "repeat", "yaql"})
"""Functions that read better over several lines."""


def write_template(template: HotTemplate) -> str:
    """The whole template as YAML text."""
    writer = _Writer()
    writer.comments(template.comments, "")
    writer.lines.append(f"heat_template_version: {template.version}")
    if template.description is not None:
        writer.section()
        writer.prose("description:", template.description, 0)
    _write_groups(writer, template)
    _write_section(writer, template, "parameters", template.parameters, _write_parameter)
    _write_section(writer, template, "conditions", template.conditions, _write_condition)
    _write_section(writer, template, "resources", template.resources, _write_resource)
    _write_section(writer, template, "outputs", template.outputs, _write_output)
    return "\n".join(writer.lines) + "\n"


def write_value(prefix: str, value: HotValue, column: int) -> list[str]:
    """Plain data behind a prefix such as `  key:`, as lines."""
    writer = _Writer()
    writer.value(prefix, value, column, data=True)
    return writer.lines


def write_comments(comments: Iterable[str], indent: str) -> list[str]:
    """Comments as lines, whatever text they hold."""
    writer = _Writer()
    writer.comments(comments, indent)
    return writer.lines


def _write_groups(writer: _Writer, template: HotTemplate) -> None:
    closing = template.closing.get("parameter_groups", [])
    if not template.parameter_groups and not closing:
        return
    writer.section()
    writer.lines.append("parameter_groups:" if template.parameter_groups else "parameter_groups: []")
    for group in template.parameter_groups:
        _write_group(writer, group)
    writer.comments(closing, "  ")


def _write_group(writer: _Writer, group: ParameterGroup) -> None:
    dash = "  - "
    if group.label is not None:
        writer.prose(dash + "label:", group.label, 4)
        dash = "    "
    if group.description is not None:
        writer.prose(dash + "description:", group.description, 4)
        dash = "    "
    writer.value(dash + "parameters:", _strings(group.parameters), 4)


def _write_section(
    writer: _Writer, template: HotTemplate, name: str, entries: Mapping[str, Entry], write: Callable[[_Writer, Entry], None]
) -> None:
    """A section with what has a name; resources there must be, or Heat takes the template for none."""
    closing = template.closing.get(name, [])
    if not entries and not closing and name != "resources":
        return
    writer.section()
    writer.lines.append(f"{name}:" if entries else f"{name}: {{}}")
    for entry in entries.values():
        writer.comments(entry.comments, "  ")
        write(writer, entry)
    writer.comments(closing, "  ")


def _write_parameter(writer: _Writer, parameter: HotParameter) -> None:
    writer.lines.append(f"  {_key(parameter.name, '  ')}:")
    writer.lines.append(f"    type: {plain_or_quoted(parameter.type, False)}")
    if parameter.label is not None:
        writer.prose("    label:", parameter.label, 4)
    if parameter.description is not None:
        writer.prose("    description:", parameter.description, 4)
    if parameter.default is not None:
        writer.value("    default:", parameter.default, 4, data=True)
    if parameter.hidden:
        writer.lines.append("    hidden: true")
    if parameter.constraints:
        writer.lines.append("    constraints:")
        for constraint in parameter.constraints:
            writer.pairs("      -", constraint.entries, 6, data=True)


def _write_condition(writer: _Writer, condition: HotCondition) -> None:
    writer.value(f"  {_key(condition.name, '  ')}:", condition.value, 2, spread=True)


def _write_resource(writer: _Writer, resource: HotResource) -> None:
    writer.lines.append(f"  {_key(resource.name, '  ')}:")
    writer.lines.append(f"    type: {plain_or_quoted(resource.type, False)}")
    if resource.condition is not None:
        writer.lines.append(f"    condition: {plain_or_quoted(resource.condition, False)}")
    if len(resource.depends_on) == 1:
        writer.lines.append(f"    depends_on: {plain_or_quoted(resource.depends_on[0], False)}")
    elif resource.depends_on:
        writer.value("    depends_on:", _strings(resource.depends_on), 4)
    if resource.external_id is not None:
        writer.value("    external_id:", resource.external_id, 4)
    if resource.properties:
        writer.pairs("    properties:", resource.properties, 4)
    if resource.metadata is not None:
        writer.value("    metadata:", resource.metadata, 4)
    if resource.update_policy is not None:
        writer.value("    update_policy:", resource.update_policy, 4)
    if resource.deletion_policy is not None:
        writer.lines.append(f"    deletion_policy: {plain_or_quoted(resource.deletion_policy, False)}")


def _write_output(writer: _Writer, output: HotOutput) -> None:
    writer.lines.append(f"  {_key(output.name, '  ')}:")
    if output.description is not None:
        writer.prose("    description:", output.description, 4)
    if output.condition is not None:
        writer.lines.append(f"    condition: {plain_or_quoted(output.condition, False)}")
    writer.value("    value:", output.value, 4)


class _Writer:
    """Collects lines.

    A prefix is the line so far, up to the `key:` or `-` whose value follows; column is the indentation of the map or list that it
    stands in.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.kept_line = -1
        """Number of lines after a block that keeps its trailing line breaks: a blank line more would be part of its text."""

    def section(self) -> None:
        """Start a section after a blank line."""
        if self.kept_line != len(self.lines):
            self.lines.append("")

    def comments(self, comments: Iterable[str], indent: str) -> None:
        """Write comment lines; what is no printable text in them is escaped."""
        for comment in comments:
            for line in comment.splitlines() or [""]:
                shown = line if line.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
                self.lines.append(f"{indent}# {shown}".rstrip())

    def prose(self, prefix: str, text: str, column: int) -> None:
        """Write a text for people: folded when it is long."""
        line = f"{prefix} {plain_or_quoted(text, False)}"
        if len(line) > WIDTH or "\n" in text:
            folded = folded_lines(text, WIDTH - column - 2)
            if folded is not None:
                self._block(prefix, folded, column)
            else:
                self._text(prefix, text, column)
        else:
            self.lines.append(line)

    def value(self, prefix: str, value: HotValue, column: int, data: bool = False, spread: bool = False) -> None:
        """Write one value. data: maps may stand on the line; spread: a function's name has a line of its own."""
        kind = value.__class__
        if kind is Literal:
            self._scalar(prefix, value.value, column)  # type: ignore[union-attr]
        elif kind is HotMap:
            self._map(prefix, value.entries, column, data)  # type: ignore[union-attr]
        elif kind is HotList:
            self._list(prefix, value.items, column, data)  # type: ignore[union-attr]
        else:
            self._function(prefix, value, column, spread)

    def pairs(self, prefix: str, entries: dict[str, HotValue], column: int, data: bool = False) -> None:
        """Write a map over several lines."""
        inner = column + 2
        indent = " " * inner
        if prefix.endswith("-"):
            lead = prefix + " "
        else:
            if prefix:
                self.lines.append(prefix)
            lead = indent
        for key, value in entries.items():
            self.value(f"{lead}{_key(key, indent)}:", value, inner, data)
            lead = indent

    def _scalar(self, prefix: str, value: str | float | bool | None, column: int) -> None:
        if value.__class__ is str and value and ("\n" in value or len(value) + len(prefix) >= WIDTH):
            self._text(prefix, value, column)
        else:
            self.lines.append(f"{prefix} {scalar(value)}")

    def _text(self, prefix: str, text: str, column: int) -> None:
        block = literal_lines(text)
        if block is not None:
            self._block(prefix, block, column)
            if block[0].endswith("+"):
                self.kept_line = len(self.lines)
            return
        indent = " " * (column + 2)
        first, *rest = quoted_lines(text)
        self.lines.append(f"{prefix} {first}" + ("\\" if rest else ""))
        self.lines.extend(f"{indent}{line}\\" for line in rest[:-1])
        self.lines.extend(indent + line for line in rest[-1:])

    def _block(self, prefix: str, block: list[str], column: int) -> None:
        indent = " " * (column + 2)
        self.lines.append(f"{prefix} {block[0]}")
        self.lines.extend([indent + line if line else "" for line in block[1:]])

    def _map(self, prefix: str, entries: dict[str, HotValue], column: int, data: bool) -> None:
        if not entries:
            self.lines.append(f"{prefix} {{}}")
            return
        text = _flow_map(entries, WIDTH - len(prefix) - 1) if data else None
        if text is None:
            self.pairs(prefix, entries, column, data)
        else:
            self.lines.append(f"{prefix} {text}")

    def _list(self, prefix: str, items: tuple[HotValue, ...], column: int, data: bool, argument: bool = False) -> None:
        """Write a list: on the line when it is short and plain, or the argument of a function."""
        room = max(WIDTH - len(prefix) - 1, 2 if not items else 0)
        text = _flow_list(items, room, data) if data or argument or _all_literal(items) else None
        if text is not None:
            self.lines.append(f"{prefix} {text}")
            return
        inner = column + 2
        indent = " " * inner
        if prefix.endswith("-"):
            lead = prefix + " -"
        else:
            self.lines.append(prefix)
            lead = indent + "-"
        for item in items:
            if argument and item.__class__ is HotList:
                self._list(lead, item.items, inner, data, argument)
            else:
                self.value(lead, item, inner, data)
            lead = indent + "-"

    def _function(self, prefix: str, value: HotValue, column: int, spread: bool) -> None:
        text = None if spread else _flow(value, WIDTH - len(prefix) - 1, False)
        if text is not None:
            self.lines.append(f"{prefix} {text}")
            return
        called = call(value)
        assert called is not None, f"not a HOT value: {value!r}"
        name, argument = called
        inner = column + 2
        if prefix.endswith("-"):
            head = f"{prefix} {name}:"
        else:
            self.lines.append(prefix)
            head = f"{' ' * inner}{name}:"
        if isinstance(argument, HotList):
            self._list(head, argument.items, inner, False, argument=True)
        else:
            self.value(head, argument, inner)


def _key(text: str, indent: str) -> str:
    if len(text) <= LONGEST_KEY:
        return plain_or_quoted(text, False)
    return f"? {plain_or_quoted(text, False)}\n{indent}"


def _strings(texts: Iterable[str]) -> HotList:
    return HotList(tuple(Literal(text) for text in texts))


def _all_literal(items: tuple[HotValue, ...]) -> bool:
    return all(item.__class__ is Literal for item in items)


def _flow(value: HotValue, room: int, data: bool) -> str | None:
    """A value in flow style; None when it takes more than room characters or reads better as a block."""
    kind = value.__class__
    if room < 2:
        return None
    if kind is Literal:
        return _flow_scalar(value.value, room)  # type: ignore[union-attr]
    if kind is GetResource:
        text = f"{{get_resource: {plain_or_quoted(value.name, True)}}}"  # type: ignore[union-attr]
        return text if len(text) <= room else None
    if kind is GetParam and not value.path:  # type: ignore[union-attr]
        text = f"{{get_param: {plain_or_quoted(value.name, True)}}}"  # type: ignore[union-attr]
        return text if len(text) <= room else None
    if kind is GetAttr and not value.path:  # type: ignore[union-attr]
        names = f"{plain_or_quoted(value.resource, True)}, {plain_or_quoted(value.attribute, True)}"  # type: ignore[union-attr]
        text = f"{{get_attr: [{names}]}}"
        return text if len(text) <= room else None
    if kind is HotList:
        return _flow_list(value.items, room, data)  # type: ignore[union-attr]
    if kind is HotMap:
        return _flow_map(value.entries, room) if data or not value.entries else None  # type: ignore[union-attr]
    return _flow_call(value, room, data)


def _flow_call(value: HotValue, room: int, data: bool) -> str | None:
    called = call(value)
    assert called is not None, f"not a HOT value: {value!r}"
    name, argument = called
    if name in _SPREAD:
        return None
    text = _flow(argument, room - len(name) - 4, data)
    return None if text is None else f"{{{name}: {text}}}"


def _flow_scalar(value: str | float | bool | None, room: int) -> str | None:
    if value.__class__ is str and (len(value) > room or "\n" in value):
        return None
    text = scalar(value, flow=True)
    return text if len(text) <= room else None


def _flow_list(items: tuple[HotValue, ...], room: int, data: bool) -> str | None:
    left = room - 2
    texts = []
    for item in items:
        text = _flow(item, left, data)
        if text is None:
            return None
        left -= len(text) + 2
        texts.append(text)
    return f"[{', '.join(texts)}]" if left >= -2 else None


def _flow_map(entries: dict[str, HotValue], room: int) -> str | None:
    left = room - 2
    texts = []
    for key, value in entries.items():
        name = plain_or_quoted(key, True)
        text = _flow(value, left - len(name) - 2, True)
        if text is None:
            return None
        texts.append(f"{name}: {text}")
        left -= len(name) + len(text) + 4
    return f"{{{', '.join(texts)}}}" if left >= -2 else None
