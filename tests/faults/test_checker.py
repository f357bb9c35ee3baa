"""The checker itself: a good history passes, and each invariant has bad ones that it catches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.faults.checker import INVARIANTS, check
from tests.faults.history import (
    Accept,
    Attempt,
    Audited,
    Case,
    Decided,
    Fold,
    Frame,
    Gauge,
    Hand,
    Hook,
    Item,
    Listener,
    Logged,
    Looked,
    OptedOut,
    Planned,
    Read,
    Run,
    Saw,
    Span,
    Whispered,
    Wrote,
)

Bad = Callable[[Run], object]
TOPICS = frozenset({"case:k", "user:ana"})


def good() -> Run:
    """Maria writes, the case is Ana's, Ana answers, the provider takes it; Sofia looks and whispers."""
    return Run(
        hooks=[Hook(inbox="wa", provider_id="m1", outcome="ok", canary="c-in"),
               Hook(inbox="wa", provider_id="m2", outcome="fail")],
        wrote=[Wrote(actor="ana", client_id="r1", case="k", epoch=1, outcome="info", began=90, ended=95, client="a"),
               Wrote(actor="ana", client_id="r1", case="k", epoch=1, outcome="ok", item="o1", began=100, ended=110,
                     client="a")],
        whispered=[Whispered(canary="c-whisper", case="k", readers=frozenset({"ana"}))],
        reads=[Read(client="a", case="k", items=((1, "message"), (2, "event"), (3, "message")), began=120, ended=125)],
        saw=[Saw(client="a", item="o1", status="queued"), Saw(client="a", item="o1", status="sent")],
        looked=[Looked(actor="sofia", case="k")],
        listeners=[
            Listener(client="a", user="ana", role="agent", spans=(Span(topics=TOPICS, since=0, until=9),), frames=tuple(
                Frame(id=f"e{seq}", seq=seq, name="message.created", case="k", body="c-in") for seq in (2, 3, 4))),
            Listener(client="b", user="bruno", role="agent"),
        ],
        folds=[Fold(client="a", folded={"o1": "sent"}, fetched={"o1": "sent"})],
        accepts=[Accept(ref="o1", to="maria", text="Bom dia c-out", at=220)],
        items=[Item(id="i1", case="k", position=1, direction="in", inbox="wa", provider_id="m1"),
               Item(id="v1", case="k", position=2, kind="event"),
               Item(id="o1", case="k", position=3, direction="out", inbox="wa", status="sent", author="ana",
                    client_id="r1"),
               Item(id="w1", case="k", position=4, kind="whisper", author="sofia")],
        cases=[Case(id="k", epoch=1, position=4, owner="ana")],
        hands=[Hand(case="k", epoch=1, user="ana", cause="routed", load={"before": 0, "after": 1, "capacity": 8})],
        outbox=[Planned(item="o1", state="settled", tries=1)],
        attempts=[Attempt(item="o1", outcome="accepted")],
        decisions=[Decided(item="o1", outcome="allow", at=200)],
        log=[Logged(id="e1", seq=1, name="presence.changed", case=None, topics=frozenset(),
                    data={"user": {"id": "ana"}, "status": "online", "connected": True}),
             Logged(id="e2", seq=2, name="message.created", case="k", topics=TOPICS, data={"id": "i1"}),
             Logged(id="e3", seq=3, name="case.assigned", case="k", topics=TOPICS,
                    data={"epoch": 1, "owner": {"id": "ana"}, "status": "assigned"}),
             Logged(id="e4", seq=4, name="message.created", case="k", topics=TOPICS, data={"id": "o1"})],
        audits=[Audited(actor="sofia", case="k")],
        gauges=[Gauge(name="descriptors", before=40, after=41, spare=2)],
    )  # fmt: skip


def set_one(part: str, index: int, **changes: Any) -> Bad:
    """A run in which one record is another."""

    def change(run: Run) -> None:
        records = getattr(run, part)
        records[index] = msgspec.structs.replace(records[index], **changes)

    return change


def add_one(part: str, *records: Any) -> Bad:
    return lambda run: getattr(run, part).extend(records)


def both(*changes: Bad) -> Bad:
    def change(run: Run) -> None:
        for each in changes:
            each(run)

    return change


def drop(part: str, index: int) -> Bad:
    return lambda run: getattr(run, part).pop(index)


LEFT = Hand(case="k", epoch=2, user=None, cause="released")
FRAME = Frame(id="e2", seq=2, name="message.created", case="k", body="")

