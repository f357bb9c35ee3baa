"""Payment links as rows, and whether one is still true: what it asks for is read anew from the ledger each time."""

from __future__ import annotations

import re

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.ledger.models import charge, instalment, payment_link, plan, promise
from console.ledger.owed import owed
from console.ledger.states import LIVE_PLAN
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import Ms

ADDRESS = re.compile(r"https?://[^\s/]+/pay/([a-z2-7]{16})(?![A-Za-z0-9])")
MOST = 8  # addresses that are looked up in one text


class PayLink(Struct):
    id: str
    token: str
    case_id: str
    debtor_id: str
    portfolio_id: str
    provider: str
    target: str
    target_id: str
    n: int
    amount_minor: int
    currency: str
    expires_at: Ms
    url: str
    provider_id: str
    pay_url: str
    state: str
    why: str
    payment_id: str | None
    by_id: str
    created_at: Ms
    closed_at: Ms | None


_BY_TOKEN = Query(select(payment_link).where(payment_link.c.token == bindparam("token")), PayLink)
_ANY_CHARGE = Query(
    select(charge.c.id)
    .where(charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id"))
    .limit(1),
    value,
)
_LIVE = Query(
    select(plan.c.id).where(
        plan.c.debtor_id == bindparam("debtor_id"), plan.c.portfolio_id == bindparam("portfolio_id"),
        plan.c.state.in_(LIVE_PLAN),
    ),
    value,
)  # fmt: skip
_PROMISE = Query(
    select(promise.c.state, promise.c.amount_minor - promise.c.paid_minor).where(promise.c.id == bindparam("id")),
    lambda *both: both,
)
_UNPAID = Query(
    select(instalment.c.amount_minor - instalment.c.paid_minor).where(
        instalment.c.plan_id == bindparam("plan_id"), instalment.c.n == bindparam("n")
    ),
    value,
)


def by_token(reader: Reader, token: str) -> PayLink | None:
    """The link of an address of ours."""
    return _BY_TOKEN.first(reader, token=token)


def why_stale(reader: Reader, link: PayLink) -> str:
    """Why nobody should pay it any more: creating, failed, paid, refunded, replaced, cancelled, expired, recalled,
    settled, superseded; "" while it stands.
    """
    if link.state != "open":
        return link.state
    if link.expires_at <= reader.now:
        return "expired"
    debt = owed(reader, link.debtor_id, link.portfolio_id)
    if debt.total_minor is None:
        return "recalled"
    if debt.total_minor == 0:
        return "settled"
    return "" if _asks_what_is_owed(reader, link, debt.total_minor) else "superseded"


def recalled(reader: Reader, debtor_id: str, portfolio_id: str) -> bool:
    """Whether there was a debt, and its creditor took all of it back."""
    had = _ANY_CHARGE.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id) is not None
    return had and owed(reader, debtor_id, portfolio_id).total_minor is None


def named_in(reader: Reader, text: str) -> list[PayLink]:
    """The links whose addresses stand in a text."""
    tokens = list(dict.fromkeys(ADDRESS.findall(text)))[:MOST] if "/pay/" in text else []
    return [found for token in tokens if (found := by_token(reader, token)) is not None and found.url in text]


def standing(reader: Reader, debtor_id: str, portfolio_id: str, text: str) -> frozenset[str]:
    """The addresses in a text at which this debtor can pay what they owe there."""
    return frozenset(
        each.url
        for each in named_in(reader, text)
        if (each.debtor_id, each.portfolio_id) == (debtor_id, portfolio_id) and not why_stale(reader, each)
    )


def _asks_what_is_owed(reader: Reader, link: PayLink, total: int) -> bool:
    lives = _LIVE.first(reader, debtor_id=link.debtor_id, portfolio_id=link.portfolio_id)
    if link.target == "instalment":
        return lives == link.target_id and _UNPAID.first(reader, plan_id=lives, n=link.n) == link.amount_minor
    if lives is not None or link.amount_minor > total:
        return False  # an agreement stands in the debt's place, or less is owed than it asks for
    return link.target != "promise" or _PROMISE.first(reader, id=link.target_id) == ("open", link.amount_minor)


assert PayLink.__struct_fields__ == tuple(payment_link.c.keys())
