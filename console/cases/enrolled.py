"""A debtor who is brought again, with what is new of them: whoever holds a case of theirs sees it at once."""

from __future__ import annotations

from console.access.actor import Actor
from console.cases.changed import with_contact_points
from console.cases.queries import live, of_debtor
from console.debtors.enrol import NewDebtor, enrol
from console.store.transaction import Tx
from console.store.vault import Vault


def enrol_debtor(tx: Tx, vault: Vault, actor: Actor, new: NewDebtor) -> tuple[str, bool]:
    """What `enrol` does and answers; it raises the same."""
    made, is_new = enrol(tx, vault, actor, new)
    if not is_new:
        show(tx, made)
    return made, is_new


def show(tx: Tx, debtor_id: str) -> None:
    """Every open case of theirs tells how they stand and where they are reached."""
    for each in of_debtor(tx, debtor_id):
        if each.is_open:
            with_contact_points(tx, live(tx, each.id))
