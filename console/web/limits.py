"""Token buckets: how fast somebody may go on. Bounded in number, on time that only moves forward."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import NamedTuple

from console.clock import Clock
from console.errors import RateLimited


class Rate(NamedTuple):
    """`burst` at once, then `a_second`."""

    a_second: float
    burst: float


RATES = {
    "user": Rate(20, 60),
    "token": Rate(50, 100),
    "reply": Rate(2, 10),
    "search": Rate(5, 5),
    "export": Rate(3 / 3600, 3),
    "upload": Rate(0.5, 30),
    "upload_bytes": Rate(500 * 1024 * 1024 / 3600, 500 * 1024 * 1024),
    "reveal": Rate(30 / 3600, 30),
    "handshake": Rate(0.5, 30),
    "webhook": Rate(1_000, 1_000),
}
_BUCKETS = 50_000


class Limits:
    """Buckets by (rate, key). The least used are forgotten first; a forgotten bucket is a full one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, rate: str, key: str, tokens: float = 1) -> None:
        """Take tokens of `key`'s bucket. Raises RateLimited with `retry_after` seconds when there are too few."""
        wait = self.spare(rate, key, tokens)
        if wait > 0:
            raise RateLimited(retry_after=math.ceil(wait))

    def forget(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()

    def spare(self, name: str, key: str, wanted: float = 1) -> float:
        """Take so many tokens, or say how many seconds until there are."""
        rate, now = RATES[name], self._clock.monotonic()
        tokens, at = self._buckets.pop((name, key), (rate.burst, now))
        tokens = min(rate.burst, tokens + (now - at) * rate.a_second)
        taken = tokens >= wanted
        self._buckets[name, key] = (tokens - wanted if taken else tokens, now)
        while len(self._buckets) > _BUCKETS:
            self._buckets.popitem(last=False)
        return 0 if taken else (wanted - tokens) / rate.a_second
