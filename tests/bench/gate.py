"""The gate's own figures: `python -m tests.bench.gate`. A decision in memory, one with its facts from SQLite holding a
million contacts, and stop-the-clock with ten thousand planned messages. Processor time, so that a shared machine
tells the same as a calm one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from console.cases import claim, reply
from console.cases.preview import Ask, preview
from console.cases.stop_clock import stop_the_clock
from console.debtors.models import contact_point
from console.gate.decide import decide
from console.gate.models import contact
from console.outbox.models import outbox
from console.store.statement import Statement, add
from console.store.transaction import Tx
from console.timeline.models import item
from console.wire.ids import new_id
from console.wire.moment import DAY, MINUTE
from tests.gate.cast import SAO_PAULO, local, whatsapp, wrote
from tests.world import World, make_world

CONTACTS, DEBTORS, PLANNED, ASKED = 1_000_000, 50_000, 10_000, 2_000
GOALS = {"decide median": 100.0, "with facts p99": 2_000.0, "stop-the-clock": 1_000_000.0}  # microseconds


def main() -> int:
    figures: dict[str, float] = {"decide median": median(_times(5_000, _in_memory()))}
    with TemporaryDirectory() as folder:
        world, case = _world(Path(folder))
        taken = sorted(_times(ASKED, _with_facts(world, case)))
        figures |= {"with facts median": median(taken), "with facts p99": taken[int(len(taken) * 0.99)]}
        figures["stop-the-clock"] = _stop(world, case)
    for name, each in figures.items():
        goal = GOALS.get(name)
        verdict = "" if goal is None else f"   goal {goal:,.0f}   {'met' if each <= goal else 'MISSED'}"
        sys.stdout.write(f"{name:<20} {each:>12,.1f} us{verdict}\n")
    return 0


def _times(rounds: int, work: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(rounds):
        began = process_time()
        work()
        found.append((process_time() - began) * 1e6)
    return found


def _in_memory() -> Callable[[], object]:
    now = local(SAO_PAULO, "2026-11-23 10:00")
    message, known = whatsapp("Bom dia, Maria! Posso oferecer seis parcelas.", purpose="reply"), wrote(now - MINUTE)
    return lambda: decide(message, known, now)


def _world(folder: Path) -> tuple[World, str]:
    """A case whose debtor is one of many with a past: a million contacts in all."""
    world = make_world(folder)
    case = world.hear().case or ""
    world.do(claim.claim, world.actor("ana"), case)
    world.do(lambda tx: Statement(contact_point.update().values(consent="granted", disclosure=1)).run(tx))
    own = world.case(case).debtor_id

    def fill(tx: Tx) -> None:
        rows = (
            (
                f"c{n}",
                f"d{n % DEBTORS}" if n % DEBTORS else own,
                "sms",
                tx.now - n % 90 * DAY - 1,
                "proactive",
                1,
                "spent",
            )
            for n in range(CONTACTS)
        )
        columns = "id, debtor_id, channel, at, purpose, counts, state"
        tx.cursor.executemany(f"INSERT INTO {contact.name} ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    world.do(fill)
    return world, case


def _with_facts(world: World, case: str) -> Callable[[], object]:
    ask = Ask(channel="whatsapp", text="Bom dia, Maria! Posso oferecer seis parcelas.")
    return lambda: world.see(preview, world.actor("ana"), case, ask)


def _stop(world: World, case: str) -> float:
    """Ten thousand messages planned for one debtor, called off in one transaction; microseconds."""
    wish = reply.Reply(
        client_id=new_id(), epoch=world.case(case).epoch, channel="whatsapp", text="Olá.",
        send_at="2026-11-19T18:00:00Z",
    )  # fmt: skip
    first = world.do(reply.reply, world.actor("ana"), case, wish)[0]

    def plan(tx: Tx) -> None:
        for n in range(PLANNED - 1):
            made = new_id()
            columns = {name: getattr(first, name) for name in first.__struct_fields__}
            add(tx, item, **columns | {"id": made, "position": 1_000 + n, "client_id": None})
            add(tx, outbox, item_id=made, case_id=case, debtor_id=world.case(case).debtor_id, inbox_id=first.inbox_id,
                contact_point_id=first.contact_point_id, channel="whatsapp", sort="scheduled", automated=1,
                state="planned", due_at=first.due_at, created_at=tx.now)  # fmt: skip

    world.do(plan)
    began = process_time()
    assert world.do(stop_the_clock, world.case(case).debtor_id, "payment") == PLANNED
    return (process_time() - began) * 1e6


if __name__ == "__main__":
    sys.exit(main())
