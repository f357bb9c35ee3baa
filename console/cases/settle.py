"""What became of a message: its status moves forward only, whatever arrives in whatever order (invariant 8)."""

from __future__ import annotations

from typing import Any

from channels.types import Fault, Preference, Receipt, Renumbered
from console.cases.answered import answered, not_answered
from console.cases.changed import told, with_contact_points
from console.cases.early import claimed_early, take_early
from console.cases.queries import CaseRow, live, of_debtor
from console.cases.standing import settle as settle_standing
from console.cases.stop_clock import stop_the_clock
from console.debtors import phones
from console.debtors.consents import log_consent
from console.debtors.models import address, contact_point, identifier, link
from console.debtors.queries import AddressRow, find_point, get_address, identified, points_at
from console.gate.guard import give_back, spend
from console.outbox.models import outbox
from console.portfolios.queries import InboxRow
from console.store.base import dump, load
from console.store.statement import add_once, change
from console.store.transaction import Reader, Tx
from console.timeline.add import add_event, revise
from console.timeline.queries import ItemRow, by_provider, find, get
from console.wire.moment import Ms

WRONG_NUMBER = "wrong_number"
ORDER = {"queued": 0, "sending": 1, "unconfirmed": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6}


def settle(tx: Tx, item: ItemRow, status: str, *, at: Ms, provider_id: str = "", fault: Fault | None = None) -> bool:
    """Move a message forward to `status`; whether it moved. Lower or equal news changes nothing but a missing
    provider id.
    """
    row = live(tx, item.case_id)
    changes: dict[str, Any] = {}
    if provider_id and item.provider_id != provider_id:
        changes["provider_id"] = provider_id
    before = item.status
    moved = ORDER.get(status, -1) > ORDER.get(before or "", -1)
    if moved:
        data = load(item.data)
        data.setdefault("times", {})[status] = at
        data.pop("next_attempt_at", None)
        changes |= {"status": status, "data": dump(data)}
        changes["error"] = dump(error_of(fault)) if status == "failed" and fault else "null"
    if not changes:
        return False
    revise(tx, row, item, **changes)
    if moved:
        _after(tx, row, item, status, fault)
        if before == "failed":
            _after_all(tx, row, item)
    if "provider_id" in changes:
        for receipt in take_early(tx, item.inbox_id or "", provider_id):
            settle_receipt(tx, item, receipt)
    return moved


def as_it_stands(tx: Tx, item: ItemRow) -> ItemRow:
    """The message as it stands now that its case is this verb's: while we waited for it, another process may have
    written down what a carrier said.
    """
    live(tx, item.case_id)
    return item if tx.alone else get(tx, item.id)


def message_of(reader: Reader, inbox: InboxRow, receipt: Receipt) -> ItemRow | None:
    """The message a provider's status is about, or None when we know none by that reference or id."""
    item = find(reader, receipt.ref) if receipt.ref else None
    if item is None or item.direction != "out" or item.inbox_id != inbox.id:
        item = by_provider(reader, inbox.id, receipt.provider_id)
    return None if item is None or item.direction != "out" else item


def settle_receipt(tx: Tx, item: ItemRow, receipt: Receipt) -> None:
    """Apply a provider's status to the message it is about."""
    item = as_it_stands(tx, item)
    settle(tx, item, receipt.status, at=receipt.at, provider_id=receipt.provider_id, fault=receipt.fault)
    if receipt.fault is not None and receipt.status != "failed":
        _heed(tx, live(tx, item.case_id), item, receipt.fault)  # a complaint about a mail that did arrive


def settle_early(tx: Tx) -> None:
    """Statuses laid aside in the very moment in which their message got its id find it here."""
    for inbox_id, provider_id in claimed_early(tx):
        for receipt in take_early(tx, inbox_id, provider_id):
            item = by_provider(tx, inbox_id, provider_id)
            if item is not None:
                settle_receipt(tx, item, receipt)


def settle_preference(tx: Tx, inbox: InboxRow, told_us: Preference) -> AddressRow | None:
    """A stop or resume of marketing, told by the provider."""
    phone = phones.canonical(told_us.sender.phone or told_us.sender.wa_id)
    names = (("user_id", told_us.sender.user_id), ("phone", phone), ("email", told_us.sender.email.lower()))
    where = next((row for kind, name in names if (row := identified(tx, inbox.channel, kind, name))), None)
    if where is not None:
        change(tx, address, {"id": where.id}, marketing_stopped_at=told_us.at if told_us.value == "stop" else None)
        act = "marketing_stopped" if told_us.value == "stop" else "marketing_resumed"
        for point in points_at(tx, where.id):
            log_consent(tx, point.debtor_id, act, channel=where.channel, point_id=point.id, source="provider",
                        given_at=told_us.at)  # fmt: skip
    return where


