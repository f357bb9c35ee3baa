"""Reading users, teams, skills and rights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from console.errors import NotFound
from console.people.models import skill, team, team_member, user, user_skill
from console.store.base import load
from console.store.statement import Query, row, rows, value
from console.store.transaction import Reader
from console.wire.moment import Ms
from console.wire.shapes import Named, Person, Skill


class User(Struct, frozen=True):
    """A row of `user`, in its units: loads in thousandths, moments in milliseconds."""

    id: str
    email: str
    name: str
    role: str
    authority: str
    language: str
    password_hash: str | None
    capacity: int
    max_held: int
    takes_cases: int
    availability: str
    availability_reason: str | None
    availability_until: Ms | None
    connected: int
    connected_until: Ms | None
    gone_at: Ms | None
    disabled_at: Ms | None
    settings: str

    @property
    def person(self) -> Person:
        return Person(self.id, self.name, self.role)

    def is_connected(self, real: Ms) -> bool:
        """Some socket is open, or the presence PUT was less than 60 s ago."""
        return bool(self.connected) or (self.connected_until is not None and self.connected_until > real)


_COLUMNS = [user.c[name] for name in User.__struct_fields__]
_BY_ID = Query(select(*_COLUMNS).where(user.c.id == bindparam("id")), User)
_BY_EMAIL = Query(select(*_COLUMNS).where(user.c.email == bindparam("email")), User)
_ALL = Query(select(*_COLUMNS).order_by(user.c.email), User)
_DISABLED = Query(select(user.c.id).where(user.c.id == bindparam("id"), user.c.disabled_at.is_not(None)), value)
_TEAMS_OF = Query(
    select(team.c.id, team.c.name)
    .join(team_member, team_member.c.team_id == team.c.id)
    .where(team_member.c.user_id == bindparam("user"), team.c.disabled_at.is_(None))
    .order_by(team.c.name),
    Named,
)
_TEAM_IDS = Query(select(team_member.c.team_id).where(team_member.c.user_id == bindparam("user")), value)
_MEMBERS = Query(select(team_member.c.user_id).where(team_member.c.team_id == bindparam("team")), value)
_TEAMS = Query(select(team.c.id, team.c.name).where(team.c.disabled_at.is_(None)).order_by(team.c.name), Named)
_TEAM = Query(select(team.c.id, team.c.name).where(team.c.id == bindparam("id")), Named)
_TEAM_NAMED = Query(select(team.c.id, team.c.name).where(team.c.name == bindparam("name")), Named)
_SKILLS_OF = Query(
    select(user_skill.c.skill, user_skill.c.level)
    .where(user_skill.c.user_id == bindparam("user"))
    .order_by(user_skill.c.skill),
    Skill,
)
_HOLDER = Query(
    select(user_skill.c.user_id)
    .join(user, user.c.id == user_skill.c.user_id)
    .where(user_skill.c.skill == bindparam("name"), user.c.disabled_at.is_(None))
    .limit(1),
    value,
)
_SKILLS = Query(select(skill.c.name, skill.c.title).order_by(skill.c.name), row)


def is_enabled(reader: Reader, user_id: str) -> bool:
    """False for a person who was disabled. Machines (`system`, tokens) have no row and are switched off elsewhere."""
    return _DISABLED.first(reader, id=user_id) is None


def user_by_id(reader: Reader, user_id: str) -> User:
    """Raises NotFound."""
    found = _BY_ID.first(reader, id=user_id)
    if found is None:
        raise NotFound
    return found


def users_by_id(reader: Reader, ids: Sequence[str]) -> list[User]:
    """Those of them that there are, in no order."""
    return rows(reader, select(*_COLUMNS).where(user.c.id.in_(ids)), User)


def memberships(reader: Reader, ids: Sequence[str]) -> list[tuple[str, str]]:
    """(user, team) of all these users."""
    return rows(reader, select(team_member.c.user_id, team_member.c.team_id).where(team_member.c.user_id.in_(ids)), row)


def user_by_email(reader: Reader, email: str) -> User | None:
    return _BY_EMAIL.first(reader, email=email.strip().lower())


def users(reader: Reader) -> list[User]:
    return _ALL.all(reader)


def teams_of(reader: Reader, user_id: str) -> list[Named]:
    """The live teams of a user, by name."""
    return _TEAMS_OF.all(reader, user=user_id)


def team_ids_of(reader: Reader, user_id: str) -> list[str]:
    return _TEAM_IDS.all(reader, user=user_id)


def members_of(reader: Reader, team_id: str) -> list[str]:
    return _MEMBERS.all(reader, team=team_id)


def teams(reader: Reader) -> list[Named]:
    """All live teams, by name."""
    return _TEAMS.all(reader)


def team_by_id(reader: Reader, team_id: str) -> Named:
    """Raises NotFound."""
    found = _TEAM.first(reader, id=team_id)
    if found is None:
        raise NotFound
    return found


def team_named(reader: Reader, name: str) -> Named | None:
    return _TEAM_NAMED.first(reader, name=name)


def skills_of(reader: Reader, user_id: str) -> list[Skill]:
    return _SKILLS_OF.all(reader, user=user_id)


def has_skill(reader: Reader, name: str) -> bool:
    """Whether anybody who may still work has it, at any level."""
    return _HOLDER.first(reader, name=name) is not None


def speaking(skills: dict[str, int], language: str) -> dict[str, int]:
    """Somebody of whom no language is recorded speaks the one they use the product in."""
    if any(name.startswith("lang:") for name in skills):
        return skills
    return {**skills, f"lang:{'pt-BR' if language.startswith('pt') else language[:2]}": 5}


def skills(reader: Reader) -> list[tuple[str, dict[str, Any]]]:
    """Every skill's name and its titles by language."""
    return [(name, load(title)) for name, title in _SKILLS.all(reader)]
