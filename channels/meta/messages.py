"""`value.messages[]` of Meta's webhook: who wrote, what it answers, and the system messages about a person's number."""

from __future__ import annotations

import re

from msgspec import Struct

from channels.loose import ID_CHARS, Malformed, cleaned, ident, moment, obj, objects, text
from channels.meta.kinds import said
from channels.types import Inbound, Item, Notice, Quoted, Renumbered, Sender

_Json = dict[str, object]
_WA_ID = re.compile(r"[0-9]{5,20}")
_CHANGED_NUMBER = {"user_changed_number", "customer_changed_number"}


class Context(Struct, frozen=True, kw_only=True):
    """What the change says about all of its elements."""

    number: str
    contacts: tuple[_Json, ...]
    errors: tuple[_Json, ...]
    now: int


def message(raw: _Json, context: Context) -> Item:
    """One message of a person, or what the system says about one. Raises Malformed."""
    if text(raw, "type") == "system":
        return _system(raw, context)
    if raw.get("errors") is None and context.errors:
        raw = {**raw, "errors": list(context.errors)}
    content = said(raw)
    return Inbound(
        provider_id=ident(raw, "id"),
        sender=_sender(raw, context.contacts),
        at=moment(raw.get("timestamp"), context.now),
        kind=content.kind,
        text=content.text,
        media=content.media,
        quoted=_quoted(raw),
        target=content.target,
        detail={**content.detail, **_besides(raw)},
        number=context.number,
    )


def sender_of(wa_id: str, user_id: str, contacts: tuple[_Json, ...]) -> Sender:
    """The person with these identifiers; name and the rest from their contact card, found by identifier, not by place.

    Raises Malformed when there is neither a number nor a user id.
    """
    wa_id = wa_id if _WA_ID.fullmatch(wa_id) else ""
    card = _card(wa_id, user_id, contacts)
    told = text(card, "wa_id")
    wa_id = wa_id or (told if _WA_ID.fullmatch(told) else "")
    user_id = user_id or _if_short(text(card, "user_id"))
    if not wa_id and not user_id:
        raise Malformed("nobody is named as the sender")
    profile = _part(card, "profile")
    return Sender(
        phone=f"+{wa_id}" if wa_id else "",
        wa_id=wa_id,
        user_id=user_id,
        parent_user_id=_if_short(text(card, "parent_user_id")),
        username=text(profile, "username"),
        name=text(profile, "name"),
    )


def _sender(raw: _Json, contacts: tuple[_Json, ...]) -> Sender:
    return sender_of(text(raw, "from"), ident(raw, "from_user_id", required=False), contacts)


def _card(wa_id: str, user_id: str, contacts: tuple[_Json, ...]) -> _Json:
    for card in contacts:
        if (user_id and text(card, "user_id") == user_id) or (wa_id and text(card, "wa_id") == wa_id):
            return card
    nameless = not wa_id and not user_id
    return contacts[0] if nameless and len(contacts) == 1 else {}


def _part(of: _Json, key: str) -> _Json:
    """The object at `key`, {} for anything else: what stands beside the words must not cost us the words."""
    value = of.get(key)
    return value if isinstance(value, dict) else {}


def _if_short(value: str) -> str:
    return value if len(value) <= ID_CHARS else ""


def _quoted(raw: _Json) -> Quoted | None:
    context = _part(raw, "context")
    forwarded = context.get("forwarded") is True or context.get("frequently_forwarded") is True
    quoted = Quoted(
        provider_id=_if_short(text(context, "id")),
        forwarded=forwarded,
        product=text(_part(context, "referred_product"), "product_retailer_id"),
    )
    return quoted if quoted != Quoted() else None


def _besides(raw: _Json) -> _Json:
    """What any type may carry: the ad that led here, the identity's hash, the group."""
    found = {key: cleaned(raw[key]) for key in ("referral", "identity") if isinstance(raw.get(key), dict)}
    group = text(raw, "group_id")
    return {**found, "group": group} if group else {**found}


def _system(raw: _Json, context: Context) -> Item:
    body = obj(raw, "system")
    kind = text(body, "type")
    at = moment(raw.get("timestamp"), context.now)
    if kind in _CHANGED_NUMBER or kind == "user_changed_user_id":
        old, new = _changed_number(raw, body) if kind in _CHANGED_NUMBER else _changed_user(raw, body)
        return Renumbered(provider_id=ident(raw, "id"), old=old, new=new, at=at, number=context.number)
    if kind == "customer_identity_changed":
        detail = cleaned({"identity": raw.get("identity") or body.get("identity"), "from": text(raw, "from")})
        return Notice(field="system", event=kind, at=at, number=context.number, detail=detail)
    raise Malformed("an unknown kind of system message")


def _changed_number(raw: _Json, body: _Json) -> tuple[Sender, Sender]:
    old = Sender(**_ids(text(raw, "from") or text(body, "customer"), ident(raw, "from_user_id", required=False)))
    new = Sender(**_ids(text(body, "wa_id") or text(body, "new_wa_id"), ident(body, "user_id", required=False)))
    return _both(old, new)


def _changed_user(raw: _Json, body: _Json) -> tuple[Sender, Sender]:
    number = text(raw, "from") or text(body, "wa_id")
    old = Sender(
        **_ids(number, ident(body, "previous_user_id", required=False)),
        parent_user_id=ident(body, "previous_parent_user_id", required=False),
    )
    new = Sender(
        **_ids(number, ident(body, "user_id")),
        parent_user_id=ident(body, "parent_user_id", required=False),
    )
    return _both(old, new)


def _ids(wa_id: str, user_id: str) -> dict[str, str]:
    wa_id = wa_id if _WA_ID.fullmatch(wa_id) else ""
    return {"phone": f"+{wa_id}" if wa_id else "", "wa_id": wa_id, "user_id": user_id}


def _both(old: Sender, new: Sender) -> tuple[Sender, Sender]:
    if not (old.wa_id or old.user_id) or not (new.wa_id or new.user_id):
        raise Malformed("a change of number names only one side")
    return old, new


def errors_of(value: _Json) -> tuple[_Json, ...]:
    """The errors told beside the messages."""
    return tuple(objects(value, "errors"))
