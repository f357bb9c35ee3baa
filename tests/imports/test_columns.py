"""The columns that the back office names, and puts into an empty file, are those that an import knows."""

from __future__ import annotations

import re

from console.imports.words import KINDS, column_of, needed
from tests.architecture.tree import ROOT

_LINE = re.compile(r"^  (\w+): \[(.+)\],$", re.MULTILINE)


def test_the_screen_names_columns_of_an_import_and_all_that_it_needs() -> None:
    source = (ROOT / "frontend" / "src" / "office" / "files.tsx").read_text("utf-8")
    shown = {kind: re.findall(r"'(\w+)'", names) for kind, names in _LINE.findall(source)}
    assert set(shown) == set(KINDS)
    for kind in set(KINDS) - {"documents"}:  # of these the names of files are shown
        assert [column_of(kind, name) for name in shown[kind]] == shown[kind]
        assert set(needed(kind)) <= set(shown[kind])
