"""Lifting a country's profile for a portfolio: an audited act with a name and a document (decision 30)."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.audit.record import record
from console.errors import Conflict, Invalid
from console.gate.models import approval, stop
from console.gate.profiles import profiles
from console.portfolios.queries import PortfolioRow, all_portfolios, get_portfolio
from console.store.statement import Query, add, change, put, remove
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id

_STANDING = Query(
    select(approval.c.id, approval.c.version, approval.c.name, approval.c.document, approval.c.at).where(
        approval.c.portfolio_id == bindparam("portfolio_id"),
        approval.c.profile == bindparam("profile"),
        approval.c.revoked_at.is_(None),
    ),
    lambda *columns: columns,
)


class Standing(Struct, frozen=True):
    """How a portfolio's profile stands: approved for the version in force, for an older one, or not at all."""

    portfolio: PortfolioRow
    profile: str
    version: str
    approved: bool
    by: str = ""
    document: str = ""


def approve(tx: Tx, portfolio_id: str, profile: str, name: str, document: str, by: str | None = None) -> str:
    """Counsel has approved the profile's present version for this portfolio; the approval's id."""
    get_portfolio(tx, portfolio_id)
    known = profiles().get(profile)
    if known is None:
        raise Invalid(f"Unknown profile; there are {', '.join(sorted(profiles()))}.", field="profile")
    if not name.strip() or not document.strip():
        raise Invalid(
            "An approval names who approved and the document that says so.",
            field="name" if not name.strip() else "document",
        )
    for standing in _STANDING.all(tx, portfolio_id=portfolio_id, profile=profile):
        if standing[1] == known.version:
            raise Conflict("This version is approved already.", by=standing[2])
        change(tx, approval, {"id": standing[0]}, revoked_at=tx.now)
    made = new_id()
    add(tx, approval, id=made, portfolio_id=portfolio_id, profile=profile, version=known.version, name=name.strip(),
        document=document.strip(), at=tx.now)  # fmt: skip
    record(
        tx,
        by,
        "gate.approved",
        f"portfolio:{portfolio_id}",
        detail={
            "profile": profile,
            "version": known.version,
            "name": name.strip(),
            "document": document.strip(),
        },
    )
    tx.wake("dispatcher")
    return made


def standings(reader: Reader) -> list[Standing]:
    """Every portfolio with its own jurisdiction's profile: what `serve` says at its start."""
    found = []
    for book in all_portfolios(reader):
        known = profiles().get(book.jurisdiction) or profiles().get(book.jurisdiction[:2])
        code = known.code if known else book.jurisdiction
        version = known.version if known else ""
        granted = [
            each for code_ in (code, code[:2]) for each in _STANDING.all(reader, portfolio_id=book.id, profile=code_)
        ]
        right = next((each for each in granted if each[1] == version), None)
        found.append(Standing(book, code, version, right is not None, *(right[2:4] if right else ("", ""))))
    return found


def throw_switch(tx: Tx, scope: str, reason: str, by: str | None) -> None:
    """Stop everything in a scope: all, portfolio:ID, inbox:ID, channel:NAME, template:ID."""
    put(tx, stop, ("scope",), scope=scope, reason=reason, by_id=by, at=tx.now)
    record(tx, by, "gate.stopped", scope, detail={"reason": reason})


def release_switch(tx: Tx, scope: str, by: str | None) -> None:
    """Lift a stop."""
    remove(tx, stop, scope=scope)
    record(tx, by, "gate.released", scope)
    tx.wake("dispatcher")
