"""Making, changing and closing accounts. What changes rights is told, and open sockets begin anew within a second."""

from __future__ import annotations

from msgspec import Struct

from console.access.audience import user_topic
from console.errors import Conflict, Invalid
from console.people import sessions
from console.people.models import team_member, user, user_skill
from console.people.presence import told
from console.people.queries import user_by_email, user_by_id
from console.store.statement import add, add_once, change, put, remove
from console.store.transaction import Tx
from console.wire.ids import new_id

ROLES = ("agent", "supervisor", "compliance", "admin", "integration")
AUTHORITIES = ("agent", "senior", "supervisor", "manager")


class NewUser(Struct, frozen=True, kw_only=True):
    """`capacity` is in thousandths of a load; `password_hash` is argon2's, None for one who cannot sign in."""

    email: str
    name: str
    role: str
    authority: str = ""  # "": what goes with the role
    language: str = "pt-BR"
    password_hash: str | None = None
    capacity: int = 8_000
    max_held: int = 30
    takes_cases: bool | None = None  # None: agents do


def add_user(tx: Tx, new: NewUser) -> str:
    """The id of the new user. Raises Invalid, or Conflict when the address is taken."""
    email = new.email.strip().lower()
    _check(new, email)
    if user_by_email(tx, email) is not None:
        raise Conflict("There is a user with this e-mail address.", field="email")
    user_id = new_id()
    takes = new.role == "agent" if new.takes_cases is None else new.takes_cases
    add(
        tx,
        user,
        id=user_id,
        email=email,
        name=new.name.strip(),
        role=new.role,
        authority=new.authority or ("supervisor" if new.role == "supervisor" else "agent"),
        language=new.language,
        password_hash=new.password_hash,
        capacity=new.capacity,
        max_held=new.max_held,
        takes_cases=int(takes),
        created_at=tx.now,
    )
    return user_id


def disable_user(tx: Tx, user_id: str) -> None:
    """No door opens any more: sessions end, sockets close, nothing is assigned. Raises NotFound."""
    user_by_id(tx, user_id)
    sessions.end_all(tx, user_id)
    change(tx, user, {"id": user_id}, disabled_at=tx.now, availability="offline", connected=0, gone_at=tx.real)
    tx.emit("user.disabled", topics=[user_topic(user_id)], data={"id": user_id})
    told(tx, user_id)


def enable_user(tx: Tx, user_id: str) -> None:
    user_by_id(tx, user_id)
    change(tx, user, {"id": user_id}, disabled_at=None)
    told(tx, user_id)


def set_password(tx: Tx, user_id: str, password_hash: str, *, keep: str = "") -> None:
    """A new password ends every session but `keep`. Check and hash it first (`passwords`). Raises NotFound."""
    user_by_id(tx, user_id)
    change(tx, user, {"id": user_id}, password_hash=password_hash)
    sessions.end_all(tx, user_id, but=keep)


def set_role(tx: Tx, user_id: str, role: str, authority: str) -> None:
    """Raises Invalid or NotFound."""
    if role not in ROLES or authority not in AUTHORITIES:
        raise Invalid(f"role is one of {', '.join(ROLES)}; authority of {', '.join(AUTHORITIES)}.", field="role")
    user_by_id(tx, user_id)
    change(tx, user, {"id": user_id}, role=role, authority=authority)
    rights_changed(tx, user_id)


def join_team(tx: Tx, user_id: str, team_id: str) -> None:
    if add_once(tx, team_member, ["team_id", "user_id"], team_id=team_id, user_id=user_id):
        rights_changed(tx, user_id)


def leave_team(tx: Tx, user_id: str, team_id: str) -> None:
    if remove(tx, team_member, team_id=team_id, user_id=user_id):
        rights_changed(tx, user_id)


def set_skill(tx: Tx, user_id: str, skill: str, level: int) -> None:
    """`level` 1 to 5; 0 takes the skill away. Raises Invalid."""
    if not 0 <= level <= 5:
        raise Invalid("A level is 1 to 5, or 0 for none.", field="level")
    if level == 0:
        remove(tx, user_skill, user_id=user_id, skill=skill)
    else:
        put(tx, user_skill, ["user_id", "skill"], user_id=user_id, skill=skill, level=level)
    told(tx, user_id)


def set_capacity(tx: Tx, user_id: str, capacity: int, max_held: int, takes_cases: bool) -> None:
    """`capacity` in thousandths. Raises Invalid or NotFound."""
    if not (0 <= capacity <= 100_000 and 0 <= max_held <= 1_000):
        raise Invalid("capacity is 0 to 100 loads, max_held 0 to 1,000.", field="capacity")
    user_by_id(tx, user_id)
    change(tx, user, {"id": user_id}, capacity=capacity, max_held=max_held, takes_cases=int(takes_cases))
    told(tx, user_id)


def rights_changed(tx: Tx, user_id: str) -> None:
    """Role, teams or authority are not what they were: open sockets of theirs forget and begin anew."""
    tx.emit("user.rights_changed", topics=[user_topic(user_id)], data={"id": user_id})
    told(tx, user_id)


def _check(new: NewUser, email: str) -> None:
    if email.count("@") != 1 or len(email) > 320 or any(each.isspace() for each in email):
        raise Invalid("This is not an e-mail address.", field="email")
    if not new.name.strip() or len(new.name) > 200:
        raise Invalid("A name has 1 to 200 characters.", field="name")
    if new.role not in ROLES:
        raise Invalid(f"role must be one of {', '.join(ROLES)}.", field="role")
    if new.authority and new.authority not in AUTHORITIES:
        raise Invalid(f"authority must be one of {', '.join(AUTHORITIES)}.", field="authority")
