"""AWS::CloudFormation::Init as a shell script that does what cfn-init would do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import init_shell as shell_text
from cfn2heat.hooks.shell import Held, Text, quoted, single, text_of
from cfn2heat.hooks.signals import INIT
from cfn2heat.hot import values as hot
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text
from cfn2heat.translate.context import ATTRIBUTE, ResourceContext

DONE = "A script in the user data does it, as cfn-init would."
COMPUTED = "It is computed as a whole, so that no script can be written for it."
WRITE_OUT = "Write its members out in the template."
SETS = "configSets"

Section = Callable[["Writer", cfn.Map, Path], None]


class Writer:
    """Collects the lines of one script; what it leaves out is said at the resource that the configuration stands at."""

    def __init__(self, ctx: ResourceContext, owner: Resource) -> None:
        self.ctx = ctx
        self._owner = ResourceContext(ctx.t, owner.name)
        self.parts: list[str | Held] = []
        self.used: set[str] = set()
        self.depth = 0
        self._odd = False

    def line(self, *parts: str | Held) -> None:
        """One line; parts are words that are ready for the shell."""
        self.parts += ["    " * self.depth, *parts, "\n"]

    @contextmanager
    def block(self, before: Text, after: Text) -> Iterator[None]:
        """Lines between two others."""
        self.line(*before)
        self.depth += 1
        yield
        self.depth -= 1
        self.line(*after)

    def call(self, function: str) -> str:
        """The name of a function of the script, which is brought in with it."""
        self.used.add(function)
        return function

    def word(self, value: cfn.Value | str | None) -> Text:
        """A value as one word of a command."""
        if value is None or isinstance(value, str):
            return quoted(self.ctx, (value or "",))
        return quoted(self.ctx, self.text(value))

    def text(self, value: cfn.Value) -> Text:
        """A value that must be a text; what is none is said when the script is done."""
        self._odd |= isinstance(value, cfn.Map | cfn.Seq)
        return ("",) if isinstance(value, cfn.Map | cfn.Seq) else text_of(self.ctx, value)

    def drop(self, path: Path, because: str, advice: str = "", severity: Severity = Severity.WARNING) -> None:
        """Leave something out of the script."""
        self._owner.dropped(path, because, advice, severity)
        # Where the metadata of another resource were carried before, too, the script lacks it all the same.
        self._owner.report("C2H3001", severity, because, advice, path)

    def member(self, given: cfn.Map, path: Path, name: str) -> cfn.Map | None:
        """A member that must be a map; what is none is left out and said."""
        found = given.entries.get(name)
        if isinstance(found, cfn.Map) or found is None or isinstance(found, cfn.NoValue):
            return found if isinstance(found, cfn.Map) else None
        self.drop((*path, name), COMPUTED, WRITE_OUT, Severity.ERROR)
        return None

    def each(self, value: cfn.Value, path: Path, write: Callable[..., None], *more: object) -> None:
        """Write a value; where a condition chooses between two, the server does what Heat tells it of the condition.

        Calls write(self, value, path, *more) for what stands on each side.
        """
        if isinstance(value, cfn.NoValue):
            return
        if not isinstance(value, cfn.If):
            write(self, value, path, *more)
            return
        told = hot.If(hot.Literal(value.condition), hot.Literal("yes"), hot.Literal("no"))
        for number, side, test in ((1, value.then, "="), (2, value.otherwise, "!=")):
            if not isinstance(side, cfn.NoValue):
                with self.block(("if [ ", Held(f"if {value.condition}", told), f" {test} yes ]; then"), ("fi",)):
                    self.line(":")
                    self.each(side, (*path, "Fn::If", number), write, *more)

    def settle(self, path: Path) -> None:
        """Everything that was not left out is in the script; say what no script can hold."""
        self._owner.adapted(path, DONE, "server.user_data")
        if any("\0" in part for part in self.parts if isinstance(part, str)):
            message = "A text of cfn-init's configuration holds a NUL, which no shell takes."
            self._owner.report("C2H4513", Severity.ERROR, message, "Leave it out, or write it as base64.", path)
        if self._odd:
            message = (
                "The configuration of cfn-init has a list or a map where it wants a text; the script has an empty text there."
            )
            self._owner.report("C2H4513", Severity.ERROR, message, "Write texts.", path)


def script(ctx: ResourceContext, owner: Resource, sections: dict[str, Section]) -> Text:
    """The script for a resource's Init, and the fate of each of its leaves."""
    writer = Writer(ctx, owner)
    path: Path = (ATTRIBUTE, "Metadata", INIT)
    init = owner.metadata.entries.get(INIT) if owner.metadata else None
    names: dict[str, str] = {}
    if isinstance(init, cfn.Map):
        for name in init.entries:
            if name != SETS:
                names[name] = _function(name, names)
                _config(writer, init, path, name, names[name], sections)
        _sets(writer, init, path, names)
    else:
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        _sets(writer, cfn.Map({}, owner.span), path, names)
    writer.settle(path)
    needed = {need for name in writer.used for need in (name, *shell_text.NEEDS.get(name, ()))}
    library = "".join(text for name, text in shell_text.FUNCTIONS.items() if name in needed)
    return (shell_text.HEAD.replace("NAME", owner.name) + library + "\n", *writer.parts, shell_text.MAIN)


