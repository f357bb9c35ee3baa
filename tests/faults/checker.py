"""The fifteen things that must hold of a run under faults (invariants H1 to H15); each gives its violations.

H1–H6 are about messages and owners and stand here; what clients were told and saw is in `views.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tests.faults import views
from tests.faults.history import Run

SILENCE_MS = 10_000
"""After an opt-out was committed, a call that had begun may still end; none begins later than this."""
RANK = {
    "scheduled": -1, "held": -1, "queued": 0, "sending": 1, "unconfirmed": 2, "sent": 3, "failed": 4, "delivered": 5,
    "read": 6, "cancelled": 7,
}  # fmt: skip
ACCEPTED = frozenset({"sent", "delivered", "read"})
DONE = frozenset({"settled", "cancelled"})


def check(run: Run) -> list[str]:
    """Every violation, each named by its invariant; nothing when all hold."""
    return [f"{name}: {each}" for name, holds in INVARIANTS.items() for each in holds(run)]


def h1(run: Run) -> Iterator[str]:
    """A delivery that was answered is there exactly once; one of which nobody knows at most once; a refused one not."""
    there = Counter((item.inbox, item.provider_id) for item in run.items if item.direction == "in")
    outcomes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for hook in run.hooks:
        outcomes[hook.inbox, hook.provider_id].add(hook.outcome)
    for key, seen in outcomes.items():
        least, most = _bounds(seen)
        if not least <= there[key] <= most:
            yield f"inbound {key[1]} ({', '.join(sorted(seen))}) is there {there[key]} times"
    for (inbox, provider_id), count in there.items():
        if count > 1 and (inbox, provider_id) not in outcomes:
            yield f"inbound {provider_id} is there {count} times"


def h2(run: Run) -> Iterator[str]:
    """A reply that was answered is one item, and every repeat of it got that item's id."""
    there: defaultdict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for item in run.items:
        if item.direction == "out" and item.client_id:
            there[item.author, item.client_id].append(item.id)
    outcomes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for each in run.wrote:
        outcomes[each.actor, each.client_id].add(each.outcome)
        kept = there[each.actor, each.client_id]
        if each.outcome == "ok" and [each.item] != kept:
            yield f"reply {each.client_id} was answered {each.item}, the database has {kept}"
    for (actor, client_id), seen in outcomes.items():
        least, most = _bounds(seen)
        if not least <= len(there[actor, client_id]) <= most:
            yield f"reply {client_id} ({', '.join(sorted(seen))}) is there {len(there[actor, client_id])} times"


def h3(run: Run) -> Iterator[str]:
    """A message is taken at most once, by an earlier leave of the gate, and not after its reader asked for silence."""
    taken = Counter(each.ref for each in run.accepts)
    ours = {item.id for item in run.items if item.kind == "message" and item.direction == "out"}
    leaves = {each.item: each.at for each in reversed(run.decisions) if each.outcome == "allow"}
    for ref, count in taken.items():
        if count > 1:
            yield f"message {ref} was taken {count} times"
        if ref not in ours:
            yield f"message {ref} was taken and is none of ours"
    for accept in run.accepts:
        if leaves.get(accept.ref, accept.at + 1) > accept.at:
            yield f"message {accept.ref} was taken without an earlier leave of the gate"
        for silence in run.opted_out:
            if silence.to == accept.to and accept.at > silence.at + SILENCE_MS:
                yield f"message {accept.ref} was taken {accept.at - silence.at} ms after {silence.to} opted out"


