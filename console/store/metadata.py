"""Every table of the product, for migrations and for tests: importing this fills `metadata`."""

import console.access.models
import console.audit.models
import console.cases.models
import console.debtors.models
import console.evidence.models
import console.gate.models
import console.imports.models
import console.intake.models
import console.jobs.models
import console.ledger.models
import console.log.models
import console.outbox.models
import console.outreach.models
import console.people.models
import console.portfolios.models
import console.timeline.models
import console.webhooks.models  # noqa: F401
from console.store.base import metadata

__all__ = ["metadata"]
