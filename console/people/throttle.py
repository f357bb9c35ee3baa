"""Guessing passwords, made slow. Only failures count, so nobody is locked out by signing in often.

account + address   5 in 15 minutes
address            20 in 15 minutes
account            50 an hour, and then only addresses that signed in before may try
"""

from __future__ import annotations

from collections import OrderedDict, deque

from console.clock import Clock
from console.errors import RateLimited

_QUARTER, _HOUR = 15 * 60, 60 * 60
_KEYS = 20_000


class Throttle:
    """Failures of this process, by key. Bounded: the oldest keys are forgotten first."""

    def __init__(self, clock: Clock, *, loopback_is_free: bool) -> None:
        self._clock = clock
        self._free = loopback_is_free
        self._failures: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def check(self, account: str, address: str) -> None:
        """Raises RateLimited (with `retry_after`) when this address has failed too often, or this account has."""
        if not (self._free and is_loopback(address)):
            self._most(("both", account, address), 5, _QUARTER)
            self._most(("address", address), 20, _QUARTER)
        if (account, address) not in self._known:
            self._most(("account", account), 50, _HOUR)

    def failed(self, account: str, address: str) -> None:
        now = self._clock.monotonic()
        for key in (("both", account, address), ("address", address), ("account", account)):
            self._failures.setdefault(key, deque(maxlen=50)).append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > _KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        self._failures.pop(("both", account, address), None)
        self._known[account, address] = None
        while len(self._known) > _KEYS:
            self._known.popitem(last=False)

    def _most(self, key: tuple[str, ...], allowed: int, seconds: int) -> None:
        failures = self._failures.get(key)
        since = self._clock.monotonic() - seconds
        recent = [at for at in failures if at > since] if failures else []
        if len(recent) >= allowed:
            raise RateLimited(retry_after=int(recent[-allowed] - since) + 1)


def is_loopback(address: str) -> bool:
    return address in ("::1", "localhost") or address.startswith("127.")
