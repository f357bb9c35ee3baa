"""The only way towards a debtor: at most one attempt, and the truth about what became of it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from channels.registry import channel_of
from channels.send import Patience, new_client, send
from channels.types import Accepted, HttpCall, Inbox, Mail, Outbound, Permit, Refused, Secrets, To, Unknown
from tests.channels.samples import NOW, meta_inbox
from tests.channels.servers import Reply, Script, http, read_request, serving

PERMIT = Permit(ref="m-1", decision="d-1", until=NOW + 10_000)
TAKEN = Reply(body=b'{"messages":[{"id":"wamid.1"}]}')
SHORT = Patience(connect=1, write=1, read=0.2, total=0.5, mail=0.5)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with new_client() as made:
        yield made


def _inbox(port: int) -> Inbox:
    return replace(meta_inbox(), origin=f"http://127.0.0.1:{port}/graph")


def _call(inbox: Inbox, ref: str = "m-1") -> Any:
    return channel_of("meta").build(inbox, Outbound(ref=ref, to=To(wa_id="5511900000001"), text="Olá"))


async def _send(client: httpx2.AsyncClient, script: Script, patience: Patience = SHORT) -> Any:
    async with serving(script) as port:
        inbox = _inbox(port)
        return await send(client, inbox, _call(inbox), PERMIT, NOW, patience=patience)


async def test_a_message_is_handed_over_once_and_read_by_its_channel(client: httpx2.AsyncClient) -> None:
    async with http(lambda _: TAKEN) as (port, received):
        inbox = _inbox(port)
        assert await send(client, inbox, _call(inbox), PERMIT, NOW) == Accepted(provider_id="wamid.1")
    (request,) = received
    assert request.target == "/graph/v23.0/106540352242922/messages"
    assert request.headers["authorization"] == "Bearer token-of-the-number"
    assert request.headers["accept-encoding"] == "identity"


async def test_nothing_is_sent_without_the_permit_for_this_message_in_time(client: httpx2.AsyncClient) -> None:
    async with http(lambda _: TAKEN) as (port, received):
        inbox = _inbox(port)
        late = await send(client, inbox, _call(inbox), PERMIT, PERMIT.until + 1)
        other = await send(client, inbox, _call(inbox, ref="m-2"), PERMIT, NOW)
        foreign = await send(client, replace(inbox, origin=f"http://127.0.0.1:{port}/gr"), _call(inbox), PERMIT, NOW)
        nowhere = await send(client, replace(inbox, origin=""), _call(inbox), PERMIT, NOW)
    assert isinstance(late, Refused) and (late.fault.code, late.fault.retryable) == ("deadline", True)
    assert isinstance(other, Refused) and (other.fault.code, other.fault.retryable) == ("permit_mismatch", False)
    assert isinstance(foreign, Refused) and foreign.fault.code == "foreign_url"
    assert isinstance(nowhere, Refused)
    assert received == []


async def test_at_the_very_end_of_the_permit_it_still_goes(client: httpx2.AsyncClient) -> None:
    async with http(lambda _: TAKEN) as (port, _):
        inbox = _inbox(port)
        assert isinstance(await send(client, inbox, _call(inbox), PERMIT, PERMIT.until), Accepted)


async def test_a_whisper_cannot_be_handed_in(client: httpx2.AsyncClient) -> None:
    whisper: Any = {"kind": "whisper", "text": "offer 20 %", "ref": "m-1"}
    with pytest.raises(AttributeError):
        await send(client, meta_inbox(), whisper, PERMIT, NOW)


async def test_a_refused_connection_is_a_definite_no(client: httpx2.AsyncClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        inbox = _inbox(taken.getsockname()[1])
        outcome = await send(client, inbox, _call(inbox), PERMIT, NOW)
    assert isinstance(outcome, Refused)
    assert (outcome.fault.code, outcome.fault.retryable, outcome.fault.scope) == ("unreachable", True, "number")


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"messages":')


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


@pytest.mark.parametrize("script", [_reset, _close, _silent, _half, _drip, _nonsense])
async def test_whatever_breaks_after_the_message_left_leaves_it_open(
    client: httpx2.AsyncClient, script: Script
) -> None:
    assert isinstance(await _send(client, script), Unknown)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=502, body=b"<html>Bad gateway</html>"),
        Reply(status=307, headers={"location": "/elsewhere"}),
        Reply(status=200, body=b"{"),
        Reply(status=200, headers={"content-encoding": "gzip"}, body=b"\x1f\x8b\x08"),
        Reply(status=200, body=b'{"messages":[{"id":"wamid.1"}]' + b" " * 1_100_000 + b"}"),
    ],
)
async def test_an_answer_that_is_not_the_providers_leaves_it_open_and_is_asked_for_once(
    client: httpx2.AsyncClient, reply: Reply
) -> None:
    async with http(lambda _: reply) as (port, received):
        inbox = _inbox(port)
        assert isinstance(await send(client, inbox, _call(inbox), PERMIT, NOW), Unknown)
    assert len(received) == 1


async def test_a_refusal_in_the_providers_own_words_is_a_definite_no(client: httpx2.AsyncClient) -> None:
    reply = Reply(status=400, body=b'{"error":{"code":131047,"message":"Re-engagement message"}}')
    async with http(lambda _: reply) as (port, _):
        inbox = _inbox(port)
        outcome = await send(client, inbox, _call(inbox), PERMIT, NOW)
    assert isinstance(outcome, Refused) and outcome.fault.effect == "window_closed"


async def test_a_connection_that_the_provider_closed_meanwhile_is_not_reused_blindly(
    client: httpx2.AsyncClient,
) -> None:
    """The second message goes over a new connection, or is left open; it never counts as sent unseen."""
    requests: list[Any] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await read_request(reader))
        body = TAKEN.body
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()

    async with serving(once) as port:
        inbox = _inbox(port)
        outcomes = [await send(client, inbox, _call(inbox), PERMIT, NOW, patience=SHORT) for _ in range(5)]
    assert len(requests) == sum(isinstance(outcome, Accepted) for outcome in outcomes)


async def test_cookies_of_a_provider_are_not_kept(client: httpx2.AsyncClient) -> None:
    async with http(lambda _: replace(TAKEN, headers={"set-cookie": "a=b"})) as (port, received):
        inbox = _inbox(port)
        for _ in range(2):
            await send(client, inbox, _call(inbox), PERMIT, NOW)
    assert [request.headers.get("cookie") for request in received] == [None, None]


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with http(lambda _: TAKEN) as (port, _), new_client() as client:
        inbox = _inbox(port)
        assert isinstance(await send(client, inbox, _call(inbox), PERMIT, NOW), Accepted)


async def test_an_impossible_address_is_a_definite_no(client: httpx2.AsyncClient) -> None:
    for origin in ("ftp://graph.example", "http://[::1", "http://", f"http://{'a' * 64}.example", "http://a..b"):
        inbox = replace(meta_inbox(), origin=origin)
        call = HttpCall(ref="m-1", method="POST", url=f"{origin}/x")
        assert isinstance(await send(client, inbox, call, PERMIT, NOW), Refused)


# --- mail -------------------------------------------------------------------------------------------------------------

MAIL = Mail(
    ref="m-1",
    envelope_from="desk@acordo.example",
    envelope_to=("maria@example.org",),
    message=b"Message-ID: <1@acordo.example>\r\n\r\nOla\r\n.\r\nfim\r\n",
    message_id="1@acordo.example",
)


def _mailbox(port: int, **config: str) -> Inbox:
    return Inbox(
        id="mail",
        channel="email",
        provider="smtp",
        address="desk@acordo.example",
        config={"smtp_host": "127.0.0.1", "smtp_port": str(port), "smtp_security": "none", **config},
        secrets=Secrets({"smtp_password": "secret"}),
    )


def _smtp(received: list[bytes], **answers: str) -> Script:
    """A mail server that answers each command as told, else well; "" hangs up in place of an answer."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        good = {
            "GREETING": "220 hi",
            "EHLO": "250-me\r\n250 AUTH PLAIN",
            "DATA": "354 go",
            "AUTH": "235 in",
            "END": "250 ok",
        }
        word = "GREETING"
        while True:
            answer = answers.get(word, good.get(word, "250 ok"))
            if not answer:
                return
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()
            if word == "DATA" and answer.startswith("354"):
                received.append(await reader.readuntil(b"\r\n.\r\n"))
                word = "END"
                continue
            line = await reader.readline()
            if not line:
                return
            word = line.decode().split()[0].upper()

    return script


