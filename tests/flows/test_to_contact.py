"""To contact, through the contract: who may be written to today, the next one, one template to many."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from console.admin.templates import sync
from console.clock import SystemClock
from console.people import accounts, teams
from console.store.lanes import OUTREACH_WAITS
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE
from tests.days import tuesday_at_ten
from tests.flows.carriers import Carriers, carried
from tests.server import _hash, email
from tests.services.needs import wait_until

LINK = {"portal_link": "https://portal.example/p"}
NEUTRAL = {"name": "contato_neutro", "variables": LINK}


@pytest.fixture(scope="module")
def carriers() -> Iterator[Carriers]:
    with carried(clock=tuesday_at_ten(), prepare=[_outsider]) as found:
        server = found.book.server
        server.call(sync(server.services, found.book.whatsapp))
        admin = server.sign_in("admin")
        ours = {"link_domains": ["portal.example"]}
        assert admin.put(f"/api/v1/portfolios/{found.book.id}/conduct", json=ours).status_code == 200
        yield found


def _outsider(tx: Tx) -> None:
    other = teams.add_team(tx, "Outra equipe")
    new = accounts.NewUser(email=email("elena"), name="Elena", role="supervisor", password_hash=_hash())
    accounts.join_team(tx, accounts.add_user(tx, new), other)


@pytest.fixture
def sofia(carriers: Carriers) -> Any:
    return carriers.book.server.sign_in("sofia")


def owes(sofia: Any, book: str, phone: str, amount: int, due: str, *, name: str = "Rosa Lima", **more: Any) -> str:
    """A debtor known by the books alone, with a WhatsApp number that said yes."""
    consent = {"state": "granted", "source": "contract", "at": "2026-01-02T12:00:00.000Z", "text_version": "1"}
    points = [{"channel": "whatsapp", "address": phone, **({"consent": consent} if more.pop("yes", True) else {})}]
    new = {"client_id": new_id(), "portfolio": book, "name": name, "language": "pt-BR", "jurisdiction": "BR-SP",
           "kind": "person", "contact_points": points, **more}  # fmt: skip
    made = sofia.post("/api/v1/debtors", json=new)
    assert made.status_code == 201, made.text
    charges = [{"number": f"N{phone[-4:]}", "due": due, "amount": {"amount": amount, "currency": "BRL"}}]
    debt = {"client_id": new_id(), "debtor": made.json()["id"], "product": "Crediário", "charges": charges}
    assert sofia.post("/api/v1/debts", json=debt).status_code == 201
    return str(made.json()["id"])


def listed(client: Any, **query: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/to-contact", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_who_owes_and_talks_to_nobody_stands_there_by_score_with_its_reasons(carriers: Carriers, sofia: Any) -> None:
    book = carriers.book.id
    small = owes(sofia, book, "+5511900000001", 5_000, "2026-11-01")
    large = owes(sofia, book, "+5511900000002", 900_000, "2026-09-01")
    never = owes(sofia, book, "+5511900000003", 70_000, "2026-10-01", yes=False)
    found = listed(sofia, portfolio=book, reach="any")["items"]
    ids = [each["debtor"]["id"] for each in found]
    assert {small, large, never} <= set(ids) and ids.index(large) < ids.index(small)
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    assert all(each["score"] == sum(term["points"] for term in each["terms"]) for each in found)
    mine = next(each for each in found if each["debtor"]["id"] == large)
    assert (mine["debtor"]["name"], mine["reach"], mine["bucket"]) == ("Rosa Lima", "now", "B61_PLUS")
    assert mine["balance"]["currency"] == "BRL" and mine["balance"]["amount"] == 900_000
    assert [(each["channel"], each["outcome"], each["today"]) for each in mine["channels"]] == [
        ("whatsapp", "allow", True)]  # fmt: skip
    shut = next(each for each in found if each["debtor"]["id"] == never)
    assert (shut["reach"], shut["channels"][0]["code"]) == ("blocked", "NO_WA_OPTIN") and shut["channels"][0]["source"]
    assert never not in [each["debtor"]["id"] for each in listed(sofia, portfolio=book, reach="today")["items"]]


def test_pages_hold_everybody_once_and_filters_narrow(carriers: Carriers, sofia: Any) -> None:
    book, seen, cursor = carriers.book.id, [], None
    for n in range(5):
        owes(sofia, book, f"+551190000010{n}", 10_000 * (n + 1), "2026-10-20")
    whole = [each["debtor"]["id"] for each in listed(sofia, portfolio=book, reach="any", limit=100)["items"]]
    while True:
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = listed(sofia, portfolio=book, reach="any", limit=2, **more)
        seen += [each["debtor"]["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole and len(set(seen)) == len(seen)
    late = listed(sofia, portfolio=book, bucket="B31_60", reach="any")["items"]
    assert late and {each["bucket"] for each in late} == {"B31_60"}
    assert listed(sofia, portfolio=book, channel="sms", reach="any")["items"] == []
    assert listed(sofia, portfolio=book, language="es", reach="any")["items"] == []
    for query, field in (({"bucket": "OLD"}, "bucket"), ({"limit": 0}, "limit"), ({"cursor": "x"}, "cursor")):
        refused = sofia.get("/api/v1/to-contact", params=query)
        assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_another_team_s_debtors_do_not_exist(carriers: Carriers, sofia: Any) -> None:
    book = carriers.book.id
    hers = owes(sofia, book, "+5511900000201", 10_000, "2026-10-20")
    elena = carriers.book.server.sign_in("elena")
    assert listed(elena)["items"] == []
    assert elena.get("/api/v1/to-contact", params={"portfolio": book}).status_code == 404
    body = {"portfolio": book, "debtors": [hers], "channel": "whatsapp", "template": NEUTRAL, "client_id": new_id()}
    assert elena.post("/api/v1/to-contact/send", json=body).status_code == 404
    ana = carriers.book.server.sign_in("ana")
    assert ana.post("/api/v1/to-contact/send", json=body).status_code == 403


def test_the_next_one_is_opened_for_who_asks_and_for_nobody_else(carriers: Carriers, sofia: Any) -> None:
    server, book = carriers.book.server, carriers.book.id
    first = listed(sofia, portfolio=book, reach="now")["items"][0]["debtor"]["id"]
    ana, bruno = server.sign_in("ana"), server.sign_in("bruno")
    unread = listed(ana, portfolio=book, reach="now")["items"][0]
    assert (unread["debtor"]["name"], unread["balance"]) == ("Rosa L.", None)
    body = {"client_id": new_id(), "portfolio": book}
    mine = ana.post("/api/v1/to-contact/next", json=body)
    assert mine.status_code == 201 and mine.json()["debtor"]["id"] == first, mine.text
    assert mine.json()["owner"]["id"] == server.ids["ana"]
    again = ana.post("/api/v1/to-contact/next", json=body)
    assert (again.status_code, again.json()["id"]) == (200, mine.json()["id"])
    his = bruno.post("/api/v1/to-contact/next", json={**body, "client_id": new_id()})
    assert his.status_code == 201 and his.json()["debtor"]["id"] != first
    nobody = ana.post("/api/v1/to-contact/next", json={"client_id": new_id(), "portfolio": book, "channel": "email"})
    assert (nobody.status_code, nobody.json()["code"]) == (409, "conflict")


def test_one_template_to_many_leaves_through_the_gate_once(carriers: Carriers, sofia: Any) -> None:
    book = carriers.book.id
    yes = [owes(sofia, book, f"+551190000030{n}", 20_000, "2026-10-20", name=f"Rita {n}") for n in range(2)]
    no = owes(sofia, book, "+5511900000310", 20_000, "2026-10-20", yes=False)
    body = {"portfolio": book, "debtors": [*yes, no], "channel": "whatsapp", "template": NEUTRAL}
    shown = sofia.post("/api/v1/to-contact/preview", json=body)
    assert shown.status_code == 200, shown.text
    told = shown.json()
    assert (told["now"], told["later"], told["blocked"]) == (2, 0, 1)
    assert [(each["code"], each["count"]) for each in told["why"]] == [("NO_WA_OPTIN", 1)]
    assert "Rita" in told["examples"][0] and "{{" not in told["examples"][0]
    before = len(carriers.outbox())
    sent = {**body, "client_id": new_id()}
    first, again = (sofia.post("/api/v1/to-contact/send", json=sent) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json() == told, first.text
    until = time.monotonic() + 10
    while len(carriers.outbox()) < before + 2 and time.monotonic() < until:
        time.sleep(0.05)
    received = carriers.outbox()[before:]
    assert sorted(each["to"] for each in received) == ["+5511900000300", "+5511900000301"]
    cases = sofia.get("/api/v1/cases", params={"view": "team", "debtor": yes[0]}).json()["items"]
    assert [(each["status"], each["owner"]) for each in cases] == [("snoozed", None)]
    repeat = sofia.post("/api/v1/to-contact/preview", json=body).json()
    assert (repeat["now"], repeat["blocked"]) == (0, 3)
    assert {each["code"] for each in repeat["why"]} == {"HAS_CASE", "NO_WA_OPTIN"}


def test_when_there_is_more_to_do_than_can_be_written_it_waits_and_answers_leave(
    carriers: Carriers, sofia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asked for the first, somebody waits for the second; the first leaves once there is room again."""
    book, load = carriers.book.id, carriers.book.server.services.store.load
    asked = [owes(sofia, book, "+5511900000330", 20_000, "2026-10-20", name="Rita 9")]
    owes(sofia, book, "+5511912345678", 20_000, "2026-10-20", name="João Antunes")
    monkeypatch.setattr(load, "strain", lambda: OUTREACH_WAITS + 0.01)
    body = {"portfolio": book, "debtors": asked, "channel": "whatsapp", "template": NEUTRAL, "client_id": new_id()}
    assert sofia.post("/api/v1/to-contact/send", json=body).json()["now"] == 1
    ana = carriers.book.server.sign_in("ana")
    ana.put("/api/v1/me/presence", json={"status": "online"})
    carriers.writes("oi, quero pagar", sender="joao")
    case = _claimed(ana, "oi, quero pagar")
    words = {**NEUTRAL, "language": "pt-BR", "variables": {**LINK, "first_name": "João", "creditor": "Loja Ipê"}}
    reply = {"client_id": new_id(), "epoch": case["epoch"], "channel": "whatsapp", "template": words}
    answered = ana.post(f"/api/v1/cases/{case['id']}/messages", json=reply)
    assert answered.status_code == 201, answered.text
    assert wait_until(lambda: any(each["to"] == "+5511912345678" for each in carriers.outbox()))
    assert not any(each["to"] == "+5511900000330" for each in carriers.outbox())
    monkeypatch.undo()
    assert wait_until(lambda: any(each["to"] == "+5511900000330" for each in carriers.outbox()))


