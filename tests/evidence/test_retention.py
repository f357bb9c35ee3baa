"""What time removes goes in time, however much there is, and the report of the day says all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from console.cases.models import case
from console.debtors.models import consent_log, debtor
from console.evidence.erase import removals
from console.evidence.retention import due_for_retention
from console.gate.models import contact, decision, text_approval
from console.services import Services
from console.settings import Settings
from console.store.base import load
from console.store.statement import add, change, row, rows, value
from console.store.transaction import Tx
from console.timeline.models import attachment, item
from console.timeline.queries import get
from console.wire.ids import new_id
from console.wire.moment import DAY
from console.workers import upkeep
from tests.evidence.test_bundle import resolved, scene
from tests.world import VAULT, World

YEAR = 365 * DAY
MANY = 203  # three rounds of a hundred


class Disk:
    def __init__(self) -> None:
        self.gone: list[str] = []

    def remove(self, attachment_id: str) -> None:
        self.gone.append(attachment_id)


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "REST_SECONDS", 0.0)


async def a_day(world: World) -> tuple[dict[str, int], list[str]]:
    """One day's run: what its report says went, and the files whose bytes went."""
    disk: Any = Disk()
    hub: Any = None
    await upkeep.remove_old(Services(Settings(secret_key="k"), world.clock, world.store, VAULT, hub, disk))
    last = max(world.see(removals), key=lambda each: each.at)
    assert last.kind == "retention" and not world.see(due_for_retention)
    return load(last.report)["removed"], disk.gone


def copied(tx: Tx, table: Table, of: str, **changes: Any) -> str:
    (found,) = rows(tx, select(table).where(table.c.id == of), row)
    made = new_id()
    add(tx, table, **dict(zip(table.c.keys(), found, strict=True)) | {"id": made} | changes)
    return made


def many_cases(tx: Tx, of: str, message: str) -> None:
    """Resolved cases, each with a mail of a subject, or of HTML alone, and a file."""
    for n in range(MANY):
        own = copied(tx, case, of)
        words = {"subject": "Proposta"} if n % 2 else {"html": "<p>Proposta</p>"}
        mail = copied(tx, item, message, case_id=own, text="", client_id=None, **words)
        add(tx, attachment, id=new_id(), item_id=mail, case_id=own, name="rg.pdf", type="application/pdf",
            state="ready", source="{}", created_at=tx.now)  # fmt: skip


def people(tx: Tx, of: str, count: int, jurisdiction: str, at: int) -> None:
    """Debtors without a case, each with one contact at this moment."""
    for _ in range(count):
        own = copied(tx, debtor, of, jurisdiction=jurisdiction)
        add(tx, contact, id=new_id(), debtor_id=own, channel="sms", at=at, purpose="collection")


def contacts_in(world: World, jurisdiction: str) -> int:
    clause = select(func.count()).select_from(contact).join(debtor, debtor.c.id == contact.c.debtor_id)
    return int(world.see(rows, clause.where(debtor.c.jurisdiction == jurisdiction), value)[0])


def asked(tx: Tx, case_id: str) -> None:
    add(
        tx,
        text_approval,
        id=new_id(),
        case_id=case_id,
        request_id="r",
        whisper_id="w",
        by_id="u",
        digest="d",
        at=tx.now,
    )


async def test_time_removes_words_and_logs_by_itself_and_reports(tmp_path: Path) -> None:
    world, case_id, message = scene(tmp_path)
    world.do(asked, case_id)
    resolved(world, case_id)
    assert world.see(due_for_retention)
    assert await a_day(world) == ({}, [])
    world.clock.advance(731 * DAY)
    removed, _ = await a_day(world)
    assert removed["messages"] == 4 and world.see(get, message).text == ""
    world.clock.advance(5 * 366 * DAY)
    removed, _ = await a_day(world)
    assert removed["contacts"] == 1 and removed["consents"] == 1 and removed["decisions"] >= 1
    assert removed["approvals of texts"] == 1
    assert [each.kind for each in world.see(removals)] == ["retention"] * 3
    for table in (contact, consent_log, decision, text_approval):
        assert world.see(rows, select(table.c.id), value) == []


async def test_words_that_time_removes_are_no_activity_and_keep_no_log(tmp_path: Path) -> None:
    world, case_id, _ = scene(tmp_path)
    resolved(world, case_id)
    at = world.case(case_id).updated_at
    world.clock.advance(731 * DAY)
    removed, _ = await a_day(world)
    assert removed["messages"] == 4 and world.case(case_id).updated_at == at
    assert world.case(case_id).last_item == "null"
    world.clock.advance(5 * YEAR + DAY - 731 * DAY)
    removed, _ = await a_day(world)
    assert (removed["contacts"], removed["consents"]) == (1, 1)


async def test_a_day_removes_all_that_is_due_mails_without_a_text_too(tmp_path: Path) -> None:
    world, case_id, message = scene(tmp_path)
    resolved(world, case_id)
    world.do(many_cases, case_id, message)
    world.clock.advance(91 * DAY)
    removed, files = await a_day(world)
    assert removed == {"files": MANY} and len(set(files)) == MANY
    world.clock.advance(2 * YEAR)
    removed, _ = await a_day(world)
    assert removed["messages"] == MANY + 4
    assert world.see(rows, select(item.c.id).where(item.c.subject.is_not(None) | item.c.html.is_not(None)), value) == []


async def test_who_is_within_the_years_of_their_country_keeps_nobody_else_from_their_turn(tmp_path: Path) -> None:
    world, case_id, _ = scene(tmp_path)
    of, at = world.case(case_id).debtor_id, world.clock.now() - 4 * YEAR
    world.do(people, of, MANY, "BR-SP", at)  # five years there
    world.do(people, of, MANY, "US-CA", at)  # three
    world.do(people, of, 1, "ZZ", at)  # nobody knows: the longest
    world.do(people, of, 1, "ZZ", at - 2 * YEAR)
    removed, _ = await a_day(world)
    assert removed["contacts"] == MANY + 1
    assert [contacts_in(world, each) for each in ("BR-SP", "US-CA", "ZZ")] == [MANY + 1, 0, 1]  # and Maria's own


async def test_the_log_of_somebody_active_since_stays(tmp_path: Path) -> None:
    world, case_id, _ = scene(tmp_path)
    resolved(world, case_id)
    world.clock.advance(6 * YEAR)
    world.do(lambda tx: change(tx, case, {"id": case_id}, updated_at=tx.now - 4 * YEAR))
    removed, _ = await a_day(world)
    assert "contacts" not in removed and len(world.see(rows, select(contact.c.id), value)) == 1


async def test_what_went_is_told_also_when_the_process_ends_in_between(tmp_path: Path) -> None:
    world, case_id, message = scene(tmp_path)
    resolved(world, case_id)
    world.do(many_cases, case_id, message)
    world.clock.advance(91 * DAY)

    class Full(Disk):
        def remove(self, attachment_id: str) -> None:
            raise OSError("no such disk")

    disk: Any = Full()
    hub: Any = None
    with pytest.raises(OSError, match="no such disk"):
        await upkeep.remove_old(Services(Settings(secret_key="k"), world.clock, world.store, VAULT, hub, disk))
    assert [load(each.report)["removed"] for each in world.see(removals)] == [{"files": 100}]
