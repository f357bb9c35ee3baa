"""Alarms about one of our own inboxes: they stand on the wall without a case, one for each team of its portfolio."""

from __future__ import annotations

from typing import Any

from console.cases.requests import close_request, house_alarms, raise_house_alarm
from console.portfolios.queries import InboxRow, teams_of
from console.store.base import load
from console.store.transaction import Tx


def sound(tx: Tx, inbox: InboxRow, reason: str, **detail: Any) -> None:
    """Put an alarm before the supervisors of every team that serves the inbox' portfolio."""
    about = {"inbox": inbox.id, "name": inbox.name or inbox.address, **detail}
    for team_id in teams_of(tx, inbox.portfolio_id):
        raise_house_alarm(tx, team_id, reason, about)


def silence(tx: Tx, inbox: InboxRow, *reasons: str, **about: str) -> None:
    """End the open alarms of these reasons about an inbox, and about what else is named."""
    wanted = {"inbox": inbox.id, **about}.items()
    for each in house_alarms(tx):
        if each.reason in reasons and wanted <= load(each.detail).items():
            close_request(tx, each, None)
