"""What a config of cfn-init does on the server, as lines of a script: commands and services; and all sections in their order."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.init import COMPUTED, WRITE_OUT, Section, Writer
from cfn2heat.hooks.init_files import HUP, HUP_ADVICE, files
from cfn2heat.hooks.init_packages import WINDOWS, WINDOWS_ADVICE, groups, known, packages, sources, users
from cfn2heat.hooks.shell import Text, here, quoted
from cfn2heat.source import Path
from cfn2heat.translate.constants import UNKNOWN, as_text


def is_true(value: object) -> bool:
    """Whether cfn-init takes a constant for true."""
    return value is True or as_text(value).strip().lower() in ("true", "yes", "y", "1")


# ---- commands --------------------------------------------------------------------------------------------------------

STARTERS = {"systemctl", "service", "chkconfig", "update-rc.d", "initctl", "start", "restart", "cfn-hup"}


def commands(writer: Writer, given: cfn.Map, path: Path) -> None:
    """Commands in the order of their names."""
    for name in sorted(given.entries):
        writer.each(given.entries[name], (*path, name), _command, name)


def _command(writer: Writer, value: cfn.Value, path: Path, name: str) -> None:
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    entries = value.entries
    if "waitAfterCompletion" in entries:
        writer.drop((*path, "waitAfterCompletion"), "cfn-init waits on Windows only.", severity=Severity.NOTE)
    known(writer, value, path, {"command", "test", "env", "cwd", "ignoreErrors", "waitAfterCompletion"})
    if starts_hup(writer.ctx.constant(entries.get("command"))):
        writer.drop(path, HUP, HUP_ADVICE)
        return
    word = writer.word(name)
    writer.line("say command ", *word)
    end = _end(writer, entries.get("ignoreErrors"), word)
    if "cwd" not in entries and "test" not in entries:
        _do(writer, entries, path, end)
        return
    with writer.block(("(",), (")", *end)):
        if "cwd" in entries:
            writer.line("cd ", *_directory(writer, entries["cwd"]), " || exit")
        if "test" in entries:
            _run(writer, entries["test"], entries, path, (" || { say its test fails, so that it is not run; exit 0; }",), "TEST")
        _do(writer, entries, path, ())


def _do(writer: Writer, entries: dict[str, cfn.Value], path: Path, end: Text) -> None:
    if "command" in entries:
        _run(writer, entries["command"], entries, path, end, "COMMAND")
    else:
        writer.line("(say it has no command; exit 1)", *end)


def starts_hup(command: object) -> bool:
    """Whether all that a command does is to start cfn-hup, or to have it started."""
    text = command if isinstance(command, str) else ""
    steps = [step.split() for step in re.split(r"[;\n]|&&|\|\|", text) if step.strip()]
    return bool(steps) and all(map(_starts_hup, steps))


def _starts_hup(words: list[str]) -> bool:
    names = [word.rsplit("/", 1)[-1].removesuffix(".service") for word in words if word != "sudo"]
    return bool(names) and names[0] in STARTERS and "cfn-hup" in names


def _directory(writer: Writer, value: cfn.Value) -> Text:
    """A directory, which may begin with the home of the user."""
    text = writer.text(value)
    first = text[0] if text else ""
    if isinstance(first, str) and (first == "~" or first.startswith("~/")):
        return ('"$HOME"', *quoted(writer.ctx, (first[1:], *text[1:]))) if len(text) > 1 or len(first) > 1 else ('"$HOME"',)
    return quoted(writer.ctx, text)


def _end(writer: Writer, ignore: cfn.Value | None, word: Text) -> Text:
    """What happens when a command fails."""
    found = writer.ctx.constant(ignore)
    ignored: Text = ("say command ", *word, " fails, which is ignored")
    failed: Text = ("fail command ", *word)
    if found is UNKNOWN and ignore is not None:
        return (" || case ", *writer.word(ignore), " in [Tt]rue | yes | 1) ", *ignored, " ;; *) ", *failed, " ;; esac")
    return (" || ", *(ignored if is_true(found) else failed))


def _run(writer: Writer, value: cfn.Value, entries: dict[str, cfn.Value], path: Path, end: Text, label: str) -> None:
    """Run a text by the shell, or a list of words as it stands; env is all of the environment then."""
    env: list[Text] = [("env",)]
    given = entries.get("env")
    if isinstance(given, cfn.Map) and given.entries:
        env = [("env -i",), *(quoted(writer.ctx, (f"{name}=", *writer.text(one))) for name, one in given.entries.items())]
    elif given is not None and not isinstance(given, cfn.Map):
        writer.drop((*path, "env"), COMPUTED, WRITE_OUT, Severity.ERROR)
    if isinstance(value, cfn.Seq):
        words = [*env, *(writer.word(item) for item in value.items)]
        writer.line(*_spaced(words), " < /dev/null", *end)
        return
    text = writer.text(value)
    delimiter, body = here(label, text)
    before = [] if len(env) == 1 else [part for word in env for part in (" ", *word)]
    writer.line(writer.call("shell"), *before, f" {delimiter}", *end)
    writer.parts += body


def _spaced(words: list[Text]) -> list[str]:
    return [part for index, word in enumerate(words) for part in ((" ", *word) if index else word)]  # type: ignore[misc]


# ---- services --------------------------------------------------------------------------------------------------------

TRIGGERS = {"files", "sources", "packages", "commands", "groups", "users"}


def services(writer: Writer, given: cfn.Map, path: Path) -> None:
    """Services by systemd, or by what came before it."""
    for manager, value in given.entries.items():
        if manager in ("sysvinit", "systemd"):
            writer.each(value, (*path, manager), _services)
        elif manager == "windows":
            writer.drop((*path, manager), WINDOWS, WINDOWS_ADVICE, Severity.ERROR)
        else:
            writer.drop((*path, manager), "cfn-init knows no such manager of services.")


def _services(writer: Writer, value: cfn.Value, path: Path) -> None:
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    for name, given in value.entries.items():
        if name.removesuffix(".service") == "cfn-hup":
            writer.drop((*path, name), HUP, HUP_ADVICE)
        else:
            writer.each(given, (*path, name), _service, name)


def _service(writer: Writer, value: cfn.Value, path: Path, name: str) -> None:
    """Enabled first; a service that watches anything is restarted, as all that it may watch has just been made."""
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    known(writer, value, path, {"enabled", "ensureRunning", *TRIGGERS})
    word = writer.word(name)
    writer.line("say service ", *word)
    end: Text = (" ", *word, " || fail service ", *word)
    manage = writer.call("manage")
    _choice(writer, value.entries.get("enabled"), (manage, " enable", *end), (manage, " disable", *end))
    if TRIGGERS & value.entries.keys():
        writer.line(manage, " restart", *end)
    else:
        stop: Text = ("if ", manage, " status ", *word, "; then ", manage, " stop", *end, "; fi")
        _choice(writer, value.entries.get("ensureRunning"), (manage, " start", *end), stop)


def _choice(writer: Writer, value: cfn.Value | None, yes: Text, no: Text) -> None:
    if value is None or isinstance(value, cfn.NoValue):
        return
    found = writer.ctx.constant(value)
    if found is not UNKNOWN:
        writer.line(*(yes if is_true(found) else no))
        return
    with writer.block(("case ", *writer.word(value), " in"), ("esac",)):
        writer.line("[Tt]rue | yes | 1) ", *yes, " ;;")
        writer.line("?*) ", *no, " ;;")


SECTIONS: dict[str, Section] = {
    "packages": packages,
    "groups": groups,
    "users": users,
    "sources": sources,
    "files": files,
    "commands": commands,
    "services": services,
}
"""In cfn-init's order."""
