"""The system's Chromium, driven by Playwright, which downloads none of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.services.needs import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> Path:
    """The path for `executable_path`: CHROMIUM, else the first found on PATH."""
    named = os.environ.get("CHROMIUM")
    found = named if named and Path(named).exists() else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise Missing("browser", "no chromium", "apt-get install chromium, or set CHROMIUM to its path")
    return Path(found)
