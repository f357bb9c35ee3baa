"""Lines of a text that quote what the debtor wrote: a `>` before a line is anybody's to type, so they are looked up."""

from __future__ import annotations

import re

from sqlalchemy import bindparam, select

from console.gate.content import fold
from console.gate.types import Span
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.timeline.models import item

HEARD = 200  # messages of the case that are looked through, the newest first
_LINE = re.compile(r"^>.*$", re.MULTILINE)
_MARKS = re.compile(r"^[> ]+", re.MULTILINE)
_HEARD = Query(
    select(item.c.text)
    .where(item.c.case_id == bindparam("case_id"), item.c.kind == "message", item.c.direction == "in")
    .order_by(item.c.position.desc())
    .limit(HEARD),
    value,
)


def quotes(reader: Reader, case_id: str, text: str) -> tuple[Span, ...]:
    """Where lines of `text` begin with `>` and stand, word for word, in a message that came in on the case. Offsets
    into the text in NFC; reads nothing where no line begins so.
    """
    lines = [(match.span(), _plain(match.group())) for match in _LINE.finditer(fold(text))] if ">" in text else []
    if not lines:
        return ()
    heard = [f" {_plain(fold(each))} " for each in _HEARD.all(reader, case_id=case_id)]
    return tuple(span for span, words in lines if any(f" {words} " in each for each in heard))


def _plain(folded: str) -> str:
    """Words with one space between them, without the marks of a quotation."""
    return " ".join(_MARKS.sub("", folded).split())
