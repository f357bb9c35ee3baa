"""Old snapshot + the events of a verb = new snapshot, for every verb and every kind of viewer.

The verbs are found in the code: a new one without a row here fails the last test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels.types import Fault, Inbound, MediaRef, Receipt, Refused, Unknown
from console.access.actor import Actor
from console.access.visible import topics_seen
from console.cases import amend, claim, drafts, look, messages, note, open_case, reveal, send, settle, work
from console.cases.queries import owned_by
from console.debtors.models import address, debtor
from console.debtors.resolve import join_portfolio
from console.people import presence
from console.queue import assign, sweep
from console.store.statement import Statement, change
from console.store.transaction import Fact, Reader
from console.supervision import barge, lost, relieve, take_over, watch, whisper
from console.timeline.queries import files_of
from console.timeline.queries import get as item_of
from console.timeline.sniff import Sniffed
from console.wire.ids import new_id
from console.wire.moment import HOUR
from console.wire.snapshot import Snapshot, apply
from console.workers import media
from tests.wire.glass import GLASS
from tests.wire.money import MONEY
from tests.wire.persons import PERSONS
from tests.wire.stage import VIEWERS, Stage, plain, snapshot
from tests.wire.texts import TEXTS
from tests.world import MARIA, VAULT, World


def heard(world: World, actor: Actor, fact: Fact) -> bool:
    """Whether the viewer's sockets get this event: own topics, own cases, and everything else they may subscribe to."""

    def read(reader: Reader) -> bool:
        mine = {f"case:{each}" for each in owned_by(reader, actor.id)}
        return bool(set(fact.topics) & mine) or bool(topics_seen(reader, actor, fact.topics))

    return world.see(read)


def hear(stage: Stage, text: str = "Oi", **more: Any) -> Callable[[], Any]:
    return lambda: stage.world.hear(text, **more)


def act(stage: Stage, name: str, verb: Any, *args: Any, **more: Any) -> Callable[[], Any]:
    return lambda: stage.world.do(verb, stage.world.actor(name), *args, **more)


def taken(stage: Stage) -> None:
    stage.world.do(take_over.take_over, stage.world.actor("sofia"), stage.case, "risco")


def whispered(stage: Stage) -> str:
    body = whisper.WhisperBody(client_id=new_id(), text="Ofereça 3x", suggestion=True)
    item, _ = stage.world.do(whisper.whisper, stage.world.actor("sofia"), stage.case, body)
    return item.id


def offline(stage: Stage, name: str) -> None:
    stage.world.do(presence.set_availability, stage.world.actor(name), "offline")


def _while_offline(stage: Stage) -> Callable[[], Any]:
    offline(stage, "ana")
    return hear(stage)


def _retry(stage: Stage) -> Callable[[], Any]:
    item = stage.answer()
    stage.world.do(send.start, item, "w")
    fault = Fault(code="130429", retryable=True, scope="number")
    return lambda: stage.world.do(send.finish, item, Refused(fault=fault), "w")


def _fail(stage: Stage) -> Callable[[], Any]:
    item = stage.answer()
    stage.world.do(send.start, item, "w")
    return lambda: stage.world.do(send.finish, item, Refused(fault=Fault(code="131026")), "w")


def _lose(stage: Stage) -> Callable[[], Any]:
    item = stage.answer()
    stage.world.do(send.start, item, "w")
    return lambda: stage.world.do(send.finish, item, Unknown(reason="reset"), "w")


def _recover(stage: Stage) -> Callable[[], Any]:
    item = stage.answer()
    stage.world.do(send.start, item, "w")
    return lambda: stage.world.do(send.recover, item)


def _by_hand(stage: Stage) -> Callable[[], Any]:
    _lose(stage)()
    row = stage.world.see(item_of, _last_out(stage))
    return lambda: stage.world.do(send.resolve_by_hand, row, True, stage.world.ids["ana"])


def _again(stage: Stage) -> Callable[[], Any]:
    _fail(stage)()
    _mend(stage.world)
    return act(stage, "ana", messages.retry, _last_out(stage), new_id(), stage.epoch, {})


def _mend(world: World) -> None:
    """The number that was refused is good again: what is written once more is judged anew."""
    world.do(lambda tx: Statement(address.update().values(invalid_at=None, invalid_reason="")).run(tx))


def _settled(stage: Stage) -> Callable[[], Any]:
    _lose(stage)()
    return act(stage, "ana", messages.settle, _last_out(stage), False, None)


