"""The next one to write to: their case is opened for whoever asked."""

from __future__ import annotations

from msgspec import Struct

from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.cases.open_case import open_for
from console.cases.queries import open_case
from console.errors import Conflict
from console.outreach.listed import Wanted
from console.store.transaction import Tx
from console.wire.ids import new_id

ROUTE = "to-contact:next"
SHORTLIST = 20  # candidates taken along, so that whoever asks at the same moment gets another


class Next(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /to-contact/next: the filters of the list, and the client's own id."""

    client_id: str
    portfolio: str | None = None
    bucket: str | None = None
    language: str | None = None
    channel: str | None = None

    def wanted(self) -> Wanted:
        return Wanted(
            portfolio=self.portfolio, bucket=self.bucket, language=self.language, channel=self.channel,
            reach="now", limit=SHORTLIST,
        )  # fmt: skip


def begin_next(tx: Tx, actor: Actor, ask: Next, shortlist: list[tuple[str, str]]) -> tuple[str, bool]:
    """Open a case for the first (debtor, portfolio) of the list that nobody else has taken meanwhile; its id, and
    whether it is new. Raises Conflict when there is nobody left, Forbidden, Invalid for a bad client_id.
    """
    actor.must_be("agent", "supervisor")
    digest = body_hash(ask, without=("client_id",))
    before = repeated(tx, actor, ROUTE, ask.client_id, digest)
    if before is not None:
        return before, False
    for debtor_id, portfolio_id in shortlist:
        if open_case(tx, debtor_id, portfolio_id) is None:
            made, _new = open_for(tx, actor, new_id(), debtor_id, portfolio_id)
            remember(tx, actor, ROUTE, ask.client_id, digest, made)
            return made, True
    raise Conflict("Nobody is left whom the gate allows now. Widen the filters, or come back later.")
