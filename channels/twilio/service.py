"""Twilio's calls that carry nothing to a debtor: files down, templates, looking up a message, the account itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from channels.asking import ask_json, hosts_of
from channels.connector import Ask, Connector, Saved
from channels.errors import ServiceFailed
from channels.loose import obj, objects, text
from channels.twilio.build import account_url, basic
from channels.twilio.read import resource
from channels.twilio.verify import MESSAGE_SID
from channels.types import Inbox, MediaRef, Outcome, Template, Unknown

HOSTS = frozenset({"api.twilio.com", "content.twilio.com"})
CDN = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com", "s3-external-1.amazonaws.com"})
_API, _CONTENT = "https://api.twilio.com", "https://content.twilio.com"
_JSON_BYTES = 8 * 1024 * 1024
_PAGES = 50
_SLACK_MS = 120_000  # Twilio's clock and ours, and whole seconds
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_STATES = {"approved": "approved", "rejected": "rejected", "paused": "paused", "disabled": "disabled"}

_Json = dict[str, object]


async def fetch_media(connector: Connector, inbox: Inbox, media: MediaRef, path: Path, cap: int) -> tuple[Saved, str]:
    """The address needs our credentials and leads on to a CDN, which must not get them."""
    if not media.url:
        raise ServiceFailed(media.refused or "the file has no address", permanent=True)
    ask = Ask(url=media.url, headers=_headers(inbox), hosts=hosts_of(inbox, HOSTS | CDN), redirects=2, cap=cap)
    return await connector.save(ask, path), media.sha256


async def sync_templates(connector: Connector, inbox: Inbox) -> list[Template]:
    """Every content of the account with its approval, page by page. By SMS a content needs no approval."""
    base = f"{_CONTENT if inbox.origin == _API else inbox.origin}/v1/ContentAndApprovals"
    found: list[Template] = []
    query = "PageSize=100"
    for _ in range(_PAGES):
        page = await _get(connector, inbox, f"{base}?{query}")
        found += [template(raw, approval=inbox.channel == "whatsapp") for raw in objects(page, "contents")]
        query = urlsplit(text(obj(page, "meta"), "next_page_url")).query
        if not query:
            break
    return found


def template(raw: _Json, *, approval: bool) -> Template:
    """A content as the console knows it."""
    asked = obj(raw, "approval_requests")
    kinds = obj(raw, "types")
    body = next((kind for kind in kinds.values() if isinstance(kind, dict) and text(kind, "body")), {})
    state = _STATES.get(text(asked, "status").lower(), "pending")
    words = text(body, "body")
    return Template(
        name=text(asked, "name") or text(raw, "friendly_name"),
        language=text(raw, "language"),
        category=text(asked, "category").lower() or "utility",
        state=state if approval else "approved",
        body=words,
        variables=tuple(dict.fromkeys(_VARIABLE.findall(words))),
        provider_id=text(raw, "sid"),
        header="document" if body.get("media") else "",
        buttons=tuple(text(action, "title") for action in objects(body, "actions")),
        examples={name: str(value) for name, value in obj(raw, "variables").items()},
    )


async def look_up(
    connector: Connector, inbox: Inbox, *, provider_id: str, to: str, body: str, since: int, until: int
) -> Outcome:
    """What Twilio's own record says of a message: by its sid, else the one to this address with this text at that time.

    Not finding it proves nothing: the record may come later. Finding two proves nothing either.
    """
    if provider_id:
        if not MESSAGE_SID.fullmatch(provider_id):
            raise ServiceFailed("the message's sid is malformed", permanent=True)
        return resource(await _get(connector, inbox, f"{account_url(inbox)}/Messages/{provider_id}.json"))
    day = datetime.fromtimestamp((since - _SLACK_MS) / 1000, UTC).date().isoformat()
    query = urlencode({"To": to, "DateSent>": day, "PageSize": "200"})
    page = await _get(connector, inbox, f"{account_url(inbox)}/Messages.json?{query}")
    fitting = [
        record
        for record in objects(page, "messages")
        if text(record, "direction") != "inbound"
        and text(record, "body").strip() == body.strip()
        and since - _SLACK_MS <= _made(record) <= until + _SLACK_MS
    ]
    if len(fitting) == 1:
        return resource(fitting[0])
    return Unknown(reason="Twilio shows no such message" if not fitting else "Twilio shows several such messages")


def _made(record: _Json) -> int:
    try:
        return int(parsedate_to_datetime(text(record, "date_created")).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0


async def test(connector: Connector, inbox: Inbox) -> str:
    """What Twilio says of the account, in a sentence."""
    told = await _get(connector, inbox, f"{account_url(inbox)}.json")
    return f"Twilio knows the account “{text(told, 'friendly_name')}”, which is {text(told, 'status') or '?'}."


def _headers(inbox: Inbox) -> dict[str, str]:
    return {"authorization": basic(inbox)}


async def _get(connector: Connector, inbox: Inbox, url: str) -> _Json:
    ask = Ask(url=url, headers=_headers(inbox), hosts=hosts_of(inbox, HOSTS), cap=_JSON_BYTES)
    return await ask_json(connector, ask, "Twilio", lambda body: text(body, "message"))
