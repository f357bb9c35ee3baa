"""Mail fetched from somebody's IMAP server: told at once by IDLE, and looked for every minute all the same.

Nothing is lost: a mail is marked \\Seen, and the cursor moved, only after it is stored. What comes again after a crash
has the same Message-ID, which intake knows. The blocking client lives in one thread of its own.
"""

from __future__ import annotations

import asyncio
import imaplib
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeVar

import structlog
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from msgspec import Struct

from channels.types import Delivery, Inbox
from console.fault import fault

log = structlog.get_logger()
T = TypeVar("T")

Accept = Callable[[str, Delivery], Awaitable[object]]
"""(inbox id, delivery): returns after the mail is committed, raises when it is not."""

MAX_BYTES = 36 * 1024 * 1024
POLL_SECONDS = 60.0
IDLE_SECONDS = 29 * 60.0  # RFC 2177: a server may drop whoever idles for half an hour
NETWORK_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
TROUBLES = (ImapToolsError, imaplib.IMAP4.error, OSError, ssl.SSLError, ValueError)


class Cursor(Struct, frozen=True):
    """How far a mailbox was read. UIDs mean something only together with their UIDVALIDITY (RFC 9051, 2.3.1.1)."""

    uid_validity: int
    last_uid: int


class State(Protocol):
    """Where cursors are kept, by inbox id."""

    async def load_state(self, inbox: str) -> Cursor | None: ...

    async def save_state(self, inbox: str, cursor: Cursor) -> None: ...


