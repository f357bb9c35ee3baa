"""The lock files: every package pinned and hashed, from wherever it comes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.services.needs import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^ ;\\]+)", re.M | re.I)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / "requirements" / f"{lock}.lock").read_text()))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_package_is_pinned_with_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert entries
    for entry in entries:
        assert PIN.match(entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_says_nothing_of_where_packages_come_from(lock: Path) -> None:
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|^#", lock.read_text(), re.M)


def test_what_is_tested_is_what_runs() -> None:
    run, dev = pins("run"), pins("dev")
    assert run
    assert {name: dev.get(name) for name in run} == run


def test_every_dependency_named_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for lock, named in (
        ("run", project["project"]["dependencies"]),
        ("dev", project["dependency-groups"]["dev"]),
    ):
        names = {re.split(r"[\[<>=;! ]", requirement)[0].lower() for requirement in named}
        assert names <= {name.lower() for name in pins(lock)}
