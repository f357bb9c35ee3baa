"""Beginning a conversation with a debtor: the open case is returned, or one is opened for whoever asks."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.idempotent import body_hash, remember, repeated
from console.cases.open import start
from console.cases.ownership import give
from console.cases.queries import get, open_case
from console.debtors import queries as debtors
from console.errors import Conflict, Invalid, NotFound
from console.portfolios.queries import get_portfolio, teams_of
from console.store.transaction import Tx

ROUTE = "cases"


def open_for(tx: Tx, actor: Actor, client_id: str, debtor_id: str, portfolio_id: str) -> tuple[str, bool]:
    """The id of the debtor's open case in a portfolio, and whether it was opened now.

    A case opened by an agent or a supervisor is theirs. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    try:
        book = get_portfolio(tx, portfolio_id)
    except NotFound:
        raise Invalid("There is no such portfolio.", field="portfolio") from None
    must_see_debtor(tx, actor, debtor_id)
    actor.must_be("agent", "supervisor", "integration")
    digest = body_hash({"debtor": debtor_id, "portfolio": portfolio_id})
    before = repeated(tx, actor, ROUTE, client_id, digest)
    if before is not None:
        return before, False
    person = debtors.get(tx, debtor_id)
    if person.merged_into is not None:
        raise Conflict("The debtor was merged into another one.", merged_into=person.merged_into)
    teams = teams_of(tx, portfolio_id)
    if actor.role != "integration" and not actor.teams.intersection(teams):
        raise NotFound
    found = open_case(tx, debtor_id, portfolio_id)
    if found is None:
        row = start(tx, book, person)
        if actor.role != "integration":
            own = [team for team in teams if team in actor.teams]
            row.team_id = own[0] if row.team_id not in actor.teams else row.team_id
            give(tx, row, actor.id, "opened", by=actor.id)
        found = row.id
        new = True
    else:
        new = False
        get(tx, found)
    remember(tx, actor, ROUTE, client_id, digest, found)
    return found, new
