"""The clock's own work, once a second: edges, snoozes, returns, calls for specialists, leases, and take-overs whose
supervisor is lost.
"""

from __future__ import annotations

import asyncio

import structlog

from console.negotiation.due import due, pass_due
from console.queue.call import call_specialist, due_calls
from console.queue.sweep import bring_back, due_edges, due_returns, pass_edge
from console.services import Services
from console.supervision.lost import due_hand_backs, end_lease, hand_back_lost
from console.supervision.watch import over

log = structlog.get_logger()
TICK_SECONDS = 1.0


async def turn(services: Services) -> None:
    """Runs for ever."""
    store = services.store
    while True:
        for case_id in await store.read(due_edges):
            await store.write(pass_edge, case_id)
        for case_id, reason in await store.read(due_returns):
            log.info("case.returned", case=case_id, reason=reason)
            await store.write(bring_back, case_id, reason)
        for case_id in await store.read(due_calls):
            log.info("case.called", case=case_id)
            await store.write(call_specialist, case_id)
        for case_id in await store.read(due_hand_backs):
            log.info("takeover.ended", case=case_id, reason="supervisor_lost")
            await store.write(hand_back_lost, case_id)
        for case_id, user_id, kind in await store.read(over):
            await store.write(end_lease, case_id, user_id, kind)
        for kind, row_id in await store.read(due):
            log.info("money.due", kind=kind, id=row_id)
            await store.write(pass_due, kind, row_id)
        await asyncio.sleep(TICK_SECONDS)
