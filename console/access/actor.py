"""Whoever acts: a user by session or token, or the product itself."""

from __future__ import annotations

from msgspec import Struct

from console.errors import Forbidden


class Actor(Struct, frozen=True, kw_only=True):
    """The one asking, with the rights they have at this moment. Loaded anew for each request."""

    id: str
    name: str
    role: str  # agent, supervisor, compliance, admin, integration, system
    authority: str = "agent"
    language: str = "pt-BR"
    teams: frozenset[str] = frozenset()
    session: str = ""  # id of the session, "" for a token
    scopes: frozenset[str] = frozenset()  # of a token; a session has none and needs none
    portfolio: str | None = None  # a token may be bound to one
    opened: frozenset[str] = frozenset()  # what an emergency opened, for reading alone: case:ID, delivery:ID

    @property
    def opened_cases(self) -> list[str]:
        return sorted(each.removeprefix("case:") for each in self.opened if each.startswith("case:"))

    def must_be(self, *roles: str) -> None:
        """Raises Forbidden unless the actor has one of these roles."""
        if self.role not in roles:
            raise Forbidden(f"This is for {' or '.join(roles)}.")


SYSTEM = Actor(id="system", name="Acordo", role="system")
