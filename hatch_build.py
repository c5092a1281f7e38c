"""Build hook: compiles the correspondence table into the wheel, so that no call has to read its YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
