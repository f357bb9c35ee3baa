"""What Meta checks of a send before it takes it: the shape by kind, limits, templates. Raises `MetaFault`."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from sandbox.meta.faults import MetaFault
from sandbox.templates import Template, find

MEDIA = ("image", "audio", "document", "sticker", "video")
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


class Shown(Struct, frozen=True, kw_only=True):
    """What the recipient's phone will show. `media` is {"id"} or {"link"} with name; `category` is the price's."""

    kind: str
    text: str = ""
    category: str = "service"
    media: dict[str, Any] | None = None
    detail: dict[str, Any] = field(default_factory=dict)


def check(body: dict[str, Any]) -> Shown:
    """Checks a body of POST /messages. 100, 131008, 131009, 132000, 132001, 132012, 132018 as Meta's page has them."""
    if body.get("messaging_product") != "whatsapp":
        raise MetaFault(100, "messaging_product must be one of: whatsapp")
    if body.get("recipient_type", "individual") not in {"individual", "group"}:
        raise MetaFault(100, "Param recipient_type must be one of {INDIVIDUAL, GROUP}")
    if not (_text(body.get("to")) or _text(body.get("recipient"))):
        raise MetaFault(131008, "Required parameter is missing: to")
    ref = body.get("biz_opaque_callback_data", "")
    if not isinstance(ref, str) or len(ref) > 512:
        raise MetaFault(131009, "biz_opaque_callback_data must be at most 512 characters")
    kind = body.get("type", "text")
    if kind != "text" and kind not in body:
        raise MetaFault(131008, f"The parameter {kind} is required")
    content = body.get(kind)
    if not isinstance(content, dict | list):
        raise MetaFault(131008, f"The parameter {kind} is required")
    if kind in MEDIA:
        return _media(kind, content)
    checks = {
        "text": _plain,
        "template": _template,
        "interactive": _interactive,
        "reaction": _reaction,
        "location": _location,
        "contacts": _contacts,
    }
    if kind not in checks:
        raise MetaFault(100, f"Param type must be one of the supported values, got {str(kind)[:40]!r}")
    return checks[kind](content)


def _plain(content: Any) -> Shown:
    text = _text(content.get("body"))
    if not text:
        raise MetaFault(131008, "The parameter text['body'] is required")
    if len(text) > TEXT_LIMIT:
        raise MetaFault(100, f"Param text['body'] must be at most {TEXT_LIMIT} characters long")
    return Shown(kind="text", text=text)


def _media(kind: str, content: Any) -> Shown:
    given = [key for key in ("id", "link") if _text(content.get(key))]
    if len(given) != 1:
        raise MetaFault(131008 if not given else 100, f"Exactly one of {kind}['id'] and {kind}['link'] is required")
    caption = content.get("caption", "")
    if caption and kind in {"audio", "sticker"}:
        raise MetaFault(100, f"Unexpected key caption on param {kind}")
    if len(caption) > CAPTION_LIMIT:
        raise MetaFault(100, f"Param caption must be at most {CAPTION_LIMIT} characters long")
    media = {given[0]: content[given[0]], "name": content.get("filename", "")}
    return Shown(kind=kind, text=caption, media=media)


def _reaction(content: Any) -> Shown:
    if not _text(content.get("message_id")):
        raise MetaFault(131008, "The parameter reaction['message_id'] is required")
    return Shown(
        kind="reaction", text=content.get("emoji", ""), detail={"reaction": {"message_id": content["message_id"]}}
    )


def _location(content: Any) -> Shown:
    if not {"latitude", "longitude"} <= content.keys():
        raise MetaFault(131008, "The parameters location['latitude'] and location['longitude'] are required")
    return Shown(kind="location", text=content.get("name", ""), detail={"location": content})


def _contacts(content: Any) -> Shown:
    names = [entry.get("name", {}).get("formatted_name", "") for entry in content if isinstance(entry, dict)]
    if not names or not all(names):
        raise MetaFault(131008, "The parameter contacts[0]['name']['formatted_name'] is required")
    return Shown(kind="contacts", text=", ".join(names), detail={"contacts": content})


def _interactive(content: Any) -> Shown:
    kind, action = content.get("type"), content.get("action") or {}
    text = _text((content.get("body") or {}).get("text"))
    if not text:
        raise MetaFault(131008, "The parameter interactive['body'] is required")
    if len(text) > CAPTION_LIMIT:
        raise MetaFault(131009, f"Param interactive['body']['text'] must be at most {CAPTION_LIMIT} characters")
    if kind == "button":
        buttons = _replies(action)
    elif kind == "list":
        buttons = _rows(action)
    elif kind in {"cta_url", "flow", "location_request_message"}:
        buttons = []
    else:
        raise MetaFault(131009, "Param interactive['type'] is not a supported value")
    footer, header = (content.get("footer") or {}).get("text", ""), content.get("header") or {}
    media = _media(header["type"], header[header["type"]]).media if header.get("type") in MEDIA else None
    detail = {"buttons": buttons, "footer": footer, "header": header.get("text", "")}
    return Shown(kind="interactive", text=text, media=media, detail=detail)