async def _mail(client: httpx2.AsyncClient, received: list[bytes], *, login: str = "", **answers: str) -> Any:
    async with serving(_smtp(received, **answers)) as port:
        inbox = _mailbox(port, smtp_user=login)
        return await send(client, inbox, MAIL, PERMIT, NOW, patience=SHORT)


async def test_a_mail_is_handed_over_whole_under_its_own_id(client: httpx2.AsyncClient) -> None:
    received: list[bytes] = []
    assert await _mail(client, received, login="desk") == Accepted(provider_id="1@acordo.example")
    assert received == [b"Message-ID: <1@acordo.example>\r\n\r\nOla\r\n..\r\nfim\r\n.\r\n"]


@pytest.mark.parametrize(
    ("answers", "retryable"),
    [
        ({"GREETING": "421 busy"}, True),
        ({"AUTH": "535 no"}, False),
        ({"MAIL": "451 later"}, True),
        ({"RCPT": "550 5.1.1 no such user"}, False),
        ({"RCPT": "450 4.2.0 greylisted"}, True),
        ({"DATA": "554 no"}, False),
        ({"END": "552 too big"}, False),
        ({"END": "451 later"}, True),
    ],
)
async def test_a_mail_servers_no_is_definite_at_every_step(
    client: httpx2.AsyncClient, answers: dict[str, str], retryable: bool
) -> None:
    outcome = await _mail(client, [], login="desk", **answers)
    assert isinstance(outcome, Refused)
    assert outcome.fault.retryable == retryable


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT"])
async def test_a_mail_lost_before_its_data_was_not_sent(client: httpx2.AsyncClient, step: str) -> None:
    received: list[bytes] = []
    outcome = await _mail(client, received, login="desk", **{step: "", "HELO": ""})
    assert isinstance(outcome, Refused) and outcome.fault.retryable
    assert received == []


