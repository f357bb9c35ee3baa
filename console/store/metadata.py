"""Every table of the product, for migrations and for tests: importing this fills `metadata`."""

import console.access.models  # noqa: F401
import console.audit.models  # noqa: F401
import console.cases.models  # noqa: F401
import console.debtors.models  # noqa: F401
import console.gate.models  # noqa: F401
import console.intake.models  # noqa: F401
import console.jobs.models  # noqa: F401
import console.ledger.models  # noqa: F401
import console.log.models  # noqa: F401
import console.outbox.models  # noqa: F401
import console.people.models  # noqa: F401
import console.portfolios.models  # noqa: F401
import console.timeline.models  # noqa: F401
from console.store.base import metadata

__all__ = ["metadata"]
