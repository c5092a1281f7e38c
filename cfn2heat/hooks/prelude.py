"""cfn-init and cfn-signal by scripts of our own, which user data put on the server before they do anything else."""

from __future__ import annotations

import re

from cfn2heat.cfn.template import Resource
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import init, scripts
from cfn2heat.hooks.calls import Call, Rewritten, calls, rewritten
from cfn2heat.hooks.init_files import HUP, HUP_ADVICE
from cfn2heat.hooks.init_sections import SECTIONS
from cfn2heat.hooks.init_shell import FOLDER, SIGNAL, SIGNAL_SCRIPT
from cfn2heat.hooks.scripts import Script, say, tell, tell_hup, without_helpers
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
    calm = idle(script)
    tell(ctx, "user data", [one for one in without_helpers(scripts.findings(script)) if one.span not in calm], path)
    tell_hup(ctx, script, HUP, HUP_ADVICE, path)
    fits = isinstance(found, hot.Literal | hot.StrReplace) and script.text.startswith(("#!", "#cloud-config"))
    sources = _sources(ctx, script, fits, path)
    if not fits:
        tell_signals(ctx, [script], 0, path)
        return found
    own = _rewritten(ctx, found, [script], sources, path)
    inits = {name: _init(ctx, resource, sources, path) for name, resource in sources.items()}
    programs: dict[str, Text] = {f"{FOLDER}/init-{name}": pieces(done.value) for name, done in inits.items()}
    if any(SIGNAL in done.programs for done in (own, *inits.values())):
        programs[SIGNAL] = (SIGNAL_SCRIPT,)
    done = _calmed(own.value) if calm else own.value
    if not programs:
        return done
    if not SHELL.match(script.text) and not all(map(_is_ascii, (pieces(done), *programs.values()))):
        message = "The scripts that do cfn-init's work would stand beside this text, where only ASCII arrives as it is."
        ctx.report("C2H4513", Severity.ERROR, message, SCRIPT, path)
    return with_programs(script, done, programs)


def _sources(ctx: ResourceContext, script: Script, fits: bool, path: Path) -> dict[str, Resource]:
    """The resources that the calls of cfn-init read; calls that cannot be replaced are said with their lines."""
    found = {}
    for call in calls(script.text):
        if call.program != "init":
            continue
        if fits and call.clear and call.whole:
            resource = _source(ctx, call, script, path)
            if resource is not None:
                found[resource.name] = resource
        else:
            message = "This call of cfn-init cannot be replaced by a script that does its work, so that it fails."
            say(ctx, "C2H4513", Severity.ERROR, message, SCRIPT, path, script.place(call.start))
    return found


def _source(ctx: ResourceContext, call: Call, script: Script, path: Path) -> Resource | None:
    """The resource that a call of cfn-init reads, with a word where that is not the one it names."""
    found = _named(ctx, call)
    if found is None or (call.resource in ctx.template.resources and found.name != call.resource):
        message = f"cfn-init reads the metadata of {call.resource or ctx.id}, which has none for it in this template."
        advice = "Name a resource whose metadata have such a section."
        say(ctx, "C2H4513", Severity.WARNING, message, advice, path, script.place(call.start))
    return found


def _named(ctx: ResourceContext, call: Call) -> Resource | None:
    """The resource whose metadata cfn-init is to read: the one that it names, else the server's own."""
    named = ctx.template.resources.get(call.resource)
    return next((one for one in (named, ctx.resource) if one is not None and has_init(one)), None)


def _rewritten(
    ctx: ResourceContext, value: hot.HotValue, texts: list[Script], sources: dict[str, Resource], path: Path
) -> Rewritten:
    """A value with its calls written anew; those that reach nobody are said."""

    def program_of(call: Call) -> str:
        resource = _named(ctx, call)
        known = resource is not None and resource.name in sources
        return SIGNAL if call.program == "signal" else f"{FOLDER}/init-{resource.name}" if resource and known else ""

    done = rewritten(value, lambda name: handle_of(ctx, name), program_of)
    tell_signals(ctx, texts, done.signals, path)
    return done


def _init(ctx: ResourceContext, resource: Resource, sources: dict[str, Resource], path: Path) -> Rewritten:
    """The script that does what cfn-init would for a resource."""
    script = assembled(init.script(ctx, resource, SECTIONS))
    texts = [Script(text) for text in scripts.texts(resource.metadata.entries[INIT])] if resource.metadata else []
    return _rewritten(ctx, script, texts, sources, (ATTRIBUTE, "Metadata", INIT) if resource.name == ctx.id else path)


def _calmed(value: hot.HotValue) -> hot.HotValue:
    """Lines that only bring AWS's helper scripts become arguments of the command that does nothing."""
    if isinstance(value, hot.StrReplace):
        return hot.StrReplace(_calmed(value.template), value.params)
    return (
        hot.Literal(HELPERS.sub(r"\1: \2", value.value))
        if isinstance(value, hot.Literal) and isinstance(value.value, str)
        else value
    )


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
