"""`clearance`: prints the letter of a debt that is paid, away from every transaction, and has it given."""

from __future__ import annotations

import asyncio
from typing import Any

from console.access.actor import SYSTEM
from console.negotiation import clearance, documents
from console.services import Services
from console.timeline import upload


async def print_letter(services: Services, payload: dict[str, Any]) -> None:
    """The job; may be run again: a payment is followed by one letter."""
    drawn = await services.store.read(clearance.letter, payload["case"])
    if drawn is None:
        return
    from console.negotiation.papers import pdf  # fonts and pictures: nobody else waits for them at start

    content = await asyncio.to_thread(pdf, drawn.paper)
    given = upload.Given(drawn.name, "application/pdf", content)
    file = documents.made_of(upload.judge(given, SYSTEM, services.clock.now(), "kind"), drawn)
    await upload.store(services.files, [(file, content)])
    if not await services.store.write(clearance.give, payload["case"], payload["payment"], file):
        await asyncio.to_thread(services.files.remove, file.id)
