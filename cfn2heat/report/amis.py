"""Where a template names machine images: by id, by an SSM parameter, through parameters and mappings, and who uses them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cfn2heat.cfn.template import Parameter, Template
from cfn2heat.cfn.values import DynamicReference, FindInMap, GetAtt, If, Map, NoValue, Ref, Scalar, Seq, Sub, Value
from cfn2heat.images.wanted import Reference, is_public_path
from cfn2heat.record import fields
from cfn2heat.source import Path, Span, format_path

PROPERTIES = frozenset({"ImageId", "AmiId", "ImageIdOverride", "CustomAmiId"})
"""Properties of any type that name an image, whatever stands there."""
_AMI = re.compile(r"ami-(?:[0-9a-f]{17}|[0-9a-f]{8})")
_SSM = re.compile(r"resolve:ssm:([^}:]+)")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


class Named(NamedTuple):
    """One way in which a value names an image; sure when that is so wherever the value stands."""

    name: str
    ids: tuple[tuple[str, str], ...]
    words: str = ""
    sure: bool = True


def find_images(template: Template) -> list[Reference]:
    """Every image of a template with its users; those that nothing uses, too."""
    found: dict[Named, list[str]] = {}
    for place, named in _uses(template):
        found.setdefault(named, []).append(place)
    used = {name for named in found for _, name in named.ids}
    for named in _declared(template):
        if any(name not in used for _, name in named.ids):
            found.setdefault(named, [])
    return [Reference(named.name, named.ids, tuple(places), named.words) for named, places in found.items()]


def _uses(template: Template) -> Iterator[tuple[str, Named]]:
    for resource in template.resources.values():
        for path, value in _places(resource.properties, ()):
            certain = path[-1] in PROPERTIES
            for named in _named(template, value):
                if certain or named.sure:
                    yield f"{_place(value.span, template.file)} {resource.name}.{format_path(path)}", named


def _place(span: Span, file: str) -> str:
    return f"{file}:{span.line}" if span.line else file


def _places(value: Value, path: Path) -> Iterator[tuple[Path, Value]]:
    """Every property or item that is no map or list, with its path; functions are left whole."""
    if isinstance(value, Map):
        for key, member in value.entries.items():
            yield from _places(member, (*path, key))
    elif isinstance(value, Seq):
        for index, member in enumerate(value.items):
            yield from _places(member, (*path, index))
    elif path:
        yield path, value


def _named(template: Template, value: Value) -> Iterator[Named]:
    """The images that a value may name."""
    match value:
        case Scalar(value=str() as text):
            yield from _in_text(text)
        case DynamicReference(service="ssm", reference=reference):
            yield _by_path(reference.partition(":")[0])
        case Sub(text=text) if _SSM.search(text):
            yield from _in_text(text)
        case Ref(name=name) if name in template.parameters:
            yield _parameter(template.parameters[name])
        case Ref(name=name):
            yield Named(name, (), sure=False)
        case GetAtt(resource=name):
            yield Named(name, (), sure=False)
        case FindInMap():
            yield from _mapped(template, value)
        case If():
            yield from _named(template, value.then)
            yield from _named(template, value.otherwise)
        case NoValue():
            return
        case _:
            for name in fields(value):
                yield from _inside(template, getattr(value, name))


def _inside(template: Template, part: object) -> Iterator[Named]:
    """The images that the arguments of a function name."""
    if isinstance(part, Seq):
        part = part.items
    if isinstance(part, tuple) and not isinstance(part, Span):
        for item in part:
            yield from _inside(template, item)
    elif isinstance(part, Value):
        yield from _named(template, part)


def _in_text(text: str) -> Iterator[Named]:
    path = _SSM.search(text)
    if path:
        yield _by_path(path[1])
    elif _AMI.fullmatch(text):
        yield Named(text, (("", text),))


def _by_path(path: str) -> Named:
    return Named(path, (("", path),), sure=is_public_path(path))


def _parameter(parameter: Parameter) -> Named:
    """What a parameter names: by its default and, where it chooses among several, by all of them."""
    fields = parameter.fields.entries
    default, allowed = fields.get("Default"), fields.get("AllowedValues")
    choices = [default, *(allowed.items if isinstance(allowed, Seq) else ())]
    texts = [str(one.value) for one in choices if isinstance(one, Scalar) and isinstance(one.value, str)]
    is_path = "SSM::Parameter::Value<" in parameter.type
    ids = [text for text in dict.fromkeys(texts) if (text.startswith("/") if is_path else _AMI.fullmatch(text))]
    said = fields.get("Description")
    words = str(said.value) if isinstance(said, Scalar) else ""
    sure = "Image::Id" in parameter.type or any(_AMI.fullmatch(name) or is_public_path(name) for name in ids)
    return Named(parameter.name, tuple(("", name) for name in ids), words, sure)


def _mapped(template: Template, value: FindInMap) -> Iterator[Named]:
    """The images of a mapping, as far as its keys are known; those of one kind in all regions are one."""
    name = value.mapping.value if isinstance(value.mapping, Scalar) else None
    first = value.first.value if isinstance(value.first, Scalar) else None
    second = value.second.value if isinstance(value.second, Scalar) else None
    if isinstance(name, str) and name in template.mappings:
        yield from _of_mapping(name, template.mappings[name], first, second)


def _of_mapping(name: str, mapping: Map, first: object = None, second: object = None) -> Iterator[Named]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for one, level in mapping.entries.items():
        if isinstance(level, Map) and first in (None, one):
            for other, leaf in level.entries.items():
                if second in (None, other) and isinstance(leaf, Scalar) and _AMI.fullmatch(str(leaf.value)):
                    region, kind = _region_and_kind(one, other)
                    groups.setdefault(kind, []).append((region, str(leaf.value)))
    for kind, ids in groups.items():
        yield Named(f"{name}.{kind}", tuple(ids))


def _region_and_kind(one: str, other: str) -> tuple[str, str]:
    if _REGION.fullmatch(one):
        return one, other
    return (other, one) if _REGION.fullmatch(other) else ("", f"{one}.{other}")


def _declared(template: Template) -> Iterable[Named]:
    """Images that stand in parameters and mappings, used or not."""
    for parameter in template.parameters.values():
        named = _parameter(parameter)
        if named.ids and named.sure:
            yield named
    for name, mapping in template.mappings.items():
        yield from _of_mapping(name, mapping)
