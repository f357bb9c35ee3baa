"""What late debts of a portfolio owe beside their principal where nobody says otherwise, and how much the law lets
anybody say (domain rules 3.3.6).
"""

from __future__ import annotations

from msgspec import Struct

from console.audit.record import record
from console.errors import Invalid
from console.gate.packs import Ceilings
from console.gate.profiles import profile_for
from console.gate.types import Place
from console.ledger.charges import Terms, check_terms, named_terms, usual_terms
from console.portfolios.models import portfolio
from console.portfolios.queries import get_portfolio
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx


class BookTerms(Struct, frozen=True):
    """Basis points: the fine once, simple interest for 30 days; `ceilings` of the portfolio's country, None where its
    law names none.
    """

    fine_bp: int
    interest_bp_30d: int
    ceilings: Ceilings | None


def terms_of(reader: Reader, portfolio_id: str) -> BookTerms:
    """What stands. Raises NotFound."""
    jurisdiction = get_portfolio(reader, portfolio_id).jurisdiction
    return BookTerms(**usual_terms(reader, portfolio_id), ceilings=_ceilings(jurisdiction))


def set_terms(tx: Tx, portfolio_id: str, wish: Terms, by: str | None = None) -> None:
    """Change what debts that come from now on owe when they do not say it themselves; audited. What is left out stays.
    Raises NotFound, or Invalid, naming the field and the most it may be.
    """
    book = get_portfolio(tx, portfolio_id)
    check_terms(wish)
    must_be_lawful(wish, book.jurisdiction)
    settings = load(book.settings)
    given = named_terms(wish)
    change(tx, portfolio, {"id": book.id}, settings=dump(settings | {"terms": settings.get("terms", {}) | given}))
    tx.memo.pop(("portfolio", book.id), None)
    record(tx, by, "portfolio.terms_changed", f"portfolio:{book.id}", detail=given)


def must_be_lawful(terms: Terms, jurisdiction: str, at: str = "") -> None:
    """Raises Invalid, naming the field after `at`, for a rate above the ceiling of the portfolio's country."""
    most = _ceilings(jurisdiction)
    for name, each in named_terms(terms).items():
        ceiling = None if most is None else getattr(most, name)
        if most is not None and ceiling is not None and each > ceiling:
            raise Invalid(f"At most {ceiling} basis points in {jurisdiction[:2]} ({most.source}): lower it.",
                          field=f"{at}{name}", most=ceiling)  # fmt: skip


def _ceilings(jurisdiction: str) -> Ceilings | None:
    """`jurisdiction`: such as BR or BR-SP."""
    country, _, subdivision = jurisdiction.partition("-")
    law = profile_for(Place(country=country, subdivision=subdivision))
    return None if law is None else law.country.ceilings
