"""The creditor's boleto line, Pix code and link of a charge, as rows: which there are, which are still true."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.ledger.calendar import next_business_day
from console.ledger.charge_files import is_moved, shut
from console.ledger.codes import Told, read_code
from console.ledger.models import charge, charge_code
from console.ledger.owed import ChargeRow, every_charge, moves_of, parts_of, today_of
from console.portfolios.queries import get_portfolio
from console.store.statement import Query, add_many, change, remove, rows, value
from console.store.transaction import Reader, Tx
from console.wire import ledger as wire
from console.wire.ids import new_id
from console.wire.moment import Ms, rfc3339
from console.wire.shapes import Money


class ChargeCode(Struct):
    """All columns of `charge_code`, in their order."""

    id: str
    charge_id: str
    kind: str
    value: str
    by_id: str | None
    created_at: Ms
    replaced_at: Ms | None


class Judged(Struct, frozen=True):
    """`why` it must not leave: replaced, recalled, paid, agreement, superseded (money moved since), expired (its own
    last day is over), amount (it asks for another sum than is owed); "" for one that may.
    """

    code: ChargeCode
    of: ChargeRow
    told: Told
    why: str


class Disagrees(ValueError):
    """A code asks for another sum than the charge. `says` and `owed` in minor units."""

    def __init__(self, kind: str, says: int, owed: int, currency: str) -> None:
        self.kind, self.says, self.owed = kind, spoken(says, currency), spoken(owed, currency)
        super().__init__(f"It asks for {self.says}, and what is owed of the charge is {self.owed}: give the one that "
                         "was issued for it.")  # fmt: skip


_ONE = Query(select(charge_code).where(charge_code.c.id == bindparam("id")), ChargeCode)
_OF_DEBTOR = Query(
    select(charge_code)
    .join(charge, charge.c.id == charge_code.c.charge_id)
    .where(charge.c.debtor_id == bindparam("debtor_id"), charge.c.portfolio_id == bindparam("portfolio_id"))
    .order_by(charge_code.c.created_at.desc(), charge_code.c.id.desc()),
    ChargeCode,
)
_STANDING = Query(
    select(charge_code).where(charge_code.c.charge_id == bindparam("charge_id"), charge_code.c.replaced_at.is_(None)),
    ChargeCode,
)
_OF_PERSON = Query(
    select(charge_code.c.id)
    .join(charge, charge.c.id == charge_code.c.charge_id)
    .where(charge.c.debtor_id == bindparam("debtor_id")),
    value,
)
_KEYED = Query(
    select(charge).where(
        charge.c.portfolio_id == bindparam("portfolio_id"), charge.c.external_id == bindparam("external_id")
    ),
    ChargeRow,
)


def keyed(reader: Reader, portfolio_id: str, external_id: str) -> ChargeRow | None:
    """The charge of a creditor's own key."""
    return _KEYED.first(reader, portfolio_id=portfolio_id, external_id=external_id)


def code_of(reader: Reader, code_id: str) -> ChargeCode | None:
    return _ONE.first(reader, id=code_id)


def judged_codes(
    reader: Reader, debtor_id: str, portfolio_id: str, codes: Sequence[ChargeCode] | None = None
) -> list[Judged]:
    """A debtor's codes in a portfolio, the youngest first, those that were replaced among them."""
    found = _OF_DEBTOR.all(reader, debtor_id=debtor_id, portfolio_id=portfolio_id) if codes is None else codes
    if not found:
        return []
    charges = every_charge(reader, debtor_id, portfolio_id)
    moves, today = moves_of(reader, debtor_id, portfolio_id), today_of(reader, debtor_id)
    country = get_portfolio(reader, portfolio_id).jurisdiction[:2]
    out = []
    for each in found:
        of = charges.get(each.charge_id)
        if of is None:
            continue
        told = read_code(each.kind, each.value, of.currency, today)
        parts = parts_of(of, [move for move in moves.get(of.id, []) if move.on <= today], today, country)
        why = "replaced" if each.replaced_at is not None else shut(of, parts.total)
        if not why and each.kind != "link":
            why = _why(reader, each, of, told, today)
            if not why and told.amount not in (None, *_sums(reader, of, told, today)):
                why = "amount"
        out.append(Judged(each, of, told, why))
    return out


