"""An integrator subscribes an address, and is told what happens: signed, retried, listed, and never the words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from channels.types import Inbound
from console.cases.note import note
from console.cases.receive import receive
from console.people import accounts, tokens
from console.portfolios.queries import find_inbox
from console.portfolios.set_up import NewPortfolio, add_portfolio
from console.store.statement import put
from console.store.transaction import Tx
from console.webhooks import settle, spread
from console.webhooks.models import spread as marks
from console.webhooks.queries import all_webhooks, listed
from console.wire.ids import new_id
from console.wire.moment import MINUTE
from console.workers.webhooks import Teller, tell
from tests.server import Server, running
from tests.services.needs import wait_until
from tests.webhooks.receiver import Receiver, Told, receiving
from tests.world import MARIA, World, _book

WORDS = "palavra-canário"


class House:
    """A running product with Maria's book, an admin, and an integrator's server beside it."""

    def __init__(self, server: Server, receiver: Receiver) -> None:
        self.server, self.receiver = server, receiver
        self.admin = server.sign_in("admin")
        self.world = World(server.services.store, None, server.team, ids=server.ids)  # type: ignore[arg-type]
        server.write(_book, self.world)

    def subscribe(self, *events: str, path: str = "/", **more: Any) -> dict[str, Any]:
        body = {"client_id": new_id(), "url": self.receiver.url + path, "events": list(events), **more}
        answer = self.admin.post("/api/v1/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def hear(self, text: str = WORDS) -> str:
        def verb(tx: Tx) -> str:
            inbox = find_inbox(tx, self.world.inboxes["whatsapp"])
            assert inbox is not None
            message = Inbound(provider_id=new_id(), sender=MARIA, at=tx.now, kind="text", text=text)
            return receive(tx, inbox, message, window_hours=24).case or ""

        return self.server.write(verb)

    def round(self) -> None:
        """What the loop does in a second, once and to its end."""

        async def once() -> None:
            teller = Teller(self.server.services)
            await teller.round()
            await teller.idle()

        self.server.call(once())

    def is_told(self) -> bool:
        self.round()
        return bool(self.receiver.told)

    def notifications(self, made: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        answer = self.admin.get(f"/api/v1/webhooks/{made['id']}/notifications", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def house(receiver: Receiver) -> Iterator[House]:
    with running(workers={}, origins=frozenset({receiver.url})) as server:
        yield House(server, receiver)


def verified(secret: str, told: Told) -> dict[str, Any]:
    """As an integrator reads it, with the convention's own library. Raises WebhookVerificationError."""
    found: dict[str, Any] = Webhook(secret).verify(told.body, told.headers)
    return found


def test_what_happens_is_told_signed_and_without_the_words(house: House) -> None:
    made = house.subscribe("case.created", "message.*")
    case = house.hear()
    house.round()
    told = [verified(made["secret"], each) for each in house.receiver.told]
    assert {each["type"] for each in told} == {"case.created", "message.created"}
    message = next(each for each in told if each["type"] == "message.created")["data"]
    assert (message["case"], message["direction"], message["channel"]) == (case, "in", "whatsapp")
    everything = b"".join(each.body for each in house.receiver.told)
    assert WORDS.encode() not in everything and b"+55" not in everything and b"Maria" not in everything
    with pytest.raises(WebhookVerificationError):
        verified("whsec_" + "A" * 43 + "=", house.receiver.told[0])
    assert [each["state"] for each in house.notifications(made)] == ["delivered", "delivered"]


def test_the_loop_tells_by_itself(receiver: Receiver) -> None:
    with running(workers={"webhooks": tell}, origins=frozenset({receiver.url})) as server:
        house = House(server, receiver)
        house.subscribe("case.created")
        house.hear()
        assert wait_until(lambda: len(receiver.told) == 1)


def test_on_postgresql_an_event_is_told_once_it_can_not_be_overtaken(
    receiver: Receiver, postgres_database: str
) -> None:
    with running(workers={}, origins=frozenset({receiver.url}), database_url=postgres_database) as server:
        house = House(server, receiver)
        made = house.subscribe("message.created")
        house.hear()
        assert wait_until(house.is_told)
        house.round()
        assert [each["state"] for each in house.notifications(made)] == ["delivered"]


