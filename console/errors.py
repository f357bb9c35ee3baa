"""Everything the console refuses, as one tree: the text is for people, `code` is for programs, `facts` say what and
until when.

    Refusal
    |-- Unauthenticated 401   |-- Forbidden 403      |-- OwnRequest 403
    |-- NotFound 404          |-- Conflict 409       |-- NotOwner 409       |-- StaleEpoch 409
    |-- Invalid 422           |-- Malformed 400      |-- TooLarge 413       |-- RateLimited 429
    |-- GateBlocked 422       |-- GateDeferred 422   |-- GateNeedsApproval 422
    |-- WrongType 415         |-- WrongMethod 405    |-- Misdirected 421     `-- Unavailable 503

Raised early by verbs and queries, caught once by the web (`wire/problems.py`), the socket and the command line.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """An expected no. `detail` is one sentence in English; `facts` become members of the problem document."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "This cannot be done."

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts = facts


class Unauthenticated(Refusal):
    code, status, title = "unauthenticated", 401, "Sign in first."


class Forbidden(Refusal):
    code, status, title = "forbidden", 403, "Your role may not do this."


class OwnRequest(Refusal):
    code, status, title = "own_request", 403, "Nobody decides their own request."


class NotFound(Refusal):
    """What may not be seen answers with exactly the bytes of what does not exist: never give it a detail."""

    code, status, title = "not_found", 404, "There is no such thing, or you may not see it."


class Conflict(Refusal):
    code, status, title = "conflict", 409, "Somebody was faster, or the same id was used for something else."


class NotOwner(Refusal):
    code, status, title = "not_owner", 409, "Somebody else owns this case."


class StaleEpoch(Refusal):
    code, status, title = "stale_epoch", 409, "The owner has changed since you wrote this; your text was kept."


class Invalid(Refusal):
    """A field is wrong. `field` names it (JSON path), the detail says how to mend it."""

    code, status, title = "invalid", 422, "Something in the request is not right."


class Malformed(Refusal):
    code, status, title = "invalid", 400, "The request cannot be read."


class WrongType(Refusal):
    code, status, title = "invalid", 415, "The body must be JSON: send Content-Type: application/json."


class WrongMethod(Refusal):
    """`allow` in the facts becomes the header."""

    code, status, title = "invalid", 405, "This address does not take that method."


class TooLarge(Refusal):
    code, status, title = "payload_too_large", 413, "This is too big."


class RateLimited(Refusal):
    """`retry_after` (seconds) is in the facts and becomes the header."""

    code, status, title = "rate_limited", 429, "Too many attempts; wait a little."


class Misdirected(Refusal):
    code, status, title = "not_found", 421, "This host name is not served here."


class GateBlocked(Refusal):
    code, status, title = "gate_blocked", 422, "The compliance gate does not let this message out."


class GateDeferred(Refusal):
    code, status, title = "gate_deferred", 422, "The compliance gate lets this message out later."


class GateNeedsApproval(Refusal):
    code, status, title = "gate_needs_approval", 422, "The compliance gate asks for an approval first."


class Unavailable(Refusal):
    code, status, title = "unavailable", 503, "Not possible right now; nothing was stored, try again."
