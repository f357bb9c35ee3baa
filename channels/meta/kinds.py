"""What a message says, by its type: one small reader each, over `message` elements of Meta's webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from channels import loose
from channels.loose import Malformed, cleaned, ident, need, number, obj, objects, text
from channels.meta.faults import told
from channels.types import MediaRef

_Json = dict[str, object]


class Said(Struct, frozen=True, kw_only=True):
    """The part of an Inbound that depends on the type. Fields as there."""

    kind: str
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    target: str = ""
    detail: dict[str, object] = field(default_factory=dict)


def said(raw: _Json) -> Said:
    """What a message says. A type we do not know is `unsupported`, since a person wrote it. Raises Malformed."""
    kind = text(raw, "type")
    reader = _READERS.get(kind)
    if reader is None:
        return Said(kind="unsupported", detail={"type": kind[:60], **_reason(raw)})
    return reader(raw)


def _text(raw: _Json) -> Said:
    return Said(kind="text", text=need(obj(raw, "text"), "body"))


def _media(kind: str) -> Callable[[_Json], Said]:
    def read(raw: _Json) -> Said:
        body = obj(raw, kind)
        ref = MediaRef(
            provider_id=ident(body, "id"),
            name=text(body, "filename"),
            type=text(body, "mime_type"),
            sha256=loose.sha256_hex(text(body, "sha256")),
            voice=body.get("voice") is True,
            animated=body.get("animated") is True,
        )
        return Said(kind=kind, text=text(body, "caption"), media=(ref,))

    return read


def _location(raw: _Json) -> Said:
    body = obj(raw, "location")
    latitude, longitude = number(body, "latitude"), number(body, "longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Malformed("the location is not on Earth")
    name, address = text(body, "name"), text(body, "address")
    detail: _Json = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return Said(
        kind="location",
        text=", ".join(part for part in (name, address) if part) or f"{latitude}, {longitude}",
        detail={**detail, "url": text(body, "url")},
    )


def _contacts(raw: _Json) -> Said:
    cards = list(objects(raw, "contacts"))
    if not cards:
        raise Malformed("contacts are missing")
    names = [_card_name(card) for card in cards]
    return Said(
        kind="contacts",
        text=", ".join(name for name in names if name),
        detail={"contacts": [cleaned(card) for card in cards]},
    )


def _card_name(card: _Json) -> str:
    name = card.get("name")
    if isinstance(name, dict) and (formatted := text(name, "formatted_name")):
        return formatted
    return next((phone for entry in objects(card, "phones") if (phone := text(entry, "phone"))), "")


def _interactive(raw: _Json) -> Said:
    body = obj(raw, "interactive")
    kind = text(body, "type")
    chosen = obj(body, kind) if kind else {}
    match kind:
        case "button_reply" | "list_reply":
            title = need(chosen, "title")
            detail: _Json = {"id": text(chosen, "id"), "title": title, "description": text(chosen, "description")}
            return Said(kind="button" if kind == "button_reply" else "list", text=title, detail=detail)
        case "nfm_reply":
            detail = {"id": text(chosen, "name"), "response": text(chosen, "response_json")}
            return Said(kind="button", text=text(chosen, "body"), detail=detail)
        case _:
            return Said(kind="unsupported", detail={"type": f"interactive {kind}".strip()[:60], **_reason(raw)})


def _button(raw: _Json) -> Said:
    body = obj(raw, "button")
    title = need(body, "text")
    return Said(kind="template_reply", text=title, detail={"id": text(body, "payload"), "title": title})


def _reaction(raw: _Json) -> Said:
    body = obj(raw, "reaction")
    emoji = text(body, "emoji")
    return Said(kind="reaction", text=emoji, target=ident(body, "message_id"), detail={"removed": not emoji})


def _order(raw: _Json) -> Said:
    body = obj(raw, "order")
    products = [cleaned(product) for product in objects(body, "product_items")]
    lines = [f"{text(product, 'quantity')}x {text(product, 'product_retailer_id')}" for product in products]
    return Said(
        kind="order",
        text=text(body, "text") or ", ".join(lines),
        detail={"catalog": text(body, "catalog_id"), "products": products},
    )


def _edit(raw: _Json) -> Said:
    body = obj(raw, "edit")
    inner = obj(body, "message")
    nested = not inner or text(inner, "type") == "edit"  # an edit of an edit is nothing that exists
    new = Said(kind="text") if nested else said(inner)
    return Said(
        kind="edit",
        text=new.text,
        media=new.media,
        target=ident(body, "original_message_id"),
        detail={**new.detail, "kind": new.kind},
    )


def _revoke(raw: _Json) -> Said:
    return Said(kind="revoke", target=ident(obj(raw, "revoke"), "original_message_id"))


def _unsupported(raw: _Json) -> Said:
    body = raw.get("unsupported")
    kind = text(body, "type") if isinstance(body, dict) else ""
    return Said(kind="unsupported", detail={"type": kind[:60], **_reason(raw)})


def _reason(raw: _Json) -> dict[str, Any]:
    """Why Meta could not hand the message over: its own words, of the first error."""
    for error in objects(raw, "errors"):
        return {"reason": told(error)}
    return {}


_READERS: dict[str, Callable[[_Json], Said]] = {
    "text": _text,
    **{kind: _media(kind) for kind in ("image", "document", "audio", "video", "sticker")},
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "reaction": _reaction,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
    "unsupported": _unsupported,
}
