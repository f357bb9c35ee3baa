"""Reading what others wrote: total functions over untrusted JSON, so that one bad element costs only itself.

Texts come out without NUL (PostgreSQL cannot hold it) and without lone surrogates (UTF-8 cannot).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator

import msgspec

ID_CHARS = 512  # no provider's id comes near; longer ones would break indexes
DEPTH = 32
_RETRY_AFTER_MAX = 3600

_Json = dict[str, object]


class Malformed(Exception):
    """An element breaks its own format; the text says how and quotes nothing of it."""


def decode(body: bytes) -> object:
    """The JSON value in `body`. Raises Malformed.

    The second try accepts half of a surrogate pair: profile names are cut in the middle of an emoji now and then.
    """
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise Malformed("the body is nested too deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            return json.loads(body.decode("utf-8"), parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            raise Malformed("the body is not JSON") from None


def scrub(value: str) -> str:
    """The same text, storable."""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean(value: object, depth: int = DEPTH) -> object:
    """The same JSON value, storable; what lies deeper than `depth` is left out."""
    match value:
        case str():
            return scrub(value)
        case dict():
            return {scrub(str(key)): clean(item, depth - 1) for key, item in value.items()} if depth else {}
        case list():
            return [clean(item, depth - 1) for item in value] if depth else []
        case _:
            return value


def cleaned(value: object) -> _Json:
    """`clean` of an object; {} for anything else."""
    result = clean(value)
    return result if isinstance(result, dict) else {}


def obj(of: _Json, key: str) -> _Json:
    """The object at `key`, {} when absent. Raises Malformed when it is something else."""
    value = of.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(f"{key} is not an object")
    return value


def rows(of: _Json, key: str) -> list[object]:
    """The list at `key`, [] when absent. Raises Malformed when it is something else."""
    value = of.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"{key} is not a list")
    return value


def objects(of: _Json, key: str) -> Iterator[_Json]:
    """The objects in the list at `key`; anything else is passed over."""
    value = of.get(key)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def text(of: _Json, key: str) -> str:
    """The string at `key`; numbers as their digits; "" for anything else."""
    value = of.get(key)
    if isinstance(value, str):
        return scrub(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def need(of: _Json, key: str) -> str:
    """The string at `key`, which may be empty. Raises Malformed when it is no string."""
    value = of.get(key)
    if not isinstance(value, str):
        raise Malformed(f"{key} is missing")
    return scrub(value)


def ident(of: _Json, key: str, *, required: bool = True) -> str:
    """The id at `key`. Raises Malformed when it is absent (unless not `required`) or absurdly long."""
    value = text(of, key)
    if len(value) > ID_CHARS or (required and not value):
        raise Malformed(f"{key} is missing" if not value else f"{key} is too long")
    return value


def number(of: _Json, key: str) -> float:
    """The finite number at `key`, also written as a string. Raises Malformed."""
    value = of.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Malformed(f"{key} is not a number")
    try:
        result = float(value)
    except (ValueError, OverflowError):
        raise Malformed(f"{key} is not a number") from None
    if result != result or result in (float("inf"), float("-inf")):
        raise Malformed(f"{key} is not a number")
    return result


def moment(value: object, now: int) -> int:
    """Milliseconds from a provider's Unix seconds (string or number), never later than `now`.

    Whatever cannot be read is `now`; a clock ahead of ours must not open a window longer than it is.
    """
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 13):
        return now
    seconds_or_ms = int(digits)
    return min(now, seconds_or_ms if seconds_or_ms >= 10**11 else seconds_or_ms * 1000)


def sha256_hex(value: str) -> str:
    """A SHA-256 digest as hex, told in hex or base64; "" when it is neither."""
    if len(value) == 64:
        try:
            return bytes.fromhex(value).hex()
        except ValueError:
            return ""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""


def retry_after(headers: dict[str, str]) -> int:
    """Seconds of a Retry-After header, at most an hour; 0 when it names none."""
    value = headers.get("retry-after", "").strip()
    return min(int(value), _RETRY_AFTER_MAX) if value.isascii() and value.isdigit() and len(value) < 10 else 0
