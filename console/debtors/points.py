"""Contact points that change their debtor, and what is said of them: consent given or taken back, a wrong number."""

from __future__ import annotations

from msgspec import Struct, structs
from sqlalchemy import bindparam, select

from console.debtors.holders import OWN, GivenHolder, give, holder_of, same_telephone
from console.debtors.models import contact_point, link
from console.debtors.queries import LinkRow, PointRow, find_link, find_point, links_of
from console.debtors.states import step
from console.store.statement import Query, change, put, remove
from console.store.transaction import Tx
from console.wire.moment import Ms

_ALL = Query(select(contact_point).where(contact_point.c.debtor_id == bindparam("debtor_id")), PointRow)
_MOMENTS = LinkRow.__struct_fields__[2:]


class MovedLink(Struct, frozen=True):
    """A pair of inbox and contact point that went over to a twin, and how the twin stood before and after."""

    was: LinkRow
    twin: LinkRow | None
    now: LinkRow


class Marks(Struct, frozen=True):
    """What was known of a contact point when it was left in use: what differs from it later was found out since."""

    state: str
    consent: str
    holder: GivenHolder


class MovedPoint(Struct, frozen=True):
    """`twin`: the new debtor had this address already, so that this point gave way to theirs; `were_own`: what
    counted as the debtor's own of this telephone until the merge told that it is somebody else's; `left`: how the one
    in use was left, which acts of before that was kept do not tell.
    """

    id: str
    state: str
    twin: str | None
    links: list[MovedLink]
    were_own: list[str] = []
    left: Marks | None = None


def move_points(tx: Tx, gone: str, kept: str) -> list[MovedPoint]:
    """Give the contact points of one debtor to another."""
    theirs = {each.address_id: each for each in _ALL.all(tx, debtor_id=kept)}
    return [_move(tx, each, kept, theirs.get(each.address_id)) for each in _ALL.all(tx, debtor_id=gone)]


def move_back(tx: Tx, debtor_id: str, moved: list[MovedPoint]) -> None:
    """Give them back, with the windows they had. What was found out of an address since stands, of a point that gave
    way to its twin too: a wrong number, a consent taken back, whose it is.
    """
    for each in moved:
        twin = None if each.twin is None else find_point(tx, each.twin)
        used = twin or find_point(tx, each.id)
        changes = {} if twin is None else {"state": step("removed", each.state), **_learnt(twin, each.left)}
        change(tx, contact_point, {"id": each.id}, debtor_id=debtor_id, **changes)
        if used is not None and each.left is not None and holder_of(used) != each.left.holder:
            _give(tx, each.id, holder_of(used))
        else:
            for point_id in each.were_own:
                _give(tx, point_id, GivenHolder(OWN))
        for pair in each.links:
            _put(tx, pair.was)
            if find_link(tx, pair.now.inbox_id, pair.now.contact_point_id) == pair.now:
                remove(tx, link, inbox_id=pair.now.inbox_id, contact_point_id=pair.now.contact_point_id)
                if pair.twin is not None:
                    _put(tx, pair.twin)


def _learnt(twin: PointRow, left: Marks | None) -> dict[str, object]:
    """What was marked at the one in use since, to be marked at the other as well."""
    found: dict[str, object] = {}
    if twin.state == "wrong_number" and (left is None or left.state != "wrong_number"):
        found |= {"state": step("removed", "wrong_number"), "disclosure": 0, "verified": 0}
    if twin.consent == "revoked" and (left is None or left.consent != "revoked"):
        found |= {"consent": "revoked", "consent_source": twin.consent_source, "consent_at": twin.consent_at,
                  "consent_text": twin.consent_text}  # fmt: skip
    return found


def _left(tx: Tx, point_id: str) -> Marks | None:
    point = find_point(tx, point_id)
    return None if point is None else Marks(point.state, point.consent, holder_of(point))


def _move(tx: Tx, point: PointRow, kept: str, twin: PointRow | None) -> MovedPoint:
    if twin is None:
        change(tx, contact_point, {"id": point.id}, debtor_id=kept)
        here = structs.replace(point, debtor_id=kept)
        were_own = _one_pair_of_hands(tx, point, here)
        return MovedPoint(point.id, point.state, None, [], were_own, _left(tx, point.id))
    change(tx, contact_point, {"id": point.id}, state=step(point.state, "removed"))
    if (point.last_inbound_at or 0) > (twin.last_inbound_at or 0):
        change(tx, contact_point, {"id": twin.id}, last_inbound_at=point.last_inbound_at)
    links = [_hand_on(tx, each, twin.id) for each in links_of(tx, point.id)]
    were_own = _one_pair_of_hands(tx, point, twin)
    return MovedPoint(point.id, point.state, twin.id, links, were_own, _left(tx, twin.id))


def _one_pair_of_hands(tx: Tx, point: PointRow, left: PointRow) -> list[str]:
    """What was found out about an address stands for both debtors, and for its telephone on every channel. The ids of
    those that counted as the debtor's own; `left` is the one that stays in use.
    """
    same = {each.id: each for each in (left, *same_telephone(tx, left))}.values()
    said = next((holder_of(each) for each in (point, *same) if each.holder != OWN), None)
    if said is None:
        return []
    were_own = [each for each in same if each.holder == OWN]
    for each in were_own:
        give(tx, each, said, None)
    return [each.id for each in were_own]


def _give(tx: Tx, point_id: str, said: GivenHolder) -> None:
    point = find_point(tx, point_id)
    if point is not None:
        give(tx, point, said, None)


def _hand_on(tx: Tx, was: LinkRow, twin_id: str) -> MovedLink:
    twin = find_link(tx, was.inbox_id, twin_id)
    now = LinkRow(was.inbox_id, twin_id, *(_later(name, was, twin) for name in _MOMENTS))
    _put(tx, now)
    remove(tx, link, inbox_id=was.inbox_id, contact_point_id=was.contact_point_id)
    return MovedLink(was, twin, now)


def _put(tx: Tx, row: LinkRow) -> None:
    put(tx, link, ("inbox_id", "contact_point_id"), **{name: getattr(row, name) for name in row.__struct_fields__})


def _later(name: str, *rows: LinkRow | None) -> Ms | None:
    return max((at for row in rows if row is not None and (at := getattr(row, name)) is not None), default=None)
