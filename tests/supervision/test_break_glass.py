"""Break-glass (domain 7.1): an hour's sight beyond one's own, with a reason, told at once, reviewed by another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from console.clock import FixedClock
from console.people import accounts, teams
from console.store.transaction import Reader, Tx
from console.supervision import break_glass
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE, parse_rfc3339
from tests.flows.book import Book, open_book
from tests.server import Server, _hash, email, running

FRIDAY = parse_rfc3339("2026-11-20T13:00:00Z")  # ten in the morning in São Paulo, and no holiday of the banks' calendar
WHY = "The debtor is on the phone and their team is off duty"
WORDS = "palavra-canário"


class Scene:
    """Maria's case belongs to a team of which Elena is no supervisor."""

    def __init__(self, server: Server, clock: FixedClock) -> None:
        self.server, self.clock = server, clock
        self.book: Book = open_book(server)
        self.book.writes(WORDS)
        self.sofia, self.elena, self.caio, self.admin = (
            server.sign_in(name) for name in ("sofia", "elena", "caio", "admin")
        )
        (found,) = self.sofia.get("/api/v1/cases?view=queue").json()["items"]
        self.case: str = found["id"]

    def breaks(self, client: httpx2.Client, **body: Any) -> httpx2.Response:
        return client.post("/api/v1/break-glass", json={"client_id": new_id(), "reason": WHY, **body})

    def acts(self) -> list[str]:
        def read(reader: Reader) -> list[str]:
            sql = "SELECT action FROM audit WHERE case_id IS NOT NULL ORDER BY at, id"
            return [each[0] for each in reader.run(sql, None).fetchall()]

        return self.server.read(read)


@pytest.fixture
def scene() -> Iterator[Scene]:
    clock = FixedClock(FRIDAY)
    with running(workers={}, prepare=[_outsider], clock=clock) as server:
        yield Scene(server, clock)


def _outsider(tx: Tx) -> None:
    new = accounts.NewUser(email=email("elena"), name="Elena", role="supervisor", password_hash=_hash())
    accounts.join_team(tx, accounts.add_user(tx, new), teams.add_team(tx, "Outra equipe"))


def test_a_supervisor_reads_a_foreign_case_for_an_hour_and_may_do_nothing_to_it(scene: Scene) -> None:
    elena, url = scene.elena, f"/api/v1/cases/{scene.case}"
    assert elena.get(url).status_code == 404
    made = scene.breaks(elena, case=scene.case)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "open" and made.json()["until"] == "2026-11-20T14:00:00.000Z"
    assert WORDS in elena.get(f"{url}/timeline").text
    person = elena.get(url).json()["debtor"]["id"]
    assert elena.get("/api/v1/cases?view=all").json()["items"] == [], "it is read by its name and stands in no list"
    assert elena.get(f"/api/v1/debtors/{person}").json()["masked"] is False
    shown = elena.get(f"/api/v1/debtors/{person}/balance?portfolio={scene.book.id}")
    assert shown.status_code == 200, "what is owed in it is its content"
    for path, body in (
        ("takeover", {}), ("claim", {}), ("notes", {"client_id": new_id(), "text": "x"}), ("watch", {}),
        ("messages", {"client_id": new_id(), "epoch": 1, "channel": "whatsapp", "text": "x"}),
        ("gate", {"channel": "whatsapp", "text": "x"}),
    ):  # fmt: skip
        assert elena.post(f"{url}/{path}", json=body).status_code == 404, path
    assert elena.post(f"/api/v1/debtors/{person}/reveal").status_code == 404
    scene.clock.advance(HOUR)
    assert elena.get(url).status_code == 404 and elena.get(f"{url}/timeline").status_code == 404
    assert [act for act in scene.acts() if act.startswith(("break_glass", "case.read"))] == [
        "break_glass.opened", "case.read",
    ]  # fmt: skip


def test_the_thread_the_wall_and_compliance_hear_of_it_at_once(scene: Scene) -> None:
    headers = scene.server.socket_headers(scene.caio)
    with connect(scene.server.ws_url, additional_headers=headers) as socket:
        socket.send('{"type":"hello","cursor":null}')
        assert json.loads(socket.recv(5))["type"] == "ready"
        made = scene.breaks(scene.elena, case=scene.case).json()
        while (frame := json.loads(socket.recv(5))).get("name") != "notice.created":
            continue
        assert frame["data"] == {"kind": "break_glass", "id": scene.case, "break_glass": made["id"]}
    items = scene.sofia.get(f"/api/v1/cases/{scene.case}/timeline").json()["items"]
    (said,) = [each for each in items if each.get("name") == "break_glass.opened"]
    assert said["author"]["name"] == "Elena" and said["data"]["why"] == WHY
    (alarm,) = scene.sofia.get("/api/v1/requests").json()["items"]
    assert (alarm["kind"], alarm["reason"], alarm["case"]) == ("alarm", "break_glass", scene.case)
    assert [each["id"] for each in scene.sofia.get("/api/v1/break-glass").json()["items"]] == [made["id"]]


def test_its_end_reaches_an_open_page(scene: Scene) -> None:
    made = scene.breaks(scene.elena, case=scene.case).json()
    with connect(scene.server.ws_url, additional_headers=scene.server.socket_headers(scene.elena)) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None, "topics": [f"case:{scene.case}"]}))
        assert json.loads(socket.recv(5))["type"] == "ready"
        scene.clock.advance(HOUR)
        scene.server.write(break_glass.run_out, made["id"])
        while (frame := json.loads(socket.recv(5))).get("name") != "case.hidden":
            continue
        assert frame["data"] == {"id": scene.case}


