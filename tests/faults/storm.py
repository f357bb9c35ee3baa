"""A run under faults: people at work, processes that die at random instants, carriers in bad weather; then rest.

The schedule comes of a seed; what the machine makes of it does not, so a red seed is run again and again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.faults.checker import check
from tests.faults.collect import differences, gather, left_undone
from tests.faults.history import Run
from tests.faults.load import Office
from tests.faults.rig import Process, Rig

REST_S = 30.0
WEATHER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("meta", {}),
    ("meta", {"drop_response": True}),
    ("meta", {"latency_ms": 400}),
    ("meta", {"latency_ms": 300, "shuffle_callbacks": True, "duplicate_callbacks": 3}),
    ("meta", {"accept": False, "error_code": "130429"}),
    ("meta", {"statuses": ["delivered"]}),
    ("meta", {"statuses": ["failed", "delivered"]}),
    ("twilio", {}),
    ("twilio", {"drop_response": True}),
    ("twilio", {"latency_ms": 400, "duplicate_callbacks": 2, "shuffle_callbacks": True}),
    ("twilio", {"statuses": []}),
)


class Storm:
    """`run` ends by itself; `kills` counts what died, by process."""

    def __init__(self, here: Rig, seed: int, *, a_second: float = 12, say: Callable[[str], None] = print) -> None:
        self.here, self.seed, self.say = here, seed, say
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.office = Office(here, seed, a_second)

    async def run(self, kills: int) -> list[str]:
        """So many kills under load; every violation of what must hold."""
        began = time.monotonic()
        await self.office.begin()
        for number in range(1, kills + 1):
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            await self._change_weather()
            await self._kill(self.chance.choice(self._victims()))
            if number % 10 == 0:
                self.say(f"{number} kills in {time.monotonic() - began:.0f} s: {self._so_far()}")
        await asyncio.sleep(1)
        return check(await self._rest())

    def _victims(self) -> list[Process]:
        """The product's processes, and now and then the carriers'."""
        return [*self.here.products, *self.here.workers] * 4 + [self.here.carriers]

    async def _kill(self, victim: Process) -> None:
        await asyncio.to_thread(victim.kill)
        self.kills[victim.name] += 1
        await asyncio.sleep(self.chance.choice((0.0, 0.0, 0.3)))
        await asyncio.to_thread(victim.start)

    async def _change_weather(self) -> None:
        if self.chance.random() < 0.5:
            provider, how = self.chance.choice(WEATHER)
            await asyncio.to_thread(self.here.behave, provider, **how)

    async def _rest(self) -> Run:
        """The faults stop; what is due must be done within half a minute."""
        for provider in ("meta", "twilio"):
            await asyncio.to_thread(self.here.behave, provider)
        await self.office.close_door()
        stuck = await self._until_quiet()
        run = gather(self.office)
        run.stuck = stuck
        await self.office.go_home()
        self.say(f"seed {self.seed}: {self._so_far()}")
        return run

    async def _until_quiet(self) -> list[str]:
        ends = time.monotonic() + REST_S
        while True:
            left = left_undone(self.here)
            left += [f"{each.client} holds {key} otherwise" for each in self.office.clients
                     for key in differences(self.here, each)]  # fmt: skip
            if not left or time.monotonic() > ends:
                return left
            await asyncio.sleep(0.3)

    def _so_far(self) -> str:
        run = self.office.run
        told = sum(len(client.frames) for client in self.office.clients)
        died = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return f"{len(run.wrote)} attempts at replies, {told} frames heard, {died or 'nothing'} killed"
