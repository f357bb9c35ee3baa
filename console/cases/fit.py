"""What the inbox a message leaves by can carry, asked before the gate: what it cannot is the writer's to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from channels.carry import fitting, is_wordless, misfit, misfit_template
from channels.carry import text_room as carried
from channels.registry import CHANNELS
from channels.types import Inbox, Limits
from console.errors import Invalid
from console.portfolios.queries import InboxRow, inboxes_of
from console.store.transaction import Reader
from console.timeline.queries import AttachmentRow
from console.wire.limits import TEXT_CHARS


def limits_of(row: InboxRow) -> Limits:
    """What its channel carries, and never more characters than any message of ours has."""
    inbox = Inbox(id=row.id, channel=row.channel, provider=row.provider, address=row.address)  # type: ignore[arg-type]
    limits = CHANNELS[row.provider].limits(inbox)
    return replace(limits, text_chars=min(limits.text_chars, TEXT_CHARS))


def must_fit(row: InboxRow, *, text: str, own: int, files: Sequence[AttachmentRow], subject: str) -> None:
    """`own`: how many characters of `text` are the writer's; what we put before them takes of their room.

    Raises Invalid, naming text, attachments or subject and the limit (decision 6).
    """
    found = misfit(limits_of(row), text=text, files=[(each.type, each.size) for each in files], subject=subject)
    if found is None:
        return
    limit = max(found.limit - (len(text) - own), 0) if found.field == "text" else found.limit
    raise Invalid(f"This does not fit {row.channel}: {found.why}.", field=found.field, limit=limit)


def must_fit_template(row: InboxRow, body: str, values: Mapping[str, str]) -> None:
    """`body` as it is read. Raises Invalid, naming the template's variable, or all of them, and the limit."""
    found = misfit_template(limits_of(row), body, values)
    if found is not None:
        raise Invalid(f"This does not fit {row.channel}: {found.why}.", field=found.field, limit=found.limit)


def fitting_subject(row: InboxRow, subject: str) -> str:
    """The subject of a thread as far as it goes back by this inbox."""
    return fitting(limits_of(row), subject)


def text_room(row: InboxRow, files: Sequence[AttachmentRow]) -> int:
    """How many characters a text may have that leaves by this inbox beside these files."""
    limits = limits_of(row)
    if any(is_wordless(limits, each.type, each.size) for each in files):
        return 0
    return carried(limits, len(files))


def text_most(reader: Reader, portfolio_id: str, channel: str) -> int:
    """The characters that every inbox of a portfolio on this channel carries."""
    ours = [each for each in inboxes_of(reader, portfolio_id) if each.channel == channel]
    return min((limits_of(each).text_chars for each in ours), default=TEXT_CHARS)
