"""Placeholders: nested templates that are not at hand, as their users know them: what is handed over, and what is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cfn2heat.cfn.folder import ENDINGS
from cfn2heat.hot import values as hot
from cfn2heat.hot.catalog import lookup
from cfn2heat.hot.template import HotOutput, HotParameter, HotTemplate
from cfn2heat.hot.walk import walk
from cfn2heat.source import Span
from cfn2heat.translate.comments import wrap

if TYPE_CHECKING:
    from cfn2heat.translate.state import Translation

LONGEST_NAME = 100
LIST_FUNCTIONS = ("list_concat", "list_concat_unique")


class Placeholder:
    """A file that makes nothing, but takes what its users hand over and gives what they read.

    A parameter that some user leaves out has an empty default: the real template has one, or CloudFormation would refuse it.
    """

    def __init__(self, file: str, source: str, version: str) -> None:
        self.file = file
        self.source = source
        self.template = HotTemplate(version=version)
        self._users: dict[str, Span] = {}
        self._handed: dict[str, set[str]] = {}
        self._given: dict[str, str] = {}
        """Outputs, with the parameters that give them."""

    def use(self, user: str, span: Span, names: list[str]) -> None:
        """(Planning) a stack is made of this file, and hands over parameters of these names."""
        self._users[user] = span
        for name in names:
            self.template.parameters.setdefault(name, HotParameter(name, "string", default=hot.Literal("")))
        self.template.comments = self._head()

    def hand(self, user: str, name: str, value: hot.HotValue) -> None:
        """A user hands a value over; one that a condition may leave out does not make the parameter a required one."""
        if isinstance(value, hot.If) and value.otherwise is None:
            return
        handed = self._handed.setdefault(name, set())
        handed.add(user)
        if len(handed) == len(self._users):
            self.template.parameters[name].default = None

    def form(self, t: Translation, name: str, value: hot.HotValue) -> HotParameter:
        """The parameter for a value: of its type if it is the first one, and hidden if any is secret."""
        parameter = self.template.parameters[name]
        if name not in self._handed and parameter.type == "string":
            parameter.type = handed_type(t, value)
            if parameter.type == "json":
                parameter.default = hot.HotMap({})
        parameter.hidden = parameter.hidden or any(_secret(t, member) for member in walk(value))
        return parameter

    def read(self, output: str) -> str:
        """The parameter that gives an output, for as long as nothing here makes it."""
        if output not in self._given:
            name, serial = f"{output}_value", 2
            while name in self.template.parameters:
                name, serial = f"{output}_value_{serial}", serial + 1
            comment = f"what the output {output} gives, until something here does"
            self.template.parameters[name] = HotParameter(name, "string", default=hot.Literal(""), comments=[comment])
            self.template.outputs[output] = HotOutput(output, hot.GetParam(name))
            self._given[output] = name
        return self._given[output]

    def _head(self) -> list[str]:
        users = " and ".join(f"{name} ({span.file.rsplit('/', 1)[-1]}:{span.line})" for name, span in self._users.items())
        parent = next(iter(self._users.values())).file.rsplit("/", 1)[-1]
        return [
            *wrap(
                f"A placeholder, which makes nothing, for {self.source}: that is the template of {users}, and was not at hand."
            ),
            *wrap(
                f"Fetch it and convert {parent} again with --template-dir, which puts the real one here. Or write the resources "
                "by hand, and let the outputs read them."
            ),
        ]


def place(t: Translation, user: str, url: str, tail: str, names: list[str]) -> Placeholder:
    """(Planning) the placeholder for the template at an address; those that name the same one share it."""
    same = (one for one in t.placeholders.values() if one.source == url)
    found = next(same, None) or _made(t, user, url, tail)
    t.placeholders[user] = found
    found.use(user, t.template.resources[user].span, names)
    return found


def _made(t: Translation, user: str, url: str, tail: str) -> Placeholder:
    """A new one, named as the converted template would be."""
    stem = safe_stem(tail) or safe_stem(user) or "nested"
    own = {name.casefold() for name in (f"{t.options.stem}.yaml", f"{t.options.stem}.env.yaml", *t.files)}
    file, serial = f"{stem}.yaml", 2
    while file.casefold() in own or not t.claim(file):
        file, serial = f"{stem}-{serial}.yaml", serial + 1
    found = Placeholder(file, url, t.options.heat_version)
    t.files[file] = found.template
    return found


def safe_stem(address: str) -> str:
    """The name of the file that an address ends in, without its ending and without anything that could lead elsewhere."""
    from urllib.parse import unquote

    name = unquote(re.split(r"[?#]", address)[0]).replace("\\", "/").rsplit("/", 1)[-1]
    for ending in ENDINGS:
        if name.endswith(ending):
            name = name.removesuffix(ending)
            break
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[:LONGEST_NAME]


def handed_type(t: Translation, value: hot.HotValue) -> str:
    """The type of a parameter that takes a value."""
    match value:
        case hot.If():
            branches = [handed_type(t, one) for one in (value.then, value.otherwise) if one is not None]
            return next((type for type in branches if type != "string"), "string")
        case hot.HotMap():
            return "json"
        case hot.HotList() | hot.StrSplit(index=None):
            return "comma_delimited_list"
        case hot.Function() if value.name in LIST_FUNCTIONS:
            return "comma_delimited_list"
        case hot.GetAttr(path=()):
            made = t.hot.resources.get(value.resource)
            type = lookup(made.type) if made is not None else None
            kind = type.attributes.get(value.attribute) if type is not None else None
            return {"list": "comma_delimited_list", "map": "json"}.get(kind or "", "string")
        case hot.GetParam(path=()):
            known = t.hot.parameters.get(value.name) or t.declared.get(value.name)
            return known.type if known is not None and known.type in ("comma_delimited_list", "json") else "string"
    return "string"


def _secret(t: Translation, value: hot.HotValue) -> bool:
    known = t.hot.parameters.get(value.name) or t.declared.get(value.name) if isinstance(value, hot.GetParam) else None
    return known is not None and known.hidden
