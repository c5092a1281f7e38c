"""External programs: argv lists under a time limit, a small environment and resource limits; what they say is kept in a log."""

from __future__ import annotations

import ctypes
import os
import resource
import selectors
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cfn2heat.images.refusal import refusal
from cfn2heat.record import record

_LIBC = ctypes.CDLL(None)  # loaded here, for a child must not load anything between fork and exec
_PR_SET_PDEATHSIG = 1
_PASSED_ON = (
    "PATH",
    "HOME",
    "SSH_AUTH_SOCK",
    "TMPDIR",
    "LIBGUESTFS_BACKEND",
    "LIBGUESTFS_BACKEND_SETTINGS",
    "LIBGUESTFS_CACHEDIR",
    "LIBGUESTFS_MEMSIZE",
    "LIBGUESTFS_PATH",
    "LIBGUESTFS_TMPDIR",
    "SUPERMIN_KERNEL",
    "SUPERMIN_MODULES",
    "VIRT_TOOLS_DATA_DIR",
    "VIRTIO_WIN",
)
PACKAGES = {
    "guestfish": "libguestfs-tools",
    "hivexregedit": "libwin-hivex-perl",
    "nbdkit": "nbdkit",
    "qemu-img": "qemu-utils",
    "ssh": "openssh-client",
    "virt-customize": "libguestfs-tools",
    "virt-inspector": "libguestfs-tools",
    "virt-v2v": "virt-v2v",
    "virt-v2v-in-place": "virt-v2v",
    "virt-win-reg": "libguestfs-tools",
}
"""Each program with the Debian packages that bring it."""


@record
class Limits:
    """What a program may use: seconds by the clock and of processor time, bytes of memory, of a file, of words (0: no bound)."""

    seconds: int
    cpu: int = 0
    memory: int = 0
    file: int = 0
    output: int = 0


@record
class Result:
    """What a program that ended well or badly has left."""

    status: int
    output: str
    errors: str


def lacking(programs: tuple[str, ...]) -> list[str]:
    """Which of these programs the machine does not have."""
    return [program for program in programs if shutil.which(program) is None]


def require(programs: tuple[str, ...]) -> None:
    """Refuse to start when programs are lacking: all of them in one message, with the command that installs them."""
    missing = lacking(programs)
    if missing:
        packages = " ".join(dict.fromkeys(" ".join(PACKAGES[program] for program in missing).split()))
        advice = f"on Debian or Ubuntu: apt install --no-install-recommends {packages}"
        raise refusal("C2H7040", "this machine", f"it lacks {', '.join(missing)}", advice)


def run(
    argv: list[str],
    limits: Limits,
    *,
    log: Path | None = None,
    environment: dict[str, str] | None = None,
    watch: Callable[[bytes], None] | None = None,
    stdin: str = "",
) -> Result:
    """Run a program to its end, or stop it when it takes too long; watch gets its standard output in pieces as they come."""
    require(tuple(program for program in argv[:1] if program in PACKAGES))
    process = subprocess.Popen(  # noqa: S603  a list, never a shell; what comes from outside in it is a path or a format's name
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(environment or {}),
        preexec_fn=lambda: _limit(limits),  # noqa: PLW1509  this program has no threads when it starts others
        start_new_session=True,
    )
    kept: tuple[list[bytes], list[bytes]] = ([], [])
    try:
        in_time = _talk(process, limits, stdin, watch, kept)
    finally:
        _end(process)
        output, errors = (b"".join(pieces).decode("utf-8", "replace") for pieces in kept)
        result = Result(process.returncode, output, errors)
        if log is not None:
            _record(log, argv, result)
    if not in_time:
        advice = f"all that it said stands in {log}" if log is not None else ""
        raise refusal("C2H7042", argv[0], f"it has not ended after {limits.seconds} s and was stopped", advice)
    return result


def run_well(
    argv: list[str],
    limits: Limits,
    *,
    log: Path | None = None,
    environment: dict[str, str] | None = None,
    watch: Callable[[bytes], None] | None = None,
    stdin: str = "",
) -> Result:
    """Run a program that must succeed; its last words are part of the refusal when it does not."""
    result = run(argv, limits, log=log, environment=environment, watch=watch, stdin=stdin)
    if result.status != 0:
        kept = f"all that it said stands in {log}" if log is not None else ""
        raise refusal("C2H7041", argv[0], f"it ended with {result.status}: {last_words(result)}", kept)
    return result


def last_words(result: Result) -> str:
    """The last line that a program said about what went wrong."""
    lines = [line.strip() for line in (result.errors or result.output).splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _environment(more: dict[str, str]) -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"PATH": os.defpath, **passed, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **more}


def dies_with_its_parent() -> None:
    """What a child asks of Linux: that it is killed when this process is gone, however that ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(limits: Limits) -> None:
    """What the child does to itself before it becomes the program."""
    dies_with_its_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.cpu:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu))
    if limits.memory:
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    if limits.file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file, limits.file))


def _talk(
    process: subprocess.Popen[bytes],
    limits: Limits,
    stdin: str,
    watch: Callable[[bytes], None] | None,
    kept: tuple[list[bytes], list[bytes]],
) -> bool:
    """Keep both streams as they come, until the program has ended (True) or its time is up."""
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with suppress(BrokenPipeError):  # it has ended already: its status says why
        process.stdin.write(stdin.encode())
        process.stdin.close()
    end, said = time.monotonic() + limits.seconds, 0
    with selectors.DefaultSelector() as selector:
        for stream, pieces in zip((process.stdout, process.stderr), kept, strict=True):
            selector.register(stream, selectors.EVENT_READ, pieces)
        while selector.get_map():
            if time.monotonic() > end:
                return False
            for key, _ in selector.select(timeout=0.5):
                piece = os.read(key.fd, 65536)
                key.data.append(piece)
                said += len(piece)
                if limits.output and said > limits.output:
                    raise refusal("C2H7043", str(process.args[0]), f"it says more than {limits.output >> 20} MiB and was stopped")  # type: ignore[index]
                if not piece:
                    selector.unregister(key.fileobj)
                elif watch is not None and key.data is kept[0]:
                    watch(piece)
    try:
        process.wait(timeout=max(1, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a program and all that it started, when it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None and not stream.closed:
            stream.close()


def _record(log: Path, argv: list[str], result: Result) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {shlex.join(argv)}\n{result.output}{result.errors}[status {result.status}]\n")
