"""Twilio's forms: a message of a person, or what became of one of ours. One form, one item.

Field names differ by channel and are added without notice; unknown ones are passed over.
Source: twilio.com/docs/messaging/guides/webhook-request and outbound-message-status-in-status-callbacks.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from channels.errors import BadRequest
from channels.loose import ID_CHARS, Malformed, number, scrub
from channels.twilio.faults import fault_of
from channels.twilio.form import Form
from channels.twilio.verify import check_core, is_status
from channels.types import Dead, Delivery, Fault, Inbound, Inbox, Item, MediaRef, Quoted, Receipt, Sender, Status

_WHATSAPP = "whatsapp:"
_MEDIA_MAX = 20  # Twilio's own limit is 10

# `sent` is our word for "the provider took it": queued and sending at Twilio are that.
_STATUSES: dict[str, Status] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
_OPTS: dict[str, Literal["stop", "start", "help"]] = {"STOP": "stop", "START": "start", "HELP": "help"}
_MEDIA_KINDS = {"image": "image", "audio": "audio", "video": "video"}
_REFERRAL = ("ReferralBody", "ReferralHeadline", "ReferralSourceId", "ReferralSourceType", "ReferralSourceUrl")


def parse(inbox: Inbox, delivery: Delivery, now: int) -> list[Item]:
    """The one item of a form. Never raises: what breaks the form's own rules is one Dead."""
    sid = ""
    try:
        form = Form.of(delivery.body)
        sid = form.get("MessageSid")[:ID_CHARS]
        status = is_status(delivery, form)
        check_core(inbox, form, status=status)
        return [_receipt(form, delivery, now) if status else _inbound(inbox, form, now)]
    except (BadRequest, Malformed) as why:
        return [Dead(reason=str(why), provider_id=sid)]


# --- what became of ours ----------------------------------------------------------------------------------------------


def _receipt(form: Form, delivery: Delivery, now: int) -> Item:
    word = form.get("MessageStatus") or form.get("SmsStatus")
    status = _STATUSES.get(word)
    if status is None:
        raise Malformed("an unknown status")
    return Receipt(
        provider_id=form.get("MessageSid"),
        status=status,
        at=now,  # a callback names no time of its own
        ref=_ref(delivery),
        fault=_fault(form, word) if status == "failed" else None,
        recipient=_e164(form.get("To")),
        number=_e164(form.get("From")),
        detail={"status": word, **form.some("RawDlrDoneDate", "EventType", "ErrorCode", "MessagingServiceSid")},
    )


def _fault(form: Form, word: str) -> Fault:
    if word == "canceled":
        return Fault(code="canceled", title="Canceled", hint="The message was cancelled at Twilio.")
    return fault_of(form.get("ErrorCode"), form.get("ChannelStatusMessage"))


def _ref(delivery: Delivery) -> str:
    """Our reference in the query, which is signed with the rest."""
    try:
        values = [value for name, value in parse_qsl(delivery.query, max_num_fields=20) if name == "ref"]
    except ValueError:
        return ""
    return scrub(values[0]) if len(values) == 1 and len(values[0]) <= ID_CHARS else ""


# --- what they wrote --------------------------------------------------------------------------------------------------


def _inbound(inbox: Inbox, form: Form, now: int) -> Item:
    whatsapp = form.get("From").startswith(_WHATSAPP)
    if whatsapp != (inbox.channel == "whatsapp"):
        raise Malformed(f"a message of another channel than the inbox's ({inbox.channel})")
    media = _media(inbox, form)
    kind, detail = _kind(form, media)
    return Inbound(
        provider_id=form.get("MessageSid"),
        sender=_sender(form),
        at=now,  # the form names no time of its own
        kind=kind,
        text=_text(form, kind, detail),
        media=media,
        quoted=_quoted(form),
        detail={**detail, **_besides(form)},
        opt=_OPTS.get(form.get("OptOutType").strip().upper(), ""),
        number=_e164(form.get("To")),
    )


