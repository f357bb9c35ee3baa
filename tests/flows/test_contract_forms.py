"""Forms the contract fixes: times, money, zones, the note of a transfer, skills that there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from console.people import accounts
from console.wire.ids import new_id
from console.wire.moment import rfc3339
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_no_date import owe, whose

BRL = 10_000


def invalid(answer: httpx2.Response, field: str) -> None:
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text
    assert answer.json()["code"] == "invalid"


def ahead(**by: int) -> datetime:
    return (datetime.now(UTC) + timedelta(**by)).replace(microsecond=0)


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def in_every_field(scene: Scene, text: str) -> list[tuple[httpx2.Response, str]]:
    """The same time given to each call that takes one, with the field it stands in."""
    case, debtor = f"/api/v1/cases/{scene.case}", whose(scene, "+5511955550001")
    point = scene.ana.get(case).json()["contact_points"][0]["id"]
    money = {"amount": BRL, "currency": "BRL"}
    paid = {"client_id": new_id(), "debtor": debtor, "amount": money, "paid_at": text, "method": "pix"}
    call = {"client_id": new_id(), "debtor": debtor, "channel": "call", "at": text, "by": "x", "outcome": "answered"}
    return [
        (scene.ana.post(f"{case}/snooze", json={"until": text}), "until"),
        (scene.ana.post(f"{case}/gate", json={"at": text}), "at"),
        (scene.reply(text="Olá", send_at=text), "send_at"),
        (scene.ana.put("/api/v1/me/presence", json={"status": "online", "until": text}), "until"),
        (scene.sofia.post("/api/v1/payments", json=paid), "paid_at"),
        (scene.sofia.post("/api/v1/contacts", json=call), "at"),
        (scene.sofia.post(f"/api/v1/contact-points/{point}/consent",
                          json={"state": "granted", "source": "x", "at": text}), "at"),
        (scene.caio.get("/api/v1/audit", params={"since": text}), "since"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M:%SZ", "%G-W%V-%uT%H:%M:%SZ", "%Y-%m-%dT24:00:00Z",
                                  "%Y-%m-%dT%H:%M:%S,5Z"])  # fmt: skip
def test_a_time_that_is_none_of_the_standard_is_refused_by_its_field(scene: Scene, form: str) -> None:
    for answer, field in in_every_field(scene, ahead(hours=3).strftime(form)):
        invalid(answer, field)


def test_small_letters_of_a_time_are_the_same_time(scene: Scene) -> None:
    at = ahead(hours=3)
    case = f"/api/v1/cases/{scene.case}"
    answer = scene.ana.post(f"{case}/snooze", json={"until": at.strftime("%Y-%m-%dt%H:%M:%Sz")})
    assert answer.status_code == 200, answer.text
    assert answer.json()["snooze_until"] == rfc3339(round(at.timestamp() * 1000))
    assert scene.ana.post(f"{case}/reopen").status_code == 200


@pytest.mark.parametrize("day", ["20991231", "2099-W01-1", "2099-1-1", "31/12/2099"])
def test_a_date_has_one_form(scene: Scene, day: str) -> None:
    debtor = whose(scene, "+5511955550001")
    invalid(scene.sofia.get(f"/api/v1/debtors/{debtor}/balance", params={"as_of": day}), "as_of")
    invalid(scene.admin.put(f"/api/v1/portfolios/{scene.book.id}/conduct", json={"closed_days": [day]}), "closed_days")


# ── zones and money ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "told", "zone"),
    [("MX-SON", None, "America/Hermosillo"), ("MX", None, "America/Mexico_City"), ("BR-AM", None, "America/Manaus"),
     ("BR-AM", "America/Eirunepe", "America/Eirunepe"), ("US", None, "America/New_York")],
)  # fmt: skip
def test_a_debtor_always_has_a_time_zone(scene: Scene, place: str, told: str | None, zone: str) -> None:
    new = {"client_id": new_id(), "portfolio": scene.book.id, "name": "Rui", "language": "es", "jurisdiction": place}
    made = scene.sofia.post("/api/v1/debtors", json=new | ({"timezone": told} if told else {})).json()
    assert made["timezone"] == zone
    opened = scene.sofia.post(
        "/api/v1/cases", json={"client_id": new_id(), "debtor": made["id"], "portfolio": scene.book.id}
    )
    assert opened.status_code == 201 and opened.json()["debtor"]["timezone"] == zone


def test_a_stranger_of_another_state_lives_by_the_time_of_that_state(scene: Scene) -> None:
    """The portfolio's zone is that of its own state."""
    scene.book.writes("Oi", sender="5592991110001")
    (found,) = scene.sofia.get("/api/v1/debtors", params={"q": "+5592991110001"}).json()["items"]
    shown = scene.sofia.get(f"/api/v1/debtors/{found['id']}").json()
    assert (shown["jurisdiction"], shown["timezone"]) == ("BR-AM", "America/Manaus")


def test_every_amount_of_a_balance_is_money(scene: Scene) -> None:
    debtor = whose(scene, "+5511955550002")
    assert owe(scene, debtor, "2026-01-10").status_code == 201
    (charge,) = scene.sofia.get(f"/api/v1/debtors/{debtor}/balance").json()["charges"]
    parts: dict[str, Any] = charge["open"]
    assert parts["principal"] == {"amount": BRL, "currency": "BRL"}
    assert sum(each["amount"] for each in parts.values()) == charge["total"]["amount"]
    assert {each["currency"] for each in parts.values()} == {"BRL"}


# ── work on a case ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("note", [{}, {"note": ""}, {"note": "  \n"}])
def test_a_case_is_handed_on_with_a_note(scene: Scene, note: dict[str, str]) -> None:
    to = {"user": scene.server.ids["clara"]}
    invalid(scene.ana.post(f"/api/v1/cases/{scene.case}/transfer", json={"to": to, **note}), "note")
    assert scene.ana.get(f"/api/v1/cases/{scene.case}").json()["owner"]["name"] == "Ana Prado"


def test_a_case_asks_for_a_skill_that_there_is(scene: Scene) -> None:
    """Of the list, of a routing rule, of somebody's, or its own; never for a slip of the pen."""
    at = f"/api/v1/cases/{scene.case}/skills"
    held = scene.ana.get(f"/api/v1/cases/{scene.case}").json()["skills"]
    invalid(scene.ana.post(at, json={"skills": [*held, {"skill": "leagl", "level": 3}]}), f"skills[{len(held)}].skill")
    assert scene.ana.get(f"/api/v1/cases/{scene.case}").json()["skills"] == held
    scene.server.write(accounts.set_skill, scene.server.ids["bruno"], "libras", 3)
    asked = [*held, {"skill": "legal", "level": 3}, {"skill": "libras", "level": 1}]
    answer = scene.ana.post(at, json={"skills": asked})
    assert answer.status_code == 200 and {each["skill"] for each in answer.json()["skills"]} >= {"legal", "libras"}


def test_a_skill_that_only_somebody_disabled_has_is_none(scene: Scene) -> None:
    at, bruno = f"/api/v1/cases/{scene.case}/skills", scene.server.ids["bruno"]
    held = scene.ana.get(f"/api/v1/cases/{scene.case}").json()["skills"]
    asked = {"skills": [*held, {"skill": "braille", "level": 1}]}
    scene.server.write(accounts.set_skill, bruno, "braille", 3)
    scene.server.write(accounts.disable_user, bruno)
    invalid(scene.ana.post(at, json=asked), f"skills[{len(held)}].skill")
    scene.server.write(accounts.enable_user, bruno)
    assert scene.ana.post(at, json=asked).status_code == 200