def test_notes_and_whispers_are_told_to_nobody(house: House) -> None:
    made = house.subscribe("*")
    case = house.hear()
    house.round()
    before = len(house.notifications(made))
    house.server.write(note, house.world.actor("sofia"), case, new_id(), WORDS)
    house.round()
    assert len(house.notifications(made)) == before


def test_a_portfolios_webhook_hears_of_no_other(house: House) -> None:
    other = house.server.write(_another_portfolio)
    made = house.subscribe("*", portfolio=other)
    house.hear()
    house.round()
    assert house.notifications(made) == []


def test_a_refusal_is_tried_again_later_and_under_the_same_id(house: House) -> None:
    made = house.subscribe("case.created")
    house.receiver.answers = [500]
    house.hear()
    house.round()
    (waiting,) = house.notifications(made)
    assert (waiting["state"], waiting["attempts"], waiting["status"]) == ("pending", 1, 500)
    assert waiting["error"] == "it answered 500" and waiting["next_attempt_at"] is not None
    retried = house.admin.post(f"/api/v1/webhooks/{made['id']}/notifications/{waiting['id']}/retry")
    assert retried.status_code == 200
    house.round()
    ids = {each.headers["webhook-id"] for each in house.receiver.told}
    assert len(house.receiver.told) == 2 and ids == {waiting["id"]}
    assert house.notifications(made)[0]["state"] == "delivered"


def test_a_redirect_is_a_refusal_and_not_followed(house: House) -> None:
    made = house.subscribe("case.created")
    house.receiver.answers = [302]
    house.hear()
    house.round()
    assert house.notifications(made)[0]["status"] == 302 and not house.receiver.at("/elsewhere")


def test_nobody_waits_for_a_receiver_that_does_not_answer(house: House) -> None:
    house.subscribe("case.created", path="/hang")
    made = house.subscribe("case.created")
    house.hear()

    async def start() -> Teller:
        teller = Teller(house.server.services)
        await teller.round()
        return teller

    teller = house.server.call(start())
    assert wait_until(lambda: house.notifications(made)[0]["state"] == "delivered")
    assert house.receiver.at("/hang")
    house.receiver.hangs.set()
    house.server.call(teller.idle())


def test_gone_disables_at_once_and_enabling_tells_what_waits(house: House) -> None:
    made = house.subscribe("case.created")
    house.receiver.answers = [410]
    house.hear()
    house.round()
    (row,) = house.admin.get("/api/v1/webhooks").json()["items"]
    assert (row["state"], row["why"]) == ("disabled", "the receiver answered 410 Gone")
    house.round()
    assert len(house.receiver.told) == 1
    answer = house.admin.patch(f"/api/v1/webhooks/{made['id']}", json={"state": "active"})
    assert answer.json()["state"] == "active"
    house.round()
    assert house.notifications(made)[0]["state"] == "delivered"


def test_after_five_days_of_failures_a_receiver_is_disabled(house: House) -> None:
    made = house.subscribe("case.created")
    house.hear()
    house.server.write(spread.go_through)
    ((row,), _) = house.server.read(listed, made["id"], 10, None, None)

    def fails_long(tx: Tx) -> str:
        settle.failed(tx, row, 500, "it answered 500", 0.5)
        tx.now += settle.PATIENCE_MS + MINUTE
        row.attempts = len(settle.BACK_OFF) + 1
        return settle.failed(tx, row, 500, "it answered 500", 0.5)

    assert house.server.write(fails_long) == "failed"
    (hook,) = house.server.read(all_webhooks)
    assert hook.state == "disabled" and hook.why.startswith("it has failed for 5 days")


def test_a_new_secret_and_the_one_before_sign_side_by_side(house: House) -> None:
    made = house.subscribe("case.created")
    renewed = house.admin.post(f"/api/v1/webhooks/{made['id']}/secret").json()["secret"]
    assert renewed != made["secret"]
    house.hear()
    house.round()
    (told,) = house.receiver.told
    assert verified(renewed, told) == verified(made["secret"], told)