def renumber(tx: Tx, inbox: InboxRow, moved: Renumbered) -> AddressRow | None:
    """The same person under a new number or id: the address keeps its history, and its identity must be checked
    again (domain rules 3.7).
    """
    old = (("user_id", moved.old.user_id), ("phone", phones.canonical(moved.old.phone or moved.old.wa_id)))
    where = next((row for kind, name in old if (row := identified(tx, inbox.channel, kind, name))), None)
    if where is None:
        return None
    phone = phones.canonical(moved.new.phone or moved.new.wa_id)
    for kind, name in (("user_id", moved.new.user_id), ("phone", phone)):
        if name:
            add_once(
                tx,
                identifier,
                ("channel", "kind", "value"),
                channel=inbox.channel,
                kind=kind,
                value=name,
                address_id=where.id,
            )
    changes = {"wa_id": moved.new.wa_id, "user_id": moved.new.user_id, "phone": phone}
    kept = {name: each for name, each in changes.items() if each}
    if phone and identified(tx, inbox.channel, "phone", phone) is not None and not where.key.startswith("id:"):
        kept["key"] = phone
    if kept:
        change(tx, address, {"id": where.id}, **kept)
    _prove_again(tx, where)
    return where


def _prove_again(tx: Tx, where: AddressRow) -> None:
    change(tx, contact_point, {"address_id": where.id}, disclosure=0, verified=0)
    for point in points_at(tx, where.id):
        for each in of_debtor(tx, point.debtor_id):
            if each.is_open:
                row = live(tx, each.id)
                row.disclosure, row.disclosure_until = 0, None
                with_contact_points(tx, row)


def reached(tx: Tx, row: CaseRow, where: AddressRow) -> None:
    """An address that was taken for dead works: somebody wrote from it, or a message arrived there after all. Whether
    it is the right person's is another question.
    """
    if where.invalid_at is None or where.invalid_reason == WRONG_NUMBER:
        return
    where.invalid_at, where.invalid_reason = None, ""
    change(tx, address, {"id": where.id}, invalid_at=None, invalid_reason="")
    add_event(tx, row, "contact_point.valid", {"channel": where.channel})
    with_contact_points(tx, row)


def error_of(fault: Fault) -> dict[str, Any]:
    """A fault as the message's `error`."""
    return {"code": fault.code, "title": fault.title, "hint": fault.hint, "retryable": fault.retryable}


def _after(tx: Tx, row: CaseRow, item: ItemRow, status: str, fault: Fault | None) -> None:
    if status in ("sent", "delivered", "read"):
        spend(tx, item.id)
        change(tx, outbox, {"item_id": item.id}, state="settled")
    if status == "failed":
        change(tx, outbox, {"item_id": item.id}, state="settled")
        if "sent" not in load(item.data).get("times", {}):
            give_back(tx, item.id)
        not_answered(tx, row, item)
        if fault is not None:
            _heed(tx, row, item, fault)
    last = load(row.last_item)
    if last and last["id"] == item.id:
        row.last_item = dump(last | {"status": item.status})
        told(tx, row)


def _after_all(tx: Tx, row: CaseRow, item: ItemRow) -> None:
    """It was told as failed, and arrived: the wait it answers is over, and the address works."""
    since = load(item.data).get("answered")
    if since is not None and row.waiting_since == since:
        answered(tx, row, item)
        told(tx, row)
    point = find_point(tx, item.contact_point_id) if item.contact_point_id else None
    if point is not None:
        reached(tx, row, get_address(tx, point.address_id))


def _heed(tx: Tx, row: CaseRow, item: ItemRow, fault: Fault) -> None:
    """What a fault teaches about the address: it opted out, it is dead, its window is shut."""
    point = find_point(tx, item.contact_point_id) if item.contact_point_id else None
    if point is None or not fault.effect:
        return
    where = get_address(tx, point.address_id)
    if fault.effect == "opt_out" and where.opted_out_at is None:
        change(tx, address, {"id": where.id}, opted_out_at=tx.now, opt_out_source=f"provider {fault.code}")
        source = f"provider {fault.code}"
        log_consent(tx, row.debtor_id, "opted_out", channel=where.channel, point_id=point.id, source=source)
        stop_the_clock(tx, row.debtor_id, "opt_out")
        add_event(tx, row, "consent.opted_out", {"channel": where.channel, "source": f"provider {fault.code}"})
    elif fault.effect == "marketing_stop":
        change(tx, address, {"id": where.id}, marketing_stopped_at=tx.now)
    elif fault.effect == "invalid_address" and where.invalid_at is None:
        change(tx, address, {"id": where.id}, invalid_at=tx.now, invalid_reason=fault.code)
        change(tx, contact_point, {"address_id": where.id}, disclosure=0, verified=0)  # domain rules 3.7: not bounced
        add_event(tx, row, "contact_point.invalid", {"channel": where.channel, "code": fault.code})
    elif fault.effect == "window_closed" and item.inbox_id:
        change(tx, link, {"inbox_id": item.inbox_id, "contact_point_id": point.id}, window_closes_at=tx.now)
        settle_standing(tx, row)
    with_contact_points(tx, row)
