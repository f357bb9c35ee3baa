"""What Meta's answer to a send means.

200 with a message id: taken (the statuses tell the rest). A Graph error in the body: a definite no, by its code.
Everything else (an edge's page, a redirect, half an answer, "something went wrong" under a 5xx) is Unknown.
"""

from __future__ import annotations

from channels.loose import Malformed, cleaned, decode, ident, objects, retry_after, text
from channels.meta.faults import TURNED_AWAY, fault
from channels.types import Accepted, Answer, Fault, Outcome, Refused, Unknown

_Json = dict[str, object]


def read(answer: Answer) -> Outcome:
    """Total: any answer has a meaning, and whatever is unclear is Unknown."""
    try:
        body = decode(answer.body)
        told = body if isinstance(body, dict) else {}
        if 200 <= answer.status < 300:
            return _accepted(told)
        error = told.get("error")
    except Malformed as why:
        told, error = {}, None
        if 200 <= answer.status < 300:
            return Unknown(reason=f"HTTP {answer.status}: {why}")
    if isinstance(error, dict) and (refusal := _refused(answer, error)) is not None:
        return refusal
    if answer.status == 429:
        return Refused(fault=_too_fast(answer))
    return Unknown(reason=f"HTTP {answer.status} without a readable answer of Meta")


def _accepted(body: _Json) -> Outcome:
    first = next(objects(body, "messages"), {})
    provider_id = ident(first, "id")
    contact = next(objects(body, "contacts"), {})
    detail = {
        "wa_id": text(contact, "wa_id"),
        "user_id": text(contact, "user_id"),
        "message_status": text(first, "message_status"),
    }
    return Accepted(provider_id=provider_id, detail=cleaned({key: value for key, value in detail.items() if value}))


def _refused(answer: Answer, error: _Json) -> Refused | None:
    code = error.get("code")
    if isinstance(code, bool) or not isinstance(code, int):
        return None
    definite = 400 <= answer.status < 500 or (answer.status >= 500 and code in TURNED_AWAY)
    if not definite:
        return None
    told = fault(
        code,
        text(error, "message"),
        transient=error.get("is_transient") is True,
        retry_after=retry_after(answer.headers),
    )
    return Refused(fault=told)


def _too_fast(answer: Answer) -> Fault:
    return Fault(
        code="429",
        title="Too many requests",
        hint="The number is sending too fast. The message waits a moment.",
        retryable=True,
        scope="number",
        retry_after=retry_after(answer.headers),
    )
