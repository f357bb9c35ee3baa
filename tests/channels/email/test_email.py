"""The channel's own doors: the webhook's signature, the limits, what an SMTP answer means."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from channels.channel import Channel
from channels.email import Email, sign
from channels.errors import BadSignature
from channels.types import Accepted, Answer, Delivery, Refused, Secrets, Unknown
from tests.channels.email.samples import INBOX, mail

BODY = mail("Olá, ção")


def delivery(signature: str | None, body: bytes = BODY) -> Delivery:
    headers = {} if signature is None else {"x-acordo-signature": signature}
    return Delivery(path="/webhooks/email/inbox1", headers=headers, body=body)


def test_it_is_a_channel() -> None:
    channel: Channel = Email()
    assert channel.provider == "smtp"
    assert channel.carries == {"email"}
    limits = channel.limits(INBOX)
    assert limits.subject_chars
    assert limits.file_bytes == 25 * 1024 * 1024


def test_a_signed_body_passes() -> None:
    Email().verify(INBOX, delivery(sign("a-secret", BODY)))


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        sign("another", BODY),
        sign("a-secret", BODY + b"\n"),
        sign("a-secret", BODY).upper(),
        sign("a-secret", BODY).removeprefix("sha256="),
        "sha1=" + sign("a-secret", BODY)[7:],
        sign("a-secret", BODY) + " ",
        sign("a-secret", BODY) + "\n",
        "sha256=" + "é" * 64,
    ],
)
def test_anything_else_is_refused(signature: str | None) -> None:
    with pytest.raises(BadSignature):
        Email().verify(INBOX, delivery(signature))


@pytest.mark.parametrize("secrets", [{}, {"webhook_secret": ""}])
def test_an_inbox_without_a_secret_takes_nothing(secrets: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        Email().verify(replace(INBOX, secrets=Secrets(secrets)), delivery(sign("", BODY)))


def test_what_the_server_took_is_accepted() -> None:
    answer = Answer(status=250, body=b"2.0.0 OK", headers={"message-id": "a@b"})
    assert Email().read(INBOX, answer) == Accepted(provider_id="a@b")


@pytest.mark.parametrize(("status", "retryable"), [(450, True), (451, True), (421, True), (550, False), (554, False)])
def test_what_the_server_refused_was_surely_not_sent(status: int, retryable: bool) -> None:
    outcome = Email().read(INBOX, Answer(status=status, body=b"no \xff"))
    assert isinstance(outcome, Refused)
    assert outcome.fault.retryable == retryable


@pytest.mark.parametrize("status", [0, 100, 354, 600])
def test_anything_unclear_is_unknown(status: int) -> None:
    assert isinstance(Email().read(INBOX, Answer(status=status)), Unknown)
