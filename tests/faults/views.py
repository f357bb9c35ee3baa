"""Invariants H7 to H15: what clients read and were told, what agents were given, and what the process holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.faults.history import Item, Listener, Read, Run

GROWTH = 1.05


def h7(run: Run) -> Iterator[str]:
    """Positions have no gap; a reading is a prefix, never shorter than the last, and holds one's own writes."""
    positions: defaultdict[str, dict[int, Item]] = defaultdict(dict)
    where: dict[str, int] = {}
    for item in run.items:
        positions[item.case][item.position] = item
        where[item.id] = item.position
    for case in run.cases:
        if sorted(positions[case.id]) != list(range(1, case.position + 1)):
            yield f"case {case.id} has positions {sorted(positions[case.id])}, and the last given is {case.position}"
    furthest: dict[tuple[str, str], int] = {}
    for read in run.reads:
        seen = [position for position, _ in read.items]
        last = max(seen, default=0)
        shown = [at for at, item in sorted(positions[read.case].items()) if _sees(read, item)]
        if seen != [at for at in shown if at <= last]:
            yield f"{read.client} read case {read.case} with a hole: {seen}"
        if last < furthest.get((read.client, read.case), 0):
            yield f"{read.client} read less of case {read.case} than before: {last}"
        furthest[read.client, read.case] = last
        for wrote in run.wrote:
            own = wrote.client == read.client and wrote.case == read.case and wrote.outcome == "ok"
            if own and wrote.ended < read.began and where.get(wrote.item, 0) not in seen:
                yield f"{read.client} did not read its own {wrote.client_id}"


def _sees(read: Read, item: Item) -> bool:
    return read.whispers or item.kind != "whisper" or read.user in (item.to, item.author)


def h8(run: Run) -> Iterator[str]:
    """Whoever listened was told everything on their topics, in order per case, and nothing that is not in the log."""
    known = {event.id: event for event in run.log}
    for each in run.listeners:
        yield from _complete(run, each)
        heard: set[str] = set()
        last: dict[str, int] = {}
        for frame in each.frames:
            if frame.id not in known:
                yield f"{each.client} was told {frame.name} {frame.id}, which is not in the log"
            if frame.id in heard or frame.case is None:
                continue
            heard.add(frame.id)
            if frame.seq < last.get(frame.case, 0):
                yield f"{each.client} was told {frame.name} {frame.seq} of case {frame.case} after {last[frame.case]}"
            last[frame.case] = max(frame.seq, last.get(frame.case, 0))


def _complete(run: Run, each: Listener) -> Iterator[str]:
    got = {frame.id for frame in each.frames}
    for span in each.spans:
        for event in run.log:
            due = span.since < event.seq <= span.until and not span.topics.isdisjoint(event.topics)
            if due and event.id not in got:
                yield f"{each.client} was not told {event.name} {event.seq}"


def h9(run: Run) -> Iterator[str]:
    """No secret in anything a provider took, and no byte of it to whoever may not see it."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for hand in run.hands:
        if hand.user is not None:
            owners[hand.case].add(hand.user)
    cases = _cases_of_canaries(run)
    for secret in run.whispered:
        for accept in run.accepts:
            if secret.canary in accept.text:
                yield f"{secret.canary} of case {secret.case} left with message {accept.ref}"
        for each in run.listeners:
            allowed = secret.readers is None or each.user in secret.readers or each.role == "supervisor"
            if not allowed and any(secret.canary in frame.body for frame in each.frames):
                yield f"{secret.canary} was told to {each.client}"
    for each in run.listeners:
        if each.role == "agent":
            text = "\n".join(frame.body for frame in each.frames)
            for canary, case in cases.items():
                if each.user not in owners[case] and canary in text:
                    yield f"{canary} of case {case} was told to {each.client}, who never held it"


def _cases_of_canaries(run: Run) -> dict[str, str]:
    where = {(item.inbox, item.provider_id): item.case for item in run.items if item.direction == "in"}
    return {
        hook.canary: where[hook.inbox, hook.provider_id]
        for hook in run.hooks
        if hook.canary and (hook.inbox, hook.provider_id) in where
    }


def h10(run: Run) -> Iterator[str]:
    """Work given by itself never exceeds a capacity, nor goes to somebody who is not there."""
    routed = {(hand.case, hand.epoch): hand for hand in run.hands if hand.cause == "routed"}
    for hand in routed.values():
        if hand.load is None or hand.load["after"] > hand.load["capacity"]:
            yield f"case {hand.case} was given to {hand.user} with a load of {hand.load}"
    there: dict[str, bool] = {}
    owner: dict[str, str | None] = {}
    for event in sorted(run.log, key=lambda each: each.seq):
        if event.name == "presence.changed":
            there[event.data["user"]["id"]] = event.data["status"] == "online" and bool(event.data["connected"])
        if event.case is None or "owner" not in event.data or "epoch" not in event.data:
            continue
        now = event.data["owner"]["id"] if event.data["owner"] and event.data["status"] != "resolved" else None
        given = routed.pop((event.case, event.data["epoch"]), None) if now is not None else None
        if given is not None and not there.get(str(now), False):
            yield f"case {event.case} was given to {now}, who was not there"
        if given is not None and Counter(owner.values())[now] >= run.max_held:
            yield f"case {event.case} was given to {now}, who held {run.max_held}"
        owner[event.case] = now


def h11(run: Run) -> Iterator[str]:
    """First snapshot and events are the last snapshot."""
    for fold in run.folds:
        for key in sorted(fold.folded.keys() | fold.fetched.keys()):
            ours, theirs = fold.folded.get(key), fold.fetched.get(key)
            if ours != theirs:
                yield f"{fold.client} holds {key} as {ours}, the server says {theirs}"


def h12(run: Run) -> Iterator[str]:
    """Each case is one register of appends: writes, what readings saw of them, and real time make no circle.

    For a list that only grows a circle is an append that ended before another began and stands behind it, or a reading
    that began after an append had ended and does not hold it, or holds one that began after the reading had ended.
    """
    where = {item.id: item.position for item in run.items}
    appends = [
        (each.case, where[each.item], each.began, each.ended, each.client_id)
        for each in run.wrote
        if each.outcome == "ok" and each.item in where
    ]
    for case, at, began, _, name in appends:
        for other, before, _, ended, earlier in appends:
            if case == other and ended < began and before > at:
                yield f"{name} began after {earlier} had ended, and stands before it on case {case}"
    for read in run.reads:
        seen = {position for position, _ in read.items}
        for case, at, began, ended, name in appends:
            if case != read.case:
                continue
            if ended < read.began and at not in seen:
                yield f"{read.client} read case {case} after {name} had ended, and without it"
            if began > read.ended and at in seen:
                yield f"{read.client} read {name} on case {case} before it was written"


def h13(run: Run) -> Iterator[str]:
    """After the quiet nothing has grown: five per cent, and what the gauge says may be more."""
    for gauge in run.gauges:
        if gauge.after > gauge.before * GROWTH + gauge.spare:
            yield f"{gauge.name} went from {gauge.before:.0f} to {gauge.after:.0f}"


def h14(run: Run) -> Iterator[str]:
    """All due work was done in time after the faults stopped."""
    yield from run.stuck


def h15(run: Run) -> Iterator[str]:
    """Every look into somebody else's case was written down."""
    noted = {(each.actor, each.case) for each in run.audits}
    for each in run.looked:
        if (each.actor, each.case) not in noted:
            yield f"{each.actor} read case {each.case}, and the audit does not say so"
