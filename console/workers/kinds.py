"""Every kind of job there is, and the loop that runs them."""

from __future__ import annotations

from console.imports.carry import JOB as IMPORT
from console.intake.replay import PAYMENTS
from console.jobs.claim import give_back_all
from console.negotiation import notices
from console.negotiation.clearance import JOB as CLEARANCE
from console.services import Services
from console.supervision import break_glass
from console.workers import (
    answers,
    clearance,
    glass,
    healing,
    imports,
    lookups,
    media,
    orphans,
    readmarks,
    retoken,
    templates,
)
from console.workers.jobs import Handler, Jobs

HANDLERS: dict[str, Handler] = {
    lookups.KIND: lookups.ask,
    answers.KIND: answers.read,
    CLEARANCE: clearance.print_letter,
    break_glass.ENDED: glass.end,
    break_glass.OVERDUE: glass.overdue,
    healing.KIND: healing.end,
    IMPORT: imports.run,
    "media.fetch": media.fetch,
    PAYMENTS: notices.carry_out,
    orphans.KIND: orphans.sweep,
    readmarks.READ: readmarks.mark_read,
    readmarks.TYPING: readmarks.show_typing,
    retoken.KIND: retoken.follow,
    templates.KIND: templates.refresh,
}
GIVEN_UP: dict[str, Handler] = {
    PAYMENTS: notices.give_up,
    IMPORT: imports.give_up,
    "media.fetch": media.give_up,
}
"""What is done when a job of a kind is given up for good."""


async def run_jobs(services: Services) -> None:
    """Runs for ever."""
    if services.settings.sqlite_path is not None:  # one process works on it, and this one has just begun
        await services.store.write(give_back_all)
    await services.store.write(orphans.plan, 0)
    await services.store.write(templates.plan)
    await Jobs(services, HANDLERS, GIVEN_UP).run()
