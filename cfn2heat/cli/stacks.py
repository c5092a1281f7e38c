"""cfn2heat status, events, outputs and delete: what became of a stack."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cfn2heat.cli.cloud_call import COMPLETE, FAILED, UNFINISHED, cloud_options, connect, told
from cfn2heat.cli.tellers import End, Teller, teller
from cfn2heat.deploy.cloud import CloudError
from cfn2heat.deploy.deploying import Outcome
from cfn2heat.deploy.deploying import delete as delete_stack
from cfn2heat.deploy.exports import users
from cfn2heat.deploy.failures import failures
from cfn2heat.deploy.follow import Feed, follow
from cfn2heat.deploy.horizon import horizon
from cfn2heat.deploy.outputs import outputs as outputs_of
from cfn2heat.deploy.stack import Stack
from cfn2heat.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

CODES = "2 wrong usage; 4 there is no such stack, or the cloud refuses; 5 the cloud cannot be reached, or takes no login"
STACK = click.argument("stack", metavar="STACK")


@click.command(
    epilog="Examples: cfn2heat status shop --os-cloud mycloud; cfn2heat status shop --format json",
    help="Say how a stack is, by its name or id, and why it failed.\n\n"
    f"Exit status: 0 complete; 1 failed; {CODES}; 6 in progress.",
)
@STACK
@cloud_options
def status(stack: str, os_cloud: str | None, form: str, verbose: bool) -> None:
    """Say how a stack is."""
    voice = teller(form)
    with told(voice, verbose, "Nothing was changed."):
        heat, found = find(os_cloud, stack)
        if not found.complete and not found.in_progress:
            for failure in failures(Feed(heat, found, begun=True).new(ended=True), None):
                voice(failure)
        facts = {"stack": found.name, "id": found.id, "state": found.state, "reason": found.reason}
        facts |= {"created": found.created, "updated": found.updated, "tags": ",".join(found.tags)}
        sentence = f"The stack {found.name} is {found.state}{': ' + found.reason if found.reason else ''}"
        voice(End(sentence, {**facts, "horizon": horizon(heat, found)}))
        sys.exit(ending(found))


@click.command(
    epilog="Examples: cfn2heat events shop --os-cloud mycloud; cfn2heat events shop --follow --format json",
    help="Show what happened in the last action on a stack, nested stacks included.\n\n"
    f"Exit status: 0 shown, or complete with --follow; 1 failed; {CODES}; 130 interrupted.",
)
@STACK
@click.option("--follow", "wait", is_flag=True, help="Go on until Heat is done.")
@cloud_options
def events(stack: str, wait: bool, os_cloud: str | None, form: str, verbose: bool) -> None:
    """Show what happened."""
    voice = teller(form)
    with told(voice, verbose, f"The stack {stack} goes on: the same again follows it."):
        heat, found = find(os_cloud, stack)
        feed = Feed(heat, found, begun=True)
        if not wait:
            for event in feed.new(ended=not found.in_progress):
                voice(event)
            return
        ended, seen = follow(heat, feed, found, {found.action, "ROLLBACK"}, voice, None)
        for failure in failures(seen, None) if not ended.complete else ():
            voice(failure)
        voice(End(f"The stack {ended.name} is {ended.state}.", {"stack": ended.name, "id": ended.id, "state": ended.state}))
        sys.exit(ending(ended))


@click.command(
    epilog="Examples: cfn2heat outputs shop --os-cloud mycloud; cfn2heat outputs shop --format json",
    help="Show the outputs of a stack; what reads a secret is not shown.\n\n" + f"Exit status: 0 shown; {CODES}.",
)
@STACK
@cloud_options
def outputs(stack: str, os_cloud: str | None, form: str, verbose: bool) -> None:
    """Show the outputs of a stack."""
    voice = teller(form)
    with told(voice, verbose, "Nothing was changed."):
        heat, found = find(os_cloud, stack)
        values = outputs_of(heat.look(found, outputs=True), heat.template(found))
        sentence = (
            f"The stack {found.name} has {len(values) or 'no'} output{'s' if len(values) != 1 else ''}{':' if values else '.'}"
        )
        voice(End(sentence, {"stack": found.name, "outputs": values}))


@click.command(
    epilog="Examples: cfn2heat delete shop --os-cloud mycloud; cfn2heat delete net --yes",
    help="Delete a stack and all that it made. When other stacks import what it exports, that is said and asked.\n\n"
    f"Exit status: 0 deleted (with --no-wait: begun); 1 the deletion failed; {CODES}; 130 interrupted.",
)
@STACK
@click.option("--yes", is_flag=True, help="Do not ask, although other stacks import what it exports.")
@click.option("--no-wait", is_flag=True, help="Do not follow: end when Heat has begun.")
@cloud_options
def delete(stack: str, yes: bool, no_wait: bool, os_cloud: str | None, form: str, verbose: bool) -> None:
    """Delete a stack."""
    voice = teller(form)
    with told(voice, verbose, f"If its deletion was begun, it goes on: `cfn2heat status {stack}`."):
        heat, found = find(os_cloud, stack)
        used = list(users(heat, found))
        for use in used:
            message = f"the stack {use.stack} imports {use.name}, which this stack exports"
            voice(Diagnostic("C2H6021", Severity.WARNING, found.name, message, f"delete {use.stack} first"))
        if used and not yes and not agreed(found):
            raise CloudError(
                "C2H6021", found.name, "what it exports is in use; nothing was deleted", "--yes deletes it all the same"
            )
        outcome = delete_stack(heat, found, voice, wait=not no_wait)
        sys.exit(told_end(voice, found, outcome))


def find(os_cloud: str | None, name: str) -> tuple[Heat, Stack]:
    """The stack of this name or id; CloudError when there is none."""
    heat = connect(os_cloud)
    found = heat.find(name)
    if found is None:
        advice = "`openstack stack list` shows the stacks of the project; look at --os-cloud, too"
        raise CloudError("C2H6007", name, "there is no stack of this name", advice)
    return heat, found


def agreed(stack: Stack) -> bool:
    """Whether a person says to go on; nobody does when there is no terminal."""
    return sys.stdin.isatty() and click.confirm(f"Delete {stack.name} all the same?", err=True)


def told_end(voice: Teller, stack: Stack, outcome: Outcome) -> int:
    """Say how the deletion ended; gives the exit status."""
    if outcome.kind == "begun":
        voice(End(f"Heat deletes the stack {stack.name}.", {"outcome": "begun", "stack": stack.name, "id": stack.id}))
        return COMPLETE
    ended = outcome.stack or stack
    facts = {"outcome": "deleted", "stack": ended.name, "id": ended.id, "state": ended.state, "reason": ended.reason}
    if ended.complete:
        voice(End(f"The stack {ended.name} is deleted.", facts))
        return COMPLETE
    for failure in failures(outcome.events, None):
        voice(failure)
    voice(End(f"The stack {ended.name} could not be deleted: {ended.state}: {ended.reason}", facts))
    return FAILED


def ending(stack: Stack) -> int:
    """The exit status that says how a stack is."""
    return UNFINISHED if stack.in_progress else COMPLETE if stack.complete else FAILED
