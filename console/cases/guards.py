"""What every command on a case checks first, in the order of decision 6: existence, role, epoch, owner."""

from __future__ import annotations

from console.access.actor import Actor
from console.access.visible import must_know
from console.cases.ownership import must_be_at
from console.cases.queries import CaseRow, live
from console.errors import Conflict, NotOwner
from console.store.transaction import Tx


def known(tx: Tx, actor: Actor, case_id: str, *roles: str) -> CaseRow:
    """The live row for a command by these roles (default: agents and supervisors). Raises NotFound, Forbidden."""
    must_know(tx, actor, case_id)
    actor.must_be(*(roles or ("agent", "supervisor")))
    return live(tx, case_id)


def workable(tx: Tx, actor: Actor, case_id: str, epoch: int | None) -> CaseRow:
    """The live row for its owner, or for a supervisor of its team. Raises StaleEpoch, NotOwner besides."""
    row = known(tx, actor, case_id)
    must_be_at(row, epoch)
    supervises = actor.role == "supervisor" and row.team_id in actor.teams
    if row.owner_id != actor.id and not supervises:
        raise NotOwner(epoch=row.epoch)
    return row


def still_open(row: CaseRow) -> None:
    """Raises Conflict when the case is resolved."""
    if not row.is_open:
        raise Conflict("The case is resolved: reopen it first.", case_status=row.status)
