"""The score: its sum is its terms, nothing is beyond its bounds, and hardship never stands higher for its debt."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from console.outreach.score import Known, Scale, measures

TODAY = date(2026, 11, 24)
PEOPLE = st.builds(
    Known,
    open_minor=st.integers(1, 10_000_000),
    due=st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str) | st.just(""),
    settled=st.integers(0, 3),
    charges=st.integers(3, 6),
    answers=st.booleans(),
    silent_days=st.none() | st.integers(0, 60),
    care=st.booleans(),
    promise=st.sampled_from(("", "due", "broken")),
)


@settings(max_examples=100, deadline=None)
@given(people=st.lists(PEOPLE, min_size=1, max_size=30))
def test_a_score_is_the_sum_of_its_terms_and_between_0_and_100(people: list[Known]) -> None:
    scale = Scale(measures(people, TODAY), TODAY)
    for each in people:
        assert scale.score(each) == sum(term.points for term in scale.terms(each))
        assert 0 <= scale.score(each) <= 100
        assert not (each.care and any(term.name == "value" for term in scale.terms(each)))
        assert scale.score(replace(each, care=True)) <= scale.score(each)


@settings(max_examples=100, deadline=None)
@given(people=st.lists(PEOPLE, min_size=1, max_size=30), more=st.integers(1, 1_000_000))
def test_who_owes_more_or_waits_longer_never_stands_lower(people: list[Known], more: int) -> None:
    scale, one = Scale(measures(people, TODAY), TODAY), people[0]
    assert scale.score(replace(one, open_minor=one.open_minor + more)) >= scale.score(one)
    assert scale.score(replace(one, silent_days=None)) >= scale.score(one)


def test_who_is_about_to_roll_into_the_next_bucket_is_the_most_urgent() -> None:
    one = Known(1_000, "2026-10-26", 0, 1, False, None, False, "")  # 29 days late
    scale = Scale(measures([one], TODAY), TODAY)
    assert (scale.bucket(one), {term.name: term.points for term in scale.terms(one)}["urgency"]) == ("B1_30", 20)
    late = replace(one, due="2026-10-23")  # 32 days
    assert {term.name: term.points for term in Scale(measures([one, late], TODAY), TODAY).terms(late)}["urgency"] == 12
