"""The public API: templates in, Heat templates and their account out."""

from __future__ import annotations

import os
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeAlias

from cfn2heat.cfn import values as cfn
from cfn2heat.cfn.folder import TemplateFolder, address_tail
from cfn2heat.cfn.graph import build_graph
from cfn2heat.cfn.nodes import DEFAULT_LIMITS
from cfn2heat.cfn.reader import ReadOptions, read
from cfn2heat.cfn.template import Template
from cfn2heat.diagnostics import Diagnostic, Diagnostics, InputError
from cfn2heat.hot import values as hot
from cfn2heat.hot.environment import Setting, write_environment
from cfn2heat.hot.writer import write_template
from cfn2heat.record import field, record, replace
from cfn2heat.source import Span
from cfn2heat.table.loader import Table, load_table
from cfn2heat.table.site import EMPTY_SITE, Site
from cfn2heat.translate.constants import Possible
from cfn2heat.translate.engine import translate as run_passes
from cfn2heat.translate.result import Converted
from cfn2heat.translate.state import Child, Options, Translation


@record
class Settings:
    """What a conversion may use and how it writes; see `cfn2heat convert --help`."""

    table: Table
    site: Site = EMPTY_SITE
    template_dir: Path | None = None
    region: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    heat_version: str = "2021-04-16"
    stem: str | None = None
    """What the written files of the first template are named after; None: after the template."""


Key: TypeAlias = "tuple[Path, frozenset[str]]"
"""A template's file, and its subnets that the templates around it put on routers."""


class Conversion:
    """Converts templates and the nested stacks that they name; each file once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._done: dict[Key, Converted] = {}
        self._running: list[Path] = []
        self._names: dict[str, Key] = {}
        self._read: dict[Path, tuple[Template, list[Diagnostic]]] = {}
        self._folders: dict[Path, TemplateFolder] = {}

    def convert(self, path: Path) -> list[Converted]:
        """The template asked for, then the nested ones that it brought in."""
        before = set(self._done)
        asked = self._convert((path.resolve(), frozenset()), readable(path))
        nested = [found for key, found in self._done.items() if key not in before and found is not asked]
        return [asked, *(replace(found, nested=True) for found in nested)]

    def _convert(self, key: Key, shown: str) -> Converted:
        if key not in self._done:
            self._running.append(key[0])
            try:
                self._done[key] = self._translate(key, shown)
            finally:
                self._running.pop()
        return self._done[key]

    def sources(self) -> list[Path]:
        """The templates that were read."""
        return list(dict.fromkeys(path for path, _ in self._done))

    def _translate(self, key: Key, shown: str) -> Converted:
        """Translate under the first stem whose files bear no other template's names."""
        base = (self.settings.stem if not self._names else None) or readable(key[0].stem)
        for serial in count(1):
            stem = base if serial == 1 else f"{base}-{serial}"
            if not self._claim(key, [f"{stem}.yaml", f"{stem}.env.yaml"]):
                continue
            converted = self._translate_as(key, shown, stem)
            if not converted.converted:  # its names may serve what stands for it
                self._names = {name: taker for name, taker in self._names.items() if taker != key}
            if self._claim(key, list(converted.files)):
                return converted
        raise AssertionError("there are endless numbers")

    def _claim(self, key: Key, names: list[str]) -> bool:
        """Take names of written files for a template; False when another one has taken any of them."""
        folded = [name.casefold() for name in names]
        if any(self._names.get(name, key) != key for name in folded):
            return False
        self._names.update(dict.fromkeys(folded, key))
        return True

    def _template(self, path: Path, shown: str, diagnostics: Diagnostics) -> Template:
        """A template, read once; what was said of it is said to each who asks."""
        if path not in self._read:
            own = Diagnostics()
            try:
                template = read(path, read_bytes(path, shown), shown, self._read_options(path), own)
            except InputError:
                diagnostics.extend(own.all())
                raise
            self._read[path] = (template, own.all())
        diagnostics.extend(self._read[path][1])
        return self._read[path][0]

    def _translate_as(self, key: Key, shown: str, stem: str) -> Converted:
        diagnostics = Diagnostics()
        try:
            template = self._template(key[0], shown, diagnostics)
            translation = self._run(template, stem, key, diagnostics)
        except InputError as error:
            return Converted(shown, stem, {}, [*diagnostics.all(), error.diagnostic])
        return Converted(shown, stem, written(translation), diagnostics.all(), translation)

    def translate_text(self, text: str | bytes, file: str) -> Converted:
        """A template that is given as text; nested stacks and includes are not looked for."""
        diagnostics = Diagnostics()
        stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        options = ReadOptions(None, self.settings.parameters, self.settings.region)
        try:
            template = read(None, text, file, options, diagnostics)
            translation = self._run(template, stem, None, diagnostics)
        except InputError as error:
            return Converted(file, stem, {}, [*diagnostics.all(), error.diagnostic])
        return Converted(file, stem, written(translation), diagnostics.all(), translation)

    def _run(self, template: Template, stem: str, key: Key | None, diagnostics: Diagnostics) -> Translation:
        settings = self.settings
        path, elsewhere = key or (None, frozenset())
        options = Options(settings.heat_version, settings.region, stem, settings.parameters, elsewhere)
        translation = Translation(
            template,
            build_graph(template),
            settings.table,
            settings.site,
            options,
            diagnostics,
            lambda address, elsewhere: self._child(address, path, template.file, elsewhere),
            lambda address, near: self._source(address, near or path),
            lambda name: key is None or self._claim(key, [name]),
        )
        run_passes(translation)
        return translation

    def _read_options(self, key: Path) -> ReadOptions:
        settings = self.settings
        return ReadOptions(settings.template_dir or key.parent, settings.parameters, settings.region)

    def _find(self, address: cfn.Value | None, parent: Path | None) -> Path | None:
        """The file that an address in a template names, when it is at hand."""
        folder = self.settings.template_dir or (parent.parent if parent else None)
        tail = address_tail(address)
        return self._folders.setdefault(folder, TemplateFolder(folder)).find(tail, parent) if folder and tail else None

    def _source(self, address: cfn.Value | None, parent: Path | None) -> tuple[Template, Path] | None:
        """The nested template that an address names, as it is read."""
        found = self._find(address, parent)
        try:
            return (self._template(found.resolve(), readable(found), Diagnostics()), found.resolve()) if found else None
        except InputError:
            return None

    def _child(self, address: cfn.Value | None, parent: Path | None, shown: str, elsewhere: frozenset[str]) -> Child | None:
        """The nested stack that an address names, translated; None when its file is not at hand or is no template."""
        found = self._find(address, parent)
        if found is None:
            return None
        key = found.resolve()
        if key in self._running:
            span = address.span if address is not None else Span(shown, 0, 0)
            circle = " -> ".join(path.name for path in [*self._running[self._running.index(key) :], key])
            raise InputError("C2H1301", f"nested stacks go in a circle: {circle}", span, advice="break the circle")
        converted = self._convert((key, elsewhere), readable(found))
        if converted.translation is None:
            return None
        template, below = converted.translation.hot, converted.translation
        outputs = {name: name for name in template.outputs}
        file, may_be = next(iter(converted.files)), partial(_may_be, below)
        return Child(file, template.parameters, outputs, may_be, below.looked_up, below)


