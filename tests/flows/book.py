"""A portfolio with an inbox a channel in a running product, and deliveries signed as their providers sign them."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import httpx2

from console.gate.approve import approve
from console.portfolios.set_up import NewInbox, NewPortfolio, add_inbox, add_portfolio, serve_portfolio
from console.wire.ids import new_id
from tests.server import Server

PHONE_ID, SECRET, VERIFY = "106540352242922", "app-secret", "verify-me"
NUMBER = "+551140000000"
MARIA, JOAO = "5511987654321", "5511912345678"


@dataclass
class Book:
    """What was set up: the portfolio's id and the inboxes' by channel."""

    server: Server
    id: str
    whatsapp: str = ""
    email: str = ""

    def meta(self, body: dict[str, Any], *, secret: str = SECRET) -> httpx2.Response:
        """A delivery by Meta."""
        raw = json.dumps(body).encode()
        signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        return self.server.client().post(f"/webhooks/meta/{self.whatsapp}", content=raw, headers=headers)

    def writes(self, text: str = "Oi", sender: str = MARIA, **message: Any) -> str:
        """A debtor writes on WhatsApp; the message's provider id. `message` replaces the text by another kind."""
        made = f"wamid.{new_id()}"
        at = str(self.server.services.clock.now() // 1000)
        body = message or {"type": "text", "text": {"body": text}}
        answer = self.meta(envelope({"from": sender, "id": made, "timestamp": at, **body}))
        assert answer.status_code == 200, answer.text
        return made

    def mail(self, raw: bytes, *, secret: str = "pipe-secret") -> httpx2.Response:
        """A mail through the pipe."""
        digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Acordo-Signature": f"sha256={digest}", "Content-Type": "message/rfc822"}
        return self.server.client().post(f"/webhooks/email/{self.email}", content=raw, headers=headers)


def envelope(message: dict[str, Any]) -> dict[str, Any]:
    """Meta's wrapping around one message."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": NUMBER.removeprefix("+"), "phone_number_id": PHONE_ID},
        "contacts": [{"profile": {"name": "Maria Souza"}, "wa_id": message["from"]}],
        "messages": [message],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "4195", "changes": [{"field": "messages", "value": value}]}],
    }


def open_book(server: Server, *, origin: str = "", smtp_port: str = "2525") -> Book:
    """Set the portfolio up. `origin`: where Meta is said to be."""
    vault = server.services.vault
    new = NewPortfolio(
        name="Loja Ipê", jurisdiction="BR-SP", timezone="America/Sao_Paulo", language="pt-BR", currency="BRL",
        creditor={"tax_id": "11.222.333/0001-81", "help": "0800 000 0000"},
    )  # fmt: skip
    book = Book(server, server.write(add_portfolio, new))
    server.write(serve_portfolio, book.id, server.team)
    server.write(approve, book.id, "BR-SP", "Counsel", "Opinion 1")
    config = {"phone_number_id": PHONE_ID, "waba_id": "4195", **({"origin": origin} if origin else {})}
    secrets = {"app_secret": SECRET, "verify_token": VERIFY, "access_token": "meta-token"}
    book.whatsapp = server.write(
        add_inbox, vault,
        NewInbox(portfolio=book.id, channel="whatsapp", provider="meta", address=NUMBER, config=config,
                 secrets=secrets),
    )  # fmt: skip
    book.email = server.write(
        add_inbox, vault,
        NewInbox(portfolio=book.id, channel="email", provider="smtp", address="cobranca@ipe.example",
                 config={"smtp_host": "127.0.0.1", "smtp_port": smtp_port}, secrets={"webhook_secret": "pipe-secret"}),
    )  # fmt: skip
    return book
