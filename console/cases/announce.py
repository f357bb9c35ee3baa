"""A supervisor who writes into an agent's conversation says who they are: the message begins with name and role."""

from __future__ import annotations

import re

from console.access.actor import Actor
from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.debtors import queries as debtors
from console.portfolios.queries import get_portfolio
from console.store.base import load
from console.store.transaction import Reader

ROLES = {"pt": "supervisão", "es": "supervisión", "en": "supervisor"}
_OPENING = re.compile(rf"\s*[^\n:]{{1,120}} \((?:{'|'.join(ROLES.values())})\): ")


def announced(reader: Reader, row: CaseRow, pair: Pair, actor: Actor, text: str) -> str:
    """The text as the debtor reads it. Only messages of a barge-in or take-over change, by default."""
    intervening = actor.role == "supervisor" and (row.owner_id != actor.id or row.taken_over_by == actor.id)
    if not intervening or not text.strip():
        return text
    if not load(get_portfolio(reader, row.portfolio_id).settings).get("announce_supervisors", True):
        return text
    language = debtors.get(reader, row.debtor_id).language[:2]
    opening = f"{actor.name} ({ROLES.get(language, ROLES['en'])}): "
    return text if text.startswith(opening) else opening + text


def unopened(text: str) -> str:
    """The text as its writer put it, whoever that was."""
    return _OPENING.sub("", text, count=1) if _OPENING.match(text) else text
