"""What the contract test needs to know of each channel: an inbox, deliveries as the provider makes them, a message."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from channels.email import SIGNATURE_HEADER, sign
from channels.types import Delivery, Inbox, Outbound, Secrets, To
from tests.channels.samples import RECORDED, meta_delivery, meta_inbox, twilio_delivery, twilio_inbox

REF = "0193a5b0c0de7000800000000000beef"


class Case(Struct, frozen=True, kw_only=True):
    """`bodies` are recorded deliveries; `signed` makes the delivery of a body, as the provider would."""

    inbox: Inbox
    bodies: tuple[bytes, ...]
    signed: Callable[[bytes], Delivery]
    message: Outbound
    accepted: bytes = b""  # the provider's good answer, as HTTP body; "" for SMTP


def _recorded(folder: str, pattern: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted((RECORDED / folder).glob(pattern)))


def _without_secrets(inbox: Inbox) -> Inbox:
    return replace(inbox, secrets=Secrets({name: "" for name in inbox.secrets.values}))


def blank(case: Case) -> Inbox:
    """The inbox with every secret empty."""
    return _without_secrets(case.inbox)


_MAILBOX = Inbox(
    id="mail1",
    channel="email",
    provider="smtp",
    address="desk@acordo.example",
    config={"smtp_host": "127.0.0.1", "smtp_port": "25", "smtp_security": "none", "reply_domain": "acordo.example"},
    secrets=Secrets({"webhook_secret": "webhook-secret", "reply_key": "reply-key", "smtp_password": "x"}),
    public_url="https://acordo.example",
)

_MAILS = (
    b"From: Maria <maria@example.org>\r\nTo: desk@acordo.example\r\nMessage-ID: <1@example.org>\r\nSubject: Oi\r\n\r\n"
    b"Quero negociar\r\n",
    b"From: joao@example.org\r\nTo: desk@acordo.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>Ol\xe1</p>\r\n--b\r\nContent-Type: image/png\r\n"
    b"Content-Disposition: attachment; filename=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgo=\r\n--b--\r\n",
    b"",
)


def _mail(body: bytes) -> Delivery:
    headers = {SIGNATURE_HEADER: sign("webhook-secret", body)}
    return Delivery(path="/webhooks/email/mail1", headers=headers, body=body)


CASES: dict[str, Case] = {
    "meta": Case(
        inbox=meta_inbox(),
        bodies=_recorded("whatsapp", "self_[!s]*.json") + _recorded("whatsapp", "self_status*.json"),
        signed=meta_delivery,
        message=Outbound(ref=REF, to=To(wa_id="5511900000001"), text="Olá"),
        accepted=b'{"messages":[{"id":"wamid.1"}]}',
    ),
    "twilio": Case(
        inbox=twilio_inbox("whatsapp"),
        bodies=_recorded("twilio", "self_wa*.txt") + _recorded("twilio", "self_status_wa*.txt"),
        signed=twilio_delivery,
        message=Outbound(ref=REF, to=To(wa_id="5511900000001"), text="Olá"),
        accepted=b'{"sid":"SM11111111111111111111111111111111","status":"queued"}',
    ),
    "smtp": Case(
        inbox=_MAILBOX,
        bodies=_MAILS,
        signed=_mail,
        message=Outbound(ref=REF, to=To(email="maria@example.org"), text="Olá", subject="Oi"),
    ),
}
