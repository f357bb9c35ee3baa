"""A creditor tells how a charge is paid (a boleto's line, a Pix code, a link): kept, and told to who has its case."""

from __future__ import annotations

from collections.abc import Mapping

from console.access.audience import case_topics
from console.cases.queries import live, open_case
from console.errors import Invalid
from console.ledger.charge_codes import Disagrees, judged_codes, put_codes, shown_code
from console.ledger.charge_files import charge_of
from console.ledger.charges import NewCharge
from console.ledger.codes import FIELDS, BadCode, Told, read_code
from console.ledger.owed import ChargeRow, today_of
from console.store.transaction import Tx


def keep_given(tx: Tx, charge_id: str, given: NewCharge, at: str, by: str) -> None:
    """What the body of an API call says of one charge; "" takes a code back. Raises Invalid, naming the field."""
    of = charge_of(tx, charge_id)
    fields = {kind: value for kind, name in FIELDS.items() if (value := getattr(given, name)) is not None}
    if of is None or not fields:
        return
    told: dict[str, Told | None] = {}
    for kind, text in fields.items():
        try:
            told[kind] = read_code(kind, text, of.currency, today_of(tx, of.debtor_id)) if text else None
        except BadCode as error:
            raise Invalid(str(error), field=f"{at}.{FIELDS[kind]}") from None
    try:
        keep_codes(tx, of, told, by)
    except Disagrees as error:
        raise Invalid(str(error), field=f"{at}.{FIELDS[error.kind]}") from None


def keep_codes(tx: Tx, of: ChargeRow, told: Mapping[str, Told | None], by: str | None) -> None:
    """In place of what stood. Raises Disagrees."""
    made = put_codes(tx, of, told, by)
    case_id = open_case(tx, of.debtor_id, of.portfolio_id) if made else None
    if case_id is None:
        return
    row = live(tx, case_id)
    for each in judged_codes(tx, of.debtor_id, of.portfolio_id, made):
        tx.emit("charge_code.added", topics=case_topics(row.id, row.team_id), data=shown_code(each), case=row.id)
