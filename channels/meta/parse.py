"""Meta's webhook envelope: every entry, change, message and status in it, in the order told.

{object, entry: [{id: WABA, time?, changes: [{field, value}]}]}. A change of field `messages` holds `messages`,
`statuses` or `errors`; the other fields are about preferences of people or about our account, number, templates.
Source: facebook/openapi business-messaging-api, schema WebhookPayload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from channels.loose import ID_CHARS, Malformed, cleaned, decode, ident, moment, objects, rows, text
from channels.meta.faults import fault_of, told
from channels.meta.messages import Context, errors_of, message, sender_of
from channels.meta.notices import NOTICES, notice
from channels.types import Dead, Fault, Ignored, Item, Notice, Preference, Receipt, Status

_Json = dict[str, object]

_STATUSES: dict[str, Status] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


def parse(body: bytes, now: int) -> list[Item]:
    """All that an envelope tells. Never raises; never empty: an envelope with nothing in it is one Ignored."""
    try:
        envelope = decode(body)
        if not isinstance(envelope, dict) or envelope.get("object") != "whatsapp_business_account":
            raise Malformed("this is no envelope of WhatsApp")
    except Malformed as why:
        return [Dead(reason=str(why))]
    items = list(_list(envelope, "entry", lambda entry: _entry(entry, now)))
    return items or [Ignored(reason="nothing in it")]


def _entry(entry: _Json, now: int) -> Iterator[Item]:
    return _list(entry, "changes", lambda change: _change(entry, change, now))


def _change(entry: _Json, change: _Json, now: int) -> Iterable[Item]:
    name, value = text(change, "field"), change.get("value")
    if not isinstance(value, dict):
        raise Malformed("a change without a value")
    if name == "messages":
        return _messages(value, now)
    if name == "user_preferences":
        return _preferences(value, now)
    if name in NOTICES:
        at = moment(entry.get("time"), now)
        return [notice(name, value, at=at, number=_number(value), account=text(entry, "id")[:ID_CHARS])]
    raise Malformed(f"unknown field {name[:60]!a}")


def _messages(value: _Json, now: int) -> Iterator[Item]:
    context = _context(value, now)
    if not any(key in value for key in ("messages", "statuses", "errors")):
        raise Malformed("a change of messages with nothing known in it")
    yield from _list(value, "messages", lambda raw: [message(raw, context)], context.number)
    yield from _list(value, "statuses", lambda raw: [_receipt(raw, context)], context.number)
    if not value.get("messages"):
        yield from _list(value, "errors", lambda raw: [_error(raw, context)], context.number)


def _receipt(raw: _Json, context: Context) -> Item:
    status = _STATUSES.get(text(raw, "status"))
    if status is None:
        raise Malformed("an unknown status")
    errors = list(objects(raw, "errors"))
    detail: _Json = {key: cleaned(raw[key]) for key in ("pricing", "conversation") if isinstance(raw.get(key), dict)}
    if text(raw, "status") == "played":
        detail["played"] = True
    if user_id := ident(raw, "recipient_user_id", required=False):
        detail["user_id"] = user_id
    if errors:
        detail["errors"] = [told(error) for error in errors]
    return Receipt(
        provider_id=ident(raw, "id"),
        status=status,
        at=moment(raw.get("timestamp"), context.now),
        ref=ident(raw, "biz_opaque_callback_data", required=False),
        fault=_failure(errors) if status == "failed" else None,
        recipient=ident(raw, "recipient_id", required=False),
        number=context.number,
        detail=detail,
    )


def _failure(errors: list[_Json]) -> Fault:
    return fault_of(errors[0]) if errors else Fault(code="unknown", hint="WhatsApp did not say why.")


def _error(raw: _Json, context: Context) -> Item:
    code = text(raw, "code")[:40] or "unknown"
    return Notice(field="errors", event=code, at=context.now, number=context.number, detail=told(raw))


def _preferences(value: _Json, now: int) -> Iterator[Item]:
    context = _context(value, now)
    if "user_preferences" not in value:
        raise Malformed("a change of preferences without preferences")
    return _list(value, "user_preferences", lambda raw: [_preference(raw, context)], context.number)


def _preference(raw: _Json, context: Context) -> Item:
    category, wish = text(raw, "category"), text(raw, "value")
    if category != "marketing_messages" or wish not in ("stop", "resume", "signup"):
        raise Malformed("an unknown preference")
    return Preference(
        sender=sender_of(text(raw, "wa_id"), ident(raw, "user_id", required=False), context.contacts),
        category="marketing",
        value="stop" if wish == "stop" else "resume",
        at=moment(raw.get("timestamp"), context.now),
        number=context.number,
    )


def _context(value: _Json, now: int) -> Context:
    return Context(number=_number(value), contacts=tuple(objects(value, "contacts")), errors=errors_of(value), now=now)


def _number(value: _Json) -> str:
    metadata = value.get("metadata")
    return text(metadata, "phone_number_id")[:ID_CHARS] if isinstance(metadata, dict) else ""


def _list(of: _Json, key: str, read: Callable[[_Json], Iterable[Item]], number: str = "") -> Iterator[Item]:
    """What `read` makes of each element; one that is malformed becomes one Dead, and the others survive."""
    try:
        elements = rows(of, key)
    except Malformed as why:
        yield Dead(reason=str(why), number=number)
        return
    for element in elements:
        provider_id = text(element, "id")[:ID_CHARS] if isinstance(element, dict) else ""
        try:
            if not isinstance(element, dict):
                raise Malformed(f"an element of {key} is not an object")
            yield from read(element)
        except Malformed as why:
            yield Dead(reason=str(why), provider_id=provider_id, number=number)
