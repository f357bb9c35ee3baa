"""Who am I: the user as they themselves see it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from console.access.actor import Actor
from console.errors import Invalid
from console.people.agent_line import agent_line
from console.people.models import user
from console.people.queries import User, skills_of, teams_of, user_by_id
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx
from console.wire.shapes import Named, Skill

LANGUAGES = ("pt-BR", "es", "en")
_SETTINGS_BYTES = 8 * 1024


class Presence(Struct, frozen=True):
    status: str
    reason: str | None
    until: str | None
    connected: bool


class Me(Struct, frozen=True, kw_only=True):
    """Loads are in units (1.0 = one full case)."""

    id: str
    email: str
    name: str
    role: str
    authority: str
    language: str
    teams: list[Named]
    skills: list[Skill]
    presence: Presence
    load: float
    capacity: float
    held: int
    settings: dict[str, Any]


def me(reader: Reader, actor: Actor) -> Me:
    return me_of(reader, user_by_id(reader, actor.id))


def me_of(reader: Reader, row: User) -> Me:
    line = agent_line(reader, row.id)
    return Me(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        authority=row.authority,
        language=row.language,
        teams=teams_of(reader, row.id),
        skills=skills_of(reader, row.id),
        presence=Presence(line.status, line.reason, line.until, line.connected),
        load=line.load,
        capacity=line.capacity,
        held=line.held,
        settings=load(row.settings),
    )


def set_preferences(tx: Tx, actor: Actor, language: str | None, settings: dict[str, Any] | None) -> None:
    """The language of the screens, and what the screens remember of their user (merged key by key; null forgets)."""
    if language is not None:
        if language not in LANGUAGES:
            raise Invalid(f"The language must be one of {', '.join(LANGUAGES)}.", field="language")
        change(tx, user, {"id": actor.id}, language=language)
    if settings:
        merged = {**load(user_by_id(tx, actor.id).settings), **settings}
        document = dump({key: each for key, each in merged.items() if each is not None})
        if len(document) > _SETTINGS_BYTES:
            raise Invalid("The settings are too big.", field="settings")
        change(tx, user, {"id": actor.id}, settings=document)
