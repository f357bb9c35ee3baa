"""Mail that no person wrote just now: never answered by a machine, opens no case, stops no clock (RFC 3834)."""

from __future__ import annotations

import re

from channels.email.addresses import bare
from channels.email.mime import Part
from channels.types import Inbox

_DAEMONS = re.compile(r"(mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|double-bounce|bounces?)\b", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"(no|do[-_.]?not|n[aã]o|sin)[-_.]?(reply|respond|answer|responda|responder|responde|respuesta)", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"\s*(automatic reply|auto[- ]?reply|autoreply|automated reply|auto[- ]?response|out of (?:the )?office"
    r"|resposta autom[áa]tica|respuesta autom[áa]tica|fora do escrit[óo]rio|fuera de la oficina"
    r"|aus[êe]ncia(?: do escrit[óo]rio)?"
    r"|réponse automatique|automatische antwort|risposta automatica)\s*(:|\Z)",
    re.IGNORECASE,
)
_AUTO_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoresponse",
    "x-auto-reply",
    "x-auto-reply-from",
)


def why(inbox: Inbox, mail: Part, envelope_from: str = "") -> str:
    """Why this mail is automatic, "" when a person wrote it. `envelope_from` is "<>" for the null sender."""
    headers = mail.headers
    submitted = headers.raw("auto-submitted").split(";")[0].split("(")[0].strip().lower()
    if submitted and submitted != "no":
        return "auto-submitted"
    if any(_says_yes(headers.raw(name)) for name in _AUTO_FIELDS):
        return "autoreply"
    if headers.raw("x-auto-response-suppress").strip().lower() not in ("", "none"):
        return "suppressed"
    if headers.raw("x-loop") == inbox.address and inbox.address:
        return "loop"
    if envelope_from.strip() == "<>" or headers.raw("return-path").replace(" ", "") == "<>":
        return "null-sender"
    if mail.type == "multipart/report" or mail.headers.raw("content-type").lower().startswith("multipart/report"):
        return "report"
    if headers.raw("precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return "precedence"
    if "list-id" in headers:
        return "list"
    if "x-apple-action" in headers and headers.raw("x-apple-action").lower() == "vacation":
        return "autoreply"
    return _by_sender(headers.raw("from")) or ("subject" if _SUBJECT.match(headers.text("subject")) else "")


def is_daemon(field: str) -> bool:
    """Whether a From field is a mail system's."""
    local = _local(field)
    return bool(_DAEMONS.match(local)) or "mail delivery" in field.lower()


def _by_sender(field: str) -> str:
    if is_daemon(field):
        return "daemon"
    return "no-reply" if _NO_REPLY.match(_local(field)) else ""


def _local(field: str) -> str:
    found = bare(field)
    return found[0].rpartition("@")[0] if found else field.strip().lstrip("<").split("<")[-1].strip()


def _says_yes(value: str) -> bool:
    return bool(value) and value.strip().lower() not in ("no", "false", "0")
