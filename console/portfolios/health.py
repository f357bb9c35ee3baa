"""How a channel stands: what its provider said of the number, and what became of the last day's messages."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from channels.types import Notice
from console.gate.models import contact
from console.portfolios.models import inbox_health, template
from console.portfolios.queries import InboxRow
from console.store.base import load
from console.store.statement import Query, put, row, value
from console.store.transaction import Reader, Tx
from console.timeline.models import item
from console.wire.moment import DAY, Ms

UNLIMITED = "unlimited"
SAMPLE = 10_000  # the newest messages of the day, from which the share of failures is read
Trouble = Literal["", "quality_red", "restricted"]


class HealthRow(Struct, frozen=True):
    """`quality`: green, yellow, red, unknown; `messaging_limit`: digits, unlimited, or "" while nobody said."""

    inbox_id: str
    quality: str = "unknown"
    quality_at: Ms | None = None
    messaging_limit: str = ""
    limit_at: Ms | None = None
    restriction: str = ""
    restricted_until: Ms | None = None
    restriction_at: Ms | None = None


class Figures(Struct, frozen=True):
    """The last 24 hours of an inbox. `limit`: None when unknown or unlimited; `failed` of `sent`: refused by the
    carrier, or bounced where it is mail, among the newest `SAMPLE` messages.
    """

    limit: int | None
    used: int
    sent: int
    failed: int
    templates_paused: int
    templates_disabled: int

    @property
    def failed_share(self) -> float:
        return self.failed / self.sent if self.sent else 0.0


_HEALTH = Query(select(inbox_health).where(inbox_health.c.inbox_id == bindparam("inbox_id")), HealthRow)
_WRITTEN_TO = Query(  # people written to outside the service window, whom the provider counts once each
    select(func.count(contact.c.debtor_id.distinct())).where(
        contact.c.inbox_id == bindparam("inbox_id"), contact.c.at > bindparam("since"), contact.c.state != "returned"
    ),
    value,
)
_NEWEST = (
    select(contact.c.item_id)
    .where(contact.c.inbox_id == bindparam("inbox_id"), contact.c.at > bindparam("since"))
    .order_by(contact.c.at.desc())
    .limit(SAMPLE)
    .subquery()
)
_FATES = Query(
    select(func.count(), func.count().filter(item.c.status == "failed")).select_from(
        _NEWEST.join(item, item.c.id == _NEWEST.c.item_id)
    ),
    row,
)
_STOPPED = Query(
    select(template.c.state, func.count())
    .where(template.c.inbox_id == bindparam("inbox_id"), template.c.state.in_(("paused", "disabled")))
    .group_by(template.c.state),
    row,
)


def health_of(reader: Reader, inbox_id: str) -> HealthRow:
    return _HEALTH.first(reader, inbox_id=inbox_id) or HealthRow(inbox_id)


def is_restricted(health: HealthRow, now: Ms) -> bool:
    """A restriction whose end has passed is over, whoever says so."""
    return bool(health.restriction) and (health.restricted_until is None or health.restricted_until > now)


def trouble(health: HealthRow, now: Ms) -> Trouble:
    """What stops automated sends from an inbox; "" when nothing does."""
    if is_restricted(health, now):
        return "restricted"
    return "quality_red" if health.quality == "red" else ""


def limit_of(inbox: InboxRow, health: HealthRow) -> int | None:
    """People that may be written to in 24 hours: as its provider told, else as configured; None: no limit is known."""
    limit = health.messaging_limit or str(load(inbox.config).get("messaging_limit", ""))
    return int(limit) if limit.isdigit() else None


def written_to(reader: Reader, inbox_id: str) -> int:
    """People written to from an inbox in the last 24 hours."""
    return _WRITTEN_TO.first(reader, inbox_id=inbox_id, since=reader.now - DAY) or 0


def figures(reader: Reader, inbox: InboxRow, health: HealthRow) -> Figures:
    """Counted now; people only where a limit is known."""
    limit = limit_of(inbox, health)
    ((sent, failed),) = _FATES.all(reader, inbox_id=inbox.id, since=reader.now - DAY)
    stopped = dict(_STOPPED.all(reader, inbox_id=inbox.id))
    used = written_to(reader, inbox.id) if limit is not None else 0
    return Figures(limit, used, sent, failed, stopped.get("paused", 0), stopped.get("disabled", 0))


def heed(tx: Tx, inbox_id: str, notice: Notice) -> HealthRow:
    """Write down what a notice says of a number; the health from now on. What is older than what is known is passed
    over: deliveries come again for days.
    """
    known = health_of(tx, inbox_id)
    changes: dict[str, Any] = {}
    if notice.quality and notice.at >= (known.quality_at or 0):
        changes |= {"quality": notice.quality, "quality_at": notice.at}
    if notice.limit and notice.at >= (known.limit_at or 0):
        changes |= {"messaging_limit": notice.limit, "limit_at": notice.at}
    is_news = notice.at >= (known.restriction_at or 0)
    if is_news and (notice.restriction or notice.effect == "account_restored"):
        changes |= {
            "restriction": notice.restriction[:200], "restricted_until": notice.until, "restriction_at": notice.at,
        }  # fmt: skip
    if changes:
        put(tx, inbox_health, ("inbox_id",), inbox_id=inbox_id, **changes)
    return health_of(tx, inbox_id)


def lift(tx: Tx, inbox_id: str) -> HealthRow:
    """A person knows that a restriction and a red rating are over, though no notice said so."""
    put(
        tx, inbox_health, ("inbox_id",), inbox_id=inbox_id, restriction="", restricted_until=None,
        restriction_at=tx.now, quality="unknown", quality_at=tx.now,
    )  # fmt: skip
    return health_of(tx, inbox_id)


assert HealthRow.__struct_fields__ == tuple(inbox_health.c.keys())
