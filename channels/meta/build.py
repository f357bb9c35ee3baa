"""Our message as the one call `POST /<phone_number_id>/messages` of the Cloud API.

Limits are Meta's: text 4,096 characters, caption and template text 1,024, 3 reply buttons of 20 characters; a list has
10 rows, of 24 characters and 72 below them, and opens by words of 20.

Names of template variables: a plain name (or digit) is a parameter of the body, `header.NAME` one of the header,
`button.N` the text of button N's address, `button.N.payload` what quick reply N sends back, `button.N.code` the code to
copy. Digits are positional parameters, other names are named ones.
"""

from __future__ import annotations

import re

import msgspec

from channels.carry import must_fit
from channels.errors import CannotBuild
from channels.types import File, HttpCall, Inbox, Limits, Outbound, TemplateUse, To

TEXT_CHARS = 4096
CAPTION_CHARS = 1024
TEMPLATE_CHARS = CAPTION_CHARS + 61  # its text and its footer
BUTTONS = 3
BUTTON_CHARS = 20
BUTTON_ID_CHARS = 256
ROWS = 10
ROW_CHARS, ROW_NOTE_CHARS, ROW_ID_CHARS = 24, 72, 200
MENU_CHARS = 20

_MB = 1024 * 1024
_DOCUMENT_BYTES = 100 * _MB
_KIND_OF_TYPE: dict[str, tuple[str, int]] = {
    "image/jpeg": ("image", 5 * _MB),
    "image/png": ("image", 5 * _MB),
    "image/webp": ("sticker", 500 * 1024),
    "audio/aac": ("audio", 16 * _MB),
    "audio/amr": ("audio", 16 * _MB),
    "audio/mpeg": ("audio", 16 * _MB),
    "audio/mp4": ("audio", 16 * _MB),
    "audio/ogg": ("audio", 16 * _MB),
    "video/mp4": ("video", 16 * _MB),
    "video/3gpp": ("video", 16 * _MB),
}
LIMITS = Limits(
    text_chars=TEXT_CHARS,
    files=1,
    subject_chars=0,
    file_bytes=_DOCUMENT_BYTES,
    per_second=80,
    caption_chars=CAPTION_CHARS,
    buttons=BUTTONS,
    rows=ROWS,
    window_hours=24,
    wordless=tuple((name, most) for name, (kind, most) in _KIND_OF_TYPE.items() if kind in ("audio", "sticker")),
    template_chars=TEMPLATE_CHARS,
)
_UNFIT = re.compile(r"[\n\r\t]| {5}")

_Json = dict[str, object]


def build(inbox: Inbox, message: Outbound) -> HttpCall:
    """The call. Raises CannotBuild."""
    body: _Json = {"messaging_product": "whatsapp", "recipient_type": "individual", **_recipient(message.to)}
    body |= {"biz_opaque_callback_data": message.ref}
    if message.quoted:
        body["context"] = {"message_id": message.quoted}
    kind, content = _content(message)
    return HttpCall(
        ref=message.ref,
        method="POST",
        url=messages_url(inbox),
        headers={"authorization": bearer(inbox), "content-type": "application/json"},
        body=msgspec.json.encode({**body, "type": kind, kind: content}),
    )


def api(inbox: Inbox) -> str:
    """Where the inbox's calls go, with the version. Raises CannotBuild."""
    version = inbox.config.get("api_version", "")
    if not inbox.origin or not re.fullmatch(r"v\d{1,3}\.\d", version):
        raise CannotBuild("the inbox has no origin or no api_version (v23.0, say)")
    return f"{inbox.origin}/{version}"


def messages_url(inbox: Inbox) -> str:
    """Raises CannotBuild."""
    return f"{api(inbox)}/{phone_number_id(inbox)}/messages"


def phone_number_id(inbox: Inbox) -> str:
    """Raises CannotBuild."""
    number = inbox.config.get("phone_number_id", "")
    if not re.fullmatch(r"[0-9]{1,40}", number):
        raise CannotBuild("the inbox's phone_number_id is missing or not made of digits")
    return number


def bearer(inbox: Inbox) -> str:
    """The Authorization header. Raises CannotBuild."""
    token = inbox.secrets.get("access_token")
    if not token or not token.isascii() or not token.isprintable():
        raise CannotBuild("the inbox's access_token is missing or malformed")
    return f"Bearer {token}"


def file_kind(file: File) -> str:
    """What WhatsApp takes the file as, by its sniffed type; too big for its kind, it goes as a document."""
    kind, limit = _KIND_OF_TYPE.get(file.type.split(";")[0].strip().lower(), ("document", _DOCUMENT_BYTES))
    return kind if file.size <= limit else "document"


def _recipient(to: To) -> _Json:
    if to.wa_id:
        return {"to": to.wa_id}
    if to.phone:
        return {"to": to.phone.removeprefix("+")}
    if to.user_id:
        return {"recipient": to.user_id}
    raise CannotBuild("the message has no WhatsApp address: neither a number nor a user id")


def _content(message: Outbound) -> tuple[str, _Json]:
    must_fit(LIMITS, message, "" if message.template is not None else message.text)
    if message.template is not None:
        return "template", _template(message.template, message.files)
    if message.buttons:
        return "interactive", _choices(message)
    if message.files:
        return _file(message.files[0], message.text)
    if not message.text.strip():
        raise CannotBuild("the message is empty")
    return "text", {"body": message.text, "preview_url": False}


