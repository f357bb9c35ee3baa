"""A person writes by SMS or by WhatsApp over Twilio: signed forms, and Twilio's own handling of STOP, START, HELP."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.config import Person, SandboxInbox
from sandbox.records import Media, Message
from sandbox.twilio import wire
from sandbox.world import COUNTRIES, Sandbox
from sandbox.writing import Attachment, Written, send

STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "UNSTOP", "YES"}
HELP = {"HELP", "INFO"}
CONFIRMATIONS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number."
    " Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
    " Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}

Params = list[tuple[str, str]]


def write(sandbox: Sandbox, inbox: SandboxInbox, person: Person, written: Written, at: int) -> list[Message]:
    """Keeps and sends what was written. WhatsApp carries one file a message, MMS up to ten. Raises ValueError."""
    if not (written.text or written.attachments or written.interactive or written.location):
        raise ValueError("the message is empty")
    if written.reaction or written.edit or written.revoke:
        raise ValueError("Twilio does not carry reactions, edits or deletions")
    whatsapp = inbox.channel == "whatsapp"
    batches = [(attachment,) for attachment in written.attachments] if whatsapp else [written.attachments]
    made = []
    for index, files in enumerate(batches or [()]):
        made.append(_one(sandbox, inbox, person, written, at, files, written.text if index == 0 else ""))
    return made


def _one(
    sandbox: Sandbox,
    inbox: SandboxInbox,
    person: Person,
    written: Written,
    at: int,
    files: tuple[Attachment, ...],
    text: str,
) -> Message:
    media = [sandbox.keep_media(inbox.id, f.name, f.type, f.content(), media_id=wire.sid("ME")) for f in files]
    tap = written.interactive or {}
    text = tap.get("title", text)
    message = _message(inbox, person, written, at, media, text)
    opt = _opt(sandbox, inbox, message)
    params = _params(inbox, message, text, media, sandbox.config.origin)
    params += _whatsapp(person, written, message) if inbox.channel == "whatsapp" else _places(inbox, person)
    if opt and inbox.advanced_opt_out:
        params.append(("OptOutType", opt))
    if tap and (target := sandbox.store.message(written.in_reply_to)):
        sandbox.update(msgspec.structs.replace(target, detail={**target.detail, "pressed": tap.get("id", "")}))
    headers, body = wire.form(inbox.secret, inbox.webhook_url, params)
    kept = sandbox.keep(message)
    url, waits = inbox.webhook_url.split("#")[0], wire.retries(inbox.webhook_url)
    send(sandbox, inbox, kept, body, headers, url=url, copies=written.duplicate, waits=waits)
    if opt:
        _confirm(sandbox, inbox, kept, opt)
    return kept


def _message(inbox: SandboxInbox, person: Person, written: Written, at: int, media: list[Media], text: str) -> Message:
    return Message(
        id=wire.sid("MM" if media else "SM"),
        provider="twilio",
        inbox=inbox.id,
        channel=inbox.channel,
        direction="in",
        person=person.id,
        address=person.user_id if person.hidden and inbox.channel == "whatsapp" else person.phone,
        at=at,
        kind="location" if written.location else media[0].type.split("/")[0] if media else "text",
        text=text,
        status="sent",
        detail=_detail(written, media),
    )


def _detail(written: Written, media: list[Media]) -> dict[str, Any]:
    detail: dict[str, Any] = {"media": [m.id for m in media]} if media else {}
    if written.in_reply_to:
        detail["quoted"] = written.in_reply_to
    if written.location:
        detail["location"] = written.location
    return detail


def _params(inbox: SandboxInbox, message: Message, text: str, media: list[Media], origin: str) -> Params:
    params = [("SmsMessageSid", message.id), ("NumMedia", str(len(media))), ("SmsSid", message.id)]
    params += [("SmsStatus", "received"), ("Body", text), ("To", wire.address(inbox, inbox.address))]
    params += [("NumSegments", str(wire.segments(text))), ("MessageSid", message.id)]
    params += [("AccountSid", inbox.account_sid), ("From", wire.address(inbox, message.address))]
    params.append(("ApiVersion", wire.API))
    if inbox.messaging_service_sid:
        params.append(("MessagingServiceSid", inbox.messaging_service_sid))
    path = f"{origin}/twilio/{wire.API}/Accounts/{inbox.account_sid}/Messages/{message.id}/Media"
    for index, file in enumerate(media):
        params += [(f"MediaContentType{index}", file.type), (f"MediaUrl{index}", f"{path}/{file.id}")]
    return params


def _whatsapp(person: Person, written: Written, message: Message) -> Params:
    params = [("ProfileName", person.name)]
    if person.hidden:
        params.append(("ExternalUserIdentifier", f"whatsapp:{person.user_id}"))
    else:
        params += [("WaId", person.wa_id), ("ReferralNumMedia", "0")]
    tap, place = written.interactive or {}, written.location
    kind = {"text": "text", "image": "image", "audio": "audio", "video": "video", "location": "location"}
    told = kind.get(message.kind, "document")
    if tap.get("type") == "list_reply":
        told = "interactive"
        params += [("ListId", tap.get("id", "")), ("ListTitle", tap.get("title", ""))]
    elif tap:
        told = "button"
        params += [("ButtonText", tap.get("title", "")), ("ButtonPayload", tap.get("id", ""))]
    if place:
        params += [("Latitude", str(place["latitude"])), ("Longitude", str(place["longitude"]))]
        params += [("Address", place.get("address", "")), ("Label", place.get("name", ""))]
    if written.in_reply_to:
        params.append(("OriginalRepliedMessageSid", written.in_reply_to))
    return [*params, ("MessageType", told)]


def _places(inbox: SandboxInbox, person: Person) -> Params:
    params = []
    for side, number in (("To", inbox.digits), ("From", person.phone.lstrip("+"))):
        country = next((iso for prefix, iso in COUNTRIES.items() if number.startswith(prefix)), "US")
        params += [(f"{side}Country", country), (f"{side}State", ""), (f"{side}City", ""), (f"{side}Zip", "")]
    return params


def _opt(sandbox: Sandbox, inbox: SandboxInbox, message: Message) -> str:
    """STOP, START or HELP by the exact English word, on SMS alone; the list of the unsubscribed is kept at once."""
    if inbox.channel != "sms":
        return ""
    word = message.text.strip().upper()
    opt = "STOP" if word in STOP else "START" if word in START else "HELP" if word in HELP else ""
    if opt in {"STOP", "START"}:
        sandbox.store.set_opt_out(inbox.id, message.address, opt == "STOP")
    return opt


def _confirm(sandbox: Sandbox, inbox: SandboxInbox, message: Message, opt: str) -> None:
    """Twilio answers these words itself; the product is not told."""
    told = msgspec.structs.replace(
        message, seq=0, id=wire.sid("SM"), direction="out", text=CONFIRMATIONS[opt], status="delivered", carrier=True
    )
    sandbox.keep(told)
