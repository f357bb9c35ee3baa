"""The clearance letter that follows the payment of the last of a debt (domain rules 3.5 and 3.6), without being asked
for: printed by a job, and sent where the gate lets it. Where it does not, the debtor reads how to get it, and the owner
hears that it is ready.
"""

from __future__ import annotations

from console.access.actor import SYSTEM
from console.cases import papers
from console.cases.queries import CaseRow, get, live
from console.debtors.queries import get as debtor
from console.jobs.enqueue import enqueue_job
from console.ledger.owed import owed
from console.negotiation import documents, texts
from console.negotiation.say import say
from console.negotiation.settle import name_of, notify
from console.negotiation.sheet import Drawn
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader, Tx
from console.timeline.queries import AttachmentRow

JOB = "clearance"
READY = "clearance.ready"


def follow(tx: Tx, row: CaseRow, payment_id: str) -> None:
    """Plan the letter, when nothing is owed any more; in the payment's own transaction."""
    if owed(tx, row.debtor_id, row.portfolio_id).total_minor == 0:
        enqueue_job(tx, JOB, {"case": row.id, "payment": payment_id}, key=f"{JOB}:{payment_id}")


def letter(reader: Reader, case_id: str) -> Drawn | None:
    """What is to be printed; None where something is owed again."""
    return documents.clearance(reader, get(reader, case_id))


def give(tx: Tx, case_id: str, payment_id: str, file: AttachmentRow) -> bool:
    """Send the letter, or tell the owner that it is ready; False where it was given before or is no longer true."""
    row = live(tx, case_id)
    if papers.stale(tx, row.debtor_id, row.portfolio_id, [file]):
        return False
    wish = documents.NewDocument(client_id=payment_id, kind="clearance")
    if not documents.keep(tx, SYSTEM, case_id, wish, file)[1]:
        return False
    book = get_portfolio(tx, row.portfolio_id)
    creditor = load(book.creditor).get("name") or book.name
    language, facts = debtor(tx, row.debtor_id).language, {"name": name_of(tx, row.debtor_id), "creditor": creditor}
    text, discreet = (
        texts.in_tongue(each, language).format(**facts) for each in (texts.CLEARANCE, texts.CLEARANCE_DISCREET)
    )
    sent = say(tx, row, (text,), purpose="payment_confirmation", why=JOB, files=(file,), withheld=READY)
    if sent is None:
        say(tx, row, (discreet,), purpose="payment_confirmation", why=JOB, withheld="")
        notify(tx, row, row.owner_id, "clearance_ready")
    return True
