"""The ledger of consent: every yes and every no, with its time, source and the version of the text. Append-only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.debtors.models import consent_log, merge
from console.store.statement import Query, add, value
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import Ms

Purpose = Literal["collection", "offers"]
OFFERS = {"granted": "offers_granted", "revoked": "offers_revoked"}
"""The acts of a yes or no to commercial offers, which is another one than that to being written to at all."""
_PURPOSES: dict[str, Purpose] = {
    "granted": "collection", "revoked": "collection", "offers_granted": "offers", "offers_revoked": "offers",
}  # fmt: skip


class ConsentLine(Struct, frozen=True):
    id: str
    at: Ms
    debtor_id: str
    contact_point_id: str | None
    channel: str
    act: str
    source: str
    text_version: str
    given_at: Ms
    by_id: str | None
    item_id: str | None

    @property
    def purpose(self) -> Purpose | None:
        """What a consent was asked for; None of an act that is none, such as an opt-out."""
        return _PURPOSES.get(self.act)


_OF_DEBTOR = Query(
    select(consent_log)
    .where(consent_log.c.debtor_id == bindparam("debtor_id"))
    .order_by(consent_log.c.at, consent_log.c.id),
    ConsentLine,
)
_MERGED = Query(
    select(merge.c.merged_id).where(merge.c.kept_id == bindparam("debtor_id"), merge.c.undone_at.is_(None)), value
)


def log_consent(
    tx: Tx,
    debtor_id: str,
    act: str,
    *,
    channel: str = "",
    point_id: str | None = None,
    source: str = "",
    text_version: str = "",
    given_at: Ms | None = None,
    by: str | None = None,
    item_id: str | None = None,
) -> None:
    """Write one yes or no down, in the transaction that gives it its effect."""
    add(
        tx, consent_log, id=new_id(), at=tx.now, debtor_id=debtor_id, contact_point_id=point_id, channel=channel,
        act=act, source=source, text_version=text_version, given_at=tx.now if given_at is None else given_at, by_id=by,
        item_id=item_id,
    )  # fmt: skip
    tx.wake("journal")


def consents_of(reader: Reader, debtor_id: str) -> list[ConsentLine]:
    """The ledger of a debtor, and of those who turned out to be them, oldest first."""
    found = [line for each in selves_of(reader, debtor_id) for line in _OF_DEBTOR.all(reader, debtor_id=each)]
    return sorted(found, key=lambda each: (each.at, each.id))


def offers_said(reader: Reader, debtor_id: str, point_id: str) -> ConsentLine | None:
    """What was said last of commercial offers at a contact point. Who takes the consent back, or opts out, wants no
    offers either, also after they let themselves be written to again.
    """
    return _last_of_offers([each for each in consents_of(reader, debtor_id) if each.contact_point_id == point_id])


def standing(lines: Sequence[ConsentLine]) -> dict[str, list[Purpose]]:
    """Of a ledger, oldest first: the lines that stand, by id, each with what for. Of being written to that which was
    recorded last at its contact point, as the point itself keeps it; of offers that which was said last.
    """
    found: dict[str, list[Purpose]] = {}
    for point_id in dict.fromkeys(each.contact_point_id for each in lines if each.contact_point_id):
        there = [each for each in lines if each.contact_point_id == point_id]
        written = [each for each in there if each.purpose == "collection"]
        offers = _last_of_offers(there)
        for purpose, line in (("collection", written[-1] if written else None), ("offers", offers)):
            if line is not None:
                found.setdefault(line.id, []).append(purpose)  # type: ignore[arg-type]
    return found


def _last_of_offers(there: Sequence[ConsentLine]) -> ConsentLine | None:
    acts = (*OFFERS.values(), "revoked", "opted_out")
    said = [each for each in there if each.act in acts and (each.act, each.source) != _UNREAD]
    return max(said, key=lambda each: (each.given_at, each.at, each.id), default=None)


_UNREAD = ("opted_out", "possible")  # nobody has read yet whether it is one: meanwhile the address is shut anyhow


def selves_of(reader: Reader, debtor_id: str) -> list[str]:
    """The debtor, and everybody merged into them: what was said under their ids was said by this person."""
    found = [debtor_id]
    for each in found:
        found += [other for other in _MERGED.all(reader, debtor_id=each) if other not in found]
    return found


assert ConsentLine.__struct_fields__ == tuple(consent_log.c.keys())
