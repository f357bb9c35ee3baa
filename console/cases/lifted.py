"""What a supervisor's approval of a message comes to at this moment: for the letter it was given for, from whoever gave
it as long as they may, and for the neutral template that takes the place of one that says too much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console.access.actor import Actor
from console.access.visible import side_readers
from console.cases.discreet import TOO_OPEN
from console.cases.pairs import Pair
from console.cases.queries import CaseRow
from console.cases.templates import Filled
from console.gate.granted import Beside, Granted, granted, granted_to
from console.gate.guard import Subject
from console.gate.types import Decision
from console.people.actors import by_id
from console.store.transaction import Reader
from console.timeline.queries import AttachmentRow
from console.wire.moment import Ms


def beside(
    case_id: str, pair: Pair, files: Sequence[AttachmentRow], used: Mapping[str, Any] | None, quotes: str | None
) -> Beside:
    """What the approval is bound to beside what the gate reads. `used`: what the timeline keeps of a template."""
    kept = used or {}
    names = [(each.name, each.type, each.sha256) for each in files]
    return Beside(
        case_id, pair.point.id, pair.inbox.id, names, kept.get("id", ""), kept.get("variables", {}), quotes or ""
    )


def granted_now(reader: Reader, row: CaseRow, actor: Actor, digest: str, at: Ms) -> Granted | None:
    """The approval under which this person may send it at this moment or a later one."""
    return _held_up(reader, row, granted(reader, row.id, row.epoch, actor.id, digest, at))


def granted_then(reader: Reader, row: CaseRow, item_id: str, digest: str) -> Granted | None:
    """The approval that a message was accepted under, where it still holds."""
    return _held_up(reader, row, granted_to(reader, item_id, digest, reader.now))


def with_neutral(
    about: Subject, filled: Filled | None, *, neutral: Callable[[Filled], Filled | None],
    lift: Callable[[Filled | None], Granted | None], judge: Callable[[Filled | None], Decision],
) -> tuple[Decision, Filled | None]:  # fmt: skip
    """The gate's answer, and the template it is about: the neutral one where the wished one says too much. What is
    held for a supervisor before it is found to say too much was approved in its neutral form, if it was.
    """
    about.granted = lift(filled)
    decision = judge(filled)
    if filled is None:
        return decision, None
    is_held = decision.outcome == "needs_approval" and about.granted is None
    other = neutral(filled) if is_held or decision.code in TOO_OPEN else None
    if other is None:
        return decision, filled
    grant = lift(other)
    if is_held:
        about.granted = grant
        if grant is None or judge(filled).code not in TOO_OPEN:
            about.granted = None
            return decision, filled
    about.granted = grant
    return judge(other), other


def _held_up(reader: Reader, row: CaseRow, grant: Granted | None) -> Granted | None:
    """Rights are of this moment: nothing leaves for the word of somebody who could not give it any more."""
    if grant is None:
        return None
    approver = by_id(reader, grant.by)
    return grant if approver is not None and side_readers(approver, row.team_id) else None
