"""Who sent this request: a cookie with its CSRF token and origin, or a bearer token."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict

from starlette.requests import HTTPConnection

from console.errors import Forbidden, Unauthenticated
from console.people import actors, sessions, tokens
from console.people.actors import Signed
from console.services import Services
from console.settings import Settings
from console.web.hosts import Hosts, header
from console.wire.moment import Ms

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCHED = 20_000


def cookie_name(settings: Settings) -> str:
    """`__Host-` exactly where the public URL is https; elsewhere a browser would refuse it."""
    return "__Host-acordo" if settings.secure else "acordo"


def cookie(settings: Settings, value: str) -> str:
    """The Set-Cookie header of a session; an empty value clears it."""
    secure = "Secure; " if settings.secure else ""
    ends = "" if value else "Max-Age=0; "
    return f"{cookie_name(settings)}={value}; Path=/; {ends}{secure}HttpOnly; SameSite=Lax"


def address_of(connection: HTTPConnection) -> str:
    """The peer's address; "" when there is none (a local socket)."""
    return connection.client.host if connection.client else ""


class Identity:
    """Proves who asks. Every request is proved anew: a disabled account or ended session is out at once."""

    def __init__(self, services: Services, hosts: Hosts) -> None:
        self._services = services
        self._hosts = hosts
        self._touched: OrderedDict[str, Ms] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def of(self, connection: HTTPConnection) -> Signed | None:
        """The signed-in caller, or None. Raises Unauthenticated for a bearer token that is no good."""
        bearer = header(connection.headers.raw, b"authorization")
        if bearer:
            return await self._by_token(bearer)
        value = connection.cookies.get(cookie_name(self._services.settings), "")
        if not value:
            return None
        signed = await self._services.store.read(actors.by_cookie, value, self._services.settings)
        if signed is not None:
            self.use(signed)
        return signed

    def check_unsafe(self, connection: HTTPConnection, signed: Signed) -> None:
        """Raises Forbidden unless an unsafe request by cookie comes from a page of ours and has the session's token."""
        if not signed.csrf:
            return
        self.check_origin(connection)
        given = header(connection.headers.raw, b"x-csrf-token")
        if not hmac.compare_digest(given.encode(), signed.csrf.encode()):
            raise Forbidden("The X-CSRF-Token header is missing or not this session's.")

    def check_origin(self, connection: HTTPConnection, *, must: bool = False) -> None:
        """Raises Forbidden when the browser says that another site sent this; with `must`, also when it is silent."""
        raw = connection.headers.raw
        names = [name for name, _ in raw]
        if b"sec-fetch-site" in names and header(raw, b"sec-fetch-site") not in ("same-origin", "none"):
            raise Forbidden("This request came from another site.")
        if b"origin" in names:
            if not self._hosts.is_origin(header(raw, b"origin"), header(raw, b"host")):
                raise Forbidden("This request came from another origin.")
        elif must:
            raise Forbidden("The Origin header is missing.")

    def use(self, signed: Signed) -> None:
        """Note that a session or token is in use; written once a minute, and nobody waits for it."""
        key = signed.actor.session or signed.token
        now = self._services.clock.real()
        if now - max(signed.seen_at, self._touched.get(key, 0)) < sessions.TOUCH:
            return
        self._touched[key] = now
        self._touched.move_to_end(key)
        while len(self._touched) > _TOUCHED:
            self._touched.popitem(last=False)
        verb = sessions.touch if signed.actor.session else tokens.used
        task = asyncio.ensure_future(self._services.store.write(verb, key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _by_token(self, header_value: str) -> Signed:
        kind, _, secret = header_value.partition(" ")
        if kind.lower() != "bearer":
            raise Unauthenticated("The Authorization header must be: Bearer TOKEN.")
        signed = await self._services.store.read(actors.by_token, secret.strip())
        if signed is None:
            raise Unauthenticated("The token is unknown, revoked or expired.")
        self.use(signed)
        return signed
