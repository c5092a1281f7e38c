"""The shipped table: a closed world, true targets, names that exist."""

from cfn2heat.cli.mappings import registered_names
from cfn2heat.table.lint import lint
from cfn2heat.table.loader import shipped_directory


def test_lint_finds_nothing():
    found = lint(shipped_directory(), registered_names())
    assert [str(one) for one in found] == []


def test_lint_sees_a_missing_row(tmp_path):
    """Remove one row of each of the first files; each must be found."""
    for path in sorted(shipped_directory().glob("ec2/*.yaml"))[:5]:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        start = lines.index("properties:\n") + 1
        end = next(i for i in range(start + 1, len(lines)) if lines[i][:3].strip())
        (tmp_path / path.name).write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")
    found = lint(tmp_path, registered_names(), complete=False)
    assert sum(one.code == "C2H5201" for one in found) == len(list(tmp_path.iterdir()))
