"""An offer that takes something off ends when it says, is honoured, and is the last where it was called that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from console.cases.settle import settle
from console.clock import SystemClock
from console.negotiation.due import pass_due
from console.outbox.models import outbox
from console.outbox.queries import claim
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.models import item
from console.timeline.queries import get as get_item
from console.wire.ids import new_id
from console.wire.moment import DAY, HOUR, from_aware
from tests.flows.desk import Scene
from tests.flows.test_money import brl
from tests.server import running

OFF: dict[str, Any] = {"discounts": [{"component": "interest", "bp": 5_000}]}
MORE: dict[str, Any] = {"discounts": [{"component": "interest", "bp": 6_000}]}


class Offers(Scene):
    """On a Tuesday at ten in São Paulo, and Maria owes one invoice."""

    def __init__(self, server: Any, clock: SystemClock) -> None:
        super().__init__(server)
        self.clock = clock
        new = {"client_id": new_id(), "portfolio": self.book.id, "name": "Maria Souza", "language": "pt-BR",
               "jurisdiction": "BR-SP", "contact_points": []}  # fmt: skip
        self.debtor = self.sofia.post("/api/v1/debtors", json=new).json()["id"]
        self.ana.post(f"/api/v1/cases/{self.case}/identify", json={"debtor": self.debtor})
        debt = {"client_id": new_id(), "debtor": self.debtor, "product": "Crediário",
                "terms": {"fine_bp": 200, "interest_bp_30d": 100},
                "charges": [{"number": "1", "due": "2026-12-10", "amount": brl(100_000)}]}  # fmt: skip
        assert self.sofia.post("/api/v1/debts", json=debt).status_code == 201

    def identified(self) -> None:
        checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
        answer = self.ana.post(f"/api/v1/cases/{self.case}/identity", json={"checks": checks})
        assert answer.status_code == 200, answer.text

    def seen(self, **wish: Any) -> httpx2.Response:
        """What a settlement by its whole would be."""
        asked = {"case": self.case, "instalments": 1, "first_due": self.today(), "down_payment": brl(0), **wish}
        return self.ana.post("/api/v1/plans/preview", json=asked)

    def today(self) -> str:
        return str(self.ana.get(f"/api/v1/cases/{self.case}/ledger").json()["today"])

    def offered(self, *, delivered: bool = True, **wish: Any) -> dict[str, Any]:
        self.identified()
        body = {"client_id": new_id(), "instalments": 1, "first_due": self.today(), "down_payment": brl(0), **wish}
        made = self.ana.post(f"/api/v1/cases/{self.case}/plans", json=body)
        assert made.status_code == 201, made.text
        sent = self.ana.post(f"/api/v1/plans/{made.json()['id']}/offer", json={"channel": "whatsapp"})
        assert sent.status_code == 200, sent.text
        found: dict[str, Any] = sent.json()
        if delivered:
            self.arrives(found["offer"])
        return found

    def arrives(self, item: str) -> None:
        """The provider says that the message was delivered now."""
        self.server.write(lambda tx: settle(tx, get_item(tx, item), "delivered", at=tx.now))

    def plan(self, plan: str) -> dict[str, Any]:
        plans = self.ana.get(f"/api/v1/cases/{self.case}/ledger").json()["plans"]
        return next(each for each in plans if each["id"] == plan)

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ana.get(f"/api/v1/cases/{self.case}/timeline").json()["items"]
        return [each for each in found if each["kind"] == "message"]

    def said(self) -> str:
        return str(self.items()[-1]["text"])

    def charges(self) -> list[str]:
        balance = self.sofia.get(f"/api/v1/debtors/{self.debtor}/balance").json()
        return [each["id"] for each in balance["charges"]]

    def pays(self, amount: int, paid_at: str) -> dict[str, Any]:
        body = {"client_id": new_id(), "debtor": self.debtor, "amount": brl(amount), "method": "boleto",
                "paid_at": paid_at}  # fmt: skip
        answer = self.sofia.post("/api/v1/payments", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def offers() -> Iterator[Offers]:
    clock = SystemClock()
    clock.offset_ms = from_aware(datetime(2027, 3, 2, 13, tzinfo=UTC)) - clock.now()
    with running(workers={}, clock=clock) as server:
        yield Offers(server, clock)


def test_what_takes_something_off_ends_at_six_in_the_evening_and_leaves_two_days(offers: Offers) -> None:
    assert offers.seen().json()["expires_at"] == "2027-03-10T03:00:00.000Z", "nothing off: with the fifth bank day"
    assert offers.seen(**OFF).json()["expires_at"] == "2027-03-09T21:00:00.000Z"
    for asked, nearest in (
        ("2027-03-04T21:00:00Z", "2027-03-04T21:00:00.000Z"),
        ("2027-03-03T21:00:00Z", "2027-03-04T21:00:00.000Z"),  # 32 hours
        ("2027-03-06T21:00:00Z", "2027-03-08T21:00:00.000Z"),  # a Saturday
        ("2027-03-05T03:00:00Z", "2027-03-05T21:00:00.000Z"),  # midnight
    ):
        answer = offers.seen(expires_at=asked, **OFF)
        if asked[:19] == nearest[:19]:
            assert answer.json()["expires_at"] == nearest
            continue
        told = answer.json()
        assert (answer.status_code, told["field"], told["reason"]) == (422, "expires_at", "OFFER_DEADLINE")
        assert told["nearest"] == nearest and nearest in told["detail"]


def test_the_words_name_the_local_end_and_that_it_is_the_last(offers: Offers) -> None:
    made = offers.offered(last=True, **OFF)
    assert made["last"] and made["expires_at"] == "2027-03-09T21:00:00.000Z"
    assert "Vale até 09/03/2027, 18:00." in offers.said() and "É a nossa última condição por agora." in offers.said()
    offers.offered()
    assert "Vale até 09/03/2027." in offers.said() and "última" not in offers.said()


def test_two_days_are_counted_from_the_delivery(offers: Offers) -> None:
    made = offers.offered(delivered=False, expires_at="2027-03-04T21:00:00Z", **OFF)
    offers.clock.offset_ms += DAY
    offers.arrives(made["offer"])
    offers.clock.offset_ms += DAY + 9 * HOUR  # past the end that was told, and 33 hours after the delivery
    offers.server.write(lambda tx: pass_due(tx, "plan", made["id"]))
    now = offers.plan(made["id"])
    assert (now["state"], now["expires_at"]) == ("offered", "2027-03-05T21:00:00.000Z")
    offers.clock.offset_ms += DAY
    offers.server.write(lambda tx: pass_due(tx, "plan", made["id"]))
    assert offers.plan(made["id"])["state"] == "expired"


@pytest.mark.parametrize("status", ["queued", "held"])
def test_an_offer_that_has_not_left_ends_when_it_says_and_its_message_does_not_leave(
    offers: Offers, status: str
) -> None:
    made = offers.offered(delivered=False, expires_at="2027-03-04T21:00:00Z", **OFF)

    def hold(tx: Tx) -> None:
        change(tx, item, {"id": made["offer"]}, status="held", due_at=tx.now + 9 * DAY)
        change(tx, outbox, {"item_id": made["offer"]}, state="planned", due_at=tx.now + 9 * DAY)

    if status == "held":
        offers.server.write(hold)
    offers.clock.offset_ms += 2 * DAY + 9 * HOUR
    offers.server.write(lambda tx: pass_due(tx, "plan", made["id"]))
    assert offers.plan(made["id"])["state"] == "expired"
    shown = next(each for each in offers.items() if each["id"] == made["offer"])
    assert (shown["status"], shown["cancelled"]["why"]) == ("cancelled", "offer_over")
    planned = offers.server.write(lambda tx: claim(tx, made["offer"]))
    assert planned is not None and planned.state == "cancelled"


def test_an_offer_that_another_replaced_does_not_leave_any_more(offers: Offers) -> None:
    first, second = offers.offered(delivered=False, **OFF), offers.offered(delivered=False, **MORE)
    statuses = {each["id"]: each["status"] for each in offers.items()}
    assert (statuses[first["offer"]], statuses[second["offer"]]) == ("cancelled", "queued")


def test_a_last_offer_is_not_made_again_for_thirty_days_unless_it_is_better(offers: Offers) -> None:
    nothing = offers.seen(last=True)
    assert (nothing.status_code, nothing.json()["field"]) == (422, "last")
    first = offers.offered(last=True, **OFF)
    offers.clock.offset_ms += 20 * DAY  # it ended, and more interest has arisen since
    for wish in (OFF, {"discounts": [{"component": "interest", "bp": 4_900}]}):
        told = offers.seen(last=True, **wish)
        assert (told.status_code, told.json()["reason"]) == (409, "LAST_OFFER_REPEATED"), told.text
        assert told.json()["plan"] == first["id"] and told.json()["free_from"] == "2027-04-08T21:00:00.000Z"
        assert "raise the discount" in told.json()["detail"]
    assert offers.seen(**OFF).status_code == 200, "what is not called the last may be offered"
    assert offers.seen(last=True, **MORE).status_code == 200
    offers.clock.offset_ms += 18 * DAY
    assert offers.seen(last=True, **OFF).status_code == 200, "thirty days after its end"


def test_two_last_offers_that_were_made_ready_together_are_not_both_sent(offers: Offers) -> None:
    body = {"instalments": 1, "first_due": offers.today(), "down_payment": brl(0), "last": True, **OFF}
    made = [
        offers.ana.post(f"/api/v1/cases/{offers.case}/plans", json={"client_id": new_id(), **body}).json()["id"]
        for _ in range(2)
    ]
    offers.identified()
    sent = [offers.ana.post(f"/api/v1/plans/{each}/offer", json={"channel": "whatsapp"}) for each in made]
    assert [each.status_code for each in sent] == [200, 409] and sent[1].json()["reason"] == "LAST_OFFER_REPEATED"


def test_what_was_paid_in_time_is_honoured_when_the_bank_tells_it_later(offers: Offers) -> None:
    made = offers.offered(**OFF)
    assert made["discount"]["amount"] > 0
    offers.clock.offset_ms += 9 * DAY
    offers.pays(made["total"]["amount"], "2027-03-09T20:59:00.000Z")
    assert offers.plan(made["id"])["state"] == "fulfilled"
    assert offers.plan(made["id"])["evidence"]["how"] == "paid"
    case = offers.ana.get(f"/api/v1/cases/{offers.case}").json()
    assert case["balance"]["amount"] == 0


def test_what_a_file_says_was_paid_on_the_day_of_the_offer_is_honoured(offers: Offers) -> None:
    """It tells the day alone, which is taken as its noon: the offer was made in the afternoon."""
    offers.clock.offset_ms += 4 * HOUR
    made = offers.offered(**OFF)
    assert made["offered_at"] > "2027-03-02T15:00"
    offers.clock.offset_ms += DAY
    offers.pays(made["total"]["amount"], "2027-03-02T15:00:00.000Z")
    assert offers.plan(made["id"])["state"] == "fulfilled"


def test_what_was_paid_the_day_before_its_offer_is_a_payment_like_any(offers: Offers) -> None:
    made = offers.offered(**OFF)
    offers.clock.offset_ms += HOUR
    offers.pays(made["total"]["amount"], "2027-03-01T20:00:00.000Z")
    assert offers.plan(made["id"])["state"] != "fulfilled"


def test_what_was_paid_on_the_day_but_before_the_offer_was_made_is_a_payment_like_any(offers: Offers) -> None:
    made = offers.offered(**OFF)
    offers.clock.offset_ms += HOUR
    offers.pays(made["total"]["amount"], "2027-03-02T12:59:00.000Z")  # it was offered at 13:00 and some seconds
    assert offers.plan(made["id"])["state"] != "fulfilled"


@pytest.mark.parametrize(
    ("more", "agreed"), [(0, True), (1, False), (-1, False), (50_000, True), (49_999, False), (50_001, False)]
)
def test_where_more_is_owed_an_offer_is_agreed_to_by_its_own_sum_alone(offers: Offers, more: int, agreed: bool) -> None:
    """Another charge of 500 reais is owed too, which the offer does not cover."""
    (first,) = offers.charges()
    debt = {"client_id": new_id(), "debtor": offers.debtor, "product": "Seguro", "charges": [
        {"number": "2", "due": "2027-03-20", "amount": brl(50_000)}]}  # fmt: skip
    assert offers.sofia.post("/api/v1/debts", json=debt).status_code == 201
    made = offers.offered(charges=[first], **OFF)
    offers.clock.offset_ms += HOUR
    offers.pays(made["total"]["amount"] + more, made["offered_at"])
    assert (offers.plan(made["id"])["state"] == "fulfilled") is agreed


def test_who_owes_nothing_else_may_round_it_up(offers: Offers) -> None:
    made = offers.offered(**OFF)
    offers.clock.offset_ms += HOUR
    offers.pays(made["total"]["amount"] + 37, made["offered_at"])
    assert offers.plan(made["id"])["state"] == "fulfilled"


def test_what_was_paid_in_part_is_a_payment_like_any(offers: Offers) -> None:
    made = offers.offered(**OFF)
    offers.clock.offset_ms += HOUR
    offers.pays(made["total"]["amount"] - 1, made["offered_at"])
    assert (offers.plan(made["id"])["state"], offers.plan(made["id"])["detail"]) == ("cancelled", "payment")


def test_what_was_paid_too_late_is_a_payment_like_any(offers: Offers) -> None:
    made = offers.offered(**OFF)
    offers.clock.offset_ms += 9 * DAY
    offers.pays(made["total"]["amount"], "2027-03-09T21:00:00.000Z")
    assert offers.plan(made["id"])["state"] != "fulfilled"
    left = offers.ana.get(f"/api/v1/cases/{offers.case}").json()["balance"]["amount"]
    assert left > made["discount"]["amount"] > 0
