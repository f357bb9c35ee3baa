"""What is left when a run is over: the carriers' records, the database and the clients' own, as one history."""

from __future__ import annotations

import bisect
import json
import sqlite3
import time
from contextlib import closing
from typing import Any

import msgspec

from console.log.cursor import read_cursor
from sandbox.records import Post
from tests.faults.doors import rows
from tests.faults.history import (
    Accept,
    Attempt,
    Audited,
    Case,
    Decided,
    Fold,
    Frame,
    Hand,
    Hook,
    Item,
    Listener,
    Logged,
    OptedOut,
    Planned,
    Run,
    Span,
)
from tests.faults.load import Client, Office
from tests.faults.rig import Rig

LATE_MS = 5_000


def gather(office: Office) -> Run:
    """The whole history, at rest."""
    here, run = office.here, office.run
    _database(here, run)
    _carriers(here, run)
    marks = _log(here, run)
    readers = dict(rows(here, "SELECT text, to_id FROM item WHERE kind = 'whisper'"))
    run.whispered = [
        each if each.readers is None else msgspec.structs.replace(each, readers=frozenset({readers.get(each.canary)}))
        for each in run.whispered
    ]
    owners = {(hand.user, hand.case) for hand in run.hands}  # to whom it was not foreign, at least for a while
    run.looked = [each for each in run.looked if (each.actor, each.case) not in owners]
    for client in office.clients:
        run.listeners.append(_listener(client, marks))
        run.folds.append(_fold(here, client))
    return run


def left_undone(here: Rig) -> list[str]:
    """Work that is due and not done, in words."""
    now = time.time_ns() // 1_000_000
    found = [f"message {item} is {state}" for item, state in _overdue(here, now)]
    for kind, state in rows(here, "SELECT kind, state FROM job WHERE run_at <= :now", now=now):
        found.append(f"job {kind} is {state}")
    for case, status in rows(here, 'SELECT id, status FROM "case" WHERE waiting_since IS NOT NULL'):
        found.append(f"case {case} is {status} and waits")
    with _carried(here) as db:
        for state, count in db.execute("SELECT state, count(*) FROM post WHERE state = 'pending' GROUP BY state"):
            found.append(f"{count} deliveries of the carriers are {state}")
    return found


def differences(here: Rig, client: Client) -> list[str]:
    """What a client holds otherwise than the server."""
    fold = _fold(here, client)
    keys = fold.folded.keys() | fold.fetched.keys()
    return [key for key in keys if fold.folded.get(key) != fold.fetched.get(key)]


def _overdue(here: Rig, now: int) -> list[tuple[Any, ...]]:
    return rows(
        here,
        "SELECT item_id, state FROM outbox WHERE state IN ('claimed', 'sending')"
        " OR (state IN ('ready', 'planned') AND due_at < :late)",
        late=now - LATE_MS,
    )


