"""People come in, or one is erased: never both at once, so that nothing of whom is erased comes in unseen."""

from __future__ import annotations

from console.store.transaction import Tx

_KEY = "people"


def while_people_come(tx: Tx) -> None:
    """What brings people, their addresses, debts or documents holds this beside others who do, before its first write.

    A row of a file tells of a person by a key, a document or a number, any of which an erasure may be about to forget:
    there is no single row on which the two could meet. On SQLite one writer does everything anyway.
    """
    tx.lock(_KEY, shared=True)


def while_one_goes(tx: Tx) -> None:
    """An erasure waits for whoever is bringing people, sees all they brought, and lets nobody begin before it ends."""
    tx.lock(_KEY)
