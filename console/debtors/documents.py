"""Documents: one form, checked where the country says how, kept as ciphertext beside a keyed hash for equality."""

from __future__ import annotations

import re

from stdnum.br import cnpj, cpf
from stdnum.cl import rut
from stdnum.mx import rfc

from console.errors import Invalid
from console.store.vault import Vault
from console.store.words import folded_words

PURPOSE = "debtor.document"
_CHECKED = {"cpf": cpf, "cnpj": cnpj, "rfc": rfc}
_LONGEST = 32
_UP, _DOWN = "01234567890123456789", "98765432109876543210"
_EVERYBODYS = frozenset({"XAXX010101000", "XEXX010101000"})  # SAT's RFC of the public, and of foreigners
_NOBODYS_RUT = frozenset({"444444444", "555555555", "666666666"})  # SII's of foreigners, and of sales without a name
_ISSUED = {
    ("AR", "dni"): lambda plain: re.fullmatch(r"[1-9]\d{6,7}", plain) is not None,
    ("PE", "dni"): lambda plain: re.fullmatch(r"\d{8}", plain) is not None,
    ("CO", "cc"): lambda plain: re.fullmatch(r"[1-9]\d{5,9}", plain) is not None,
    ("CL", "rut"): lambda plain: rut.is_valid(plain) and plain not in _NOBODYS_RUT,
    ("BR", "cpf"): lambda plain: cpf.is_valid(plain) and len(set(plain)) > 1,
}
"""Numbers that a country gives to people one after the other, those that look made up among them: somebody has the DNI
11.111.111. Of a CPF the authority gives none of one digit alone.
"""


def normal(value: str) -> str:
    """Letters and digits alone, in upper case."""
    return re.sub(r"[^0-9A-Z]", "", value.upper())


def fits(plain: str) -> bool:
    """Whether it has as many characters as a document may have: a dash or a nought for none has not."""
    return 4 <= len(plain) <= _LONGEST


def is_filler(value: str) -> bool:
    """Whether it is what people write where there is no document: words without a digit (`S/N`, `NINGUNO`), one digit
    over and over, digits counted up or down, or a country's number for everybody. Two such people are not one.
    """
    plain = normal(value)
    digits = "".join(each for each in plain if each.isdigit())
    if not digits.strip("0"):
        return True
    one_over_and_over = digits == plain and len(set(digits)) == 1
    counted = len(plain) > 5 and (plain in _UP or plain in _DOWN)
    return one_over_and_over or counted or plain in _EVERYBODYS


def may_be_issued(kind: str, value: str, jurisdiction: str) -> bool:
    """Whether what looks made up is a number of this kind that the country gives to people."""
    plain, issued = normal(value), _ISSUED.get((jurisdiction[:2], kind))
    return issued is not None and plain.strip("0") != "" and issued(plain)


def checked(kind: str, value: str, jurisdiction: str = "") -> str:
    """The document in its one form. Raises Invalid for a kind that is no word, or a value that cannot be one of it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,19}", kind):
        raise Invalid(
            "A kind of document is one lower-case word, such as cpf, cnpj, rfc, dni or cc.", field="document.kind"
        )
    plain = normal(value)
    if is_filler(value) and not may_be_issued(kind, value, jurisdiction):
        raise Invalid("This stands for no document: leave the document out.", field="document.value")
    if not fits(plain) or (kind in _CHECKED and not _CHECKED[kind].is_valid(plain)):
        raise Invalid(f"This is no {kind}: a character is wrong or missing.", field="document.value")
    return plain


def digest(vault: Vault, plain: str, name: str) -> str:
    """Equal documents have equal digests, whatever their kind is called. One that looks made up is equal only to that
    of somebody who is called the same: two people who were given it for want of another are not one.
    """
    who = f"|{' '.join(sorted(folded_words(name)))}" if is_filler(plain) else ""
    return vault.digest(plain + who, PURPOSE)


def digests(vault: Vault, text: str, name: str = "") -> list[str]:
    """The digest a text would have as a document, of somebody of this name; none for a text that cannot be one."""
    plain = normal(text)
    return [digest(vault, plain, name)] if fits(plain) and (name or not is_filler(plain)) else []
