"""A provider's word about our own number: on the wall, in the figures, and between a machine and the debtor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from console.clock import SystemClock
from console.intake.notices import restriction_over
from console.portfolios.models import inbox, template
from console.store.base import dump
from console.store.statement import add, change
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import DAY
from tests.flows.book import NUMBER, SECRET
from tests.flows.carriers import Carriers, carried
from tests.flows.desk import Scene
from tests.flows.test_meters import told
from tests.server import running

GREETING = {"greeting": {"pt-BR": "Olá! Somos a {{creditor}}. Outro contato: {{help}}."}}
WABA = "4195"
NAMED = {"display_phone_number": NUMBER.removeprefix("+")}


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
def scene(clock: SystemClock) -> Iterator[Scene]:
    with running(clock=clock, workers={}, metrics_token="watcher") as server:
        made = Scene(server)
        server.write(lambda tx: change(tx, inbox, {"id": made.book.whatsapp}, texts=dump(GREETING)))
        yield made


def says(scene: Scene, field: str, value: dict[str, Any], *, at_ms: int | None = None, account: str = WABA) -> None:
    """Meta tells of our account, signed."""
    at = (scene.server.services.clock.now() if at_ms is None else at_ms) // 1000
    entry = {"id": account, "time": at, "changes": [{"field": field, "value": value}]}
    answer = scene.book.meta({"object": "whatsapp_business_account", "entry": [entry]})
    assert answer.status_code == 200, answer.text


def rated(scene: Scene, colour: str, **more: Any) -> None:
    says(scene, "phone_number_quality_update", {**NAMED, "event": colour}, **more)


def of_inbox(scene: Scene) -> dict[str, Any]:
    items: list[dict[str, Any]] = scene.sofia.get("/api/v1/inboxes").json()["items"]
    return next(each for each in items if each["id"] == scene.book.whatsapp)


def alarms(scene: Scene) -> list[str]:
    """Reasons of what stands on the wall without a case."""
    return [each["reason"] for each in scene.sofia.get("/api/v1/wall").json()["requests"] if each["case"] is None]


def machine_said(scene: Scene, sender: str) -> list[str]:
    """A new debtor writes: what they are told by the house itself."""
    before = {each["id"] for each in scene.sofia.get("/api/v1/cases", params={"view": "all"}).json()["items"]}
    scene.book.writes("bom dia", sender=sender)
    items = scene.sofia.get("/api/v1/cases", params={"view": "all"}).json()["items"]
    (row,) = [each for each in items if each["id"] not in before]
    thread = scene.sofia.get(f"/api/v1/cases/{row['id']}/timeline").json()["items"]
    return [each["text"] for each in thread if each["kind"] == "message" and each["direction"] == "out"]


def test_a_red_number_holds_what_machines_say_until_it_is_green(scene: Scene) -> None:
    assert (of_inbox(scene)["quality"], of_inbox(scene)["automated_held"]) == ("unknown", False)
    assert len(machine_said(scene, "5511944440000")) == 1
    rated(scene, "RED")
    assert (of_inbox(scene)["quality"], of_inbox(scene)["automated_held"]) == ("red", True)
    (alarm,) = scene.sofia.get("/api/v1/requests").json()["items"]
    assert (alarm["kind"], alarm["reason"], alarm["case"], alarm["team"]) == (
        "alarm", "channel_red", None, scene.server.team,
    )  # fmt: skip
    assert alarm["detail"] == {"inbox": scene.book.whatsapp, "name": of_inbox(scene)["name"] or NUMBER}
    assert machine_said(scene, "5511944440001") == []
    assert scene.reply().status_code == 201, "a person goes on"
    rated(scene, "RED")
    assert alarms(scene) == ["channel_red"], "one alarm a change"
    rated(scene, "GREEN")
    assert (of_inbox(scene)["quality"], of_inbox(scene)["automated_held"], alarms(scene)) == ("green", False, [])
    assert len(machine_said(scene, "5511944440002")) == 1


def test_the_metrics_show_the_colour_and_yellow_after_red_is_no_alarm(scene: Scene) -> None:
    rated(scene, "RED")
    found = told(scene.server.client())
    labels = f'{{channel="whatsapp",inbox="{scene.book.whatsapp}"}}'
    assert found[f"acordo_inbox_quality{labels}"] == 1 and found[f"acordo_inbox_restricted{labels}"] == 0
    rated(scene, "YELLOW")
    assert alarms(scene) == [], "better than red is no alarm"
    assert told(scene.server.client())[f"acordo_inbox_quality{labels}"] == 2


def test_older_news_changes_nothing(scene: Scene, clock: SystemClock) -> None:
    rated(scene, "GREEN")
    rated(scene, "RED", at_ms=clock.now() - DAY)
    assert (of_inbox(scene)["quality"], alarms(scene)) == ("green", [])


def test_a_number_of_another_account_is_not_ours(scene: Scene) -> None:
    says(scene, "phone_number_quality_update", {"display_phone_number": "5599999999999", "event": "RED"})
    says(scene, "account_update", restriction("RESTRICTED_BIZ_INITIATED_MESSAGING"), account="1")
    assert (of_inbox(scene)["quality"], of_inbox(scene)["restriction"], alarms(scene)) == ("unknown", "", [])


def restriction(*kinds: str, until_ms: int | None = None) -> dict[str, Any]:
    end = {} if until_ms is None else {"expiration": until_ms // 1000}
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": each, **end} for each in kinds]}


def test_a_restriction_ends_when_its_provider_said(scene: Scene, clock: SystemClock) -> None:
    until = clock.now() + DAY
    says(scene, "account_update", restriction("RESTRICTED_BIZ_INITIATED_MESSAGING", until_ms=until))
    shown = of_inbox(scene)
    assert (shown["restriction"], shown["automated_held"]) == ("RESTRICTED_BIZ_INITIATED_MESSAGING", True)
    assert shown["restricted_until"] is not None and alarms(scene) == ["channel_restricted"]
    assert machine_said(scene, "5511944440003") == [] and scene.reply().status_code == 201
    scene.server.write(restriction_over, scene.book.whatsapp)
    assert alarms(scene) == ["channel_restricted"], "not before its end"
    clock.offset_ms = DAY + 1_000
    scene.server.write(restriction_over, scene.book.whatsapp)
    assert (of_inbox(scene)["restriction"], of_inbox(scene)["automated_held"], alarms(scene)) == ("", False, [])
    assert len(machine_said(scene, "5511944440004")) == 1


def test_a_ban_is_lifted_by_its_provider(scene: Scene) -> None:
    says(scene, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}})
    assert (of_inbox(scene)["restriction"], of_inbox(scene)["health"]) == ("DISABLE", "failing")
    says(scene, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}})
    assert (of_inbox(scene)["restriction"], of_inbox(scene)["health"], alarms(scene)) == ("", "unknown", [])


def test_what_forbids_no_message_holds_none(scene: Scene) -> None:
    says(scene, "account_update", restriction("RESTRICTED_ADD_PHONE_NUMBER_ACTION"))
    assert (of_inbox(scene)["automated_held"], alarms(scene)) == (False, [])


def test_a_lowered_limit_is_told_and_what_is_used_of_it(scene: Scene) -> None:
    says(scene, "business_capability_update", {"max_daily_conversations_per_business": "TIER_2K"})
    assert (of_inbox(scene)["messaging_limit"], alarms(scene)) == (2_000, [])
    says(scene, "phone_number_quality_update", {**NAMED, "event": "DOWNGRADE", "current_limit": "TIER_250"})
    assert (of_inbox(scene)["messaging_limit"], alarms(scene)) == (250, ["channel_limit"])
    says(scene, "business_capability_update", {"max_daily_conversation_per_phone": -1})
    assert (of_inbox(scene)["messaging_limit"], of_inbox(scene)["limit_used"], alarms(scene)) == (None, 0, [])


def test_a_paused_template_is_an_alarm_until_it_is_approved(scene: Scene) -> None:
    def have(tx: Tx) -> None:
        add(tx, template, id=new_id(), portfolio_id=scene.book.id, inbox_id=scene.book.whatsapp, channel="whatsapp",
            name="lembrete", language="pt_BR", category="utility", state="approved", body="Oi", examples="[]",
            synced_at=tx.now)  # fmt: skip

    scene.server.write(have)
    about = {"message_template_name": "lembrete", "message_template_language": "pt_BR"}
    says(scene, "message_template_status_update", {**about, "event": "PAUSED"})
    assert (of_inbox(scene)["templates_paused"], alarms(scene)) == (1, ["template_stopped"])
    says(scene, "message_template_status_update", {**about, "event": "APPROVED"})
    assert (of_inbox(scene)["templates_paused"], alarms(scene)) == (0, [])


def test_a_forged_notice_changes_nothing(scene: Scene) -> None:
    change_ = {"field": "phone_number_quality_update", "value": {**NAMED, "event": "RED"}}
    body = {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [change_]}]}
    assert scene.book.meta(body, secret=SECRET + "!").status_code == 403
    assert of_inbox(scene)["quality"] == "unknown"


def test_what_the_carrier_refused_is_counted() -> None:
    with carried(metrics_token="watcher") as carriers:
        carriers.behave(provider="meta", accept=False, error_code="131026")
        sofia = carriers.book.server.sign_in("sofia")
        carriers.writes("oi")
        (row,) = _listed(sofia)
        sofia.post(f"/api/v1/cases/{row['id']}/takeover", json={})
        epoch = sofia.get(f"/api/v1/cases/{row['id']}").json()["epoch"]
        body = {"client_id": new_id(), "epoch": epoch, "channel": "whatsapp", "text": "Bom dia!"}
        assert sofia.post(f"/api/v1/cases/{row['id']}/messages", json=body).status_code == 201
        assert _until_failed(carriers, sofia) == (1, 1)


def _listed(sofia: Any) -> list[dict[str, Any]]:
    for _ in range(200):
        items: list[dict[str, Any]] = sofia.get("/api/v1/cases", params={"view": "all"}).json()["items"]
        if items:
            return items
        time.sleep(0.05)
    raise AssertionError("no case came")


def _until_failed(carriers: Carriers, sofia: Any) -> tuple[int, int]:
    found = (0, 0)
    for _ in range(200):
        items = sofia.get("/api/v1/inboxes").json()["items"]
        shown = next(each for each in items if each["id"] == carriers.book.whatsapp)
        found = (shown["sent_24h"], shown["failed_24h"])
        if found[1]:
            break
        time.sleep(0.05)
    return found
