"""The rules of all files: their size, and what no commit may hold."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT, files, text, told

LONGEST = 400
CODE = (".py", ".ts", ".tsx", ".css", ".mjs")
# Written in halves, so that this file holds none of them.
HOSTS = [
    re.compile(re.escape(first + second), re.I)
    for first, second in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("npm", "mirror.com"),
        ("registry.yarn", "pkg.com"),
        ("proxy.gol", "ang.org"),
    )
]
PLACES = [f"{ROOT}/", f"{Path.home()}/", "/wo" + "rk/", "/ho" + "me/runner"]
LEFTOVERS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_no_file_of_code_is_longer_than_400_lines() -> None:
    read = [path for path in files() if path.name.endswith(CODE) and ".gen." not in path.name]
    long = [(path, text(path).count("\n")) for path in read]
    found = [f"{path}: {count} lines" for path, count in long if count > LONGEST]
    assert not found, told(found)


def test_no_file_names_a_package_registry() -> None:
    found = [f"{path}: {m.group()}" for path in files() for host in HOSTS for m in host.finditer(text(path))]
    assert not found, told(found)


def test_no_file_holds_a_path_of_this_machine() -> None:
    found = [f"{path}: {place}" for path in files() for place in PLACES if len(place) > 2 and place in text(path)]
    assert not found, told(found)


def test_nothing_is_left_for_later_in_a_comment() -> None:
    found = [
        f"{path}:{number}"
        for path in files()
        if path.name.endswith(CODE)
        for number, line in enumerate(text(path).splitlines(), 1)
        if LEFTOVERS.search(line)
    ]
    assert not found, told(found)


def test_the_licence_stands_whole_at_the_top() -> None:
    licence = text(Path("LICENSE"))
    assert "Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence


def test_every_setting_is_documented() -> None:
    manual = text(Path("docs/operating.md"))
    names = set(re.findall(r"\bACORDO_[A-Z_]+\b", text(Path("console/settings.py"))))
    missing = sorted(name for name in names if name not in manual)
    assert names and not missing, told(missing)
