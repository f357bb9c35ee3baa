"""What is masked on the screen, in full: one address or one document at a time, asked for by name and written down."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.access.endpoint import READERS, Call, Endpoint, Nothing
from console.audit.record import record
from console.cases.models import case
from console.debtors.queries import DebtorRow, find_point, get, get_address
from console.debtors.seen import Document, reads
from console.errors import NotFound, NotOwner
from console.store.statement import Query, value
from console.store.transaction import Tx
from console.store.vault import Vault

_OWNED = Query(
    select(case.c.id).where(
        case.c.debtor_id == bindparam("debtor_id"),
        case.c.owner_id == bindparam("owner_id"),
        case.c.status != "resolved",
    ),
    value,
)


class Revealed(Struct, frozen=True):
    """An address as it stands: a number in international form, or a mailbox."""

    address: str


def reveal_address(tx: Tx, actor: Actor, point_id: str) -> Revealed:
    """A contact point's address. Raises NotFound, NotOwner."""
    point = find_point(tx, point_id)
    if point is None or point.state == "removed":
        raise NotFound
    held = _may(tx, actor, point.debtor_id)
    where = get_address(tx, point.address_id)
    record(
        tx, actor.id, "contact_point.revealed", f"contact_point:{point.id}", case_id=held,
        detail={"channel": point.channel, "debtor": point.debtor_id},
    )  # fmt: skip
    return Revealed(where.phone or where.email or where.key)


def reveal_document(tx: Tx, actor: Actor, debtor_id: str, vault: Vault) -> Document:
    """The debtor's document. Raises NotFound (also when none is known), NotOwner."""
    held = _may(tx, actor, debtor_id)
    row: DebtorRow = get(tx, debtor_id)
    if row.document is None:
        raise NotFound
    record(
        tx, actor.id, "debtor.document_revealed", f"debtor:{debtor_id}", case_id=held,
        detail={"kind": row.document_kind or ""},
    )  # fmt: skip
    return Document(row.document_kind or "", vault.open(row.document, "debtor.document"))


def _may(tx: Tx, actor: Actor, debtor_id: str) -> str | None:
    """Whoever reads the debtor, and of the agents only who holds a case of theirs now; that case."""
    must_see_debtor(tx, actor, debtor_id)
    if not reads(tx, actor, debtor_id):
        raise NotFound
    held = _OWNED.first(tx, debtor_id=debtor_id, owner_id=actor.id)
    if actor.role == "agent" and held is None:
        raise NotOwner("Only who holds a case of this debtor sees it in full.")
    return held


async def post_address(call: Call[Nothing, Nothing]) -> Revealed:
    return await call.services.store.write(reveal_address, call.actor, call.path["id"])


async def post_document(call: Call[Nothing, Nothing]) -> Document:
    return await call.services.store.write(reveal_document, call.actor, call.path["id"], call.services.vault)


ENDPOINTS = [
    Endpoint(method="POST", path="/api/v1/contact-points/{id}/reveal", handler=post_address, answer=Revealed,
             roles=READERS, rate="reveal", problems=("not_owner",), summary="An address in full; audited"),
    Endpoint(method="POST", path="/api/v1/debtors/{id}/reveal", handler=post_document, answer=Document,
             roles=READERS, rate="reveal", problems=("not_owner",), summary="A document in full; audited"),
]  # fmt: skip
