"""The rules of the screens: no markup from strings, no colour but the tokens, one set of words in three languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT, files, text, told, under

STYLES = (".css",)
SCRIPTS = (".ts", ".tsx", ".mjs", ".js")
TOKENS = Path("frontend/css/tokens.css")
LANGUAGES = ("pt-BR", "es", "en")

MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment)\b"
    r"|\bdocument\.write\b|\beval\(|\bnew Function\("
)
NUMBERS = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(\s*[\d.]", re.I)
HEX_IN_STYLE = re.compile(r":[^;{}]*?#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b", re.I)
HEX_IN_SCRIPT = re.compile(r"""['"`]#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})['"`]""", re.I)
NAMED = re.compile(
    r"(?:^|[;{\s-])(?:color|background|background-color|border(?:-\w+)*|outline|fill|stroke|box-shadow)\s*:"
    r"[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|silver|orange|purple|yellow)\b(?!-)",
    re.I,
)


def test_no_markup_is_made_from_strings() -> None:
    found = _found(_screens(SCRIPTS), MARKUP)
    assert not found, told(found)


def test_no_template_turns_escaping_off() -> None:
    found = _found(_screens((".html", ".jinja", ".j2", ".svg")), re.compile(r"\|\s*safe\b|autoescape\s+false"))
    assert not found, told(found)


def test_colours_stand_in_the_tokens_alone() -> None:
    styles = [path for path in _screens(STYLES) if path != TOKENS]
    found = [line for rule in (NUMBERS, HEX_IN_STYLE, NAMED) for line in _found(styles, rule)]
    found += [line for rule in (NUMBERS, HEX_IN_SCRIPT) for line in _found(_screens(SCRIPTS), rule)]
    assert not found, told(found)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_word_exists_in_every_language(language: str) -> None:
    ours, theirs = _words(LANGUAGES[0]), _words(language)
    assert ours
    found = [f"missing in {language}: {key}" for key in sorted(ours.keys() - theirs.keys())]
    found += [f"only in {language}: {key}" for key in sorted(theirs.keys() - ours.keys())]
    found += [
        f"other kind in {language}: {k}" for k in ours.keys() & theirs.keys() if type(ours[k]) is not type(theirs[k])
    ]
    assert not found, told(found)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_fills_the_same_blanks(language: str) -> None:
    ours, theirs = _words(LANGUAGES[0]), _words(language)
    found = [key for key in ours.keys() & theirs.keys() if _blanks(ours[key]) != _blanks(theirs[key])]
    assert not found, told(sorted(found))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty(language: str) -> None:
    found = [key for key, entry in _words(language).items() for form in _forms(entry) if not form.strip()]
    assert not found, told(found)


def test_what_the_front_end_is_built_with_is_pinned_by_hash_and_names_no_host() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert not [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")]
    assert not [name for name, package in packages.items() if "resolved" in package]


def _screens(ending: tuple[str, ...]) -> list[Path]:
    return [path for path in under("frontend", "console", "sandbox", ending=ending) if "test" not in path.parts]


def _found(paths: list[Path], rule: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number} {match.group().strip()}"
        for path in paths
        for number, line in enumerate(_without_comments(text(path)).splitlines(), 1)
        for match in rule.finditer(line)
    ]


def _without_comments(source: str) -> str:
    """Block comments blanked, so that line numbers stay."""
    return re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), source, flags=re.S)


def _words(language: str) -> dict[str, Any]:
    path = Path("frontend/i18n") / f"{language}.json"
    assert path in files(), f"{path} is not there"
    words: dict[str, Any] = json.loads(text(path))
    return words


def _forms(entry: Any) -> list[str]:
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def _blanks(entry: Any) -> set[str]:
    return {blank for form in _forms(entry) for blank in re.findall(r"\{\w+\}", form)}
