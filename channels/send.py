"""The only I/O towards a debtor: one call, one permit of the gate, at most one attempt.

`send` takes a `Call` (what a channel built of an `Outbound`) and a `Permit` (which the gate alone makes). Notes and
whispers are neither, so there is no way to hand one in. Nothing is repeated and no redirect followed: whatever leaves
it open whether the provider took the message is `Unknown`, until a callback, a look-up or a person settles it.
"""

from __future__ import annotations

import asyncio
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import assert_never

import httpx2
from msgspec import Struct

from channels.registry import channel_of
from channels.smtp import deliver
from channels.types import Answer, Call, Fault, HttpCall, Inbox, Mail, Outcome, Permit, Refused, Unknown

ANSWER_BYTES = 1024 * 1024
NOT_CALLED = frozenset({"deadline", "permit_mismatch", "foreign_url", "unreachable"})
"""Codes of what never came to a provider."""


class Patience(Struct, frozen=True, kw_only=True):
    """Seconds. A mail has longer, since 25 MB must pass and a mail server may think before it answers."""

    connect: float = 3
    write: float = 5
    read: float = 10
    total: float = 15
    mail: float = 60


PATIENCE = Patience()


def new_client(connections: int = 100) -> httpx2.AsyncClient:
    """The client that sends: no redirects, no retries, no cookies, no proxy or credentials from the environment."""
    return httpx2.AsyncClient(
        transport=httpx2.AsyncHTTPTransport(
            retries=0,
            trust_env=False,
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
        ),
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"user-agent": "Acordo", "accept": "application/json", "accept-encoding": "identity"},
    )


async def send(
    client: httpx2.AsyncClient, inbox: Inbox, call: Call, permit: Permit, now: int, *, patience: Patience = PATIENCE
) -> Outcome:
    """Hand one message to its provider, once.

    `Refused` means that it was surely not sent: by the provider's own answer, or because the call never began (codes
    `deadline`, `permit_mismatch`, `foreign_url`, `unreachable`). Raises nothing but cancellation.
    """
    if (fault := _may_not_start(inbox, call, permit, now)) is not None:
        return Refused(fault=fault)
    match call:
        case HttpCall():
            return await _post(client, inbox, call, patience)
        case Mail():
            return await deliver(inbox, call, connect=patience.connect, total=patience.mail)
        case _:
            assert_never(call)


def _may_not_start(inbox: Inbox, call: Call, permit: Permit, now: int) -> Fault | None:
    if call.ref != permit.ref:
        return Fault(code="permit_mismatch", title="The permit is for another message")
    if now > permit.until:
        return Fault(code="deadline", title="The permit had run out before the call began", retryable=True)
    if isinstance(call, HttpCall) and not (inbox.origin and call.url.startswith(f"{inbox.origin}/")):
        return Fault(code="foreign_url", title="The call does not go to the inbox's provider")
    return None


async def _post(client: httpx2.AsyncClient, inbox: Inbox, call: HttpCall, patience: Patience) -> Outcome:
    timeout = httpx2.Timeout(connect=patience.connect, write=patience.write, read=patience.read, pool=patience.connect)
    try:
        async with asyncio.timeout(patience.total):
            async with client.stream(
                call.method, call.url, headers=call.headers, content=call.body, timeout=timeout
            ) as response:
                answer = await _answer(response)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.InvalidURL) as error:
        return Refused(fault=unreachable(type(error).__name__))
    except httpx2.UnsupportedProtocol:
        return Refused(fault=Fault(code="foreign_url", title="The inbox's origin is no web address"))
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:  # TimeoutError is an OSError
        return Unknown(reason=f"no answer: {type(error).__name__}")
    return channel_of(inbox.provider).read(inbox, answer)


def reached(outcome: Outcome) -> bool:
    """Whether the provider surely answered: it counted a call."""
    return not (isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.fault.code in NOT_CALLED))


def unreachable(title: str) -> Fault:
    """No connection came to be, so no byte of the message left."""
    return Fault(
        code="unreachable",
        title=title,
        hint="The provider cannot be reached. The message is tried again by itself.",
        retryable=True,
        scope="number",
    )


async def _answer(response: httpx2.Response) -> Answer:
    """The answer, at most 1 MiB of it; a compressed one was not asked for, and stays unreadable."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > ANSWER_BYTES:
            break
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, body=bytes(body[:ANSWER_BYTES]), headers=headers)
