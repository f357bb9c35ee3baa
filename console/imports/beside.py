"""The addresses of a row of debts: the debtor's own, and those of one person beside them."""

from __future__ import annotations

from typing import get_args

from console.debtors import phones
from console.debtors.enrol import GivenPoint
from console.debtors.holders import OWN, GivenHolder, Role
from console.imports.faults import Fault, Mistake
from console.imports.rows import Cells
from console.imports.words import plain

CHANNELS = ("whatsapp", "sms", "email")
ROLES = tuple(each for each in get_args(Role) if each != OWN)
_WORDS: dict[str, str] = {
    **{each: each for each in ROLES}, "codevedor": "co_debtor", "devedor_solidario": "co_debtor",
    "coobrigado": "co_debtor", "codeudor": "co_debtor", "deudor_solidario": "co_debtor",
    "obligado_solidario": "co_debtor",
    "avalista": "guarantor", "fiador": "guarantor", "fiadora": "guarantor", "aval": "guarantor", "garante": "guarantor",
    "representante": "representative", "procurador": "representative", "apoderado": "representative",
    "advogado": "attorney", "advogada": "attorney", "abogado": "attorney", "abogada": "attorney",
    "inventariante": "executor", "albacea": "executor", "outro": "other", "outra": "other", "otro": "other",
    "otra": "other", "referencia": "other", "familiar": "other", "parente": "other", "conjuge": "other",
    "conyuge": "other", "empregador": "other", "empleador": "other",
}  # fmt: skip
"""Whoever is nobody by the contract is `other`."""


def points_of(cells: Cells) -> tuple[list[GivenPoint], list[Fault]]:
    """The addresses, and what is told of a row that comes in all the same. What is wrong is kept in the cells."""
    own = [GivenPoint(each, cells.text(each)) for each in CHANNELS if cells.text(each)]  # type: ignore[arg-type]
    holder, warned = _holder(cells)
    theirs = [(each, cells.text(f"holder_{each}")) for each in CHANNELS if cells.text(f"holder_{each}")]
    if holder is None:
        if theirs:
            cells.wrong("holder", "empty_holder", known=", ".join(ROLES))
        return own, []
    if not theirs:
        cells.wrong("holder_whatsapp", "empty_holder_address")
    mine = {_place(each.address) for each in own}
    for channel, address in theirs:
        if _place(address) in mine:
            cells.wrong(f"holder_{channel}", "holder_own")
    beside = [GivenPoint(channel, address, holder=holder) for channel, address in theirs]  # type: ignore[arg-type]
    return [*own, *beside], warned


def columns_of(points: list[GivenPoint]) -> dict[str, str]:
    """Which column a refusal of the verb is about."""
    found = {}
    for n, each in enumerate(points):
        at = f"contact_points[{n}]"
        found[f"{at}.address"] = each.channel if each.holder is None else f"holder_{each.channel}"
        found |= {f"{at}.holder.name": "holder_name", f"{at}.holder.proof": "holder_proof"}
    return found


def _holder(cells: Cells) -> tuple[GivenHolder | None, list[Fault]]:
    name, proof = cells.text("holder_name"), cells.text("holder_proof")
    if not cells.text("holder"):
        if name or proof:
            cells.wrong("holder", "empty_holder", known=", ".join(ROLES))
        return None, []
    role = cells.value("holder", _role, "")
    cells.needed("holder_name")
    unproven = role not in ("", "other") and not proof
    warned = [Mistake("unproven_holder").at(cells.record.line, "holder_proof")] if unproven else []
    return GivenHolder(role or "other", name, proof), warned  # type: ignore[arg-type]


def _role(text: str) -> str:
    if plain(text) not in _WORDS:
        raise Mistake("no_holder", known=", ".join(ROLES))
    return _WORDS[plain(text)]


def _place(address: str) -> str:
    return address.strip().lower() if "@" in address else phones.canonical(address)
