"""What an offer that takes something off owes to whoever gets it (domain rules 4.3, rule 7): its end is real, leaves
time to think, and is honoured; what was called the last offer is not made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from console.errors import Conflict, Invalid
from console.ledger.calendar import next_business_day
from console.ledger.owed import ChargeOwed, date_of, zone_of
from console.ledger.schedule import granted
from console.negotiation import rows
from console.negotiation.rows import PlanRow
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader
from console.timeline import queries as timeline
from console.wire.moment import DAY, HOUR, Ms, aware, from_aware, rfc3339

EVENING = time(18)  # where the debtor lives, on a day when the creditor's banks are open
THINKING_MS = 48 * HOUR  # from the delivery
LAST_MS = 30 * DAY  # so long after its end the last offer was the last


def evening(reader: Reader, debtor_id: str, day: date) -> Ms:
    """The moment at which an incentive of that day ends."""
    return from_aware(datetime.combine(day, EVENING, tzinfo=zone_of(reader, debtor_id)))


def least(reader: Reader, debtor_id: str, country: str, since: Ms) -> Ms:
    """The first end there may be of an incentive that is delivered at `since`."""
    day = next_business_day(date_of(reader, debtor_id, since + THINKING_MS), country)
    if (found := evening(reader, debtor_id, day)) >= since + THINKING_MS:
        return found
    return evening(reader, debtor_id, next_business_day(day + timedelta(days=1), country))


def must_end_well(reader: Reader, debtor_id: str, country: str, at: Ms) -> None:
    """Raises Invalid, naming the nearest end that there may be, in `expires_at`."""
    first = least(reader, debtor_id, country, reader.now)
    fits = evening(reader, debtor_id, next_business_day(date_of(reader, debtor_id, at), country))
    if at < first or at != fits:
        raise Invalid(
            "An offer that takes something off ends at 18:00 where the debtor lives, on a day when banks are open, 48 "
            f"hours from now at the least: {rfc3339(max(first, fits))}, or leave it out.", field="expires_at",
            reason="OFFER_DEADLINE", nearest=rfc3339(max(first, fits)),
        )  # fmt: skip


def is_incentive(made: PlanRow) -> bool:
    return made.total_minor < made.before_minor


def stands_until(reader: Reader, made: PlanRow) -> Ms:
    """When a plan's offer ends. That of an incentive not before there was time to think since it was delivered; one
    whose message has not left by its own end, because the gate holds it or nobody carries it, ends then.
    """
    if not is_incentive(made) or made.offer_item_id is None:
        return made.expires_at
    item = timeline.find(reader, made.offer_item_id)
    times = {} if item is None else load(item.data).get("times", {})
    came: Ms | None = times.get("delivered") or times.get("read") or times.get("sent")
    if came is None and item is not None and item.status == "sending":  # it arrives in a moment
        came = reader.now
    if came is None:
        return made.expires_at
    country = get_portfolio(reader, made.portfolio_id).jurisdiction
    return max(made.expires_at, least(reader, made.debtor_id, country, came))


def must_stand(reader: Reader, made: PlanRow, at: Ms) -> None:
    """Raises Conflict when the offer's time was over at that moment."""
    if (until := stands_until(reader, made)) <= at:
        raise Conflict("The offer's time is over.", expires_at=until)


def must_be_better(
    reader: Reader, debtor_id: str, portfolio_id: str, charges: Sequence[ChargeOwed], discounts: Mapping[str, int]
) -> None:
    """What is called the last offer takes more off the charges it shares with an earlier last one than that one would
    take off them today, while thirty days since its end are not over. Raises Conflict, saying how to mend it.

    `discounts`: basis points by component.
    """
    for earlier in rows.all_of(reader, PlanRow, debtor_id, portfolio_id):
        wish = load(earlier.wish)
        free = stands_until(reader, earlier) + LAST_MS
        if not wish.get("last") or earlier.offered_at is None or earlier.accepted_at is not None or free <= reader.now:
            continue
        shared = [each.open for each in charges if each.id in load(earlier.charges)]
        before = _off(shared, {each["component"]: each["bp"] for each in wish["discounts"]})
        if shared and _off(shared, discounts) <= before:
            day = date_of(reader, debtor_id, free)
            raise Conflict(
                f"A last offer of this debt was made. Until {day} another takes more than {before} minor units off: "
                "raise the discount, or do not call it the last.", field="last", reason="LAST_OFFER_REPEATED",
                plan=earlier.id, discount=before, free_from=rfc3339(free),
            )  # fmt: skip


def _off(opened: Sequence[dict[str, int]], discounts: Mapping[str, int]) -> int:
    return sum(sum(each.values()) for each in granted(opened, dict(discounts)))


def local_end(reader: Reader, debtor_id: str, at: Ms) -> tuple[str, str]:
    """The day and, where it does not end with the day, the hour at which an offer ends, where the debtor lives."""
    there = aware(at).astimezone(zone_of(reader, debtor_id))
    if there.time() == time(0):
        return (there.date() - timedelta(days=1)).isoformat(), ""
    return there.date().isoformat(), f"{there:%H:%M}"
