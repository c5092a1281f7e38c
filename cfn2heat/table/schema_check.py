"""Holds the data of mapping files against mapping.schema.json and says in plain words what is wrong."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from cfn2heat.diagnostics import InputError
from cfn2heat.source import Path, format_path
from cfn2heat.table.source_file import SourceFile

SCHEMA_FILE = FilePath(__file__).with_name("mapping.schema.json")
_TYPE_WORDS = {"object": "a map", "array": "a list", "string": "text", "integer": "a whole number", "boolean": "true or false"}


def load_schema() -> dict[str, Any]:
    """The JSON schema of mapping files."""
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


def require_valid(source: SourceFile, kind: str, code: str) -> None:
    """Raise InputError for the first thing that does not hold against the schema of that kind."""
    for path, message in schema_faults(source.data, kind):
        raise InputError(code, message, source.place(path), subject=format_path(path))


def schema_faults(data: Any, kind: str) -> list[tuple[Path, str]]:
    """Everything that does not hold, as path and message; unknown names first, for a misspelt one is a missing one, too."""
    faults = sorted(_validator(kind).iter_errors(data), key=lambda error: error.validator != "additionalProperties")
    return [(tuple(error.absolute_path), _explain(error)) for error in faults]


@cache
def _validator(kind: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": load_schema()["$defs"]})


def _explain(error: Any) -> str:
    schema, value = error.schema, error.instance
    match error.validator:
        case "additionalProperties" if error.validator_value is False:
            return _unknown_keys(sorted(value.keys() - schema["properties"].keys()), sorted(schema["properties"]))
        case "required":
            return f"it lacks {', '.join(name for name in error.validator_value if name not in value)}"
        case "enum":
            return f"{value!r} is not known here; allowed: {', '.join(map(str, error.validator_value))}"
        case "type":
            kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
            return f"{value!r} should be {' or '.join(_TYPE_WORDS.get(kind, f'a {kind}') for kind in kinds)}"
        case "pattern":
            return f"{value!r} is not written as it should be (pattern {error.validator_value})"
        case "anyOf":
            return "a row carries to a place: it lacks `to` (or drop, absorbed, hook, one, rows)"
        case "minLength":
            return "the text is empty"
    return str(error.message)


def _unknown_keys(unknown: list[str], allowed: list[str]) -> str:
    hints = [f"{name} (did you mean {near[0]}?)" if (near := get_close_matches(name, allowed, 1)) else name for name in unknown]
    comma = "; text with a comma stands in quotes" if any(" " in name for name in unknown) else ""
    return f"unknown here: {', '.join(hints)}; allowed: {', '.join(allowed)}{comma}"
