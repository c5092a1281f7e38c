"""Calls of cfn-init and cfn-signal in boot scripts: read, and written as heat-cfntools takes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cfn2heat.hooks.scripts import is_comment
from cfn2heat.hot import values as hot
from cfn2heat.hot.walk import rewrite

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


class Call(NamedTuple):
    """A call of a script; kept is what heat-cfntools takes of its arguments, as it is written."""

    program: str
    start: int
    arguments: int
    end: int
    kept: str
    resource: str
    direct: bool
    """Whether it names the handle's address itself."""
    clear: bool
    """Whether every argument could be read."""
    quote: str
    """The quote that the call stands in."""


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
    kept, resource, direct, index = "", "", False, 0
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
            if name in SAME[program]:
                kept += text[begin:stop]
        else:
            clear = False
    return Call(program, match.start(), match.end(), end, kept, resource, direct, clear, quote)


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


class Rewritten(NamedTuple):
    """A value whose scripts call heat-cfntools; signals counts the signals that have got an address."""

    value: hot.HotValue
    signals: int


def for_heat(value: hot.HotValue, handle_of: Callable[[str], str | None]) -> Rewritten:
    """Write the calls in every text of a value as heat-cfntools takes them; handle_of gives the handle of who is signalled."""
    count = 0

    def change(node: hot.HotValue) -> hot.HotValue | None:
        nonlocal count
        template = node.template if isinstance(node, hot.StrReplace) else node
        if not isinstance(template, hot.Literal) or not isinstance(template.value, str) or "cfn-" not in template.value:
            return None
        text, handles, signals = _text_for_heat(template.value, handle_of)
        count += signals
        if text == template.value:
            return None
        params = node.params if isinstance(node, hot.StrReplace) else {}
        params = {mark: member for mark, member in params.items() if mark in text}
        params |= {f"${{{name}}}": hot.GetResource(name) for name in handles}
        return hot.StrReplace(hot.Literal(text), params) if params else hot.Literal(text)

    return Rewritten(rewrite(value, change), count)


def _text_for_heat(text: str, handle_of: Callable[[str], str | None]) -> tuple[str, list[str], int]:
    result, done, handles, count = "", 0, [], 0
    for call in calls(text):
        address = ""
        if call.program == "signal" and not call.direct:
            handle = handle_of(call.resource) if call.clear else None
            if handle is None or f"${{{handle}}}" in text:
                continue
            handles.append(handle)
            count += 1
            # The address holds & and %; in a call that stands in quotes itself the other quotes are free.
            quote = '"' if call.quote == "'" else "'"
            address = f" {quote}${{{handle}}}{quote}"
        if call.clear:
            result += text[done : call.arguments] + call.kept + address
            done = call.end
    return result + text[done:], list(dict.fromkeys(handles)), count
