"""Whatever the audit records has words on the screen of those who read it, in every language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import ROOT

WRITERS = {"record", "record_hourly"}
PREFIX = "audit.act."


def _acts() -> Iterator[tuple[str, str]]:
    """(pattern of the act, where) of each call that writes to the audit; what is worked out stands for any word. An act
    that comes in a variable (consents) is not seen here.
    """
    for path in sorted((ROOT / "console").rglob("*.py")):
        source = path.read_text("utf-8")
        if "console.audit.record import" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS:
                for pattern in _patterns(node.args[2]):
                    yield pattern, f"{path.relative_to(ROOT)}:{node.lineno}"


def _patterns(act: ast.expr) -> Iterator[str]:
    if isinstance(act, ast.Constant):
        yield re.escape(str(act.value))
    elif isinstance(act, ast.JoinedStr):
        yield "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in act.values)
    elif isinstance(act, ast.IfExp):
        yield from _patterns(act.body)
        yield from _patterns(act.orelse)


@pytest.mark.parametrize("language", ["pt-BR", "es", "en"])
def test_every_act_of_the_audit_has_words(language: str) -> None:
    words = json.loads((ROOT / "frontend" / "i18n" / f"{language}.json").read_text("utf-8"))
    acts = [key.removeprefix(PREFIX) for key in words if key.startswith(PREFIX)]
    found = list(_acts())
    assert len(found) > 60
    lacking = [f"{act} ({where})" for act, where in found if not any(re.fullmatch(act, known) for known in acts)]
    assert lacking == []
