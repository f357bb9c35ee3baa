"""The sitemap: every URL of the product. What is not in here does not exist.

Each area lists its own calls in its `routes.py`; this page puts the lists in order.
"""

from __future__ import annotations

from console.access.endpoint import Endpoint
from console.cases.routes import ENDPOINTS as cases
from console.people.routes import ENDPOINTS as people
from console.supervision.routes import ENDPOINTS as supervision
from console.web.session import ENDPOINTS as session

API: list[Endpoint] = [
    *session,
    *people,
    *cases,
    *supervision,
]
"""Every call under /api/v1, in the order in which they are matched."""
