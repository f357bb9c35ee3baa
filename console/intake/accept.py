"""Taking a delivery at any door: verified by the caller, parsed, carried out and committed before it is answered."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

import msgspec
import structlog

from channels.optout import classify, possible_opt_out
from channels.types import Delivery, Inbound, Item, Receipt
from console.errors import Refusal, Unavailable
from console.intake.directory import Directory, Entry
from console.intake.take import Produced, Taken, carry_out, keep, take, verdict, why, worst
from console.portfolios.queries import InboxRow
from console.services import Services
from console.store import lanes
from console.store.transaction import Tx
from console.timeline.files import Files
from console.wire.ids import new_id

log = structlog.get_logger()


async def accept(
    services: Services,
    directory: Directory,
    entry: Entry,
    delivery: Delivery,
    door: str,
    *,
    replayed: str | None = None,
) -> Taken:
    """Parse and carry out one delivery. What cannot be understood or carried out is kept aside, dead, with a reason.

    Raises Unavailable when the database does not take it: the provider must try again.
    """
    digest = hashlib.sha256(delivery.body).hexdigest()
    items = await _parse(services, entry, delivery)
    _come_in(services.store.load, items)
    items = await asyncio.to_thread(_keep_contents, services.files, items) if _has_contents(items) else items
    try:
        return await services.store.write(
            take, entry.row, delivery, items, door=door, digest=digest, windows=directory.windows(),
            route=directory.router(entry), replayed=replayed,
        )  # fmt: skip
    except Unavailable:
        raise
    except Exception as error:  # one item that cannot be carried out must not cost the others
        log.error(
            "intake.item_failed",
            inbox=entry.row.id,
            error=type(error).__name__,
            exc_info=not isinstance(error, Refusal),
        )
        return await _one_by_one(services, directory, entry, delivery, door, digest, items, replayed)


def _come_in(load: lanes.Load, items: Sequence[Item]) -> None:
    """Statuses give way to messages. Whoever asks for silence is heard, however busy we are."""
    told = bool(items) and all(isinstance(item, Receipt) for item in items)
    try:
        lanes.enter(load, lanes.STATUS if told else lanes.FIRST)
    except Unavailable:
        if not any(isinstance(item, Inbound) and _asks_for_silence(item) for item in items):
            raise
        lanes.enter(load, lanes.UNSHED)


def _asks_for_silence(item: Inbound) -> bool:
    return item.opt == "stop" or classify(item.text) == "stop" or bool(possible_opt_out(item.text))


async def _parse(services: Services, entry: Entry, delivery: Delivery) -> Sequence[Item]:
    now = services.clock.now()
    if entry.row.provider != "smtp":
        return entry.channel.parse(entry.inbox, delivery, now)
    found: Sequence[Item] = await services.mail.read(entry.inbox, delivery, now)
    return found


def _has_contents(items: Sequence[Item]) -> bool:
    return any(isinstance(item, Inbound) and any(ref.content is not None for ref in item.media) for item in items)


def _keep_contents(files: Files, items: Sequence[Item]) -> Sequence[Item]:
    """Files that came along are stored under an id first; the transaction only names them."""
    kept: list[Item] = []
    for item in items:
        if isinstance(item, Inbound) and item.media:
            media = []
            for ref in item.media:
                if ref.content is None:
                    media.append(ref)
                    continue
                stored = new_id()
                digest = files.write(stored, ref.content)
                media.append(
                    msgspec.structs.replace(
                        ref, content=None, provider_id=f"local:{stored}", sha256=digest, size=len(ref.content)
                    )
                )
            item = msgspec.structs.replace(item, media=tuple(media))
        kept.append(item)
    return kept


async def _one_by_one(
    services: Services,
    directory: Directory,
    entry: Entry,
    delivery: Delivery,
    door: str,
    digest: str,
    items: Sequence[Item],
    replayed: str | None,
) -> Taken:
    """Each item in a transaction of its own; those that fail are dead letters with the kind of error."""
    produced: list[Produced] = []
    for item in items:
        try:
            produced.append(
                await services.store.write(carry_out, entry.row, item, directory.windows(), directory.router(entry))
            )
        except Unavailable:
            raise
        except Refusal as refusal:  # what this installation lacks: mended, the delivery can be replayed
            produced.append(Produced(type(item).__name__.lower(), "dead", reason=refusal.detail))
        except Exception as error:
            produced.append(Produced(type(item).__name__.lower(), "dead", reason=f"error: {type(error).__name__}"))
    state, reason = worst(produced), why(produced)
    made = replayed or new_id()
    await services.store.write(
        _keep, made, entry.row, delivery, door, digest, state, reason, produced, replayed is None
    )
    return Taken(made, state, produced)


def _keep(
    tx: Tx,
    made: str,
    inbox: InboxRow,
    delivery: Delivery,
    door: str,
    digest: str,
    state: str,
    reason: str,
    produced: Sequence[Produced],
    new: bool,
) -> None:
    if new:
        keep(tx, made, inbox.id, delivery, door=door, digest=digest, state=state, reason=reason, produced=produced)
        return
    verdict(tx, made, produced)
