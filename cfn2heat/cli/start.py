"""The entry of the command: a plain call of `convert` is served without click, all else by click.

Importing click takes a third of what a small template takes as a whole process. So the commonest calls are read here: one
template that is a file, and options in the spellings below. Whatever is not exactly so (help, other commands, several templates,
`--output=FILE`, mistakes) is left to click, which also tells what is wrong: the reading here never complains.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from cfn2heat.cli.output import WrongUsage
from cfn2heat.diagnostics import InputError

FLAGS = {"-q": "quiet", "--quiet": "quiet", "--strict": "strict"}
PATHS = {
    "-o": "output",
    "--output": "output",
    "-d": "directory",
    "--directory": "directory",
    "--site": "site_file",
    "--report": "report",
}
ABORTED, USAGE, BUG = 1, 2, 70


def plain_call(arguments: list[str]) -> dict[str, Any] | None:
    """What a plain call of `convert` asks for, by the names of convert's arguments; None when click must read it."""
    if arguments[:1] != ["convert"]:
        return None
    wishes: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        value: Path | bool | None
        if argument in FLAGS:
            name, value = FLAGS[argument], True
        elif argument in PATHS:
            name, value = PATHS[argument], _path(next(rest, ""))
        else:
            name, value = "templates", _path(argument)
        if value is None or name in wishes:
            return None
        wishes[name] = value
    if "templates" not in wishes or wishes["templates"].is_dir():
        return None
    wishes["templates"] = (wishes["templates"],)
    return wishes


def _path(text: str) -> Path | None:
    return None if not text or text.startswith("-") else Path(text)


def run() -> None:
    """Run the command; what nobody foresaw ends with 70 and a message that says how to report it."""
    try:
        serve(sys.argv[1:])
    except SystemExit:
        raise
    except KeyboardInterrupt:
        say("Aborted!")
        sys.exit(ABORTED)
    except BrokenPipeError:  # the reader has gone: what is still buffered must not raise again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ABORTED)
    except InputError as error:  # a file that an option names: templates are judged one by one
        say(str(error))
        sys.exit(USAGE)
    except BaseException as error:
        say(bug(error))
        sys.exit(BUG)


def serve(arguments: list[str]) -> None:
    """Serve a plain call, or let click do it; wrong usage is left to click before anything is written."""
    wishes = plain_call(arguments)
    if wishes is not None:
        from cfn2heat.cli.convert import convert

        with suppress(WrongUsage):  # click meets it again and tells it in its own way
            sys.exit(convert(**wishes))
    from cfn2heat.cli.main import cli

    cli(arguments, prog_name="cfn2heat")


def say(text: str) -> None:
    """One message for people."""
    if sys.stderr is not None:
        print(text, file=sys.stderr)


def bug(error: BaseException) -> str:
    """What is said of an error that nobody foresaw."""
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    if os.environ.get("CFN2HEAT_TRACEBACK"):
        traceback.print_exception(error)
    where = f"{os.path.basename(place.filename)}:{place.lineno} ({place.name})"
    return (
        f"cfn2heat: a bug of ours: {type(error).__name__} in {where}: {error}\n"
        "Please report it with the template that brought it up; CFN2HEAT_TRACEBACK=1 shows where it happened."
    )
