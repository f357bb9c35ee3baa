from __future__ import annotations

import msgspec

from routing.choose import choose_one
from routing.explain import explain
from routing.types import Term
from tests.routing.cast import NOON, POLICY, SECOND, agent, case, need


def test_an_assignment_is_explained_in_codes_and_numbers() -> None:
    ticket = case("c1", need("lang:es"), preferred="gone", terms=(Term(name="window", advantage_s=600),))
    why = choose_one(ticket, [agent("ana"), agent("bruno", load=1_300)], POLICY, NOON).why
    assert explain(why) == {
        "ring": 0,
        "rings": 1,
        "skipped": False,
        "skills": [{"skill": "lang:es", "asked": 1, "wanted": 1, "has": 4}],
        "load": {"before": 1.3, "after": 2.3, "capacity": 6.0},
        "rank_at": NOON,
        "terms": [{"name": "window", "advantage_s": 600}],
        "preferred": {"user": "gone", "outcome": "unknown"},
        "entitled": 1,
        "others": [{"id": "ana", "name": "Ana", "load": 0.0, "why": "missing_skill", "detail": "lang:es"}],
        "reason": None,
        "retry_at": None,
    }


def test_waiting_is_explained_with_its_reason_and_the_next_try() -> None:
    why = choose_one(case("c1", need("bucket:1_30", 3)), [agent("ana", load=6_000)], POLICY, NOON).why
    found = explain(why, moment=lambda at: f"at {at}")
    assert (found["reason"], found["retry_at"], found["load"]) == ("all_full", f"at {NOON + 30 * SECOND}", None)
    assert found["others"] == [{"id": "ana", "name": "Ana", "load": 6.0, "why": "full"}]


def test_an_explanation_survives_json() -> None:
    found = explain(choose_one(case(), [agent("ana")], POLICY, NOON).why)
    assert msgspec.json.decode(msgspec.json.encode(found)) == found
