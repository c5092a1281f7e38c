"""A live server over one ssh connection: its key must be known, the script goes in by standard input, the answer is bounded."""

from __future__ import annotations

import os
import re
from pathlib import Path
from secrets import token_hex

from cfn2heat.diagnostics import InputError
from cfn2heat.images.guest import sections
from cfn2heat.images.refusal import refusal
from cfn2heat.images.survey import Inventory, survey
from cfn2heat.images.tools import Limits, Result, run
from cfn2heat.record import record

LARGEST_ANSWER = 32 << 20
"""Bytes: some thousand packages make 200 KiB, archived files at most 26 MiB."""
_LIMITS = Limits(seconds=600, output=LARGEST_ANSWER)
_ADDRESS = re.compile(
    r"ssh://(?P<user>[A-Za-z0-9_][\w.-]*)@(?P<host>[A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?/?"
)
_OPTIONS = (
    *("BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "VerifyHostKeyDNS=no", "CheckHostIP=no"),
    *("ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no", "Tunnel=no", "SendEnv=-*"),
    *("ControlMaster=no", "ControlPath=none", "ConnectTimeout=20", "ServerAliveInterval=15", "ServerAliveCountMax=4"),
    *("LogLevel=ERROR", "EscapeChar=none", "RequestTTY=no"),
)
_COMMAND = (
    """sh -c 'if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then exec sudo -n sh -s live; else exec sh -s live; fi'"""
)


@record
class Server:
    """Where a live server is, and how it is reached."""

    user: str
    host: str
    port: int
    identity: Path | None = None
    known_hosts: Path | None = None

    @property
    def known_as(self) -> str:
        """What known_hosts calls it."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"

    @property
    def address(self) -> str:
        """The address as a user gives it."""
        return f"ssh://{self.user}@{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def read_address(text: str, identity: Path | None, known_hosts: Path | None) -> Server:
    """The server of an ssh:// address; a password has no place in one."""
    found = _ADDRESS.fullmatch(text)
    port = int(found["port"] or 22) if found else 0
    if found is None or not 0 < port < 65536:
        shown = re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:***@", text)
        raise refusal(
            "C2H7090", shown, "it is no address of a server", "write ssh://user@host or ssh://user@host:port, no password"
        )
    return Server(found["user"], found["host"].strip("[]"), port, identity, known_hosts)


def ssh_argv(server: Server) -> list[str]:
    """The whole command; nothing in it is read by a shell here."""
    options = [*_OPTIONS]
    if server.known_hosts is not None:
        options += [f"UserKnownHostsFile={_quoted(server.known_hosts)}", "GlobalKnownHostsFile=/dev/null"]
    argv = ["ssh", "-T", "-a", "-x", *(word for option in options for word in ("-o", option))]
    if server.identity is not None:
        argv += ["-o", "IdentitiesOnly=yes", "-i", os.path.abspath(server.identity)]
    return [*argv, "-l", server.user, "-p", str(server.port), "--", server.host, _COMMAND]


def _quoted(path: Path) -> str:
    """A path as ssh's configuration takes it, whatever stands in it but for quotes."""
    text = os.path.abspath(path)
    if re.search(r'["\x00-\x1f$]', text):
        raise refusal("C2H7090", text, "ssh takes no path with quotes or dollars for its known hosts", "choose another name")
    return '"' + text.replace("\\", "\\\\").replace("%", "%%") + '"'


def take_inventory(server: Server) -> Inventory:
    """Ask a live server what is on it."""
    mark = f"@@{token_hex(8)} "
    result = run(ssh_argv(server), _LIMITS, stdin=probe(mark))
    if result.status != 0:
        raise _failure(server, result)
    shown = sections(result.output, mark)
    if "end" not in shown:
        advice = "log in, and see whether `sh -s` runs there without saying anything else"
        raise refusal("C2H7091", server.address, "its answer breaks off or is none of our script", advice)
    return survey(shown, server.address)


def probe(mark: str) -> str:
    """The script, with a mark of this call."""
    return (Path(__file__).parent / "scripts" / "probe.sh").read_text(encoding="utf-8").replace("@@mark@@", mark)


def _failure(server: Server, result: Result) -> InputError:
    """Why there is no answer, from the last words of ssh."""
    where = server.known_hosts or Path("~/.ssh/known_hosts")
    if "HOST IDENTIFICATION HAS CHANGED" in result.errors:
        message = f"its host key is not the one in {where}: it may be another machine, or one in between"
        advice = f"compare fingerprints on its console; only when it was rebuilt: ssh-keygen -R '{server.known_as}' -f {where}"
        return refusal("C2H7094", server.address, message, advice)
    if "Host key verification failed" in result.errors:
        message = f"its host key is not in {where}"
        port = f" -p {server.port}" if server.port != 22 else ""
        advice = (
            "get its fingerprint over another way (aws ec2 get-console-output), then log in once and compare: "
            f"ssh{port} {server.user}@{server.host}"
        )
        return refusal("C2H7093", server.address, message, advice)
    lines = [line.strip() for line in result.errors[-2000:].splitlines() if line.strip()]
    message = f"ssh ended with {result.status}: {lines[-1][:300] if lines else 'it said nothing'}"
    advice = "try the same address with ssh; nobody is asked for passwords here: use a key or an agent"
    return refusal("C2H7091", server.address, message, advice)
