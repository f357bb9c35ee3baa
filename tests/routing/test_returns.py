from __future__ import annotations

import pytest

from routing.returns import Held, Owner, Reason, back, back_at, is_there, lapse
from tests.routing.cast import HOUR, MINUTE, NOON, POLICY, SECOND

PRESENT = Owner(status="online")
FRESH = Held(owned_since=NOON, waiting_since=NOON, sla_due_at=NOON + 5 * MINUTE)
OPENED = Held(owned_since=NOON, waiting_since=NOON, sla_due_at=NOON + 5 * MINUTE, opened=True)
ANSWERED = Held(owned_since=NOON, opened=True)


def test_an_assigned_case_that_nobody_opens_goes_back_after_two_minutes() -> None:
    assert back(FRESH, PRESENT, POLICY, NOON + 2 * MINUTE - 1) is None
    assert back(FRESH, PRESENT, POLICY, NOON + 2 * MINUTE) == "unopened"


def test_a_claimed_case_counts_as_opened() -> None:
    claimed = Held(owned_since=NOON, waiting_since=NOON, by_itself=False)
    assert back_at(claimed, PRESENT, POLICY) is None


def test_an_opened_case_goes_back_when_the_sla_is_missed() -> None:
    assert back(OPENED, PRESENT, POLICY, NOON + 5 * MINUTE - 1) is None
    assert back(OPENED, PRESENT, POLICY, NOON + 5 * MINUTE) == "unanswered"


def test_whoever_gets_a_case_past_its_sla_still_has_five_minutes() -> None:
    late = Held(owned_since=NOON, waiting_since=NOON - HOUR, sla_due_at=NOON - 55 * MINUTE, opened=True)
    assert back_at(late, PRESENT, POLICY) == NOON + 5 * MINUTE


def test_a_case_without_a_target_waits_for_its_owner() -> None:
    assert back_at(Held(owned_since=NOON, waiting_since=NOON, opened=True), PRESENT, POLICY) is None


@pytest.mark.parametrize(
    ("owner", "at", "reason"),
    [
        (Owner(status="offline", status_since=NOON + MINUTE), NOON + MINUTE, "owner_offline"),
        (Owner(lost_at=NOON + MINUTE), NOON + 2 * MINUTE, "owner_lost"),
        (Owner(status="away", status_since=NOON - 4 * MINUTE), NOON + MINUTE, "owner_away"),
    ],
)
def test_an_unanswered_case_leaves_an_owner_who_is_gone(owner: Owner, at: int, reason: str) -> None:
    assert back(OPENED, owner, POLICY, at - 1) is None
    assert back(OPENED, owner, POLICY, at) == reason
    assert back_at(OPENED, owner, POLICY) == at


def test_who_took_a_case_while_away_has_time_to_turn_to_it() -> None:
    for owner in (Owner(status="offline", status_since=NOON - HOUR), Owner(status="away", status_since=NOON - HOUR)):
        assert back(OPENED, owner, POLICY, NOON + 2 * MINUTE - 1) is None
        assert back(OPENED, owner, POLICY, NOON + 2 * MINUTE) in ("owner_offline", "owner_away")


@pytest.mark.parametrize(
    "owner", [Owner(status="offline"), Owner(status="away"), Owner(lost_at=0), Owner(status="away", lost_at=0)]
)
def test_an_answered_case_stays_with_its_owner(owner: Owner) -> None:
    assert back(ANSWERED, owner, POLICY, NOON + 24 * HOUR) is None


def test_the_earliest_reason_is_told() -> None:
    gone = Owner(status="offline", status_since=NOON + MINUTE, lost_at=NOON)
    assert back(FRESH, gone, POLICY, NOON + HOUR) in ("owner_offline", "owner_lost")
    assert back(FRESH, Owner(status="offline", status_since=NOON + 3 * MINUTE), POLICY, NOON + HOUR) == "unopened"


def test_an_answer_does_not_reach_an_owner_beyond_the_grace() -> None:
    assert is_there(PRESENT, POLICY, NOON)
    assert not is_there(Owner(status="offline", status_since=NOON), POLICY, NOON)
    assert is_there(Owner(lost_at=NOON), POLICY, NOON + 59 * SECOND)
    assert not is_there(Owner(lost_at=NOON), POLICY, NOON + 60 * SECOND)
    assert is_there(Owner(status="away", status_since=NOON), POLICY, NOON + 299 * SECOND)
    assert not is_there(Owner(status="away", status_since=NOON), POLICY, NOON + 300 * SECOND)


def test_neglect_is_held_against_the_owner_for_a_while_and_absence_is_not() -> None:
    neglect: tuple[Reason, ...] = ("unopened", "unanswered")
    absence: tuple[Reason, ...] = ("owner_offline", "owner_lost", "owner_away")
    for reason in neglect:
        found = lapse("ana", reason, POLICY, NOON)
        assert found is not None and (found.user, found.until) == ("ana", NOON + 15 * MINUTE)
    for reason in absence:
        assert lapse("ana", reason, POLICY, NOON) is None