def _claimed(ana: Any, text: str) -> dict[str, Any]:
    """The case in which that was said last, once it is there, as Ana's."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        shown = [each for view in ("queue", "mine") for each in ana.get(f"/api/v1/cases?view={view}").json()["items"]]
        found[:] = [each for each in shown if (each.get("last_item") or {}).get("text") == text]
        return bool(found)

    assert wait_until(there)
    ana.post(f"/api/v1/cases/{found[0]['id']}/claim", json={})
    mine: dict[str, Any] = ana.get(f"/api/v1/cases/{found[0]['id']}").json()
    return mine


def test_in_the_night_it_waits_for_the_first_lawful_minute(carriers: Carriers, sofia: Any) -> None:
    clock, book = carriers.book.server.services.clock, carriers.book.id
    assert isinstance(clock, SystemClock)
    late = owes(sofia, book, "+5511900000401", 20_000, "2026-10-20")
    clock.offset_ms += 11 * HOUR  # nine in the evening
    try:
        body = {"portfolio": book, "debtors": [late], "channel": "whatsapp", "template": NEUTRAL}
        told = sofia.post("/api/v1/to-contact/send", json={**body, "client_id": new_id()}).json()
        assert (told["later"], [each["code"] for each in told["why"]]) == (1, ["OUT_OF_HOURS"])
        case = sofia.get("/api/v1/cases", params={"view": "team", "debtor": late}).json()["items"][0]["id"]
        item = sofia.get(f"/api/v1/cases/{case}/timeline").json()["items"][-1]
        assert item["status"] == "scheduled"
    finally:
        clock.offset_ms -= 11 * HOUR


def test_who_does_not_answer_comes_back_to_the_list_and_who_does_to_the_queue(carriers: Carriers, sofia: Any) -> None:
    clock, book = carriers.book.server.services.clock, carriers.book.id
    assert isinstance(clock, SystemClock)
    silent = owes(sofia, book, "+5511900000501", 20_000, "2026-10-20")
    talks = owes(sofia, book, "+5511900000502", 20_000, "2026-10-20")
    body = {"portfolio": book, "debtors": [silent, talks], "channel": "whatsapp", "template": NEUTRAL}
    assert sofia.post("/api/v1/to-contact/send", json={**body, "client_id": new_id()}).json()["now"] == 2
    carriers.book.writes("oi", sender="5511900000502")
    _until(lambda: _status(sofia, talks) in (["queued"], ["assigned"]))
    clock.offset_ms += 7 * 24 * HOUR + MINUTE
    _until(lambda: _status(sofia, silent) == [])
    assert silent in [each["debtor"]["id"] for each in listed(sofia, portfolio=book, reach="any", limit=100)["items"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"debtors": []}, "debtors"),
        ({"debtors": ["x", "x"]}, "debtors"),
        ({"template": None}, "template"),
        ({"text": "Oi"}, "template"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused_by_name(
    carriers: Carriers, sofia: Any, change: dict[str, Any], field: str
) -> None:
    body = {"portfolio": carriers.book.id, "debtors": ["x"], "channel": "whatsapp", "template": NEUTRAL,
            "client_id": new_id(), **change}  # fmt: skip
    refused = sofia.post("/api/v1/to-contact/send", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text


def _status(sofia: Any, debtor: str) -> list[str]:
    found = sofia.get("/api/v1/cases", params={"view": "team", "debtor": debtor}).json()["items"]
    return [each["status"] for each in found]


def _until(done: Any) -> None:
    ends = time.monotonic() + 20
    while not done():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.1)
