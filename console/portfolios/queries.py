"""Inboxes, portfolios and what belongs to them, as rows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from channels.types import Inbox, Secrets
from console.errors import NotFound
from console.portfolios.models import inbox, policy, portfolio, portfolio_team, routing_rule, template
from console.store.base import load
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.store.vault import Vault
from console.wire.moment import Ms

DEFAULTS = {
    "meta": {"origin": "https://graph.facebook.com", "api_version": "v23.0"},
    "twilio": {"origin": "https://api.twilio.com"},
}
"""Where a provider is, unless an inbox' configuration says otherwise."""


class InboxRow(Struct, frozen=True):
    id: str
    portfolio_id: str
    name: str
    channel: str
    provider: str
    address: str
    config: str
    secrets: bytes | None
    hours: str
    texts: str
    state: str
    health: str
    health_detail: str
    checked_at: Ms | None
    created_at: Ms


class PortfolioRow(Struct, frozen=True):
    id: str
    name: str
    jurisdiction: str
    timezone: str
    language: str
    currency: str
    creditor: str
    settings: str
    created_at: Ms
    disabled_at: Ms | None


class TemplateRow(Struct, frozen=True):
    id: str
    portfolio_id: str
    inbox_id: str
    channel: str
    name: str
    language: str
    category: str
    state: str
    body: str
    variables: str
    buttons: str
    examples: str
    footer: str
    provider_id: str
    level: int
    synced_at: Ms


_INBOX = Query(select(inbox).where(inbox.c.id == bindparam("id")), InboxRow)
_INBOXES = Query(select(inbox).order_by(inbox.c.created_at, inbox.c.id), InboxRow)
_OF_PORTFOLIO = Query(
    select(inbox).where(inbox.c.portfolio_id == bindparam("portfolio_id")).order_by(inbox.c.created_at, inbox.c.id),
    InboxRow,
)
_PORTFOLIO = Query(select(portfolio).where(portfolio.c.id == bindparam("id")), PortfolioRow)
_PORTFOLIOS = Query(select(portfolio).order_by(portfolio.c.name), PortfolioRow)
_TEAMS = Query(
    select(portfolio_team.c.team_id)
    .where(portfolio_team.c.portfolio_id == bindparam("portfolio_id"))
    .order_by(portfolio_team.c.rank, portfolio_team.c.team_id),
    value,
)
_TEMPLATE = Query(
    select(template).where(
        template.c.inbox_id == bindparam("inbox_id"),
        template.c.name == bindparam("name"),
        template.c.language == bindparam("language"),
    ),
    TemplateRow,
)
_RULES = Query(select(routing_rule.c.rule).order_by(routing_rule.c.rank, routing_rule.c.id), value)
_POLICY = Query(select(policy.c.value).where(policy.c.name == bindparam("name")), value)


def find_inbox(reader: Reader, inbox_id: str) -> InboxRow | None:
    return reader.once(("inbox", inbox_id), lambda: _INBOX.first(reader, id=inbox_id))


def all_inboxes(reader: Reader) -> list[InboxRow]:
    return _INBOXES.all(reader)


def inboxes_of(reader: Reader, portfolio_id: str) -> list[InboxRow]:
    return _OF_PORTFOLIO.all(reader, portfolio_id=portfolio_id)


def get_portfolio(reader: Reader, portfolio_id: str) -> PortfolioRow:
    """Raises NotFound."""
    row = reader.once(("portfolio", portfolio_id), lambda: _PORTFOLIO.first(reader, id=portfolio_id))
    if row is None:
        raise NotFound
    return row


def all_portfolios(reader: Reader) -> list[PortfolioRow]:
    return _PORTFOLIOS.all(reader)


def teams_of(reader: Reader, portfolio_id: str) -> list[str]:
    """Team ids of a portfolio; the first is the default of its cases."""
    return _TEAMS.all(reader, portfolio_id=portfolio_id)


def find_template(reader: Reader, inbox_id: str, name: str, language: str) -> TemplateRow | None:
    return _TEMPLATE.first(reader, inbox_id=inbox_id, name=name, language=language)


def rules(reader: Reader) -> tuple[str, ...]:
    """Routing rules as JSON texts, in the order in which they apply."""
    return reader.once("routing rules", lambda: tuple(_RULES.all(reader)))


def policy_value(reader: Reader, name: str) -> str | None:
    return reader.once(("policy", name), lambda: _POLICY.first(reader, name=name))


def means_of(book: PortfolioRow) -> list[str]:
    """The kinds of payment a creditor takes, in its own order: what a debtor can prefer."""
    told = load(book.settings).get("payment", {})
    kinds = [*(["pix"] if told.get("pix") else []), *(each["kind"] for each in told.get("means", []))]
    return list(dict.fromkeys(kinds))


def adapter_inbox(row: InboxRow, vault: Vault, public_url: str) -> Inbox:
    """The inbox as its channel needs it, secrets opened."""
    config: dict[str, str] = DEFAULTS.get(row.provider, {}) | load(row.config)
    values: dict[str, str] = load(vault.open(row.secrets, f"inbox:{row.id}")) if row.secrets else {}
    return Inbox(
        id=row.id,
        channel=row.channel,  # type: ignore[arg-type]
        provider=row.provider,
        address=row.address,
        config=config,
        secrets=Secrets(values),
        origin=config.get("origin", ""),
        public_url=public_url,
    )


assert InboxRow.__struct_fields__ == tuple(inbox.c.keys())
assert PortfolioRow.__struct_fields__ == tuple(portfolio.c.keys())
assert TemplateRow.__struct_fields__ == tuple(template.c.keys())
