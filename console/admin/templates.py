"""The providers' message templates, brought here: what is approved, what it says, how much it gives away."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import bindparam, select

from channels import service
from channels.types import Template
from console.audit.record import record
from console.errors import Invalid
from console.portfolios.models import template
from console.portfolios.queries import TemplateRow, adapter_inbox, find_inbox
from console.services import Services
from console.store.base import dump
from console.store.statement import Query, change, put
from console.store.transaction import Tx
from console.wire.ids import new_id

_NEUTRAL = re.compile(r"(?:^|_)neutr(?:o|a|al)(?:_|$)", re.IGNORECASE)
_OF_INBOX = Query(select(template).where(template.c.inbox_id == bindparam("inbox_id")), TemplateRow)


class Synced(Struct, frozen=True):
    """How many templates a provider holds, how many of them are new here, and how many it no longer knows."""

    held: int
    new: int
    gone: int


async def sync(services: Services, inbox_id: str, by: str | None = None) -> Synced:
    """Ask the provider and store what it says. Raises Invalid for an unknown inbox, ServiceFailed with its answer."""
    row = await services.store.read(find_inbox, inbox_id)
    if row is None:
        raise Invalid("There is no such inbox.", field="inbox")
    inbox = adapter_inbox(row, services.vault, services.settings.public_url)
    found = await service.sync_templates(services.connector, inbox)
    return await services.store.write(store_templates, inbox_id, found, by)


def store_templates(tx: Tx, inbox_id: str, templates: Sequence[Template], by: str | None = None) -> Synced:
    """Make our templates of an inbox those of its provider. What it no longer knows is disabled."""
    inbox = find_inbox(tx, inbox_id)
    if inbox is None:
        raise Invalid("There is no such inbox.", field="inbox")
    before = {(each.name, each.language): each for each in _OF_INBOX.all(tx, inbox_id=inbox_id)}
    for each in templates:
        known = before.get((each.name, each.language))
        put(
            tx, template, ("inbox_id", "name", "language"), id=known.id if known else new_id(),
            portfolio_id=inbox.portfolio_id, inbox_id=inbox_id, channel=inbox.channel, name=each.name,
            language=each.language, category=each.category, state=each.state, body=each.body,
            variables=dump(each.variables), buttons=dump(each.buttons), examples=dump(each.examples),
            footer=each.footer, provider_id=each.provider_id, level=level_of(each.name), synced_at=tx.now,
        )  # fmt: skip
    held = {(each.name, each.language) for each in templates}
    gone = [each for key, each in before.items() if key not in held and each.state != "disabled"]
    for lost in gone:
        change(tx, template, {"id": lost.id}, state="disabled", synced_at=tx.now)
    told = Synced(len(held), len(held - before.keys()), len(gone))
    record(
        tx, by, "templates.synced", f"inbox:{inbox_id}", detail={"held": told.held, "new": told.new, "gone": told.gone}
    )
    return told


def level_of(name: str) -> int:
    """The disclosure level a template needs, by its name: 0 when called neutral (neutro_1, first_neutral), else 1."""
    return 0 if _NEUTRAL.search(name) else 1