def _function(name: str, names: dict[str, str]) -> str:
    wanted = f"config_{re.sub('[^A-Za-z0-9_]', '_', name)}"
    while wanted in names.values() or wanted == "config_set":
        wanted += "_"
    return wanted


def _config(writer: Writer, init: cfn.Map, path: Path, name: str, function: str, sections: dict[str, Section]) -> None:
    """A function that does one config."""
    with writer.block((f"{function}() {{",), ("}\n",)):
        writer.line("say config ", *writer.word(name))
        writer.each(init.entries[name], (*path, name), _sections, sections)


def _sections(writer: Writer, value: cfn.Value, path: Path, sections: dict[str, Section]) -> None:
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    for name in value.entries:
        if name not in sections:
            writer.drop((*path, name), "cfn-init knows no such section.")
    for name, section in sections.items():
        if name in value.entries:
            writer.each(value.entries[name], (*path, name), _section, section)


def _section(writer: Writer, value: cfn.Value, path: Path, section: Section) -> None:
    if isinstance(value, cfn.Map):
        section(writer, value, path)
    else:
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)


# ---- configSets ------------------------------------------------------------------------------------------------------


def _sets(writer: Writer, init: cfn.Map, path: Path, names: dict[str, str]) -> None:
    """A function that does one configSet by its name; without any, the config named config is the default."""
    given = writer.member(init, path, SETS)
    sets = {} if given is None else given.entries
    with writer.block(("config_set() { # NAME",), ("}\n",)), writer.block(("case $1 in",), ("esac",)):
        for name, members in sets.items():
            with writer.block((f"{single(name)})",), (";;",)):
                writer.each(members, (*path, SETS, name), _members, name, names, sets)
        if "default" not in sets and "config" in names:
            writer.line(f"'default') {names['config']} ;;")
        writer.line('*) say "there is no configSet $1"; exit 1 ;;')


def _members(writer: Writer, value: cfn.Value, path: Path, above: str, names: dict[str, str], sets: dict[str, cfn.Value]) -> None:
    if isinstance(value, cfn.Seq):
        for index, item in enumerate(value.items):
            writer.each(item, (*path, index), _member, above, names, sets)
    else:
        _member(writer, value, path, above, names, sets)


def _member(writer: Writer, item: cfn.Value, path: Path, above: str, names: dict[str, str], sets: dict[str, cfn.Value]) -> None:
    """A member of a configSet: the name of a config, or of another configSet."""
    if isinstance(item, cfn.Scalar) and as_text(item.value) in names:
        writer.line(names[as_text(item.value)])
    elif isinstance(item, cfn.Map) and isinstance(inner := item.entries.get("ConfigSet"), cfn.Scalar) and inner.value in sets:
        name = as_text(inner.value)
        if _reaches(name, above, sets, set()):
            writer.drop(path, "configSets that hold one another cannot be done.", "Break the circle.", Severity.ERROR)
        else:
            writer.line("config_set ", *writer.word(name))
    else:
        writer.drop(path, "The configuration has nothing of this name.", "Correct the name.", Severity.ERROR)
        writer.line("say 'the configSet names what is not there'; exit 1")


def _reaches(name: str, wanted: str, sets: dict[str, cfn.Value], seen: set[str]) -> bool:
    """Whether a configSet holds another one, at whatever depth."""
    if name == wanted:
        return True
    if name in seen:
        return False
    seen.add(name)
    return any(_reaches(inner, wanted, sets, seen) for inner in _inner(sets.get(name)))


def _inner(value: cfn.Value | None) -> list[str]:
    """The configSets that a configSet names."""
    match value:
        case cfn.Seq():
            return [name for item in value.items for name in _inner(item)]
        case cfn.If():
            return [*_inner(value.then), *_inner(value.otherwise)]
        case cfn.Map(entries={"ConfigSet": cfn.Scalar(value=name)}):
            return [as_text(name)]
    return []
