"""What every act of a supervisor checks: existence, then role."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.visible import must_know
from console.cases.queries import CaseRow, live
from console.errors import Forbidden
from console.store.transaction import Tx


def supervised(tx: Tx, actor: Actor, case_id: str, *roles: str) -> CaseRow:
    """The live row, for a supervisor of the case's team (and `roles` besides). Raises NotFound, Forbidden."""
    must_know(tx, actor, case_id)
    actor.must_be("supervisor", *roles)
    row = live(tx, case_id)
    if actor.role == "supervisor" and row.team_id not in actor.teams:
        raise Forbidden
    return row
