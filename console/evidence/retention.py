"""What time removes by itself (domain reference §7.4): files 90 days after a case is resolved, words after 24 months,
the contact log after the years of the country. Each run leaves a report of what went and what stays.
"""

from __future__ import annotations

from sqlalchemy import Select, func, select

from console.cases.models import case
from console.cases.queries import live
from console.debtors.models import consent_log, debtor
from console.evidence.erase import YEAR, Report, drop_files, erase_case, years_of
from console.evidence.models import removal
from console.gate.models import contact, decision
from console.store.base import dump
from console.store.statement import Statement, add, row, rows, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.timeline.models import attachment, item
from console.wire.ids import new_id
from console.wire.moment import DAY

FILES_KEPT = 90 * DAY
WORDS_KEPT = 2 * YEAR
SHORTEST_LOG_YEARS = 2
AT_ONCE = 100


def due_for_retention(reader: Reader) -> bool:
    """Once a day."""
    last = select(func.max(removal.c.at)).where(removal.c.kind == "retention")
    found = rows(reader, last, value)[0]
    return found is None or found <= reader.now - DAY


def retain(tx: Tx, vault: Vault) -> tuple[Report, list[str]]:
    """One run, at most a hundred cases and people of each kind; its report, and the ids of files to delete."""
    report, gone = Report(), []
    for case_id in rows(tx, _old_words(tx), value):
        gone += erase_case(tx, vault, live(tx, case_id), "retention", report)
    for case_id in rows(tx, _old_files(tx), value):
        gone += drop_files(tx, case_id, report)
    _prune_logs(tx, report)
    report.keep("messages", "24 months after their case was resolved: minimisation")
    report.keep("contact log, decisions, consents", "The years of the debtor's country after the last activity")
    add(tx, removal, id=new_id(), kind="retention", state="done", reason="daily", report=dump(report), at=tx.now,
        done_at=tx.now)  # fmt: skip
    return report, gone


def _old_words(tx: Tx) -> Select[tuple[str]]:
    worded = select(item.c.id).where(item.c.case_id == case.c.id, item.c.kind == "message", item.c.text != "").exists()
    return (
        select(case.c.id)
        .where(case.c.status == "resolved", case.c.resolved_at < tx.now - WORDS_KEPT, worded)
        .order_by(case.c.resolved_at)
        .limit(AT_ONCE)
    )


def _old_files(tx: Tx) -> Select[tuple[str]]:
    held = select(attachment.c.id).where(
        attachment.c.case_id == case.c.id, attachment.c.state.not_in(("gone", "refused"))
    )
    return (
        select(case.c.id)
        .where(case.c.status == "resolved", case.c.resolved_at < tx.now - FILES_KEPT, held.exists())
        .order_by(case.c.resolved_at)
        .limit(AT_ONCE)
    )


def _prune_logs(tx: Tx, report: Report) -> None:
    oldest = tx.now - SHORTEST_LOG_YEARS * YEAR
    clause = (
        select(debtor.c.id, debtor.c.jurisdiction, func.max(case.c.updated_at))
        .join(contact, contact.c.debtor_id == debtor.c.id)
        .outerjoin(case, case.c.debtor_id == debtor.c.id)
        .where(contact.c.at < oldest)
        .group_by(debtor.c.id, debtor.c.jurisdiction)
        .limit(AT_ONCE)
    )
    for debtor_id, jurisdiction, active in rows(tx, clause, row):
        before = tx.now - years_of(jurisdiction) * YEAR
        if active is not None and active >= before:
            continue
        theirs = select(case.c.id).where(case.c.debtor_id == debtor_id)
        for name, table, clause_of in (
            ("contacts", contact, contact.c.debtor_id == debtor_id),
            ("consents", consent_log, consent_log.c.debtor_id == debtor_id),
            ("decisions", decision, decision.c.case_id.in_(theirs)),
        ):
            report.count(name, Statement(table.delete().where(clause_of, table.c.at < before)).run(tx))