def h4(run: Run) -> Iterator[str]:
    """At rest nothing waits past its time, and a status says what the provider knows."""
    taken = {each.ref for each in run.accepts}
    told = {each.ref for each in run.accepts if each.told}
    refused = Counter(each.item for each in run.attempts if each.outcome == "refused")
    tries = {each.item: each.tries for each in run.outbox}
    for planned in run.outbox:
        if planned.state not in DONE and planned.overdue:
            yield f"message {planned.item} is still {planned.state}"
    for item in run.items:
        if item.kind != "message" or item.direction != "out":
            continue
        if item.status in ACCEPTED and item.id not in taken:
            yield f"message {item.id} is {item.status}, and no provider took it"
        if item.status in ("queued", "cancelled") and item.id in taken:
            yield f"message {item.id} is {item.status}, and a provider took it"
        if item.status in ("sending", "unconfirmed") and item.id in told:
            yield f"message {item.id} is {item.status}, and its provider has said what became of it"
        every_try_was_refused = 0 < tries.get(item.id, 0) == refused[item.id]
        if item.status == "failed" and item.id in taken and every_try_was_refused:
            yield f"message {item.id} failed by a refusal, and a provider took it"
        if item.status == "unconfirmed" and every_try_was_refused:
            yield f"message {item.id} is unconfirmed, and the provider had refused it in so many words"


def h5(run: Run) -> Iterator[str]:
    """Nobody sees a status go back."""
    last: dict[tuple[str, str], str] = {}
    for saw in run.saw:
        before = last.get((saw.client, saw.item))
        if before is not None and RANK[saw.status] < RANK[before]:
            yield f"{saw.client} saw message {saw.item} go from {before} back to {saw.status}"
        last[saw.client, saw.item] = saw.status


def h6(run: Run) -> Iterator[str]:
    """Epochs rise by one a change of owner, and a reply lies within its author's."""
    hands: defaultdict[str, dict[int, str | None]] = defaultdict(dict)
    for hand in run.hands:
        if hands[hand.case].get(hand.epoch, hand.user) != hand.user:
            yield f"case {hand.case} has two owners at epoch {hand.epoch}"
        hands[hand.case][hand.epoch] = hand.user
    for case in run.cases:
        held = {epoch: user for epoch, user in hands[case.id].items() if epoch > 0}
        if sorted(held) != list(range(1, case.epoch + 1)):
            yield f"case {case.id} is at epoch {case.epoch}, and changed hands at {sorted(held)}"
        elif held and held[case.epoch] != case.owner:
            yield f"case {case.id} is {case.owner}'s, and was given to {held[case.epoch]}"
    yield from _within_epochs(run, hands)


def _within_epochs(run: Run, hands: dict[str, dict[int, str | None]]) -> Iterator[str]:
    told = _epoch_when_created(run)
    for each in run.wrote:
        if each.outcome != "ok":
            continue
        if hands[each.case].get(each.epoch) != each.actor and (each.case, each.epoch, each.actor) not in run.barges:
            yield f"reply {each.client_id} was taken from {each.actor} at epoch {each.epoch}, which was not theirs"
        if told.get(each.item, each.epoch) != each.epoch:
            yield f"reply {each.client_id} of epoch {each.epoch} was committed at epoch {told[each.item]}"


def _epoch_when_created(run: Run) -> dict[str, int]:
    """By item: the epoch of its case in the log when it was created."""
    epochs: dict[str, int] = {}
    found: dict[str, int] = {}
    for event in sorted(run.log, key=lambda each: each.seq):
        if event.case is None:
            continue
        if event.name.startswith("case.") and "epoch" in event.data:
            epochs[event.case] = event.data["epoch"]
        if event.name == "message.created" and event.case in epochs:
            found[event.data["id"]] = epochs[event.case]
    return found


def _bounds(outcomes: set[str]) -> tuple[int, int]:
    """How often something may be there after attempts with these outcomes."""
    return (1, 1) if "ok" in outcomes else (0, 1) if "info" in outcomes else (0, 0)


INVARIANTS: dict[str, Callable[[Run], Iterator[str]]] = {
    "H1": h1, "H2": h2, "H3": h3, "H4": h4, "H5": h5, "H6": h6, "H7": views.h7, "H8": views.h8, "H9": views.h9,
    "H10": views.h10, "H11": views.h11, "H12": views.h12, "H13": views.h13, "H14": views.h14, "H15": views.h15,
}  # fmt: skip
