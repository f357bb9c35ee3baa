"""What debtors said, and what was erased, after a copy was made: carried out once more in what was restored from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from channels.types import Sender
from console.audit.record import record
from console.debtors import queries as debtors
from console.debtors.consents import OFFERS
from console.debtors.models import address, consent_log, contact_point, debtor
from console.debtors.queries import AddressRow
from console.debtors.resolve import find_or_add_address
from console.debtors.states import step
from console.errors import NotFound
from console.evidence.erase import erase
from console.evidence.journal import ERASED, Line
from console.evidence.models import removal
from console.imports.persons import Traces, traces_of
from console.store.base import dump, load
from console.store.statement import add_once, change
from console.store.transaction import Tx
from console.store.vault import Vault, VaultError


class Replayed(Struct):
    """How many were carried out by act; `strangers`: of people the copy does not know; `sealed`: no key fits;
    `files`: of attachments whose bytes may go; `people`: what tells those erased in imported files.
    """

    done: dict[str, int] = field(default_factory=dict)
    strangers: int = 0
    sealed: int = 0
    files: list[str] = field(default_factory=list)
    people: list[Traces] = field(default_factory=list)


def replay(tx: Tx, vault: Vault, lines: Iterable[Line]) -> Replayed:
    """Carry the lines out in their order. One that the copy knows already is passed over."""
    told = Replayed()
    for line in sorted(lines, key=lambda each: (each.at, each.id)):
        try:
            facts = line.facts(vault)
        except VaultError:
            told.sealed += 1
            continue
        did = _erased(tx, vault, line, facts, told) if line.act == ERASED else _said(tx, line, facts)
        if did is None:
            told.strangers += 1
        elif did:
            told.done[line.act] = told.done.get(line.act, 0) + 1
    record(tx, None, "journal.replayed", detail={**told.done, "strangers": told.strangers, "sealed": told.sealed})
    return told


def _erased(tx: Tx, vault: Vault, line: Line, facts: dict[str, Any], told: Replayed) -> bool | None:
    if not _knows(tx, facts["debtor_id"]):
        return None
    values = {"id": line.id, "kind": "erasure", "debtor_id": facts["debtor_id"], "state": "done", "at": line.at,
              "reason": facts["reason"], "asked_by": facts["asked_by"], "done_by": facts["done_by"]}  # fmt: skip
    new = add_once(tx, removal, ("id",), **values, done_at=tx.now, report="{}")
    told.people.append(traces_of(tx, facts["debtor_id"]))
    report, gone = erase(tx, vault, facts["debtor_id"], "erasure")
    change(tx, removal, {"id": line.id}, state="done", done_by=facts["done_by"], done_at=tx.now, report=dump(report))
    told.files += gone
    return new or bool(report.removed)


def _said(tx: Tx, line: Line, facts: dict[str, Any]) -> bool | None:
    """None: whom it concerns is not in the copy; False: it was there already."""
    known = _knows(tx, facts["debtor_id"])
    columns = {name: facts[name] for name in ("debtor_id", "contact_point_id", "channel", "source", "text_version",
                                              "given_at", "by_id")}  # fmt: skip
    if known and not add_once(tx, consent_log, ("id",), id=line.id, at=line.at, act=line.act, item_id=None, **columns):
        return False
    if line.act in OFFERS.values():
        return True if known else None  # the ledger is all that knows of it
    if line.act in ("ceased", "cease_lifted"):
        if not known:
            return None
        _stop(tx, line, facts)
        return True
    sender = Sender(**{name: facts[name] or "" for name in ("phone", "wa_id", "user_id", "email")})
    if not any((sender.phone, sender.wa_id, sender.user_id, sender.email)):
        return None  # erased since
    where = find_or_add_address(tx, facts["channel"], sender)
    if line.act in ("granted", "revoked", "wrong_person"):
        return True if _of_point(tx, line, facts, where) else None
    _of_address(tx, line, facts, where)
    return True


def _of_address(tx: Tx, line: Line, facts: dict[str, Any], where: AddressRow) -> None:
    """An opt-out holds for the address, whoever it turns out to belong to: also for one that the copy never saw."""
    if line.act == "opted_out":
        change(tx, address, {"id": where.id}, opted_out_at=facts["given_at"], opt_out_source=facts["source"])
    elif line.act == "opted_in" or where.opt_out_source == "possible":
        change(tx, address, {"id": where.id}, opted_out_at=None, opt_out_source="")


def _of_point(tx: Tx, line: Line, facts: dict[str, Any], where: AddressRow) -> bool:
    point = next((each for each in debtors.points_at(tx, where.id) if each.debtor_id == facts["debtor_id"]), None)
    if point is None:
        return False
    if line.act == "wrong_person":
        change(tx, contact_point, {"id": point.id}, state=step(point.state, "wrong_number"), disclosure=0, verified=0)
    else:
        change(
            tx, contact_point, {"id": point.id}, consent=line.act, consent_source=facts["source"],
            consent_at=facts["given_at"], consent_text=facts["text_version"],
        )  # fmt: skip
    return True


def _stop(tx: Tx, line: Line, facts: dict[str, Any]) -> None:
    person = debtors.get(tx, facts["debtor_id"])
    stops = [each for each in load(person.stops) if each["stop"] != "cease_contact"]
    if line.act == "ceased":
        stops.append({"stop": "cease_contact", "at": line.at, "by": facts["by_id"] or "debtor", "until": None})
    change(tx, debtor, {"id": person.id}, stops=dump(stops), updated_at=tx.now)


def _knows(tx: Tx, debtor_id: str) -> bool:
    try:
        debtors.get(tx, debtor_id)
    except NotFound:
        return False
    return True
