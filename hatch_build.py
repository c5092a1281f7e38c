"""Build hook: compiles the correspondence table into the wheel, so that no call has to read its YAML."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTable(BuildHookInterface):  # type: ignore[type-arg]
    """Writes cfn2heat/_compiled/table.json from mappings/ and has the wheel take it in."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the installation is editable: there the source tree is read and cached."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from cfn2heat.table.compile import compile_table, write_atomically

        target = root / "cfn2heat" / "_compiled" / "table.json"
        write_atomically(target, compile_table(root / "mappings", strict=True))
        build_data["force_include"][str(target)] = "cfn2heat/_compiled/table.json"
