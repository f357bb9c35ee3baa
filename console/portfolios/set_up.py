"""Setting a portfolio up: the book, its teams, its inboxes, its texts. Used by the commands, the demo and later
screens.
"""

from __future__ import annotations

import re
import secrets as random
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field
from sqlalchemy import bindparam, select

from channels.registry import CHANNELS
from console.audit.record import record
from console.debtors.phones import canonical
from console.errors import Conflict, Invalid
from console.people.queries import team_by_id
from console.portfolios.models import inbox, mailbox, policy, portfolio, portfolio_team, quick_reply, routing_rule
from console.portfolios.queries import find_inbox, get_portfolio, teams_of
from console.store.base import dump, load
from console.store.statement import Query, add, change, put, value
from console.store.transaction import Tx
from console.store.vault import Vault
from console.wire.currency import CURRENCIES
from console.wire.ids import new_id
from console.wire.subdivisions import must_be_place

_NAMED = Query(select(portfolio.c.id).where(portfolio.c.name == bindparam("name")), value)
_ADDRESSED = Query(
    select(inbox.c.id).where(inbox.c.provider == bindparam("provider"), inbox.c.channel == bindparam("channel"),
                             inbox.c.address == bindparam("address")),
    value,
)  # fmt: skip
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")

NEEDED = {
    "meta": (("phone_number_id", "waba_id"), ("app_secret", "verify_token", "access_token")),
    "twilio": (("account_sid",), ("auth_token",)),
    "smtp": (("smtp_host", "smtp_port"), ()),
}
"""What an inbox of a provider must have: configuration, then secrets."""


class NewPortfolio(Struct, frozen=True, kw_only=True):
    name: str
    jurisdiction: str
    timezone: str
    language: str
    currency: str
    creditor: dict[str, str] = field(default_factory=dict)  # name, legal_name, tax_id, address, help
    settings: dict[str, object] = field(default_factory=dict)


