"""Which cases bear a label, need a skill or were met on a channel: asked by lists, so that what is rare, in all or in a
team, is found without reading every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.cases.models import case_tag
from console.cases.queries import CaseRow
from console.store.base import load
from console.store.statement import add_once, change, remove
from console.store.transaction import Tx

_MATTER = frozenset({"labels", "skills", "channels", "team_id"})


def of_label(name: str) -> str:
    return f"label:{name}"


def of_skill(name: str) -> str:
    return f"skill:{name}"


def of_channel(name: str) -> str:
    return f"channel:{name}"


def tag(tx: Tx, row: CaseRow) -> None:
    """The tags that a new case has from the first."""
    _add(tx, row, _tags(row))


def retag(tx: Tx, row: CaseRow, before: CaseRow, changes: Mapping[str, Any]) -> None:
    """Keep the tags of a case whose columns change. Nothing is asked of the database when none of these does."""
    if _MATTER.isdisjoint(changes):
        return
    had, has = _tags(before), _tags(row)
    for each in sorted(had - has):
        remove(tx, case_tag, tag=each, case_id=row.id)
    if "team_id" in changes:
        for each in sorted(had & has):
            change(tx, case_tag, {"tag": each, "case_id": row.id}, team_id=row.team_id)
    _add(tx, row, has - had)


def _add(tx: Tx, row: CaseRow, tags: set[str]) -> None:
    for each in sorted(tags):
        add_once(tx, case_tag, ("tag", "case_id"), tag=each, case_id=row.id, team_id=row.team_id)


def _tags(row: CaseRow) -> set[str]:
    found = {of_label(each) for each in load(row.labels)}
    found |= {of_skill(each["skill"]) for each in load(row.skills)}
    return found | {of_channel(each) for each in load(row.channels)}
