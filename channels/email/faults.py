"""What a mail server's no means: RFC 3463's enhanced status codes, RFC 5321's reply codes, else its free text.

Policy: an address that does not exist is invalid; a full mailbox may empty; 5.7.x is about us, not about the message,
and slows the whole sender down.
"""

from __future__ import annotations

import re

from channels.types import Fault

# The class digit (4 temporary, 5 permanent) is apart: these are the last two numbers.
_TITLES = {
    "1.0": "Address refused",
    "1.1": "No such mailbox",
    "1.2": "No such domain",
    "1.3": "Not a valid address",
    "1.4": "Ambiguous address",
    "1.6": "The mailbox has moved",
    "1.7": "Our sender address was refused",
    "1.8": "Our sender domain was refused",
    "1.9": "Message relayed to a server that cannot answer",
    "1.10": "The domain takes no mail",
    "2.0": "Mailbox trouble",
    "2.1": "Mailbox disabled",
    "2.2": "Mailbox full",
    "2.3": "Message too large for this mailbox",
    "2.4": "Mailing list trouble",
    "3.0": "The receiving server has trouble",
    "3.1": "The receiving server is full",
    "3.2": "The receiving server takes no mail now",
    "3.4": "Message too large",
    "4.0": "Network trouble",
    "4.1": "No answer from the receiving server",
    "4.2": "Bad connection",
    "4.3": "Directory server failure",
    "4.4": "Cannot be routed",
    "4.5": "The mail system is congested",
    "4.6": "Routing loop",
    "4.7": "Not delivered in time",
    "5.0": "Refused by the receiving server",
    "5.3": "Too many recipients",
    "6.0": "Content refused",
    "7.0": "Refused by policy",
    "7.1": "Refused by policy",
    "7.23": "SPF check failed",
    "7.25": "The sending server has no reverse name",
    "7.26": "SPF, DKIM or DMARC check failed",
    "7.27": "The sender's domain takes no mail",
    "7.28": "Too much mail from us",
}
_HINTS = {
    "1.1": "Ask for another e-mail address or use another channel.",
    "1.2": "The part after @ does not exist. Check the spelling.",
    "1.3": "Check the spelling of the address.",
    "1.6": "Ask for the new address.",
    "1.10": "Ask for another e-mail address or use another channel.",
    "2.1": "The mailbox exists but takes no mail. Use another channel.",
    "2.2": "Try again in a few days or use another channel.",
    "2.3": "Send a smaller file.",
    "3.4": "Send a smaller file.",
    "6.0": "Rephrase the message or leave the attachment out.",
}
_INVALID = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10"})
_ELSEWHERE = "The receiving server does not take it. Ask for another e-mail address or use another channel."
_AGAIN = "It is tried again."
_POLICY_HINT = "The receiving server does not trust our sender. An administrator must look at it."

_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLIED = re.compile(r"(?<![\d.])[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\w.:@])([45]\d\d)(?=[ -])")
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), status)
    for pattern, status in (
        (
            r"(mailbox|quota|inbox|caixa)[^.\n]{0,40}(full|exceed|over|cheia|llen)|over ?quota"
            r"|not enough (disk|storage)",
            "2.2",
        ),
        (
            r"(user|recipient|mailbox|account|address|alias)[^.\n]{0,60}(unknown|not found|not exist|doesn't exist"
            r"|invalid|not recogni|no longer|not available|unavailable)"
            r"|(unknown|no such|invalid) (user|recipient|mailbox|address|account|person)"
            r"|does not (have an?|exist)|couldn't be found|does not like recipient|not listed in",
            "1.1",
        ),
        (
            r"(host|domain)( name)?[^.\n]{0,60}(not found|unknown|not exist)|name service error|unrouteable"
            r"|no such domain",
            "1.2",
        ),
        (r"(disabled|inactive|suspended|deactivated)", "2.1"),
        (r"too (large|big|long)|size limit|exceeds? (the )?(maximum|size)", "3.4"),
        (r"spam|blocked|black ?list|block ?list|reputation|polic|dmarc|spf|dkim|rejected your message|denied", "7.1"),
        (r"loop|too many hops", "4.6"),
        (r"timed out|timeout|connection refused|retry time(out)? exceeded|no route to host", "4.1"),
    )
)


def by_status(status: str, text: str = "") -> Fault:
    """The fault of an enhanced status; a general one (x.0.0, or none) is made finer from the diagnostic text."""
    status = status if _STATUS.fullmatch(status) else ""
    if not status or status.endswith(".0.0") or status.endswith(".5.0"):
        status = refine(status, text)
    kind, _, rest = status.partition(".")
    return _fault(kind, rest, status)


def by_reply(code: int, text: str = "") -> Fault:
    """The fault of an SMTP answer: 4xx may succeed later, 5xx will not (RFC 5321, 4.2.1)."""
    found = _STATUS.search(text[:2000])
    digit = str(code // 100)
    if code in (530, 534, 535, 538):  # RFC 4954: the sending account is not let in; nothing is wrong with this message
        return Fault(
            code=f"smtp_{code}", title="The mail server refused our sign-in", hint=_POLICY_HINT, scope="account"
        )
    if found and found[1].startswith(digit):
        return by_status(found[1], text)
    fault = by_status(f"{digit}.0.0", text)
    return fault if fault.code not in ("4.0.0", "5.0.0") else _general(digit, f"smtp_{code}")


def refine(status: str, text: str) -> str:
    """A finer status out of the diagnostic text; its class digit stays when one is known."""
    text = text[:4000]
    found = _REPLIED.search(text) or _STATUS.search(text)
    if found and not found[1].endswith(".0.0"):
        return found[1] if not status or found[1][0] == status[0] else status
    reply = _REPLY.search(text)
    digit = status[:1] or (found[1][0] if found else "") or (reply[1][0] if reply else "5")
    for words, rest in _WORDS:
        if words.search(text):
            return f"{digit}.{rest}"
    return status or f"{digit}.0.0"


def statuses(text: str) -> str:
    """The first enhanced status that stands in a text, "" if none."""
    found = _REPLIED.search(text) or _STATUS.search(text)
    return found[1] if found else ""


def complaint() -> Fault:
    """The person pressed "this is spam" (RFC 5965): no mail to them any more."""
    return Fault(
        code="complaint",
        title="Reported as spam",
        hint="This person reported our mail as unwanted. Use another channel, if one is allowed.",
        scope="recipient",
        effect="opt_out",
    )


def _fault(kind: str, rest: str, status: str) -> Fault:
    if rest not in _TITLES and not rest.startswith("7."):
        subject = rest.partition(".")[0] + ".0"
        title = _TITLES.get(subject, "")
        return _general(kind, status) if not title else _shaped(kind, subject, status, title)
    return _shaped(kind, rest, status, _TITLES.get(rest, "Refused by policy"))


def _shaped(kind: str, rest: str, status: str, title: str) -> Fault:
    policy = rest.startswith("7.") or rest in ("1.7", "1.8")
    return Fault(
        code=status,
        title=title,
        hint=_POLICY_HINT if policy else _HINTS.get(rest) or (_AGAIN if kind == "4" else _ELSEWHERE),
        retryable=kind == "4" or rest == "2.2",
        scope="number" if policy else "recipient" if rest[0] in "12" else "message",
        effect="invalid_address" if kind == "5" and rest in _INVALID else "",
    )


def _general(kind: str, code: str) -> Fault:
    if kind == "4":
        return Fault(code=code, title="Not taken for now", hint=_AGAIN, retryable=True)
    return Fault(code=code, title="Refused by the receiving server", hint=_ELSEWHERE)
