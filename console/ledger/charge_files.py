"""The creditor's own documents of a charge, kept as files (LD-9): which there are, and whether one is still true."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.ledger.models import charge, charge_file, entry
from console.ledger.owed import ChargeRow, every_charge, owed
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import Ms

KINDS = ("invoice", "boleto")


class ChargeFile(Struct):
    """All columns of `charge_file`, in their order."""

    id: str
    charge_id: str
    kind: str
    name: str
    type: str
    size: int
    sha256: str
    by_id: str | None
    created_at: Ms
    replaced_at: Ms | None
    gone_at: Ms | None


_ONE = Query(select(charge_file).where(charge_file.c.id == bindparam("id")), ChargeFile)
_OF_DEBTOR = Query(
    select(charge_file)
    .join(charge, charge.c.id == charge_file.c.charge_id)
    .where(
        charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id"),
        charge_file.c.gone_at.is_(None),
    )
    .order_by(charge_file.c.created_at.desc(), charge_file.c.id.desc()),
    ChargeFile,
)  # fmt: skip
_OF_PERSON = Query(
    select(charge_file.c.id)
    .join(charge, charge.c.id == charge_file.c.charge_id)
    .where(charge.c.debtor_id == bindparam("debtor_id"), charge_file.c.gone_at.is_(None)),
    value,
)
_STANDING = Query(
    select(charge_file).where(
        charge_file.c.charge_id == bindparam("charge_id"), charge_file.c.kind == bindparam("kind"),
        charge_file.c.replaced_at.is_(None), charge_file.c.gone_at.is_(None),
    ),
    ChargeFile,
)  # fmt: skip
_CHARGE = Query(select(charge).where(charge.c.id == bindparam("id")), ChargeRow)
_MOVED = Query(
    select(entry.c.id).where(entry.c.charge_id == bindparam("charge_id"), entry.c.at > bindparam("since")).limit(1),
    value,
)


def charge_of(reader: Reader, charge_id: str) -> ChargeRow | None:
    return _CHARGE.first(reader, id=charge_id)


def file_of(reader: Reader, file_id: str) -> ChargeFile | None:
    return _ONE.first(reader, id=file_id)


def standing(reader: Reader, charge_id: str, kind: str) -> ChargeFile | None:
    """The newest of its kind."""
    return _STANDING.first(reader, charge_id=charge_id, kind=kind)


def files_of_person(reader: Reader, debtor_id: str) -> list[str]:
    """The ids of those whose bytes are here."""
    return _OF_PERSON.all(reader, debtor_id=debtor_id)


def judged(
    reader: Reader, debtor_id: str, portfolio_id: str, files: Sequence[ChargeFile] | None = None
) -> list[tuple[ChargeFile, ChargeRow, str]]:
    """A debtor's files in a portfolio, the youngest first, each with its charge and why it must not leave: replaced,
    recalled, paid, agreement (which stands in the charge's place), superseded (a boleto, and money moved since); "" for
    one that may.
    """
    found = _OF_DEBTOR.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id) if files is None else files
    if not found:
        return []
    charges = every_charge(reader, debtor_id, portfolio_id)
    left = {each.id: each.total for each in owed(reader, debtor_id, portfolio_id).charges}
    return [
        (each, charges[each.charge_id], _why(reader, each, charges[each.charge_id], left.get(each.charge_id, 0)))
        for each in found
        if each.charge_id in charges
    ]


def _why(reader: Reader, file: ChargeFile, of: ChargeRow, left: int) -> str:
    if file.replaced_at is not None or file.gone_at is not None:
        return "replaced"
    moved = file.kind == "boleto" and is_moved(reader, of.id, file.created_at)
    return shut(of, left) or ("superseded" if moved else "")


def shut(of: ChargeRow, left: int) -> str:
    """Why nobody pays this charge by itself: recalled, paid, agreement; "" while they may."""
    if of.closed_at is not None:
        return "recalled"
    if left <= 0:
        return "paid"
    return "" if of.plan_id is None else "agreement"


def is_moved(reader: Reader, charge_id: str, since: Ms) -> bool:
    """Whether money moved on a charge after a moment."""
    return _MOVED.first(reader, charge_id=charge_id, since=since) is not None


assert ChargeFile.__struct_fields__ == tuple(charge_file.c.keys())
