"""A case and the events that verbs tell of it, without the verbs: live delivery is about who hears what, and when."""

from __future__ import annotations

from typing import Any

from console.access.audience import case_topics, owner_topic, team_side_topic, user_topic
from console.cases.models import case
from console.store.statement import add, change
from console.store.transaction import Tx


def open_case(tx: Tx, case_id: str, team: str, owner: str | None = None) -> None:
    add(tx, case, id=case_id, portfolio_id="p", debtor_id=f"d-{case_id}", team_id=team, status="queued",
        owner_id=owner, rank_at=tx.now, created_at=tx.now, updated_at=tx.now)  # fmt: skip


def give(tx: Tx, case_id: str, team: str, owner: str | None, before: str | None = None) -> None:
    """The case changes hands as `cases.changed` tells it: the former owner first hears that it is hidden."""
    change(tx, case, {"id": case_id}, owner_id=owner, status="assigned" if owner else "queued")
    if before is not None:
        tx.emit("case.hidden", topics=[user_topic(before)], data={"id": case_id}, case=case_id)
    data = {"id": case_id, "owner": {"id": owner} if owner else None}
    topics = [*case_topics(case_id, team), *owner_topic(owner)]
    tx.emit("case.assigned" if owner else "case.queued", topics=topics, data=data, case=case_id)


def write_in(tx: Tx, case_id: str, team: str, text: str) -> None:
    tx.emit("message.created", topics=case_topics(case_id, team), data={"text": text}, case=case_id)


def whisper_in(tx: Tx, case_id: str, text: str, to: str | None = None) -> None:
    topics = [team_side_topic(case_id), *owner_topic(to)]
    tx.emit("whisper.created", topics=topics, data={"text": text}, case=case_id)


def tell_user(tx: Tx, user_id: str, name: str, data: dict[str, Any] | None = None) -> None:
    tx.emit(name, topics=[user_topic(user_id)], data=data or {})
