"""A creditor's own invoice or boleto: kept beside its charge, and given to a message as it came."""

from __future__ import annotations

from msgspec import Struct

from console.access.actor import Actor
from console.access.audience import case_topics
from console.access.idempotent import body_hash, remember, repeated
from console.access.portfolios import sees_portfolio
from console.audit.record import record
from console.cases.queries import CaseRow, live, open_case
from console.errors import Conflict, Invalid, NotFound
from console.ledger.charge_files import KINDS, ChargeFile, charge_of, file_of, judged, standing
from console.ledger.models import charge_file
from console.ledger.owed import ChargeRow
from console.negotiation import view
from console.store.base import dump
from console.store.statement import add, change
from console.store.transaction import Reader, Tx
from console.timeline.queries import AttachmentRow
from console.wire import ledger as wire
from console.wire.ids import new_id

ROUTE = "charge_files"
TYPES = ("application/pdf", "image/png", "image/jpeg")


class Wish(Struct, frozen=True):
    """What stands beside the file. `client_id` makes the call repeatable."""

    client_id: str
    charge: str
    kind: str
    sha256: str


def must_take(reader: Reader, actor: Actor, charge_id: str, kind: str) -> ChargeRow:
    """The charge. Raises NotFound for one that is not the actor's to fill, Invalid, naming the field."""
    found = charge_of(reader, charge_id)
    if found is None or not sees_portfolio(reader, actor, found.portfolio_id):
        raise NotFound
    if kind not in KINDS:
        raise Invalid(f"kind is one of {', '.join(KINDS)}.", field="kind")
    if found.closed_at is not None:
        raise Conflict("The creditor took this charge back: nothing more is kept of it.")
    return found


def must_fit(file: AttachmentRow) -> None:
    """Raises Invalid for what is neither a PDF nor a picture, whatever it calls itself."""
    if file.type not in TYPES:
        raise Invalid("An invoice or boleto is a PDF, or a picture of it (PNG, JPEG).", field="file", reason="type")


def keep(tx: Tx, actor: Actor, wish: Wish, file: AttachmentRow) -> tuple[wire.ChargeFile, bool]:
    """The document, whose bytes lie under the file's id, and whether it is new. An older one of its kind gives way."""
    tx.lock(f"charge_file:{wish.charge}:{wish.kind}")  # of two at once the later replaces the earlier
    of = must_take(tx, actor, wish.charge, wish.kind)
    digest = body_hash(wish, without=("client_id",))
    before = repeated(tx, actor, ROUTE, wish.client_id, digest)
    older = standing(tx, of.id, wish.kind)
    known = before or (older.id if older is not None and older.sha256 == wish.sha256 else None)
    if known is not None:
        return _shown(tx, of, known), False
    if older is not None:
        change(tx, charge_file, {"id": older.id}, replaced_at=tx.now)
    made = ChargeFile(file.id, of.id, wish.kind, file.name, file.type, file.size, file.sha256, actor.id, tx.now, None,
                      None)  # fmt: skip
    add(tx, charge_file, **{name: getattr(made, name) for name in made.__struct_fields__})
    remember(tx, actor, ROUTE, wish.client_id, digest, made.id)
    record(tx, actor.id, "charge_file.added", f"charge:{of.id}", detail={"file": made.id, "kind": made.kind})
    shown = _shown(tx, of, made.id)
    case_id = open_case(tx, of.debtor_id, of.portfolio_id)
    if case_id is not None:
        row = live(tx, case_id)
        tx.emit("charge_file.added", topics=case_topics(row.id, row.team_id), data=shown, case=row.id)
    return shown, True


def choose(reader: Reader, row: CaseRow, kind: str | None, charge_id: str | None) -> ChargeFile | None:
    """The youngest that may leave, of that kind and charge where they are named; None when there is none and none was
    named. Raises Conflict, saying why the one that was meant may not.
    """
    found = [
        (file, why) for file, of, why in judged(reader, row.debtor_id, row.portfolio_id)
        if kind in (None, file.kind) and charge_id in (None, of.id)
    ]  # fmt: skip
    for file, why in found:
        if not why:
            return file
    if kind is None:
        return None
    if not found:
        raise Conflict(f"The creditor gave no {kind} here.", field="kind")
    raise Conflict(f"The {kind} is no longer true ({found[0][1]}).", field="kind", reason=found[0][1])


def given(actor: Actor, file: ChargeFile, row: CaseRow, now: int) -> AttachmentRow:
    """The file as an upload of the actor's, knowing what it is of."""
    about = {"kind": file.kind, "debtor": row.debtor_id, "portfolio": row.portfolio_id, "file": file.id}
    return AttachmentRow(
        id=new_id(), item_id=None, case_id=None, uploader_id=actor.id, ordinal=0, name=file.name, type=file.type,
        declared=file.type, size=file.size, sha256=file.sha256, state="ready", reason="", inline_id="", width=0,
        height=0, source=dump({"document": about}), created_at=now,
    )  # fmt: skip


def _shown(reader: Reader, of: ChargeRow, file_id: str) -> wire.ChargeFile:
    file = file_of(reader, file_id)
    if file is None:
        raise NotFound
    ((_, _, why),) = judged(reader, of.debtor_id, of.portfolio_id, [file])
    return view.charge_file(file, of, why)
