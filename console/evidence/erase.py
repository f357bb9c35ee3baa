"""Taking words and files away when the law wants it, leaving a digest of each in their place so that evidence holds.

A person's data is erased by two: compliance asks, somebody else of compliance or an admin carries it out. The debt, the
contact log, the decisions and the consents stay as long as the law keeps them, and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from sqlalchemy import bindparam, select

from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.audit.record import record
from console.cases.asked import forget_asked
from console.cases.changed import told_of_the_past
from console.cases.models import draft
from console.cases.queries import CaseRow, live, of_debtor
from console.debtors import queries as debtors
from console.debtors.coming import while_one_goes
from console.debtors.consents import selves_of
from console.debtors.models import address, contact_point, debtor, identifier
from console.debtors.names import index_name
from console.debtors.states import step
from console.errors import Conflict, Invalid, NotFound, OwnRequest
from console.evidence.bundle import salt_of
from console.evidence.models import erased, removal
from console.evidence.records import files_of_items, message_body, plain
from console.evidence.verify import digest_of
from console.gate.profiles import countries
from console.imports.persons import Kept, Struck, Traces, forget_lines, kept_files, traces_of
from console.ledger.charge_codes import forget_codes
from console.ledger.charge_files import files_of_person
from console.ledger.models import charge_file
from console.ledger.owed import owed
from console.store.base import dump, load
from console.store.statement import Query, add, add_once, change, remove, rows, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.timeline import view
from console.timeline.add import topics_of
from console.timeline.index import forget
from console.timeline.models import attachment, item
from console.timeline.queries import ItemRow
from console.wire.ids import new_id
from console.wire.moment import DAY, Ms, rfc3339

YEAR = 365 * DAY
WORDED = (item.c.kind == "message") & (
    (item.c.text != "") | item.c.html.is_not(None) | item.c.subject.is_not(None)  # mail may have no text at all
)
HELD = attachment.c.state.not_in(("gone", "refused"))
_WORDED = Query(select(item).where(item.c.case_id == bindparam("case_id"), WORDED), ItemRow)
_ITEMS = select(item.c.id).where(item.c.case_id == bindparam("case_id"))
_FILES = Query(select(attachment.c.id).where(attachment.c.item_id.in_(_ITEMS), HELD), value)
_REMOVAL = Query(select(removal).where(removal.c.id == bindparam("id")), lambda *columns: Removal(*columns))


class Removal(Struct):
    id: str
    kind: str
    debtor_id: str | None
    state: str
    reason: str
    asked_by: str | None
    done_by: str | None
    report: str
    at: Ms
    done_at: Ms | None


class Report(Struct):
    """What went and what stays: `removed` counts by kind, `kept` says what, why, and until when if time ends it."""

    removed: dict[str, int] = field(default_factory=dict)
    kept: list[dict[str, str]] = field(default_factory=list)

    def count(self, what: str, n: int = 1) -> None:
        if n:
            self.removed[what] = self.removed.get(what, 0) + n

    def keep(self, what: str, why: str, until: Ms | None = None) -> None:
        line = {"what": what, "why": why} | ({"until": rfc3339(until)} if until is not None else {})
        if line not in self.kept:
            self.kept.append(line)


def ask_erasure(tx: Tx, actor: Actor, debtor_id: str, reason: str) -> str:
    """Compliance asks for a person's data to be erased; the request's id. Raises Conflict when one is open."""
    must_see_debtor(tx, actor, debtor_id)
    actor.must_be("compliance")
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Say which request this answers, in at most 500 characters.", field="reason")
    open_ones = select(removal.c.id).where(
        removal.c.debtor_id == debtor_id, removal.c.kind == "erasure", removal.c.state == "asked"
    )
    if rows(tx, open_ones, value):
        raise Conflict("An erasure of this person has been asked for already.")
    made = new_id()
    add(tx, removal, id=made, kind="erasure", debtor_id=debtor_id, state="asked", reason=reason.strip(),
        asked_by=actor.id, report=dump(Report()), at=tx.now)  # fmt: skip
    record(tx, actor.id, "erasure.asked", f"debtor:{debtor_id}", detail={"request": made})
    return made


def about_to_erase(reader: Reader, actor: Actor, removal_id: str) -> tuple[Traces, list[Kept]]:
    """What tells the person in files that are kept, and those files. Raises what `carry_out` does."""
    return traces_of(reader, _asked(reader, actor, removal_id)[1]), kept_files(reader)


def carry_out(tx: Tx, actor: Actor, removal_id: str, vault: Vault, struck: Struck) -> tuple[Removal, list[str]]:
    """Erase, by somebody else than who asked; the request with its report, and the ids of files to delete.

    `struck`: what `strike` told of imported files. Raises NotFound, Forbidden, OwnRequest, or Conflict when it is done
    already, or a file has come that `strike` did not look at.
    """
    while_one_goes(tx)
    found, debtor_id = _asked(tx, actor, removal_id)
    if any(each.run.id not in struck for each in kept_files(tx)):
        raise Conflict("A file came to be imported meanwhile: carry it out again.")
    report, gone = erase(tx, vault, debtor_id, "erasure")
    report.count("rows of imported files", forget_lines(tx, struck))
    found.state, found.done_by, found.done_at, found.report = "done", actor.id, tx.now, dump(report)
    change(tx, removal, {"id": found.id}, state="done", done_by=actor.id, done_at=tx.now, report=found.report)
    record(tx, actor.id, "erasure.done", f"debtor:{debtor_id}", detail={"removed": report.removed})
    tx.wake("journal")
    return found, gone


def _asked(reader: Reader, actor: Actor, removal_id: str) -> tuple[Removal, str]:
    actor.must_be("compliance", "admin")
    found = _REMOVAL.first(reader, id=removal_id)
    if found is None or found.debtor_id is None:
        raise NotFound
    if found.state != "asked":
        raise Conflict("This was carried out already.")
    if found.asked_by == actor.id:
        raise OwnRequest("Nobody carries out an erasure that they asked for.")
    return found, found.debtor_id


def erase(tx: Tx, vault: Vault, debtor_id: str, why: str) -> tuple[Report, list[str]]:
    """Remove what nobody needs any more of a person, and say what stays."""
    report, gone = Report(), []
    person = debtors.get(tx, debtor_id)
    cases = of_debtor(tx, debtor_id)
    for each in cases:
        if each.is_open:
            report.keep(f"case {each.id}", "It is open: what was said is needed until it is resolved")
            continue
        gone += erase_case(tx, vault, live(tx, each.id), why, report)
    books = {*debtors.accounts_of(tx, debtor_id), *(each.portfolio_id for each in cases)}
    owing = [each for each in sorted(books) if (owed(tx, debtor_id, each).total_minor or 0) > 0]
    until = _kept_until(tx, person.jurisdiction, cases)
    report.keep("ledger", "Payments and debts are kept by accounting and tax law, and a deletion does not end a debt")
    report.keep("contact log, decisions, consents", "Proof of lawful contact, until the claims are time-barred", until)
    if owing or any(each.is_open for each in cases):
        report.keep("name, document, addresses", "A debt stands or a case is open: credit protection, legal obligation")
    else:
        _anonymise(tx, debtor_id, report)
        papers = files_of_person(tx, debtor_id)
        for each_id in papers:
            change(tx, charge_file, {"id": each_id}, gone_at=tx.now, name="")
        report.count("invoices and boletos", len(papers))
        report.count("codes to pay by", forget_codes(tx, debtor_id))
        gone += papers
    return report, gone


def erase_case(tx: Tx, vault: Vault, case: CaseRow, why: str, report: Report) -> list[str]:
    """Take the words and files of one case away; the ids of files whose bytes may go."""
    items = _WORDED.all(tx, case_id=case.id)
    files = files_of_items(tx, [each.id for each in items])
    for each in items:
        columns = {name: getattr(each, name) for name in each.__struct_fields__}
        body = message_body(plain(item, tuple(columns.values())), files.get(each.id, []))
        key = f"message:{each.id}"
        add_once(tx, erased, ("key",), key=key, digest=digest_of(salt_of(vault, key), body), why=why, at=tx.now)
        kept = {name: found for name, found in load(each.data).items() if name in ("sort", "times", "automated")}
        each.text, each.html, each.subject, each.rev = "", None, None, each.rev + 1
        each.data = dump(kept | {"erased": why})
        change(tx, item, {"id": each.id}, text="", html=None, subject=None, data=each.data, rev=each.rev)
    for each, shown in zip(items, view.many(tx, items), strict=True):
        tx.emit("message.updated", topics=topics_of(case, each), data=shown, case=case.id)
    report.count("texts shown for approval", forget_asked(tx, case))
    forget(tx, case.id)
    report.count("messages", len(items))
    report.count("drafts", remove(tx, draft, case_id=case.id))
    if case.last_item != "null":
        case.last_item = "null"
        told_of_the_past(tx, case)
    return drop_files(tx, case.id, report)


def drop_files(tx: Tx, case_id: str, report: Report) -> list[str]:
    """Mark the files of a case as gone; their ids, whose bytes the caller deletes after the commit."""
    ids = _FILES.all(tx, case_id=case_id)
    for each in ids:
        change(tx, attachment, {"id": each}, state="gone", reason="retention", name="")
    report.count("files", len(ids))
    return ids


def _anonymise(tx: Tx, debtor_id: str, report: Report) -> None:
    change(
        tx, debtor, {"id": debtor_id}, name="—", document=None, document_kind=None, document_hash=None, birth=None,
        labels="[]", preferred_channel=None, preferred_hours="null",
        preferred_means=None, updated_at=tx.now,
    )  # fmt: skip
    index_name(tx, debtor_id, "—")
    report.count("names and documents")
    report.count("names of people beside them", _forget_holders(tx, debtor_id))
    for point in debtors.points_of(tx, debtor_id):
        where = debtors.get_address(tx, point.address_id)
        if where.opted_out_at is not None or point.state == "wrong_number":
            report.keep("an address with an opt-out", "Without it the wish not to be written to could not be honoured")
            continue
        change(tx, contact_point, {"id": point.id}, state=step(point.state, "removed"), disclosure=0, verified=0)
        if _shared(tx, where.id, debtor_id):
            continue
        change(tx, address, {"id": where.id}, key=f"erased:{where.id}", phone="", wa_id="", user_id="", email="",
               profile_name="")  # fmt: skip
        remove(tx, identifier, address_id=where.id)
        report.count("addresses")


def _forget_holders(tx: Tx, debtor_id: str) -> int:
    """Whose addresses were known as somebody else's stay so, without a name: the role alone keeps what is left shut."""
    named = select(contact_point.c.id).where(contact_point.c.debtor_id.in_(selves_of(tx, debtor_id)))
    found = rows(tx, named.where((contact_point.c.holder_name != "") | (contact_point.c.holder_proof != "")), value)
    for each in found:
        change(tx, contact_point, {"id": each}, holder_name="", holder_proof="")
    return len(found)


