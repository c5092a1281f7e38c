"""The command `cfn2heat`: its subcommands are imported when they are called."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from cfn2heat.diagnostics import InputError

COMMANDS = {
    "check": "cfn2heat.cli.check:check",
    "convert": "cfn2heat.cli.convert:convert",
    "explain": "cfn2heat.cli.explain:explain",
    "mappings": "cfn2heat.cli.mappings:mappings",
}
USAGE, BUG = 2, 70


class LazyGroup(click.Group):
    """Imports the module of a subcommand only when that one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Give the names of the subcommands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cfn2heat")
def cli() -> None:
    """Move workloads from AWS to OpenStack: CloudFormation templates in, Heat templates out."""


def run() -> None:
    """Run the command; what nobody foresaw ends with 70 and a message that says how to report it."""
    try:
        cli()
    except (SystemExit, KeyboardInterrupt):
        raise
    except InputError as error:  # a file that an option names: templates are judged one by one
        click.echo(str(error), err=True)
        sys.exit(USAGE)
    except BaseException as error:
        import os
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        if os.environ.get("CFN2HEAT_TRACEBACK"):
            traceback.print_exc()
        where = f"{os.path.basename(place.filename)}:{place.lineno} ({place.name})"
        click.echo(
            f"cfn2heat: a bug of ours: {type(error).__name__} in {where}: {error}\n"
            "Please report it with the template that brought it up; CFN2HEAT_TRACEBACK=1 shows where it happened.",
            err=True,
        )
        sys.exit(BUG)
