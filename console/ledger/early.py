"""Recalls that came before their debt: kept, and carried out by the charges themselves as they come in.

One that names a charge takes that one back. One of a whole debt, or of all that somebody owes, cannot know what it will
find: it takes back whatever comes under its key until a person dismisses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.audit.record import record
from console.debtors.models import account
from console.errors import NotFound
from console.ledger.models import charge, early_recall
from console.store.statement import Query, add_once, change, row, rows, value
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import Ms

IN_FORCE = ("waiting", "applied")
_KEY = ("portfolio_id", "debtor_key", "debt_key", "charge_key")
_ONE = Query(select(early_recall).where(early_recall.c.id == bindparam("id")), lambda *columns: EarlyRow(*columns))


class EarlyRow(Struct):
    """All columns of `early_recall`, in their order."""

    id: str
    portfolio_id: str
    debtor_key: str
    debt_key: str
    charge_key: str
    reason: str
    why: str
    state: str
    file: str
    by_id: str | None
    created_at: Ms
    debtor_id: str | None
    note: str
    settled_by: str | None
    settled_at: Ms | None

    def takes(self, key: str | None, debt_key: str, number: str) -> bool:
        """Whether it means this charge, by the creditor's keys of it and of its debt, among those of its debtor."""
        if self.charge_key:
            return self.charge_key in keys_of(key, debt_key, number)
        return not self.debt_key or is_of_debt(key, debt_key, self.debt_key)


def keys_of(key: str | None, debt_key: str, number: str) -> tuple[str | None, ...]:
    """By what a recall may name one charge: its key, or that of its debt with its number."""
    return (key, f"{debt_key}/{number}") if debt_key else (key,)


def is_of_debt(key: str | None, debt_key: str, asked: str) -> bool:
    """Whether a charge belongs to the debt of this key: that is told of it, or else its own key is made of it."""
    return debt_key == asked or (not debt_key and (key or "").startswith(f"{asked}/"))


def one(reader: Reader, recall_id: str) -> EarlyRow:
    """Raises NotFound."""
    found = _ONE.first(reader, id=recall_id)
    if found is None:
        raise NotFound
    return found


def while_debts_come(tx: Tx, portfolio_id: str) -> None:
    """Charges come in beside each other, and never beside a recall, so that neither misses the other."""
    tx.lock(f"recalls:{portfolio_id}", shared=True)


def while_recalls_come(tx: Tx, portfolio_id: str) -> None:
    """The other side of it. To be asked before the first write."""
    tx.lock(f"recalls:{portfolio_id}")


def keep(
    tx: Tx, portfolio_id: str, keys: tuple[str, str, str], reason: str, why: str, *, file: str, by: str | None
) -> bool:  # fmt: skip
    """Whether it is new. `keys`: of the debtor, the debt and the charge, as the creditor has them; the same once more
    changes nothing, however the first one ended.
    """
    made = new_id()
    values = dict(zip(_KEY, (portfolio_id, *keys), strict=True))
    is_new = add_once(
        tx, early_recall, _KEY, id=made, **values, reason=reason, why=why, state="waiting", file=file[:200], by_id=by,
        created_at=tx.now,
    )  # fmt: skip
    if is_new:
        record(tx, by, "recall.kept", f"recall:{made}", detail={"reason": reason, "why": why})
    return is_new


def take_back(tx: Tx, portfolio_id: str, made: Sequence[dict[str, Any]]) -> None:
    """Close those of these new charges, by column, that were taken back before they came; to be asked before they are
    written.
    """
    by_debtor = _in_force(tx, portfolio_id, {each["debtor_id"] for each in made})
    taken = Counter[str]()
    found: dict[str, EarlyRow] = {}
    for each in made:
        keys = each["external_id"], each["debt_key"], each["number"]
        meant = [early for early in by_debtor.get(each["debtor_id"], ()) if early.takes(*keys)]
        if meant:
            nearest = max(meant, key=lambda early: (bool(early.charge_key), len(early.debt_key)))
            each.update(closed_at=tx.now, closed_why=nearest.reason)
        for early in meant:
            found[early.id], early.debtor_id = early, each["debtor_id"]
            taken[early.id] += 1
    for early in found.values():
        change(tx, early_recall, {"id": early.id}, state="applied", debtor_id=early.debtor_id, settled_at=tx.now)
        record(tx, None, "recall.applied", f"recall:{early.id}", detail={"charges": taken[early.id]})


def taken_back(reader: Reader, portfolio_id: str, keys: Collection[str]) -> set[str]:
    """Which charges of these keys their creditor has taken back."""
    clause = select(charge.c.external_id).where(
        charge.c.portfolio_id == portfolio_id, charge.c.external_id.in_(sorted(keys)), charge.c.closed_at.is_not(None)
    )
    return set(rows(reader, clause, value))


def _in_force(reader: Reader, portfolio_id: str, debtors: Collection[str]) -> Mapping[str, list[EarlyRow]]:
    """By debtor, under whichever of their keys."""
    clause = (
        select(account.c.debtor_id, early_recall)
        .join(
            account,
            (account.c.portfolio_id == early_recall.c.portfolio_id)
            & (account.c.external_id == early_recall.c.debtor_key),
        )
        .where(
            early_recall.c.portfolio_id == portfolio_id,
            early_recall.c.state.in_(IN_FORCE),
            account.c.debtor_id.in_(sorted(debtors)),
        )
    )
    found: dict[str, list[EarlyRow]] = {}
    for debtor_id, *columns in rows(reader, clause, row):
        found.setdefault(debtor_id, []).append(EarlyRow(*columns))
    return found


assert EarlyRow.__struct_fields__ == tuple(early_recall.c.keys())
