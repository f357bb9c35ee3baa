"""What is installed elsewhere: the wheel, the file for machines without a network, the image and the units."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tarfile
import venv
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.cli import GROUPS
from requirements.wheelhouse import bundle
from tests.commands.running import serving
from tests.commands.shell import Shell
from tests.services.needs import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the project and one small package, which a mirror that is a folder has."""
    folder = tmp_path_factory.mktemp("bundle")
    wheel = folder / "mirror" / "paisley-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("paisley.py", "")
        about = "Metadata-Version: 2.1\nName: paisley\nVersion: 1.0\n"
        for name, text in (("METADATA", about), ("WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"), ("RECORD", "")):
            file.writestr(f"paisley-1.0.dist-info/{name}", text)
    lock = folder / "run.lock"
    lock.write_text(f"paisley==1.0 --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(wheel.parent))
        return bundle(folder / "dist", lock)


def test_the_bundle_holds_the_product_what_it_runs_on_and_how_to_install_it(archive: Path) -> None:
    assert re.fullmatch(r"acordo-[\d.]+-py3\d+-[\w.-]+\.tar\.gz", archive.name)
    with tarfile.open(archive) as file:
        names = {Path(each.name).name for each in file.getmembers()}
        how = file.extractfile(next(each for each in file.getmembers() if each.name.endswith("INSTALL.txt")))
        assert how is not None and b"--no-index --find-links wheels --require-hashes -r run.lock" in how.read()
    assert {"run.lock", "paisley-1.0-py3-none-any.whl"} <= names
    assert any(name.startswith("acordo-") and name.endswith(".whl") for name in names)


def test_the_wheel_serves_the_screens_without_node(archive: Path, bare: Shell) -> None:
    with tarfile.open(archive) as file:
        file.extractall(bare.folder, filter="data")
    venv.create(bare.folder / "installed", with_pip=False)
    wheel = next(bare.folder.glob("acordo-*/wheels/acordo-*.whl"))
    python = bare.folder / "installed" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", "-q", str(wheel)]
    subprocess.run(pip, check=True)
    packages = next((bare.folder / "installed").glob("lib/python3*/site-packages"))
    # Packages come from where the tests run; the project itself only from the wheel.
    (packages / "others.pth").write_text("\n".join(each for each in sys.path if each.endswith("site-packages")))
    lean = {"PATH": "/nonexistent", "PYTHONPATH": ""}
    bare.python = str(python)
    with serving(bare, **lean) as server:
        page = server.client().get("/sign-in").text
        for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page):
            assert server.client().get(asset).status_code == 200
        assert "/assets/sign-in-" in page
    where = "import console; print(console.__path__[0])"
    told = subprocess.run([python, "-c", where], env={**os.environ, **lean}, capture_output=True, text=True, check=True)
    assert Path(told.stdout.strip()).is_relative_to(packages)


# ── what a machine without a container engine can say of the image ───────────────────────────────────────────────────


def test_the_image_copies_what_there_is_and_runs_as_nobody_of_rank() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+) ", CONTAINERFILE, re.M)
    locks = re.findall(r"-r (\S+)", CONTAINERFILE)
    assert copied and locks
    assert all((ROOT / each).exists() for each in (*copied, *locks))
    assert set(locks) == {f"requirements/{name}.lock" for name in ("build", "node", "run")}
    last = CONTAINERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER (?!root)\w+$", last, re.M)
    assert "--require-hashes" in CONTAINERFILE and "://" not in CONTAINERFILE.split("HEALTHCHECK")[0]


def test_what_the_image_ignores_is_not_what_the_build_reads() -> None:
    ignored = set((ROOT / ".containerignore").read_text().split())
    assert {".venv", "var", ".git"} <= ignored
    assert not ignored & {"console", "channels", "routing", "sandbox", "frontend", "requirements", "pyproject.toml"}


def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def test_every_process_of_the_composition_is_a_command_with_settings_that_exist(bare: Shell) -> None:
    known = re.findall(r"ACORDO_\w+", (ROOT / "console" / "settings.py").read_text("utf-8"))
    ours = {name: each for name, each in composed()["services"].items() if each["image"] == "acordo"}
    assert ours.keys() == {"migrate", "serve", "worker"}
    for each in ours.values():
        assert set(each["environment"]) <= set(known)
        assert each["cap_drop"] == ["ALL"] and each["read_only"] is True
        assert bare.run(*each["command"], "--help").status == 0


def test_the_units_call_commands_that_exist_with_the_settings_beside_them() -> None:
    known = re.findall(r"ACORDO_\w+", (ROOT / "console" / "settings.py").read_text("utf-8"))
    assert set(re.findall(r"ACORDO_\w+", (DEPLOY / "acordo.env").read_text("utf-8"))) <= set(known)
    for name in ("serve", "worker"):
        unit = (DEPLOY / f"acordo-{name}.service").read_text("utf-8")
        start = re.search(r"^ExecStart=(.+)$", unit, re.M)
        assert start is not None
        program, command, *_ = shlex.split(start[1])
        assert program == "/opt/acordo/bin/acordo" and command == name and command in GROUPS
        assert "NoNewPrivileges=yes" in unit and re.search(r"^User=(?!root)", unit, re.M)
