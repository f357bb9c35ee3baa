"""Fetching what others name: files, outgoing webhooks, identity providers, without being led to a neighbour of ours.

https on port 443 only, no user in the address; the name is resolved once, every address of it must be public, and the
connection goes to exactly that address, with the name for SNI, certificate and Host. No redirect unless asked for, each
checked as the first, with Authorization dropped. No cookies, no proxy from the environment; time and size are capped.
Exact origins may be excepted from the rules on scheme, port and address: a sandbox on the loopback, a relay in-house.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import os
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx2
from msgspec import Struct, field

from channels.errors import ServiceFailed

Resolve = Callable[[str, int], Awaitable[list[str]]]

MAIL_PORTS = frozenset({25, 143, 465, 587, 993, 2525})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER_4 = tuple(ipaddress.IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24"))
_NEVER_6 = tuple(ipaddress.IPv6Network(net) for net in ("::/96", "64:ff9b:1::/48", "2001::/32", "fec0::/10"))
_ADDRESSES_TRIED = 3
_KEPT_ORIGINS, _KEPT_CONNECTIONS, _KEPT_SECONDS = 16, 16, 30.0


class Blocked(ServiceFailed):
    """The address is one that we do not talk to. Asking again cannot help."""

    def __init__(self, text: str) -> None:
        super().__init__(text, permanent=True)


class Ask(Struct, frozen=True, kw_only=True):
    """One request. `hosts` are the only ones allowed, empty = any public one; `seconds`, `cap` (bytes) are totals.
    `kept`: over a connection that stays for the next one of the same origin; for what may be asked twice.
    """

    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hosts: frozenset[str] = frozenset()
    redirects: int = 0
    seconds: float = 30
    cap: int = 1024 * 1024
    kept: bool = False

    def __repr__(self) -> str:
        return f"Ask({self.method} …)"  # url, headers and body hold addresses and secrets


class Got(Struct, frozen=True, kw_only=True):
    """The answer, whatever its status. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Saved(Struct, frozen=True, kw_only=True):
    """A file that was fetched. `sha256` in hex, `size` in bytes."""

    status: int
    headers: dict[str, str]
    size: int
    sha256: str


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where it hides in an IPv6 one (mapped, NAT64, 6to4)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            hidden = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if hidden is not None:
            return is_public(str(hidden))
        never = ip.scope_id is not None or any(ip in network for network in _NEVER_6)
    else:
        never = any(ip in network for network in _NEVER_4)
    return ip.is_global and not (never or ip.is_multicast or ip.is_reserved or ip.is_loopback)


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in the system's order. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def origin_of(url: str) -> str:
    """scheme://host:port, in lower case and always with the port. Raises Blocked."""
    parsed = _parsed(url)
    return f"{parsed.scheme}://{_host(parsed)}:{_port(parsed)}"