class ImapMailbox:
    """One inbox' mailbox. `trouble` says what is wrong just now, "" while it works: for operators."""

    def __init__(
        self,
        inbox: Inbox,
        accept: Accept,
        state: State,
        *,
        poll_seconds: float = POLL_SECONDS,
        first_pause: float = FIRST_PAUSE,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.inbox, self.trouble = inbox, ""
        self._accept, self._state, self._tls = accept, state, tls
        self._poll_seconds = min(poll_seconds, IDLE_SECONDS)
        self._first_pause = self._pause = first_pause
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"imap-{inbox.id}")
        self._live: BaseMailBox | None = None
        self._ended = False

    async def run(self) -> None:
        """Take mail until cancelled; reconnects by itself, after pauses that double up to five minutes."""
        try:
            while True:
                try:
                    await self._stay()
                except Exception as error:  # ours when storing failed, theirs when the server did: the same cure
                    self.trouble = _told(error)
                log.warning("mailbox.trouble", inbox=self.inbox.id, why=self.trouble.split(":")[0], pause_s=self._pause)
                await asyncio.sleep(self._pause * random.uniform(0.8, 1.2))
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
        finally:
            self._end()

    async def check(self) -> int:
        """Sign in, count the messages, leave: to test an inbox. Raises what `TROUBLES` lists."""
        try:
            box = await self._off(self._connect)
            return len(await self._off(partial(box.uids, "ALL", charset=None)))
        finally:
            self._end()

    async def _stay(self) -> None:
        """One connection, for as long as it holds."""
        try:
            box = await self._off(self._connect)
            log.info("mailbox.connected", inbox=self.inbox.id)
            while True:
                await self._take_new(box)
                self.trouble, self._pause = "", self._first_pause
                await self._wait(box)
        finally:
            self._cut()

    async def _take_new(self, box: BaseMailBox) -> None:
        validity, next_uid = _selected(box)
        cursor = await self._state.load_state(self.inbox.id)
        known = cursor if cursor and cursor.uid_validity == validity else None
        uids = await self._off(partial(_search, box, known))
        for uid in uids:
            raw = await self._off(partial(_fetch, box, uid))
            if raw is not None:
                await self._accept(self.inbox.id, Delivery(method="IMAP", body=raw))
                fault("imap.stored")
                await self._off(partial(_mark_seen, box, uid))
            if known:
                await self._state.save_state(self.inbox.id, Cursor(validity, uid))
        if not known:
            await self._state.save_state(self.inbox.id, Cursor(validity, max([next_uid - 1, *uids])))

    async def _wait(self, box: BaseMailBox) -> None:
        if "IDLE" in box.client.capabilities:
            await self._off(partial(_idle, box, self._poll_seconds))
        else:
            await asyncio.sleep(self._poll_seconds)
            await self._off(box.client.noop)

    async def _off(self, work: Callable[[], T]) -> T:
        """Run a blocking call in this mailbox' own thread, so that an idling one takes nobody else's."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _connect(self) -> BaseMailBox:
        box = _open(self.inbox, self._tls)
        self._live = box
        user, password = self.inbox.config.get("imap_user", ""), self.inbox.secrets.get("imap_password")
        folder = self.inbox.config.get("imap_mailbox", "") or "INBOX"
        if not user or not password:
            raise ValueError("the inbox has no imap_user or imap_password")
        signed_in = box.login if (user + password).isascii() else box.login_utf8
        signed_in(user, password, initial_folder=folder)
        if self._ended:
            self._cut()
        return box

    def _end(self) -> None:
        self._ended = True
        self._cut()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _cut(self) -> None:
        """Break the connection, from whichever thread: a call that blocks on it returns with an error."""
        box, self._live = self._live, None
        if box is None:
            return
        with suppress(OSError):  # already gone
            box.client.sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            box.client.shutdown()


def _open(inbox: Inbox, tls: ssl.SSLContext | None) -> BaseMailBox:
    host, security = inbox.config.get("imap_host", ""), inbox.config.get("imap_security", "tls")
    if not host:
        raise ValueError("the inbox has no imap_host")
    port = int(inbox.config.get("imap_port", "") or ("993" if security == "tls" else "143"))
    context = tls or ssl.create_default_context()
    if security == "tls":
        return MailBox(host, port, timeout=NETWORK_SECONDS, ssl_context=context)
    if security == "starttls":
        return MailBoxStartTls(host, port, timeout=NETWORK_SECONDS, ssl_context=context)
    if security == "none":
        return MailBoxUnencrypted(host, port, timeout=NETWORK_SECONDS)
    raise ValueError("imap_security is not tls, starttls or none")


def _selected(box: BaseMailBox) -> tuple[int, int]:
    """(UIDVALIDITY, UIDNEXT) as the server said when the mailbox was selected."""
    said = box.client.untagged_responses
    return _number(said.get("UIDVALIDITY"), 0), _number(said.get("UIDNEXT"), 1)


def _number(said: object, otherwise: int) -> int:
    last = said[-1] if isinstance(said, list) and said else b""
    return int(last) if isinstance(last, bytes) and last.isdigit() else otherwise


def _search(box: BaseMailBox, known: Cursor | None) -> list[int]:
    """UIDs to take, in order. A mailbox we know nothing of gives what nobody has read: its past is not ours to import.

    The range of a UID search always holds the last message, however small its UID (RFC 9051, 6.4.9): filtered.
    """
    last = known.last_uid if known else 0
    criteria = f"UID {last + 1}:*" if known else "UNSEEN"
    return sorted(uid for item in box.uids(criteria, charset=None) if (uid := int(item)) > last)


def _fetch(box: BaseMailBox, uid: int) -> bytes | None:
    """The message, unmarked; None if it is gone. One byte beyond the limit is enough to know that it is too large."""
    kind, data = box.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
    if kind != "OK":
        raise OSError(f"FETCH answered {kind}")
    return next((item[1] for item in data if isinstance(item, tuple)), None)


def _mark_seen(box: BaseMailBox, uid: int) -> None:
    kind, _ = box.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
    if kind != "OK":
        raise OSError(f"STORE answered {kind}")


def _idle(box: BaseMailBox, seconds: float) -> None:
    """Wait for a push. One that came in the same breath as the server's "go ahead" already lies in the client's buffer,
    where watching the socket would not see it."""
    with box.idle as idle:
        if not _buffered(box):
            idle.poll(timeout=seconds)


def _buffered(box: BaseMailBox) -> bool:
    sock, buffer = box.client.sock, getattr(box.client, "_file", None)
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        return bool(buffer.peek(1)) if buffer is not None else False
    except OSError:  # nothing there yet
        return False
    finally:
        sock.settimeout(patience)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"
