"""Values that stacks export and import under a name, as conversions write them.

An exporting stack has an output `exports`, a map of names to values. An importing one has parameters `import_...` whose
descriptions end in `exports as NAME`; a ${Parameter} in the name stands for that parameter's value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cfn2heat.deploy.cloud import CloudError
from cfn2heat.deploy.stack import Stack
from cfn2heat.record import record

if TYPE_CHECKING:
    from cfn2heat.deploy.heat import Heat

OUTPUTS = ("exports", "stack_exports")
IMPORT = "import_"
NAMED = re.compile(r"exports as (\S.*)$", re.DOTALL)
INSIDE = re.compile(r"\$\{([^}]+)\}")


@record
class Use:
    """A stack that imports a name."""

    stack: str
    name: str


def imports(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that import something, each with the name that it imports."""
    declared = template.get("parameters") or {}
    known = {name: data["default"] for name, data in declared.items() if "default" in data} | dict(values)
    found = {}
    for name, data in declared.items():
        named = NAMED.search(str(data.get("description") or ""))
        if IMPORT in name and named:
            found[name] = INSIDE.sub(lambda inside: str(known.get(inside[1], inside[0])), named[1])
    return found


def filled(heat: Heat, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The values of imports, by parameter; what no stack exports is left out, what two export is refused."""
    found: dict[str, tuple[str, Any]] = {}
    for stack in heat.all():
        for name, value in exported(heat, stack).items():
            if name in found and name in wanted.values():
                message = f"the stacks {found[name][0]} and {stack.name} both export it"
                raise CloudError("C2H6017", name, message, "give the value with --parameter or in the environment file")
            found[name] = (stack.name, value)
    return {parameter: found[name][1] for parameter, name in wanted.items() if name in found and found[name][1] is not None}


def exported(heat: Heat, stack: Stack) -> dict[str, Any]:
    """What a stack exports; nothing when it is being deleted."""
    if stack.action == "DELETE":
        return {}
    for name in heat.output_names(stack):
        if name in OUTPUTS:
            value = heat.output(stack, name)
            return value if isinstance(value, dict) else {}
    return {}


def users(heat: Heat, stack: Stack) -> Iterator[Use]:
    """The stacks that import what a stack exports."""
    names = exported(heat, stack)
    for other in heat.all() if names else ():
        if other.id != stack.id and other.action != "DELETE":
            yield from (Use(other.name, name) for name in _imported(heat, other) if name in names)


def _imported(heat: Heat, stack: Stack) -> list[str]:
    parameters = heat.look(stack).parameters
    if not any(IMPORT in name for name in parameters):
        return []
    return list(imports(heat.template(stack), parameters).values())