def test_it_is_shut_before_its_time_by_its_holder_and_by_compliance_alone(scene: Scene) -> None:
    made = scene.breaks(scene.elena, case=scene.case).json()
    url = f"/api/v1/break-glass/{made['id']}"
    assert scene.sofia.delete(url).status_code == 404
    assert scene.elena.delete(url).json()["state"] == "to_review"
    assert scene.elena.get(f"/api/v1/cases/{scene.case}").status_code == 404


def test_compliance_reviews_it_within_two_business_days_and_nobody_else(scene: Scene) -> None:
    made = scene.breaks(scene.elena, case=scene.case).json()
    assert made["review_by"] == "2026-11-25T03:00:00.000Z"  # the end of Tuesday in São Paulo
    url = f"/api/v1/break-glass/{made['id']}/review"
    for client in (scene.elena, scene.sofia, scene.admin):
        assert client.post(url, json={"finding": "justified"}).status_code == 403
    assert scene.caio.post(url, json={"finding": "fine"}).json()["field"] == "finding"
    assert scene.caio.post(url, json={"finding": "unjustified"}).json()["field"] == "note"
    done = scene.caio.post(url, json={"finding": "unjustified", "note": "Their team was on duty."})
    assert done.json()["state"] == "reviewed" and done.json()["reviewed_by"]["name"] == "Caio Melo"
    assert scene.sofia.get("/api/v1/requests").json()["items"] == []
    assert scene.caio.post(url, json={"finding": "justified"}).status_code == 409
    assert scene.caio.get("/api/v1/break-glass?reviewed=no").json()["items"] == []


def test_a_review_that_is_overdue_rings(scene: Scene) -> None:
    made = scene.breaks(scene.elena, case=scene.case).json()
    scene.server.write(break_glass.look_for_review, made["id"])
    scene.clock.advance(5 * 24 * HOUR)
    scene.server.write(break_glass.look_for_review, made["id"])
    sofia = scene.server.sign_in("sofia")
    reasons = {each["reason"] for each in sofia.get("/api/v1/requests").json()["items"]}
    assert reasons == {"break_glass", "break_glass_overdue"}
    caio = scene.server.sign_in("caio")
    assert caio.get("/api/v1/break-glass?reviewed=no").json()["items"][0]["state"] == "overdue"


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("elena", {"case": "none"}, 404),
        ("elena", {"reason": "because", "case": "none"}, 422),
        ("elena", {}, 422),
        ("elena", {"delivery": "x"}, 403),
        ("admin", {"case": "none"}, 403),
        ("admin", {"delivery": "none"}, 404),
        ("caio", {"case": "none"}, 403),
        ("ana", {"case": "none"}, 403),
    ],
)
def test_who_may_open_what(scene: Scene, who: str, body: dict[str, Any], status: int) -> None:
    assert scene.breaks(scene.server.sign_in(who), **body).status_code == status


def test_what_one_reads_already_is_not_opened_and_a_repeat_opens_once(scene: Scene) -> None:
    assert scene.breaks(scene.sofia, case=scene.case).status_code == 409
    body = {"client_id": new_id(), "reason": WHY, "case": scene.case}
    first, again = (scene.elena.post("/api/v1/break-glass", json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json()["id"] == again.json()["id"]


def test_another_hour_needs_a_reason_of_its_own_and_outlives_the_first(scene: Scene) -> None:
    first = scene.breaks(scene.elena, case=scene.case).json()
    scene.clock.advance(30 * MINUTE)
    assert scene.breaks(scene.elena, case=scene.case).status_code == 201
    scene.clock.advance(30 * MINUTE)
    scene.server.write(break_glass.run_out, first["id"])
    assert scene.elena.get(f"/api/v1/cases/{scene.case}").status_code == 200
    assert len(scene.caio.get("/api/v1/break-glass?reviewed=no").json()["items"]) == 2


def test_an_admin_reads_a_deliverys_bytes_after_breaking_the_glass(scene: Scene) -> None:
    delivery = scene.caio.get("/api/v1/intake").json()["items"][0]["id"]
    assert scene.admin.get(f"/api/v1/intake/{delivery}/raw").status_code == 403
    assert scene.breaks(scene.admin, delivery=delivery).status_code == 201
    assert scene.admin.get(f"/api/v1/intake/{delivery}/raw").status_code == 200
    scene.clock.advance(HOUR)
    assert scene.admin.get(f"/api/v1/intake/{delivery}/raw").status_code == 403


def test_a_socket_says_nothing_by_it_and_the_tabs_do_not_count_it(scene: Scene) -> None:
    before = scene.elena.get("/api/v1/cases/counts").json()
    scene.breaks(scene.elena, case=scene.case)
    assert scene.elena.get("/api/v1/cases/counts").json() == before
    with connect(scene.server.ws_url, additional_headers=scene.server.socket_headers(scene.elena)) as socket:
        socket.send(json.dumps({"type": "hello", "cursor": None, "topics": [f"case:{scene.case}"]}))
        assert json.loads(socket.recv(10))["type"] == "ready"
        socket.send(json.dumps({"type": "seen", "case": scene.case, "position": 1}))
        while (frame := json.loads(socket.recv(10)))["type"] != "error":
            assert frame.get("name") != "case.seen"
        assert frame["code"] == "not_found"


def test_who_broke_it_does_not_review_it_whatever_they_became(scene: Scene) -> None:
    made = scene.breaks(scene.elena, case=scene.case).json()

    who = scene.elena.get("/api/v1/me").json()["id"]
    scene.server.write(lambda tx: accounts.set_role(tx, who, "compliance", "agent"))
    answer = scene.elena.post(f"/api/v1/break-glass/{made['id']}/review", json={"finding": "justified"})
    assert answer.status_code == 403, answer.text
    assert scene.caio.post(f"/api/v1/break-glass/{made['id']}/review", json={"finding": "justified"}).status_code == 200
