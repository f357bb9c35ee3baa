"""The set-up says in one line what is in the way and how to mend it, and goes on where it stopped."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.services.needs import ROOT

NOBODY_LISTENS = "http://127.0.0.1:9/simple"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the set-up reads, elsewhere."""
    for name in ("dev.py", "hatch_build.py", "pyproject.toml", "LICENSE", "requirements"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    shutil.copytree(ROOT / "frontend", tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    return tmp_path


def set_up_without_network(folder: Path) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": NOBODY_LISTENS,
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "UV_DEFAULT_INDEX": NOBODY_LISTENS,
    }
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        env.pop(name, None)
    command = [sys.executable, str(folder / "dev.py"), "install"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=folder.parent)


def test_an_old_python_can_read_the_set_up_and_so_be_told() -> None:
    source = (ROOT / "dev.py").read_text("utf-8")
    assert ast.parse(source, feature_version=(3, 6))
    future = [line for line in source.splitlines() if line.startswith("from __future__")]
    assert not future  # annotations of the future are unknown to 3.6


def test_an_old_python_is_told_which_is_needed() -> None:
    with pytest.raises(dev.Stop) as stop:
        dev.newer_python((3, 9, 18), which=lambda name: None)
    assert str(stop.value).startswith("this is Python 3.9, and 3.11 or newer is needed")
    assert "\n" not in str(stop.value)


def test_an_old_python_hands_over_to_a_newer_one_beside_it() -> None:
    there = {"python3.11": "/usr/bin/python3.11", "python3.13": "/opt/bin/python3.13"}
    assert dev.newer_python((3, 9, 18), which=there.get) == "/opt/bin/python3.13"
    assert dev.newer_python((3, 11, 2), which=there.get) is None


def test_a_python_that_makes_no_environment_is_told_the_package() -> None:
    with pytest.raises(dev.Stop, match=r"ensurepip is missing.*apt-get install python3-venv"):
        dev.check_ensurepip(find=lambda name: None if name == "ensurepip" else object())


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(dev.Stop, match=r"^cannot write in /proc \(.+\): copy the project to a folder of your own$"):
        dev.check_writable("/proc")


def test_without_a_network_one_line_says_so_and_the_next_try_goes_on_where_it_stopped(copy: Path) -> None:
    first = set_up_without_network(copy)
    assert first.returncode == 1
    assert first.stderr.count("\n") == 1
    assert first.stderr.startswith("dev.py: the installer: the network does not answer: connect")
    assert "virtual environment" in first.stdout
    second = set_up_without_network(copy)
    assert second.returncode == 1
    assert "virtual environment" not in second.stdout and "installer" in second.stdout


def test_half_an_environment_is_made_anew(copy: Path) -> None:
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / "bin" / "python").symlink_to(sys.executable)
    done = set_up_without_network(copy)
    assert "virtual environment" in done.stdout
    assert (copy / ".venv" / "bin" / "pip").exists()


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        (
            "error: Failed to fetch\n  Caused by: dns error: failed to lookup",
            "the packages: the network does not answer",
        ),
        ("npm error code ENOTFOUND", "the packages: the network does not answer"),
        ("OSError: [Errno 28] No space left on device", "the disk is full: free about 1 GB"),
        (
            "Resolved 3 packages\nerror: Hash mismatch for x\nmore",
            r"the packages failed: error: Hash mismatch for x \(",
        ),
        ("invalid peer certificate: UnknownIssuer", "certificate is not trusted here: set SSL_CERT_FILE"),
        ("", "the packages failed: no word of why"),
    ],
)
def test_a_failed_step_is_told_in_the_line_that_matters(words: str, telling: str) -> None:
    line = dev.failed("the packages", words)
    assert re.search(telling, line) and "\n" not in line


def test_a_stamp_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "STAMPS", str(tmp_path / "stamps"))
    assert dev.stamp("tools") is None
    dev.stamp("tools", "abc")
    assert dev.stamp("tools") == "abc"
    assert os.listdir(tmp_path / "stamps") == ["tools"]


def test_an_unknown_verb_answers_with_the_verbs(copy: Path) -> None:
    done = subprocess.run([sys.executable, str(copy / "dev.py"), "rnu"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert all(re.search(rf"^  {verb} ", done.stdout, re.M) for verb in dev.VERBS)


def test_make_knows_the_verbs_of_the_set_up() -> None:
    rule = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.M)
    assert rule and set(rule.group(1).split()) == set(dev.VERBS)


def test_a_mirror_named_for_pip_holds_for_uv_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", NOBODY_LISTENS)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    env = dev.environment()
    assert env["UV_DEFAULT_INDEX"] == NOBODY_LISTENS
    assert env["UV_PYTHON_DOWNLOADS"] == "never"
    assert "PYTHONPATH" not in env
