"""cfn2heat deploy: a template becomes a stack."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfn2heat.cli.cloud_call import COMPLETE, FAILED, STATUSES, USAGE, cloud_options, connect, leave, told
from cfn2heat.cli.convert import VERSIONS, pairs, version_for
from cfn2heat.cli.output import visible
from cfn2heat.cli.tellers import End, Teller, teller, value_text
from cfn2heat.deploy.bundle import Bundle, Parameter
from cfn2heat.deploy.deploying import Outcome, Wish
from cfn2heat.deploy.launch import launch, values_of
from cfn2heat.deploy.parameters import check_given, from_variables, read_values, secrets
from cfn2heat.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

PATH = click.Path(path_type=Path, dir_okay=False)
SENTENCES = {
    "created": "The stack {name} is created: {state}.",
    "updated": "The stack {name} is updated: {state}.",
    "unchanged": "The stack {name} is as it should be: no change.",
    "previewed": "Nothing was changed: this was a preview.",
    "begun": "Heat is at it; `cfn2heat events {name} --follow` shows how it goes.",
}


@click.command(
    epilog="Examples: cfn2heat deploy shop.yaml --os-cloud mycloud --site site.yaml; "
    "cfn2heat deploy build/shop/shop.yaml -e build/shop/shop.env.yaml --dry-run; "
    "CFN2HEAT_PARAM_DbPassword=... cfn2heat deploy shop.yaml --parameter Size=3 --format json"
)
@click.argument("template", type=PATH)
@click.option("--stack-name", metavar="N", help="Name of the stack; otherwise the template's.")
@click.option("--parameter", "parameters", multiple=True, metavar="K=V", help="A value; not for secrets.")
@click.option("--parameter-file", "files", multiple=True, type=PATH, help="Values as a YAML or JSON map, or as AWS writes them.")
@click.option("-e", "--environment", "environments", multiple=True, type=PATH, help="Heat environment file with parameters.")
@click.option("--site", "site_file", type=PATH, help="Facts of the cloud, for the conversion.")
@click.option("--template-dir", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Folder of nested templates.")
@click.option("--region", help="Fix the AWS region for the conversion.")
@click.option("--heat-version", type=click.Choice(VERSIONS), help="Version of the converted template, if not what the site says.")
@click.option("--accept-losses", is_flag=True, help="Deploy although the conversion lost what a person must mend.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--update", is_flag=True, help="Only update: a stack of this name, whoever made it.")
@click.option("--no-wait", is_flag=True, help="Do not follow: end when Heat has taken it.")
@click.option("--timeout", type=click.IntRange(1), metavar="S", help="Seconds after which Heat gives up, in whole minutes.")
@click.option("--rollback", is_flag=True, help="On failure undo what was done; otherwise it stays, to be looked at.")
@click.option("--tags", multiple=True, metavar="T", help="Tags of the stack, with commas between.")
@cloud_options
def deploy(template: Path, os_cloud: str | None, form: str, verbose: bool, **wishes: Any) -> None:
    """Deploy a CloudFormation template, which is converted first, or a Heat template.

    Creates the stack, or updates the one that it made before, and follows until Heat is done. Run again, it goes on where it was.

    Exit status: 0 complete (with --no-wait: begun); 1 the stack failed, or the conversion lost what a person must mend;
    """
    name = wishes["stack_name"] or stack_name(template)
    voice = teller(form)
    go_on = f"If it was begun, the stack {name} goes on without us: run the same again, or `cfn2heat events {name} --follow`."
    with told(voice, verbose, go_on):
        wishes["sources"] = value_sources(wishes)
        bundle, found = bundled(template, wishes)
        wish = wished(name, bundle, wishes)
        voice.hide(secrets(bundle.parameters(), wish.values))
        wrong = check_given(wishes["sources"][-1], bundle.parameters())
        if wrong:
            leave(voice, wrong, USAGE)
        for diagnostic in (*found, *unknown(bundle, wishes)):
            if diagnostic.severity > Severity.NOTE or verbose:
                voice(diagnostic)
        if any(one.severity is Severity.ERROR for one in found) and not wishes["accept_losses"]:
            leave(voice, [losses(name)], FAILED)
        heat = connect(os_cloud)
        outcome = launch(heat, wish, prompt(voice), voice)
        sys.exit(told_end(voice, heat, wish, outcome))


deploy.help = f"{deploy.help} {STATUSES}"


def losses(name: str) -> Diagnostic:
    """What is said when a conversion lost too much to go on by itself."""
    message = "the conversion lost what a person must mend, as said above; nothing was begun"
    return Diagnostic(
        "C2H6020", Severity.ERROR, name, message, "mend the converted template and deploy that, or go on with --accept-losses"
    )


def stack_name(template: Path) -> str:
    """A stack's name after its template, as Heat takes names."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", template.name.split(".", 1)[0]).strip("-")
    return name if name[:1].isalpha() else f"stack-{name}"


