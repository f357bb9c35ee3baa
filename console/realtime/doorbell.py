"""Redis Pub/Sub between processes: "something was committed", "wake that worker", and signals that nobody keeps.

It may lose, double and delay: the log is the truth, and each process looks at it once a second anyway. When Redis is
gone everything goes on at that pace, and recovers by itself when it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from console.wire.ids import new_id

CHANNEL = "acordo"
SILENCE_SECONDS = 15.0  # after which the line is tried, so that a dead one is noticed
RETRY_SECONDS = 1.0
MOST = 1_000  # messages that wait to be sent; beyond it signals are dropped
log = structlog.get_logger("doorbell")


class Rung(Struct, omit_defaults=True):
    """What travels: who says it; whether the log grew; which workers have something to do; a signal."""

    by: str
    log: bool = False
    wake: list[str] = []
    topic: str = ""
    name: str = ""
    facts: dict[str, Any] = {}


_decode = msgspec.json.Decoder(Rung).decode
_encode = msgspec.json.Encoder().encode


class Doorbell:
    """One a process. `on_log`, `on_wake` and `on_signal` are called on the event loop for what others say."""

    def __init__(
        self,
        url: str,
        *,
        on_log: Callable[[], None],
        on_wake: Callable[[str], None],
        on_signal: Callable[[str, str, dict[str, Any]], None],
    ) -> None:
        self._me = new_id()
        self._redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=None, retry=None)
        self._on_log, self._on_wake, self._on_signal = on_log, on_wake, on_signal
        self._waiting: list[Rung] = []
        self._bell = asyncio.Event()

    def ring(self, grown: bool, woken: frozenset[str]) -> None:
        """A commit of this process. Never waits; many commits become one message."""
        last = self._waiting[-1] if self._waiting else None
        if last is None or last.topic:
            last = Rung(self._me)
            self._waiting.append(last)
        last.log = last.log or grown
        last.wake = sorted({*last.wake, *woken})
        self._bell.set()

    def signal(self, topic: str, name: str, facts: dict[str, Any]) -> None:
        """Something fleeting that was told here, for the listeners elsewhere."""
        if len(self._waiting) < MOST:
            self._waiting.append(Rung(self._me, topic=topic, name=name, facts=facts))
            self._bell.set()

    async def answers(self) -> bool:
        """Whether Redis is there: for readiness."""
        try:
            async with asyncio.timeout(2):
                await self._redis.ping()
        except (RedisError, OSError, TimeoutError):
            return False
        return True

    async def speak(self) -> None:
        """The loop that sends. What cannot be sent is dropped: whoever missed it polls."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            waiting, self._waiting = self._waiting, []
            try:
                pipe = self._redis.pipeline(transaction=False)
                for each in waiting:
                    pipe.publish(CHANNEL, _encode(each))
                await pipe.execute()
            except (RedisError, OSError) as error:
                log.warning("doorbell.silent", kind=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def listen(self) -> None:
        """The loop that hears, and connects again for ever. After each connection the log is looked at once."""
        while True:
            pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            try:
                await pubsub.subscribe(CHANNEL)
                self._on_log()
                while True:
                    message = await pubsub.get_message(timeout=SILENCE_SECONDS)
                    if message is None:
                        await pubsub.ping()
                    elif message["type"] == "message":
                        self._hear(message["data"])
            except (RedisError, OSError) as error:
                log.warning("doorbell.deaf", kind=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        await self._redis.aclose()

    def _hear(self, data: bytes) -> None:
        try:
            rung = _decode(data)
        except msgspec.DecodeError:
            log.warning("doorbell.nonsense", bytes=len(data))
            return
        if rung.by == self._me:
            return
        if rung.log:
            self._on_log()
        for worker in rung.wake:
            self._on_wake(worker)
        if rung.topic:
            self._on_signal(rung.topic, rung.name, rung.facts)
