"""What Twilio's answer to a send means.

201 with a sid: Twilio took it. Our word for that is `sent`, although it is only queued there; the callbacks tell the
rest. 4xx with a code: a definite no. Everything else (5xx, an edge's page, a redirect, half an answer) is Unknown.
"""

from __future__ import annotations

from channels.loose import Malformed, decode, retry_after, text
from channels.twilio.faults import fault, fault_of
from channels.twilio.verify import MESSAGE_SID
from channels.types import Accepted, Answer, Fault, Outcome, Refused, Unknown

_Json = dict[str, object]


def read(answer: Answer) -> Outcome:
    """Total: any answer has a meaning, and whatever is unclear is Unknown."""
    try:
        body = decode(answer.body)
    except Malformed:
        body = None
    told = body if isinstance(body, dict) else {}
    if 200 <= answer.status < 300:
        return resource(told)
    code = told.get("code")
    if 400 <= answer.status < 500 and isinstance(code, int) and not isinstance(code, bool):
        return Refused(fault=fault(code, text(told, "message"), retry_after=retry_after(answer.headers)))
    if answer.status == 429:
        return Refused(fault=fault(20429, "Too many requests", retry_after=retry_after(answer.headers)))
    return Unknown(reason=f"HTTP {answer.status} without a readable answer of Twilio")


def resource(message: _Json) -> Outcome:
    """What Twilio's own record of a message says of it, in the answer to a send or in a look-up."""
    sid, status = text(message, "sid"), text(message, "status")
    if not MESSAGE_SID.fullmatch(sid):
        return Unknown(reason="the answer names no message")
    if status in ("failed", "undelivered"):
        return Refused(fault=fault_of(text(message, "error_code")))
    if status == "canceled":
        return Refused(fault=Fault(code="canceled", title="Canceled", hint="The message was cancelled at Twilio."))
    known = status if status in ("delivered", "read") else "sent"
    return Accepted(provider_id=sid, status=known, detail={"status": status})  # type: ignore[arg-type]
