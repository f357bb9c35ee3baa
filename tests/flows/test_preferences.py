"""What a debtor prefers is written down, shown, and kept to by the gate at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.negotiation.means import set_instructions
from tests.days import tuesday_at_ten
from tests.flows.desk import Scene
from tests.server import running

EVENING = {"days": ["MON", "TUE", "WED", "THU", "FRI"], "from": "18:00", "to": "19:30", "channels": []}


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}, clock=tuesday_at_ten()) as server:
        yield Scene(server)


def test_hours_and_channel_are_shown_and_kept_to(scene: Scene) -> None:
    url = f"/api/v1/cases/{scene.case}"
    made = scene.ana.put(f"{url}/preferences", json={"channel": "whatsapp", "hours": [EVENING]})
    assert made.status_code == 200, made.text
    assert (made.json()["preferred_channel"], made.json()["preferred_hours"]) == ("whatsapp", [EVENING])
    scene.reply()  # nobody waits for an answer any more: what follows is unasked
    (point,) = scene.ana.get(url).json()["contact_points"]
    yes = {"state": "granted", "source": "agent"}
    assert scene.ana.post(f"/api/v1/contact-points/{point['id']}/consent", json=yes).status_code == 200
    asked = {"channel": "whatsapp", "purpose": "proactive", "text": "Bom dia, Maria."}
    (told,) = scene.ana.post(f"{url}/gate", json=asked).json()["items"]
    assert (told["outcome"], told["code"]) == ("defer", "DEBTOR_INCONVENIENT_TIME"), told
    assert told["allowed_at"].endswith("T21:00:00.000Z")  # six in the evening there
    kept = scene.ana.put(f"{url}/preferences", json={"hours": None}).json()
    assert (kept["preferred_channel"], kept["preferred_hours"]) == ("whatsapp", None)
    (told,) = scene.ana.post(f"{url}/gate", json=asked).json()["items"]
    assert told["outcome"] == "allow", told


def test_the_means_they_prefer_are_told_first(scene: Scene) -> None:
    store = {"kind": "store", "title": {"pt-BR": "Loja"}, "text": {"pt-BR": "no caixa", "es": "en caja"}}
    pix = {"key": "123e4567-e12b-12d1-a456-426655440000", "name": "Loja Ipê", "city": "São Paulo"}
    scene.server.write(set_instructions, scene.book.id, {"pix": pix, "means": [store]})
    url = f"/api/v1/cases/{scene.case}"
    means = f"/api/v1/debtors/{scene.ana.get(url).json()['debtor']['id']}/payment-means"
    assert [each["kind"] for each in scene.ana.get(means).json()["items"]] == ["pix", "store"]
    made = scene.ana.put(f"{url}/preferences", json={"means": "store"})
    assert (made.status_code, made.json()["preferred_means"]) == (200, "store"), made.text
    assert [each["kind"] for each in scene.ana.get(means).json()["items"]] == ["store", "pix"]
    refused = scene.ana.put(f"{url}/preferences", json={"means": "gold"})
    assert (refused.status_code, refused.json()["field"], refused.json()["means"]) == (422, "means", ["pix", "store"])
    assert scene.ana.put(f"{url}/preferences", json={"means": None}).json()["preferred_means"] is None


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"channel": "sms"}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"hours": []}, "hours"),
        ({"hours": [{**EVENING, "from": "25:00"}]}, "hours"),
        ({"hours": [{**EVENING, "from": "20:00"}]}, "hours"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_by_name(scene: Scene, wish: dict[str, Any], field: str) -> None:
    refused = scene.ana.put(f"/api/v1/cases/{scene.case}/preferences", json=wish)
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
    assert scene.bruno.put(f"/api/v1/cases/{scene.case}/preferences", json=wish).status_code in (404, 409)
