"""One open socket: its subscriptions, where it stands in the log, and whether it keeps up.

While a session is being caught up from the log, live events are kept aside and written after the replay, so that
nothing is missed, doubled, or out of order. What is kept is bounded: beyond it the session resets.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from console.access.actor import Actor
from console.log.cursor import Mark
from console.log.read import Told
from console.realtime import frames
from console.realtime.frames import Frame
from console.realtime.line import Line
from console.wire.moment import Ms

SLOW_SECONDS = 10.0
KEPT_BYTES = 1024 * 1024
"""Live events kept aside during a replay, at most."""


class TooSlow(Exception):
    """The client did not take a replay in time."""


class Session:
    """What the hub holds of a socket; `dialogue.py` drives it."""

    def __init__(
        self, actor: Actor, line: Line, *, monotonic: Callable[[], float], expires_at: Ms | None = None
    ) -> None:
        self.actor = actor
        self.line = line
        self.expires_at = expires_at  # real time
        self.topics: set[str] = set()
        self.generation = 0  # rises whenever sight is lost: a check begun before it is void
        self.floor: Mark | None = None  # up to here everything was sent, or was never wanted
        self.behind = False
        self.behind_since = 0.0
        self.closed = False
        self.on_behind: Callable[[], None] = _ignore
        self.on_renew: Callable[[], None] = _ignore
        self.greeting: Callable[[Mark], Frame] = lambda mark: frames.RESET
        self._monotonic = monotonic
        self._keeping = True
        self._kept: deque[tuple[Mark, Frame]] = deque()
        self._kept_bytes = 0

    @property
    def user_id(self) -> str:
        return self.actor.id

    @property
    def session_id(self) -> str:
        return self.actor.session

    def deliver(self, mark: Mark, frame: Frame) -> bool:
        """Write an event unless the session has it, is being caught up, or is behind; whether it was written."""
        if self.behind or self.closed or (self.floor is not None and mark <= self.floor):
            return False
        if self._keeping:
            self._keep(mark, frame)
            return False
        return self.say(frame)

    def say(self, frame: Frame) -> bool:
        """Write a frame now, or fall behind."""
        if self.closed or self.behind:
            return False
        if not self.line.writable:
            self._fall_behind()
            return False
        self.line.write(frame)
        return True

    def murmur(self, frame: Frame) -> None:
        """Write a signal if that costs nothing; a session that is busy does without."""
        if not (self.closed or self.behind or self._keeping) and self.line.writable:
            self.line.write(frame)

    def hold(self) -> None:
        """Keep live events aside from now on."""
        self._keeping = True

    async def replay(self, told: Sequence[Told], until: Mark) -> None:
        """Write what was missed, as fast as the client takes it. Raises TooSlow."""
        for each in told:
            if self.floor is None or each.mark > self.floor:
                await self._paced(frames.event(each))
        self.pass_over(until)

    def pass_over(self, until: Mark) -> None:
        """Nothing up to here is to be sent any more."""
        self.floor = until if self.floor is None else max(self.floor, until)

    async def go_live(self) -> None:
        """Write what was kept aside, and from now on what comes. Raises TooSlow."""
        while self._kept:
            mark, frame = self._kept.popleft()
            self._kept_bytes -= len(frame.json)
            if self.floor is None or mark > self.floor:
                await self._paced(frame)
                self.pass_over(mark)
        self._keeping = False

    def catch_up(self, mark: Mark) -> None:
        """The line drained after events were skipped: the client loads anew and goes on from here."""
        self.behind = False
        self.pass_over(mark)
        self._drop_kept()
        self.say(frames.RESET)
        self.say(self.greeting(mark))

    def lose_sight(self) -> None:
        """Something may not be seen any more: whatever check is under way must be made again."""
        self.generation += 1

    def renew(self) -> None:
        """The rights behind this session changed: it forgets, and begins anew."""
        self.lose_sight()
        self._drop_kept()
        self.hold()
        self.on_renew()

    def close(self, code: int) -> None:
        if not self.closed:
            self.closed = True
            self._drop_kept()
            self.line.close(code)

    async def _paced(self, frame: Frame) -> None:
        if not self.line.writable and not self.closed:
            try:
                async with asyncio.timeout(SLOW_SECONDS):
                    await self.line.drained()
            except TimeoutError as error:
                raise TooSlow from error
        if not (self.closed or self.behind):
            self.line.write(frame)

    def _keep(self, mark: Mark, frame: Frame) -> None:
        self._kept.append((mark, frame))
        self._kept_bytes += len(frame.json)
        if self._kept_bytes > KEPT_BYTES:
            self._fall_behind()

    def _fall_behind(self) -> None:
        self.behind = True
        self.behind_since = self._monotonic()
        self._drop_kept()
        self.on_behind()

    def _drop_kept(self) -> None:
        self._kept.clear()
        self._kept_bytes = 0


def _ignore() -> None:
    """What a session does before somebody drives it."""
