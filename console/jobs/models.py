"""What must run later and may run twice: claimed by lease, tried again with back-off, parked when hopeless."""

from sqlalchemy import Index, Table

from console.store.base import ident, json, metadata, moment, number, text

job = Table(
    "job",
    metadata,
    ident(),
    text("kind"),
    text("key", null=True, unique=True),  # at most one waiting job a key
    json("payload"),
    text("state", default="ready"),  # ready, leased, dead
    moment("run_at", null=False),
    moment("lease_until"),  # real time
    text("leased_by", default=""),
    number("attempts", default=0),
    text("error", default=""),
    Index("ix_job_due", "state", "run_at"),
)

duty = Table(
    "duty",
    metadata,
    ident("name"),
    text("holder"),
    moment("until", null=False),  # by the database's clock
)
"""What one process at a time does, and which one: routing, the clock's work, sending from one of our numbers."""
