"""The built-in SMTP listener: a door for mail to our inboxes, and to nobody else.

It answers 250 only after the mail is stored, 451 when storing failed (the sender keeps it and tries again), 550 for an
address that is none of ours (so it relays nothing), 552 beyond the size limit. A mail ends at CRLF.CRLF alone: bare
line feeds are content, so that nothing can be smuggled behind it (CVE-2024-27305).
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.email.addresses import normal
from channels.types import Delivery
from console.fault import fault

log = structlog.get_logger()

Accept = Callable[[str, Delivery], Awaitable[object]]
"""(inbox id, delivery): returns after the mail is committed, raises when it is not."""

FindInbox = Callable[[str], Awaitable[str]]
"""The id of the inbox an address belongs to, "" if none. The address may carry a token: see `tokens.base_address`."""

MAX_BYTES = 36 * 1024 * 1024
MAX_RECIPIENTS = 100
MAX_SESSIONS = 20
ACCEPT_SECONDS = 60.0
IDLE_SECONDS = 120.0
_COMMANDS = {"RCPT": 1000, "MAIL": 200, "NOOP": 20, "VRFY": 5, "HELP": 5, "RSET": 200, "*": 100}

# It writes every command, and with it every address, at level INFO.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class MailDoor:
    """Listens until stopped. It knows nothing of areas: `find_inbox` and `accept` are all it is given."""

    def __init__(
        self,
        accept: Accept,
        find_inbox: FindInbox,
        *,
        hostname: str = "localhost",
        tls: ssl.SSLContext | None = None,
        max_bytes: int = MAX_BYTES,
        max_sessions: int = MAX_SESSIONS,
        accept_seconds: float = ACCEPT_SECONDS,
    ) -> None:
        self._handler = _Handler(accept, find_inbox, accept_seconds)
        self._hostname, self._tls, self._max_bytes, self._max_sessions = hostname, tls, max_bytes, max_sessions
        self._open: set[_Session] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Begin to listen; the port, chosen by the system when 0. Raises OSError if it is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._session, host, port)
        bound = int(self._server.sockets[0].getsockname()[1])
        log.info("smtpd.started", port=bound)
        return bound

    async def stop(self) -> None:
        """Listen no more and end every session; a mail that was not answered will be sent again by its sender."""
        if self._server:
            self._server.close()
            for session in list(self._open):
                session.end()
            await self._server.wait_closed()
            self._server = None

    def _session(self) -> _Session:
        return _Session(self._handler, self._open, self._max_sessions, self._hostname, self._tls, self._max_bytes)


class _Session(SMTP):
    # Real senders break RFC 5321's 1,000 octets a line; refusing them would lose mail of people.
    line_length_limit = 64 * 1024

    def __init__(
        self,
        handler: _Handler,
        opened: set[_Session],
        limit: int,
        hostname: str,
        tls: ssl.SSLContext | None,
        max_bytes: int,
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=max_bytes,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ESMTP",
            tls_context=tls,
            timeout=IDLE_SECONDS,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=_COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self._opened, self._limit = opened, limit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self._opened) >= self._limit and self not in self._opened and isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
            transport.close()
            return
        self._opened.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._opened:
            self._opened.discard(self)
            super().connection_lost(error)

    def end(self) -> None:
        if self.transport is not None:
            self.transport.close()


class _Handler:
    """aiosmtpd's hooks (its documentation, "Handlers")."""

    def __init__(self, accept: Accept, find_inbox: FindInbox, accept_seconds: float) -> None:
        self._accept, self._find_inbox, self._accept_seconds = accept, find_inbox, accept_seconds

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        clean = normal(address)
        if not clean:
            return "553 5.1.3 That is not an address"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            found = await self._find_inbox(clean)
        except Exception as error:
            log.warning("smtpd.lookup_failed", error=type(error).__name__)
            return "451 4.3.0 Try again later"
        if not found:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(clean)
        _inboxes(envelope).setdefault(found, []).append(clean)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        body = envelope.original_content or b""
        fault("smtp.data")
        for inbox, recipients in _inboxes(envelope).items():
            delivery = Delivery(
                method="SMTP",
                body=body,
                envelope_from=envelope.mail_from or "<>",
                envelope_to=tuple(recipients),
            )
            try:
                async with asyncio.timeout(self._accept_seconds):
                    await self._accept(inbox, delivery)
            except Exception as error:
                log.warning("smtpd.not_stored", inbox=inbox, error=type(error).__name__)
                return "451 4.3.0 Not stored, try again later"
        fault("smtp.stored")
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        log.warning("smtpd.session_failed", error=type(error).__name__)
        return "451 4.3.0 Try again later"


def _inboxes(envelope: Envelope) -> dict[str, list[str]]:
    """Recipients by inbox, kept on the envelope: a new MAIL or RSET begins a new one."""
    found: dict[str, list[str]] = envelope.__dict__.setdefault("acordo_inboxes", {})
    return found
