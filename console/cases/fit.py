"""What the inbox a message leaves by can carry, asked before the gate: what it cannot is the writer's to mend."""

from __future__ import annotations

from msgspec.structs import replace

from channels.carry import fitting, misfit
from channels.registry import CHANNELS
from channels.types import Inbox, Limits
from console.errors import Invalid
from console.portfolios.queries import InboxRow, inboxes_of
from console.store.transaction import Reader
from console.wire.limits import TEXT_CHARS


def limits_of(row: InboxRow) -> Limits:
    """What its channel carries, and never more characters than any message of ours has."""
    inbox = Inbox(id=row.id, channel=row.channel, provider=row.provider, address=row.address)  # type: ignore[arg-type]
    limits = CHANNELS[row.provider].limits(inbox)
    return replace(limits, text_chars=min(limits.text_chars, TEXT_CHARS))


def must_fit(row: InboxRow, *, text: str, own: int, files: int, subject: str) -> None:
    """`own`: how many characters of `text` are the writer's; what we put before them takes of their room.

    Raises Invalid, naming text, attachments or subject and the limit (decision 6).
    """
    found = misfit(limits_of(row), text=text, files=files, subject=subject)
    if found is None:
        return
    limit = found.limit - (len(text) - own) if found.field == "text" else found.limit
    raise Invalid(f"This does not fit {row.channel}: {found.why}.", field=found.field, limit=limit)


def fitting_subject(row: InboxRow, subject: str) -> str:
    """The subject of a thread as far as it goes back by this inbox."""
    return fitting(limits_of(row), subject)


def text_most(reader: Reader, portfolio_id: str, channel: str) -> int:
    """The characters that every inbox of a portfolio on this channel carries."""
    ours = [each for each in inboxes_of(reader, portfolio_id) if each.channel == channel]
    return min((limits_of(each).text_chars for each in ours), default=TEXT_CHARS)
