"""What the commands that talk to a cloud have in common: their options, how they end, and with which exit status."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cfn2heat.cli.output import WrongUsage
from cfn2heat.cli.tellers import Teller
from cfn2heat.deploy.cloud import CloudError
from cfn2heat.deploy.follow import Note, TimeIsUp
from cfn2heat.deploy.launch import Unready
from cfn2heat.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

COMPLETE, FAILED, USAGE, UNREADABLE, REFUSED, UNREACHED, UNFINISHED, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
NO_WAY = {"C2H6001", "C2H6002", "C2H6003", "C2H6008", "C2H6009"}
STATUSES = (
    "2 wrong usage, or a value lacks; 3 a file could not be read; 4 the cloud lacks something or refuses; "
    "5 the cloud cannot be reached, or takes no login; 6 Heat is still at it; 130 interrupted; 70 a bug of ours."
)


def cloud_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that all of them have."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Show each request to the cloud, without what is in it."),
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="For people, or a JSON object a line for programs.",
        ),
        click.option(
            "--os-cloud", metavar="NAME", help="Cloud of clouds.yaml; otherwise OS_CLOUD or the OS_* variables say which."
        ),
    ):
        command = option(command)
    return command


def connect(os_cloud: str | None) -> Heat:
    """The stacks of a cloud; the libraries that talk to it are loaded only now."""
    from cfn2heat.deploy.heat import Heat

    return Heat.of(os_cloud)


@contextmanager
def told(teller: Teller, verbose: bool, go_on: str) -> Iterator[None]:
    """End a command with its exit status whatever happens; go_on says what to do after an interruption."""
    if verbose:
        show_requests()
    try:
        yield
    except CloudError as error:
        leave(teller, [error.diagnostic], UNREACHED if error.diagnostic.code in NO_WAY else REFUSED)
    except Unready as error:
        leave(teller, error.diagnostics, REFUSED if error.in_cloud else USAGE)
    except WrongUsage as wrong:
        raise click.BadParameter(str(wrong), param_hint=wrong.option) from None
    except InputError as error:
        leave(teller, [error.diagnostic], UNREADABLE)
    except TimeIsUp:
        teller(Note(f"The time is up, and Heat is still at it. {go_on}"))
        sys.exit(UNFINISHED)
    except KeyboardInterrupt:
        teller(Note(f"Interrupted. {go_on}"))
        sys.exit(INTERRUPTED)


def leave(teller: Teller, diagnostics: list[Diagnostic], status: int) -> None:
    """Say why, and end."""
    for diagnostic in diagnostics:
        teller(diagnostic)
    sys.exit(status)


def show_requests() -> None:
    """Write method, address and status of each request to stderr: urllib3 knows these and nothing of what is sent."""
    handler: logging.StreamHandler[Any] = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
