"""Plans what a provider tells after it took a message: which statuses, when, how often, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from sandbox.records import Message, Post
from sandbox.world import Sandbox


class Notice(Struct, frozen=True, kw_only=True):
    """One rendered webhook. An empty url tells nobody, and only the phone's ticks move."""

    url: str
    headers: dict[str, str]
    body: bytes


Render = Callable[[str, str, int], Notice]
"""(status, error code, time in ms) to the webhook that says so."""


def plan(
    sandbox: Sandbox, message: Message, statuses: Sequence[str], error: str, render: Render, waits: Sequence[float] = ()
) -> None:
    """Schedules the callbacks of one taken message by the provider's behaviour and the sandbox's pace."""
    behaviour = sandbox.behaviour(message.provider)
    pace, real, now = sandbox.config.pace, sandbox.clock.real(), sandbox.clock.now()
    thread = thread_of(message)
    watched = sandbox.store.setting("open_thread", "") == thread
    delays: list[int] = []
    for status in statuses:
        wanted = pace.delivered_ms if status == "read" and watched else pace.after(status)
        delays.append(max([wanted, *delays[-1:]]))
    told = list(zip(statuses, [now + delay for delay in delays], strict=True))
    if behaviour.shuffle_callbacks:
        told.reverse()
    for delay, (status, at) in zip(delays, told, strict=True):
        failure = error if status in {"failed", "undelivered"} else ""
        notice = render(status, failure, at)
        post = Post(
            lane=message.id,
            inbox=message.inbox,
            message=message.id,
            status="failed" if status == "undelivered" else status,
            error=failure,
            url=notice.url,
            headers=notice.headers,
            body=notice.body,
            due_at=real + delay,
            waits=tuple(waits),
        )
        for _ in range(1 + int(behaviour.duplicate_callbacks)):
            sandbox.courier.post(post, thread)


def thread_of(message: Message) -> str:
    return f"{message.person} {message.inbox}"