def named_in(reader: Reader, values: Collection[str]) -> list[tuple[ChargeCode, str, str]]:
    """Codes of these values, whoever's they are, each with its debtor and portfolio."""
    clause = select(charge_code, charge.c.debtor_id, charge.c.portfolio_id).join(
        charge, charge.c.id == charge_code.c.charge_id
    )
    return rows(reader, clause.where(charge_code.c.value.in_(values)),
                lambda *columns: (ChargeCode(*columns[:-2]), *columns[-2:]))  # fmt: skip


def standing_of(reader: Reader, charge_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """What stands, by charge and kind."""
    clause = select(charge_code).where(charge_code.c.charge_id.in_(charge_ids), charge_code.c.replaced_at.is_(None))
    found: dict[str, dict[str, str]] = {}
    for each in rows(reader, clause, ChargeCode):
        found.setdefault(each.charge_id, {})[each.kind] = each.value
    return found


def put_codes(tx: Tx, of: ChargeRow, told: Mapping[str, Told | None], by: str | None) -> list[ChargeCode]:
    """Keep what is new of them, in place of what stood; None takes one back. Those that are new. Raises Disagrees.

    One that is known is not judged again: a file that comes every night repeats it after money has moved.
    """
    standing = {each.kind: each for each in _STANDING.all(tx, charge_id=of.id)}
    today, made = today_of(tx, of.debtor_id), []
    for kind, each in told.items():
        older = standing.get(kind)
        if (None if older is None else older.value) == (None if each is None else each.value):
            continue
        if each is not None and each.amount is not None and of.plan_id is None:
            sums = _sums(tx, of, each, today)
            if each.amount not in sums:
                raise Disagrees(kind, each.amount, sums[0], of.currency)
        if older is not None:
            change(tx, charge_code, {"id": older.id}, replaced_at=tx.now)
        if each is not None:
            made.append(ChargeCode(new_id(), of.id, kind, each.value, by, tx.now, None))
    _add(tx, made)
    return made


def put_new_codes(tx: Tx, several: Sequence[tuple[str, Mapping[str, Told]]]) -> None:
    """Those of charges that are new here and in which nothing is wrong, all at once."""
    _add(tx, [
        ChargeCode(new_id(), charge_id, kind, each.value, None, tx.now, None)
        for charge_id, told in several for kind, each in told.items()
    ])  # fmt: skip


def forget_codes(tx: Tx, debtor_id: str) -> int:
    """A person's go with their data; how many."""
    return sum(remove(tx, charge_code, id=each) for each in _OF_PERSON.all(tx, debtor_id=debtor_id))


def shown_code(each: Judged) -> wire.ChargeCode:
    amount = None if each.told.amount is None else Money(each.told.amount, each.of.currency)
    return wire.ChargeCode(
        id=each.code.id, charge=each.of.id, debtor=each.of.debtor_id, number=each.of.number, kind=each.code.kind,
        value=each.code.value, amount=amount, due=None if each.told.due is None else each.told.due.isoformat(),
        why=each.why, created_at=rfc3339(each.code.created_at),
    )  # fmt: skip


def spoken(minor: int, currency: str) -> str:
    return f"{currency} {minor // 100}.{minor % 100:02d}"


def _why(reader: Reader, code: ChargeCode, of: ChargeRow, told: Told, today: date) -> str:
    if is_moved(reader, of.id, code.created_at):
        return "superseded"
    return "expired" if told.due is not None and next_business_day(told.due, "BR") < today else ""


def _sums(reader: Reader, of: ChargeRow, told: Told, today: date) -> list[int]:
    """The sums that agree, what is owed today first. Where a bank adds fine and interest when it is paid (a boleto, a
    dynamic Pix), also what is left without them; and what will be owed on its own day, which it may hold already.
    """
    moves = moves_of(reader, of.debtor_id, of.portfolio_id).get(of.id, [])
    country = get_portfolio(reader, of.portfolio_id).jurisdiction[:2]
    parts = parts_of(of, [each for each in moves if each.on <= today], today, country)
    sums = [parts.total]
    if not told.fixed:
        sums.append(parts.open["principal"] + parts.open["fees"])
    if told.due is not None and told.due > today:
        sums.append(parts_of(of, moves, told.due, country).total)
    return sums


def _add(tx: Tx, made: Sequence[ChargeCode]) -> None:
    add_many(tx, charge_code, [{name: getattr(each, name) for name in each.__struct_fields__} for each in made])


assert ChargeCode.__struct_fields__ == tuple(charge_code.c.keys())
