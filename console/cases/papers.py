"""Documents of a debt that hang on a message, and codes by which a charge is paid that stand in its words: what they
need to be shown, and whether they are still true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy import bindparam, select

from console.gate.validation import KIND, is_fresh
from console.ledger.boleto import bare
from console.ledger.charge_codes import code_of, judged_codes, named_in
from console.ledger.charge_files import file_of, judged
from console.ledger.models import plan
from console.ledger.owed import owed, today_of
from console.store.base import load
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.timeline.queries import AttachmentRow

LEVEL = 2  # a document of a debt is for its debtor alone, once it is known who is there
MOST = 20  # codes that are looked up in one text
_LINE = re.compile(r"(?<!\d)\d(?:[ .\-]{0,2}\d){46,47}(?!\d)")
_PIX = re.compile(r"000201.{20,500}?6304[0-9A-F]{4}(?![0-9A-Za-z])")
_URL = re.compile(r"https://[^\s<>\"]+")
_STATE = Query(select(plan.c.state).where(plan.c.id == bindparam("id")), value)


def paper_of(file: AttachmentRow) -> dict[str, Any] | None:
    """What a document was made of; None for any other file."""
    found: dict[str, Any] | None = load(file.source or "{}").get("document")
    return found


def level_of(files: Sequence[AttachmentRow]) -> int:
    """The disclosure level that the files need."""
    return LEVEL if any(paper_of(each) for each in files) else 0


def kind_of(files: Sequence[AttachmentRow]) -> Literal["", "validation_notice"]:
    """Which formal message files make of the one that carries them."""
    return KIND if any((paper_of(each) or {}).get("kind") == KIND for each in files) else ""


def stale(reader: Reader, debtor_id: str, portfolio_id: str, files: Sequence[AttachmentRow]) -> list[AttachmentRow]:
    """The documents that are no longer true: the balance has moved, the agreement has ended, the creditor's
    own was replaced or its charge is paid, or they are another's.
    """
    return [each for each in files if (made := paper_of(each)) and not _holds(reader, debtor_id, portfolio_id, made)]


def stale_words(reader: Reader, debtor_id: str, portfolio_id: str, text: str) -> str:
    """Why a creditor's code in a text is not to be paid by this debtor any more, as its charge tells; another's is
    `other`. "" when all that stand there are true, or none is known.
    """
    found = {bare(each) for each in _LINE.findall(text)} | set(_PIX.findall(text))
    found |= {each.rstrip(".,;:!?)") for each in _URL.findall(text)}
    if not found:
        return ""
    why: dict[str, list[str]] = {}
    for code, *whose in named_in(reader, sorted(found)[:MOST]):
        mine = whose == [debtor_id, portfolio_id]
        seen = judged_codes(reader, debtor_id, portfolio_id, [code]) if mine else []
        why.setdefault(code.value, []).append(seen[0].why if seen else "other")
    false = [reasons for reasons in why.values() if "" not in reasons]
    return min(false[0], key=lambda each: each == "other") if false else ""


def _holds(reader: Reader, debtor_id: str, portfolio_id: str, made: dict[str, Any]) -> bool:
    if (made["debtor"], made["portfolio"]) != (debtor_id, portfolio_id):
        return False
    if "file" in made:
        file = file_of(reader, made["file"])
        found = [] if file is None else judged(reader, debtor_id, portfolio_id, [file])
        return bool(found) and not found[0][2]
    if "code" in made:
        code = code_of(reader, made["code"])
        seen = [] if code is None else judged_codes(reader, debtor_id, portfolio_id, [code])
        return bool(seen) and not seen[0].why
    if made["kind"] == "agreement":
        return bool(_STATE.first(reader, id=made["plan"]) == made["state"])
    if made["kind"] == KIND and not is_fresh(date.fromisoformat(made["as_of"]), today_of(reader, debtor_id)):
        return False
    return bool((owed(reader, debtor_id, portfolio_id).total_minor or 0) == made["balance"])
