"""The sitemap: every URL of the product. What is not in here does not exist.

Each area lists its own calls in its `routes.py`; this page puts the lists in order.
"""

from __future__ import annotations

from console.access.endpoint import Endpoint
from console.admin.routes import ENDPOINTS as admin
from console.cases.approval_routes import ENDPOINTS as approvals
from console.cases.debtor_routes import ENDPOINTS as persons
from console.cases.gate_routes import ENDPOINTS as protection
from console.cases.message_routes import ENDPOINTS as messages
from console.cases.reveal import ENDPOINTS as reveals
from console.cases.routes import ENDPOINTS as cases
from console.debtors.routes import ENDPOINTS as debtors
from console.evidence.routes import ENDPOINTS as evidence
from console.gate.routes import ENDPOINTS as gate
from console.imports.routes import ENDPOINTS as imports
from console.intake.routes import ENDPOINTS as intake
from console.ledger.routes import ENDPOINTS as ledger
from console.negotiation.authority_routes import ENDPOINTS as authority
from console.negotiation.document_routes import ENDPOINTS as documents
from console.negotiation.link_routes import ENDPOINTS as links
from console.negotiation.routes import ENDPOINTS as negotiation
from console.outreach.routes import ENDPOINTS as outreach
from console.people.routes import ENDPOINTS as people
from console.reports.routes import ENDPOINTS as reports
from console.supervision.glass_routes import ENDPOINTS as glass
from console.supervision.routes import ENDPOINTS as supervision
from console.timeline.routes import ENDPOINTS as files
from console.web.mail import ENDPOINTS as mail
from console.web.session import ENDPOINTS as session
from console.webhooks.routes import ENDPOINTS as webhooks

API: list[Endpoint] = [
    *session,
    *people,
    *cases,
    *messages,
    *approvals,
    *mail,
    *files,
    *supervision,
    *glass,
    *debtors,
    *persons,
    *reveals,
    *protection,
    *ledger,
    *negotiation,
    *authority,
    *documents,
    *links,
    *imports,
    *outreach,
    *reports,
    *gate,
    *evidence,
    *intake,
    *admin,
    *webhooks,
]
"""Every call under /api/v1, in the order in which they are matched."""
