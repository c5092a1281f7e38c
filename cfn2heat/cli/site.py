"""cfn2heat site: what a cloud has, written as a site file, and what a template lacks there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfn2heat.cli.cloud_call import cloud_options, told
from cfn2heat.cli.tellers import End, Teller, teller
from cfn2heat.deploy.cloud import connect

if TYPE_CHECKING:
    from cfn2heat.api import Settings
    from cfn2heat.deploy.bundle import Bundle
    from cfn2heat.deploy.needs import Needs
    from cfn2heat.deploy.survey import Survey
    from cfn2heat.diagnostics import Diagnostic
    from cfn2heat.table.site_facts import Wanted

FINE, LACKS = 0, 1
STATUSES = (
    "2 wrong usage; 3 a file could not be read; 4 the cloud refuses; 5 the cloud cannot be reached, or takes no login; "
    "130 interrupted; 70 a bug of ours."
)
PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group(
    epilog="Examples: cfn2heat site init --os-cloud mycloud -o site.yaml; cfn2heat site check stack.yaml --site site.yaml"
)
def site() -> None:
    """Facts of the target cloud: read them into a site file, hold templates against them."""


# ---- init -------------------------------------------------------------------------------------------------------------


@site.command(
    epilog="Examples: cfn2heat site init --os-cloud mycloud -o site.yaml; "
    "cfn2heat site init --os-cloud mycloud --template shop.yaml --template wiki.json > site.yaml",
    help="Read a cloud and write its site file: flavors by size, images by name, networks, zones, volume types, services.\n\n"
    f"Look it over: what stands behind # is for you to decide.\n\nExit status: 0 written; {STATUSES}",
)
@click.option("-o", "--output", type=PATH, help="Write to this file, which must not exist yet; otherwise to standard output.")
@click.option("--template", "templates", multiple=True, type=PATH, help="List only what this CloudFormation template asks for.")
@click.option("--template-dir", type=FOLDER, help="Folder of nested templates.")
@cloud_options
def init(
    output: Path | None, templates: tuple[Path, ...], template_dir: Path | None, os_cloud: str | None, form: str, verbose: bool
) -> None:
    """Read a cloud and write its site file."""
    from cfn2heat.cli.output import UnwritableError, write_all
    from cfn2heat.table.loader import load_table
    from cfn2heat.table.site_facts import site_facts
    from cfn2heat.table.site_file import write_site

    voice = teller(form)
    with told(voice, verbose, "Nothing was written."):
        if output is not None and output.exists():
            raise click.BadParameter(f"{output} exists; name another file, and take over from it what you need", param_hint="-o")
        table = load_table()
        wanted = asked(templates, template_dir) if templates else None
        found = read(os_cloud, None, voice)
        text = write_site(heading(found, templates), site_facts(table, found, wanted))
        if output is None:
            click.echo(text, nl=False)
            return
        try:
            write_all({output: text})
        except UnwritableError as error:
            raise click.BadParameter(str(error), param_hint="-o") from None
        sentence = f"{output} says what this cloud has. Look it over, then: cfn2heat convert TEMPLATE --site {output} -d heat/"
        voice(End(sentence, {"file": str(output)}))


def heading(found: Survey, templates: tuple[Path, ...]) -> list[str]:
    """What stands on top of the file."""
    from cfn2heat.deploy.survey import ABSENT

    project = found.user.get("project")
    of = f", as its project {project} sees it" if project else ""
    lines = [f"The target cloud{of}. What stands behind # is for you to decide."]
    if templates:
        lines.append(f"It holds what {', '.join(path.name for path in templates)} ask{'s' if len(templates) == 1 else ''} for.")
    unread = [f"{what} ({reason})" for what, reason in sorted(found.unread.items()) if reason != ABSENT]
    if unread:
        lines.append(f"This could not be read: {', '.join(unread)}.")
    return lines


def asked(templates: tuple[Path, ...], template_dir: Path | None) -> Wanted:
    """What templates ask of a site; InputError when one cannot be read."""
    from cfn2heat.api import Conversion, Settings
    from cfn2heat.diagnostics import InputError
    from cfn2heat.table.loader import load_table
    from cfn2heat.translate.asked import wanted

    conversion = Conversion(Settings(load_table(), template_dir=template_dir))
    results = [result for path in templates for result in conversion.convert(path)]
    for result in results:
        if not result.converted:
            last = result.diagnostics[-1]
            raise InputError(last.code, last.message, last.span)
    return wanted(result.translation for result in results if result.translation is not None)


# ---- check ------------------------------------------------------------------------------------------------------------


@site.command(
    epilog="Examples: cfn2heat site check shop.yaml --os-cloud mycloud --site site.yaml; "
    "cfn2heat site check heat/shop.yaml -e heat/shop.env.yaml --format json",
    help="Say what templates, CloudFormation or Heat, need and a cloud lacks: images, flavors, networks, key pairs, zones, "
    f"volume types, services, quotas. Nothing is created.\n\nExit status: 0 nothing lacks; 1 something lacks; {STATUSES}",
)
@click.argument("templates", nargs=-1, required=True, type=PATH, metavar="TEMPLATE...")
@click.option("--site", "site_file", type=PATH, help="Facts of the cloud, for the conversion.")
@click.option("-e", "--environment", "environments", multiple=True, type=PATH, help="Heat environment file with parameters.")
@click.option("--parameter", "parameters", multiple=True, metavar="K=V", help="A parameter's value.")
@click.option("--template-dir", type=FOLDER, help="Folder of nested templates.")
@cloud_options
def check(templates: tuple[Path, ...], os_cloud: str | None, form: str, verbose: bool, **wishes: Any) -> None:
    """Say what templates need and a cloud lacks."""
    from cfn2heat.deploy.needs import needs
    from cfn2heat.deploy.parameters import secrets
    from cfn2heat.deploy.preflight import lacks

    voice = teller(form)
    with told(voice, verbose, "Nothing was changed."):
        values = given(wishes)
        bundles = [read_template(path, settings(wishes, values)) for path in templates]
        for one in bundles:
            voice.hide(secrets(one.parameters(), {**one.values, **values}))
        wanted = [needs(one.template, one.nested, {**one.values, **values}) for one in bundles]
        found = read(os_cloud, wanted, voice)
        count = 0
        for path, one, needed in zip(templates, bundles, wanted, strict=True):
            for diagnostic in lacks(needed, found):
                voice(placed(diagnostic, one, path))
                count += diagnostic.severity > diagnostic.severity.NOTE
        many = f"{len(templates)} template{'s' if len(templates) > 1 else ''}"
        said = f"{count} thing{'s' if count > 1 else ''} lacking" if count else "nothing lacks"
        voice(End(f"{many}: {said}", {"lacks": count}))
        sys.exit(LACKS if count else FINE)


def given(wishes: dict[str, Any]) -> dict[str, Any]:
    """The values that a person gives, the later ones over the earlier."""
    from cfn2heat.cli.convert import pairs
    from cfn2heat.deploy.parameters import read_values

    found: dict[str, Any] = {}
    for path in wishes["environments"]:
        found.update(read_values(path))
    return {**found, **pairs(wishes["parameters"])}


def settings(wishes: dict[str, Any], values: dict[str, Any]) -> Settings:
    """How templates are converted."""
    from cfn2heat.api import Settings
    from cfn2heat.cli.convert import version_for
    from cfn2heat.cli.tellers import value_text
    from cfn2heat.table.loader import load_table
    from cfn2heat.table.site import EMPTY_SITE, read_site

    table = load_table()
    found = read_site(wishes["site_file"], table) if wishes["site_file"] else EMPTY_SITE
    texts = {name: value_text(value) for name, value in values.items()}
    return Settings(table, found, wishes["template_dir"], parameters=texts, heat_version=version_for(found))


def read_template(path: Path, chosen: Settings) -> Bundle:
    """A template with all that belongs to it; what its conversion says is convert's to say."""
    from cfn2heat.deployable import bundle

    return bundle(path, chosen)[0]


def placed(diagnostic: Diagnostic, bundle: Bundle, path: Path) -> Diagnostic:
    """A finding with the place of the resource that it is about, or at least the template's name."""
    from cfn2heat.record import replace
    from cfn2heat.source import Span

    found = bundle.at_source(diagnostic)
    return found if found.span.line else replace(found, span=Span(str(path), 0, 0))


def read(os_cloud: str | None, wanted: list[Needs] | None, voice: Teller) -> Survey:
    """What the cloud has, as far as it counts for these needs; None: for a site file."""
    from cfn2heat.deploy.follow import Note
    from cfn2heat.deploy.preflight import survey_for
    from cfn2heat.deploy.survey import survey
    from cfn2heat.table.site_facts import KINDS

    connection = connect(os_cloud)
    if sys.stderr.isatty():
        voice(Note("Reading what the cloud has ..."))
    if wanted is None:
        return survey(connection, KINDS, ())
    return survey_for(connection, *wanted)
