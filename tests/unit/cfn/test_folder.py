"""Files that a template names are found by the end of the address, and only CloudFormation's."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfn2heat.cfn.folder import TemplateFolder

SOURCE = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"


def write(folder: Path, name: str, text: str = SOURCE) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_longest_common_end_wins(tmp_path: Path) -> None:
    write(tmp_path, "old/vpc.yaml")
    wanted = write(tmp_path, "templates/net/vpc.yaml")
    assert TemplateFolder(tmp_path).find("https://bucket.s3.amazonaws.com/templates/net/vpc.yaml") == wanted


@pytest.mark.parametrize(
    "first",
    ["heat_template_version: 2021-04-16", '{"heat_template_version": "2021-04-16"', "# by us\n\nheat_template_version: rocky"],
)
def test_what_an_earlier_conversion_wrote_is_no_candidate(tmp_path: Path, first: str) -> None:
    write(tmp_path, "heat/net/vpc.yaml", first + "\n")
    assert TemplateFolder(tmp_path).find("https://example.org/heat/net/vpc.yaml") is None
    wanted = write(tmp_path, "src/vpc.yaml")
    assert TemplateFolder(tmp_path).find("https://example.org/heat/net/vpc.yaml") == wanted


def test_a_link_that_leads_out_does_not_count(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/vpc.yaml")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/vpc.yaml").symlink_to(outside)
    assert TemplateFolder(tmp_path / "inside").find("vpc.yaml") is None