def bundled(template: Path, wishes: dict[str, Any]) -> tuple[Bundle, list[Diagnostic]]:
    """What is to be deployed, what its conversion says, and what is wrong with the values that were given."""
    from cfn2heat.api import Settings
    from cfn2heat.deployable import bundle
    from cfn2heat.table.loader import load_table
    from cfn2heat.table.site import EMPTY_SITE, read_site

    table = load_table()
    site = read_site(wishes["site_file"], table) if wishes["site_file"] else EMPTY_SITE
    version = wishes["heat_version"] or version_for(site)
    given = {name: value_text(value) for source in wishes["sources"] for name, value in source.items()}
    return bundle(template, Settings(table, site, wishes["template_dir"], wishes["region"], given, version))


def value_sources(wishes: dict[str, Any]) -> list[dict[str, Any]]:
    """Where values come from, the later ones over the earlier."""
    files = [read_values(path) for path in (*wishes["environments"], *wishes["files"])]
    return [*files, from_variables(os.environ), pairs(wishes["parameters"])]


def unknown(bundle: Bundle, wishes: dict[str, Any]) -> list[Diagnostic]:
    """Warnings of values in files that no parameter takes."""
    parameters = bundle.parameters()
    names = dict.fromkeys(name for source in wishes["sources"][:-2] for name in source if name not in parameters)
    message = "the template has no such parameter: the value is not used"
    return [Diagnostic("C2H5302", Severity.WARNING, name, message, "look at the spelling") for name in names]


def wished(name: str, bundle: Bundle, wishes: dict[str, Any]) -> Wish:
    """The wish as the options say it."""
    tags = tuple(tag.strip() for text in wishes["tags"] for tag in text.split(",") if tag.strip())
    return Wish(
        name,
        bundle,
        values_of(bundle, *wishes["sources"]),
        tags=tags,
        timeout=wishes["timeout"],
        rollback=wishes["rollback"],
        update=wishes["update"],
        dry_run=wishes["dry_run"],
        wait=not wishes["no_wait"],
    )


def prompt(voice: Teller) -> Callable[[Parameter], str | None]:
    """Asks for a secret on a terminal, and lets the teller know what must not be shown."""

    def ask(parameter: Parameter) -> str | None:
        if not prompted():
            return None
        said = f" ({visible(parameter.description)})" if parameter.description else ""
        answer: str = click.prompt(f"{parameter.name}{said}", hide_input=True, err=True)
        voice.hide([answer])
        return answer

    return ask


def prompted() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def told_end(voice: Teller, heat: Heat, wish: Wish, outcome: Outcome) -> int:
    """Say how it ended; gives the exit status."""
    from cfn2heat.deploy.failures import failures
    from cfn2heat.deploy.horizon import horizon
    from cfn2heat.deploy.outputs import outputs

    stack = outcome.stack
    facts: dict[str, Any] = {"outcome": outcome.kind, "stack": wish.name}
    if stack is not None and outcome.kind != "previewed":
        facts |= {"id": stack.id, "state": stack.state, "reason": stack.reason, "horizon": horizon(heat, stack)}
    if stack is None or outcome.complete:
        values = outputs(stack, wish.bundle.template) if stack is not None else {}
        sentence = SENTENCES[outcome.kind].format(name=wish.name, state=facts.get("state"))
        voice(End(sentence, {**facts, "outputs": values}))
        return COMPLETE
    for failure in failures(outcome.events, wish.bundle):
        voice(failure)
    how = "failed, and was rolled back" if stack.action == "ROLLBACK" else f"failed: {stack.state}"
    voice(End(f"The stack {wish.name} {how}: {stack.reason}", facts))
    return FAILED
