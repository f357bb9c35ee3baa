"""What the doctor says of the health of an inbox: only what is to be mended."""

from __future__ import annotations

from collections.abc import Iterator

from console.commands.outside import Finding
from console.portfolios.health import figures, health_of, is_restricted
from console.portfolios.queries import InboxRow
from console.store.transaction import Reader
from console.wire.moment import rfc3339

NEARLY = 0.8  # of the day's limit
MANY, ENOUGH = 0.1, 20  # a share of failures worth a word, and of how many messages at least


def ailments(reader: Reader, row: InboxRow) -> list[Finding]:
    return [Finding("channel", f"{row.name or row.address}: {says}", mend) for says, mend in _ailments(reader, row)]


def _ailments(reader: Reader, row: InboxRow) -> Iterator[tuple[str, str]]:
    health = health_of(reader, row.id)
    day = figures(reader, row, health)
    if is_restricted(health, reader.now):
        ends = rfc3339(health.restricted_until)
        yield (f"the provider restricts it ({health.restriction}{f', until {ends}' if ends else ''})",
               f"Only people send from it. See the provider's account page; when it is over and nothing ends it here: "
               f'acordo inbox lift "{row.name or row.address}"')  # fmt: skip
    if health.quality == "red":
        yield ("the provider rates it red, and only people send from it",
               "Look at what was sent in the last week and who blocked it, and write to who expects it. If it is over "
               f'and nothing said so here: acordo inbox lift "{row.name or row.address}"')  # fmt: skip
    if health.quality == "yellow":
        yield "the provider rates it yellow", "Write less until it is green: red stops everything automated"
    if stopped := day.templates_paused + day.templates_disabled:
        yield (f"{stopped} template{'s' if stopped > 1 else ''} paused or disabled by the provider",
               "Reword them, and have them approved again")  # fmt: skip
    if day.limit is not None and day.used >= NEARLY * day.limit:
        yield f"{day.used} of {day.limit} people a day are used", "What opens conversations waits until tomorrow"
    if day.sent >= ENOUGH and day.failed_share >= MANY:
        how = "bounced" if row.channel == "email" else "were refused"
        yield (f"{day.failed} of the last {day.sent} messages {how}",
               "Read their errors on the cases; check the addresses that were imported last")  # fmt: skip
