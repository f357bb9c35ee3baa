"""Taking a debtor into the books: once per installation, whatever portfolio names them."""

from __future__ import annotations

import re
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field
from sqlalchemy import bindparam, select

from channels.types import Sender
from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.debtors import documents, holders, phones
from console.debtors.coming import while_people_come
from console.debtors.consents import OFFERS, log_consent, offers_said
from console.debtors.holders import GivenHolder
from console.debtors.models import account, contact_point, debtor
from console.debtors.names import index_name
from console.debtors.queries import DebtorRow, PointRow, find_point, get, is_in_portfolio
from console.debtors.resolve import add_point, find_or_add_address, join_portfolio
from console.errors import Conflict, Invalid
from console.store.base import dump
from console.store.statement import Query, add, change, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.wire.countries import COUNTRIES
from console.wire.ids import new_id
from console.wire.moment import Ms, parse_rfc3339
from console.wire.subdivisions import must_be_place

ROUTE = "debtors"
LANGUAGES = ("pt-BR", "es", "en")
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_BY_KEY = Query(
    select(account.c.debtor_id).where(
        account.c.portfolio_id == bindparam("portfolio_id"), account.c.external_id == bindparam("external_id")
    ),
    value,
)
_BY_DOCUMENT = Query(
    select(debtor.c.id).where(debtor.c.document_hash == bindparam("hash"), debtor.c.merged_into.is_(None)), value
)


class GivenConsent(Struct, frozen=True, forbid_unknown_fields=True):
    state: Literal["granted", "revoked", "unknown"]
    source: str
    at: str | None = None
    text_version: str = ""


class GivenPoint(Struct, frozen=True, forbid_unknown_fields=True):
    """`consent` to being written to there about a debt; `offers_consent` to commercial offers; `holder` whose it is,
    the debtor's own without."""

    channel: Literal["whatsapp", "sms", "email"]
    address: str
    consent: GivenConsent | None = None
    offers_consent: GivenConsent | None = None
    holder: GivenHolder | None = None


