"""Where a message leaves from and where it goes: the pair of contact point and inbox."""

from __future__ import annotations

from msgspec import Struct

from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.debtors.holders import OWN
from console.debtors.queries import AddressRow, LinkRow, PointRow
from console.errors import Invalid
from console.portfolios.queries import InboxRow, find_inbox, inboxes_of
from console.store.transaction import Reader


class Pair(Struct):
    point: PointRow
    address: AddressRow
    inbox: InboxRow
    link: LinkRow | None


def pick(reader: Reader, row: CaseRow, channel: str, point_id: str | None = None, inbox_id: str | None = None) -> Pair:
    """The pair for a channel; by default the one of the debtor's last message on it, on an address of their own:
    somebody else's is named. Raises Invalid, naming the field.
    """
    point = _point(reader, row, channel, point_id)
    inbox = _inbox(reader, row, channel, point, inbox_id)
    return Pair(
        point, debtors.get_address(reader, point.address_id), inbox, debtors.find_link(reader, inbox.id, point.id)
    )


def pick_own(reader: Reader, row: CaseRow, channel: str) -> Pair:
    """The same for whatever is not a person's answer to one address: never somebody's beside the debtor."""
    if channel not in (each.channel for each in debtors.points_of(reader, row.debtor_id) if each.holder == OWN):
        raise Invalid(f"The debtor has no address of their own for {channel}: add one first.", field="channel")
    return pick(reader, row, channel)


def channels_of(reader: Reader, row: CaseRow, *, own: bool = False) -> list[str]:
    """The channels on which this debtor can be written to at all: a contact point (with `own` one of the debtor's own)
    and an inbox of ours on both ends.
    """
    ours = {each.channel for each in inboxes_of(reader, row.portfolio_id) if each.state == "active"}
    points = debtors.points_of(reader, row.debtor_id)
    theirs = [each.channel for each in points if not own or each.holder == OWN]
    return [channel for channel in dict.fromkeys(theirs) if channel in ours]


def _point(reader: Reader, row: CaseRow, channel: str, point_id: str | None) -> PointRow:
    points = [each for each in debtors.points_of(reader, row.debtor_id) if each.channel == channel]
    if point_id is not None:
        point = next((each for each in points if each.id == point_id), None)
        if point is None:
            raise Invalid("The debtor has no such contact point on this channel.", field="contact_point")
        return point
    if not points:
        raise Invalid(f"The debtor cannot be reached by {channel}: add a contact point first.", field="channel")
    own = [each for each in points if each.holder == OWN]
    if not own:
        raise Invalid(
            f"The debtor has no address of their own for {channel}: name whose the message is for (contact_point).",
            field="contact_point",
        )
    usable = [each for each in own if each.state == "active"] or own
    return max(usable, key=lambda each: (each.last_inbound_at or 0, each.verified, each.created_at))


def _inbox(reader: Reader, row: CaseRow, channel: str, point: PointRow, inbox_id: str | None) -> InboxRow:
    ours = [each for each in inboxes_of(reader, row.portfolio_id) if each.channel == channel]
    if inbox_id is not None:
        inbox = next((each for each in ours if each.id == inbox_id), None)
        if inbox is None:
            raise Invalid("The portfolio has no such inbox on this channel.", field="inbox")
        return inbox
    links = sorted(debtors.links_of(reader, point.id), key=lambda each: each.last_inbound_at or 0, reverse=True)
    for each in links:
        found = find_inbox(reader, each.inbox_id)
        if found is not None and found.portfolio_id == row.portfolio_id and found.state == "active":
            return found
    active = [each for each in ours if each.state == "active"] or ours
    if not active:
        raise Invalid(f"The portfolio has no inbox for {channel}.", field="channel")
    return active[0]
