"""Holds a Heat template against what a cloud has, before anything is created: all that lacks, at once."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cfn2heat.deploy.needs import Need, Needs, Take, quota_words
from cfn2heat.deploy.survey import ABSENT, Survey, Thing, survey
from cfn2heat.diagnostics import Diagnostic, Severity
from cfn2heat.source import NOWHERE, Span

if TYPE_CHECKING:
    from openstack.connection import Connection

WORDS = {
    "cinder.snapshot": "volume snapshot",
    "cinder.volume": "volume",
    "cinder.vtype": "volume type",
    "cinder.zone": "availability zone for volumes",
    "designate.zone": "DNS zone",
    "glance.image": "image",
    "manila.share_network": "share network",
    "manila.share_type": "share type",
    "manila.zone": "availability zone for shares",
    "neutron.qos_policy": "QoS policy",
    "neutron.security_group": "security group",
    "neutron.subnetpool": "subnet pool",
    "neutron.zone": "availability zone for networks",
    "nova.keypair": "key pair",
    "nova.zone": "availability zone for servers",
    "octavia.flavor": "load balancer flavor",
    "octavia.loadbalancer": "load balancer",
    "trove.datastore": "datastore",
    "trove.flavor": "flavor",
    "trove.version": "datastore version",
}
"""Kinds of things in words, where the second part of the name is none."""
ONE_OF_A_NAME = {"glance.image", "neutron.network", "neutron.port", "neutron.router", "neutron.subnet", "neutron.subnetpool"}
"""Kinds of which Heat refuses a name that two things bear."""
HEAT = {"resource types", "template versions"}
"""What Heat itself is asked."""
SHOWN = 8
"""Names that an advice lists at most."""


def survey_for(connection: Connection, *wanted: Needs) -> Survey:
    """What must be known of a cloud to judge these needs, in as few calls as that takes."""
    kinds = {kind for one in wanted for kind in one.kinds()}
    quotas = {quota for one in wanted for quota in one.quotas()}
    return survey(connection, kinds, quotas, {type for one in wanted for type in one.types})


def lacks(wanted: Needs, survey: Survey) -> list[Diagnostic]:
    """What a template needs and a cloud lacks, as errors; then notes on what is not known."""
    found = [*_version(wanted, survey), *_types(wanted, survey), *_names(wanted, survey), *_disks(wanted, survey)]
    return [*found, *_quotas(wanted, survey), *_unfilled(wanted, survey), *_unread(wanted, survey)]


def _lack(code: str, subject: str, message: str, advice: str, file: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, subject, message, advice, Span(file, 0, 0) if file else NOWHERE)


def _note(code: str, subject: str, message: str, advice: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, subject, message, advice)


def _version(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    if survey.versions and wanted.version not in survey.versions:
        newest = max((version for version in survey.versions if version[:1].isdecimal()), default=survey.versions[-1])
        message = f"This cloud's Heat does not know template version {wanted.version}; its newest is {newest}."
        yield _lack("C2H6501", "heat_template_version", message, f"Convert with --heat-version {newest} or an older one.")


def _types(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    if survey.unread.get("resource types") == ABSENT:
        message = "This cloud has no orchestration service (Heat), which makes stacks of templates."
        yield _lack("C2H6502", "orchestration", message, "Ask the cloud's operator for it, or choose another cloud or region.")
    for type, reason in survey.refused.items():
        if type in wanted.types:
            names = wanted.types[type]
            message = f"{_many(names)} cannot be made: this cloud's Heat offers no {type} ({reason})."
            yield _lack("C2H6502", names[0], message, "Ask the cloud's operator for the service or the role, or leave it out.")


def _names(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    """Each thing that is named and is not there, once, with all the places that name it."""
    places: dict[tuple[str, str], list[Need]] = {}
    for need in wanted.names:
        places.setdefault((need.kind, need.name), []).append(need)
    for (kind, name), named in places.items():
        things = survey.things.get(kind)
        if things is None:
            continue
        count = _count(things, name)
        if count == 1 or (count > 1 and kind not in ONE_OF_A_NAME):
            continue
        also = list(dict.fromkeys(need.subject for need in named[1:]))
        further = f" {_many(also)} {'names' if len(also) == 1 else 'name'} it, too." if also else ""
        first = named[0]
        if count:
            message = f"{count} {_plural(kind)} are called {name}, and Heat takes none of them.{further}"
            yield _lack("C2H6504", first.subject, message, "Give the id of the one that is meant.", first.file)
        else:
            message = f"The cloud has no {_word(kind)} {name}.{further}"
            yield _lack("C2H6503", first.subject, message, _instead(kind, name, things), first.file)


def _count(things: list[Thing], name: str) -> int:
    """How many things answer to a name; an id is one thing's alone."""
    return 1 if any(thing.id == name for thing in things) else sum(thing.name == name for thing in things)


