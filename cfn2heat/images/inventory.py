"""An inventory of the guest on a disk, and inventories as files: YAML that people edit, held against a schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

from cfn2heat.diagnostics import InputError
from cfn2heat.images.finish import quoted
from cfn2heat.images.guard import Disk
from cfn2heat.images.guest import sections
from cfn2heat.images.inspect import inspect
from cfn2heat.images.live import LARGEST_ANSWER, probe
from cfn2heat.images.refusal import refusal
from cfn2heat.images.survey import Inventory, survey
from cfn2heat.images.tools import Limits, run_well
from cfn2heat.source import Span

Place = Callable[[tuple[str | int, ...]], Span]
_SESSION = Limits(seconds=1800, file=8 << 30)
_HEAD = """\
# What is on {name}, to build it anew: edit it, then `cfn2heat images rebuild`. What is taken out here is not carried over.
# Files and crontabs may hold passwords: keep it to yourself.
"""


def look_into(disk: Disk, scratch: Path, log: Path) -> Inventory:
    """The inventory of a disk that has passed the guard: tools look at it, then the guest's own shell.

    Both do so in a virtual machine. The guest's programs work on a layer that is thrown away. Where they cannot run, what the
    tools have seen is all.
    """
    guest = inspect(disk, scratch, log)
    if guest.family != "linux":
        raise refusal("C2H7091", disk.path, f"inventories are of Linux, and this is {guest.product or 'no system that is known'}")
    mark = f"@@{token_hex(8)} "
    script, answer = scratch / "probe.sh", scratch / "answer"
    script.write_text(probe(mark), encoding="utf-8")
    argv = ["guestfish", "--ro", f"--format={disk.qemu_format}", "-a", str(disk.path), "-i"]
    commands = (
        f'-remount / rw:true\n-upload {quoted(script)} /cfn2heat-probe\n-sh "sh /cfn2heat-probe disk > /cfn2heat-answer"\n'
        f"-download-offset /cfn2heat-answer {quoted(answer)} 0 {LARGEST_ANSWER}\n"
    )
    run_well(argv, _SESSION, log=log, stdin=commands)
    text = answer.read_text(encoding="utf-8", errors="replace") if answer.exists() else ""
    shown = sections(text, mark)
    return survey(shown if "end" in shown else {}, str(disk.path), guest)


def write_inventory(inventory: Inventory) -> str:
    """An inventory as YAML, with a head that says what it is for."""
    name = inventory["system"].get("hostname") or inventory["source"]
    return _HEAD.format(name=name) + write_yaml(inventory)


def write_yaml(data: Any) -> str:
    """Data as YAML; texts of several lines stand as they are, and tuples and maps of one word in one line."""
    import yaml

    class Writer(yaml.SafeDumper):
        """Writes lists below their key, indented."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            return super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    def small(writer: yaml.SafeDumper, value: dict[str, Any]) -> yaml.MappingNode:
        flow = len(value) == 1 and all(isinstance(one, (str, int)) and "\n" not in str(one) for one in value.values())
        return writer.represent_mapping("tag:yaml.org,2002:map", value, flow_style=flow)

    def row(writer: yaml.SafeDumper, value: tuple[str, ...]) -> yaml.SequenceNode:
        return writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)

    Writer.add_representer(str, text)
    Writer.add_representer(dict, small)
    Writer.add_representer(tuple, row)
    written: str = yaml.dump(data, Dumper=Writer, sort_keys=False, allow_unicode=True, width=120)
    return written


def check_inventory(data: Any, place: Place) -> Inventory:
    """An inventory that was read from a file; whatever is wrong with it is said with its place."""
    from jsonschema import Draft202012Validator

    schema = json.loads(Path(__file__).with_name("inventory.schema.json").read_text(encoding="utf-8"))
    for fault in Draft202012Validator(schema).iter_errors(data):
        path = tuple(fault.absolute_path)
        subject = ".".join(str(part) for part in path) or "inventory"
        raise InputError("C2H7092", fault.message[:200], place(path), subject=subject)
    found: Inventory = data
    return found
