"""The files of a config of cfn-init, each as lines of a script."""

from __future__ import annotations

import base64
import html
import json
import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.init import COMPUTED, WRITE_OUT, Writer
from cfn2heat.hooks.init_packages import known
from cfn2heat.hooks.shell import Held, Text, constant, here
from cfn2heat.hot import values as hot
from cfn2heat.hot.walk import rebuild
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text

KEYS = {"content", "source", "encoding", "group", "owner", "mode", "authentication", "context"}
HUP_FILE = re.compile(r"/etc/cfn/hooks\.(?:conf|d/.*)|.*/cfn-hup[^/]*")
HUP = "cfn-hup is not on the server: nothing there watches the stack for changes of its metadata."
HUP_ADVICE = (
    "An update of the stack that changes the script replaces the server; to change running servers use "
    "OS::Heat::SoftwareDeployment or Ansible."
)
LOCKED = "Nothing on the server has the credentials that it names."
LOCKED_ADVICE = "Put the file where it is read without credentials, such as a Swift container with a temporary URL."
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LINK, PERMISSIONS, KIND = 0o120000, 0o7777, 0o170000


def files(writer: Writer, given: cfn.Map, path: Path) -> None:
    """Files in the order of their names."""
    for name in sorted(given.entries):
        if HUP_FILE.fullmatch(name):
            writer.drop((*path, name), HUP, HUP_ADVICE)
        else:
            writer.each(given.entries[name], (*path, name), _file, name)


def _file(writer: Writer, value: cfn.Value, path: Path, name: str) -> None:
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    entries: dict[str, cfn.Value] = {key: one for key, one in value.entries.items() if not isinstance(one, cfn.NoValue)}
    known(writer, value, path, KEYS)
    if "authentication" in entries:
        writer.drop((*path, "authentication"), LOCKED, LOCKED_ADVICE, Severity.ERROR)
    word = writer.word(name)
    mode = mode_of(writer.ctx.constant(entries.get("mode")))
    permissions = writer.word(entries["mode"]) if mode is None and "mode" in entries else (f"{(mode or 0o644) & PERMISSIONS:o}",)
    give: Text = (" ", *permissions, " ", *_name(writer, entries, "owner"), " ", *_name(writer, entries, "group"))
    end: Text = (" || fail file ", *word)
    if mode is not None and mode & KIND == LINK and "content" in entries:
        writer.line(writer.call("link"), " ", *word, " ", *writer.word(entries["content"]), " || fail link ", *word)
    elif "content" in entries:
        _content(writer, entries, path, (" ", *word, *give), end)
    elif "source" in entries:
        if "context" in entries:
            writer.drop((*path, "context"), *UNRENDERED, Severity.ERROR)
        writer.line(writer.call("fetch"), " ", *writer.word(entries["source"]), " ", *word, *give, *end)
    else:
        writer.line("fail file ", *word)


def mode_of(value: object) -> int | None:
    """The mode of a file; YAML reads 000644 as a number in base eight, JSON writes 644 for the same. None: not known."""
    if value is None:
        return 0o644
    if isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
        return int(text, 8) if re.fullmatch(r"(?:10|12)?[0-7]?[4-7][04-7][04-7]", text) else value
    text = as_text(value).strip() if isinstance(value, str) else ""
    return int(text, 8) if re.fullmatch("[0-7]{1,7}", text) else None


def _name(writer: Writer, entries: dict[str, cfn.Value], key: str) -> Text:
    return writer.word(entries.get(key)) if key in entries else ("''",)


# ---- content ---------------------------------------------------------------------------------------------------------


def _content(writer: Writer, entries: dict[str, cfn.Value], path: Path, arguments: Text, end: Text) -> None:
    """What stands in the template; a constant that no text can hold goes as base64."""
    text = _text(writer, entries["content"])
    if "context" in entries:
        text = _rendered(writer, text, entries["context"], path)
    plain = constant(text)
    function = "file"
    if writer.ctx.constant(entries.get("encoding")) == "base64":
        function, text = "binary", text if plain is None else (plain.strip(),)
    elif plain is not None and UNPRINTABLE.search(plain):
        function, text = "binary", (_lines(base64.b64encode(plain.encode("utf-8", "surrogatepass")).decode()),)
    delimiter, body = here("FILE", text)
    writer.line(writer.call(function), *arguments, f" {delimiter}", *end)
    writer.parts += body


def _lines(text: str, width: int = 76) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


def _text(writer: Writer, value: cfn.Value) -> Text:
    """A text as it is; anything else as JSON, by Heat where values stand in it."""
    if not isinstance(value, cfn.Map | cfn.Seq):
        return writer.text(value)
    found = writer.ctx.constant(value)
    if found is not UNKNOWN:
        return (json.dumps(found),)
    return (Held("JSON", writer.ctx.hot(value) or hot.HotMap({})),)


TAG = re.compile(r"\{\{\{\s*([\w.-]+)\s*\}\}\}|\{\{(&?)\s*([\w.-]+)\s*\}\}")
UNRENDERED = (
    "It renders a Mustache template when the server boots, and the script cannot.",
    "Write the values into the text with Fn::Sub.",
)


def _rendered(writer: Writer, text: Text, context: cfn.Value, path: Path) -> Text:
    """Variables of a Mustache template; whoever uses more of Mustache is told."""
    plain = "".join(part if isinstance(part, str) else "" for part in text)
    if not isinstance(context, cfn.Map) or "{{" in TAG.sub("", plain):
        writer.drop((*path, "context"), *UNRENDERED, Severity.ERROR)
        return text
    found: list[str | Held] = []
    for part in text:
        if not isinstance(part, str):
            found.append(part)
            continue
        done = 0
        for match in TAG.finditer(part):
            found.append(part[done : match.start()])
            found += _variable(writer, context, match)
            done = match.end()
        found.append(part[done:])
    return tuple(part for part in found if part != "")


def _variable(writer: Writer, context: cfn.Map, match: re.Match[str]) -> Text:
    given = context.entries.get(match.group(1) or match.group(3))
    if given is None:
        return ()
    text = writer.text(given)
    plain = constant(text)
    escaped = not match.group(1) and not match.group(2)
    return text if plain is None or not escaped else (html.escape(plain),)


def with_modes(init: hot.HotValue) -> hot.HotValue:
    """The same configuration with the modes of files as texts, as heat-cfntools reads them."""
    if isinstance(init, hot.HotMap):
        mode = init.entries.get("mode")
        if isinstance(mode, hot.Literal) and isinstance(mode.value, int) and {"content", "source"} & init.entries.keys():
            return hot.HotMap({**init.entries, "mode": hot.Literal(f"{mode_of(mode.value):06o}")})
    return rebuild(init, with_modes)
