"""One person, one number: the forms that carriers and WhatsApp give to the same mobile made one.

    Brazil     the ninth digit of mobiles, which accounts created long ago lack     +55 11 8765-4321  -> +5511987654321
    Argentina  the 9 of mobiles, the 15 and the 0 of national writing              +54 11 15 5555-1234 -> +5491155551234
    Mexico     the 1 that WhatsApp still uses                                       +521 55 1234 5678 -> +525512345678

An address on WhatsApp or SMS is a mobile, so that the mobile form is the canonical one. Everything else is kept as its
digits. `canonical` is idempotent.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MX_OLD = re.compile(r"521(\d{10})")
_BR_EIGHT = re.compile(r"55([1-9]\d)([6-9]\d{7})")
_BR_TRUNK = re.compile(r"550([1-9]\d\d{8,9})")
_AR_TRUNK = re.compile(r"540(\d{10,12})")
_AR_FIFTEEN = re.compile(r"54(?:9)?(11|[2368]\d{2}|[2368]\d{3})15(\d{6,8})")
_AR_PLAIN = re.compile(r"54([1-8]\d{9})")

_PREFIXES = (
    ("55", "BR"),
    ("52", "MX"),
    ("57", "CO"),
    ("56", "CL"),
    ("51", "PE"),
    ("54", "AR"),
    ("593", "EC"),
    ("598", "UY"),
    ("34", "ES"),
    ("1", "US"),
)
_BR_STATES = {**dict.fromkeys(range(11, 20), "BR-SP"), 21: "BR-RJ", 22: "BR-RJ", 24: "BR-RJ", 27: "BR-ES", 28: "BR-ES",
              82: "BR-AL", 92: "BR-AM", 97: "BR-AM"}  # fmt: skip


@lru_cache(maxsize=4_096)
def canonical(phone: str) -> str:
    """`+` and digits in the one form of this person; "" for a text without digits."""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("00"):
        digits = digits[2:]
    if not digits:
        return ""
    return "+" + _national_forms(digits)


def jurisdiction(phone: str) -> str:
    """Country or state by prefix, "" when it says nothing we know. A guess, to be marked as assumed."""
    digits = canonical(phone).lstrip("+")
    for prefix, country in _PREFIXES:
        if digits.startswith(prefix):
            if country == "BR" and len(digits) >= 4:
                return _BR_STATES.get(int(digits[2:4]), "BR")
            return country
    return ""


@lru_cache(maxsize=4_096)
def masked(phone: str) -> str:
    """+55 11 9••••-4321: enough to recognise, too little to call."""
    digits = canonical(phone).lstrip("+")
    if len(digits) < 8:
        return "••••"
    country = next((prefix for prefix, _ in _PREFIXES if digits.startswith(prefix)), digits[:2])
    rest = digits[len(country) :]
    return f"+{country} {rest[:2]} {rest[2:3]}••••-{rest[-4:]}"


def masked_email(address: str) -> str:
    """m•••a@d•••.com"""
    local, mark, domain = address.partition("@")
    if not mark:
        return "•••"
    name, _, ending = domain.rpartition(".")
    return f"{_ends(local)}@{name[:1]}•••.{ending}"


def masked_name(name: str) -> str:
    """First name and initial: Maria S. A stranger may be named by their address, which is masked as one."""
    words = name.split()
    if any("@" in word for word in words):
        return masked_email(next(word for word in words if "@" in word))
    if sum(letter.isdigit() for letter in name) >= 5:
        return masked(name)
    return f"{words[0]} {words[-1][0]}." if len(words) > 1 else name.strip()


def _ends(local: str) -> str:
    return f"{local[:1]}•••{local[-1:]}" if len(local) > 2 else f"{local[:1]}•••"


def _national_forms(digits: str) -> str:
    if match := _MX_OLD.fullmatch(digits):
        return "52" + match[1]
    if match := _BR_TRUNK.fullmatch(digits):
        digits = "55" + match[1]
    if match := _BR_EIGHT.fullmatch(digits):
        return f"55{match[1]}9{match[2]}"
    if match := _AR_TRUNK.fullmatch(digits):
        digits = "54" + match[1]
    if (match := _AR_FIFTEEN.fullmatch(digits)) and len(match[1] + match[2]) == 10:
        return f"549{match[1]}{match[2]}"
    if match := _AR_PLAIN.fullmatch(digits):
        return "549" + match[1]
    return digits