class Connector:
    """Holds the exact origins that are excepted (none outside the demo, unless an operator names them)."""

    def __init__(
        self,
        excepted: frozenset[str] = frozenset(),
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._excepted = frozenset(origin_of(url) for url in excepted)
        self._resolve = resolve
        self._tls = tls or ssl.create_default_context()
        self._kept: OrderedDict[str, httpx2.AsyncClient] = OrderedDict()

    async def aclose(self) -> None:
        """Let go of the connections that were kept."""
        while self._kept:
            await self._kept.popitem()[1].aclose()

    def check(self, url: str) -> None:
        """Refuse an address that would never be asked, whatever its name resolves to. Raises Blocked."""
        self._is_excepted(_parsed(url))

    async def ask(self, ask: Ask) -> Got:
        """The answer. Raises Blocked; ServiceFailed when there is none in time or it is larger than `cap`."""
        async with self._open(ask) as response:
            body = bytearray()
            async for chunk in _chunks(response, ask.cap):
                body += chunk
            return Got(status=response.status_code, headers=_headers(response), body=bytes(body))

    async def save(self, ask: Ask, path: Path) -> Saved:
        """The answer's body in a new file, flushed to disk; no file remains when it failed or its status is not 2xx.

        Raises as `ask`, and FileExistsError.
        """
        done = False
        with await asyncio.to_thread(path.open, "xb") as file:
            try:
                async with self._open(ask) as response:
                    digest, size = hashlib.sha256(), 0
                    async for chunk in _chunks(response, ask.cap):
                        digest.update(chunk)
                        size += len(chunk)
                        await asyncio.to_thread(file.write, chunk)
                    await asyncio.to_thread(_flush, file.fileno(), file.flush)
                    done = 200 <= response.status_code < 300
                    status, headers = response.status_code, _headers(response)
            finally:
                if not done:
                    await asyncio.to_thread(path.unlink, missing_ok=True)
        return Saved(status=status, headers=headers, size=size, sha256=digest.hexdigest())

    async def mail_address(self, host: str, port: int) -> str:
        """The one address to connect to for a mail server (excepted as `smtp://host:port`). Raises as `ask`."""
        excepted = f"smtp://{host.lower()}:{port}" in self._excepted
        if not excepted and port not in MAIL_PORTS:
            raise Blocked("this is no port of a mail server")
        return (await self._addresses(host, port, any_address=excepted))[0]

    @asynccontextmanager
    async def _open(self, ask: Ask) -> AsyncIterator[httpx2.Response]:
        try:
            async with asyncio.timeout(ask.seconds):
                async with self._follow(ask) as response:
                    yield response
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:  # TimeoutError is an OSError
            raise ServiceFailed(f"fetching failed: {type(error).__name__}", permanent=False) from None
        except httpx2.InvalidURL:
            raise Blocked("the address is malformed") from None

    @asynccontextmanager
    async def _follow(self, ask: Ask) -> AsyncIterator[httpx2.Response]:
        url, headers = _parsed(ask.url), ask.headers
        async with self._way(ask, url) as client:
            for left in range(ask.redirects, -1, -1):
                response = await self._once(client, ask, url, headers)
                target = response.headers.get("location", "")
                if not (left and target and response.status_code in _REDIRECTS):
                    break
                await response.aclose()
                url = _parsed(str(url.join(target)))
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            try:
                yield response
            finally:
                await response.aclose()

    @asynccontextmanager
    async def _way(self, ask: Ask, url: httpx2.URL) -> AsyncIterator[httpx2.AsyncClient]:
        if ask.kept:
            yield await self._kept_for(origin_of(str(url)))
            return
        async with self._new_client(0) as client:
            yield client

    async def _kept_for(self, origin: str) -> httpx2.AsyncClient:
        """A client of its own for each origin: the pool tells connections apart by address and not by the name whose
        certificate was seen, and several names may stand behind one address.
        """
        client = self._kept.get(origin)
        if client is None:
            client = self._kept[origin] = self._new_client(_KEPT_CONNECTIONS)
        self._kept.move_to_end(origin)
        if len(self._kept) > _KEPT_ORIGINS:
            await self._kept.popitem(last=False)[1].aclose()
        return client

    def _new_client(self, keeps: int) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=self._tls,
            trust_env=False,
            follow_redirects=False,
            limits=httpx2.Limits(max_keepalive_connections=keeps, keepalive_expiry=_KEPT_SECONDS),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def _once(
        self, client: httpx2.AsyncClient, ask: Ask, url: httpx2.URL, headers: dict[str, str]
    ) -> httpx2.Response:
        host, port, excepted = _host(url), _port(url), self._is_excepted(url)
        if not excepted and ask.hosts and host not in ask.hosts:
            raise Blocked("the address is not one of the provider's")
        addresses = await self._addresses(host, port, any_address=excepted)
        named = {"user-agent": "Acordo", "accept-encoding": "identity", **headers, "host": url.netloc.decode("ascii")}
        waits = httpx2.Timeout(ask.seconds, connect=min(ask.seconds, 5)).as_dict()
        for left, address in enumerate(addresses, start=1 - len(addresses)):
            request = client.build_request(
                ask.method,
                url.copy_with(host=address),
                headers=named,
                content=ask.body or None,
                extensions={"sni_hostname": host, "timeout": waits},
            )
            try:
                return await _sent(client, request, again=ask.kept)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if left == 0:
                    raise
        raise AssertionError("there is at least one address")

    def _is_excepted(self, url: httpx2.URL) -> bool:
        """Raises Blocked for what is neither excepted nor https on its own port."""
        excepted = url.scheme != "smtp" and f"{url.scheme}://{_host(url)}:{_port(url)}" in self._excepted
        if not excepted and (url.scheme != "https" or _port(url) != 443):
            raise Blocked("only https on its own port is fetched")
        return excepted

    async def _addresses(self, host: str, port: int, *, any_address: bool) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise ServiceFailed("the name does not resolve", permanent=False) from None
        if not addresses or not (any_address or all(is_public(address) for address in addresses)):
            raise Blocked("the address is not public")
        return addresses[:_ADDRESSES_TRIED]


def _parsed(url: str) -> httpx2.URL:
    """The one parse that everything after relies on. Raises Blocked."""
    if not url.isascii() or not url.isprintable() or any(char in url for char in ' \\"<>^`{|}'):
        raise Blocked("the address is malformed")
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise Blocked("the address is malformed") from None
    if parsed.userinfo or not parsed.host or parsed.scheme not in ("https", "http", "smtp"):
        raise Blocked("the address names a user, no host, or another scheme")
    return parsed


def _host(url: httpx2.URL) -> str:
    return url.raw_host.decode("ascii").lower()


def _port(url: httpx2.URL) -> int:
    return url.port or {"https": 443, "http": 80, "smtp": 25}[url.scheme]


async def _chunks(response: httpx2.Response, cap: int) -> AsyncIterator[bytes]:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise ServiceFailed("the answer is compressed, which was not asked for", permanent=True)
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > cap:
            raise ServiceFailed(f"the answer is larger than {cap} bytes", permanent=True)
        yield chunk


async def _sent(client: httpx2.AsyncClient, request: httpx2.Request, *, again: bool) -> httpx2.Response:
    """`again`: once more when a kept connection turns out to have been let go of at the far end."""
    try:
        return await client.send(request, stream=True)
    except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
        if not again:
            raise
    return await client.send(request, stream=True)


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _flush(descriptor: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(descriptor)
