from __future__ import annotations

from msgspec.structs import replace

from routing.choose import choose, choose_one, nobody_on_shift, objection
from routing.policy import Policy
from routing.types import Considered, Lapse, Matched, Preferred, Seat, Ticket, Why
from tests.routing.cast import MINUTE, NOON, POLICY, SECOND, agent, case, everybody, need

SPANISH = need("lang:es")
DISPUTE = need("dispute", 3)
BUCKET = need("bucket:1_30", 3)


def who(ticket: Ticket, seats: list[Seat], now: int = NOON) -> str | None:
    return choose_one(ticket, seats, POLICY, now).user


def why(ticket: Ticket, seats: list[Seat], now: int = NOON, policy: Policy = POLICY) -> Why:
    return choose_one(ticket, seats, policy, now).why


def passed(found: Why) -> dict[str, str]:
    return {other.id: other.why for other in found.others}


# --- who --------------------------------------------------------------------------------------------------------------


def test_the_lowest_load_by_capacity_gets_the_case() -> None:
    seats = [agent("ana", load=2_000, capacity=6_000), agent("bruno", load=1_500, capacity=3_000)]
    assert who(case(), seats) == "ana"


def test_at_equal_load_the_better_fit_gets_the_case() -> None:
    assert who(case("c1", SPANISH), everybody()) == "clara"


def test_at_equal_fit_whoever_waited_longest_for_a_case_gets_it() -> None:
    seats = [agent("dora", last_assigned_at=NOON - MINUTE), agent("elsa", last_assigned_at=NOON - 2 * MINUTE)]
    assert who(case(), seats) == "elsa"


def test_the_smaller_id_settles_what_is_left() -> None:
    assert who(case(), [agent("elsa"), agent("dora")]) == "dora"


def test_nobody_without_the_skill_gets_the_case_however_long_it_waits() -> None:
    assert who(case("c1", DISPUTE), [agent("ana"), agent("clara")], NOON + 10**9) is None


def test_a_level_that_is_too_low_does_not_do() -> None:
    assert who(case("c1", need("dispute", 5)), everybody()) is None


def test_nobody_of_another_team_gets_the_case() -> None:
    assert who(case(team="empresas"), everybody()) is None


def test_nobody_who_is_not_assignable_gets_the_case() -> None:
    assert who(case("c1", SPANISH), [agent("bruno", assignable=False), agent("clara", assignable=False)]) is None


def test_a_supervisor_gets_nothing_unless_they_take_cases() -> None:
    sofia = agent("sofia", takes_cases=False)
    assert who(case(), [sofia]) is None
    assert who(case(), [replace(sofia, takes_cases=True)]) == "sofia"


def test_nobody_is_loaded_beyond_capacity_or_the_most_cases_held() -> None:
    assert who(case(), [agent("ana", load=5_001)]) is None
    assert who(case(), [agent("ana", held=30)]) is None
    assert who(case(weight=300), [agent("ana", load=5_700)]) == "ana"


def test_an_agent_without_capacity_gets_nothing() -> None:
    assert who(case(), [agent("ana", capacity=0)]) is None


def test_the_next_case_sees_the_load_of_the_one_before() -> None:
    decisions = choose([case("c1"), case("c2"), case("c3")], [agent("ana"), agent("bruno")], POLICY, NOON)
    assert [decision.user for decision in decisions] == ["ana", "bruno", "ana"]


def test_the_last_place_goes_to_the_first_in_the_queue() -> None:
    late, early = case("c1", rank_at=NOON), case("c2", rank_at=NOON - MINUTE)
    decisions = choose([late, early], [agent("ana", load=5_000)], POLICY, NOON)
    assert [(decision.ticket, decision.user) for decision in decisions] == [("c2", "ana"), ("c1", None)]


def test_a_case_that_nobody_can_take_does_not_hold_up_the_next() -> None:
    stuck, plain = case("c1", DISPUTE, rank_at=NOON - MINUTE), case("c2")
    assert [decision.user for decision in choose([stuck, plain], [agent("ana")], POLICY, NOON)] == [None, "ana"]


def test_a_lighter_case_still_finds_room_where_a_heavier_one_did_not() -> None:
    heavy, light = case("c1"), case("c2", weight=300)
    decisions = choose([heavy, light], [agent("ana", load=5_500)], POLICY, NOON)
    assert [decision.user for decision in decisions] == [None, "ana"]


