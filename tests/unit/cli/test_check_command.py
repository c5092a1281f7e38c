"""cfn2heat check on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from cfn2heat.cli.check import check

HEAD = "heat_template_version: 2021-04-16\n"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(check, arguments)
    return result.exit_code, result.stdout


def written(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(HEAD + body, encoding="utf-8")
    return str(path)


def test_fine(tmp_path: Path) -> None:
    assert run(written(tmp_path, "a.yaml", "resources: {}\n")) == (0, "")


def test_errors_with_their_place(tmp_path: Path) -> None:
    name = written(tmp_path, "a.yaml", "resources:\n  r: {type: OS::Nova::Sever}\n")
    status, said = run(name)
    assert status == 1
    assert said.startswith(f"{name}:3:7: error C2H4006 resources.r.type: ")


def test_warnings_alone_are_fine(tmp_path: Path) -> None:
    status, said = run(written(tmp_path, "a.yaml", "parameters: {p: {type: string, default: true}}\n"))
    assert status == 0
    assert " warning C2H4023 " in said


def test_unreadable_files_do_not_stop_the_others(tmp_path: Path) -> None:
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    status, said = run(str(tmp_path / "none.yaml"), str(binary), written(tmp_path, "a.yaml", "x: {}\n"))
    assert status == 3
    assert [line.split(" ")[2] for line in said.splitlines()] == ["C2H4001", "C2H4001", "C2H4003"]


def test_json(tmp_path: Path) -> None:
    name = written(tmp_path, "a.yaml", "x: {}\n")
    status, said = run("--format", "json", name)
    (found,) = json.loads(said)
    assert status == 1
    assert (found["code"], found["severity"], found["subject"], found["file"], found["line"]) == (
        "C2H4003",
        "error",
        "x",
        name,
        2,
    )


def test_nested_files_are_read_beside_and_nowhere_else(tmp_path: Path) -> None:
    written(tmp_path, "secret.yaml", "parameters: {p: {type: string}}\n")
    folder = tmp_path / "stack"
    folder.mkdir()
    written(folder, "inner.yaml", "parameters: {p: {type: string}}\n")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    outer = written(folder, "a.yaml", "resources: {a: {type: inner.yaml}, b: {type: ../secret.yaml}, c: {type: link.yaml}}\n")
    status, said = run(outer)
    assert status == 1
    assert [line.split(" ")[2:4] for line in said.splitlines()] == [
        ["C2H4006", "resources.b.type:"],
        ["C2H4006", "resources.c.type:"],
        ["C2H4008", "resources.a.properties:"],
    ]