class GivenDocument(Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    value: str


class NewDebtor(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /debtors. `external_id` is the creditor's own key: repeating it makes the call an update."""

    client_id: str
    portfolio: str
    name: str
    language: str
    jurisdiction: str
    kind: Literal["person", "company"] | None = None  # left out: a person, or what stands
    external_id: str | None = None
    document: GivenDocument | None = None
    timezone: str | None = None
    contact_points: list[GivenPoint] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def enrol(tx: Tx, vault: Vault, actor: Actor, new: NewDebtor) -> tuple[str, bool]:
    """The debtor's id, and whether they are new here. The caller has checked that the portfolio is the actor's to fill.

    Known by `external_id`: updated. Known by document: joined. Raises Invalid, naming the field, or Conflict.
    """
    while_people_come(tx)
    digest = body_hash({"body": new, "portfolio": new.portfolio}, without=())
    before = repeated(tx, actor, ROUTE, new.client_id, digest)
    if before is not None:
        return before, False
    made, is_new = take_in(tx, vault, new)
    remember(tx, actor, ROUTE, new.client_id, digest, made)
    return made, is_new


def take_in(tx: Tx, vault: Vault, new: NewDebtor) -> tuple[str, bool]:
    """The same for a caller who has another way to do nothing twice: `client_id` is not looked at, nor kept."""
    check(new)
    plain = None if new.document is None else documents.checked(new.document.kind, new.document.value, new.jurisdiction)
    keyed = None if new.external_id is None else by_key(tx, new.portfolio, new.external_id)
    known = _known(tx, vault, keyed, plain, new.name)
    before = None if known is None else get(tx, known)
    if before is None or before.jurisdiction != new.jurisdiction:  # what an older version took stays
        must_be_place(new.jurisdiction)
    person = before or _add(tx, new)
    _update(tx, vault, person, new, plain)
    if new.external_id is not None and keyed is None:
        join_portfolio(tx, person.id, new.portfolio, new.external_id)
    elif keyed is None and not is_in_portfolio(tx, person.id, new.portfolio):
        join_portfolio(tx, person.id, new.portfolio)
    for index, each in enumerate(new.contact_points):
        _reach(tx, person.id, each, f"contact_points[{index}]")
    return person.id, known is None


def by_key(reader: Reader, portfolio_id: str, external_id: str) -> str | None:
    """The debtor of a creditor's own key."""
    return _BY_KEY.first(reader, portfolio_id=portfolio_id, external_id=external_id)


def by_document(reader: Reader, vault: Vault, text: str, name: str) -> str | None:
    """The debtor of a document, in whatever form it is written."""
    return next((_BY_DOCUMENT.first(reader, hash=each) for each in documents.digests(vault, text, name)), None)


def moment(text: str | None, name: str, default: Ms) -> Ms:
    """A given time. Raises Invalid, naming the field."""
    if text is None:
        return default
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise Invalid("Give a time like 2026-11-22T14:03:07Z.", field=name) from None


def _known(tx: Tx, vault: Vault, keyed: str | None, plain: str | None, name: str) -> str | None:
    by_document = None if plain is None else _BY_DOCUMENT.first(tx, hash=documents.digest(vault, plain, name))
    if keyed is not None and by_document not in (None, keyed):
        raise Conflict("This document is another debtor's: merge the two, or mend the document.", field="document")
    return keyed or by_document


def _add(tx: Tx, new: NewDebtor) -> DebtorRow:
    made = new_id()
    add(
        tx, debtor, id=made, name=new.name.strip(), kind=new.kind or "person", language=new.language,
        timezone=new.timezone, jurisdiction=new.jurisdiction, labels=dump(labels_of(new)),
        created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    index_name(tx, made, new.name.strip(), new=True)
    return get(tx, made)


def _update(tx: Tx, vault: Vault, person: DebtorRow, new: NewDebtor, plain: str | None) -> None:
    changes: dict[str, Any] = {
        "name": new.name.strip(), "kind": new.kind or person.kind, "language": new.language,
        "jurisdiction": new.jurisdiction, "timezone": new.timezone or person.timezone, "assumed": 0, "provisional": 0,
        "updated_at": tx.now,
    }  # fmt: skip
    if new.labels:
        changes["labels"] = dump(labels_of(new))
    if new.document is not None and plain is not None:
        changes |= {
            "document_kind": new.document.kind,
            "document": vault.seal(plain, documents.PURPOSE),
            "document_hash": documents.digest(vault, plain, new.name),
        }
    change(tx, debtor, {"id": person.id}, **changes)
    if changes["name"] != person.name:
        index_name(tx, person.id, changes["name"])


def _reach(tx: Tx, debtor_id: str, given: GivenPoint, at: str) -> None:
    """Tie the address to them. What they said of it later than what is known counts; without its time it never
    overrides a withdrawal, since a creditor's nightly copy of an old yes is no new one.
    """
    sender = sender_of(given, at)
    consent = given.consent
    said_at = moment(consent.at, f"{at}.consent.at", tx.now) if consent else None
    holder = None if given.holder is None else holders.checked(given.holder, f"{at}.holder")
    point = add_point(
        tx, debtor_id, find_or_add_address(tx, given.channel, sender), source="contract", disclosure=1,
        consent=consent.state if consent else "unknown", consent_source=consent.source if consent else "",
        consent_at=said_at, consent_text=consent.text_version if consent else "", holder=holder,
    )  # fmt: skip
    if holder is not None:
        point = _held(tx, point, holder, at)
    if given.offers_consent is not None:
        _say_of_offers(tx, point, given.offers_consent, f"{at}.offers_consent.at")
    if consent is None or consent.state == "unknown":
        return
    if point.created_at != tx.now:
        if not _is_news(point, consent, said_at):
            return
        change(
            tx, contact_point, {"id": point.id}, consent=consent.state, consent_source=consent.source,
            consent_at=said_at, consent_text=consent.text_version,
        )  # fmt: skip
    log_consent(
        tx, debtor_id, consent.state, channel=given.channel, point_id=point.id, source=consent.source,
        text_version=consent.text_version, given_at=said_at,
    )  # fmt: skip


def _held(tx: Tx, point: PointRow, said: GivenHolder, at: str) -> PointRow:
    """The contact point in the hands it is said to be in, and its telephone on every other channel. What people here
    found to be somebody else's is not made the debtor's own by a copy of what the creditor had.
    """
    same = holders.same_telephone(tx, point)
    if said.role == holders.OWN and (theirs := [each for each in same if each.holder != holders.OWN]):
        raise Conflict(
            "This address was found to be somebody else's: say that it is the debtor's at its own holder.",
            field=f"{at}.holder", contact_point=theirs[0].id,
        )  # fmt: skip
    for each in same:
        holders.give(tx, each, said, None)
    found = find_point(tx, point.id)
    assert found is not None
    return found


def _say_of_offers(tx: Tx, point: PointRow, said: GivenConsent, at: str) -> None:
    """The same of commercial offers, of which the ledger alone knows."""
    if said.state == "unknown":
        return
    act, given_at = OFFERS[said.state], moment(said.at, at, tx.now)
    last = offers_said(tx, point.debtor_id, point.id)
    dated = last is not None and said.at is not None
    if last is not None and (given_at <= last.given_at if dated else said.state == "granted" or last.act == act):
        return
    log_consent(
        tx, point.debtor_id, act, channel=point.channel, point_id=point.id, source=said.source,
        text_version=said.text_version, given_at=given_at,
    )  # fmt: skip


def _is_news(point: PointRow, given: GivenConsent, said_at: Ms | None) -> bool:
    """Whether what is said of a point that was known changes what is known of it."""
    if given.at is None or point.consent_at is None:
        return point.consent == "unknown" or (given.state == "revoked" and point.consent != "revoked")
    return (said_at or 0) > point.consent_at


def sender_of(given: GivenPoint, at: str) -> Sender:
    """Whom an address belongs to. Raises Invalid, naming the field under `at`."""
    if given.channel == "email":
        mail = given.address.strip().lower()
        if not _MAIL.fullmatch(mail) or len(mail) > 320:
            raise Invalid("This is not an e-mail address.", field=f"{at}.address")
        return Sender(email=mail)
    phone = phones.canonical(given.address)
    if not 9 <= len(phone) <= 16 or not given.address.strip().startswith(("+", "00")):
        raise Invalid("A number is written with its country, like +5511987654321.", field=f"{at}.address")
    return Sender(phone=phone)


def check(new: NewDebtor) -> None:
    """Raises Invalid, naming the field, for what no look at the books could mend."""
    if not new.name.strip() or len(new.name) > 200:
        raise Invalid("A name has 1 to 200 characters.", field="name")
    if new.language not in LANGUAGES:
        raise Invalid(f"The language must be one of {', '.join(LANGUAGES)}.", field="language")
    if not _JURISDICTION.fullmatch(new.jurisdiction):
        raise Invalid("A jurisdiction is a country or state, such as BR or BR-SP.", field="jurisdiction")
    if new.jurisdiction[:2] not in COUNTRIES:
        raise Invalid(
            f"No rules are known here of {new.jurisdiction[:2]}, so that nothing would ever leave; known are "
            f"{', '.join(COUNTRIES)}.",
            field="jurisdiction",
        )
    if new.external_id is not None and not 1 <= len(new.external_id.strip()) <= 200:
        raise Invalid("A key of the creditor has 1 to 200 characters.", field="external_id")
    if len(new.contact_points) > 20:
        raise Invalid("At most 20 contact points at once.", field="contact_points")
    if len(new.labels) > 20 or any(not 1 <= len(each.strip()) <= 40 for each in new.labels):
        raise Invalid("At most 20 labels of 40 characters.", field="labels")
    if new.timezone is not None:
        try:
            ZoneInfo(new.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Invalid("Unknown time zone; an example is America/Sao_Paulo.", field="timezone") from None


def labels_of(new: NewDebtor) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in new.labels))
