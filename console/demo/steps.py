"""The first steps of the phones page tick themselves when the real event was committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from console.store.store import Store
from console.store.transaction import Event
from sandbox.world import Sandbox


class _By(msgspec.Struct):
    id: str = ""
    role: str = ""


class _Data(msgspec.Struct):
    """What a step needs of an event, whatever else is in it."""

    direction: str = ""
    kind: str = ""
    author: _By | None = None
    why: str = ""


_decode = msgspec.json.Decoder(_Data).decode


class Steps:
    """Hears every commit of this process. `played` tells the users whom a script plays: they tick nothing."""

    def __init__(self, sandbox: Sandbox, played: Callable[[], frozenset[str]] = frozenset) -> None:
        self._sandbox = sandbox
        self._played = played

    def listen(self, store: Store) -> None:
        """Stand behind whoever listens already. Called once, on the event loop, after the relay has started."""
        before = store.on_commit

        def heard(events: Sequence[Event], woken: frozenset[str]) -> None:
            if before is not None:
                before(events, woken)
            for event in events:
                step = self.step_of(event)
                if step:
                    self._sandbox.mark_step(step)

        store.on_commit = heard

    def step_of(self, event: Event) -> str:
        """The step that this event is, "" for none."""
        if event.name in (
            "message.created",
            "whisper.created",
            "takeover.started",
            "takeover.ended",
            "payment.recorded",
        ):
            return self._judge(event.name, _decode(event.data))
        return ""

    def _judge(self, name: str, data: _Data) -> str:
        if name == "payment.recorded":
            return "pay"
        if name == "takeover.started":
            return "take_over"
        if name == "takeover.ended":
            return "hand_back" if data.why == "handed_back" else ""
        if data.author is None or data.author.id in self._played() or data.author.role not in ("agent", "supervisor"):
            return ""
        if name == "whisper.created":
            return "whisper" if data.author.role == "supervisor" else ""
        return "answer" if data.direction == "out" and self._sandbox.steps()["write"] else ""