def _sender(form: Form) -> Sender:
    whatsapp = form.get("From").startswith(_WHATSAPP)
    address = _e164(form.get("From"))
    phone = address if address.startswith("+") else ""
    told = form.get("WaId")
    digits = told if told.isascii() and told.isdigit() and len(told) <= 20 else phone.removeprefix("+")
    external = _e164(form.get("ExternalUserIdentifier"))
    return Sender(
        phone=phone or ("" if whatsapp else address),  # a short code or a name is all that an SMS may have
        wa_id=digits if whatsapp else "",
        user_id=(external if len(external) <= ID_CHARS else "") or ("" if phone else address) if whatsapp else "",
        name=form.get("ProfileName"),
    )


def _e164(address: str) -> str:
    return address.removeprefix(_WHATSAPP)


def _kind(form: Form, media: tuple[MediaRef, ...]) -> tuple[str, dict[str, object]]:
    told = form.get("MessageType").lower()
    if form.get("ButtonPayload") or form.get("ButtonText"):
        return "template_reply", {"id": form.get("ButtonPayload"), "title": form.get("ButtonText")}
    if form.get("ListId") or form.get("ListTitle"):
        return "list", {"id": form.get("ListId"), "title": form.get("ListTitle")}
    if form.get("Latitude") and form.get("Longitude"):
        return "location", _location(form)
    if media:
        first = media[0].type.split("/")[0].lower()
        return told if told in ("sticker", "contacts") else _MEDIA_KINDS.get(first, "document"), {}
    if not form.get("Body") and told not in ("", "text"):
        return "unsupported", {"type": told[:60]}
    return "text", {}


def _location(form: Form) -> dict[str, object]:
    latitude = number({"Latitude": form.get("Latitude")}, "Latitude")
    longitude = number({"Longitude": form.get("Longitude")}, "Longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Malformed("the location is not on Earth")
    return {"latitude": latitude, "longitude": longitude, "name": form.get("Label"), "address": form.get("Address")}


def _text(form: Form, kind: str, detail: dict[str, object]) -> str:
    body = form.get("Body")
    if kind == "location" and not body:
        place = ", ".join(str(part) for part in (detail["name"], detail["address"]) if part)
        return place or f"{detail['latitude']}, {detail['longitude']}"
    return body or str(detail.get("title", ""))


def _media(inbox: Inbox, form: Form) -> tuple[MediaRef, ...]:
    if "MediaUrl" not in " ".join(form):
        return ()
    return tuple(_media_ref(inbox, form, index) for index in range(_MEDIA_MAX) if form.getlist(f"MediaUrl{index}"))


def _media_ref(inbox: Inbox, form: Form, index: int) -> MediaRef:
    url, type_ = form.get(f"MediaUrl{index}"), form.get(f"MediaContentType{index}")
    refused = _why_not(inbox, url)
    return MediaRef(
        url="" if refused else url,
        type=type_,
        voice=type_.startswith("audio/ogg") and form.get("MessageType") == "audio",
        refused=refused,
    )


def _why_not(inbox: Inbox, url: str) -> str:
    """Why a file must not be fetched: only the account's own media at the inbox's own provider are."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the address of the file is malformed"
    origin = urlsplit(inbox.origin)
    regional = origin.netloc.endswith(".twilio.com") and (parts.scheme, parts.netloc) == ("https", "api.twilio.com")
    if not regional and (parts.scheme, parts.netloc) != (origin.scheme, origin.netloc):
        return "the address of the file is not Twilio's"
    account = inbox.config.get("account_sid", "")
    if not parts.path.startswith(f"{origin.path}/2010-04-01/Accounts/{account}/Messages/") or ".." in parts.path:
        return "the address of the file is not the account's"
    return ""


def _quoted(form: Form) -> Quoted | None:
    forwarded = "true" in (form.get("Forwarded").lower(), form.get("FrequentlyForwarded").lower())
    quoted = Quoted(provider_id=form.get("OriginalRepliedMessageSid")[:ID_CHARS], forwarded=forwarded)
    return quoted if quoted != Quoted() else None


def _besides(form: Form) -> dict[str, object]:
    referral = form.some(*_REFERRAL)
    missing = form.get("NumMedia")
    announced = int(missing) if missing.isascii() and missing.isdigit() and len(missing) < 4 else 0
    lacking = announced and announced - sum(1 for index in range(_MEDIA_MAX) if form.getlist(f"MediaUrl{index}"))
    found: dict[str, object] = {"referral": referral} if referral else {}
    return {**found, "media_missing": lacking} if lacking > 0 else found
