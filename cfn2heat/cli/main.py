"""The command `cfn2heat`: its subcommands are imported when they are called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "check": "cfn2heat.cli.check:check",
    "convert": "cfn2heat.cli.convert_command:convert",
    "delete": "cfn2heat.cli.stacks:delete",
    "deploy": "cfn2heat.cli.deploy:deploy",
    "events": "cfn2heat.cli.stacks:events",
    "explain": "cfn2heat.cli.explain:explain",
    "images": "cfn2heat.cli.images:images",
    "mappings": "cfn2heat.cli.mappings:mappings",
    "outputs": "cfn2heat.cli.stacks:outputs",
    "site": "cfn2heat.cli.site:site",
    "status": "cfn2heat.cli.stacks:status",
}


class LazyGroup(click.Group):
    """Imports the module of a subcommand only when that one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of the subcommands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples: cfn2heat convert stack.json > stack.hot.yaml; cfn2heat check stack.hot.yaml; cfn2heat explain C2H3002",
)
@click.version_option(package_name="cfn2heat")
def cli() -> None:
    """Move workloads from AWS to OpenStack: CloudFormation templates in, Heat templates out."""
