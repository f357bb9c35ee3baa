"""What routing looks at, read from the database: who could serve, and what waits."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from console.cases.models import case
from console.people.models import team_member, user, user_skill
from console.people.queries import speaking
from console.store.base import load
from console.store.statement import Query, value
from console.store.transaction import Reader
from console.wire.moment import Ms
from routing.types import Lapse, Need, Seat, Ticket
from routing.types import Term as RankTerm

_USERS = Query(
    select(
        user.c.id,
        user.c.name,
        user.c.capacity,
        user.c.max_held,
        user.c.takes_cases,
        user.c.availability,
        user.c.connected,
        user.c.connected_until,
        user.c.last_assigned_at,
        user.c.language,
    ).where(user.c.role.in_(("agent", "supervisor")), user.c.disabled_at.is_(None)),
    lambda *columns: columns,
)
_MEMBERS = Query(select(team_member.c.user_id, team_member.c.team_id), lambda *columns: columns)
_SKILLS = Query(select(user_skill.c.user_id, user_skill.c.skill, user_skill.c.level), lambda *columns: columns)
_LOADS = Query(
    select(case.c.owner_id, func.sum(case.c.weight), func.count())
    .where(case.c.owner_id.is_not(None), case.c.status != "resolved")
    .group_by(case.c.owner_id),
    lambda *columns: columns,
)
_WAITING = Query(
    select(
        case.c.id,
        case.c.team_id,
        case.c.epoch,
        case.c.skills,
        case.c.weight,
        case.c.rank_at,
        case.c.rank_terms,
        case.c.waiting_since,
        case.c.queued_at,
        case.c.preferred_id,
        case.c.preferred_until,
        case.c.excluded,
    )
    .where(case.c.status == "queued", case.c.owner_id.is_(None))
    .order_by(case.c.rank_at, case.c.id)
    .limit(bindparam("limit")),
    lambda *columns: ticket(*columns),
)
_RESCUED = Query(
    select(case.c.id).where(case.c.status == "queued", case.c.owner_id.is_(None), case.c.rescue != 0), value
)
NEVER_RELAXED = ("legal", "dispute", "hardship", "lang", "country")


def seats(reader: Reader) -> list[Seat]:
    """Everybody who may serve cases, with what they hold at this moment."""
    teams: dict[str, set[str]] = {}
    for user_id, team_id in _MEMBERS.all(reader):
        teams.setdefault(user_id, set()).add(team_id)
    skills: dict[str, dict[str, int]] = {}
    for user_id, name, level in _SKILLS.all(reader):
        skills.setdefault(user_id, {})[name] = level
    loads = {owner: (int(total or 0), held) for owner, total, held in _LOADS.all(reader)}
    found = []
    for user_id, name, capacity, max_held, takes, chosen, connected, until, last, language in _USERS.all(reader):
        load_now, held = loads.get(user_id, (0, 0))
        found.append(
            Seat(
                id=user_id,
                name=name,
                teams=frozenset(teams.get(user_id, ())),
                skills=speaking(skills.get(user_id, {}), language),
                capacity=capacity,
                max_held=max_held,
                load=load_now,
                held=held,
                assignable=chosen == "online" and (bool(connected) or (until is not None and until > reader.real)),
                takes_cases=bool(takes),
                last_assigned_at=last or 0,
            )
        )
    return found


def seat(reader: Reader, user_id: str) -> Seat | None:
    """One of them, as they are now."""
    return next((each for each in seats(reader) if each.id == user_id), None)


def waiting(reader: Reader, limit: int) -> list[Ticket]:
    """Cases nobody owns, in the order in which they are served."""
    return _WAITING.all(reader, limit=limit)


def rescued(reader: Reader) -> set[str]:
    """Those of them whose alarm rings already: nobody at all was on shift for them."""
    return set(_RESCUED.all(reader))


def ticket(
    case_id: str,
    team_id: str,
    epoch: int,
    skills: str,
    weight: int,
    rank_at: Ms,
    terms: str,
    since: Ms | None,
    queued_at: Ms | None,
    preferred: str | None,
    preferred_until: Ms | None,
    excluded: str,
) -> Ticket:
    return Ticket(
        id=case_id,
        team=team_id,
        epoch=epoch,
        needs=tuple(need(each["skill"], each["level"]) for each in load(skills)),
        weight=weight,
        rank_at=rank_at,
        terms=tuple(RankTerm(name=each["name"], advantage_s=each["advantage_s"]) for each in load(terms)),
        waiting_since=since,
        queued_at=queued_at or rank_at,
        preferred=preferred,
        preferred_until=preferred_until,
        lapses=tuple(Lapse(user=each["user"], until=each["until"]) for each in load(excluded)),
    )


def need(skill: str, level: int) -> Need:
    """A case's requirement: law, dispute, hardship, language and country never relax, the rest does."""
    return Need(name=skill, level=level, relax_after_s=None if skill.split(":")[0] in NEVER_RELAXED else ())