BAD: dict[str, dict[str, Bad]] = {
    "H1": {
        "an answered delivery is lost": set_one("hooks", 0, provider_id="m9"),
        "one is there twice": add_one("items", Item(id="i2", case="x", position=1, direction="in", inbox="wa",
                                                    provider_id="m1")),
        "a refused one is there": add_one("items", Item(id="i2", case="x", position=1, direction="in", inbox="wa",
                                                        provider_id="m2")),
        "one that came by itself is there twice": add_one(
            "items", *(Item(id=name, case="x", position=1, direction="in", inbox="wa", provider_id="m7")
                       for name in ("i2", "i3"))),
    },
    "H2": {
        "an answered reply is lost": set_one("items", 2, client_id="other"),
        "a repeat got another id": set_one("wrote", 1, item="o9"),
        "a refused reply is there": both(
            add_one("items", Item(id="o2", case="x", position=1, direction="out", author="ana", client_id="r2",
                                  status="queued")),
            add_one("wrote", Wrote(actor="ana", client_id="r2", case="k", epoch=1, outcome="fail"))),
    },
    "H3": {
        "taken twice": add_one("accepts", Accept(ref="o1", to="maria", text="Bom dia", at=230)),
        "taken without leave": drop("decisions", 0),
        "taken before the leave": set_one("decisions", 0, at=221),
        "taken after an opt-out": add_one("opted_out", OptedOut(to="maria", at=220 - 10_001)),
        "a note was taken": set_one("accepts", 0, ref="v1"),
    },
    "H4": {
        "something waits past its time": set_one("outbox", 0, state="sending", overdue=True),
        "sent without the provider": drop("accepts", 0),
        "taken and still queued": set_one("items", 2, status="queued"),
        "failed by a refusal and taken": both(
            set_one("items", 2, status="failed"), set_one("attempts", 0, outcome="refused")),
        "unconfirmed, and its provider has told": both(
            set_one("items", 2, status="unconfirmed"), set_one("accepts", 0, told=True)),
        "unconfirmed after a refusal": both(
            set_one("items", 2, status="unconfirmed"), set_one("attempts", 0, outcome="refused")),
    },
    "H5": {"a status goes back": add_one("saw", Saw(client="a", item="o1", status="sending"))},
    "H6": {
        "an epoch is left out": set_one("cases", 0, epoch=2),
        "two owners at one epoch": add_one("hands", msgspec.structs.replace(LEFT, epoch=1, user="bruno")),
        "the owner is another": set_one("cases", 0, owner="bruno"),
        "a reply under another's epoch": both(
            *(set_one("wrote", index, actor="bruno") for index in (0, 1)), set_one("items", 2, author="bruno")),
        "a reply committed after a change of owner": both(
            add_one("hands", LEFT), set_one("cases", 0, epoch=2, owner=None), set_one("log", 3, seq=5),
            add_one("log", Logged(id="e35", seq=4, name="case.queued", case="k", topics=frozenset(),
                                  data={"epoch": 2, "owner": None, "status": "queued"}))),
    },
    "H7": {
        "a position is left out": both(set_one("items", 3, position=5), set_one("cases", 0, position=5)),
        "a reading with a hole": set_one("reads", 0, items=((1, "message"), (3, "message"))),
        "a reading shorter than the last": add_one(
            "reads", Read(client="a", case="k", items=((1, "message"),), began=130, ended=135)),
    },
    "H8": {
        "an event was not told": lambda run: run.listeners.__setitem__(
            0, msgspec.structs.replace(run.listeners[0], frames=run.listeners[0].frames[:2])),
        "an event that is not in the log": lambda run: run.listeners.__setitem__(
            0, msgspec.structs.replace(run.listeners[0], frames=(*run.listeners[0].frames,
                                                                 msgspec.structs.replace(FRAME, id="e9", seq=9)))),
        "events out of order": lambda run: run.listeners.__setitem__(
            0, msgspec.structs.replace(run.listeners[0], frames=run.listeners[0].frames[::-1])),
    },
    "H9": {
        "a whisper left": set_one("accepts", 0, text="Bom dia c-whisper"),
        "a whisper told to another agent": lambda run: run.listeners.__setitem__(
            1, msgspec.structs.replace(run.listeners[1], frames=(msgspec.structs.replace(FRAME, body="c-whisper"),))),
        "a debtor's words told to who never held the case": lambda run: run.listeners.__setitem__(
            1, msgspec.structs.replace(run.listeners[1], frames=(msgspec.structs.replace(FRAME, body="c-in"),))),
    },
    "H10": {
        "more than a capacity": set_one("hands", 0, load={"before": 8, "after": 9, "capacity": 8}),
        "to somebody who is not there": set_one(
            "log", 0, data={"user": {"id": "ana"}, "status": "away", "connected": True}),
        "to somebody whose hands are full": lambda run: setattr(run, "max_held", 0),
    },
    "H11": {"a client holds something else": set_one("folds", 0, folded={"o1": "queued"})},
    "H12": {
        "a reading without what was written": both(
            set_one("wrote", 1, began=100, ended=110, client="other"),
            set_one("reads", 0, items=((1, "message"), (2, "event")))),
        "a reading of what comes later": set_one("wrote", 1, began=200, ended=210),
        "a later write that stands before": both(
            add_one("items", Item(id="o2", case="k", position=5, direction="out", author="ana", client_id="r2",
                                  status="cancelled")),
            set_one("cases", 0, position=5),
            add_one("wrote", Wrote(actor="ana", client_id="r2", case="k", epoch=1, outcome="ok", item="o2", began=50,
                                   ended=60, client="other")),
            set_one("reads", 0, began=10, ended=115)),
    },
    "H13": {"descriptors leak": set_one("gauges", 0, after=60)},
    "H14": {"work is left": add_one("stuck", "a job is still ready")},
    "H15": {"a look is not written down": drop("audits", 0)},
}  # fmt: skip


def test_every_invariant_has_a_history_that_breaks_it() -> None:
    assert BAD.keys() == INVARIANTS.keys() and len(INVARIANTS) == 15


def test_a_good_history_passes() -> None:
    assert check(good()) == []


@pytest.mark.parametrize(("name", "what"), [(name, what) for name, cases in BAD.items() for what in cases])
def test_a_bad_history_is_caught_by_its_invariant(name: str, what: str) -> None:
    run = good()
    BAD[name][what](run)
    assert {found.split(":")[0] for found in check(run)} >= {name}


def test_a_reply_within_a_barge_is_lawful() -> None:
    run = good()
    for index in (0, 1):
        set_one("wrote", index, actor="sofia")(run)
    set_one("items", 2, author="sofia")(run)
    assert check(run) != []
    run.barges = frozenset({("k", 1, "sofia")})
    assert check(run) == []


def test_what_nobody_knows_may_be_there_or_not() -> None:
    run = good()
    set_one("hooks", 0, outcome="info")(run)
    assert check(run) == []
    run.hooks.append(Hook(inbox="wa", provider_id="m3", outcome="info"))
    assert check(run) == []
