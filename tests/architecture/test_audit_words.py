"""Whatever the audit records has words on the screen of those who read it, in every language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

WRITERS = {"record", "record_hourly"}
PREFIX = "audit.act."


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "console").rglob("*.py")):
        source = path.read_text("utf-8")
        if "console.audit.record import" in source:
            yield path, ast.parse(source)


def _acts() -> Iterator[tuple[str, str]]:
    """(pattern of the act, where) of each call that writes to the audit; what is worked out stands for any word. An act
    that comes in a variable (consents) is not seen here.
    """
    for path, tree in _modules():
        for node in ast.walk(tree):
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


def _facts() -> Iterator[tuple[str, str]]:
    """(name, where) of what a call writes beside its act, where it is spelt out."""
    for path, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS:
                for given in node.keywords:
                    if given.arg == "detail" and isinstance(given.value, ast.Dict):
                        for key in given.value.keys:
                            if isinstance(key, ast.Constant):
                                yield str(key.value), f"{path.relative_to(ROOT)}:{node.lineno}"


def _told() -> Iterator[tuple[str, str]]:
    """(key of the words, where) of each line of a removal's report."""
    parts = {"keep": ("what", "why"), "count": ("what",)}
    for path in sorted((ROOT / "console" / "evidence").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in parts:
                if not ast.unparse(node.func.value).endswith("report"):
                    continue
                for part, given in zip(parts[node.func.attr], node.args, strict=False):
                    if isinstance(given, ast.Constant):
                        slug = re.sub(r"[^a-z0-9]+", "_", str(given.value).lower())
                        yield f"removals.{part}.{slug}", f"{path.relative_to(ROOT)}:{node.lineno}"


def _words(language: str) -> dict[str, object]:
    words: dict[str, object] = json.loads((ROOT / "frontend" / "i18n" / f"{language}.json").read_text("utf-8"))
    return words


@pytest.mark.parametrize("language", ["pt-BR", "es", "en"])
def test_every_act_of_the_audit_has_words(language: str) -> None:
    words = _words(language)
    acts = [key.removeprefix(PREFIX) for key in words if key.startswith(PREFIX)]
    found = list(_acts())
    assert len(found) > 60
    lacking = [f"{act} ({where})" for act, where in found if not any(re.fullmatch(act, known) for known in acts)]
    assert lacking == []


@pytest.mark.parametrize("language", ["pt-BR", "es", "en"])
def test_what_stands_beside_an_act_has_words(language: str) -> None:
    words = _words(language)
    found = list(_facts())
    assert len(found) > 40
    assert [f"{fact} ({where})" for fact, where in found if f"audit.fact.{fact}" not in words] == []


@pytest.mark.parametrize("language", ["pt-BR", "es", "en"])
def test_what_a_removal_took_and_kept_is_told_in_words(language: str) -> None:
    words = _words(language)
    found = list(_told())
    assert len(found) > 15
    assert [f"{key} ({where})" for key, where in found if key not in words] == []
