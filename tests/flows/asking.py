"""Asking for a text that the gate holds, and deciding on it, as flows do over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2

from console.clock import SystemClock
from console.gate.models import decision
from console.store.statement import rows
from console.store.transaction import Reader
from console.wire.ids import new_id
from tests.flows.desk import Scene

HELD = "Maria, sem acordo o serviço pode ser suspenso."
MILD = "Maria, podemos combinar uma data que caiba para você?"
FIRM = "Aguardo o seu pagamento imediatamente."


def later(scene: Scene, ms: int) -> None:
    clock = scene.server.services.clock
    assert isinstance(clock, SystemClock)
    clock.offset_ms += ms


def ask(scene: Scene, who: httpx2.Client | None = None, **more: Any) -> httpx2.Response:
    body = {"client_id": new_id(), "epoch": scene.epoch(), "kind": "approval", "channel": "whatsapp", "text": HELD}
    return (who or scene.ana).post(f"/api/v1/cases/{scene.case}/requests", json={**body, **more})


def asked(scene: Scene, who: httpx2.Client | None = None, **more: Any) -> str:
    answer = ask(scene, who, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def decide(who: httpx2.Client, request: str, act: str = "approve", **body: Any) -> httpx2.Response:
    return who.post(f"/api/v1/requests/{request}/{act}", json=body)


def approved(scene: Scene, **more: Any) -> str:
    request = asked(scene, **more)
    answer = decide(scene.sofia, request)
    assert answer.status_code == 200, answer.text
    return request


def light(scene: Scene, who: httpx2.Client | None = None, **more: Any) -> dict[str, Any]:
    body = {"channel": "whatsapp", "text": HELD, **more}
    (found,) = (who or scene.ana).post(f"/api/v1/cases/{scene.case}/gate", json=body).json()["items"]
    return dict(found)


def items(scene: Scene, kind: str, who: httpx2.Client | None = None) -> list[dict[str, Any]]:
    found = (who or scene.sofia).get(f"/api/v1/cases/{scene.case}/timeline").json()["items"]
    return [each for each in found if each["kind"] == kind]


def card(scene: Scene, request: str) -> dict[str, Any]:
    return next(each for each in items(scene, "whisper") if (each.get("request") or {}).get("id") == request)


def lines(scene: Scene) -> list[str]:
    return [each["name"] for each in items(scene, "event") if each["name"].startswith("approval.")]


def decided(item: str) -> Callable[[Reader], dict[str, Any]]:
    def read(reader: Reader) -> dict[str, Any]:
        (found,) = rows(reader, decision.select().where(decision.c.item_id == item), lambda *columns: columns)
        return dict(zip(decision.c.keys(), found, strict=True))

    return read


def refused(answer: httpx2.Response, status: int, code: str, **facts: Any) -> None:
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), answer.text
    assert {name: found.get(name) for name in facts} == facts, answer.text
