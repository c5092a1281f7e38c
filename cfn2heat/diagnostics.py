"""Diagnostics: what is said to people about a template, and the registry of its codes.

A code numbers a kind of finding; the subject says what it is about (Web.Properties.Tags). Severity is no part of a code.
Codes are never reused. The texts live in codes.py, which only `explain` and tests import.
"""

from __future__ import annotations

from enum import IntEnum

from cfn2heat.record import record
from cfn2heat.source import NOWHERE, Span


class Severity(IntEnum):
    """How much a finding weighs: NOTE is for reading, WARNING needs a look, ERROR is a loss that a person must mend."""

    NOTE = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The name as people and programs read it."""
        return self.name.lower()


@record
class Diagnostic:
    """One finding, with its place and what to do about it."""

    code: str
    severity: Severity
    subject: str
    message: str
    advice: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span.file else ""
        text = f"{place}{self.severity.word} {self.code} {self.subject}: {self.message}"
        return f"{text} ({self.advice})" if self.advice else text


class InputError(Exception):
    """An input cannot be read as what it should be; carries the one diagnostic that says so."""

    def __init__(self, code: str, message: str, span: Span, *, subject: str = "", advice: str = "") -> None:
        self.diagnostic = Diagnostic(code, Severity.ERROR, subject or span.file, message, advice, span)
        super().__init__(str(self.diagnostic))


class Diagnostics:
    """Collects diagnostics in the order in which they are found; the same one is kept once."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def add(self, code: str, severity: Severity, subject: str, message: str, *, advice: str = "", span: Span = NOWHERE) -> None:
        """Collect one diagnostic."""
        self._found.setdefault(Diagnostic(code, severity, subject, message, advice, span))

    def extend(self, diagnostics: list[Diagnostic]) -> None:
        """Collect what another part has found."""
        for diagnostic in diagnostics:
            self._found.setdefault(diagnostic)

    def all(self) -> list[Diagnostic]:
        """Every diagnostic, by place in the source, then in the order found."""
        return sorted(self._found, key=lambda d: (d.span.file, d.span.line, d.span.column))
