"""Whose a contact point is: the debtor's own, or somebody's beside them (domain rules 3.1, 3.2).

    co_debtor, guarantor                they owe with the debtor: written to where the profile allows it
    representative, attorney, executor  they stand for the debtor, or for the estate: written to in the debtor's stead
    other                               a relative, a reference, an employer: nobody writes there unasked

A role without proof counts as `other`. What the gate makes of it stands in `console/gate/recipients.py`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from console.debtors.consents import OFFERS, log_consent, offers_said
from console.debtors.models import contact_point
from console.debtors.queries import PointRow, get_address, points_of
from console.errors import Invalid
from console.store.statement import change
from console.store.transaction import Reader, Tx

Role = Literal["debtor", "co_debtor", "guarantor", "representative", "attorney", "executor", "other"]
OWN: Role = "debtor"
NAME_CHARS, PROOF_CHARS = 200, 200


class GivenHolder(Struct, frozen=True, forbid_unknown_fields=True):
    """`proof` says where the role is known from: the contract they signed, a power of attorney, the debtor's word."""

    role: Role
    name: str = ""
    proof: str = ""

    @property
    def level(self) -> int:
        """The level of disclosure their address begins with: whoever's role is proven is known as if by contract."""
        return int(bool(self.proof) and self.role not in (OWN, "other"))


def checked(given: GivenHolder, at: str) -> GivenHolder:
    """Without blanks around the words. Raises Invalid, naming the field under `at`."""
    name, proof = given.name.strip(), given.proof.strip()
    if given.role == OWN and (name or proof):
        raise Invalid("The debtor's own address has no other holder: leave out name and proof.", field=f"{at}.role")
    if given.role != OWN and not name:
        raise Invalid("Say whose it is: the name of the person or company.", field=f"{at}.name")
    if len(name) > NAME_CHARS:
        raise Invalid(f"A name has at most {NAME_CHARS} characters.", field=f"{at}.name")
    if len(proof) > PROOF_CHARS:
        raise Invalid(f"Say where it is known from in at most {PROOF_CHARS} characters.", field=f"{at}.proof")
    return GivenHolder(given.role, name, proof)


def holder_of(point: PointRow) -> GivenHolder:
    return GivenHolder(point.holder, point.holder_name, point.holder_proof)  # type: ignore[arg-type]


def same_telephone(reader: Reader, point: PointRow) -> list[PointRow]:
    """The debtor's contact points of this very telephone or mailbox, on whatever channel; this one among them."""
    phone = get_address(reader, point.address_id).phone
    if not phone:
        return [point]
    found = points_of(reader, point.debtor_id)
    return [each for each in found if each.id == point.id or get_address(reader, each.address_id).phone == phone]


def give(tx: Tx, point: PointRow, said: GivenHolder, by: str | None) -> bool:
    """Write down whose it is, and whether that is news. What another person said or proved there before says nothing of
    this one: level, identity and consent begin anew.
    """
    was = holder_of(point)
    if said == was:
        return False
    changes: dict[str, object] = {"holder": said.role, "holder_name": said.name, "holder_proof": said.proof}
    somebody_else = said.role != was.role or said.name != was.name
    if somebody_else or said.level != was.level:
        changes |= {"disclosure": said.level, "verified": 0}
    if somebody_else and point.consent == "granted":
        changes |= {"consent": "unknown", "consent_source": "", "consent_at": None, "consent_text": ""}
    change(tx, contact_point, {"id": point.id}, **changes)
    offers = offers_said(tx, point.debtor_id, point.id)
    if somebody_else and (point.consent == "granted" or (offers is not None and offers.act == OFFERS["granted"])):
        log_consent(tx, point.debtor_id, "revoked", channel=point.channel, point_id=point.id, source="holder", by=by)
    return True
