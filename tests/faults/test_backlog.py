"""What waits at one of our numbers stands before no other number's messages."""

from __future__ import annotations

from pathlib import Path

from console.workers.dispatcher import BATCH, TOGETHER
from tests.bench.outbox import answers
from tests.faults.doors import a_case, rows, status, write
from tests.faults.nursery import Nursery
from tests.faults.rig import rig, until

TOO_MANY = "80007"  # a refusal of Meta's for which the number pauses five minutes
WAITING = "SELECT count(*) FROM outbox WHERE state = 'ready' AND channel = 'whatsapp'"
WAITING_BY_SMS = "SELECT count(*) FROM outbox WHERE state = 'ready' AND channel = 'sms'"
SENDING = "SELECT count(*) FROM outbox WHERE state = 'sending'"
PUT_BACK = """SELECT count(*) FROM outbox JOIN contact ON contact.item_id = outbox.item_id
WHERE outbox.state = 'ready' AND outbox.attempts = 0 AND contact.state = 'returned'"""
TRIES_LOST = """SELECT count(*) FROM outbox WHERE state = 'ready'
AND attempts <> (SELECT count(*) FROM attempt WHERE attempt.item_id = outbox.item_id)"""
SLOW_MS = 5_000


def test_a_number_that_its_carrier_slows_down_holds_up_no_other(nursery: Nursery, tmp_path: Path) -> None:
    with rig(nursery, tmp_path, start=False) as here:
        here.behave("meta", accept=False, error_code=TOO_MANY)
        here.services.store.write_now(answers, here, range(2 * BATCH))
        here.product.start()
        until(lambda: rows(here, "SELECT count(*) FROM attempt WHERE outcome = 'refused'")[0][0] > 0)
        case = a_case(here, "+5511980000001", "sms")
        write(here, case, "another number's", "sms")
        until(lambda: status(here, "another number's") in ("delivered", "read"))
        assert rows(here, WAITING)[0][0] > BATCH


def test_what_was_made_ready_as_the_carrier_slowed_down_goes_back_untried(nursery: Nursery, tmp_path: Path) -> None:
    with rig(nursery, tmp_path, start=False) as here:
        here.behave("meta", accept=False, error_code=TOO_MANY)
        here.services.store.write_now(answers, here, range(BATCH))
        here.product.start()
        until(lambda: rows(here, PUT_BACK)[0][0] > 0)
        until(lambda: rows(here, SENDING)[0][0] == 0)
        assert rows(here, TRIES_LOST)[0][0] == 0


def test_two_numbers_whose_carriers_are_slow_hold_up_no_third(nursery: Nursery, tmp_path: Path) -> None:
    with rig(nursery, tmp_path, start=False) as here:
        here.behave("meta", latency_ms=SLOW_MS)
        here.behave("twilio", latency_ms=SLOW_MS)
        here.services.store.write_now(answers, here, range(BATCH))
        here.services.store.write_now(answers, here, range(BATCH, 2 * BATCH), "sms")
        here.product.start()
        until(lambda: rows(here, SENDING)[0][0] > TOGETHER // 2)
        case = a_case(here, "lia@sample.example", "email")
        write(here, case, "a third number's", "email")
        until(lambda: status(here, "a third number's") in ("sent", "delivered", "read"))
        assert rows(here, WAITING)[0][0] > 0 and rows(here, WAITING_BY_SMS)[0][0] > 0
