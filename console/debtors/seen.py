"""A debtor as somebody may see them: in full to who reads one of their cases, else a short name and nothing private."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.visible import content_of_cases, existence_of_cases
from console.cases.models import case
from console.debtors import view
from console.debtors.models import account
from console.debtors.phones import masked_name
from console.debtors.queries import DebtorRow, get
from console.people.models import user
from console.portfolios.models import portfolio, portfolio_team
from console.store.base import load
from console.store.statement import Query, rows, value
from console.store.transaction import Reader
from console.store.vault import Vault
from console.wire.moment import rfc3339
from console.wire.shapes import ContactPoint, Named, Person
from console.wire.zones import zone_in

_SERVES = Query(
    select(portfolio_team.c.team_id)
    .join(account, account.c.portfolio_id == portfolio_team.c.portfolio_id)
    .where(account.c.debtor_id == bindparam("debtor_id")),
    value,
)


class Account(Struct, frozen=True):
    """A debtor's place in one creditor's book; `external_id` is the creditor's own key."""

    portfolio: Named
    external_id: str | None
    stage: str


class CaseBrief(Struct, frozen=True):
    id: str
    status: str
    portfolio: Named
    owner: Person | None
    outcome: str | None
    updated_at: str


class Document(Struct, frozen=True):
    kind: str
    value: str  # all but its last two characters struck out


class DebtorShape(Struct, frozen=True, kw_only=True):
    """`masked`: the caller reads no case of this debtor, so that the name is short and the private parts are empty."""

    id: str
    name: str
    kind: str
    language: str
    timezone: str  # the usual one of the jurisdiction where none was told
    jurisdiction: str
    labels: list[str]
    provisional: bool
    shared: bool
    assumed: bool
    masked: bool
    document: Document | None = None
    contact_points: list[ContactPoint] = []
    accounts: list[Account] = []
    cases: list[CaseBrief] = []
    stops: list[str] = []
    holds: list[str] = []
    preferred_channel: str | None = None
    preferred_means: str | None = None
    merged_into: str | None = None


_ACCOUNTS = Query(
    select(account.c.portfolio_id, portfolio.c.name, account.c.external_id, account.c.stage)
    .join(portfolio, portfolio.c.id == account.c.portfolio_id)
    .where(account.c.debtor_id == bindparam("debtor_id"))
    .order_by(portfolio.c.name, account.c.created_at),
    lambda book, name, own, stage: Account(Named(book, name), own, stage),
)


def debtor_for(reader: Reader, vault: Vault, actor: Actor, debtor_id: str) -> DebtorShape:
    """What the caller may see of a debtor. Raises NotFound."""
    must_see_debtor(reader, actor, debtor_id)
    return shape(reader, vault, actor, get(reader, debtor_id), masked=not reads(reader, actor, debtor_id))


def shape(reader: Reader, vault: Vault, actor: Actor, row: DebtorRow, *, masked: bool) -> DebtorShape:
    """The debtor's row with what hangs on it; `masked` leaves out who it is."""
    brief: dict[str, Any] = {
        "id": row.id, "kind": row.kind, "language": row.language,
        "timezone": zone_in(row.jurisdiction, row.timezone), "jurisdiction": row.jurisdiction,
        "provisional": bool(row.provisional), "shared": bool(row.shared), "assumed": bool(row.assumed),
        "masked": masked, "merged_into": row.merged_into,
    }  # fmt: skip
    if masked:
        return DebtorShape(name=masked_name(row.name), labels=[], **brief)
    return DebtorShape(
        name=row.name,
        labels=load(row.labels),
        document=_document(vault, row),
        contact_points=view.contact_points(reader, row.id),
        accounts=_ACCOUNTS.all(reader, debtor_id=row.id),
        cases=_cases(reader, actor, row.id),
        stops=[each["stop"] for each in load(row.stops)],
        holds=[each["hold"] for each in load(row.holds)],
        preferred_channel=row.preferred_channel,
        preferred_means=row.preferred_means,
        **brief,
    )  # fmt: skip


def reads(reader: Reader, actor: Actor, debtor_id: str) -> bool:
    """Whether who it is, and what they owe, is the caller's business: an agent's only while they read a case."""
    if actor.role in ("compliance", "integration"):
        return True
    if actor.role == "supervisor" and not actor.teams.isdisjoint(_SERVES.all(reader, debtor_id=debtor_id)):
        return True
    clause = select(case.c.id).where(case.c.debtor_id == debtor_id, content_of_cases(actor)).limit(1)
    return bool(rows(reader, clause, value))


def _document(vault: Vault, row: DebtorRow) -> Document | None:
    if row.document is None:
        return None
    plain = vault.open(row.document, "debtor.document")
    return Document(row.document_kind or "", "•" * max(len(plain) - 2, 0) + plain[-2:])


def _cases(reader: Reader, actor: Actor, debtor_id: str) -> list[CaseBrief]:
    clause = (
        select(case.c.id, case.c.status, case.c.portfolio_id, portfolio.c.name, case.c.owner_id, user.c.name,
               user.c.role, case.c.outcome, case.c.updated_at)
        .select_from(case.join(portfolio, portfolio.c.id == case.c.portfolio_id)
                     .outerjoin(user, user.c.id == case.c.owner_id))
        .where(case.c.debtor_id == debtor_id, existence_of_cases(actor))
        .order_by(case.c.created_at.desc(), case.c.id)
    )  # fmt: skip
    return rows(reader, clause, _brief)


def _brief(case_id: str, status: str, book: str, name: str, owner: str | None, *rest: Any) -> CaseBrief:
    owner_name, role, outcome, updated = rest
    person = Person(owner, owner_name or "", role or "") if owner else None
    return CaseBrief(case_id, status, Named(book, name), person, outcome, rfc3339(updated))
