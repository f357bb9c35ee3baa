"""What time removes by itself (domain reference §7.4): files 90 days after a case is resolved, words after 24 months,
the contact log after the years of the country. Each run leaves a report of what went and what stays.
"""

from __future__ import annotations

from copy import deepcopy

from msgspec import Struct, field
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy import case as either

from console.cases.models import case
from console.cases.queries import live
from console.debtors.models import consent_log, debtor
from console.evidence.erase import HELD, WORDED, YEAR, Report, drop_files, erase_case, years_of
from console.evidence.models import removal
from console.gate.models import contact, decision, text_approval
from console.gate.profiles import countries
from console.store.base import dump
from console.store.statement import Statement, put, row, rows, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.timeline.models import attachment, item
from console.wire.ids import new_id
from console.wire.moment import DAY, Ms

FILES_KEPT = 90 * DAY
WORDS_KEPT = 2 * YEAR
AT_ONCE = 100


class Run(Struct):
    """A run between two of its transactions: its report so far, and the id to which each kind came, None at its end."""

    id: str = field(default_factory=new_id)
    report: Report = field(default_factory=Report)
    words: str | None = ""
    files: str | None = ""
    logs: str | None = ""

    @property
    def over(self) -> bool:
        return self.words is self.files is self.logs is None


def due_for_retention(reader: Reader) -> bool:
    """Once a day."""
    last = select(func.max(removal.c.at)).where(removal.c.kind == "retention")
    found = rows(reader, last, value)[0]
    return found is None or found <= reader.now - DAY


def retain(tx: Tx, vault: Vault, so_far: Run | None = None) -> tuple[Run, list[str]]:
    """The next hundred cases and people of each kind, until the run is `over`; the run, and the ids of files to delete.

    Its report is written with each hundred: what went is told also if the process ends in between.
    """
    run, gone = deepcopy(so_far) if so_far else Run(), []  # `so_far` stays as it is: this may be rolled back
    worded = [] if run.words is None else rows(tx, _old_words(tx, run.words), value)
    filed = [] if run.files is None else rows(tx, _old_files(tx, run.files), value)
    logged = [] if run.logs is None else rows(tx, _old_logs(tx, run.logs), row)
    run.words, run.files, run.logs = _last(worded), _last(filed), _last([each[0] for each in logged])
    for case_id in worded:
        gone += erase_case(tx, vault, live(tx, case_id), "retention", run.report)
    for case_id in filed:
        gone += drop_files(tx, case_id, run.report)
    for debtor_id, before in logged:
        _prune_log(tx, debtor_id, before, run.report)
    run.report.keep("messages", "24 months after their case was resolved: minimisation")
    run.report.keep("contact log, decisions, consents", "The years of the debtor's country after the last activity")
    put(tx, removal, ("id",), id=run.id, kind="retention", state="done", reason="daily", report=dump(run.report),
        at=tx.now, done_at=tx.now)  # fmt: skip
    return run, gone


def _last(ids: list[str]) -> str | None:
    return ids[-1] if len(ids) == AT_ONCE else None


def _old_words(reader: Reader, after: str) -> Select[tuple[str]]:
    return _resolved(reader.now - WORDS_KEPT, select(item.c.id).where(item.c.case_id == case.c.id, WORDED), after)


def _old_files(reader: Reader, after: str) -> Select[tuple[str]]:
    held = select(attachment.c.id).join(item, item.c.id == attachment.c.item_id)
    return _resolved(reader.now - FILES_KEPT, held.where(item.c.case_id == case.c.id, HELD), after)


def _resolved(before: Ms, holding: Select[tuple[str]], after: str) -> Select[tuple[str]]:
    return (
        select(case.c.id)
        .where(case.c.id > after, case.c.status == "resolved", case.c.resolved_at < before, holding.exists())
        .order_by(case.c.id)
        .limit(AT_ONCE)
    )


def _old_logs(reader: Reader, after: str) -> Select[tuple[str, Ms]]:
    """Whose log holds what their country no longer wants kept, and until when that is: who was active since is not
    among them.
    """
    before = _before(reader.now)
    active = select(case.c.id).where(case.c.debtor_id == debtor.c.id, case.c.updated_at >= before)
    old = select(contact.c.id).where(contact.c.debtor_id == debtor.c.id, contact.c.at < before)
    return (
        select(debtor.c.id, before)
        .where(debtor.c.id > after, old.exists(), ~active.exists())
        .order_by(debtor.c.id)
        .limit(AT_ONCE)
    )


def _before(now: Ms) -> ColumnElement[Ms]:
    """The moment up to which a debtor's log goes, by the years of their country."""
    by_country = {code: now - years_of(code) * YEAR for code in countries()}
    return either(by_country, value=func.substr(debtor.c.jurisdiction, 1, 2), else_=now - years_of("") * YEAR)


def _prune_log(tx: Tx, debtor_id: str, before: Ms, report: Report) -> None:
    theirs = select(case.c.id).where(case.c.debtor_id == debtor_id)
    for name, table, clause_of in (
        ("contacts", contact, contact.c.debtor_id == debtor_id),
        ("consents", consent_log, consent_log.c.debtor_id == debtor_id),
        ("decisions", decision, decision.c.case_id.in_(theirs)),
        ("approvals of texts", text_approval, text_approval.c.case_id.in_(theirs)),
    ):
        report.count(name, Statement(table.delete().where(clause_of, table.c.at < before)).run(tx))
