"""kill -9 at each point of a message's way out, then a restart: sent once, or known to be unknown; never twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

import pytest

from tests.faults.doors import a_case, item_of, rows, status, taken, write
from tests.faults.rig import Rig, until

PHONES = (f"+55119{number:08d}" for number in count(70_000_000))
RATE_LIMIT = "130429"  # a refusal of Meta's that passes


@pytest.fixture(autouse=True)
def well(here: Rig) -> Iterator[None]:
    """The carriers behave, and nothing is armed."""
    if here.product.process is None:
        here.product.start()
    here.behave("meta")
    here.behave("twilio")
    yield


def armed(here: Rig, point: str) -> None:
    here.product.kill()
    here.product.start(fault=point)


def test_a_reply_that_was_not_committed_is_written_anew(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    armed(here, "store.before_commit")
    assert write(here, case, "not-committed") == ("info", "")
    here.product.dies()
    assert status(here, "not-committed") == ""
    here.product.start()
    assert write(here, case, "not-committed")[0] == "ok"
    until(lambda: status(here, "not-committed") in ("delivered", "read"))
    assert taken(here, "not-committed") == 1


def test_a_reply_that_was_committed_is_answered_by_its_id_and_sent_once(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    armed(here, "store.committed")
    assert write(here, case, "committed") == ("info", "")
    here.product.dies()
    assert status(here, "committed") == "queued" and taken(here, "committed") == 0
    here.product.start()
    assert write(here, case, "committed") == ("ok", item_of(here, "committed"))
    until(lambda: status(here, "committed") in ("delivered", "read"))
    assert taken(here, "committed") == 1


def test_what_was_due_and_not_begun_is_sent_after_the_restart(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    armed(here, "dispatch.due")
    write(here, case, "due")
    here.product.dies()
    assert status(here, "due") == "queued"
    here.product.start()
    until(lambda: status(here, "due") in ("delivered", "read"))
    assert taken(here, "due") == 1


def test_what_was_begun_and_never_left_is_unconfirmed_and_stays_unsent(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    armed(here, "dispatch.sending")
    write(here, case, "begun")
    here.product.dies()
    assert status(here, "begun") == "sending"
    here.product.start()
    until(lambda: status(here, "begun") == "unconfirmed")
    time.sleep(1)
    assert taken(here, "begun") == 0 and status(here, "begun") == "unconfirmed"
    assert rows(here, "SELECT state FROM outbox WHERE item_id = :id", id=item_of(here, "begun")) == [("settled",)]


def test_what_was_taken_and_not_written_down_is_settled_by_its_callback(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    armed(here, "dispatch.answered")
    write(here, case, "answered")
    here.product.dies()
    assert status(here, "answered") == "sending" and taken(here, "answered") == 1
    here.product.start()
    until(lambda: status(here, "answered") in ("delivered", "read"))
    assert taken(here, "answered") == 1


def test_where_no_callback_comes_the_carrier_is_asked(here: Rig) -> None:
    case = a_case(here, next(PHONES), "sms")
    here.behave("twilio", statuses=[])
    armed(here, "dispatch.answered")
    write(here, case, "asked", "sms")
    here.product.dies()
    assert status(here, "asked") == "sending" and taken(here, "asked") == 1
    here.product.start()
    until(lambda: status(here, "asked") == "unconfirmed")
    until(lambda: status(here, "asked") == "sent")
    assert taken(here, "asked") == 1


def test_a_refusal_that_was_not_written_down_is_unknown(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    here.behave("meta", accept=False)
    armed(here, "dispatch.answered")
    write(here, case, "refused")
    here.product.dies()
    here.product.start()
    until(lambda: status(here, "refused") == "unconfirmed")
    assert taken(here, "refused") == 0


def test_what_was_refused_for_now_is_tried_again_when_due_and_judged_again(here: Rig) -> None:
    case = a_case(here, next(PHONES))
    here.behave("meta", accept=False, error_code=RATE_LIMIT)
    armed(here, "dispatch.finished")
    write(here, case, "retried")
    here.product.dies()
    here.behave("meta")
    here.product.start()
    until(lambda: status(here, "retried") in ("delivered", "read"))
    assert taken(here, "retried") == 1
    decided = rows(here, "SELECT outcome FROM decision WHERE item_id = :id", id=item_of(here, "retried"))
    assert decided == [("allow",), ("allow",)]


def test_whoever_opts_out_before_the_call_is_left_in_peace(here: Rig) -> None:
    first, second = next(PHONES), next(PHONES)
    case, other = a_case(here, first), a_case(here, second)
    here.behave("meta", accept=False, error_code=RATE_LIMIT)
    write(here, case, "slowed")  # the number pauses: what is written now waits
    until(lambda: rows(here, "SELECT count(*) FROM attempt WHERE outcome = 'refused'")[0][0] >= 2)
    write(here, other, "too-late")
    here.ask("POST", "/inbound", {"inbox": here.inboxes["whatsapp"], "from": second, "text": "não quero mais receber"})
    until(lambda: rows(here, "SELECT count(*) FROM address WHERE opted_out_at IS NOT NULL") == [(1,)])
    here.product.kill()
    here.behave("meta")
    here.product.start()
    until(lambda: status(here, "too-late") == "cancelled")
    assert taken(here, "too-late") == 0
    reserved = "SELECT count(*) FROM contact WHERE state = 'reserved' AND item_id = :id"
    assert rows(here, reserved, id=item_of(here, "too-late")) == [(0,)]
