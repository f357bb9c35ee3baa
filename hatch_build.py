"""The build hook: the front end is built into the package unless it is there already, so that a wheel needs no Node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

from frontend import build as front  # noqa: E402 - only found once the root is on the path


class FrontEnd(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]  # hatchling comes with the build
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A Node from a wheel where none is on PATH; pip fetches it for the build alone."""
        needed = not front.is_fresh(str(ROOT)) and front.node_on_path() is None
        return (ROOT / "requirements/node.in").read_text().split() if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not front.is_fresh(str(ROOT)):
            front.build(str(ROOT), sys.prefix, sys.stderr)
