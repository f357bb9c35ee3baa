"""A debtor reacted to, edited or took back a message: the item changes in place, nothing is added to the thread."""

from __future__ import annotations

from channels.types import Inbound
from console.cases.queries import live
from console.portfolios.queries import InboxRow
from console.store.base import dump, load
from console.store.transaction import Tx
from console.timeline.add import revise
from console.timeline.queries import by_provider
from console.wire.moment import rfc3339

KINDS = frozenset({"reaction", "edit", "revoke"})


def amend(tx: Tx, inbox: InboxRow, message: Inbound) -> tuple[str | None, str | None]:
    """Apply it to the message it is about: (item id, case id), or Nones when we do not hold that message."""
    item = by_provider(tx, inbox.id, message.target)
    if item is None:
        return None, None
    row = live(tx, item.case_id)
    data = load(item.data)
    if message.kind == "reaction":
        emoji = str(message.detail.get("emoji") or "")
        others = [each for each in data.get("reactions", []) if each["by"] != "debtor"]
        data["reactions"] = [*others, {"by": "debtor", "emoji": emoji, "at": rfc3339(message.at)}] if emoji else others
        revise(tx, row, item, data=dump(data))
    elif message.kind == "edit" and item.direction == "in":
        data["edited"] = True
        data.setdefault("before", []).append({"text": item.text, "until": rfc3339(message.at)})
        revise(tx, row, item, text=message.text, data=dump(data))
    elif message.kind == "revoke" and item.direction == "in":
        # What an agent may have acted on is evidence: marked as taken back, not erased.
        data["deleted"] = True
        revise(tx, row, item, data=dump(data))
    return item.id, row.id