# --- rings ------------------------------------------------------------------------------------------------------------


def test_the_full_expert_is_waited_for_until_the_ring_relaxes() -> None:
    seats = [agent("ana", load=6_000), agent("bruno")]
    ticket = case("c1", BUCKET)
    assert who(ticket, seats, NOON + 299 * SECOND) is None
    found = choose_one(ticket, seats, POLICY, NOON + 300 * SECOND)
    assert (found.user, found.why.ring, found.why.skipped) == ("bruno", 3, False)


def test_a_relaxed_ring_still_tries_the_narrower_ones_first() -> None:
    seats = [agent("ana", load=5_000), agent("bruno")]
    found = choose_one(case("c1", BUCKET), seats, POLICY, NOON + 300 * SECOND)
    assert (found.user, found.why.ring) == ("ana", 0)


def test_nobody_waits_for_a_skill_that_nobody_on_shift_has() -> None:
    found = why(case("c1", BUCKET), [agent("ana", assignable=False), agent("bruno"), agent("clara")])
    assert (found.ring, found.skipped) == (2, True)
    assert found.matched == (Matched(skill="bucket:1_30", asked=3, wanted=1, has=1),)


def test_a_policy_may_wait_for_every_ring() -> None:
    patient = Policy(skip_empty_rings=False)
    assert choose_one(case("c1", BUCKET), [agent("bruno")], patient, NOON).user is None
    assert choose_one(case("c1", BUCKET), [agent("bruno")], patient, NOON + 300 * SECOND).user == "bruno"


# --- the last agent ---------------------------------------------------------------------------------------------------


def test_the_last_agent_is_preferred_to_a_freer_one() -> None:
    found = choose_one(case(preferred="bruno"), [agent("ana"), agent("bruno", load=4_000)], POLICY, NOON)
    assert found.user == "bruno"
    assert found.why.preferred == Preferred(user="bruno", outcome="used")
    assert passed(found.why) == {"ana": "not_preferred"}


def test_the_preference_expires() -> None:
    ticket = case(preferred="bruno", preferred_until=NOON + MINUTE)
    seats = [agent("ana"), agent("bruno", load=4_000)]
    assert who(ticket, seats, NOON + MINUTE - 1) == "bruno"
    found = choose_one(ticket, seats, POLICY, NOON + MINUTE)
    assert (found.user, found.why.preferred) == ("ana", Preferred(user="bruno", outcome="expired"))


def test_the_last_agent_is_not_waited_for() -> None:
    ana = agent("ana", load=3_000)
    for bruno, outcome in (
        (agent("bruno", assignable=False), "offline"),
        (agent("bruno", load=6_000), "full"),
        (agent("bruno", held=30), "max_held"),
        (agent("bruno", teams=frozenset({"empresas"})), "not_entitled"),
        (agent("bruno", takes_cases=False), "unknown"),
    ):
        found = choose_one(case(preferred="bruno"), [ana, bruno], POLICY, NOON)
        assert (found.user, found.why.preferred) == ("ana", Preferred(user="bruno", outcome=outcome))  # type: ignore[arg-type]


def test_the_last_agent_needs_the_skills_too() -> None:
    found = why(case("c1", DISPUTE, preferred="ana"), everybody())
    assert found.preferred == Preferred(user="ana", outcome="not_entitled")


def test_a_last_agent_who_left_the_firm_is_unknown() -> None:
    assert why(case(preferred="gone"), everybody()).preferred == Preferred(user="gone", outcome="unknown")


# --- who let it lapse -------------------------------------------------------------------------------------------------


def test_who_let_the_case_lapse_does_not_get_it_again_for_a_while() -> None:
    ticket = case(lapses=(Lapse(user="ana", until=NOON + MINUTE),), preferred="ana")
    seats = [agent("ana"), agent("bruno", load=4_000)]
    assert who(ticket, seats) == "bruno"
    assert who(ticket, seats, NOON + MINUTE) == "ana"


def test_alone_they_get_it_when_the_while_is_over() -> None:
    found = why(case(lapses=(Lapse(user="ana", until=NOON + MINUTE),)), [agent("ana")])
    assert (found.reason, found.retry_at) == ("lapsed", NOON + MINUTE)


# --- why --------------------------------------------------------------------------------------------------------------


