"""How a provider behaves just now: well, slowly, badly."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sandbox.config import Provider

Status = Literal["sent", "delivered", "read", "failed"]


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person can switch on for one provider.

    accept               false: refuses every send, with `error_code` or the provider's plainest refusal
    error_code           with accept: taken, then told as failed by callback (mail: returned by a bounce); null is none
    latency_ms           the answer comes so much later; the message is already taken by then
    statuses             the callbacks after acceptance; [] = silence
    duplicate_callbacks  how many more times each callback comes (true = once more)
    shuffle_callbacks    the callbacks come in the wrong order
    drop_response        taken, and the connection closed without an answer
    """

    provider: Provider
    accept: bool = True
    error_code: str | int | None = ""
    latency_ms: Annotated[int, Meta(ge=0, le=600_000)] = 0
    statuses: tuple[Status, ...] = ("sent", "delivered", "read")
    duplicate_callbacks: Annotated[int, Meta(ge=0, le=100)] | bool = 0
    shuffle_callbacks: bool = False
    drop_response: bool = False

    @property
    def code(self) -> str:
        return str(self.error_code or "")

    def callbacks(self) -> tuple[str, ...]:
        """The statuses of a taken message, in their true order."""
        if self.code and "failed" not in self.statuses:
            return ("failed",) if self.statuses else ()
        return self.statuses