def _shared(reader: Reader, address_id: str, debtor_id: str) -> bool:
    clause = select(contact_point.c.id).where(
        contact_point.c.address_id == address_id, contact_point.c.debtor_id != debtor_id
    )
    return bool(rows(reader, clause, value))


def _kept_until(reader: Reader, jurisdiction: str, cases: Sequence[CaseRow]) -> Ms:
    last = max((each.updated_at for each in cases), default=reader.now)
    return last + years_of(jurisdiction) * YEAR


def years_of(jurisdiction: str) -> int:
    """How long the contact log of a debtor there is kept; the longest where the country is unknown."""
    known = countries().get(jurisdiction[:2])
    return known.contact_log_years if known else max(each.contact_log_years for each in countries().values())


def removals(reader: Reader, limit: int = 100) -> list[Removal]:
    """What was removed, and what is asked for, the newest first."""
    clause = select(removal).order_by(removal.c.at.desc(), removal.c.id.desc()).limit(limit)
    return rows(reader, clause, Removal)


def shape(each: Removal) -> dict[str, Any]:
    """As the world sees it."""
    return {
        "id": each.id,
        "kind": each.kind,
        "debtor": each.debtor_id,
        "state": each.state,
        "reason": each.reason,
        "asked_by": each.asked_by,
        "done_by": each.done_by,
        "at": rfc3339(each.at),
        "done_at": rfc3339(each.done_at),
        **load(each.report),
    }


assert Removal.__struct_fields__ == tuple(removal.c.keys())
