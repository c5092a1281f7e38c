"""Calls of cfn-init and cfn-signal in boot scripts: read, and written as what stands on the server takes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from cfn2heat.hooks.scripts import is_comment
from cfn2heat.hot import values as hot
from cfn2heat.hot.walk import rewrite

PATH = re.compile(r"(?:python[\d.]*[ \t]+)?[\w./~-]*\Z")
"""What stands before a program's name and is part of its call."""
PROGRAM = re.compile(r"(?<![\w.-])cfn-(init|signal)(\.exe)?(?=[ \t\\])")
SPACE = re.compile(r"(?:[ \t]|\\\r?\n)+")
WORDS = {
    "": re.compile(r"(?:[^\s;&|<>()`\"'\\]|\\[^\r\n]|\"(?:[^\"\\]|\\.)*\"|'[^']*')+"),
    "'": re.compile(r"(?:[^\s;&|<>()`\"'\\]|\\[^\r\n]|\"(?:[^\"\\']|\\.)*\")+"),
    '"': re.compile(r"(?:[^\s;&|<>()`\"'\\]|\\[^\r\n]|'[^'\"]*')+"),
}
"""A word of a command by the quote that the command itself stands in."""
SAME = {
    "init": {"-s", "--stack", "-r", "--resource", "--region", "-c", "--configsets", "--access-key", "--secret-key"},
    "signal": {"-e", "--exit-code", "-s", "--success", "-r", "--reason", "-d", "--data", "-i", "--id"},
}
"""Options that heat-cfntools has too, each with a value."""
OTHER = {
    "init": {"--role", "--url", "--http-proxy", "--https-proxy", "-f", "--credential-file"},
    "signal": {
        *("--stack", "--resource", "--region", "--role", "--url", "--access-key", "--secret-key"),
        *("--http-proxy", "--https-proxy", "-f", "--credential-file"),
    },
}
"""Options with a value that only AWS's scripts have."""
FLAGS = {"init": {"-v", "--verbose", "--resume"}, "signal": {"-v", "--verbose"}}
"""Options without a value that only AWS's scripts have."""
LONGEST_PATH = 200


class Call(NamedTuple):
    """A call of a script; kept is what heat-cfntools takes of its arguments, as it is written."""

    program: str
    begin: int
    """Where the path of the program begins."""
    start: int
    arguments: int
    end: int
    kept: str
    sets: str
    """The configSets that cfn-init is called for, as they are written."""
    resource: str
    direct: bool
    """Whether it names the handle's address itself."""
    clear: bool
    """Whether every argument could be read."""
    quote: str
    """The quote that the call stands in."""
    whole: bool
    """Whether the path of the program is plain text."""


def calls(text: str) -> Iterator[Call]:
    """Every call of cfn-init and cfn-signal in a script."""
    offset, known, quote = 0, 0, ""
    while match := PROGRAM.search(text, offset):
        quote = _open_quote(text[known : match.start()], quote)
        known, offset = match.start(), match.end()
        if not is_comment(text, known):
            call = _read(text, match, quote)
            offset = call.end
            yield call


def _read(text: str, match: re.Match[str], quote: str) -> Call:
    program = match.group(1)
    words = list(_words(text, match.end(), quote))
    end = words[-1][2] if words else match.end()
    clear = not match.group(2) and text[end : end + 1] not in ("(", "`", "'", '"')
    clear = clear or (bool(quote) and text[end : end + 1] == quote and not match.group(2))
    kept, sets, resource, direct, index = "", "", "", False, 0
    while index < len(words):
        begin, word, stop = words[index]
        name, equals, value = word.partition("=")
        index += 1
        if not word.startswith("-"):
            kept, direct = kept + text[begin:stop], True
        elif name in FLAGS[program]:
            continue
        elif name in SAME[program] or name in OTHER[program]:
            if not equals and index < len(words):
                value, stop = words[index][1:]
                index += 1
            if name == "--resource" or (program == "init" and name == "-r"):
                resource = value.strip("\"'")
                clear = clear and (program == "init" or resource.isalnum())
            if program == "init" and name in ("-c", "--configsets"):
                sets = value
            if name in SAME[program]:
                kept += text[begin:stop]
        else:
            clear = False
    begin, whole = _path(text, match.start(), quote)
    return Call(program, begin, match.start(), match.end(), end, kept, sets, resource, direct, clear, quote, whole)


