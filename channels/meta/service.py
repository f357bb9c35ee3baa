"""Meta's calls that carry nothing to a debtor: files down and up, read marks, templates, the number itself."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec

from channels import loose
from channels.asking import ask_json, hosts_of
from channels.connector import Ask, Connector, Saved
from channels.errors import ServiceFailed
from channels.loose import obj, objects, text
from channels.meta.build import api, bearer, messages_url, phone_number_id
from channels.types import File, Inbox, MediaRef, Template

HOSTS = frozenset({"graph.facebook.com", "lookaside.fbsbx.com"})
_JSON_BYTES = 4 * 1024 * 1024
_PAGES = 50
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_STATES = {
    "APPROVED": "approved",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "LIMIT_EXCEEDED": "paused",
    "DISABLED": "disabled",
    "DELETED": "disabled",
    "ARCHIVED": "disabled",
    "PENDING_DELETION": "disabled",
}

_Json = dict[str, object]


async def fetch_media(connector: Connector, inbox: Inbox, media: MediaRef, path: Path, cap: int) -> tuple[Saved, str]:
    """Two steps: the id gives an address that lives five minutes, which is fetched with the same token."""
    if not _MEDIA_ID.fullmatch(media.provider_id):
        raise ServiceFailed("the file's id is malformed", permanent=True)
    told = await _get(connector, inbox, f"{api(inbox)}/{media.provider_id}?phone_number_id={phone_number_id(inbox)}")
    ask = Ask(url=text(told, "url"), headers=_headers(inbox), hosts=hosts_of(inbox, HOSTS), cap=cap)
    saved = await connector.save(ask, path)
    return saved, media.sha256 or loose.sha256_hex(text(told, "sha256"))


async def upload_media(connector: Connector, inbox: Inbox, file: File) -> str:
    """The file's id at Meta, good for 30 days."""
    if file.content is None:
        raise ServiceFailed("the file has no content to upload", permanent=True)
    boundary = secrets.token_hex(16)
    fields = {"messaging_product": "whatsapp", "type": file.type}
    parts = [_part(boundary, f'name="{name}"', value.encode()) for name, value in fields.items()]
    name = re.sub(r'[^\w .()-]|["\\]', "_", file.name) or "file"
    parts.append(_part(boundary, f'name="file"; filename="{name}"', file.content, file.type))
    headers = {**_headers(inbox), "content-type": f"multipart/form-data; boundary={boundary}"}
    url = f"{api(inbox)}/{phone_number_id(inbox)}/media"
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    answer = await _call(
        connector, Ask(method="POST", url=url, headers=headers, body=body, hosts=hosts_of(inbox, HOSTS), seconds=60)
    )
    if not (media_id := text(answer, "id")):
        raise ServiceFailed("Meta named no id for the file", permanent=False)
    return media_id


async def mark_read(connector: Connector, inbox: Inbox, provider_id: str, *, typing: bool) -> None:
    """Two blue ticks, and with `typing` three dots for at most 25 seconds."""
    body: _Json = {"messaging_product": "whatsapp", "status": "read", "message_id": provider_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    headers = {**_headers(inbox), "content-type": "application/json"}
    url, raw = messages_url(inbox), msgspec.json.encode(body)
    hosts = hosts_of(inbox, HOSTS)
    ask = Ask(method="POST", url=url, headers=headers, body=raw, hosts=hosts, seconds=10, kept=True)
    await _call(connector, ask)


async def sync_templates(connector: Connector, inbox: Inbox) -> list[Template]:
    """Every template of the account, page by page."""
    waba = inbox.config.get("waba_id", "")
    if not re.fullmatch(r"[0-9]{1,40}", waba):
        raise ServiceFailed("the inbox's waba_id is missing or not made of digits", permanent=True)
    fields = "id,name,language,status,category,parameter_format,components"
    found: list[Template] = []
    after = ""
    for _ in range(_PAGES):
        query = {"fields": fields, "limit": "100"} | ({"after": after} if after else {})
        page = await _get(connector, inbox, f"{api(inbox)}/{waba}/message_templates?{urlencode(query)}")
        found += [template(raw) for raw in objects(page, "data")]
        paging = obj(page, "paging")
        after = text(obj(paging, "cursors"), "after")
        if not after or not text(paging, "next"):
            break
    return found


def template(raw: _Json) -> Template:
    """A template as the console knows it: the header's text is the body's first line, its variables `header.NAME`."""
    parts = {text(part, "type").upper(): part for part in objects(raw, "components")}
    header, body, footer = (parts.get(kind, {}) for kind in ("HEADER", "BODY", "FOOTER"))
    format_ = text(header, "format").lower()
    above = _VARIABLE.sub(r"{{header.\1}}", text(header, "text")) if format_ in ("", "text") else ""
    below = text(body, "text")
    buttons = list(objects(parts.get("BUTTONS", {}), "buttons"))
    names = [f"header.{name}" for name in _VARIABLE.findall(text(header, "text"))] if above else []
    names += _VARIABLE.findall(below) + [name for index, one in enumerate(buttons) if (name := _button(index, one))]
    return Template(
        name=text(raw, "name"),
        language=text(raw, "language"),
        category=text(raw, "category").lower(),
        state=_STATES.get(text(raw, "status").upper(), "pending"),
        body=f"{above}\n{below}" if above else below,
        variables=tuple(dict.fromkeys(names)),
        provider_id=text(raw, "id"),
        footer=text(footer, "text"),
        header=format_ if format_ in ("image", "video", "document") else "",
        buttons=tuple(text(one, "text") for one in buttons),
        examples=_examples(body),
    )


def _button(index: int, button: _Json) -> str:
    kind = text(button, "type").upper()
    if kind == "COPY_CODE":
        return f"button.{index}.code"
    return f"button.{index}" if kind == "URL" and "{{" in text(button, "url") else ""


def _examples(body: _Json) -> dict[str, str]:
    example = body.get("example")
    if not isinstance(example, dict):
        return {}
    named = {text(one, "param_name"): text(one, "example") for one in objects(example, "body_text_named_params")}
    rows = example.get("body_text")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    return named or {str(place): str(value) for place, value in enumerate(first, start=1)}


async def test(connector: Connector, inbox: Inbox) -> str:
    """What Meta says of the number, in a sentence."""
    fields = "display_phone_number,verified_name,quality_rating"
    told = await _get(connector, inbox, f"{api(inbox)}/{phone_number_id(inbox)}?fields={fields}")
    number, name, quality = (text(told, key) or "?" for key in fields.split(","))
    return f"Meta knows the number {number} as “{name}”, quality {quality}."


def _headers(inbox: Inbox) -> dict[str, str]:
    return {"authorization": bearer(inbox)}


def _part(boundary: str, disposition: str, content: bytes, type_: str = "") -> bytes:
    typed = f"\r\nContent-Type: {quote(type_, safe='/;=+. -')}" if type_ else ""
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}{typed}\r\n\r\n".encode() + content + b"\r\n"


async def _get(connector: Connector, inbox: Inbox, url: str) -> _Json:
    return await _call(connector, Ask(url=url, headers=_headers(inbox), hosts=hosts_of(inbox, HOSTS), cap=_JSON_BYTES))


async def _call(connector: Connector, ask: Ask) -> _Json:
    return await ask_json(connector, ask, "Meta", _complaint)


def _complaint(body: _Json) -> str:
    error = body.get("error")
    return text(error, "message") if isinstance(error, dict) else ""
