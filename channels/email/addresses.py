"""Addresses out of header fields that may hold anything: quotes, comments, groups, semicolons, or plain nonsense."""

from __future__ import annotations

import re

from channels.email.headers import decode_words

_ENDS = frozenset(' \t<>()[]\\,;:"@')
_DOMAIN = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,255}")
_SHAPE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]{1,64}@[A-Za-z0-9.\x80-\U0010ffff-]{1,255}\Z")
MAX_FIELD = 64 * 1024
MAX_ADDRESSES = 500


def addresses(field: str) -> list[tuple[str, str]]:
    """(name, address) pairs of a raw field, in order; the domain lower-case. What is no address is left out."""
    found = []
    for item in _items(field[:MAX_FIELD])[:MAX_ADDRESSES]:
        pair = _pair(item)
        if pair:
            found.append(pair)
    return found


def bare(field: str) -> list[str]:
    """The addresses alone."""
    return [address for _, address in addresses(field)]


def normal(address: str) -> str:
    """The address with its domain in lower case and without white space; "" when it is none."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    candidate = f"{local}@{domain.lower().rstrip('.')}" if at else ""
    return candidate if _SHAPE.match(candidate) else ""


def _items(field: str) -> list[str]:
    """Split at commas and semicolons outside quotes, comments and angle brackets; a group's name is dropped."""
    out: list[str] = []
    start, depth, quoted, angle, skip, address = 0, 0, False, False, False, False
    for at, char in enumerate(field):
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif char == "<":
            angle = True
        elif char == ">":
            angle = False
        elif char in ",;" and not angle:
            out.append(field[start:at])
            start, address = at + 1, False
        elif char == ":" and not angle and not address:
            start = at + 1
        elif char == "@":
            address = True
    out.append(field[start:])
    return out


def _pair(item: str) -> tuple[str, str] | None:
    opened, closed = item.rfind("<"), item.rfind(">")
    if opened >= 0:
        inner = item[opened + 1 : closed if closed > opened else len(item)]
        address = normal(_without_comments(inner).rpartition(":")[2].replace(" ", ""))
        if address:
            return _name(item[:opened]), address
    text = _without_comments(item)
    start, found = find_address(text)
    address = normal(found) or normal(text.replace(" ", ""))
    if not address:
        return None
    comment = re.search(r"\(([^()]{1,200})\)", item)
    return (_name(comment[1]) if comment else _name(text[:start])), address


def find_address(text: str) -> tuple[int, str]:
    """Where the first address of a text begins, and the address; (0, "") if there is none. Looks around each @ only."""
    at = text.find("@")
    while at >= 0:
        start = at
        while start > max(0, at - 64) and text[start - 1] not in _ENDS:
            start -= 1
        domain = _DOMAIN.match(text, at + 1)
        if domain and start < at:
            return start, text[start : domain.end()]
        at = text.find("@", at + 1)
    return 0, ""


def _name(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == '"' == text[-1]:
        text = text[1:-1]
    return decode_words(text.replace('\\"', '"').replace("\\\\", "\\")).strip(" \"'")[:255]


def _without_comments(text: str) -> str:
    out, depth = [], 0
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            out.append(char)
    return "".join(out).strip()