def _path(text: str, start: int, quote: str) -> tuple[int, bool]:
    """Where the path of a program begins, and whether nothing but the path stands there."""
    window = max(start - LONGEST_PATH, 0)
    path = PATH.search(text[window:start])
    begin = window + path.start() if path else start
    before = text[begin - 1 : begin]
    return begin, not before or before in " \t\n\r;&|(`" or before == quote


def _words(text: str, offset: int, quote: str) -> Iterator[tuple[int, str, int]]:
    """Words from an offset to the end of the command: where the space before each begins, the word, where it ends."""
    while (space := SPACE.match(text, offset)) and (word := WORDS[quote].match(text, space.end())):
        if word.group().isdigit() and text[word.end() : word.end() + 1] in ("<", ">"):
            return  # the number of a stream that is redirected
        yield offset, word.group(), word.end()
        offset = word.end()


def _open_quote(passed: str, quote: str) -> str:
    """The quote that is open behind a piece of a script, when one is open before it; none stays open beyond its line."""
    line = passed.rfind("\n") + 1
    quote = "" if line else quote
    for found in re.findall(r"\\.|[\"']", passed[line:]):
        if found in ('"', "'") and quote in ("", found):
            quote = "" if quote else found
    return quote


# ---- rewriting -------------------------------------------------------------------------------------------------------

ProgramOf: TypeAlias = Callable[[Call], "str | None"]
"""What is called in place of a program, "" for a call that stays as it is; None: heat-cfntools's program of the same name."""


class Rewritten(NamedTuple):
    """A value whose scripts call what is there; signals counts the signals that have got an address."""

    value: hot.HotValue
    signals: int
    programs: frozenset[str]
    """What is called in place of cfn-init and cfn-signal."""


def rewritten(value: hot.HotValue, handle_of: Callable[[str], str | None], program_of: ProgramOf) -> Rewritten:
    """Write the calls in every text of a value; handle_of gives the handle of who is signalled."""
    count, programs = 0, set()

    def change(node: hot.HotValue) -> hot.HotValue | None:
        nonlocal count
        template = node.template if isinstance(node, hot.StrReplace) else node
        if not isinstance(template, hot.Literal) or not isinstance(template.value, str) or "cfn-" not in template.value:
            return None
        text, handles, signals, called = _text(template.value, handle_of, program_of)
        count += signals
        programs.update(called)
        if text == template.value:
            return None
        params = node.params if isinstance(node, hot.StrReplace) else {}
        params = {mark: member for mark, member in params.items() if mark in text}
        params |= {f"${{{name}}}": hot.GetResource(name) for name in handles}
        return hot.StrReplace(hot.Literal(text), params) if params else hot.Literal(text)

    return Rewritten(rewrite(value, change), count, frozenset(programs))


def for_heat(value: hot.HotValue, handle_of: Callable[[str], str | None]) -> Rewritten:
    """Write the calls in every text of a value as heat-cfntools takes them."""
    return rewritten(value, handle_of, lambda _call: None)


def _text(text: str, handle_of: Callable[[str], str | None], program_of: ProgramOf) -> tuple[str, list[str], int, list[str]]:
    result, done, handles, count, called = "", 0, [], 0, []
    for call in calls(text):
        program = program_of(call)
        if not call.clear or program == "" or (program and not call.whole):
            continue
        address = ""
        if call.program == "signal" and not call.direct:
            handle = handle_of(call.resource)
            if handle is None or f"${{{handle}}}" in text:
                continue
            handles.append(handle)
            count += 1
            # The address holds & and %; in a call that stands in quotes itself the other quotes are free.
            quote = '"' if call.quote == "'" else "'"
            address = f" {quote}${{{handle}}}{quote}"
        if program is None:
            result += text[done : call.arguments] + call.kept
        else:
            called.append(program)
            sets = f" {call.sets}" if call.sets else ""
            result += text[done : call.begin] + program + (sets if call.program == "init" else call.kept)
        result += address
        done = call.end
    return result + text[done:], list(dict.fromkeys(handles)), count, called