def test_an_event_is_owed_once_however_often_the_log_is_gone_through(house: House) -> None:
    made = house.subscribe("*")
    house.hear()

    def again(tx: Tx) -> None:
        mark = spread.stands(tx)
        spread.go_through(tx)
        put(tx, marks, ("id",), id="log", mark=mark)
        spread.go_through(tx)

    house.server.write(again)
    events = [each["event"] for each in house.notifications(made)]
    assert events and len(events) == len(set(events))


def test_the_list_is_read_page_by_page_and_by_state(house: House) -> None:
    made = house.subscribe("*")
    house.hear()
    house.hear("outra")
    house.round()
    path, seen, cursor = f"/api/v1/webhooks/{made['id']}/notifications", [], None
    while True:
        page = house.admin.get(path, params={"limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [each["id"] for each in house.notifications(made)] and len(seen) > 2
    assert house.notifications(made, state="failed") == []
    for wrong in ({"cursor": "²"}, {"cursor": "1"}, {"limit": 0}, {"limit": 201}):
        told = house.admin.get(path, params=wrong)
        assert (told.status_code, told.json()["field"]) == (422, next(iter(wrong)))


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://example.com/hook"}, "url"),
        ({"url": "https://user:secret@example.com/"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["case.exploded"]}, "events"),
        ({"events": ["whisper.created"]}, "events"),
    ],
)
def test_a_bad_subscription_names_its_field(house: House, change: dict[str, Any], field: str) -> None:
    body = {"client_id": new_id(), "url": house.receiver.url, "events": ["*"], **change}
    answer = house.admin.post("/api/v1/webhooks", json=body)
    assert answer.status_code == 422 and answer.json()["field"] == field
    assert "secret" not in answer.json()["detail"]


def test_an_address_within_is_refused_when_it_is_called(house: House) -> None:
    made = house.subscribe("case.created")
    house.admin.patch(f"/api/v1/webhooks/{made['id']}", json={"url": "https://localhost/"})
    house.hear()
    house.round()
    assert house.notifications(made)[0]["error"] == "the address is not public"


def test_the_same_client_id_makes_one_webhook_and_tells_its_secret_once(house: House) -> None:
    body = {"client_id": new_id(), "url": house.receiver.url, "events": ["*"]}
    first, second = (house.admin.post("/api/v1/webhooks", json=body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"] and "secret" not in second.json()


def test_only_admins_and_tokens_see_webhooks_and_a_token_its_own(house: House) -> None:
    made = house.subscribe("*")
    for name in ("ana", "sofia", "caio"):
        assert house.server.sign_in(name).get("/api/v1/webhooks").status_code == 403
    one, other = _token(house), _token(house)
    body = {"client_id": new_id(), "url": house.receiver.url, "events": ["payment.*"]}
    mine = one.post("/api/v1/webhooks", json=body).json()["id"]
    assert [each["id"] for each in one.get("/api/v1/webhooks").json()["items"]] == [mine]
    for path, method in _paths(made["id"]) + _paths(mine):
        client = one if made["id"] in path else other
        assert (
            client.request(method, path, json={"state": "disabled"} if method == "PATCH" else None).status_code == 404
        )


def _paths(made: str) -> list[tuple[str, str]]:
    root = f"/api/v1/webhooks/{made}"
    return [
        (root, "PATCH"),
        (f"{root}/secret", "POST"),
        (f"{root}/notifications", "GET"),
        (f"{root}/notifications/{new_id()}/retry", "POST"),
    ]


def _token(house: House) -> httpx2.Client:
    def make(tx: Tx) -> str:
        new = accounts.NewUser(email=f"{new_id()}@example.com", name="ERP", role="integration", password_hash=None)
        return tokens.create(tx, accounts.add_user(tx, new), "erp", ["webhooks:write"])[1]

    client = house.server.client()
    client.headers["Authorization"] = f"Bearer {house.server.write(make)}"
    return client


def _another_portfolio(tx: Tx) -> str:
    new = NewPortfolio(
        name="Outra loja", jurisdiction="BR", timezone="America/Sao_Paulo", language="pt-BR", currency="BRL"
    )
    return add_portfolio(tx, new)
