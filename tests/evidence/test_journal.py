"""The side journal: each no and each erasure, written once, readable by the key alone, and carried out in a copy."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any, Literal

import pytest

from channels.types import Sender
from console.cases import claim, consent, protect, work
from console.debtors.consents import consents_of, log_consent, offers_said
from console.debtors.models import address, consent_log, contact_point, debtor
from console.debtors.queries import get, identified, points_of
from console.evidence import journal
from console.evidence.erase import ask_erasure, carry_out, removals
from console.evidence.models import removal
from console.evidence.replay import replay
from console.store.base import load
from console.store.statement import change, remove
from console.store.transaction import Tx
from console.store.vault import Vault
from console.wire.ids import new_id
from console.workers.journal import keep_journal
from tests.server import running
from tests.world import JOAO, MARIA, VAULT, World, make_world

ZE = Sender(wa_id="5511955554444", phone="+5511955554444", name="Zé")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    made.online("ana", "sofia")
    return made


def told(world: World, last: journal.Line | None = None, known: set[str] | None = None) -> list[journal.Line]:
    return world.see(journal.said_since, VAULT, last, known or set())


def forget(tx: Tx) -> None:
    """As in a copy made before: nobody said anything, nothing was erased."""
    remove(tx, consent_log)
    remove(tx, removal)
    for row in tx.run("SELECT id FROM address", None).fetchall():
        change(tx, address, {"id": row[0]}, opted_out_at=None, opt_out_source="")
    for row in tx.run("SELECT id FROM contact_point", None).fetchall():
        change(tx, contact_point, {"id": row[0]}, consent="granted", state="active")
    for row in tx.run("SELECT id FROM debtor", None).fetchall():
        change(tx, debtor, {"id": row[0]}, stops="[]")


def where(world: World, sender: Sender) -> Any:
    return world.see(identified, "whatsapp", "phone", sender.phone)


def test_what_was_refused_is_refused_again_and_what_was_taken_back_is_not(world: World) -> None:
    case = world.hear("oi").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    maria = world.case(case).debtor_id
    point = world.see(points_of, maria)[0]
    world.do(consent.set_consent, world.actor("ana"), point.id, consent.Consent("revoked", "por telefone"))
    world.do(protect.place_stop, world.actor("ana"), case, protect.StopBody("cease_contact", "pediu"))
    world.hear("PARAR", sender=JOAO)
    world.hear("SAIR", sender=ZE)
    world.hear("VOLTAR", sender=ZE)
    lines = told(world)
    assert [each.act for each in lines] == ["revoked", "ceased", "opted_out", "opted_out", "opted_in"]
    assert not any(MARIA.wa_id in each.sealed or maria in each.sealed for each in lines), "whom it concerns lies sealed"
    world.do(forget)
    done = world.do(replay, VAULT, reversed(lines))
    assert done.done == {"revoked": 1, "ceased": 1, "opted_out": 2, "opted_in": 1}
    assert (where(world, JOAO).opt_out_source, where(world, ZE).opted_out_at) == ("message", None)
    assert world.see(points_of, maria)[0].consent == "revoked"
    assert [each["stop"] for each in load(world.see(get, maria).stops)] == ["cease_contact"]
    assert [(each.id, each.act) for each in world.see(consents_of, maria)] == [
        (each.id, each.act) for each in lines[:2]
    ]
    assert world.do(replay, VAULT, lines).done == {}, "what the copy knows is passed over"


def test_what_was_consented_to_is_consented_to_again(world: World) -> None:
    case = world.hear("oi").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    maria = world.case(case).debtor_id
    point = world.see(points_of, maria)[0]
    states: list[Literal["granted", "revoked"]] = ["revoked", "granted"]
    for state in states:
        given = consent.Consent(state, "na loja", text_version="v3")
        world.do(consent.set_consent, world.actor("ana"), point.id, given)
    lines = told(world)
    assert [each.act for each in lines] == ["revoked", "granted"]
    world.do(forget)
    world.do(lambda tx: change(tx, contact_point, {"id": point.id}, consent="unknown", consent_source=""))
    assert world.do(replay, VAULT, lines).done == {"revoked": 1, "granted": 1}
    again = world.see(points_of, maria)[0]
    assert (again.consent, again.consent_source, again.consent_text) == ("granted", "na loja", "v3")
    assert [(each.act, each.text_version) for each in world.see(consents_of, maria)] == [
        ("revoked", "v3"), ("granted", "v3"),
    ]  # fmt: skip


def test_a_consent_to_offers_is_repeated_and_leaves_the_other_as_it_was(world: World) -> None:
    case = world.hear("oi").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    maria = world.case(case).debtor_id
    point = world.see(points_of, maria)[0]
    states: list[Literal["granted", "revoked"]] = ["granted", "revoked"]
    for state in states:
        world.do(consent.set_consent, world.actor("ana"), point.id, consent.Consent(state, "loja", purpose="offers"))
    lines = told(world)
    world.do(forget)
    assert world.do(replay, VAULT, lines).done == {"offers_granted": 1, "offers_revoked": 1}
    assert world.see(points_of, maria)[0].consent == "granted", "being written to at all is another question"
    last = world.see(offers_said, maria, point.id)
    assert last is not None and (last.act, last.source) == ("offers_revoked", "loja")


def test_a_wrong_number_stays_wrong(world: World) -> None:
    case = world.hear("oi").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    maria = world.case(case).debtor_id
    world.do(consent.mark_wrong, world.actor("ana"), world.see(points_of, maria)[0].id)
    lines = told(world)
    world.do(forget)
    assert world.do(replay, VAULT, lines).done == {"wrong_person": 1}
    assert world.see(points_of, maria)[0].state == "wrong_number"


def test_an_erasure_is_carried_out_again(world: World) -> None:
    case = world.hear("minha fatura").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    maria = world.case(case).debtor_id
    world.do(work.resolve, world.actor("ana"), case, "informed")
    asked = world.do(ask_erasure, world.actor("caio"), maria, "pedido LGPD 7")
    assert told(world) == [], "asked for is not done"
    world.do(carry_out, world.actor("admin"), asked, VAULT, {})
    lines = told(world)
    assert [each.act for each in lines] == ["erased"]
    world.do(forget)
    world.do(lambda tx: change(tx, debtor, {"id": maria}, name="Maria Souza"))
    assert world.do(replay, VAULT, lines).done == {"erased": 1}
    assert world.see(get, maria).name == "—"
    (again,) = world.see(removals)
    assert (again.id, again.state, again.done_by) == (asked, "done", world.ids["admin"])


def test_it_only_catches_up_and_mends_a_line_that_was_cut_off(world: World, tmp_path: Path) -> None:
    path = tmp_path / journal.NAME
    world.hear("PARAR")
    first = told(world)
    journal.append(path, first)
    with path.open("ab") as out:
        out.write(b'{"id":"0')  # a crash in the middle
    assert list(journal.read(path)) == first
    journal.mend(path)
    world.hear("SAIR", sender=JOAO)
    more = told(world, first[-1], {each.id for each in first})
    assert len(more) == 1
    journal.append(path, more)
    assert list(journal.read(path)) == [*first, *more]
    assert told(world, more[-1], {each.id for each in [*first, *more]}) == []


def test_on_a_full_disk_nothing_is_half_written_and_it_is_written_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, tried, written, sync = threading.Event(), threading.Semaphore(0), threading.Event(), os.fsync

    def fsync(file: int) -> None:
        if full.is_set():
            tried.release()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(file)
        written.set()

    with running(workers={"journal": keep_journal}) as server:
        path = server.services.settings.data_dir / journal.NAME
        monkeypatch.setattr(os, "fsync", fsync)
        full.set()
        server.write(log_consent, new_id(), "ceased")
        assert all(tried.acquire(timeout=10) for _ in range(3)), "it goes on trying"
        full.clear()
        assert written.wait(10)
        assert [each.act for each in journal.read(path)] == ["ceased"], "once, and nothing of the tries before"
        assert path.stat().st_mode & 0o077 == 0, "for nobody else's eyes"


def test_another_key_reads_nothing_and_it_is_counted(world: World) -> None:
    world.hear("PARAR")
    lines = told(world)
    world.do(forget)
    done = world.do(replay, Vault("another"), lines)
    assert (done.done, done.sealed) == ({}, 1)
    assert where(world, MARIA).opted_out_at is None


def test_people_whom_the_copy_does_not_know_are_counted_but_their_address_is_refused(
    world: World, tmp_path: Path
) -> None:
    case = world.hear("PARAR").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    world.do(consent.mark_wrong, world.actor("ana"), world.see(points_of, world.case(case).debtor_id)[0].id)
    (tmp_path / "other").mkdir()
    there = make_world(tmp_path / "other")
    done = there.do(replay, VAULT, told(world))
    assert (done.done, done.strangers) == ({"opted_out": 1}, 1)
    assert where(there, MARIA).opt_out_source == "message"
