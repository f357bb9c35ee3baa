"""Token buckets that several processes fill and empty together, in Redis: one each, on Redis' own clock.

Most requests never wait for it: what they took is added up and told ten times a second, all keys in one call, and the
answer says what is left, less than nothing where several took the last at once, which is waited for later. What is firm
is asked before it is taken. While Redis is away nobody waits for it and nothing is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from console.people.elsewhere import Shared
from console.web.limits import RATES

TELL_SECONDS = 0.1
RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 0.25
MOST = 500  # keys a call: Redis does nothing else meanwhile
_TAKE = """
local time = redis.call('TIME')
local now, left = time[1] + time[2] / 1000000, {}
for n, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[4 * n - 3]), tonumber(ARGV[4 * n - 2])
  local wanted, firm = tonumber(ARGV[4 * n - 1]), ARGV[4 * n] == '1'
  local was = redis.call('HMGET', key, 'tokens', 'at')
  local tokens = (tonumber(was[1]) or burst) + math.max(0, now - (tonumber(was[2]) or now)) * rate
  tokens = math.min(burst, tokens)
  left[n] = tostring(tokens - wanted)
  if not firm or tokens >= wanted then tokens = tokens - wanted end
  redis.call('HSET', key, 'tokens', tokens, 'at', now)
  redis.call('PEXPIRE', key, math.ceil((burst - tokens) / rate * 1000) + 1000)
end
return left
"""
Bucket = tuple[str, str]
"""The rate's name, and whose."""


class SharedBuckets(Shared):
    """`on_left` is told what a bucket has left, in tokens, less what was taken since."""

    kind = "bucket"

    def __init__(self, url: str, secret: str, on_left: Callable[[str, str, float], None]) -> None:
        super().__init__(url, secret, PATIENCE_SECONDS)
        self._on_left = on_left
        self._script = self._redis.register_script(_TAKE)
        self._spent: dict[Bucket, float] = {}
        self._here = False
        self._bell = asyncio.Event()

    def spend(self, name: str, key: str, tokens: float) -> None:
        """Taken here; the others hear of it soon."""
        if self._here:
            self._spent[name, key] = self._spent.get((name, key), 0) + tokens
            self._bell.set()

    async def take(self, name: str, key: str, tokens: float) -> float | None:
        """The seconds to wait; 0 when it was taken; None while Redis is away."""
        left = await self._ask([((name, key), tokens)], firm=True) if self._here else []
        return max(0.0, -left[0] / RATES[name].a_second) if left else None

    async def run(self) -> None:
        """The loop that tells. It begins, and begins again, when Redis is there."""
        while True:
            if await self.look():
                await self._bell.wait()
                await self.tell()
            await asyncio.sleep(TELL_SECONDS if self._here else RETRY_SECONDS)

    async def look(self) -> bool:
        """Whether Redis is there, asked only while it was not."""
        self._here = self._here or await self._asked(self._ping(), False)
        return self._here

    async def tell(self) -> None:
        """What was taken here goes there, and what is left comes back."""
        self._bell.clear()
        spent, self._spent = list(self._spent.items()), {}
        for first in range(0, len(spent), MOST):
            part = spent[first : first + MOST]
            for (bucket, _), left in zip(part, await self._ask(part, firm=False), strict=False):
                self._on_left(*bucket, left - self._spent.get(bucket, 0))

    async def _ask(self, wanted: Sequence[tuple[Bucket, float]], *, firm: bool) -> list[float]:
        """What would be left of each; firmly, less than nothing was not taken. Nothing when Redis is away."""
        keys = [self._name(bucket) for bucket, _ in wanted]
        asked: list[Any] = []
        for (name, _), tokens in wanted:
            asked += [RATES[name].a_second, RATES[name].burst, tokens, int(firm)]
        left = await self._asked(self._script(keys=keys, args=asked), None)
        if left is None:
            self._here = False
            self._spent.clear()  # it may lie there or not: the process is alone until Redis is back
            self._bell.set()
            return []
        return [float(each) for each in left]

    async def _ping(self) -> bool:
        await self._redis.ping()
        return True
