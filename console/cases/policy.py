"""The routing policy in force, and the numbers of cases that are not routing's."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from console.portfolios.queries import policy_value
from console.store.transaction import Reader
from console.wire.moment import DAY
from routing.types import Policy

REOPEN_WITHIN = 7 * DAY  # a case resolved no longer ago is reopened by the debtor's next message
_DEFAULT = Policy()


def routing_policy(reader: Reader) -> Policy:
    """The installation's policy; the defaults when it has set none."""
    document = policy_value(reader, "routing")
    return _DEFAULT if document is None else _decoded(document)


@lru_cache(maxsize=8)
def _decoded(document: str) -> Policy:
    return msgspec.json.decode(document, type=Policy)