def _database(here: Rig, run: Run) -> None:
    for each in rows(
        here,
        "SELECT id, case_id, position, kind, direction, status, inbox_id, provider_id, author_id, client_id, to_id"
        " FROM item",
    ):
        run.items.append(Item(**dict(zip(Item.__struct_fields__, each, strict=True))))
    for each in rows(here, 'SELECT id, epoch, position, owner_id FROM "case"'):
        run.cases.append(Case(**dict(zip(Case.__struct_fields__, each, strict=True))))
    for case, epoch, user, cause, why in rows(here, "SELECT case_id, epoch, user_id, cause, why FROM assignment"):
        run.hands.append(Hand(case=case, epoch=epoch, user=user, cause=cause, load=json.loads(why).get("load")))
    late = set(_overdue(here, time.time_ns() // 1_000_000))
    for item, state, tries in rows(here, "SELECT item_id, state, attempts FROM outbox"):
        run.outbox.append(Planned(item=item, state=state, tries=tries, overdue=(item, state) in late))
    run.attempts += [
        Attempt(item=item, outcome=word) for item, word in rows(here, "SELECT item_id, outcome FROM attempt")
    ]
    for item, word, at in rows(here, "SELECT item_id, outcome, at FROM decision ORDER BY at"):
        run.decisions.append(Decided(item=item, outcome=word, at=at))
    run.audits += [Audited(actor=actor, case=case) for actor, case in rows(here, "SELECT actor_id, case_id FROM audit")]
    for to, at in rows(here, "SELECT phone, opted_out_at FROM address WHERE opted_out_at IS NOT NULL"):
        run.opted_out.append(OptedOut(to=to, at=at))


def _carriers(here: Rig, run: Run) -> None:
    with _carried(here) as db:
        posts: dict[str, list[Post]] = {}
        for (data,) in db.execute("SELECT data FROM post"):
            post = msgspec.msgpack.decode(data, type=Post)
            posts.setdefault(post.message, []).append(post)
        sent = "SELECT id, address, at, data FROM message WHERE direction = 'out' AND accepted = 1 AND carrier = 0"
        for name, to, at, data in db.execute(sent):
            message = json.loads(data)
            ref = message.get("ref", "").rsplit("ref=", 1)[-1]
            told = any(post.state == "done" and post.status for post in posts.get(name, ()))
            run.accepts.append(Accept(ref=ref, to=to, text=data, at=at, told=told))
        for name, inbox, data in db.execute("SELECT id, inbox, data FROM message WHERE direction = 'in'"):
            mine = [post for post in posts.get(name, ()) if not post.status]
            taken = any(post.state == "done" for post in mine)
            canary = json.loads(data).get("text", "").rsplit(" ", 1)[-1]
            run.hooks.append(Hook(inbox=inbox, provider_id=name, outcome="ok" if taken else "info", canary=canary))


def _log(here: Rig, run: Run) -> list[tuple[int, int]]:
    """The log in its order; the places, to find a cursor's among them."""
    found = rows(here, "SELECT xid, seq, id, name, case_id, topics, data FROM event ORDER BY xid, seq")
    for index, (_, _, name, kind, case, topics, data) in enumerate(found, 1):
        run.log.append(
            Logged(
                id=name, seq=index, name=kind, case=case, topics=frozenset(json.loads(topics)), data=json.loads(data)
            )
        )
    return [(xid, seq) for xid, seq, *_ in found]


def _place(cursor: str, marks: list[tuple[int, int]]) -> int:
    """How many events of the log stand up to a cursor."""
    mark = read_cursor(cursor)
    assert mark is not None, cursor
    return bisect.bisect_right(marks, (mark.xid, mark.seq))


def _listener(client: Client, marks: list[tuple[int, int]]) -> Listener:
    topics = {f"user:{client.person.id}"}
    if client.topics:
        topics.add(f"wall:{client.here.team}")
    return Listener(
        client=client.client,
        user=client.person.id,
        role=client.person.role,
        spans=tuple(
            Span(topics=frozenset(topics), since=_place(since, marks), until=_place(until, marks))
            for since, until in client.spans
        ),
        frames=tuple(
            Frame(id=each.id, seq=_place(cursor, marks), name=each.name, case=each.case, body=each.body)
            for cursor, each in client.frames
        ),
    )


def _fold(here: Rig, client: Client) -> Fold:
    """The client's own cases (a supervisor's: all it heard of) and the messages it heard of, beside the database's."""
    cases = {
        case: (status, epoch, owner)
        for case, status, epoch, owner in rows(here, 'SELECT id, status, epoch, owner_id FROM "case"')
    }
    states = {item: (rev, status) for item, rev, status in rows(here, "SELECT id, rev, status FROM item")}
    folded: dict[str, Any] = {}
    fetched: dict[str, Any] = {}
    for case, each in client.snapshot.cases.items():
        owner = (each.get("owner") or {}).get("id")
        if client.person.role == "supervisor" or owner == client.person.id:
            folded[f"case {case}"] = (each["status"], each["epoch"], owner)
            fetched[f"case {case}"] = cases.get(case)
    for case, (status, epoch, owner) in cases.items():
        if owner == client.person.id and status != "resolved":
            fetched[f"case {case}"] = (status, epoch, owner)
    held = {case for case, (_, _, owner) in cases.items() if owner == client.person.id}
    for case, thread in client.snapshot.threads.items():
        if case in held:
            for item, each in thread.items():
                folded[f"item {item}"] = (each["rev"], each.get("status"))
                fetched[f"item {item}"] = states.get(item)
    return Fold(client=client.client, folded=folded, fetched=fetched)


def _carried(here: Rig) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"file:{here.sandbox_database}?mode=ro", uri=True))