def test_a_why_tells_ring_skills_load_and_capacity() -> None:
    found = why(case("c1", SPANISH, DISPUTE), [agent("ana"), agent("bruno", load=1_300)])
    assert (found.ring, found.rings, found.reason, found.entitled) == (0, 1, None, 1)
    assert (found.load_before, found.load_after, found.capacity) == (1_300, 2_300, 6_000)
    assert [(each.skill, each.asked, each.has) for each in found.matched] == [("lang:es", 1, 4), ("dispute", 3, 4)]


def test_a_why_tells_who_else_was_considered_and_why_not_they() -> None:
    seats = [
        agent("bruno"),
        agent("clara", load=1_000),
        agent("dora", skills={"lang:es": 3}),
        agent("elsa", skills={"lang:es": 4}, last_assigned_at=NOON),
        agent("fabio", skills={"lang:es": 4}),
        agent("gil", skills={"lang:es": 5}, load=5_500),
        agent("hugo", skills={"lang:es": 5}, held=30),
        agent("ines", skills={"lang:es": 5}, assignable=False),
        agent("ana", load=200),
    ]
    found = choose_one(case("c1", SPANISH), seats, POLICY, NOON)
    assert found.user == "bruno"
    assert passed(found.why) == {
        "fabio": "later_id",
        "elsa": "assigned_later",
        "dora": "lower_fit",
        "clara": "higher_load",
        "gil": "full",
        "hugo": "max_held",
        "ines": "offline",
        "ana": "missing_skill",
    }
    assert found.why.others[-1] == Considered(id="ana", name="Ana", load=200, why="missing_skill", detail="lang:es")


def test_a_why_names_ten_others_at_most() -> None:
    crowd = [agent(f"agent{n:02}", skills={"lang:es": 1} if n % 2 else {}) for n in range(60)]
    assert len(why(case("c1", SPANISH), crowd).others) == 10


def test_supervisors_who_take_no_cases_are_not_considered() -> None:
    assert passed(why(case(), [agent("ana"), agent("sofia", takes_cases=False)])) == {}


def test_nobody_on_shift_is_told_apart_and_calls_for_rescue() -> None:
    seats = [agent("ana", assignable=False), agent("sofia", takes_cases=False), agent("bruno", teams=frozenset({"b"}))]
    found = why(case("c1", BUCKET), seats)
    assert (found.reason, found.retry_at) == ("nobody_on_shift", None)
    assert nobody_on_shift(case(), seats)
    assert not nobody_on_shift(case(), [*seats, agent("clara", load=9_000)])


def test_no_skill_means_that_nobody_of_the_team_has_it() -> None:
    assert why(case("c1", need("legal")), everybody()).reason == "no_skill"


def test_skilled_away_means_that_those_who_have_it_are_offline() -> None:
    found = why(case("c1", DISPUTE), [agent("ana"), agent("bruno", assignable=False)])
    assert (found.reason, found.retry_at, passed(found)) == (
        "skilled_away",
        None,
        {"bruno": "offline", "ana": "missing_skill"},
    )


def test_all_full_tells_when_the_next_ring_opens() -> None:
    found = why(case("c1", BUCKET), [agent("ana", load=6_000), agent("bruno")], NOON + SECOND)
    assert (found.reason, found.retry_at) == ("all_full", NOON + 30 * SECOND)
    assert passed(found) == {"ana": "full", "bruno": "missing_skill"}


# --- at the moment of the claim ---------------------------------------------------------------------------------------


def test_a_decision_is_judged_again_when_it_is_carried_out() -> None:
    ticket = case("c1", DISPUTE, lapses=(Lapse(user="dora", until=NOON + MINUTE),))
    dora = agent("dora", skills={"dispute": 5})
    bruno = agent("bruno")
    for seat, expected in (
        (bruno, None),
        (replace(bruno, assignable=False), "offline"),
        (replace(bruno, takes_cases=False), "offline"),
        (replace(bruno, teams=frozenset()), "not_in_team"),
        (agent("ana"), "missing_skill"),
        (dora, "lapsed"),
        (replace(bruno, load=5_500), "full"),
        (replace(bruno, held=30), "max_held"),
    ):
        assert objection(ticket, seat, 0, POLICY, NOON) == expected


def test_a_decision_of_a_wider_ring_is_judged_by_that_ring() -> None:
    ticket = case("c1", BUCKET)
    assert objection(ticket, agent("bruno"), 2, POLICY, NOON) == "missing_skill"
    assert objection(ticket, agent("bruno"), 3, POLICY, NOON) is None