def _instead(kind: str, name: str, things: list[Thing]) -> str:
    """What exists of that kind, what resembles the name first."""
    known = sorted({thing.name or thing.id for thing in things})
    if not known:
        return f"Make one: there is no {_word(kind)} at all."
    near = get_close_matches(name, known, 3, 0.5)
    ordered = [*near, *(one for one in known if one not in near)]
    rest = f" and {len(ordered) - SHOWN} more" if len(ordered) > SHOWN else ""
    return f"There is {', '.join(ordered[:SHOWN])}{rest}: name one of them, or make {name}."


def _disks(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    """Servers whose flavor is too small for their image: Nova refuses them."""
    for subject, flavor_name, image_name in wanted.servers:
        flavor, image = _find(survey, "nova.flavor", flavor_name), _find(survey, "glance.image", image_name)
        if flavor is None or image is None:
            continue
        for measure, least, unit in (("disk", "min_disk", "GB of disk"), ("ram", "min_ram", "MiB of memory")):
            has, wants = flavor.facts.get(measure) or 0, image.facts.get(least) or 0
            if wants > has and (measure, has) != ("disk", 0):  # a disk of 0 GB is as large as the image
                message = f"The image {image_name} wants {wants} {unit}, and the flavor {flavor_name} has {has}."
                yield _lack("C2H6505", subject, message, "Choose a larger flavor.")


def _find(survey: Survey, kind: str, name: str) -> Thing | None:
    return next((thing for thing in survey.things.get(kind, ()) if name in (thing.id, thing.name)), None)


def _quotas(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    asked: dict[str, list[tuple[int, str]]] = {}
    for take in wanted.takes:
        asked.setdefault(take.quota, []).append((_amount(take, survey), take.subject))
    for quota, parts in asked.items():
        room, total = survey.rooms.get(quota), sum(amount for amount, _ in parts)
        if room is None or room.left is None or total <= room.left:
            continue
        largest = max(parts)[1]
        taken = f"The template takes {quota_words(quota, total)}"
        message = f"{taken}, and the project's quota leaves {room.left} ({room.used} of {room.limit} used)."
        advice = "Ask the cloud's operator for more, or delete what is not needed any more."
        yield _lack("C2H6506", largest, message, advice)


def _amount(take: Take, survey: Survey) -> int:
    if not take.flavor:
        return take.amount
    flavor = _find(survey, "nova.flavor", take.flavor)
    return take.amount * int(flavor.facts.get(take.measure) or 0) if flavor else 0


def _unfilled(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    for name, kind in wanted.unfilled.items():
        known = sorted({thing.name or thing.id for thing in survey.things.get(kind, ())})
        rest = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        has = f"the cloud has {', '.join(known[:SHOWN])}{rest}" if known else "the cloud shows none"
        yield _note("C2H6507", name, f"It has no value yet, which should name {_a(_word(kind))}; {has}.")


def _unread(wanted: Needs, survey: Survey) -> Iterator[Diagnostic]:
    asked = wanted.kinds() | wanted.quotas() | HEAT
    for what, reason in sorted(survey.unread.items()):
        if what in asked and not (reason == ABSENT and what in HEAT):
            said = f"quotas of {what}" if what in wanted.quotas() else _plural(what) if "." in what else what
            yield _note("C2H6508", what, f"The {said} of this cloud could not be read ({reason}), so nothing is known of them.")


def _word(kind: str) -> str:
    return WORDS.get(kind) or kind.partition(".")[2]


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _plural(kind: str) -> str:
    word = _word(kind)
    first, space, rest = word.partition(" for ")
    return (f"{first[:-1]}ies" if first.endswith("y") else f"{first}s") + space + rest


def _many(names: list[str]) -> str:
    """Names in a sentence; a long list is cut."""
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
