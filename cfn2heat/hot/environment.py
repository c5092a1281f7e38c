"""The environment file: a value for each parameter that the target cloud or a person must answer."""

from __future__ import annotations

from cfn2heat.hot.scalars import plain_or_quoted
from cfn2heat.hot.values import HotValue
from cfn2heat.hot.writer import write_comments, write_value
from cfn2heat.record import field, record


@record
class Setting:
    """One parameter of the environment; without a value it stands commented out, to be filled."""

    name: str
    value: HotValue | None
    comments: list[str] = field(default_factory=list)


def write_environment(comments: list[str], settings: list[Setting]) -> str:
    """The environment file as text."""
    lines = write_comments(comments, "")
    lines.append("parameters:" if any(setting.value is not None for setting in settings) else "parameters: {}")
    for setting in settings:
        lines += write_comments(setting.comments, "  ")
        name = plain_or_quoted(setting.name, False)
        if setting.value is None:
            lines.append(f"  # {name}: ")
        else:
            lines += write_value(f"  {name}:", setting.value, 2)
    return "\n".join(line.rstrip() for line in lines) + "\n"
