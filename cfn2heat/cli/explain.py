"""cfn2heat explain: what a diagnostic's code means."""

from __future__ import annotations

import json
import sys
import textwrap

import click

from cfn2heat.codes import CODES


@click.command(epilog="Examples: cfn2heat explain C2H5102; cfn2heat explain --format json")
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
def explain(code: str | None, form: str) -> None:
    """Say what a code means and what to do about it; without a code, list them all."""
    wanted = sorted(CODES) if code is None else [code.upper()]
    if wanted[0] not in CODES:
        click.echo(f"cfn2heat: there is no code {code}; near to it: {', '.join(nearest(wanted[0]))}", err=True)
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


def nearest(code: str) -> list[str]:
    """The three codes whose numbers are nearest."""
    number = int("0" + "".join(filter(str.isdecimal, code.rpartition("H")[2])))
    return sorted(CODES, key=lambda known: (abs(int(known[3:]) - number), known))[:3]
