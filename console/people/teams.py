"""Teams and the skills that are known. A queue's id is its team's."""

from __future__ import annotations

from console.access.audience import user_topic
from console.errors import Conflict, Invalid
from console.people.models import skill, team
from console.people.queries import members_of, team_by_id, team_named
from console.store.base import dump
from console.store.statement import add, change, put
from console.store.transaction import Tx
from console.wire.ids import new_id


def add_team(tx: Tx, name: str) -> str:
    """The id of the new team. Raises Invalid, or Conflict when the name is taken."""
    name = name.strip()
    if not name or len(name) > 100:
        raise Invalid("A team's name has 1 to 100 characters.", field="name")
    if team_named(tx, name) is not None:
        raise Conflict("There is a team of this name.", field="name")
    team_id = new_id()
    add(tx, team, id=team_id, name=name, created_at=tx.now)
    return team_id


def disable_team(tx: Tx, team_id: str) -> None:
    """It gets no more cases, and gives its members no more sight. Raises NotFound."""
    team_by_id(tx, team_id)
    change(tx, team, {"id": team_id}, disabled_at=tx.now)
    for user_id in members_of(tx, team_id):
        tx.emit("user.rights_changed", topics=[user_topic(user_id)], data={"id": user_id})


def add_skill(tx: Tx, name: str, title: dict[str, str]) -> None:
    """A skill by its stable name ("legal", "lang:es"), with its titles by language; adding it again renames it."""
    if len(name) > 60 or not name.translate({ord(sign): "x" for sign in "-_:"}).isalnum():
        raise Invalid("A skill's name is letters, digits, dashes and colons.", field="name")
    put(tx, skill, ["name"], name=name, title=dump(title), created_at=tx.now)
