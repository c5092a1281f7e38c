"""cfn-init and cfn-signal by scripts of our own, which user data put on the server before they do anything else."""

from __future__ import annotations

import re

from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import init, scripts
from cfn2heat.hooks.calls import Call, Rewritten, calls, rewritten
from cfn2heat.hooks.init_sections import SECTIONS
from cfn2heat.hooks.init_shell import FOLDER, SIGNAL, SIGNAL_SCRIPT
from cfn2heat.hooks.scripts import Script, say
from cfn2heat.hooks.shell import Held, Text, assembled, here, pieces
from cfn2heat.hooks.signals import INIT, handle_of, has_init, tell_signals
from cfn2heat.hot import values as hot
from cfn2heat.source import Path, Span
from cfn2heat.translate.context import ATTRIBUTE, ResourceContext

SHELL = re.compile(r"#![ \t]*\S*?(?:/|\benv[ \t]+)(?:ba|da|k|z|a)?sh\b[^\n]*\n")
HELPERS = re.compile(
    r"^([ \t]*)((?:sudo[ \t]+)?(?:yum|dnf|apt-get|apt)[ \t]+(?:-\S+[ \t]+)*(?:install|update|upgrade)(?:[ \t]+-\S+)*"
    r"[ \t]+aws-cfn-bootstrap[ \t]*)$",
    re.MULTILINE,
)
"""A line that does nothing but bring AWS's helper scripts; where there is no such package it would end a script of sh -e."""
SCRIPT = "Let the user data be a script that begins with #!, and call cfn-init with plain words."
BOUNDARY = "==cfn2heat=="


def idle(script: Script) -> set[Span]:
    """Where a script has lines that are made to do nothing."""
    found = HELPERS.finditer(script.text) if SHELL.match(script.text) else ()
    return {script.place(match.start() + match.group().index("aws-cfn-bootstrap")) for match in found}


def served(ctx: ResourceContext, script: Script, found: hot.HotValue, path: Path) -> hot.HotValue:
    """User data that bring along what their calls of cfn-init and cfn-signal do."""
    read = [source_of(ctx, call, script, path) for call in calls(script.text) if call.program == "init"]
    sources = {resource.name: resource for resource in read if resource is not None}
    if not fits(ctx, script, found, path):
        tell_signals(ctx, [script], 0, path)
        return found

    def program_of(call: Call) -> str:
        if call.program == "signal":
            return SIGNAL
        resource = _named(ctx, call)
        return "" if resource is None else f"{FOLDER}/init-{resource.name}"

    def served_in(value: hot.HotValue, texts: list[Script], place: Path) -> Rewritten:
        done = rewritten(value, lambda name: handle_of(ctx, name), program_of)
        tell_signals(ctx, texts, done.signals, place)
        return done

    own = served_in(found, [script], path)
    inits = {}
    for name, resource in sources.items():
        texts = [Script(text) for text in scripts.texts(resource.metadata.entries[INIT])] if resource.metadata else []
        place = (ATTRIBUTE, "Metadata", INIT) if name == ctx.id else path
        inits[name] = served_in(assembled(init.script(ctx, resource, SECTIONS)), texts, place)
    programs: dict[str, Text] = {f"{FOLDER}/init-{name}": pieces(done.value) for name, done in inits.items()}
    if any(SIGNAL in done.programs for done in (own, *inits.values())):
        programs[SIGNAL] = (SIGNAL_SCRIPT,)
    if (
        programs
        and not SHELL.match(script.text)
        and not _is_ascii((*pieces(own.value), *(part for text in programs.values() for part in text)))
    ):
        message = "The scripts that do cfn-init's work would stand beside this text, where only ASCII arrives as it is."
        ctx.report("C2H4513", Severity.ERROR, message, SCRIPT, path)
    calm = assembled(_calmed(pieces(own.value))) if SHELL.match(script.text) else own.value
    return with_programs(script, calm, programs) if programs else calm


def _calmed(text: Text) -> Text:
    """Lines that only bring AWS's helper scripts are arguments of the command that does nothing."""
    return tuple(HELPERS.sub(r"\1: \2", part) if isinstance(part, str) else part for part in text)


def _named(ctx: ResourceContext, call: Call) -> Resource | None:
    """The resource whose metadata cfn-init is to read: the one that it names, else the server's own."""
    named = ctx.template.resources.get(call.resource)
    return next((one for one in (named, ctx.resource) if one is not None and has_init(one)), None)


def source_of(ctx: ResourceContext, call: Call, script: Script, path: Path) -> Resource | None:
    """The resource that a call of cfn-init reads, with a word where that is not the one it names."""
    found = _named(ctx, call)
    if found is None or (call.resource in ctx.template.resources and found.name != call.resource):
        message = f"cfn-init reads the metadata of {call.resource or ctx.id}, which has none for it in this template."
        advice = "Name a resource whose metadata have such a section."
        say(ctx, "C2H4513", Severity.WARNING, message, advice, path, script.place(call.start))
    return found


def fits(ctx: ResourceContext, script: Script, found: hot.HotValue, path: Path) -> bool:
    """Whether the calls can be replaced, and the scripts be brought along; what cannot is said with its line."""
    made = isinstance(found, hot.Literal | hot.StrReplace) and script.text.startswith(("#!", "#cloud-config"))
    unread = [call for call in calls(script.text) if call.program == "init" and not (made and call.clear and call.whole)]
    for call in unread:
        message = "This call of cfn-init cannot be replaced by a script that does its work, so that it fails."
        say(ctx, "C2H4513", Severity.ERROR, message, SCRIPT, path, script.place(call.start))
    return made and not unread


# ---- putting them there ----------------------------------------------------------------------------------------------


def with_programs(script: Script, user_data: hot.HotValue, programs: dict[str, Text]) -> hot.HotValue:
    """User data that put programs on the server first."""
    brought = _brought(programs)
    text = pieces(user_data)
    if SHELL.match(script.text):
        first, rest = _after_first_line(text)
        return assembled((*first, *brought, "\n", *rest))
    kind = "cloud-config" if script.text.startswith("#cloud-config") else "x-shellscript"
    head = f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"\nMIME-Version: 1.0\n\n'
    return assembled((head, *_part("x-shellscript", ("#!/bin/sh\n", *brought)), *_part(kind, text), f"--{BOUNDARY}--\n"))


def _is_ascii(text: Text) -> bool:
    return all(part.isascii() for part in text if isinstance(part, str))


def _part(kind: str, text: Text) -> Text:
    return (f'--{BOUNDARY}\nContent-Type: text/{kind}; charset="utf-8"\n\n', *text, "\n")


def _brought(programs: dict[str, Text]) -> Text:
    """Lines that write programs, for root alone: values of the stack may be secret."""
    lines: list[str | Held] = [
        "# What CloudFormation's helper scripts do on AWS is done by these scripts; cfn2heat wrote them.\n",
        f"(umask 077; mkdir -p {FOLDER})\n",
    ]
    for name, text in programs.items():
        last = text[-1]
        delimiter, body = here("SCRIPT", (*text[:-1], last.removesuffix("\n") if isinstance(last, str) else last))
        lines += [f"cat > {name} {delimiter}\n", *body, f"chmod 700 {name}\n"]
    return tuple(lines)


def _after_first_line(text: Text) -> tuple[Text, Text]:
    """A text cut behind its first line."""
    for index, part in enumerate(text):
        if isinstance(part, str) and "\n" in part:
            end = part.index("\n") + 1
            return (*text[:index], part[:end]), (part[end:], *text[index + 1 :])
    return text, ()
