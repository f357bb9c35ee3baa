"""Numbers, moments and cursors that no list and no calendar has: 422 `invalid` with the field."""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import pytest

from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.flows.importing import fresh_limits as fresh_limits
from tests.flows.importing import scene as scene
from tests.flows.test_no_date import whose

HUGE = 2**63
LAST = HUGE - 1


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def invalid(answer: httpx2.Response, field: str) -> None:
    assert answer.status_code == 422, answer.text
    assert (answer.json()["code"], answer.json().get("field")) == ("invalid", field), answer.text


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("place", [HUGE, -HUGE - 1, 10**30])
def test_a_place_beyond_all_is_refused(scene: Scene, name: str, place: int) -> None:
    invalid(scene.ana.get(f"/api/v1/cases/{scene.case}/timeline?{name}={place}"), name)


def test_a_draft_counts_and_no_later_one_is_lost(scene: Scene) -> None:
    url = f"/api/v1/cases/{scene.case}/draft"
    for rev in (HUGE, LAST, 2**31, -1):
        invalid(scene.ana.put(url, json={"text": "x", "rev": rev}), "rev")
    assert scene.ana.put(url, json={"text": "y", "rev": 1}).json()["text"] == "y"


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        *((path, mark) for path in ("cases?sort=wait", "cases?view=all&sort=activity", "intake?", "to-contact?",
                                    "debtors?", "audit?", "imports?", "teams?", "search?q=oi", "near-misses?",
                                    "break-glass?")
          for mark in ("", "anything", packed("9" * 30 + ":a"))),
        *(("to-contact?", packed(each)) for each in ("null", "5", f'[{10**30},"a","b"]', "[" * 2_000, "[true,1]")),
        ("cases?sort=wait", packed(f"activity:1:{'0' * 32}")), ("cases?sort=activity", packed(f"wait:1:{'0' * 32}")),
        ("cases?sort=wait", packed("wait:1:a")), ("intake?", packed(f"wait:1:{'0' * 32}")),
        ("teams?limit=1", packed("[" * 2_000)),
    ],
)  # fmt: skip
def test_a_cursor_of_another_kind_is_refused(scene: Scene, path: str, cursor: str) -> None:
    who = {"intake": scene.admin, "imports": scene.admin, "audit": scene.caio, "break-glass": scene.caio}
    asks = who.get(path.partition("?")[0], scene.sofia)
    invalid(asks.get(f"/api/v1/{path}&cursor={cursor}".replace("?&", "?")), "cursor")


def test_pages_of_cases_follow_one_another_in_their_order(scene: Scene) -> None:
    for phone in ("5511985000001", "5511985000002"):
        scene.book.writes("Oi", sender=phone)
    for sort in ("wait", "activity"):
        url, found = f"/api/v1/cases?view=all&sort={sort}&limit=1", []
        page: Any = scene.sofia.get(url).json()
        while page["next"]:
            found += page["items"]
            page = scene.sofia.get(f"{url}&cursor={page['next']}").json()
        found += page["items"]
        whole = scene.sofia.get(url.replace("limit=1", "limit=200")).json()["items"]
        assert len(found) >= 3 and [each["id"] for each in found] == [each["id"] for each in whole]
    first = scene.admin.get("/api/v1/intake?limit=1").json()
    second = scene.admin.get(f"/api/v1/intake?limit=1&cursor={first['next']}").json()
    assert second["items"] and second["items"][0]["id"] != first["items"][0]["id"]


def test_a_score_beyond_all_is_refused(scene: Scene) -> None:
    invalid(scene.sofia.get(f"/api/v1/to-contact?least={10**30}"), "least")
    assert scene.sofia.get(f"/api/v1/to-contact?least={LAST}").json()["items"] == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_a_payment_was_made_in_our_time(scene: Scene, at: str) -> None:
    debtor = whose(scene, f"+55119860{at[:4]}1")
    body = {"client_id": new_id(), "debtor": debtor, "amount": {"amount": 100, "currency": "BRL"}, "paid_at": at,
            "method": "pix"}  # fmt: skip
    invalid(scene.sofia.post("/api/v1/payments", json=body), "paid_at")


def test_nobody_is_away_beyond_the_calendar(scene: Scene) -> None:
    body = {"status": "away", "until": "9999-12-31T23:59:59-14:00"}
    invalid(scene.bruno.put("/api/v1/me/presence", json=body), "until")


def test_a_nul_is_named_and_an_escaped_one_is_text(scene: Scene) -> None:
    url = f"/api/v1/cases/{scene.case}/draft"
    invalid(scene.ana.put(url, json={"text": "a\0", "rev": 1}), "text")
    invalid(scene.sofia.get("/api/v1/search?q=%00"), "q")
    assert scene.ana.put(url, json={"text": "a\\u0000", "rev": 5}).json()["text"] == "a\\u0000"
