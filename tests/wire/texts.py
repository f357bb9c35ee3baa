"""Rows of the snapshot test for texts that a supervisor is asked to approve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.cases import approvals, claim, reply, work
from console.supervision import approvals as decisions
from console.wire.ids import new_id
from tests.wire.stage import Stage

HELD = "Maria, sem acordo o serviço pode ser suspenso."


def _asks(stage: Stage) -> Callable[[], Any]:
    body = approvals.AskApproval(client_id=new_id(), epoch=stage.epoch, kind="approval", channel="whatsapp", text=HELD)
    return lambda: stage.world.do(approvals.ask, stage.world.actor("ana"), stage.case, body)


def _decides(verb: Callable[..., Any], *args: Any) -> Callable[[Stage], Callable[[], Any]]:
    def row(stage: Stage) -> Callable[[], Any]:
        made, _ = _asks(stage)()
        return lambda: stage.world.do(verb, stage.world.actor("sofia"), made.id, *args)

    return row


def _approved(stage: Stage) -> None:
    _decides(decisions.approve_text)(stage)()


def _sends(stage: Stage) -> Callable[[], Any]:
    _approved(stage)
    wish = reply.Reply(client_id=new_id(), epoch=stage.epoch, channel="whatsapp", text=HELD)
    return lambda: stage.world.do(reply.reply, stage.world.actor("ana"), stage.case, wish)


def _replaces(stage: Stage) -> Callable[[], Any]:
    _asks(stage)()
    return _asks(stage)


def _hands_on(stage: Stage) -> Callable[[], Any]:
    _asks(stage)()
    bruno = stage.world.ids["bruno"]
    return lambda: stage.world.do(
        claim.transfer, stage.world.actor("ana"), stage.case, user_id=bruno, team_id=None, note="segue"
    )


def _ends(stage: Stage) -> Callable[[], Any]:
    _approved(stage)
    return lambda: stage.world.do(work.resolve, stage.world.actor("ana"), stage.case, "paid")


def _countered() -> decisions.CounterText:
    return decisions.CounterText(client_id=new_id(), text="Maria, podemos combinar uma data?", note="convide")


TEXTS: dict[str, Callable[[Stage], Callable[[], Any]]] = {
    "cases.approvals.ask": _asks,
    "cases.approvals.ask: in place of another": _replaces,
    "cases.reply.reply: under an approval": _sends,
    "cases.claim.transfer: with a text asked for": _hands_on,
    "cases.work.resolve: with a text approved": _ends,
    "supervision.approvals.approve_text": _decides(decisions.approve_text),
    "supervision.approvals.refuse_text": _decides(decisions.refuse_text, "sem ameaça"),
    "supervision.approvals.counter_text": _decides(decisions.counter_text, _countered()),
}
