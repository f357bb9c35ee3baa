"""What the house says by itself: greeting, away, and the confirmation of an opt-out. Through the gate like everything
else.

Greetings leave once in 12 hours, never to an automatic mail, and say who we are, for whom, when we answer, and another
contact. What the gate does not allow is simply not said.
"""

from __future__ import annotations

import structlog
from msgspec.structs import replace
from sqlalchemy import bindparam, select

from channels.types import Inbound
from console.cases.changed import told
from console.cases.compose import put_out
from console.cases.hours import is_open
from console.cases.pairs import Pair
from console.cases.queries import CaseRow, adopt
from console.cases.subject import subject
from console.cases.templates import render
from console.debtors.models import link
from console.debtors.queries import find_link
from console.debtors.resolve import Found
from console.gate.guard import judge
from console.gate.types import Kind, Message
from console.outbox.models import outbox
from console.portfolios.queries import InboxRow, get_portfolio
from console.store.base import load
from console.store.statement import Query, change, value
from console.store.transaction import Tx
from console.wire.moment import HOUR, MINUTE

log = structlog.get_logger()

AGAIN = 12 * HOUR
CONFIRMATIONS = {
    "pt": "Pronto: você não vai receber mais mensagens nossas por este canal. Para voltar a receber, responda VOLTAR. "
    "Precisa de ajuda? Fale conosco: {help}.",
    "es": "Listo: ya no recibirás mensajes nuestros por este canal. Para volver a recibirlos, responde ALTA. "
    "¿Necesitas ayuda? Contáctanos: {help}.",
    "en": "Done: you will get no more messages from us on this channel. To get them again, reply START. "
    "Need help? Contact us: {help}.",
}
HELPS = {
    "pt": "Este canal é de {creditor}. Uma pessoa lê e responde as mensagens por aqui. Outro contato: {help}. "
    "Para não receber mais mensagens, responda SAIR.",
    "es": "Este canal es de {creditor}. Una persona lee y responde los mensajes por aquí. Otro contacto: {help}. "
    "Para no recibir más mensajes, responde BAJA.",
    "en": "This channel belongs to {creditor}. A person reads and answers messages here. Another contact: {help}. "
    "To get no more messages, reply STOP.",
}
HELP_AGAIN = 10 * MINUTE
_HELPED = Query(
    select(outbox.c.item_id)
    .where(
        outbox.c.debtor_id == bindparam("debtor_id"),
        outbox.c.contact_point_id == bindparam("contact_point_id"),
        outbox.c.sort == "acknowledgement",
        outbox.c.created_at > bindparam("since"),
    )
    .limit(1),
    value,
)


def greet(tx: Tx, row: CaseRow, inbox: InboxRow, message: Inbound, found: Found) -> None:
    """Answer a debtor's message with the inbox's greeting, or its away text outside business hours."""
    texts = load(inbox.texts)
    if not texts:
        return
    book = get_portfolio(tx, row.portfolio_id)
    kind: Kind = "greeting" if is_open(load(inbox.hours), book.timezone, tx.now) else "away"
    text = _in_language(texts.get(kind) or {}, found.debtor.language, book.language)
    pair = find_link(tx, inbox.id, found.point.id) if text else None
    if not text or (pair is not None and pair.greeted_at is not None and pair.greeted_at + AGAIN > tx.now):
        return
    if kind == "greeting" and row.last_outbound_at is not None and row.last_outbound_at + AGAIN > tx.now:
        return  # somebody is in conversation with them already
    creditor = load(book.creditor)
    filled = render(text, {"creditor": creditor.get("name", book.name), "help": creditor.get("help", "")})
    if _say(tx, row, Pair(found.point, found.address, inbox, pair), filled, kind):
        change(tx, link, {"inbox_id": inbox.id, "contact_point_id": found.point.id}, greeted_at=tx.now)


def confirm_opt_out(tx: Tx, row: CaseRow, inbox: InboxRow, found: Found) -> None:
    """The one message that may follow a stop: that it was heard, and how to be helped later. The stop stands whatever
    becomes of it.
    """
    book = get_portfolio(tx, row.portfolio_id)
    text = _in_language(CONFIRMATIONS, found.debtor.language, "en")
    creditor = load(book.creditor)
    text = text.format(help=creditor.get("help") or creditor.get("name") or book.name)
    pair = Pair(found.point, found.address, inbox, find_link(tx, inbox.id, found.point.id))
    _say_apart(tx, row, pair, text, "optout_confirmation")


def answer_help(tx: Tx, row: CaseRow, inbox: InboxRow, found: Found) -> None:
    """HELP, AJUDA, AYUDA and INFO are always answered: who this is, another contact, how to stop. Not twice in a row,
    so that two machines do not talk to each other.
    """
    since = tx.now - HELP_AGAIN
    if _HELPED.first(tx, debtor_id=found.debtor.id, contact_point_id=found.point.id, since=since) is not None:
        return
    book = get_portfolio(tx, row.portfolio_id)
    creditor = load(book.creditor)
    name = creditor.get("name", book.name)
    text = _in_language(HELPS, found.debtor.language, "en").format(creditor=name, help=creditor.get("help") or name)
    pair = Pair(found.point, found.address, inbox, find_link(tx, inbox.id, found.point.id))
    _say(tx, row, pair, text, "acknowledgement")


def _say_apart(tx: Tx, row: CaseRow, pair: Pair, text: str, kind: Kind) -> None:
    """Say it as a part of its own: what broke there is logged, and everything the verb did before it stays."""
    told(tx, row)
    tx.settle()
    before = replace(row)
    try:
        with tx.part():
            adopt(tx, row)
            _say(tx, row, pair, text, kind)
    except Exception as error:  # whatever it is, nobody is written to for it after they asked for silence
        log.error("confirmation.not_said", case=row.id, error=type(error).__name__, exc_info=True)
        for name in CaseRow.__struct_fields__:
            setattr(row, name, getattr(before, name))
        adopt(tx, row)
    told(tx, row)


def _say(tx: Tx, row: CaseRow, pair: Pair, text: str, kind: Kind) -> bool:
    message = Message(
        channel=pair.inbox.channel,  # type: ignore[arg-type]
        purpose="reply",
        text=text,
        automated=True,
        kind=kind,
        sender="system",
    )
    if judge(tx, subject(tx, row, pair), message).outcome != "allow":
        return False
    put_out(tx, row, pair, text=text, purpose="reply", sort=kind, author="system", automated=True)
    return True


def _in_language(texts: dict[str, str], language: str, fallback: str) -> str:
    for wanted in (language, language[:2], fallback, fallback[:2]):
        for name, text in texts.items():
            if name == wanted or name[:2] == wanted:
                return text
    return ""
