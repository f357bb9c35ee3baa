"""Every kind of job there is, and the loop that runs them."""

from __future__ import annotations

from console.services import Services
from console.workers import media
from console.workers.jobs import Handler, Jobs

HANDLERS: dict[str, Handler] = {
    "media.fetch": media.fetch,
}
GIVEN_UP: dict[str, Handler] = {
    "media.fetch": media.give_up,
}
"""What is done when a job of a kind is given up for good."""


async def run_jobs(services: Services) -> None:
    """Runs for ever."""
    await Jobs(services, HANDLERS, GIVEN_UP).run()
