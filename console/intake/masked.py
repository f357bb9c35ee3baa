"""A delivery's body as an operator may see it: its structure, and none of its words, numbers or addresses."""

from __future__ import annotations

from email.parser import BytesHeaderParser
from typing import Any
from urllib.parse import parse_qsl

import msgspec

LONGEST = 256 * 1024
TELLING = frozenset({
    "object", "field", "event", "status", "type", "mime_type", "messaging_product", "code", "title", "category",
    "pricing_model", "language", "message_template_name", "message_template_language", "messagestatus", "smsstatus",
    "errorcode", "nummedia", "numsegments", "apiversion", "optouttype", "content-type", "mime-version",
    "auto-submitted", "precedence", "content-transfer-encoding",
})  # fmt: skip
"""Names whose values say what a delivery is, and nothing about anybody."""


def masked(body: bytes, content_type: str) -> Any:
    """JSON, a form or a mail's headers, every value struck out but those of TELLING; None for what is none of them."""
    kind = content_type.partition(";")[0].strip().lower()
    if len(body) > LONGEST:
        return None
    if kind == "application/json":
        try:
            return _struck(msgspec.json.decode(body), "")
        except msgspec.DecodeError:
            return None
    if kind == "application/x-www-form-urlencoded":
        return {name: _value(value, name) for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True)}
    if kind in ("message/rfc822", ""):
        return [[name, _value(value, name)] for name, value in BytesHeaderParser().parsebytes(body).items()]
    return None


def _struck(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _struck(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_struck(each, name) for each in value]
    return value if value is None or isinstance(value, bool) else _value(value, name)


def _value(value: Any, name: str) -> Any:
    if name.lower() in TELLING:
        return str(value) if not isinstance(value, int) else value
    return f"••• ({len(str(value))})"
