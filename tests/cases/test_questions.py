"""Right-party check by lists of five (domain §3.7): two right answers open an hour, three wrong ones lock a day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from channels.types import Sender
from console.cases import claim, consent, questions
from console.cases.models import question
from console.debtors.holders import GivenHolder
from console.debtors.models import debtor
from console.debtors.queries import points_of
from console.debtors.resolve import add_point, find_or_add_address
from console.errors import Conflict, Invalid, NotOwner
from console.ledger.models import charge
from console.store.base import load
from console.store.statement import Statement, add, row, rows
from console.store.transaction import Tx
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE, rfc3339
from tests.world import VAULT, World, make_world


def scene(folder: Path) -> tuple[World, str]:
    """Ana's case of somebody whose document and product are known."""
    world = make_world(folder)
    world.online("ana")
    case = world.hear().case or ""
    world.do(claim.claim, world.actor("ana"), case)
    world.do(_know, world.case(case).debtor_id, world.book)
    return world, case


def _know(tx: Tx, debtor_id: str, book: str) -> None:
    sealed = VAULT.seal("52998224725", "debtor.document")
    Statement(debtor.update().where(debtor.c.id == debtor_id).values(document=sealed, document_kind="cpf")).run(tx)
    add(tx, charge, id=new_id(), debtor_id=debtor_id, portfolio_id=book, number="1", product="store_card",
        due="2026-10-01", currency="BRL", amount_minor=1000, created_at=tx.now)  # fmt: skip


RIGHT = {"document_digits": "529", "product": "store_card"}


def ask(world: World, case: str, kind: Any, at: str | None = None) -> questions.Question:
    return world.do(questions.ask, world.actor("ana"), VAULT, case, questions.Ask(kind, contact_point=at))


def choose(world: World, case: str, asked: questions.Question, right: bool) -> questions.Answered:
    at = asked.choices.index(RIGHT[asked.kind])
    given = questions.Choose(asked.id, at if right else (at + 1) % len(asked.choices))
    return world.do(questions.choose, world.actor("ana"), VAULT, case, given)


def test_two_right_answers_open_the_detail_for_an_hour(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    first = ask(world, case, "document_digits")
    assert len(set(first.choices)) == 5 and "529" in first.choices
    assert choose(world, case, first, True) == questions.Answered(True, ["document_digits"], 2, 0, None)
    assert world.case(case).disclosure == 0
    done = choose(world, case, ask(world, case, "product"), True)
    assert done.verified_until == rfc3339(world.clock.now() + HOUR)
    assert world.case(case).disclosure == 2


def second_address(world: World, case: str) -> tuple[str, str]:
    """The one they write from, and another of their own."""
    debtor_id = world.case(case).debtor_id
    (first,) = world.see(points_of, debtor_id)
    sms = Sender(phone="+5511900003333")
    added = world.do(lambda tx: add_point(tx, debtor_id, find_or_add_address(tx, "sms", sms), source="contract"))
    return first.id, added.id


def test_an_answer_counts_at_the_address_where_it_was_asked(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    here, there = second_address(world, case)
    assert choose(world, case, ask(world, case, "product", here), True).right == ["product"]
    done = choose(world, case, ask(world, case, "document_digits", there), True)
    assert (done.right, done.verified_until) == (["document_digits"], None)
    assert choose(world, case, ask(world, case, "document_digits", here), True).verified_until is not None
    proven = {each.id: each.verified for each in world.see(points_of, world.case(case).debtor_id)}
    assert proven == {here: 1, there: 0}


def test_an_address_that_turns_out_to_be_anothers_takes_no_answer_any_more(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    here, _ = second_address(world, case)
    choose(world, case, ask(world, case, "product", here), True)
    asked = ask(world, case, "document_digits", here)
    world.do(consent.set_holder, world.actor("ana"), here, GivenHolder("guarantor", "Rosa Prado", "contrato 7"))
    with pytest.raises(Invalid) as refused:
        choose(world, case, asked, True)
    assert (refused.value.facts["field"], refused.value.facts["reason"]) == ("contact_point", "THIRD_PARTY")
    assert world.case(case).disclosure == 0


def test_the_same_kind_twice_is_one(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    for _ in range(2):
        done = choose(world, case, ask(world, case, "product"), True)
    assert done.right == ["product"] and world.case(case).disclosure == 0


def test_a_right_answer_is_worth_an_hour(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    choose(world, case, ask(world, case, "product"), True)
    world.clock.advance(HOUR)
    assert choose(world, case, ask(world, case, "document_digits"), True).verified_until is None


def test_three_wrong_ones_lock_for_a_day(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    for n in range(3):
        assert choose(world, case, ask(world, case, "product"), False).failures == n + 1
    with pytest.raises(Conflict):
        ask(world, case, "product")


def test_a_question_is_answered_once_in_time_and_by_who_owns_the_case(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    asked = ask(world, case, "product")
    choose(world, case, asked, True)
    late = ask(world, case, "document_digits")
    world.clock.advance(11 * MINUTE)
    for each in (asked, late):
        with pytest.raises(Invalid) as refused:
            choose(world, case, each, True)
        assert refused.value.facts["field"] == "question"
    fresh = ask(world, case, "document_digits")
    with pytest.raises(Invalid):
        world.do(questions.choose, world.actor("ana"), VAULT, case, questions.Choose(fresh.id, 5))
    with pytest.raises(NotOwner):
        world.do(questions.ask, world.actor("bruno"), VAULT, case, questions.Ask("product"))


def test_what_is_not_known_cannot_be_asked_and_the_right_choice_stands_nowhere(tmp_path: Path) -> None:
    world, case = scene(tmp_path)
    for kind in ("birth_date", "last_payment", "one_time_code"):
        with pytest.raises(Invalid) as refused:
            ask(world, case, kind)
        assert refused.value.facts["field"] == "kind"
    ask(world, case, "product")
    (kept,) = world.see(rows, select(question.c.choices, question.c.right_hash), row)
    assert len(load(kept[0])) == 5 and len(kept[1]) == 64
