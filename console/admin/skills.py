"""Taking a skill out of use."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from console.audit.record import record
from console.errors import Invalid
from console.people.models import skill, user_skill
from console.people.presence import told
from console.store.statement import Query, remove, value
from console.store.transaction import Tx

_HOLDERS = Query(select(user_skill.c.user_id).where(user_skill.c.skill == bindparam("name")), value)


def drop_skill(tx: Tx, name: str, by: str | None = None) -> None:
    """No case can ask for it any more, and nobody has it. Raises Invalid for one that is not known."""
    if not remove(tx, skill, name=name):
        raise Invalid("There is no such skill: acordo skill list shows them.", field="skill")
    holders = _HOLDERS.all(tx, name=name)
    remove(tx, user_skill, skill=name)
    for user_id in holders:
        told(tx, user_id)
    record(tx, by, "skill.dropped", f"skill:{name}")
    tx.wake("assigner")
