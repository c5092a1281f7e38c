"""Processes of OpenStack services made by fork: what nearly all of them import is imported once.

Runs in the cloud's environment. A service spends a second or two in imports, and there are fifty of them.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

# Neither these nor what they import may choose a concurrency model: each service chooses its own.
SHARED = (
    "alembic.command",
    "jsonschema",
    "keystoneauth1.identity",
    "keystoneauth1.loading",
    "oslo_config.cfg",
    "oslo_context.context",
    "oslo_db.options",
    "oslo_log.log",
    "oslo_policy.policy",
    "oslo_serialization.jsonutils",
    "oslo_utils.timeutils",
    "paste.deploy",
    "pymysql",
    "requests",
    "sqlalchemy.orm",
    "stevedore.extension",
    "webob",
    "yaml",
)


MEMORY = 4 << 30  # a template can make Heat's engine take all there is: then the stack fails, not the machine


def warm() -> None:
    """Import what nearly all services import."""
    for name in SHARED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def hatch(log: Path, work: Callable[[], None]) -> int:
    """Do this work in a process and session of its own, its output in a log; the process's number."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.setsid()
        _redirect(log)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        work()
        status = 0
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - the process ends here in any case, and its log must say why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def finish(log: Path, work: Callable[[], None]) -> None:
    """Do this work in a process of its own, and wait; a failure ends us and names the log."""
    _, status = os.waitpid(hatch(log, work), 0)
    if status:
        sys.exit(f"ended with status {os.waitstatus_to_exitcode(status)}: {log}")


def call(target: str, arguments: Sequence[str], name: str = "") -> None:
    """Run "package.module:callable" as its console script would."""
    module, _, function = target.partition(":")
    sys.argv = [name or module, *arguments]
    sys.exit(getattr(importlib.import_module(module), function)())


def _redirect(log: Path) -> None:
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        target = os.open(os.devnull if number == 0 else log, flags | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(target, number)
        os.close(target)
