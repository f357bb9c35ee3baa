"""What carriers and the way to them do: each fault, what the message is afterwards, and how often it was taken."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest

from tests.faults.doors import a_case, heard, item_of, rows, status, taken, write
from tests.faults.line import Line, answer, line
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig, until

PHONES = (f"+55119{number:08d}" for number in count(60_000_000))
NAMES = (f"m{number}" for number in count(1))
GRAPH_500 = '{"error":{"message":"(#131000) Something went wrong","code":131000}}'
GRAPH_429 = '{"error":{"message":"(#130429) Rate limit hit","code":130429}}'
UNKNOWN: dict[str, str | bytes] = {
    "reset before it was carried": "reset",
    "a page of an edge, 502": answer("502 Bad Gateway", "<html><h1>Bad Gateway</h1></html>"),
    "a page of an edge, 503": answer("503 Service Unavailable", "<html><h1>Try later</h1></html>"),
    "an error of theirs, 500": answer("500 Internal Server Error", GRAPH_500, "application/json"),
    "half of a JSON, 200": answer("200 OK", '{"messages": [{"id": "wam', "application/json"),
    "a JSON of something else, 200": answer("200 OK", '{"success": true}', "application/json"),
    "nothing at all, 200": answer("200 OK"),
}


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {}


@pytest.fixture(scope="module")
def between(ports: dict[str, int]) -> Iterator[Line]:
    with line(lambda: ports["carriers"]) as made:
        yield made


@pytest.fixture(scope="module")
def here(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory, between: Line, ports: dict[str, int]
) -> Iterator[Rig]:
    with rig(nursery, tmp_path_factory.mktemp("carriers"), origin_port=between.port) as made:
        ports["carriers"] = made.carriers.port
        yield made


@pytest.fixture(autouse=True)
def well(here: Rig, between: Line) -> Iterator[None]:
    here.behave("meta")
    here.behave("twilio")
    between.how, between.on_send, between.sends = "pass", None, 0
    yield


def tried(here: Rig, name: str) -> list[str]:
    """The outcomes of the calls that were made for a message."""
    sql = "SELECT outcome FROM attempt WHERE item_id = :id ORDER BY ordinal"
    return [str(outcome) for (outcome,) in rows(here, sql, id=item_of(here, name))]


def moments(here: Rig, name: str) -> list[int]:
    """When those calls were made."""
    sql = "SELECT at FROM attempt WHERE item_id = :id ORDER BY ordinal"
    return [int(at) for (at,) in rows(here, sql, id=item_of(here, name))]


@pytest.mark.parametrize("fault", UNKNOWN)
def test_what_leaves_it_open_is_unconfirmed_and_not_sent_again(here: Rig, between: Line, fault: str) -> None:
    case, name = a_case(here, next(PHONES)), next(NAMES)
    between.how = UNKNOWN[fault]
    write(here, case, name)
    until(lambda: status(here, name) == "unconfirmed")
    between.how = "pass"
    following = next(NAMES)
    write(here, case, following)
    until(lambda: status(here, following) in ("delivered", "read"))
    assert status(here, name) == "unconfirmed" and taken(here, name) == 0 and tried(here, name) == ["unknown"]


def test_what_was_taken_while_the_answer_was_lost_is_settled_by_its_callback(here: Rig, between: Line) -> None:
    case, name = a_case(here, next(PHONES)), next(NAMES)
    between.how = "swallow"
    write(here, case, name)
    until(lambda: status(here, name) in ("delivered", "read"))
    assert taken(here, name) == 1
    until(lambda: tried(here, name) == ["unknown"])
    assert status(here, name) in ("delivered", "read"), "the late word that nobody knows takes nothing back"


def test_a_carrier_that_never_answers_is_waited_for_ten_seconds(here: Rig, between: Line) -> None:
    case, name = a_case(here, next(PHONES)), next(NAMES)
    here.behave("meta", statuses=[])
    between.how = "silence"
    write(here, case, name)
    until(lambda: status(here, name) == "unconfirmed")
    assert taken(here, name) == 1 and tried(here, name) == ["unknown"]


def test_a_redirect_is_not_followed(here: Rig, between: Line) -> None:
    case, name = a_case(here, next(PHONES)), next(NAMES)
    between.how = answer("307 Temporary Redirect", location=f"{here.sandbox}/graph/v23.0/106540352242922/messages")
    write(here, case, name)
    until(lambda: status(here, name) == "unconfirmed")
    assert between.sends == 1 and taken(here, name) == 0


def test_a_connection_that_the_carrier_let_go_of_is_no_reason_to_send_again(here: Rig, between: Line) -> None:
    """A connection is kept for five seconds: on a busy machine several sends may pass before one finds it open."""
    case, names = a_case(here, next(PHONES)), [next(NAMES) for _ in range(10)]
    between.cut()
    between.how = "second"
    carried = 0
    for name in names:
        write(here, case, name)
        if until(partial(_settled, here, name)) == "unconfirmed":
            break
        carried += 1
    assert 0 < carried < len(names), "no connection was used twice"
    assert [taken(here, each) for each in names[: carried + 1]] == [1] * carried + [0]
    assert between.sends == carried + 1


def test_read_marks_follow_one_another_on_a_connection_that_is_kept(here: Rig, between: Line) -> None:
    """Beside the bad weather: twelve messages are read one by one, and again after the carrier let go of the line."""
    phone = next(PHONES)
    case_id, _ = a_case(here, phone)
    between.cut()
    opened = between.opened
    for number in range(12):
        if number == 6:
            between.cut()
        _read_next(here, case_id, phone, f"e agora {number}")
    assert between.opened - opened == 2, "one connection, and one more after it was cut"


def _read_next(here: Rig, case_id: str, phone: str, text: str) -> None:
    """A debtor writes, Ana looks, and the carrier is told."""
    wrote = here.ask("POST", "/inbound", {"inbox": here.inboxes["whatsapp"], "from": phone, "text": text})
    until(lambda: heard(here, wrote["id"]))
    sql = "SELECT position FROM item WHERE provider_id = :id AND direction = 'in'"
    with here.client("ana") as ana:
        seen = ana.post(f"/api/v1/cases/{case_id}/seen", json={"position": rows(here, sql, id=wrote["id"])[0][0]})
    assert seen.status_code == 204, seen.text
    until(lambda: _marked(here, case_id))


def _marked(here: Rig, case_id: str) -> bool:
    """Whether the carrier was told that the last one was read."""
    sql = "SELECT data FROM item WHERE case_id = :id AND direction = 'in' ORDER BY position DESC LIMIT 1"
    return bool(json.loads(rows(here, sql, id=case_id)[0][0]).get("marked_read"))


def _settled(here: Rig, name: str) -> str:
    """Where a message ended that was carried, or lost on its way; "" when it did not end yet."""
    now = status(here, name)
    lost = now == "unconfirmed" and not taken(here, name)
    return now if lost or now in ("delivered", "read") else ""


def test_too_many_at_once_pauses_that_number_alone(here: Rig, between: Line) -> None:
    case, slowed, other = a_case(here, next(PHONES)), next(NAMES), next(NAMES)
    sms = a_case(here, next(PHONES), "sms")
    between.how = answer("429 Too Many Requests", GRAPH_429, "application/json", retry_after="8")
    write(here, case, slowed)
    until(lambda: tried(here, slowed) == ["refused"])
    between.how = "pass"
    write(here, sms, other, "sms")
    until(lambda: status(here, other) in ("delivered", "read"))
    until(lambda: status(here, slowed) in ("delivered", "read"))
    assert taken(here, slowed) == 1 and tried(here, slowed) == ["refused", "accepted"]
    refused, accepted = moments(here, slowed)
    assert accepted - refused >= 8_000 and moments(here, other)[0] < accepted


def test_a_carrier_that_is_down_is_tried_again_by_itself(here: Rig) -> None:
    case, name = a_case(here, "lia@sample.example", "email", "Bom dia, quero pagar"), next(NAMES)
    here.carriers.kill()
    write(here, case, name, "email")
    until(lambda: tried(here, name) == ["refused"])
    here.carriers.start()
    until(lambda: status(here, name) in ("sent", "delivered"))
    assert taken(here, name) == 1


def test_a_process_that_dies_while_it_writes_to_the_carrier_sends_nothing_again(here: Rig, between: Line) -> None:
    case, name = a_case(here, next(PHONES)), next(NAMES)
    between.cut()
    pid = here.product.pid
    between.on_send, between.how = (lambda: os.kill(pid, signal.SIGKILL)), "reset"
    write(here, case, name)
    here.product.dies()
    between.on_send, between.how = None, "pass"
    here.product.start()
    until(lambda: status(here, name) == "unconfirmed")
    assert taken(here, name) == 0


@pytest.mark.parametrize(
    "how",
    [
        {"latency_ms": 1_500},
        {"latency_ms": 800, "shuffle_callbacks": True, "duplicate_callbacks": 3},
        {"statuses": ["read", "sent", "delivered"]},
        {"statuses": ["failed", "delivered"]},
    ],
)
def test_in_whatever_order_callbacks_come_the_furthest_holds(here: Rig, how: dict[str, object]) -> None:
    case, name = a_case(here, next(PHONES)), next(NAMES)
    here.behave("meta", **how)
    write(here, case, name)
    last = "delivered" if "failed" in str(how) else "read"
    until(lambda: status(here, name) == last and tried(here, name) == ["accepted"])
    assert taken(here, name) == 1 and status(here, name) == last
