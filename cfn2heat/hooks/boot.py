"""What servers do when they boot: scripts and what they ask of AWS, cfn-init, signals."""

from __future__ import annotations

import base64
import binascii

from cfn2heat.cfn import values as cfn
from cfn2heat.diagnostics import Severity
from cfn2heat.hooks import scripts
from cfn2heat.hooks.scripts import Finding, Script
from cfn2heat.hot import values as hot
from cfn2heat.source import Path, Span, format_path
from cfn2heat.translate.attributes import carry_metadata
from cfn2heat.translate.context import ResourceContext
from cfn2heat.translate.registry import property_hook

INIT = "AWS::CloudFormation::Init"


# ---- what scripts do with AWS ----------------------------------------------------------------------------------------


@property_hook("boot.user_data")
def user_data(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """The script itself; what it does with AWS is said with its line."""
    script = bare(value)
    tell(ctx, "user data", scripts.findings(Script(script)), path)
    return ctx.hot(script)


def bare(value: cfn.Value) -> cfn.Value:
    """The text of a literal that the source holds as base64; its lines have no places there. Fn::Base64 is bare already."""
    if isinstance(value, cfn.Scalar) and isinstance(value.value, str):
        try:
            text = base64.b64decode("".join(value.value.split()), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return value
        return cfn.Scalar(text, Span(*value.span))
    return value


def tell(ctx: ResourceContext, where: str, found: list[Finding], path: Path) -> None:
    """Report findings, each with its line, and show them at the resource."""
    noted: dict[str, list[Span]] = {}
    for finding in found:
        kind, span = finding.kind, finding.span
        subject = format_path(ctx.source_path(path)[1:])
        message = f"The {where} {kind.words}: {finding.text}"
        ctx.t.diagnostics.add(kind.code, kind.severity, subject, message, advice=kind.advice, span=span)
        if kind.severity is not Severity.NOTE:
            noted.setdefault(kind.words, []).append(span)
    for words, spans in noted.items():
        ctx.t.note_look(ctx.id, f"{where} {words}", spans)


@property_hook("boot.metadata")
def metadata(ctx: ResourceContext, value: cfn.Value, path: Path) -> hot.HotValue | None:
    """Metadata stay with the server; what cfn-init is told to do with AWS is said."""
    assert isinstance(value, cfn.Map)
    init = value.entries.get(INIT)
    if init is not None:
        found = [finding for text in scripts.texts(init) for finding in scripts.findings(Script(text))]
        tell(ctx, "cfn-init configuration", found, (*path, INIT))
    carry_metadata(ctx, value, path)
    return None
