from __future__ import annotations

from routing.policy import Policy
from routing.simulate import Arrival, Event, Shift, replay
from tests.routing.cast import HOUR, MINUTE, NOON, POLICY, agent, need


def rush(cases: int = 40, every_ms: int = 20_000) -> list[Event]:
    """Debtors write one after the other, every third in Spanish."""
    return [
        Arrival(
            at=NOON + number * every_ms,
            case=f"c{number:02}",
            team="varejo",
            needs=(need("lang:es"),) if number % 3 == 0 else (),
        )
        for number in range(cases)
    ]


def test_a_replay_is_the_same_every_time_and_in_any_order() -> None:
    seats = [agent("ana"), agent("bruno"), agent("clara")]
    assert replay(rush(), seats, POLICY) == replay(reversed(rush()), reversed(seats), POLICY)


def test_everybody_is_served_and_nobody_is_loaded_beyond_capacity() -> None:
    found = replay(rush(), [agent("ana"), agent("bruno"), agent("clara")], POLICY)
    assert (len(found.served), found.waiting) == (40, ())
    assert max(found.most_load.values()) <= POLICY.capacity


def test_more_hands_shorten_the_wait() -> None:
    alone = replay(rush(), [agent("bruno", capacity=2_000)], POLICY)
    three = replay(rush(), [agent(name, capacity=2_000) for name in ("ana", "bruno", "clara")], POLICY)
    assert three.waited_s(90) < alone.waited_s(90)
    assert three.within_sla() > alone.within_sla()


def test_another_policy_gives_another_outcome_from_the_same_day() -> None:
    history = [Arrival(at=NOON + n, case=f"c{n}", team="varejo", needs=(need("bucket:1_30", 3),)) for n in range(2)]
    seats = [agent("ana", capacity=1_000), agent("bruno")]
    patient, quick = replay(history, seats, POLICY), replay(history, seats, Policy(relax_after_s=(1, 2, 3)))
    assert [(served.user, served.waited_s) for served in quick.served] == [("ana", 0), ("bruno", 3)]
    assert quick.served[1].waited_s < patient.served[1].waited_s


def test_cases_wait_for_a_shift_to_begin() -> None:
    history: list[Event] = [*rush(2), Shift(at=NOON + HOUR, user="bruno", assignable=True)]
    found = replay(history, [agent("bruno", assignable=False)], POLICY)
    assert [served.assigned_at for served in found.served] == [NOON + HOUR, NOON + HOUR]
    assert found.within_sla() == 0


def test_what_nobody_can_serve_is_left_waiting() -> None:
    found = replay([Arrival(at=NOON, case="c1", team="varejo", needs=(need("legal"),))], [agent("ana")], POLICY)
    assert (found.served, found.waiting, found.waited_s(90)) == ((), ("c1",), 0)


def test_a_silent_debtor_gives_the_place_back_when_the_case_parks() -> None:
    first = Arrival(at=NOON, case="c1", team="varejo", answer_s=60, rest_s=10 * 3_600)
    second = Arrival(at=NOON + MINUTE, case="c2", team="varejo")
    found = replay([first, second], [agent("ana", capacity=1_200)], POLICY)
    assert [served.assigned_at for served in found.served] == [NOON, NOON + MINUTE + 4 * HOUR]
