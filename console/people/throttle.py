"""Guessing passwords, made slow. Only failures count, so nobody is locked out by signing in often.

account + address   5 in 15 minutes
address            20 in 15 minutes
account            50 an hour, and then only addresses that signed in before may try
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from console.clock import Clock
from console.errors import RateLimited

if TYPE_CHECKING:
    from console.people.elsewhere import SharedFailures

_QUARTER, _HOUR = 15 * 60, 60 * 60
_KEYS = 20_000


class Throttle:
    """Failures of this process, by key. Bounded: the oldest keys are forgotten first. `shared`: what several processes
    count together, each beside its own; those who sign in ask both.
    """

    def __init__(self, clock: Clock, *, loopback_is_free: bool) -> None:
        self._clock = clock
        self._free = loopback_is_free
        self.shared: SharedFailures | None = None
        self._failures: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def check(self, account: str, address: str) -> None:
        """Raises RateLimited (with `retry_after`) when this address has failed too often, or this account has."""
        if not (self._free and is_loopback(address)):
            self._most(("both", account, address), 5, _QUARTER)
            self._most(("address", address), 20, _QUARTER)
        if (account, address) not in self._known:
            self._most(("account", account), 50, _HOUR)

    async def check_shared(self, account: str, address: str) -> None:
        """The same of all processes."""
        if self.shared is None:
            return
        limits = dict(self._limits(account, address))
        found = await self.shared.standing([*limits, ("known", account, address)])
        if not found:
            return
        if found.pop()[0]:
            limits[("account", account)] = 0
        for (count, left), (key, allowed) in zip(found, limits.items(), strict=True):
            if allowed and count >= allowed and not (self._free and is_loopback(address) and key[0] != "account"):
                raise RateLimited(retry_after=left + 1)

    async def failed_shared(self, account: str, address: str) -> None:
        if self.shared is not None:
            await self.shared.add([(key, _HOUR if key[0] == "account" else _QUARTER)
                                   for key, _ in self._limits(account, address)])  # fmt: skip

    async def succeeded_shared(self, account: str, address: str) -> None:
        if self.shared is not None:
            await self.shared.succeeded(("both", account, address), ("known", account, address))

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

    def _limits(self, account: str, address: str) -> list[tuple[tuple[str, ...], int]]:
        return [(("both", account, address), 5), (("address", address), 20), (("account", account), 50)]

    def _most(self, key: tuple[str, ...], allowed: int, seconds: int) -> None:
        failures = self._failures.get(key)
        since = self._clock.monotonic() - seconds
        recent = [at for at in failures if at > since] if failures else []
        if len(recent) >= allowed:
            raise RateLimited(retry_after=int(recent[-allowed] - since) + 1)


def is_loopback(address: str) -> bool:
    return address in ("::1", "localhost") or address.startswith("127.")