def _cancelled(stage: Stage) -> Callable[[], Any]:
    item = stage.answer(send_at="2026-11-19T18:00:00Z")
    return act(stage, "ana", messages.cancel, item, None)


def _file(stage: Stage) -> Callable[[], Any]:
    """A file that was pending is here."""
    received = stage.world.hear("foto", kind="image", media=(MediaRef(provider_id="123", type="image/png"),))
    (row,) = stage.world.see(files_of, received.item or "")
    arrival = media.Arrival("ready", "", 10, "00", Sniffed("image/png", width=3, height=2))
    return lambda: stage.world.do(media.settle, row.id, arrival)


def _last_out(stage: Stage) -> str:
    items = snapshot(stage.world, "sofia").threads[stage.case].values()
    return str([each["id"] for each in items if each.get("direction") == "out"][-1])


def _receipt(stage: Stage) -> Callable[[], Any]:
    item = stage.sent()
    told = Receipt(provider_id="wamid.out", status="read", at=stage.world.clock.now(), ref=item)
    return lambda: stage.world.do(lambda tx: settle.settle_receipt(tx, item_of(tx, item), told))


def _address(stage: Stage) -> Callable[[], Any]:
    row = stage.world.case(stage.case)
    return act(stage, "ana", reveal.reveal_address, row.last_contact_point_id)


def _document(stage: Stage) -> Callable[[], Any]:
    person, sealed = stage.world.case(stage.case).debtor_id, VAULT.seal("52998224725", "debtor.document")
    stage.world.do(lambda tx: change(tx, debtor, {"id": person}, document=sealed, document_kind="cpf"))
    return act(stage, "ana", reveal.reveal_document, person, VAULT)


def _amend(stage: Stage) -> Callable[[], Any]:
    message = Inbound(
        provider_id="r1", sender=MARIA, at=stage.world.clock.now(), kind="reaction", target="m1", detail={"emoji": "👍"}
    )
    return lambda: stage.world.do(amend.amend, stage.world.inbox(), message)


def _reopened(stage: Stage) -> Callable[[], Any]:
    stage.world.do(work.resolve, stage.world.actor("ana"), stage.case, "paid")
    return act(stage, "ana", work.reopen, stage.case)


def _return(stage: Stage) -> Callable[[], Any]:
    return lambda: stage.world.do(sweep.bring_back, stage.case, "unopened")


def _edge(stage: Stage) -> Callable[[], Any]:
    stage.sent()
    stage.world.clock.advance(5 * HOUR)
    return lambda: stage.world.do(sweep.pass_edge, stage.case)


def _woken(stage: Stage) -> Callable[[], Any]:
    until = stage.world.clock.now() + HOUR
    stage.world.do(work.snooze, stage.world.actor("ana"), stage.case, until)
    stage.world.clock.advance(2 * HOUR)
    return lambda: stage.world.do(sweep.pass_edge, stage.case)


def _handed_back(stage: Stage) -> Callable[[], Any]:
    taken(stage)
    return act(stage, "sofia", take_over.hand_back, stage.case, "cuide bem")


def _supervisor_lost(stage: Stage) -> Callable[[], Any]:
    taken(stage)
    return lambda: stage.world.do(lost.hand_back_lost, stage.case)


def _lowered(stage: Stage) -> Callable[[], Any]:
    stage.world.do(work.raise_hand, stage.world.actor("ana"), stage.case, "alçada")
    return act(stage, "sofia", work.lower_hand, stage.case)


def _seen(stage: Stage) -> Callable[[], Any]:
    whispered(stage)
    return act(stage, "ana", look.look, stage.case, 99)


def _used(stage: Stage) -> Callable[[], Any]:
    suggestion = whispered(stage)
    return lambda: stage.answer(whisper=suggestion)


def _barged(stage: Stage) -> Callable[[], Any]:
    stage.world.do(barge.barge, stage.world.actor("sofia"), stage.case)
    return act(stage, "sofia", barge.leave, stage.case)


def _watched(stage: Stage) -> Callable[[], Any]:
    stage.world.do(watch.watch, stage.world.actor("sofia"), stage.case)
    return act(stage, "sofia", watch.unwatch, stage.case)


def _held(stage: Stage) -> Callable[[], Any]:
    """Scheduled, then deferred at sending because the window will have shut: held or cancelled."""
    item = stage.answer(send_at="2026-11-19T15:00:00Z")
    stage.world.clock.advance(2 * HOUR)
    return lambda: stage.world.do(send.start, item, "w")


