"""What is known of a guest gives the plan of its move; the plans are goldens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cfn2heat.images.describe import describe_guest, describe_plan
from cfn2heat.images.finish import quoted
from cfn2heat.images.guard import Disk
from cfn2heat.images.guest import Guest
from cfn2heat.images.steps import Wishes, make_plan

FIXTURES = Path(__file__).parent.parent / "fixtures" / "images"
GUESTS: dict[str, Any] = yaml.safe_load((FIXTURES / "guests.yaml").read_text())
WORK = Path("/scratch/work.qcow2")


def disk() -> Disk:
    path = Path("/images/pet.vmdk")
    return Disk(path, "vmdk", "streamoptimized", 30 << 30, (path,))


def guest(facts: dict[str, Any]) -> Guest:
    return Guest(**{name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()})


def wishes(given: dict[str, Any]) -> Wishes:
    paths = ("drivers", "virt_tools", "cloudbase_init", "password_file")
    return Wishes(**{name: Path(value) if name in paths else value for name, value in given.items()})


@pytest.mark.parametrize("name", GUESTS)
def test_plans(name, update_golden):
    case = GUESTS[name]
    found = guest(case.get("guest", {}))
    plan = make_plan(disk(), found, wishes(case.get("wishes", {})), WORK)
    text = "\n".join([*describe_guest(disk(), found), "", *describe_plan(plan), ""])
    golden = FIXTURES / "plans" / f"{name}.txt"
    if update_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
    assert text == golden.read_text()


def test_each_plan_has_its_guest():
    assert {path.stem for path in (FIXTURES / "plans").iterdir()} == set(GUESTS)


def test_the_source_is_only_ever_read():
    """No step but the copy names the source, and the copy names it as what is read."""
    for case in GUESTS.values():
        plan = make_plan(disk(), guest(case.get("guest", {})), wishes(case.get("wishes", {})), WORK)
        copy, *others = plan.steps
        assert copy.argv[-2:] == ("/images/pet.vmdk", str(WORK))
        assert not any("/images/" in part for step in others for part in (*step.argv, step.script))


@pytest.mark.parametrize("name", ["x; rm -rf /", "x\nrun", "$(id)", "x`id`", "!id", "x y"])
def test_names_from_the_guest_are_no_commands(name):
    """A service's name is a guest's own word: one that could be more than a name is left alone."""
    found = Guest(family="linux", distro="debian", services=(name, "amazon-ssm-agent"), agents=(name, "amazon-ssm-agent"))
    plan = make_plan(disk(), found, Wishes(), WORK)
    assert name not in "".join(step.script for step in plan.steps)
    assert "amazon-ssm-agent" in plan.steps[2].script


def test_paths_are_quoted_for_guestfish():
    assert quoted(Path('/a "b"/c\\d $x !y')) == '"/a \\"b\\"/c\\\\d $x !y"'
    with pytest.raises(ValueError, match="cannot stand"):
        quoted(Path("/a\n!id"))


def test_a_password_is_nowhere_in_a_plan(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("hunter2")
    found = Guest(family="windows", distro="windows", osinfo="win2k19", control_set="ControlSet001")
    plan = make_plan(disk(), found, Wishes(drivers=tmp_path, administrator="helper", password_file=secret), WORK)
    text = "\n".join(describe_plan(plan))
    assert "hunter2" not in text + repr(plan)
    assert str(secret) in text
