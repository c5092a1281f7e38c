"""AWS::Include from local files: the location's path is looked for, by its end, below the folder that the user gave."""

from __future__ import annotations

import re
from pathlib import Path

from cfn2heat.cfn import vocabulary
from cfn2heat.cfn.document import read_document
from cfn2heat.cfn.folder import TemplateFolder
from cfn2heat.cfn.intrinsics import describe, subject_of, text_of
from cfn2heat.cfn.macros.constants import Constants
from cfn2heat.cfn.macros.options import MacroContext
from cfn2heat.cfn.nodes import Node
from cfn2heat.cfn.values import Map, Seq
from cfn2heat.diagnostics import InputError, Severity
from cfn2heat.source import Path as SourcePath
from cfn2heat.source import Span

MAX_INCLUDES = 200


class Includer:
    """Replaces Fn::Transform of Include by the files that it names."""

    def __init__(self, context: MacroContext) -> None:
        self.context = context
        self.count = 0
        self.bytes = 0
        self.folder: TemplateFolder | None = None
        self.open_files: list[Path] = [context.path.resolve()] if context.path is not None else []
        self.constants = Constants(Map({}, Span("", 0, 0)), context)

    def include_sections(self, root: Map, specification: Map, span: Span) -> Map:
        """Take a file's sections into the template, as the Transform section asks."""
        self.constants = Constants(root, self.context)
        content = self._content(specification, ("Transform",), span)
        return self._merge(root, content, deep=True) if isinstance(content, Map) else root

    def expand(self, root: Map) -> Map:
        """Expand every Fn::Transform that includes a file."""
        self.constants = Constants(root, self.context)
        expanded = self._node(root, ())
        assert isinstance(expanded, Map)
        return expanded

    def _node(self, node: Node, path: SourcePath) -> Node:
        if len(path) > self.context.limits.depth:
            message = f"with what is included the nesting is deeper than {self.context.limits.depth} levels"
            raise InputError("C2H1009", message, node.span, advice="include less")
        if isinstance(node, Seq):
            items = [self._node(item, (*path, index)) for index, item in enumerate(node.items)]
            return Seq(tuple(items), node.span) if any(a is not b for a, b in zip(items, node.items, strict=True)) else node
        if not isinstance(node, Map):
            return node
        if "Fn::Transform" in node.entries:
            return self._transform(node, path)
        entries = {key: self._node(value, (*path, str(key))) for key, value in node.entries.items()}
        changed = any(entries[key] is not node.entries[key] for key in entries)
        return Map(dict(entries), node.span, node.keys) if changed else node

    def _transform(self, node: Map, path: SourcePath) -> Node:
        """Expand the macros of one map; its other keys stay beside what is included."""
        span = node.keys.get("Fn::Transform", node.span)
        given = node.entries["Fn::Transform"]
        others: dict[str, Node] = {
            key: self._node(value, (*path, str(key))) for key, value in node.entries.items() if key != "Fn::Transform"
        }
        result: Node = Map(dict(others), node.span, node.keys)
        for specification in given.items if isinstance(given, Seq) else (given,):
            content = self._one(specification, path, span)
            if content is None:
                return Map({**others, "Fn::Transform": given}, node.span, node.keys)
            if not isinstance(content, Map) and not others:
                return content
            result = self._merge(result, content)
        return result

    def _one(self, specification: Node, path: SourcePath, span: Span) -> Node | None:
        """Give what one macro call stands for; None when it cannot be known."""
        subject = subject_of(path)
        name = (
            text_of(specification.entries["Name"]) if isinstance(specification, Map) and "Name" in specification.entries else None
        )
        if name == vocabulary.INCLUDE and isinstance(specification, Map):
            return self._content(specification, path, span)
        if name is not None:
            self.context.unresolved.append(name)
            self.context.report(
                "C2H1210",
                subject,
                f"the macro {name} cannot be expanded here, so what stands at this place is not known",
                span,
                "write here what the macro yields",
            )
        return None

    def _content(self, specification: Map, path: SourcePath, span: Span) -> Node | None:
        """Read the file that a specification names."""
        subject = subject_of(path)
        parameters = specification.entries.get("Parameters")
        location = parameters.entries.get("Location") if isinstance(parameters, Map) else None
        text = self._location(location) if location is not None else None
        if text is None:
            self._unresolved("C2H1203", subject, "the location of the included file is not known before deployment", span)
            return None
        file = self._find(text, subject, span)
        return None if file is None else self._read(file, path, span)

    def _location(self, node: Node) -> str | None:
        """Work out a location; of one that begins with unknown parts, the known end is enough to find the file."""
        text = self.constants.text(node)
        if text is None and isinstance(node, Map) and len(node.entries) == 1 and "Fn::Sub" in node.entries:
            given = node.entries["Fn::Sub"]
            first = given.items[0] if isinstance(given, Seq) and given.items else given
            return text_of(first)
        return text

    def _unresolved(
        self, code: str, subject: str, message: str, span: Span, advice: str = "write the file's content here"
    ) -> None:
        self.context.unresolved.append(vocabulary.INCLUDE)
        self.context.report(code, subject, message, span, advice)

    def _find(self, location: str, subject: str, span: Span) -> Path | None:
        """Find the file below the template folder whose path ends as the location does; the longest end wins."""
        if ".." in re.split(r"[/\\]", location):
            message = f"the included location {location[:200]!r} climbs out of its folder"
            raise InputError("C2H1204", message, span, subject=subject, advice="name the file without ..")
        if self.context.template_dir is None:
            message = f"{location} is included, and no folder is given to look for it"
            self._unresolved("C2H1205", subject, message, span, "give the folder with --template-dir")
            return None
        self.folder = self.folder or TemplateFolder(self.context.template_dir)
        found = self.folder.find(location)
        if found is None:
            self._unresolved(
                "C2H1206", subject, f"no file below the template folder ends like {location}", span, "put the file there"
            )
        return found

    def _read(self, file: Path, path: SourcePath, span: Span) -> Node | None:
        """Read an included file, with what it includes itself."""
        subject = subject_of(path)
        resolved = file.resolve()
        if resolved in self.open_files:
            raise InputError("C2H1207", f"the file {file.name} includes itself", span, subject=subject, advice="break the circle")
        self.count += 1
        size = resolved.stat().st_size
        self.bytes += size
        if self.count > MAX_INCLUDES or self.bytes > self.context.limits.size:
            raise InputError(
                "C2H1005", "the included files are too many or too long", span, subject=subject, advice="include less"
            )
        document = read_document(resolved.read_bytes(), file.name, self.context.diagnostics, self.context.limits)
        self.open_files.append(resolved)
        try:
            return self._node(document, path)
        finally:
            self.open_files.pop()

    def _merge(self, into: Node, content: Node, deep: bool = False) -> Map:
        """Put included entries beside a map's own, which win; deep merges the maps of both (sections)."""
        assert isinstance(into, Map)
        if not isinstance(content, Map):
            self.context.report(
                "C2H1211", content.span.file, f"the included file must hold a map, not {describe(content)}", content.span
            )
            return into
        entries, keys = dict(into.entries), dict(into.keys)
        for key, value in content.entries.items():
            own = entries.get(key)
            if own is None:
                entries[key] = value
                keys[key] = content.keys.get(key, content.span)
            elif deep and isinstance(own, Map) and isinstance(value, Map):
                entries[key] = self._merge(own, value)
            else:
                message = "the including template has this key too; its own value counts"
                self.context.report(
                    "C2H1212", str(key), message, content.keys.get(key, content.span), "remove one of them", Severity.WARNING
                )
        return Map(entries, into.span, keys)