def _may_be(translation: Translation, output: str) -> Possible:
    """The strings that an output may be."""
    found = translation.template.outputs.get(output)
    return translation.constants.possible(found.value if found else None)


def read_bytes(path: Path, shown: str) -> bytes:
    """A file's bytes, no more than shows that it is too long; InputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(DEFAULT_LIMITS.size + 1)
    except OSError as error:
        raise InputError("C2H1001", f"the file cannot be read: {error.strerror}", Span(shown, 0, 0)) from error


def readable(name: Path | str) -> str:
    """A file's name as text that can be written; bytes of it that are no UTF-8 are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def written(translation: Translation) -> dict[str, str]:
    """Every file of a translation by name: the template, its nested members, the environment."""
    stem = translation.options.stem
    files = {f"{stem}.yaml": write_template(translation.hot)}
    for name, template in translation.files.items():
        files[name] = write_template(template)
    environment = environment_of(translation)
    if environment:
        files[f"{stem}.env.yaml"] = environment
    return files


def environment_of(translation: Translation) -> str:
    """The environment file, or "" when there is nothing to say."""
    t = translation
    settings: list[Setting] = []
    facts = {name: fact for fact, name in t.asked.items()}
    for name, parameter in t.hot.parameters.items():
        comments = [parameter.description] if parameter.description else []
        given = name in t.options.parameters and name in t.template.parameters
        if given and parameter.hidden:
            settings.append(Setting(name, None, [*comments, "Given, but not written here: it is a secret (NoEcho)."]))
        elif given:
            settings.append(Setting(name, hot.Literal(t.options.parameters[name])))
        elif name in facts:
            settings.append(Setting(name, _site_value(t, facts[name], parameter.default), comments))
        elif name in t.holes or name in t.imports:
            settings.append(Setting(name, None, [*comments, "To be filled."]))
        elif name in t.template.parameters and parameter.default is None:
            settings.append(Setting(name, None, [*comments, "To be filled: the template gives no default that holds here."]))
    if not settings:
        return ""
    return write_environment([f"Values for {t.options.stem}.yaml"], settings)


def _site_value(t: Translation, fact: str, default: hot.HotValue | None) -> hot.HotValue | None:
    value = t.site.value(fact)
    if value is None or t.table.site_facts[fact].get("lookup"):
        return default
    return hot.HotList(tuple(map(hot.Literal, value))) if isinstance(value, list) else hot.Literal(value)


def translate_text(text: str | bytes, file: str, settings: Settings | None = None) -> Converted:
    """Convert one template that is given as text; file is the name that its positions carry."""
    return Conversion(settings or Settings(load_table())).translate_text(text, file)


def convert(path: Path, settings: Settings | None = None) -> list[Converted]:
    """Convert one template; the first result is the template asked for, nested ones follow."""
    return Conversion(settings or Settings(load_table())).convert(path)
