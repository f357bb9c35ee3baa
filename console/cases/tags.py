"""Which cases bear a label or need a skill: asked by lists, so that a rare one is found without reading every case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from console.cases.models import case_tag
from console.cases.queries import CaseRow
from console.store.base import load
from console.store.statement import Statement, add_once
from console.store.transaction import Tx

_REMOVE = Statement(
    case_tag.delete().where(case_tag.c.tag == bindparam("tag"), case_tag.c.case_id == bindparam("case_id"))
)


def of_label(name: str) -> str:
    return f"label:{name}"


def of_skill(name: str) -> str:
    return f"skill:{name}"


def retag(tx: Tx, case_id: str, before: CaseRow, changes: Mapping[str, Any]) -> None:
    """Keep the tags of a case whose columns change. Nothing is asked of the database when neither does."""
    for column, tags in (("labels", _labels), ("skills", _skills)):
        if column in changes:
            had, has = tags(getattr(before, column)), tags(changes[column])
            for tag in sorted(had - has):
                _REMOVE.run(tx, tag=tag, case_id=case_id)
            for tag in sorted(has - had):
                add_once(tx, case_tag, ("tag", "case_id"), tag=tag, case_id=case_id)


def _labels(column: str) -> set[str]:
    return {of_label(each) for each in load(column)}


def _skills(column: str) -> set[str]:
    return {of_skill(each["skill"]) for each in load(column)}
