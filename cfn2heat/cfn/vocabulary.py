"""The names that CloudFormation itself gives meaning to; they stand in grammar/names.json."""

from __future__ import annotations

import json
from pathlib import Path

_NAMES = json.loads((Path(__file__).parent / "grammar" / "names.json").read_bytes())

NO_VALUE: str = _NAMES["no_value"]
PSEUDO_PARAMETERS: frozenset[str] = frozenset(_NAMES["pseudo_parameters"])
INCLUDE: str = _NAMES["macros"]["include"]
LANGUAGE_EXTENSIONS: str = _NAMES["macros"]["language_extensions"]
SERVERLESS: str = _NAMES["macros"]["serverless"]
KNOWN_MACROS = frozenset((INCLUDE, LANGUAGE_EXTENSIONS, SERVERLESS))
SERVERLESS_PREFIX: str = _NAMES["serverless_prefix"]

FORMAT_VERSION = "2010-09-09"
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Hooks",
    "Resources",
    "Outputs",
)
