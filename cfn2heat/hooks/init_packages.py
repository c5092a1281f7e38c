"""What a config of cfn-init puts on the server, as lines of a script: packages, groups, users, sources."""

from __future__ import annotations

import re

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks.init import COMPUTED, WRITE_OUT, Writer
from cfn2heat.hooks.shell import Text, constant, quoted
from cfn2heat.source import Path
from cfn2heat.translate.constants import as_text

WINDOWS = "It is for Windows, and the script is for a POSIX shell."
WINDOWS_ADVICE = "Write it in PowerShell as user data for cloudbase-init."


def known(writer: Writer, given: cfn.Map, path: Path, names: set[str]) -> None:
    """Leave out what cfn-init does not know."""
    for name in given.entries:
        if name not in names:
            writer.drop((*path, name), "cfn-init documents no such key, and the script does nothing for it.")


# ---- packages --------------------------------------------------------------------------------------------------------

MANAGERS = {
    "rpm": ("rpm -U --nosignature --replacepkgs", ""),
    "apt": ("DEBIAN_FRONTEND=noninteractive apt-get -q -y install", "="),
    "yum": ("yum -y install", "-"),
    "zypper": ("zypper --non-interactive install", "="),
    "python": ("PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install", "=="),
    "rubygems": ("gem install --no-document", ":"),
}
"""Package managers in cfn-init's order: how each is called, and what stands between a name and a version."""
OF_AWS = {"aws-cfn-bootstrap"}
"""Packages that bring what the script is there instead of."""


def packages(writer: Writer, given: cfn.Map, path: Path) -> None:
    """All packages of a manager at once; those under a condition by themselves."""
    for manager in given.entries:
        if manager not in MANAGERS:
            of_windows = manager == "msi"
            because = WINDOWS if of_windows else "cfn-init knows no such package manager."
            writer.drop((*path, manager), because, WINDOWS_ADVICE if of_windows else "", Severity.ERROR)
    for manager in MANAGERS:
        if manager in given.entries:
            writer.each(given.entries[manager], (*path, manager), _manager, manager)


def _manager(writer: Writer, value: cfn.Value, path: Path, manager: str) -> None:
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    words: list[Text] = []
    chosen: dict[str, cfn.Value] = {}
    for name, versions in value.entries.items():
        if name in OF_AWS:
            writer.drop((*path, name), "The script does what this package of AWS is for.", severity=Severity.NOTE)
        elif isinstance(versions, cfn.If):
            chosen[name] = versions
        elif not isinstance(versions, cfn.NoValue):
            words += _specified(writer, manager, name, versions)
    _install(writer, manager, words)
    for name, versions in chosen.items():
        writer.each(versions, (*path, name), _one_package, manager, name)


def _one_package(writer: Writer, value: cfn.Value, path: Path, manager: str, name: str) -> None:
    _install(writer, manager, _specified(writer, manager, name, value))


def _specified(writer: Writer, manager: str, name: str, versions: cfn.Value) -> list[Text]:
    """The words that name a package in its versions; of several yum takes the highest."""
    items = versions.items if isinstance(versions, cfn.Seq) else (versions,)
    texts = [writer.text(item) for item in items if not isinstance(item, cfn.NoValue)]
    texts = [text for text in texts if constant(text) != ""]
    if manager == "yum" and len(texts) > 1:
        texts = [max(texts, key=lambda text: _natural(constant(text) or ""))]
    if not texts:
        return [quoted(writer.ctx, (name,))]
    between = MANAGERS[manager][1]
    bare = [text for text in texts if manager == "rpm" or (manager == "python" and as_text(text[0]).startswith("http"))]
    return [quoted(writer.ctx, text if text in bare else (f"{name}{between}", *text)) for text in texts]


def _natural(version: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|\D+", version)]


def _install(writer: Writer, manager: str, words: list[Text]) -> None:
    if words:
        writer.line(f"say packages of {manager}")
        line = [part for word in words for part in (" ", *word)]
        writer.line(MANAGERS[manager][0], *line, f" || fail packages of {manager}")


# ---- groups and users ------------------------------------------------------------------------------------------------


def groups(writer: Writer, given: cfn.Map, path: Path) -> None:
    """Groups that are not there yet."""
    for name in sorted(given.entries):
        writer.each(given.entries[name], (*path, name), _group, name)


def _group(writer: Writer, value: cfn.Value, path: Path, name: str) -> None:
    entries = value.entries if isinstance(value, cfn.Map) else {}
    if isinstance(value, cfn.Map):
        known(writer, value, path, {"gid"})
    word = writer.word(name)
    gid = (" -g ", *writer.word(entries["gid"])) if "gid" in entries else ()
    writer.line("getent group ", *word, " > /dev/null || groupadd -r", *gid, " ", *word, " || fail group ", *word)


def users(writer: Writer, given: cfn.Map, path: Path) -> None:
    """Users without a home of their own making and without a login; those that are there are changed."""
    for name in sorted(given.entries):
        writer.each(given.entries[name], (*path, name), _user, name)


def _user(writer: Writer, value: cfn.Value, path: Path, name: str) -> None:
    if not isinstance(value, cfn.Map):
        writer.drop(path, COMPUTED, WRITE_OUT, Severity.ERROR)
        return
    known(writer, value, path, {"uid", "groups", "homeDir"})
    word, entries = writer.word(name), value.entries
    home = (" -d ", *writer.word(entries["homeDir"])) if "homeDir" in entries else ()
    uid = (" -u ", *writer.word(entries["uid"])) if "uid" in entries else ()
    member_of: Text = ()
    if "groups" in entries:
        listed = entries["groups"]
        joined = cfn.Join(",", listed, listed.span) if isinstance(listed, cfn.Seq) else listed
        member_of = (" -G ", *writer.word(joined))
    create = ("useradd -M -r -s /sbin/nologin", *home, *uid, *member_of, " ", *word)
    if home or member_of:
        writer.line("if id ", *word, " > /dev/null 2>&1; then usermod", *home, *member_of, " ", *word)
        writer.line("else ", *create)
        writer.line("fi || fail user ", *word)
    else:
        writer.line("id ", *word, " > /dev/null 2>&1 || ", *create, " || fail user ", *word)


# ---- sources ---------------------------------------------------------------------------------------------------------


def sources(writer: Writer, given: cfn.Map, path: Path) -> None:
    """Archives, each unpacked into a directory."""
    for name in sorted(given.entries):
        writer.each(given.entries[name], (*path, name), _source, name)


def _source(writer: Writer, value: cfn.Value, path: Path, name: str) -> None:
    directory = writer.word(name)
    writer.line(writer.call("unpack"), " ", *directory, " ", *writer.word(value), " || fail source ", *directory)
