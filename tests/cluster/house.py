"""What a cluster for tests holds: the fixed cast in one team, a creditor, an inbox a channel, and two phones."""

from __future__ import annotations

from msgspec import Struct

from console.gate.approve import approve
from console.people.models import user
from console.portfolios.set_up import NewInbox, NewPortfolio, add_inbox, add_portfolio, serve_portfolio
from console.store.statement import change
from console.store.transaction import Tx
from console.store.vault import Vault
from sandbox.config import Config, Pace, Person, SandboxInbox
from tests.server import cast

PHONE_ID, WABA_ID, ACCOUNT = "106540352242922", "4195", "AC" + "1" * 32
ADDRESSES = {"whatsapp": "+551140000000", "sms": "+551140000001", "email": "cobranca@ipe.example"}
PEOPLE = (
    Person(id="maria", name="Maria Souza", phone="+5511987654321", email="maria@example.com", wa_id="5511987654321"),
    Person(id="joao", name="João Antunes", phone="+5511912345678", email="joao@example.com", wa_id="5511912345678"),
)
PLENTY = 1_000_000
SECRETS = {
    "whatsapp": {"app_secret": "app-secret", "verify_token": "verify-me", "access_token": "meta-token"},
    "sms": {"auth_token": "auth-token"},
    "email": {"webhook_secret": "pipe-secret"},
}


class House(Struct):
    """`ids`: the cast's user ids by first name; `inboxes`: ids by channel; `played`: the inboxes as their providers."""

    ids: dict[str, str]
    team: str
    book: str
    inboxes: dict[str, str]
    played: tuple[SandboxInbox, ...]


def furnish(tx: Tx, vault: Vault, origin: str, mail_port: int) -> House:
    """Set it up. `origin`: where the sandbox is; `mail_port`: where it takes mail."""
    ids, team = cast(tx)
    for name in ("ana", "bruno", "clara"):  # whoever looks at something else is never at the end of it
        change(tx, user, {"id": ids[name]}, capacity=PLENTY, max_held=PLENTY)
    book = add_portfolio(
        tx,
        NewPortfolio(name="Loja Ipê", jurisdiction="BR-SP", timezone="America/Sao_Paulo", language="pt-BR",
                     currency="BRL", creditor={"tax_id": "11.222.333/0001-81", "help": "0800 000 0000"}),
    )  # fmt: skip
    serve_portfolio(tx, book, team)
    approve(tx, book, "BR-SP", "Counsel", "Opinion 1")
    configs = {
        "whatsapp": ("meta", {"phone_number_id": PHONE_ID, "waba_id": WABA_ID, "origin": f"{origin}/graph"}),
        "sms": ("twilio", {"account_sid": ACCOUNT, "origin": f"{origin}/twilio"}),
        "email": ("smtp", {"smtp_host": "127.0.0.1", "smtp_port": str(mail_port), "smtp_security": "none"}),
    }
    inboxes = {}
    for channel, (provider, config) in configs.items():
        new = NewInbox(portfolio=book, channel=channel, provider=provider, address=ADDRESSES[channel], config=config,
                       secrets=SECRETS[channel])  # fmt: skip
        inboxes[channel] = add_inbox(tx, vault, new)
    return House(ids, team, book, inboxes, _played(inboxes))


def sandbox_config(
    house: House, *, url: str, origin: str, database: str, mail_port: int, people: tuple[Person, ...] = PEOPLE
) -> Config:
    """The sandbox of this house. `url`: the product's; mail is posted to it as raw MIME."""
    doors = {"meta": "meta", "twilio": "twilio", "smtp": "email"}
    played = tuple(
        SandboxInbox(
            id=each.id, channel=each.channel, provider=each.provider, address=each.address, secret=each.secret,
            verify_token=each.verify_token, phone_number_id=each.phone_number_id, waba_id=each.waba_id,
            access_token=each.access_token, account_sid=each.account_sid,
            webhook_url=f"{url}/webhooks/{doors[each.provider]}/{each.id}",
        )
        for each in house.played
    )  # fmt: skip
    pace = Pace(sent_ms=20, delivered_ms=40, read_ms=400, retry_s=(0.2, 0.5, 1, 2, 4, 8))
    return Config(inboxes=played, product_url=url, origin=origin, database=database, smtp_port=mail_port,
                  people=people, pace=pace)  # fmt: skip


def _played(inboxes: dict[str, str]) -> tuple[SandboxInbox, ...]:
    return (
        SandboxInbox(
            id=inboxes["whatsapp"], channel="whatsapp", provider="meta", address=ADDRESSES["whatsapp"], webhook_url="",
            secret="app-secret", verify_token="verify-me", phone_number_id=PHONE_ID, waba_id=WABA_ID,
            access_token="meta-token",
        ),
        SandboxInbox(
            id=inboxes["sms"], channel="sms", provider="twilio", address=ADDRESSES["sms"], webhook_url="",
            secret="auth-token", account_sid=ACCOUNT,
        ),
        SandboxInbox(
            id=inboxes["email"], channel="email", provider="smtp", address=ADDRESSES["email"], webhook_url="",
            secret="pipe-secret",
        ),
    )  # fmt: skip
