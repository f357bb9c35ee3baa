"""What the service calls of all providers share: asking for JSON, and where an inbox's credentials may go."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from channels import loose
from channels.connector import Ask, Connector
from channels.errors import ServiceFailed
from channels.types import Inbox

_Json = dict[str, object]


async def ask_json(connector: Connector, ask: Ask, provider: str, complaint: Callable[[_Json], str]) -> _Json:
    """The JSON object of a 2xx answer. Raises ServiceFailed in the provider's own words, found by `complaint`."""
    got = await connector.ask(ask)
    try:
        body = loose.decode(got.body)
    except loose.Malformed:
        body = None
    told = body if isinstance(body, dict) else {}
    if 200 <= got.status < 300 and told:
        return told
    raise ServiceFailed(
        f"{provider} answered HTTP {got.status}: {complaint(told)[:200] or 'no readable answer'}",
        permanent=is_permanent(got.status),
        status=got.status,
    )


def is_permanent(status: int) -> bool:
    """Whether asking the same again cannot help."""
    return 400 <= status < 500 and status not in (408, 429)


def hosts_of(inbox: Inbox, known: frozenset[str]) -> frozenset[str]:
    """The provider's own hosts, the inbox's origin, and what its `media_hosts` adds."""
    more = inbox.config.get("media_hosts", "").split(",")
    own = urlsplit(inbox.origin).hostname or ""
    return known | {host.strip().lower() for host in (*more, own) if host.strip()}
