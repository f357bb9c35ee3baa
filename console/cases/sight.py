"""Who reads a case by way of another one of the same debtor, and loses it when the two are no longer one's."""

from __future__ import annotations

from console.access.audience import user_topic
from console.access.visible import may_read
from console.cases.queries import of_debtor
from console.people import actors
from console.store.transaction import Reader, Tx

Sights = set[tuple[str, str]]


def keep_sight(tx: Tx, *debtor_ids: str) -> None:
    """Call before cases of these debtors change hands: whoever can read one no longer at the end is told so."""
    cases = [each.id for debtor_id in debtor_ids for each in of_debtor(tx, debtor_id)]
    users = _readers(tx, debtor_ids)
    before = _sights(tx, users, cases)

    def compare(tx: Tx) -> None:
        for user_id, case_id in sorted(before - _sights(tx, users, cases)):
            tx.emit("case.hidden", topics=[user_topic(user_id)], data={"id": case_id}, case=case_id)

    # Deferred twice: the rows are written by what verbs defer, and this must look at them after that.
    tx.defer(("sight", *debtor_ids), lambda tx: tx.defer(("sight at last", *debtor_ids), compare))


def _readers(reader: Reader, debtor_ids: tuple[str, ...]) -> set[str]:
    """Agents who hold, or held, a case of these debtors."""
    found = {
        user for each in debtor_ids for row in of_debtor(reader, each) for user in (row.owner_id, row.taken_over_from)
    }
    return {each for each in found if each is not None}


def _sights(reader: Reader, users: set[str], cases: list[str]) -> Sights:
    found: Sights = set()
    for user_id in users:
        actor = actors.by_id(reader, user_id)
        if actor is not None and actor.role == "agent":
            found |= {(user_id, case_id) for case_id in cases if may_read(reader, actor, case_id)}
    return found
