"""cfn2heat moves workloads from AWS to OpenStack: CloudFormation in, Heat templates out."""

from typing import Any

__all__ = ["Conversion", "Settings", "convert", "translate_text"]


def __getattr__(name: str) -> Any:
    """The public API, imported when it is first asked for: the command line does not need all of it at every call."""
    if name in __all__:
        from cfn2heat import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
