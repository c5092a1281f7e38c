"""The rooms: who may import whom, and where the names of the two sides may stand."""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cfn2heat"
BELOW = {
    "source": set(),
    "record": set(),
    "codes": set(),
    "diagnostics": {"record", "source"},
    "cfn": {"diagnostics", "record", "source"},
    "hot": {"diagnostics", "record", "source"},
    "deploy": {"diagnostics", "record", "source"},
    "images": {"diagnostics", "record", "source"},
    "table": {"cfn", "hot", "diagnostics", "record", "source"},
    "translate": {"table", "cfn", "hot", "diagnostics", "record", "source"},
    "hooks": {"translate", "table", "cfn", "hot", "diagnostics", "record", "source"},
    "report": {"translate", "table", "cfn", "hot", "images", "diagnostics", "record", "source"},
    "api": {"hooks", "report", "translate", "table", "cfn", "hot", "diagnostics", "record", "source"},
    "cli": {
        "api",
        "codes",
        "deploy",
        "deployable",
        "hooks",
        "report",
        "translate",
        "table",
        "cfn",
        "hot",
        "diagnostics",
        "images",
        "record",
        "source",
    },
    "deployable": {"api", "deploy", "report", "translate", "hot", "diagnostics", "record", "source"},
    "__main__": {"cli"},
    "__init__": {"api"},
}
BY_THE_REGISTRY = {("translate", "hooks")}
"""The registry alone reaches hooks, by name, when a table row asks for one."""
HEAVY = {
    "click": {"cli"},
    "boto3": {"images"},
    "botocore": {"images"},
    "heatclient": {"deploy"},
    "keystoneauth1": {"deploy", "images"},
    "openstack": {"deploy", "images"},
    "oslo_utils": {"images"},
}
TYPE_NAME = re.compile(r"\b(AWS|OS)::")


def modules() -> list[tuple[str, Path, ast.Module]]:
    """Room, path and tree of every module."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        found.append((room, path, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def imports(tree: ast.Module) -> set[str]:
    """Dotted names of all that a module imports, wherever it does so."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "cfn2heat":
                found.update(f"cfn2heat.{alias.name}" for alias in node.names)
    return found


def test_layers_point_downward() -> None:
    wrong = []
    for room, path, tree in modules():
        for name in imports(tree):
            parts = name.split(".")
            if parts[0] == "cfn2heat" and len(parts) > 1 and parts[1] != room and parts[1] not in BELOW[room]:
                if (room, parts[1]) in BY_THE_REGISTRY and path.name == "registry.py":
                    continue
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong


def test_heavy_libraries_stay_in_their_rooms() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for room, path, tree in modules()
        for name in imports(tree)
        if room not in HEAVY.get(name.split(".")[0], {room})
    ]
    assert not wrong


def test_only_hooks_name_types() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for room, path, tree in modules()
        if room != "hooks"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and TYPE_NAME.search(node.value)
        and not is_prose(tree, node)
    ]
    assert not wrong


def is_prose(tree: ast.Module, constant: ast.Constant) -> bool:
    """Whether a string is a docstring or a command's help: nothing that code acts on."""
    return any(
        (isinstance(node, ast.Expr) and node.value is constant)
        or (isinstance(node, ast.keyword) and node.arg in ("epilog", "help") and node.value is constant)
        for node in ast.walk(tree)
    )
