"""Brazil's instant payment as a code to copy: the central bank's BR Code (EMV MPM), made and read offline. Pure.

TLV of two digits of id, two of length, value; ASCII only, so that characters are bytes; at the end a CRC-16/CCITT-FALSE
over everything before it, "6304" included. Source: "Manual de Padrões para Iniciação do Pix".
"""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Literal

import segno
from msgspec import Struct
from stdnum.br import cnpj, cpf

GUI = "br.gov.bcb.pix"
TXID = re.compile(r"[A-Za-z0-9]{1,25}")
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NAME_CHARS, CITY_CHARS, KEY_CHARS = 25, 15, 77
KeyKind = Literal["cpf", "cnpj", "phone", "email", "random"]


class BadPix(ValueError):
    """The text says what is wrong with a key or a code."""


class Payee(Struct, frozen=True):
    """Who is paid: the key and what a payer's screen shows."""

    key: str
    name: str
    city: str


class Code(Struct, frozen=True):
    """What a code says. `amount` in cents; None when the payer chooses. `url`: of a dynamic code, without scheme."""

    key: str
    name: str
    city: str
    txid: str
    amount: int | None = None
    url: str = ""


def key_kind(key: str) -> KeyKind:
    """Which of the five kinds a key is. Raises BadPix, saying what a key looks like."""
    if re.fullmatch(r"\d{11}", key) and cpf.is_valid(key):
        return "cpf"
    if re.fullmatch(r"\d{14}", key) and cnpj.is_valid(key):
        return "cnpj"
    if re.fullmatch(r"\+55\d{10,11}", key):
        return "phone"
    if len(key) <= KEY_CHARS and _MAIL.fullmatch(key):
        return "email"
    if _UUID.fullmatch(key):
        return "random"
    raise BadPix("A Pix key is a CPF or CNPJ in digits, a phone like +5511987654321, an e-mail in lower case, or a "
                 "random key like 123e4567-e12b-12d1-a456-426655440000.")  # fmt: skip


def build(payee: Payee, *, amount: int | None = None, txid: str = "***") -> str:
    """A static code. `amount` in cents. Raises BadPix, naming what cannot stand in a code."""
    key_kind(payee.key)
    if txid != "***" and not TXID.fullmatch(txid):
        raise BadPix("A reference has 1 to 25 letters and digits.")
    if amount is not None and not 0 < amount < 10**12:
        raise BadPix("An amount is a positive number of cents.")
    name, city = plain(payee.name, NAME_CHARS), plain(payee.city, CITY_CHARS)
    if not name or not city:
        raise BadPix("A code names the payee and its city.")
    fields = [
        _tlv("00", "01"),
        _tlv("26", _tlv("00", GUI) + _tlv("01", payee.key)),
        _tlv("52", "0000"),
        _tlv("53", "986"),
        *([] if amount is None else [_tlv("54", f"{amount // 100}.{amount % 100:02d}")]),
        _tlv("58", "BR"),
        _tlv("59", name),
        _tlv("60", city),
        _tlv("62", _tlv("05", txid)),
        "6304",
    ]
    text = "".join(fields)
    return f"{text}{crc(text):04X}"


def read(code: str) -> Code:
    """What a code says, checked to its last digit. Raises BadPix for a wrong sum, a length that does not fit, or a code
    that is not a Pix.
    """
    if not code.isascii() or len(code) < 8 or code[-8:-4] != "6304":
        raise BadPix("This is not a BR Code: it ends with 6304 and four hexadecimal digits.")
    if f"{crc(code[:-4]):04X}" != code[-4:]:
        raise BadPix(f"The check digits are wrong: {code[-4:]} stands, {crc(code[:-4]):04X} would be right.")
    fields = _fields(code)
    if list(fields)[-1] != "63" or fields.get("00") != "01" or fields.get("58") != "BR" or fields.get("53") != "986":
        raise BadPix("This is not a Brazilian code in reais.")
    account, more = _fields(fields.get("26", "")), _fields(fields.get("62", ""))
    if account.get("00", "").lower() != GUI or not (account.get("01") or account.get("25")):
        raise BadPix("The code names no Pix key.")
    if not fields.get("59") or not fields.get("60"):
        raise BadPix("The code names no payee.")
    return Code(account.get("01", ""), fields["59"], fields["60"], more.get("05", "***"), _cents(fields.get("54")),
                account.get("25", ""))  # fmt: skip


def crc(text: str) -> int:
    """CRC-16/CCITT-FALSE."""
    value = 0xFFFF
    for byte in text.encode("ascii"):
        value ^= byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def svg(code: str) -> str:
    """The code as a QR picture, a document of its own."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=4, border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def png(code: str) -> bytes:
    """The same as a picture that a message can carry."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    return out.getvalue()


def plain(text: str, limit: int) -> str:
    """ASCII, as long as a field may be."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9 .,&'/-]", " ", ascii_only).split())[:limit].rstrip()


def _tlv(name: str, value: str) -> str:
    if len(value) > 99:
        raise BadPix(f"Field {name} has more than 99 characters.")
    return f"{name}{len(value):02d}{value}"


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        name, size = text[at : at + 2], text[at + 2 : at + 4]
        if not (name.isdigit() and len(size) == 2 and size.isdigit()) or at + 4 + int(size) > len(text):
            raise BadPix(f"A length does not fit at character {at + 1}.")
        if name in found:
            raise BadPix(f"Field {name} stands twice.")
        found[name] = text[at + 4 : at + 4 + int(size)]
        at += 4 + int(size)
    return found


def _cents(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,10}(\.\d{1,2})?", text):
        raise BadPix("The amount is not written like 12.34.")
    whole, _, cents = text.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))
