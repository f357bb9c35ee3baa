"""How the tables of error codes are written: one line a code. The code itself is filled in when one is met."""

from __future__ import annotations

from typing import Literal

from channels.types import Fault

Scope = Literal["message", "recipient", "number", "account", "template"]
Effect = Literal["", "opt_out", "marketing_stop", "invalid_address", "window_closed", "template_paused"]


def retry(hint: str, *, after: int = 0, scope: Scope = "message") -> Fault:
    """The same message may succeed later, says the provider; `after` in seconds, 0 = by the usual back-off."""
    return Fault(code="", hint=hint, retryable=True, retry_after=after, scope=scope)


def stop(hint: str, *, scope: Scope = "message", effect: Effect = "") -> Fault:
    """The same message will not succeed by itself."""
    return Fault(code="", hint=hint, scope=scope, effect=effect)
