"""A webhook's life: made with a secret that is shown once, changed, given a new secret, disabled."""

from __future__ import annotations

from collections.abc import Sequence

from channels.connector import Connector
from channels.errors import ServiceFailed
from console.access.actor import Actor
from console.audit.record import record
from console.errors import Invalid
from console.store.base import dump
from console.store.statement import add, change
from console.store.transaction import Tx
from console.store.vault import Vault
from console.webhooks import queries
from console.webhooks.models import notification, webhook
from console.webhooks.sign import new_secret
from console.webhooks.spread import begin
from console.webhooks.thin import AREAS, NAMES
from console.wire.ids import new_id
from console.wire.moment import DAY

PURPOSE = "webhook.secret"
OVERLAP_MS = DAY
"""How long the secret before still signs beside the new one."""
_KNOWN = {"*", *NAMES, *(f"{area}.*" for area in ("case", "message", "takeover", *AREAS))}


def check_url(connector: Connector, url: str) -> None:
    """Raises Invalid for an address the product would not call (no https, no host, another scheme)."""
    try:
        connector.check(url)
    except ServiceFailed as error:
        raise Invalid(f"{error}: give an https address of the public internet.", field="url") from None


def check_events(events: Sequence[str]) -> list[str]:
    """The names, each once. Raises Invalid, naming the first that is unknown."""
    found = list(dict.fromkeys(events))
    for each in found:
        if each not in _KNOWN and each.partition(".")[0] not in AREAS:
            raise Invalid(f"There is no event {each!r}: take {', '.join(sorted(_KNOWN))}.", field="events")
    if not found:
        raise Invalid("Name at least one event, or * for all.", field="events")
    return found


def subscribe(
    tx: Tx, actor: Actor, vault: Vault, url: str, events: Sequence[str], portfolio: str | None
) -> tuple[str, str]:
    """(id, secret) of a new webhook; what happens from now on is told."""
    made, secret = new_id(), new_secret()
    begin(tx)
    add(
        tx, webhook, id=made, url=url, events=dump(check_events(events)), portfolio_id=portfolio, created_by=actor.id,
        secret=vault.seal(secret, PURPOSE), created_at=tx.now,
    )  # fmt: skip
    record(tx, actor.id, "webhook.added", f"webhook:{made}", detail={"url": url, "events": list(events)})
    return made, secret


def amend(tx: Tx, actor: Actor, webhook_id: str, url: str | None, events: Sequence[str] | None) -> None:
    """Another address or other events. Raises NotFound, Invalid."""
    row = queries.get(tx, webhook_id, actor)
    changes = {"url": url} if url is not None else {}
    if events is not None:
        changes["events"] = dump(check_events(events))
    change(tx, webhook, {"id": row.id}, **changes)
    record(tx, actor.id, "webhook.changed", f"webhook:{row.id}", detail={"url": url, "events": events})


def enable(tx: Tx, actor: Actor, webhook_id: str) -> None:
    """It is told again, what waits included. Raises NotFound."""
    row = queries.get(tx, webhook_id, actor)
    change(tx, webhook, {"id": row.id}, state="active", why="", failing_since=None)
    change(tx, notification, {"webhook_id": row.id, "state": "pending"}, due_at=tx.now)
    record(tx, actor.id, "webhook.enabled", f"webhook:{row.id}")
    tx.wake("webhooks")


def disable(tx: Tx, actor: Actor, webhook_id: str) -> None:
    """Nothing is told until it is enabled again: what was owed keeps waiting, what happens meanwhile is not owed."""
    row = queries.get(tx, webhook_id, actor)
    stop(tx, row.id, "by hand")
    record(tx, actor.id, "webhook.disabled", f"webhook:{row.id}")


def stop(tx: Tx, webhook_id: str, why: str) -> None:
    """Disabled, by a person or because it has failed for too long."""
    change(tx, webhook, {"id": webhook_id}, state="disabled", why=why)
    change(tx, notification, {"webhook_id": webhook_id, "state": "pending"}, due_at=None)


def renew_secret(tx: Tx, actor: Actor, vault: Vault, webhook_id: str) -> str:
    """A new secret; the one before signs beside it for a day. Raises NotFound."""
    row, secret = queries.get(tx, webhook_id, actor), new_secret()
    change(
        tx, webhook, {"id": row.id}, secret=vault.seal(secret, PURPOSE), previous=row.secret,
        previous_until=tx.now + OVERLAP_MS,
    )  # fmt: skip
    record(tx, actor.id, "webhook.secret_renewed", f"webhook:{row.id}")
    return secret


def retry(tx: Tx, actor: Actor, webhook_id: str, notification_id: str) -> None:
    """One notification is sent again, now; the receiver knows it by its id. Raises NotFound, Invalid."""
    row = queries.get(tx, webhook_id, actor)
    found = queries.notification_of(tx, row.id, notification_id)
    if row.state != "active":
        raise Invalid("The webhook is disabled: enable it first.")
    change(tx, notification, {"id": found.id}, state="pending", attempts=0, due_at=tx.now, settled_at=None)
    tx.wake("webhooks")
