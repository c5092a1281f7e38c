"""How this room says no: one diagnostic about one file."""

from __future__ import annotations

from cfn2heat.diagnostics import InputError
from cfn2heat.source import Span


def refusal(code: str, path: object, message: str, advice: str = "") -> InputError:
    """The error that refuses a file (or a machine, or a cloud), to be raised."""
    return InputError(code, message, Span(str(path), 0, 0), advice=advice)
