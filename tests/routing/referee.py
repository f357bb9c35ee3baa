"""Judges a desk by the rules as people read them, with none of routing's functions."""

from __future__ import annotations

from routing.types import Need
from tests.routing.desk import Desk, Grant, Matter, Person, Proposal

NEVER = ("legal", "dispute", "hardship", "lang", "country")
PARK_MS = 4 * 60 * 60 * 1_000
STAGES_S = (0, 30, 120, 300)


def weighs(desk: Desk, matter: Matter) -> int:
    if matter.waiting_since is not None:
        return 1_000
    if matter.hold_until is not None and desk.now < matter.hold_until:
        return 0
    return 300 if matter.quiet_since is not None and desk.now - matter.quiet_since < PARK_MS else 0


def load(desk: Desk, person: Person) -> int:
    return sum(weighs(desk, desk.matters[case]) for case in person.hands)


def meets(person: Person, needs: tuple[Need, ...], waited_s: int) -> bool:
    """Whether somebody has all that is still asked for after this many seconds in the queue."""
    for need in needs:
        thirds = 3 if need.name.split(":")[0] in NEVER or waited_s < 30 else 2 if waited_s < 120 else 1
        if waited_s >= 300 and need.name.split(":")[0] not in NEVER:
            continue
        if person.skills.get(need.name, 0) * 3 < need.level * thirds:
            return False
    return True


def may_serve(desk: Desk, matter: Matter, person: Person) -> bool:
    """Team and skills, at the stage that waiting has opened, or at the next with somebody on shift."""
    there = [each for each in desk.people.values() if _is_there(desk, matter, each)]
    waited_s = (desk.now - matter.queued_at) // 1_000
    for stage in (waited_s, *(stage for stage in STAGES_S if stage > waited_s)):
        if any(meets(each, matter.needs, stage) for each in there):
            return person in there and meets(person, matter.needs, stage)
    return False


def _is_there(desk: Desk, matter: Matter, person: Person) -> bool:
    let_it_lapse = any(lapse.user == person.id and desk.now < lapse.until for lapse in matter.lapses)
    return person.takes_cases and matter.team in person.teams and person.assignable and not let_it_lapse


def check_proposals(desk: Desk, proposals: list[Proposal]) -> None:
    """Only to people who may, and all together within everybody's capacity."""
    given: dict[str, list[Matter]] = {}
    for proposal in proposals:
        user, matter = proposal.decision.user, desk.matters[proposal.decision.ticket]
        if user is not None:
            assert may_serve(desk, matter, desk.people[user])
            given.setdefault(user, []).append(matter)
    for user, matters in given.items():
        person = desk.people[user]
        assert load(desk, person) + sum(weighs(desk, matter) for matter in matters) <= person.capacity
        assert len(person.hands) + len(matters) <= person.max_held


def check_grants(desk: Desk, *grants: Grant | None) -> None:
    """Invariant 9, after the fact: with these cases in hand all fits, and their owners are assignable and entitled."""
    for grant in grants:
        if grant is None:
            continue
        person, matter = desk.people[grant.user], desk.matters[grant.matter]
        assert person.assignable and person.takes_cases
        assert matter.team in person.teams
        assert all(person.skills.get(skill, 0) >= level for skill, level in grant.asked.items())
        assert meets(person, tuple(need for need in matter.needs if need.name.split(":")[0] in NEVER), 0)
        assert load(desk, person) <= person.capacity
        assert len(person.hands) <= person.max_held
        assert matter.epoch == grant.epoch == grant.proposed_epoch + 1
        assert [each for each in desk.grants if (each.matter, each.epoch) == (grant.matter, grant.epoch)] == [grant]


def check_owners(desk: Desk) -> None:
    """Every case is in the hands of its owner and in nobody else's."""
    for matter in desk.matters.values():
        holders = [person.id for person in desk.people.values() if matter.id in person.hands]
        assert holders == ([] if matter.owner is None else [matter.owner])
        assert not (matter.resolved and holders)


def check_nobody_waits_in_vain(desk: Desk) -> None:
    """After a drain no queued case could be served by anybody."""
    for matter in desk.matters.values():
        if matter.owner is not None or matter.resolved:
            continue
        for person in desk.people.values():
            fits = load(desk, person) + weighs(desk, matter) <= person.capacity and len(person.hands) < person.max_held
            assert not (fits and may_serve(desk, matter, person)), (matter, person)
