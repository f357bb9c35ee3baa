"""A creditor's own invoice or boleto: kept beside its charge, and given to a message as it came."""

from __future__ import annotations

from msgspec import Struct

from console.access.actor import Actor
from console.access.audience import case_topics
from console.access.idempotent import body_hash, remember, repeated
from console.access.portfolios import sees_portfolio
from console.audit.record import record
from console.cases.queries import CaseRow, live, open_case
from console.debtors import queries as debtors
from console.debtors.coming import while_people_come
from console.errors import Conflict, Invalid, NotFound
from console.ledger.charge_codes import Judged, judged_codes
from console.ledger.charge_files import KINDS, ChargeFile, charge_of, file_of, judged, standing
from console.ledger.codes import KINDS as CODE_KINDS
from console.ledger.models import charge_file
from console.ledger.owed import ChargeRow
from console.negotiation import texts, view
from console.store.base import dump
from console.store.statement import add, change
from console.store.transaction import Reader, Tx
from console.timeline.queries import AttachmentRow
from console.wire import ledger as wire
from console.wire.ids import new_id
from console.wire.shapes import Money

ROUTE = "charge_files"
TYPES = ("application/pdf", "image/png", "image/jpeg")


class Chosen(Struct, frozen=True):
    """What of one charge leaves: a file, and codes as text."""

    row: CaseRow
    file: ChargeFile | None
    codes: list[Judged]


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
    while_people_come(tx)
    tx.lock(f"charge_file:{wish.charge}:{wish.kind}")  # of two at once the later replaces the earlier
    of = must_take(tx, actor, wish.charge, wish.kind)
    digest = body_hash(wish, without=("client_id",))
    before = repeated(tx, actor, ROUTE, wish.client_id, digest)
    if before is not None:
        return _shown(tx, of, before), False
    kept, new = put_file(tx, of, wish.kind, file, actor.id)
    if new:
        remember(tx, actor, ROUTE, wish.client_id, digest, kept)
    return _shown(tx, of, kept), new


def put_file(tx: Tx, of: ChargeRow, kind: str, file: AttachmentRow, by: str | None) -> tuple[str, bool]:
    """The document's id and whether it is new: the same bytes again are the one that stands, others take its place."""
    tx.lock(f"charge_file:{of.id}:{kind}")  # of two at once the later replaces the earlier
    older = standing(tx, of.id, kind)
    if older is not None and older.sha256 == file.sha256:
        return older.id, False
    if older is not None:
        change(tx, charge_file, {"id": older.id}, replaced_at=tx.now)
    made = ChargeFile(file.id, of.id, kind, file.name, file.type, file.size, file.sha256, by, tx.now, None, None)
    add(tx, charge_file, **{name: getattr(made, name) for name in made.__struct_fields__})
    record(tx, by, "charge_file.added", f"charge:{of.id}", detail={"file": made.id, "kind": made.kind})
    case_id = open_case(tx, of.debtor_id, of.portfolio_id)
    if case_id is not None:
        row = live(tx, case_id)
        tx.emit("charge_file.added", topics=case_topics(row.id, row.team_id), data=_shown(tx, of, made.id), case=row.id)
    return made.id, True


def choose(reader: Reader, row: CaseRow, kind: str | None, charge_id: str | None) -> Chosen | None:
    """What the creditor gave last of that kind and charge, where they are named, and is still true; None when there is
    nothing and no kind was named. Raises Conflict, saying why what was meant may not leave.
    """
    files = [
        (file, of, why) for file, of, why in judged(reader, row.debtor_id, row.portfolio_id)
        if kind in (None, file.kind) and charge_id in (None, of.id)
    ]  # fmt: skip
    codes = [
        each for each in judged_codes(reader, row.debtor_id, row.portfolio_id)
        if kind in (None, each.code.kind) and charge_id in (None, each.of.id)
    ]  # fmt: skip
    true = [(file.created_at, of.id) for file, of, why in files if not why]
    true += [(each.code.created_at, each.of.id) for each in codes if not each.why]
    if true:
        of_id = max(true)[1]
        mine = [file for file, of, why in files if of.id == of_id and not why]
        return Chosen(row, mine[0] if mine else None, [each for each in codes if each.of.id == of_id and not each.why])
    if kind is None:
        return None
    reasons = [(file.created_at, why) for file, _, why in files] + [(each.code.created_at, each.why) for each in codes]
    if not reasons:
        raise Conflict(f"The creditor gave no {kind} here.", field="kind")
    why = max(reasons)[1]
    raise Conflict(f"The {kind} is no longer true ({why}).", field="kind", reason=why)


def words(reader: Reader, chosen: Chosen) -> str:
    """The codes as the debtor reads them: each on a line of its own, to be copied; "" without any."""
    language = debtors.get(reader, chosen.row.debtor_id).language
    lines = []
    for each in sorted(chosen.codes, key=lambda each: CODE_KINDS.index(each.code.kind)):
        amount = Money(each.told.amount, each.of.currency) if each.told.amount else None
        facts = [texts.money(amount)] if amount else []
        if each.told.due is not None:
            facts.append(
                texts.in_tongue(texts.UNTIL, language).format(day=texts.day(each.told.due.isoformat(), language))
            )
        told = f" ({', '.join(facts)})" if facts else ""
        lines.append(
            texts.in_tongue(texts.CODES[each.code.kind], language).format(
                number=each.of.number, told=told, value=each.code.value
            )
        )
    return "\n\n".join(lines)


def qr_of(chosen: Chosen) -> Judged | None:
    """The Pix code whose picture goes along: of the creditor's own document the picture is in it already."""
    if chosen.file is not None:
        return None
    return next((each for each in chosen.codes if each.code.kind == "pix"), None)


def given(actor: Actor, file: ChargeFile, row: CaseRow, now: int) -> AttachmentRow:
    """The file as an upload of the actor's, knowing what it is of."""
    about = {"kind": file.kind, "debtor": row.debtor_id, "portfolio": row.portfolio_id, "file": file.id}
    return AttachmentRow(
        id=new_id(), item_id=None, case_id=None, uploader_id=actor.id, ordinal=0, name=file.name, type=file.type,
        declared=file.type, size=file.size, sha256=file.sha256, state="ready", reason="", inline_id="", width=0,
        height=0, source=dump({"document": about}), created_at=now,
    )  # fmt: skip


def pictured(file: AttachmentRow, code: Judged, row: CaseRow) -> AttachmentRow:
    """The picture of a Pix code, knowing what it is of."""
    about = {"kind": "pix", "debtor": row.debtor_id, "portfolio": row.portfolio_id, "code": code.code.id}
    file.source = dump({"document": about})
    return file


def _shown(reader: Reader, of: ChargeRow, file_id: str) -> wire.ChargeFile:
    file = file_of(reader, file_id)
    if file is None:
        raise NotFound
    ((_, _, why),) = judged(reader, of.debtor_id, of.portfolio_id, [file])
    return view.charge_file(file, of, why)
