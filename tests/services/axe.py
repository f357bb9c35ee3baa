"""axe-core, which tells what of a page people with disabilities could not use. It comes with the front end's checks."""

from __future__ import annotations

import sys

from frontend import build
from tests.services.needs import ROOT, Missing

SCRIPT = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def axe() -> str:
    """The script, to be run in a page. Fetches the tools of the checks when they are not there yet."""
    if not SCRIPT.exists():
        try:
            build.tools(str(ROOT), str(ROOT / ".venv"), sys.stderr)
        except build.Failed as failure:
            raise Missing("browser", "no axe-core", f"python3 dev.py check, which says {failure}") from failure
    return SCRIPT.read_text("utf-8")
