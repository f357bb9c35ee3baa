"""What waits at one of our numbers stands before no other number's messages."""

from __future__ import annotations

from pathlib import Path

from console.workers.dispatcher import BATCH
from tests.bench.outbox import answers
from tests.faults.doors import a_case, rows, status, write
from tests.faults.nursery import Nursery
from tests.faults.rig import rig, until

TOO_MANY = "80007"  # a refusal of Meta's for which the number pauses five minutes
WAITING = "SELECT count(*) FROM outbox WHERE state = 'ready' AND channel = 'whatsapp'"


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