def _open(stage: Stage) -> Callable[[], Any]:
    debtor = stage.world.case(stage.waiting).debtor_id
    stage.world.do(join_portfolio, debtor, stage.world.book)
    stage.world.do(work.resolve, stage.world.actor("sofia"), stage.waiting, "paid")
    return act(stage, "ana", open_case.open_for, new_id(), debtor, stage.world.book)


def _relieved(stage: Stage) -> Callable[[], Any]:
    ana, bruno = stage.world.ids["ana"], stage.world.ids["bruno"]
    return act(stage, "sofia", relieve.relieve, ana, relieve.Relieve(client_id=new_id(), to=bruno))


def _restored(stage: Stage) -> Callable[[], Any]:
    _relieved(stage)()
    body = relieve.Restore(client_id=new_id(), cases=[stage.case])
    return act(stage, "sofia", relieve.restore, stage.world.ids["ana"], body)


ROWS: dict[str, Callable[[Stage], Callable[[], Any]]] = {
    "cases.receive.receive": hear,
    "cases.receive.receive: owner offline": _while_offline,
    "cases.receive.receive: stop": lambda s: hear(s, "PARAR"),
    "cases.receive.receive: wrong person": lambda s: hear(s, "número errado"),
    "cases.receive.receive: never again": lambda s: hear(s, "não entrem mais em contato"),
    "cases.receive.receive: distress": lambda s: hear(s, "não aguento mais viver assim, quero morrer"),
    "cases.receive.receive: dispute": lambda s: hear(s, "não reconheço essa dívida"),
    "cases.receive.receive: help": lambda s: hear(s, "ajuda"),
    "cases.receive.receive: may ask to be left alone": lambda s: hear(s, "por favor não me mandem mais isso"),
    "cases.receive.receive: sms": lambda s: hear(s, "oi por sms", channel="sms"),
    "cases.receive.receive: cancels what was planned": lambda s: (s.answer(send_at="2026-11-19T18:00:00Z"), hear(s))[1],
    "cases.amend.amend": _amend,
    "cases.reply.reply": lambda s: lambda: s.answer(),
    "cases.reply.reply: scheduled": lambda s: lambda: s.answer(send_at="2026-11-19T18:00:00Z"),
    "cases.reply.reply: with a whisper": _used,
    "cases.send.start": lambda s: (lambda item: lambda: s.world.do(send.start, item, "w"))(s.answer()),
    "cases.send.start: held": _held,
    "cases.send.finish": lambda s: lambda: s.sent(),
    "cases.send.finish: to be tried again": _retry,
    "cases.send.finish: failed": _fail,
    "cases.send.finish: unknown": _lose,
    "cases.send.recover": _recover,
    "cases.send.resolve_by_hand": _by_hand,
    "cases.messages.retry": _again,
    "cases.messages.settle": _settled,
    "cases.messages.cancel": _cancelled,
    "a file arrives": _file,
    "cases.settle.settle_receipt": _receipt,
    "cases.reveal.reveal_address": _address,
    "cases.reveal.reveal_document": _document,
    "cases.claim.claim": lambda s: act(s, "bruno", claim.claim, s.waiting),
    "cases.claim.release": lambda s: act(s, "ana", claim.release, s.case),
    "cases.claim.assign": lambda s: act(s, "sofia", claim.assign, s.case, user_id=s.world.ids["bruno"], team_id=None),
    "cases.claim.transfer": lambda s: act(
        s, "ana", claim.transfer, s.case, user_id=s.world.ids["bruno"], team_id=None, note="continue"
    ),
    "cases.work.snooze": lambda s: act(s, "ana", work.snooze, s.case, s.world.clock.now() + HOUR),
    "cases.work.resolve": lambda s: act(s, "ana", work.resolve, s.case, "paid"),
    "cases.work.reopen": _reopened,
    "cases.work.label": lambda s: act(s, "ana", work.label, s.case, ["vip"]),
    "cases.work.prioritise": lambda s: act(s, "ana", work.prioritise, s.case, "urgent"),
    "cases.work.require_skills": lambda s: act(s, "ana", work.require_skills, s.case, {"legal": 3}),
    "cases.work.raise_hand": lambda s: act(s, "ana", work.raise_hand, s.case, "alçada"),
    "cases.work.lower_hand": _lowered,
    "cases.note.note": lambda s: act(s, "ana", note.note, s.case, new_id(), "perdeu o emprego"),
    "cases.drafts.keep_draft": lambda s: act(s, "ana", drafts.keep_draft, s.case, "Bom d", 1),
    "cases.look.look": _seen,
    "cases.open_case.open_for": _open,
    "queue.assign.drain": lambda s: lambda: s.world.do(assign.drain),
    "queue.sweep.bring_back": _return,
    "queue.sweep.pass_edge": _edge,
    "queue.sweep.pass_edge: snooze over": _woken,
    "supervision.watch.watch": lambda s: act(s, "sofia", watch.watch, s.case),
    "supervision.watch.unwatch": _watched,
    "supervision.barge.barge": lambda s: act(s, "sofia", barge.barge, s.case),
    "supervision.barge.leave": _barged,
    "supervision.take_over.take_over": lambda s: act(s, "sofia", take_over.take_over, s.case, "risco"),
    "supervision.take_over.hand_back": _handed_back,
    "supervision.relieve.relieve": _relieved,
    "supervision.relieve.restore": _restored,
    "supervision.lost.hand_back_lost": _supervisor_lost,
    "supervision.whisper.whisper": lambda s: lambda: whispered(s),
    "supervision.whisper.whisper: request": lambda s: act(
        s, "ana", whisper.whisper, s.case, whisper.WhisperBody(client_id=new_id(), text="ajuda", kind="request")
    ),
    **GLASS,
    **PERSONS,
    **MONEY,
    **TEXTS,
}


