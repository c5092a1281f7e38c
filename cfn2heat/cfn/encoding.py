"""The bytes of a file as text, or what they are instead."""

from __future__ import annotations

from cfn2heat.cfn.nodes import place_of
from cfn2heat.diagnostics import InputError
from cfn2heat.source import Span

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_SIGNATURES = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\x7fELF": "a program",
    b"\xff\xd8\xff": "an image",
    b"BZh": "a bzip2 file",
}


def decode(data: bytes, file: str) -> str:
    """Decode UTF-8, or UTF-16 that begins with its mark; anything else is refused with the place of its first wrong byte."""
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise _binary(file, f"the file is {kind}, not text")
    if data.startswith(_UTF32_MARKS):
        raise InputError("C2H1004", "the text is UTF-32", Span(file, 1, 1), advice="save the file as UTF-8")
    if data.startswith(UTF16_MARKS):
        encoding = "utf-16"
    elif b"\0" in data:
        raise _binary(file, f"the file is binary: byte {data.index(0) + 1} is zero")
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _wrong_encoding(data, error, file) from None


def _binary(file: str, message: str) -> InputError:
    return InputError("C2H1003", message, Span(file, 1, 1), advice="give a CloudFormation template in JSON or YAML")


def _wrong_encoding(data: bytes, error: UnicodeDecodeError, file: str) -> InputError:
    before = data[: error.start].decode(error.encoding, "replace")
    byte = data[error.start] if error.start < len(data) else 0
    return InputError(
        "C2H1004",
        f"byte {error.start + 1} (0x{byte:02x}) is not {error.encoding.upper()}",
        place_of(before, len(before), file),
        advice="save the file as UTF-8",
    )