def _replies(action: Any) -> list[dict[str, str]]:
    replies = [button.get("reply", {}) for button in action.get("buttons", [])]
    if not 1 <= len(replies) <= 3:
        raise MetaFault(131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    titles = [_text(reply.get("title")) for reply in replies]
    if not all(1 <= len(title) <= 20 for title in titles) or len(set(titles)) < len(titles):
        raise MetaFault(131009, "Button title must be unique, 1 to 20 characters")
    ids = [_text(reply.get("id")) for reply in replies]
    if not all(1 <= len(name) <= 256 for name in ids) or len(set(ids)) < len(ids):
        raise MetaFault(131009, "Button id must be unique, 1 to 256 characters")
    return [{"id": name, "title": title, "type": "button_reply"} for name, title in zip(ids, titles, strict=True)]


def _rows(action: Any) -> list[dict[str, str]]:
    rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
    if not 1 <= len(rows) <= 10:
        raise MetaFault(131009, "Total row count exceed max allowed count: 10")
    if not _text(action.get("button")) or not all(_text(row.get("id")) for row in rows):
        raise MetaFault(131008, "The parameter interactive['action']['button'] is required")
    if len(_text(action["button"])) > 20:
        raise MetaFault(131009, "Button label must be 1 to 20 characters")
    if not all(1 <= len(_text(row.get("title"))) <= 24 for row in rows):
        raise MetaFault(131009, "Row title must be 1 to 24 characters")
    if any(len(_text(row.get("description"))) > 72 for row in rows):
        raise MetaFault(131009, "Row description must be at most 72 characters")
    ids = [row["id"] for row in rows]
    if not all(len(name) <= 200 for name in ids) or len(set(ids)) < len(ids):
        raise MetaFault(131009, "Row id must be unique, 1 to 200 characters")
    shown = ("id", "title", "description")
    return [{"type": "list_reply"} | {name: row[name] for name in shown if row.get(name)} for row in rows]


def _template(content: Any) -> Shown:
    name, language = _text(content.get("name")), _text((content.get("language") or {}).get("code"))
    if not name or not language:
        raise MetaFault(131008, "The parameters template['name'] and template['language'] are required")
    template = find(name, language)
    if template is None:
        raise MetaFault(132001, f"template name ({name}) does not exist in {language}")
    components = content.get("components") or []
    if any(str(c.get("type", "")).lower() == "header" for c in components):
        raise MetaFault(132012, "header: the template has no header")
    values = _body_values(template, [c for c in components if str(c.get("type", "")).lower() == "body"])
    payloads = _payloads(template, [c for c in components if str(c.get("type", "")).lower() == "button"])
    buttons = [
        {"id": payloads.get(index, title), "title": title, "type": "button"}
        for index, title in enumerate(template.buttons)
    ]
    use = {"name": name, "language": language, "variables": values}
    detail = {"template": use, "buttons": buttons, "footer": template.footer}
    return Shown(kind="template", text=template.filled(values), category=template.category.lower(), detail=detail)


def _body_values(template: Template, bodies: list[Any]) -> dict[str, str]:
    parameters = [parameter for body in bodies for parameter in body.get("parameters", [])]
    wanted = template.variables
    if len(parameters) != len(wanted):
        count = f"number of localizable_params ({len(parameters)}) does not match"
        raise MetaFault(132000, f"body: {count} the expected number of params ({len(wanted)})")
    if any(parameter.get("type") != "text" or not _text(parameter.get("text")) for parameter in parameters):
        raise MetaFault(132012, "body: each parameter must be of type text with a non-empty text")
    names = [parameter.get("parameter_name", "") for parameter in parameters]
    if set(names) != set(wanted):
        raise MetaFault(132018, f"body: parameter names must be {', '.join(wanted)}")
    for parameter in parameters:
        text = parameter["text"]
        if "\n" in text or "\t" in text or "     " in text:
            raise MetaFault(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return {name: parameter["text"] for name, parameter in zip(names, parameters, strict=True)}


def _payloads(template: Template, buttons: list[Any]) -> dict[int, str]:
    made: dict[int, str] = {}
    for button in buttons:
        index = int(button.get("index", 0))
        if button.get("sub_type") != "quick_reply" or index >= len(template.buttons):
            raise MetaFault(132018, f"buttons: Button at index {index} of the template does not take parameters")
        made[index] = str((button.get("parameters") or [{}])[0].get("payload", template.buttons[index]))
    return made


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
