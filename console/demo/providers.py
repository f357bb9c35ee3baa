"""Where the pretend carriers are at this start: told to them, and told to our inboxes."""

from __future__ import annotations

from contextlib import ExitStack
from socket import socket

from msgspec import structs

from console.demo.kept import Kept
from console.negotiation.means import set_provider
from console.portfolios.set_up import change_config
from console.settings import Settings
from console.store.transaction import Tx
from console.store.vault import Vault
from sandbox.config import Config, Pace, SandboxInbox

ORIGINS = {"meta": "/sandbox/graph", "twilio": "/sandbox/twilio"}
DOORS = {"meta": "meta", "twilio": "twilio", "smtp": "email"}


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket()) for _ in range(count)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in taken]


def sandbox_config(settings: Settings, kept: Kept, *, listener: int, mail_server: int, scripted: bool) -> Config:
    """The sandbox as this start finds it: its addresses, the product's SMTP listener, its own mail server's port."""
    url = settings.public_url
    return Config(
        inboxes=tuple(_at(each, url, listener) for each in kept.inboxes),
        product_url=url,
        origin=f"{url}/sandbox",
        database=str(settings.data_dir / "sandbox.db"),
        smtp_port=mail_server,
        people=kept.people,
        pace=Pace(),
        scripted=scripted,
        script_gap_ms=15_000,
        answer_ticks=False,
        payments_url=f"{url}/webhooks/payments/pix",
        payments_secret=kept.payments_secret,
        seller=kept.seller,
    )


def point_inboxes(tx: Tx, kept: Kept, origin: str, smtp_port: int) -> None:
    """Tell our inboxes where their providers are at this start: below `origin`, a scheme, host and port."""
    for each in kept.inboxes:
        if each.provider == "smtp":
            change_config(tx, each.id, {"smtp_port": str(smtp_port)})
        else:
            change_config(tx, each.id, {"origin": f"{origin}{ORIGINS[each.provider]}"})


def point_seller(tx: Tx, vault: Vault, kept: Kept, origin: str) -> None:
    """Set up the creditor's account at the pretend Mercado Pago, below `origin` at this start."""
    if kept.seller is not None:
        known = {"access_token": kept.seller.access_token, "webhook_secret": kept.seller.webhook_secret}
        set_provider(tx, vault, kept.seller_book, "mercadopago", known, origin=f"{origin}/sandbox/mercadopago")


def _at(inbox: SandboxInbox, url: str, listener: int) -> SandboxInbox:
    hook = f"{url}/webhooks/{DOORS[inbox.provider]}/{inbox.id}"
    port = listener if inbox.provider == "smtp" else 0
    return structs.replace(inbox, webhook_url=hook, listener_port=port)
