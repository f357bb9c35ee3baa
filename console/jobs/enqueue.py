"""Leaving work for later, in the transaction that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.jobs.models import job
from console.store.base import dump
from console.store.statement import add, add_once
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import Ms


def enqueue_job(
    tx: Tx, kind: str, payload: Mapping[str, Any], *, key: str | None = None, run_at: Ms | None = None
) -> None:
    """Have `kind` run at a moment (default: now). With a key, at most one waiting job of it exists."""
    values = {
        "id": new_id(),
        "kind": kind,
        "key": key,
        "payload": dump(payload),
        "run_at": tx.now if run_at is None else run_at,
    }
    if key is None:
        add(tx, job, **values)
    else:
        add_once(tx, job, ("key",), **values)
    tx.wake("jobs")