class NewInbox(Struct, frozen=True, kw_only=True):
    portfolio: str
    channel: str
    provider: str
    address: str
    name: str = ""
    config: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    hours: dict[str, tuple[str, str]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


def add_portfolio(tx: Tx, new: NewPortfolio, by: str | None = None) -> str:
    """A creditor's book; its id. Raises Invalid, naming the field, or Conflict when the name is taken."""
    if not new.name.strip():
        raise Invalid("A portfolio needs a name.", field="name")
    if not _JURISDICTION.fullmatch(new.jurisdiction):
        raise Invalid("A jurisdiction is a country or state, such as BR or BR-SP.", field="jurisdiction")
    must_be_place(new.jurisdiction)
    try:
        ZoneInfo(new.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid("Unknown time zone; an example is America/Sao_Paulo.", field="timezone") from None
    if new.currency not in CURRENCIES:
        raise Invalid(f"Books are kept in {', '.join(sorted(CURRENCIES))}.", field="currency")
    if _NAMED.first(tx, name=new.name.strip()) is not None:
        raise Conflict("There is a portfolio of that name.", field="name")
    made = new_id()
    add(
        tx, portfolio, id=made, name=new.name.strip(), jurisdiction=new.jurisdiction, timezone=new.timezone,
        language=new.language, currency=new.currency, creditor=dump({"name": new.name.strip(), **new.creditor}),
        settings=dump(new.settings), created_at=tx.now,
    )  # fmt: skip
    record(tx, by, "portfolio.added", f"portfolio:{made}")
    return made


def serve_portfolio(tx: Tx, portfolio_id: str, team_id: str, by: str | None = None) -> None:
    """Let a team serve a portfolio; the first one is the default of its cases."""
    get_portfolio(tx, portfolio_id)
    team_by_id(tx, team_id)
    rank = len(teams_of(tx, portfolio_id))
    put(tx, portfolio_team, ("portfolio_id", "team_id"), portfolio_id=portfolio_id, team_id=team_id, rank=rank)
    record(tx, by, "portfolio.team_added", f"portfolio:{portfolio_id}", detail={"team": team_id})
    tx.wake("assigner")


def add_inbox(tx: Tx, vault: Vault, new: NewInbox, by: str | None = None) -> str:
    """One of our numbers or addresses; its id. Secrets are stored as ciphertext. Raises Invalid, naming what is
    missing.
    """
    get_portfolio(tx, new.portfolio)
    channel = CHANNELS.get(new.provider)
    if channel is None:
        raise Invalid(f"Unknown provider; there are {', '.join(sorted(CHANNELS))}.", field="provider")
    if new.channel not in channel.carries:
        raise Invalid(f"{new.provider} carries {', '.join(sorted(channel.carries))}.", field="channel")
    wanted, secret = NEEDED.get(new.provider, ((), ()))
    missing = [name for name in wanted if not new.config.get(name)] + [
        name for name in secret if not new.secrets.get(name)
    ]
    if missing:
        raise Invalid(f"An inbox of {new.provider} also needs {', '.join(missing)}.", field=missing[0])
    address = _address(new)
    if _ADDRESSED.first(tx, provider=new.provider, channel=new.channel, address=address) is not None:
        raise Conflict("There is an inbox with that address.", field="address")
    made = new_id()
    given = dict(new.secrets)
    if new.provider == "smtp":
        given.setdefault("reply_key", random.token_hex(16))
        given.setdefault("webhook_secret", random.token_hex(24))
    add(
        tx, inbox, id=made, portfolio_id=new.portfolio, name=new.name or address, channel=new.channel,
        provider=new.provider,
        address=address, config=dump(new.config), secrets=vault.seal(dump(given), f"inbox:{made}"),
        hours=dump(new.hours), texts=dump(new.texts), created_at=tx.now,
    )  # fmt: skip
    record(tx, by, "inbox.added", f"inbox:{made}")
    tx.wake("inboxes", "mailboxes")
    return made


def change_secrets(tx: Tx, vault: Vault, inbox_id: str, values: Mapping[str, str], by: str | None = None) -> None:
    """Replace some secrets of an inbox; no restart is needed. Raises Invalid for an unknown inbox."""
    row = find_inbox(tx, inbox_id)
    if row is None:
        raise Invalid("There is no such inbox.", field="inbox")
    kept: dict[str, str] = load(vault.open(row.secrets, f"inbox:{row.id}")) if row.secrets else {}
    change(tx, inbox, {"id": row.id}, secrets=vault.seal(dump(kept | dict(values)), f"inbox:{row.id}"))
    record(tx, by, "inbox.secrets_changed", f"inbox:{row.id}", detail={"names": sorted(values)})
    tx.wake("inboxes", "mailboxes")


def change_config(tx: Tx, inbox_id: str, values: Mapping[str, str], by: str | None = None) -> None:
    """Replace some of an inbox's configuration. Raises Invalid for an unknown inbox."""
    row = find_inbox(tx, inbox_id)
    if row is None:
        raise Invalid("There is no such inbox.", field="inbox")
    kept: dict[str, str] = load(row.config)
    if kept | dict(values) == kept:
        return
    change(tx, inbox, {"id": row.id}, config=dump(kept | dict(values)))
    record(tx, by, "inbox.config_changed", f"inbox:{row.id}", detail={"names": sorted(values)})
    tx.wake("inboxes", "mailboxes")


def set_inbox_state(tx: Tx, inbox_id: str, state: str, by: str | None = None) -> None:
    """Switch an inbox off ("disabled") or on ("active")."""
    if state not in ("active", "disabled"):
        raise Invalid("An inbox is active or disabled.", field="state")
    if not change(tx, inbox, {"id": inbox_id}, state=state):
        raise Invalid("There is no such inbox.", field="inbox")
    record(tx, by, f"inbox.{state}", f"inbox:{inbox_id}")
    tx.wake("inboxes", "mailboxes")


def free_mailboxes(tx: Tx) -> None:
    """No process reads any mailbox: part of a restore, whose processes are others."""
    change(tx, mailbox, {}, leased_by="", lease_until=None)


def set_health(tx: Tx, inbox_id: str, ok: bool, detail: str) -> None:
    """What the last test of an inbox said."""
    change(tx, inbox, {"id": inbox_id}, health="ok" if ok else "failing", health_detail=detail[:500], checked_at=tx.now)


def set_policy(tx: Tx, name: str, document: object, by: str | None = None) -> None:
    """Store a policy by name ("routing")."""
    put(tx, policy, ("name",), name=name, value=dump(document))
    record(tx, by, "policy.changed", f"policy:{name}")
    tx.wake("assigner")


def add_quick_reply(tx: Tx, portfolio_id: str | None, shortcut: str, title: str, text: str, language: str) -> str:
    """A text at hand: `/shortcut` in the composer. Variables in double braces are filled when it is picked."""
    if not re.fullmatch(r"[a-z0-9_-]{1,24}", shortcut):
        raise Invalid("A shortcut is one lower-case word.", field="shortcut")
    made = new_id()
    add(
        tx,
        quick_reply,
        id=made,
        portfolio_id=portfolio_id,
        shortcut=shortcut,
        title=title,
        text=text,
        language=language,
    )
    return made


def add_rule(tx: Tx, rule: object, rank: int = 0) -> str:
    """A routing rule (`routing.rules.Rule`); with the first one the built-in rules no longer apply."""
    made = new_id()
    add(tx, routing_rule, id=made, rank=rank, rule=dump(rule))
    return made


def _address(new: NewInbox) -> str:
    if new.channel == "email":
        address = new.address.strip().lower()
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise Invalid("An e-mail inbox needs an address like cobranca@example.com.", field="address")
        return address
    number = "+" + re.sub(r"\D", "", new.address)
    if not 8 <= len(number) <= 16:
        raise Invalid("A number is written with its country, like +551140000000.", field="address")
    assert canonical(number)
    return number
