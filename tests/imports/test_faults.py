"""Each code of a fault is said in the three languages of the screens, filled with what its sentence names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from console.imports.faults import FILES, SENTENCES, Mistake

ROOT = Path(__file__).parents[2]
TEXTS = {name: json.loads((ROOT / f"frontend/i18n/{name}.json").read_text("utf-8")) for name in ("pt-BR", "es", "en")}


@pytest.mark.parametrize("language", TEXTS)
def test_every_code_has_its_text_with_the_same_arguments(language: str) -> None:
    told = {key.removeprefix("cell."): text for key, text in TEXTS[language].items() if key.startswith("cell.")}
    assert told.keys() == SENTENCES.keys()
    for code, sentence in SENTENCES.items():
        assert set(re.findall(r"\{(\w+)\}", told[code])) == set(re.findall(r"\{(\w+)\}", sentence)), code


@pytest.mark.parametrize("language", TEXTS)
def test_why_a_file_cannot_be_read_is_said_in_every_language(language: str) -> None:
    told = {key.removeprefix("unread."): text for key, text in TEXTS[language].items() if key.startswith("unread.")}
    assert told.keys() == FILES.keys()
    for code, sentence in FILES.items():  # a library's own words stay in the English sentence
        named = set(re.findall(r"\{(\w+)\}", sentence)) - {"detail"}
        assert set(re.findall(r"\{(\w+)\}", told[code])) == named, code


def test_every_code_is_raised_somewhere_and_no_other_is() -> None:
    places = [path for path in (ROOT / "console/imports").glob("*.py") if path.name != "faults.py"]
    places += [ROOT / "console/ledger/codes.py", ROOT / "console/ledger/boleto.py"]  # what is wrong in a code to pay by
    sources = "".join(path.read_text("utf-8") for path in places)
    for code in SENTENCES:
        kind, _, rest = code.partition("_")
        by_column = (kind == "empty" and f'needed("{rest}"' in sources) or f'"{rest}", get_args(' in sources
        assert f'"{code}"' in sources or by_column, code
    with pytest.raises(KeyError):
        Mistake("nothing_of_the_kind")


def test_a_fault_says_its_code_its_arguments_and_the_sentence() -> None:
    fault = Mistake("no_decimals", currency="CLP", places="0", like="1234").at(7, "amount")
    assert (fault.line, fault.column, fault.code) == (7, "amount", "no_decimals")
    assert fault.args == {"currency": "CLP", "places": "0", "like": "1234"}
    assert fault.says == "CLP has 0 decimals: write it like 1234"
