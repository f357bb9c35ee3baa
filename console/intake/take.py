"""One delivery, one transaction: what it says is done, what it produced is written beside it.

A provider's id is taken once, for ever; the same delivery twice changes nothing (invariant 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, structs

from channels.types import Dead, Delivery, Ignored, Inbound, Item, Notice, Preference, Receipt, Renumbered
from console.cases.early import keep_early
from console.cases.receive import receive
from console.cases.settle import as_it_stands, message_of, renumber, settle_preference, settle_receipt
from console.intake.models import delivery as table
from console.intake.models import taken
from console.intake.notices import note
from console.portfolios.queries import InboxRow, all_inboxes
from console.store.base import dump, load
from console.store.statement import add_late, add_once, change
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id

KEPT_HEADERS = frozenset(
    {
        "content-type",
        "x-hub-signature-256",
        "x-twilio-signature",
        "x-twilio-webhooks-signature-settings",
        "x-acordo-signature",
        "i-twilio-idempotency-token",
    }
)


class Produced(Struct, frozen=True, omit_defaults=True):
    """What one item of a delivery became."""

    kind: str
    state: str  # stored, duplicate, ignored, dead
    id: str | None = None
    case: str | None = None
    reason: str = ""


class Taken(Struct, frozen=True):
    id: str
    state: str
    produced: list[Produced]


Route = Callable[[Item], InboxRow | None]
"""Which of our inboxes an item belongs to; None when it is for a number that does not stand under the same secret."""


def take(
    tx: Tx,
    inbox: InboxRow,
    delivery: Delivery,
    items: Sequence[Item],
    *,
    door: str,
    digest: str,
    windows: dict[str, int],
    route: Route,
    replayed: str | None = None,
) -> Taken:
    """Carry out a parsed delivery and keep it. `windows`: service window by channel, in hours."""
    produced = [carry_out(tx, inbox, item, windows, route) for item in items]
    if not produced:
        produced = [Produced("nothing", "ignored", reason="empty")]
    state = worst(produced)
    made = replayed or new_id()
    if replayed is not None:
        verdict(tx, made, produced)
    else:
        keep(
            tx,
            made,
            inbox.id,
            delivery,
            door=door,
            digest=digest,
            state=state,
            reason=why(produced),
            produced=produced,
        )
    return Taken(made, state, produced)


def verdict(tx: Tx, delivery_id: str, produced: Sequence[Produced]) -> None:
    """What a replay of a kept delivery produced."""
    change(tx, table, {"id": delivery_id}, state=worst(produced), reason=why(produced), produced=dump(produced))


def keep(
    tx: Tx,
    delivery_id: str,
    inbox_id: str,
    delivery: Delivery,
    *,
    door: str,
    digest: str,
    state: str,
    reason: str,
    produced: Sequence[Produced],
) -> None:
    """Write the delivery's row. A duplicate keeps no body."""
    envelope = {
        "method": delivery.method,
        "path": delivery.path,
        "query": delivery.query,
        "headers": {name: delivery.headers[name] for name in KEPT_HEADERS & delivery.headers.keys()},
        "from": delivery.envelope_from,
        "to": list(delivery.envelope_to),
    }
    add_late(
        tx, table, id=delivery_id, at=tx.now, inbox_id=inbox_id, door=door, size=len(delivery.body), hash=digest,
        envelope=dump(envelope), body=None if state == "duplicate" else delivery.body, state=state, reason=reason,
        produced=dump(produced),
    )  # fmt: skip


def carry_out(tx: Tx, inbox: InboxRow, item: Item, windows: dict[str, int], route: Route) -> Produced:
    if isinstance(item, Dead):
        return Produced("unknown", "dead", reason=item.reason)
    if isinstance(item, Ignored):
        return Produced("nothing", "ignored", reason=item.reason)
    if isinstance(item, Notice):
        made = note(tx, inbox, item, _concerned(tx, inbox, item, route))
        return Produced("notice", "stored", id=made, reason=item.field)
    home = route(item)
    if home is None:
        return Produced(type(item).__name__.lower(), "dead", reason="number_of_another_app")
    if isinstance(item, Inbound):
        return _inbound(tx, home, item, windows.get(home.channel, 0))
    if isinstance(item, Receipt):
        return _receipt(tx, home, item)
    if isinstance(item, Preference):
        found = settle_preference(tx, home, item)
        return Produced("preference", "stored" if found else "ignored", reason="" if found else "unknown_address")
    assert isinstance(item, Renumbered)
    moved = renumber(tx, home, item)
    return Produced("renumbered", "stored" if moved else "ignored", reason="" if moved else "unknown_address")


def _concerned(reader: Reader, door: InboxRow, notice: Notice, route: Route) -> list[InboxRow]:
    """The inbox of the number a notice names, else all of the account it names that stand under the same secret."""
    if notice.number:
        home = route(notice)
        return [] if home is None else [home]
    if not notice.account:
        return [door]
    return [each for each in all_inboxes(reader) if _is_of(each, notice, door, route)]


def _is_of(inbox: InboxRow, notice: Notice, door: InboxRow, route: Route) -> bool:
    config: dict[str, str] = load(inbox.config)
    if inbox.provider != door.provider or config.get("waba_id") != notice.account:
        return False
    home = route(structs.replace(notice, number=config.get("phone_number_id", "")))
    return home is not None and home.id == inbox.id


def _inbound(tx: Tx, inbox: InboxRow, item: Inbound, window_hours: int) -> Produced:
    if not add_once(tx, taken, ("inbox_id", "provider_id"), inbox_id=inbox.id, provider_id=f"m:{item.provider_id}"):
        return Produced("message", "duplicate")
    received = receive(tx, inbox, item, window_hours=window_hours)
    if received.item is None:
        return Produced(received.kind, "ignored", reason="about_nothing_we_hold")
    return Produced(received.kind, "stored", id=received.item, case=received.case)


def _receipt(tx: Tx, inbox: InboxRow, item: Receipt) -> Produced:
    message = message_of(tx, inbox, item)
    if message is None:
        kept = keep_early(tx, inbox, item)
        return Produced("status", "ignored" if kept else "duplicate", reason="message_not_known_yet" if kept else "")
    message = as_it_stands(tx, message)
    key = f"s:{item.provider_id or item.ref}:{item.status}"
    if not add_once(tx, taken, ("inbox_id", "provider_id"), inbox_id=inbox.id, provider_id=key):
        return Produced("status", "duplicate")
    settle_receipt(tx, message, item)
    return Produced("status", "stored", id=message.id, case=message.case_id)


def worst(produced: Sequence[Produced]) -> str:
    """Dead when anything is; stored when anything was; else duplicate before ignored."""
    states = {each.state for each in produced}
    return next(state for state in ("dead", "stored", "duplicate", "ignored") if state in states)


def why(produced: Sequence[Produced]) -> str:
    return next(
        (each.reason for each in produced if each.state == "dead"), produced[0].reason if len(produced) == 1 else ""
    )
