"""Documents: one form, checked where the country says how, kept as ciphertext beside a keyed hash for equality."""

from __future__ import annotations

import re

from stdnum.br import cnpj, cpf
from stdnum.mx import rfc

from console.errors import Invalid
from console.store.vault import Vault

PURPOSE = "debtor.document"
_CHECKED = {"cpf": cpf, "cnpj": cnpj, "rfc": rfc}
_LONGEST = 32
_UP, _DOWN = "01234567890123456789", "98765432109876543210"
_EVERYBODYS = frozenset({"XAXX010101000", "XEXX010101000"})  # SAT's RFC of the public, and of foreigners


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


def checked(kind: str, value: str) -> str:
    """The document in its one form. Raises Invalid for a kind that is no word, or a value that cannot be one of it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,19}", kind):
        raise Invalid(
            "A kind of document is one lower-case word, such as cpf, cnpj, rfc, dni or cc.", field="document.kind"
        )
    plain = normal(value)
    if is_filler(value):
        raise Invalid("This stands for no document: leave the document out.", field="document.value")
    if not fits(plain) or (kind in _CHECKED and not _CHECKED[kind].is_valid(plain)):
        raise Invalid(f"This is no {kind}: a character is wrong or missing.", field="document.value")
    return plain


def digest(vault: Vault, plain: str) -> str:
    """Equal documents have equal digests, whatever their kind is called."""
    return vault.digest(plain, PURPOSE)


def digests(vault: Vault, text: str) -> list[str]:
    """The digest a text would have as a document; none for a text that cannot be one."""
    plain = normal(text)
    return [digest(vault, plain)] if fits(plain) and not is_filler(plain) else []