@pytest.mark.parametrize("step", ["DATA", "END"])
async def test_a_mail_lost_while_it_was_taken_is_left_open(client: httpx2.AsyncClient, step: str) -> None:
    assert isinstance(await _mail(client, [], **{step: ""}), Unknown)


async def test_a_mail_server_that_falls_silent_is_left_open_only_after_data(client: httpx2.AsyncClient) -> None:
    async with serving(_silent) as port:
        assert isinstance(await send(client, _mailbox(port), MAIL, PERMIT, NOW, patience=SHORT), Refused)


async def test_starttls_is_never_given_up_for_a_plain_talk(client: httpx2.AsyncClient) -> None:
    received: list[bytes] = []
    async with serving(_smtp(received)) as port:
        inbox = _mailbox(port, smtp_security="starttls")
        assert isinstance(await send(client, inbox, MAIL, PERMIT, NOW, patience=SHORT), Refused)
    assert received == []


@pytest.mark.parametrize("config", [{"smtp_host": ""}, {"smtp_port": "x"}, {"smtp_security": "maybe"}])
async def test_a_mailbox_that_is_not_set_up_sends_nothing(client: httpx2.AsyncClient, config: dict[str, str]) -> None:
    outcome = await send(client, _mailbox(1, **config), MAIL, PERMIT, NOW)
    assert isinstance(outcome, Refused) and outcome.fault.code == "misconfigured"
