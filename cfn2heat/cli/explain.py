"""cfn2heat explain: what a diagnostic's code means."""

from __future__ import annotations

import json
import sys
import textwrap
from difflib import get_close_matches

import click

from cfn2heat.codes import CODES


@click.command(epilog="Examples: cfn2heat explain C2H5102; cfn2heat explain --format json")
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
def explain(code: str | None, form: str) -> None:
    """Say what a code means and what to do about it; without a code, list them all."""
    wanted = sorted(CODES) if code is None else [code.upper()]
    if wanted[0] not in CODES:
        near = get_close_matches(wanted[0], CODES, 3)
        hint = f"; near to it: {', '.join(near)}" if near else ""
        click.echo(f"cfn2heat: there is no code {code}{hint}", err=True)
        sys.exit(2)
    if form == "json":
        found = [{"code": name, "title": CODES[name][0], "text": CODES[name][1]} for name in wanted]
        click.echo(json.dumps(found if code is None else found[0], indent=2))
    elif code is None:
        for name in wanted:
            click.echo(f"{name}  {CODES[name][0]}")
    else:
        title, text = CODES[wanted[0]]
        click.echo(f"{wanted[0]}: {title}\n\n{textwrap.fill(text, 96)}")