@pytest.mark.parametrize("row", ROWS)
def test_old_snapshot_and_events_make_the_new_snapshot(row: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    todo = ROWS[row](stage)
    before = {name: snapshot(stage.world, name) for name in VIEWERS}
    told: list[Fact] = []
    unpatched = stage.world.do

    def remember(verb: Any, *args: Any, **more: Any) -> Any:
        result = unpatched(verb, *args, **more)
        told.extend(stage.world.heard)
        return result

    stage.world.do = remember  # type: ignore[method-assign]
    todo()
    existing = set(before["sofia"].cases)
    for viewer in VIEWERS:
        held = before[viewer]
        gained = existing - set(held.cases)
        for fact in told:
            if heard(stage.world, stage.world.actor(viewer), fact) or _own_hidden(stage.world, viewer, fact):
                apply(held, fact.name, plain(fact.data))
        assert_same(held, snapshot(stage.world, viewer), viewer, gained)


def _own_hidden(world: World, viewer: str, fact: Fact) -> bool:
    return f"user:{world.ids[viewer]}" in fact.topics


def assert_same(held: Snapshot, now: Snapshot, viewer: str, gained: set[str]) -> None:
    """`gained`: cases that stood before and came into sight now; whoever gets one loads its thread."""
    # Earlier cases of a debtor one holds can be read from then on; they are loaded when the thread is scrolled up.
    history = {each for each in gained if each in now.cases and now.cases[each]["status"] == "resolved"}
    assert set(held.cases) | history == set(now.cases), f"{viewer}: cases"
    for case_id, case in now.cases.items():
        if case_id in history:
            continue
        seen = {name: held.cases[case_id].get(name) for name in case}
        assert seen == case, f"{viewer}: case"
        if case_id in gained:
            continue
        assert held.threads[case_id] == now.threads[case_id], f"{viewer}: thread"
        assert held.unread[case_id] == now.unread[case_id], f"{viewer}: unread"
        assert held.money.get(case_id, {}) == now.money[case_id], f"{viewer}: money"
    for case_id in now.rows:
        assert held.rows.get(case_id) == now.rows[case_id], f"{viewer}: row"
    assert held.requests == now.requests, f"{viewer}: requests"


def test_every_verb_has_a_row() -> None:
    covered = {row.split(":")[0] for row in ROWS}
    assert not [name for name in verbs() if name not in covered]


def verbs() -> list[str]:
    """Public functions of a transaction and an actor, in the areas that cases live in."""
    found = []
    for area in ("cases", "supervision", "queue", "negotiation"):
        package = importlib.import_module(f"console.{area}")
        for module_info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"console.{area}.{module_info.name}")
            for name, each in inspect.getmembers(module, inspect.isfunction):
                parameters = list(inspect.signature(each).parameters)
                own = each.__module__ == module.__name__ and not name.startswith("_")
                if own and parameters[:2] == ["tx", "actor"] and module_info.name not in ("guards",):
                    found.append(f"{area}.{module_info.name}.{name}")
    return found
