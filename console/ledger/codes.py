"""What a creditor gives to pay a charge by, as text: a boleto's line, a Pix code, a link to a document. Pure.

Each is read to its last digit when it comes; what it says (amount, last day) is read anew from it, and stored nowhere.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from msgspec import Struct

from console.ledger import boleto, pix

FIELDS = {"boleto": "boleto", "pix": "pix", "link": "document_url"}
"""What each kind is called where a charge is told: the field of the API and the column of the file."""
KINDS = tuple(FIELDS)
LONGEST_URL = 500


class BadCode(ValueError):
    """`why`: what is wrong, as `cell.{why}` says it in the readers' languages; `facts` fill its sentence."""

    def __init__(self, why: str, says: str, **facts: str) -> None:
        super().__init__(says)
        self.why, self.facts = why, facts


class Told(Struct, frozen=True):
    """What a code says. `amount` in cents, None where the payer or their bank names it; `due`: the last day, None where
    it names none; `fixed`: whether what is paid by it is its amount, whatever was added meanwhile.
    """

    kind: str
    value: str
    amount: int | None = None
    due: date | None = None
    fixed: bool = False


def read_code(kind: str, text: str, currency: str, today: date) -> Told:
    """Raises BadCode."""
    if kind != "link" and currency != "BRL":
        raise BadCode("not_brl", f"Boletos and Pix are paid in reais, and this charge is in {currency}.",
                      currency=currency)  # fmt: skip
    if kind == "boleto":
        return _line(text, today)
    return _pix(text.strip()) if kind == "pix" else _url(text.strip())


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _line(text: str, today: date) -> Told:
    try:
        line = boleto.read_line(text, today)
    except boleto.BadBoleto as error:
        raise BadCode(error.why, str(error), **error.facts) from None
    return Told("boleto", line.digits, line.amount, line.due)


def _pix(code: str) -> Told:
    """A dynamic code's bank tells the payer the sum when it is scanned, fine and interest with it."""
    try:
        found = pix.read(code)
    except pix.BadPix as error:
        if code.isascii() and code[-8:-4] == "6304" and code[-4:] != (right := f"{pix.crc(code[:-4]):04X}"):
            raise BadCode("pix_check", str(error), stands=code[-4:], right=right) from None
        raise BadCode("pix_unread", f"This is no Pix code to copy: {error}", detail=str(error)) from None
    return Told("pix", code, found.amount or None, fixed=not found.url)


def _url(text: str) -> Told:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    good = text.isascii() and re.fullmatch(r"https://[^\s<>\"'`\\]+", text) and "." in host
    if not good or "@" in parts.netloc or len(text) > LONGEST_URL:
        raise BadCode("url_form", f"A link begins with https:// and a host's name, has no blanks, and at most "
                                  f"{LONGEST_URL} characters.", most=str(LONGEST_URL))  # fmt: skip
    return Told("link", text)