def _fits(value: str, limit: int, what: str) -> None:
    if len(value) > limit:
        raise CannotBuild(f"{what} has {len(value)} characters, {limit} are possible: shorten it")


def _file(file: File, caption: str) -> tuple[str, _Json]:
    kind = file_kind(file)
    content = _uploaded(file, kind)
    return kind, {**content, "caption": caption} if caption else content


def _uploaded(file: File, kind: str) -> _Json:
    if file.size > _DOCUMENT_BYTES:
        raise CannotBuild("the file is larger than the 100 MB that WhatsApp carries")
    if not file.provider_id:
        raise CannotBuild("the file has not been uploaded to WhatsApp yet")
    named = {"filename": file.name} if kind == "document" and file.name else {}
    return {"id": file.provider_id, **named}


def _choices(message: Outbound) -> _Json:
    """Buttons while they fit, else a list."""
    if not message.text.strip():
        raise CannotBuild("buttons need a text above them")
    _fits(message.text, CAPTION_CHARS, "the text above buttons")
    for name in ("id", "title"):
        told = [getattr(each, name) for each in message.buttons]
        if not all(told) or len(set(told)) < len(told):
            raise CannotBuild(f"each button needs its own {name}")
    fit = all(len(each.title) <= BUTTON_CHARS and not each.note for each in message.buttons)
    return _buttons(message) if fit and len(message.buttons) <= BUTTONS else _list(message)


def _list(message: Outbound) -> _Json:
    if not message.menu:
        raise CannotBuild(
            f"more than {BUTTONS} buttons, or one of more than {BUTTON_CHARS} characters, leave as a list, and a list "
            "needs the words that open it"
        )
    _fits(message.menu, MENU_CHARS, f"what opens the list, “{message.menu}”,")
    if len(message.buttons) > ROWS:
        raise CannotBuild(f"WhatsApp shows {ROWS} rows of a list at most")
    if message.files:
        raise CannotBuild("a list carries no file: send the file as a message of its own")
    for each in message.buttons:
        _fits(each.id, ROW_ID_CHARS, "a row's id")
        _fits(each.title, ROW_CHARS, f"the row “{each.title}”")
        _fits(each.note, ROW_NOTE_CHARS, f"what stands below the row “{each.title}”")
    rows = [
        {"id": each.id, "title": each.title, **({"description": each.note} if each.note else {})}
        for each in message.buttons
    ]
    action = {"button": message.menu, "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": message.text}, "action": action}


def _buttons(message: Outbound) -> _Json:
    for each in message.buttons:
        _fits(each.id, BUTTON_ID_CHARS, "a button's id")
    replies = [{"type": "reply", "reply": {"id": each.id, "title": each.title}} for each in message.buttons]
    content: _Json = {"type": "button", "body": {"text": message.text}, "action": {"buttons": replies}}
    return {**content, "header": _header_file(message.files[0])} if message.files else content


def _header_file(file: File) -> _Json:
    kind = file_kind(file)
    if kind not in ("image", "video", "document"):
        raise CannotBuild("above buttons or in a template a file must be a picture, a video or a document")
    return {"type": kind, kind: _uploaded(file, kind)}


# --- templates --------------------------------------------------------------------------------------------------------


def _template(use: TemplateUse, files: tuple[File, ...]) -> _Json:
    if not use.name or not use.language:
        raise CannotBuild("the template has no name or no language")
    _fits(use.body, TEMPLATE_CHARS, "the template with its values")
    names = use.order or tuple(use.variables)
    header = [_header_file(files[0])] if files else []
    header += [_parameter(name.removeprefix("header."), _value(use, name)) for name in _of(names, "header.")]
    body = [_parameter(name, _value(use, name)) for name in names if "." not in name]
    components: list[_Json] = []
    if header:
        components.append({"type": "header", "parameters": header})
    if body:
        components.append({"type": "body", "parameters": body})
    components += [_button(name, _value(use, name)) for name in _of(names, "button.")]
    template: _Json = {"name": use.name, "language": {"code": use.language}}
    return {**template, "components": components} if components else template


def _of(names: tuple[str, ...], prefix: str) -> list[str]:
    return [name for name in names if name.startswith(prefix)]


def _value(use: TemplateUse, name: str) -> str:
    value = use.variables.get(name, "")
    if not value.strip():
        raise CannotBuild(f"the template's variable “{name}” has no value")
    if _UNFIT.search(value):
        raise CannotBuild(
            f"the template's variable “{name}” holds a line break, a tab or more than four spaces in a row"
        )
    return value


def _parameter(name: str, value: str) -> _Json:
    named = {} if name.isdigit() else {"parameter_name": name}
    return {"type": "text", **named, "text": value}


def _button(name: str, value: str) -> _Json:
    index, _, what = name.removeprefix("button.").partition(".")
    if not index.isdigit() or what not in ("", "payload", "code"):
        raise CannotBuild(f"the template's variable “{name}” names no button")
    sub_type = {"": "url", "payload": "quick_reply", "code": "copy_code"}[what]
    key = {"": "text", "payload": "payload", "code": "coupon_code"}[what]
    parameter: _Json = {"type": key, key: value}
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}
