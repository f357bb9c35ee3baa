"""Carries webhooks and mails to the product, each lane in order, many lanes side by side, failures tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import aiosmtplib
import httpx2
import msgspec

from sandbox.clock import Clock
from sandbox.feed import Feed
from sandbox.records import Post
from sandbox.store import Store

log = logging.getLogger("sandbox")

AT_ONCE = 32
TIMEOUT_S = 20.0
BUSY_WAIT_S = 3600.0


class Courier:
    """Runs between `start` and `stop`; what is not delivered by then is carried after the next start."""

    def __init__(self, store: Store, clock: Clock, feed: Feed) -> None:
        self._store, self._clock, self._feed = store, clock, feed
        self._wake = asyncio.Event()
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx2.AsyncClient | None = None
        self._runner: asyncio.Task[None] | None = None
        self.left: Callable[[Post], None] = lambda post: None

    async def start(self) -> None:
        self._client = httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._runner = asyncio.create_task(self._run(), name="sandbox.courier")

    async def stop(self) -> None:
        tasks = [*self._tasks, *([self._runner] if self._runner else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()

    def post(self, post: Post, thread: str = "") -> None:
        """Takes a delivery; it leaves once it is due."""
        self._store.add_post(post, thread)
        self._wake.set()

    def hurry(self) -> None:
        """What is due may have changed."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            now = self._clock.real()
            if len(self._busy) < AT_ONCE:
                for post_id, lane in self._store.due_posts(now):
                    if lane not in self._busy and len(self._busy) < AT_ONCE:
                        self._begin(self._store.post(post_id))
            due = self._store.next_due(now)
            wait = BUSY_WAIT_S if due is None else max(0.001, (due - self._clock.real()) / 1000)
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _begin(self, post: Post) -> None:
        self._busy.add(post.lane)
        task = asyncio.create_task(self._carry(post))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, post: Post) -> None:
        try:
            if post.attempts == 0:
                self.left(post)
            self._settle(post, await self._attempt(post))
        except Exception:
            log.exception("sandbox.delivery_failed")
            self._store.save_post(msgspec.structs.replace(post, state="given_up"))
        finally:
            self._busy.discard(post.lane)
            self._wake.set()

    async def _attempt(self, post: Post) -> int:
        """The product's answer: an HTTP status or an SMTP reply code, 0 if there was none. Without a url: 200."""
        if not post.url:
            return 200
        if post.url.startswith("smtp:"):
            return await _mail(post)
        assert self._client is not None
        try:
            answer = await self._client.post(post.url, headers=post.headers, content=post.body)
        except httpx2.HTTPError:
            return 0
        return answer.status_code

    def _settle(self, post: Post, answer: int) -> None:
        taken = 200 <= answer < 300
        attempts = post.attempts + 1
        again = not taken and attempts <= len(post.waits)
        changed = msgspec.structs.replace(
            post,
            attempts=attempts,
            answer=answer,
            state="done" if taken else "pending" if again else "given_up",
            due_at=self._clock.real() + round(post.waits[attempts - 1] * 1000) if again else post.due_at,
        )
        self._store.save_post(changed)
        if taken and not post.status and (message := self._store.raise_status(post.message, "delivered")):
            self._feed.tell("message.updated", person=message.person, inbox=message.inbox, id=message.id)
        if not again and not taken:
            self._feed.tell("delivery.given_up", inbox=post.inbox, id=post.message, answer=answer)


async def _mail(post: Post) -> int:
    target = urlsplit(post.url)
    client = aiosmtplib.SMTP(hostname=target.hostname, port=target.port, start_tls=False, timeout=TIMEOUT_S)
    try:
        async with client:
            await client.ehlo()
            await client.mail(post.headers["mail_from"])
            await client.rcpt(post.headers["rcpt_to"])
            return (await client.data(post.body)).code
    except aiosmtplib.SMTPResponseException as refused:
        return refused.code
    except (aiosmtplib.SMTPException, OSError):
        return 0
