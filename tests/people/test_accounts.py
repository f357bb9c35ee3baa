"""Accounts, presence and rights: what each change tells, and whom."""

from __future__ import annotations

import pytest

from console.access.actor import Actor
from console.clock import FixedClock
from console.errors import Conflict, Invalid, NotFound
from console.log import read
from console.people import accounts, actors, me, presence, sessions, teams, tokens
from console.people.agent_line import agent_line
from console.people.queries import skills, skills_of, team_named, user_by_email
from console.settings import Settings
from console.store.store import Store
from console.store.transaction import Tx
from console.wire.moment import HOUR, MINUTE, SECOND
from tests.realtime.scene import open_case
from tests.server import cast
from tests.store.stores import NOW

SETTINGS = Settings(secret_key="x")


class House:
    """The cast on a store, and what was told since the last question."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids, self.team = store.write_now(cast)
        self._mark = store.read_now(read.here)

    async def told(self) -> list[tuple[str, tuple[str, ...]]]:
        found = await self.store.read(read.after, self._mark, 100)
        if found:
            self._mark = found[-1].mark
        return [(each.event.name, each.event.topics) for each in found]

    def actor(self, name: str) -> Actor:
        found = self.store.read_now(actors.by_id, self.ids[name])
        assert found is not None
        return found


@pytest.fixture
async def house(store: Store) -> House:
    made = House(store)
    await made.told()
    return made


async def test_an_actor_has_the_rights_of_this_moment(house: House) -> None:
    ana = house.actor("ana")
    assert (ana.role, set(ana.teams)) == ("agent", {house.team})
    await house.store.write(accounts.leave_team, ana.id, house.team)
    await house.store.write(accounts.set_role, ana.id, "supervisor", "manager")
    ana = house.actor("ana")
    assert (ana.role, ana.authority, ana.teams) == ("supervisor", "manager", frozenset())


async def test_a_disabled_team_gives_no_rights(house: House) -> None:
    await house.store.write(teams.disable_team, house.team)
    assert house.actor("ana").teams == frozenset()
    assert ("user.rights_changed", (f"user:{house.ids['ana']}",)) in await house.told()


async def test_every_change_of_rights_is_told_to_the_one_it_concerns(house: House) -> None:
    user, team = house.ids["clara"], await house.store.write(teams.add_team, "Outra")
    changes = [
        lambda tx: accounts.join_team(tx, user, team),
        lambda tx: accounts.leave_team(tx, user, team),
        lambda tx: accounts.set_role(tx, user, "supervisor", "supervisor"),
    ]
    for change in changes:
        await house.store.write(change)
        assert ("user.rights_changed", (f"user:{user}",)) in await house.told()


async def test_joining_a_team_twice_changes_nothing(house: House) -> None:
    await house.store.write(accounts.join_team, house.ids["ana"], house.team)
    assert await house.told() == []


async def test_two_users_cannot_have_one_address(house: House) -> None:
    with pytest.raises(Conflict):
        new = accounts.NewUser(email=" ANA@demo.acordo.example ", name="Outra", role="agent")
        await house.store.write(accounts.add_user, new)


@pytest.mark.parametrize(
    "change",
    [{"email": "no"}, {"email": "a b@x.example"}, {"name": " "}, {"role": "king"}, {"authority": "god"}],
)
async def test_a_new_user_is_checked(house: House, change: dict[str, str]) -> None:
    good = {"email": "z@x.example", "name": "Zé", "role": "agent"}
    with pytest.raises(Invalid) as refused:
        await house.store.write(accounts.add_user, accounts.NewUser(**{**good, **change}))  # type: ignore[arg-type]
    assert refused.value.facts["field"] == next(iter(change))


async def test_supervisors_get_nothing_automatically_unless_they_say_so(house: House) -> None:
    new = accounts.NewUser(email="z@x.example", name="Zé", role="supervisor")
    await house.store.write(accounts.add_user, new)
    found = await house.store.read(user_by_email, "z@x.example")
    assert found is not None and (found.takes_cases, found.authority) == (0, "supervisor")


async def test_disabling_ends_sessions_and_is_told(house: House) -> None:
    user = house.ids["ana"]
    started = await house.store.write(sessions.start, user)
    await house.told()
    await house.store.write(accounts.disable_user, user)
    assert await house.store.read(actors.by_cookie, started.cookie, SETTINGS) is None
    assert [name for name, _ in await house.told()][:2] == ["session.ended", "user.disabled"]
    await house.store.write(accounts.enable_user, user)
    assert await house.store.read(actors.by_cookie, started.cookie, SETTINGS) is None
    assert await house.store.read(actors.by_id, user) is not None


async def test_a_session_is_found_by_its_cookie_and_only_its_hash_is_stored(house: House) -> None:
    started = await house.store.write(sessions.start, house.ids["ana"], "Firefox")
    assert len(started.cookie) == 43
    signed = await house.store.read(actors.by_cookie, started.cookie, SETTINGS)
    assert signed is not None and (signed.actor.name, signed.csrf) == ("Ana Prado", started.csrf)
    stored = await house.store.read(lambda reader: reader.run("SELECT * FROM session", None).fetchall())
    assert started.cookie not in str(stored)


async def test_a_session_ends_by_age_and_by_idleness(house: House, clock: FixedClock) -> None:
    started = await house.store.write(sessions.start, house.ids["ana"])
    for _ in range(2):
        clock.advance(5 * HOUR)
        assert await house.store.read(actors.by_cookie, started.cookie, SETTINGS) is not None
        await house.store.write(sessions.touch, started.id)
    clock.advance(2 * HOUR)
    assert await house.store.read(actors.by_cookie, started.cookie, SETTINGS) is None
    assert await house.store.write(sessions.sweep, SETTINGS) == 0
    clock.advance(SECOND)
    assert await house.store.write(sessions.sweep, SETTINGS) == 1


async def test_a_token_is_shown_once_and_ends_with_its_time_or_by_hand(house: House, clock: FixedClock) -> None:
    user = house.ids["admin"]
    first, secret = await house.store.write(tokens.create, user, "erp", ["cases:read"], expires_at=NOW + HOUR)
    second, other = await house.store.write(tokens.create, user, "bi", [], portfolio="p")
    signed = await house.store.read(actors.by_token, secret)
    assert signed is not None and signed.actor.scopes == {"cases:read"} and signed.actor.session == ""
    bound = await house.store.read(actors.by_token, other)
    assert bound is not None and bound.actor.portfolio == "p"
    clock.advance(HOUR)
    assert await house.store.read(actors.by_token, secret) is None
    await house.store.write(tokens.revoke, second)
    assert await house.store.read(actors.by_token, other) is None
    with pytest.raises(NotFound):
        await house.store.write(tokens.revoke, second)
    assert first != second


async def test_availability_is_told_to_the_user_and_to_the_walls_of_their_teams(house: House) -> None:
    await house.store.write(presence.set_availability, house.actor("ana"), "online")
    assert await house.told() == [
        ("presence.changed", (f"user:{house.ids['ana']}", f"wall:{house.team}")),
    ]


async def test_saying_where_one_is_counts_as_being_there_for_a_minute(house: House, clock: FixedClock) -> None:
    ana = house.ids["ana"]
    await house.store.write(presence.set_availability, house.actor("ana"), "online")
    assert (await house.store.read(agent_line, ana)).connected
    clock.advance(MINUTE)
    assert not (await house.store.read(agent_line, ana)).connected
    assert await house.store.write(presence.sweep) == 1
    found = await house.store.read(user_by_email, "ana@demo.acordo.example")
    assert found is not None and found.gone_at == NOW + MINUTE and found.availability == "online"


async def test_an_open_socket_keeps_somebody_there_and_its_end_starts_the_grace(
    house: House, clock: FixedClock
) -> None:
    ana = house.ids["ana"]
    await house.store.write(presence.connection_changed, ana, True)
    for _ in range(5):
        clock.advance(20 * SECOND)
        await house.store.write(presence.renew, [ana])
        assert await house.store.write(presence.sweep) == 0
    await house.store.write(presence.connection_changed, ana, False)
    found = await house.store.read(user_by_email, "ana@demo.acordo.example")
    assert found is not None and (found.connected, found.gone_at) == (0, clock.real())


async def test_a_process_that_died_leaves_nobody_connected_for_ever(house: House, clock: FixedClock) -> None:
    ana = house.ids["ana"]
    await house.store.write(presence.connection_changed, ana, True)
    clock.advance(MINUTE)
    assert await house.store.write(presence.sweep) == 1
    assert not (await house.store.read(agent_line, ana)).connected
    await house.store.write(presence.renew, [ana])
    assert (await house.store.read(agent_line, ana)).connected


async def test_renewing_is_silent_unless_somebody_was_thought_gone(house: House) -> None:
    ana = house.ids["ana"]
    await house.store.write(presence.connection_changed, ana, True)
    await house.told()
    await house.store.write(presence.renew, [ana])
    assert await house.told() == []


async def test_an_absence_with_an_end_ends_by_itself(house: House, clock: FixedClock) -> None:
    actor = house.actor("ana")
    await house.store.write(presence.set_availability, actor, "away", "almoço", NOW + HOUR)
    await house.store.write(presence.connection_changed, actor.id, True)
    await house.store.write(presence.renew, [actor.id])
    clock.advance(HOUR)
    await house.store.write(presence.renew, [actor.id])
    await house.store.write(presence.sweep)
    line = await house.store.read(agent_line, actor.id)
    assert (line.status, line.reason, line.until) == ("online", None, None)


@pytest.mark.parametrize(("status", "until"), [("away", NOW), ("away", NOW - 1), ("online", NOW + HOUR)])
async def test_an_end_must_lie_ahead_and_belong_to_an_absence(house: House, status: str, until: int) -> None:
    with pytest.raises(Invalid):
        await house.store.write(presence.set_availability, house.actor("ana"), status, None, until)  # type: ignore[arg-type]


async def test_a_line_sums_what_somebody_holds(house: House) -> None:
    ana = house.ids["ana"]

    def cases(tx: Tx) -> None:
        for n in range(3):
            open_case(tx, f"c{n}", house.team, ana)
        tx.run("UPDATE \"case\" SET weight = 250, waiting_since = 7 WHERE id = 'c1'", None)
        tx.run("UPDATE \"case\" SET status = 'resolved' WHERE id = 'c2'", None)

    await house.store.write(cases)
    line = await house.store.read(agent_line, ana)
    assert (line.load, line.capacity, line.held, line.waiting) == (1.25, 8.0, 2, 1)
    assert line.oldest_wait == "1970-01-01T00:00:00.007Z" and not line.over and line.teams == [house.team]
    await house.store.write(accounts.set_capacity, ana, 1_000, 5, True)
    assert (await house.store.read(agent_line, ana)).over


async def test_skills_have_levels_and_titles(house: House) -> None:
    ana = house.ids["ana"]
    await house.store.write(teams.add_skill, "lang-es", {"pt-BR": "Espanhol"})
    await house.store.write(accounts.set_skill, ana, "lang-es", 4)
    await house.store.write(accounts.set_skill, ana, "lang-es", 5)
    assert [(each.skill, each.level) for each in await house.store.read(skills_of, ana)] == [("lang-es", 5)]
    assert await house.store.read(skills) == [("lang-es", {"pt-BR": "Espanhol"})]
    await house.store.write(accounts.set_skill, ana, "lang-es", 0)
    assert await house.store.read(skills_of, ana) == []
    with pytest.raises(Invalid):
        await house.store.write(accounts.set_skill, ana, "lang-es", 6)


async def test_a_teams_name_is_its_own(house: House) -> None:
    found = await house.store.read(team_named, "Cobrança")
    assert found is not None and found.id == house.team
    with pytest.raises(Conflict):
        await house.store.write(teams.add_team, " Cobrança ")


async def test_preferences_are_merged_and_bounded(house: House) -> None:
    ana = house.actor("ana")
    await house.store.write(me.set_preferences, ana, "es", {"theme": "dark", "sound": True})
    await house.store.write(me.set_preferences, ana, None, {"sound": None})
    found = await house.store.read(me.me, ana)
    assert (found.language, found.settings) == ("es", {"theme": "dark"})
    with pytest.raises(Invalid):
        await house.store.write(me.set_preferences, ana, "xx", None)
    with pytest.raises(Invalid):
        await house.store.write(me.set_preferences, ana, None, {"x": "y" * 9_000})
