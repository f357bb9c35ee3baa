"""What one number sends: answers due at once, through the gate to an emulated Meta over HTTP; the pace as it arrives.

Every message is of a case of its own, so that only the number's pace holds it back. The carrier tells no statuses here:
`statuses` measures those.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from msgspec import Struct

from channels.types import Inbound, Sender
from console.cases.claim import claim
from console.cases.receive import receive
from console.cases.reply import Reply, reply
from console.people.actors import by_id
from console.portfolios.queries import find_inbox
from console.store.transaction import Tx
from console.wire.ids import new_id
from tests.bench import noise
from tests.bench.forms import phone
from tests.bench.table import Asked, Row, Taken, at_most, middle
from tests.faults.doors import carriers_took, named
from tests.faults.nursery import Nursery
from tests.faults.rig import Rig, rig

LIMIT = 80  # a second, the provider's for a number
GOAL = 0.95 * LIMIT
SECONDS, LONG_SECONDS = 10, 60
STEP = 100  # messages a transaction
PRODUCT = "product"


class Round(Struct):
    """Messages a second from the first to the last, and the most that came within any one second."""

    rate: float
    most: int
    wrong: int  # missing, or taken twice
    cpu: float  # of a core, the product
    foreign: float


def take(asked: Asked) -> Taken:
    seconds = LONG_SECONDS if asked.long else SECONDS
    nursery = Nursery()
    try:
        found = [_measure(nursery, LIMIT * seconds) for _ in range(1 if asked.long else asked.reps)]
    finally:
        nursery.close()
    rate, wrong = middle(found, "rate"), sum(each.wrong for each in found)
    return Taken(
        {PRODUCT: found},
        [
            Row(f"one number sends, {LIMIT * seconds:,} due at once", rate, "messages/s", LIMIT, rate / LIMIT,
                f"at least {GOAL:g}", rate >= GOAL),
            at_most("… the most within any one second", max(each.most for each in found), "messages", LIMIT),
            Row("… missing, or taken twice", wrong, "messages", None, None, "none", wrong == 0),
        ],
    )  # fmt: skip


def _measure(nursery: Nursery, count: int) -> Round:
    with TemporaryDirectory() as folder, rig(nursery, Path(folder), start=False) as here:
        here.behave("meta", statuses=[])
        for first in range(0, count, STEP):
            here.services.store.write_now(answers, here, range(first, min(first + STEP, count)))
        here.product.start()
        meter = noise.Meter([here.product.pid])
        _await(here, count)
        used = meter.stop()
        took = carriers_took(here)
    moments = sorted(at for _, _, at in took)
    rate = (len(moments) - 1) / max(moments[-1] - moments[0], 1) * 1_000
    different = len({ref for ref, _, _ in took})
    return Round(rate, most_in_a_second(moments), count - different + len(took) - different, used.own / used.wall,
                 used.foreign)  # fmt: skip


def answers(tx: Tx, here: Rig, numbers: Sequence[int], channel: Literal["whatsapp", "sms"] = "whatsapp") -> None:
    """Somebody writes, Ana takes the case and answers, for each of them; nothing leaves before the product is up."""
    inbox, ana = find_inbox(tx, here.inboxes[channel]), by_id(tx, here.people["ana"].id)
    assert inbox is not None and ana is not None
    for number in numbers:
        sender = Sender(phone=phone(number), name=f"Cliente {number}")
        said = Inbound(provider_id=new_id(), sender=sender, at=tx.now, kind="text", text="bom dia")
        case_id = receive(tx, inbox, said, window_hours=24 if channel == "whatsapp" else 0).case
        assert case_id is not None
        held = claim(tx, ana, case_id)
        reply(tx, ana, case_id, Reply(client_id=named(f"answer {number}"), epoch=held.epoch, channel=channel,
                                      text="Bom dia! Como posso ajudar?"))  # fmt: skip


def _await(here: Rig, count: int) -> None:
    """Until the carrier has them all, or had twice the time. Raises RuntimeError when nothing came."""
    ends = time.monotonic() + 2 * count / LIMIT + 10
    while (came := len(carriers_took(here))) < count and time.monotonic() < ends:
        time.sleep(0.5)
    if came < 2:
        raise RuntimeError("nothing was sent")
    time.sleep(0.5)  # what would be taken twice


def most_in_a_second(moments: Sequence[int]) -> int:
    """Of moments in order, in milliseconds."""
    return max(bisect_left(moments, at + 1_000) - index for index, at in enumerate(moments))
