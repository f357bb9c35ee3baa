"""Several plans in one offer: a list where it can be tapped, numbers where it cannot; one is chosen, the others end."""

from __future__ import annotations

from typing import Any

import pytest

from channels.choices import Choice
from channels.meta import build as meta
from console.debtors.models import address, debtor
from console.debtors.queries import points_of
from console.errors import Conflict, Invalid, NotFound
from console.negotiation.offer import MOST, OfferBody, offer_plan
from console.negotiation.plans import cancel_plan
from console.negotiation.rows import PlanRow
from console.store.base import load
from console.store.statement import change
from console.store.transaction import Tx
from console.timeline.queries import ItemRow
from console.wire.ledger import Discount
from console.wire.moment import DAY
from tests.negotiation.scene import Scene, brl


def several(scene: Scene, at_once: int = 1, most: int = 3) -> list[PlanRow]:
    """Offered together: so many of one payment, then in 2, 3 … instalments after a down payment."""
    scene.identified()
    made = [scene.plan(down_payment=brl(0), instalments=1) for _ in range(at_once)]
    made += [scene.plan(instalments=each) for each in range(2, most + 1)]
    first, *also = (each.id for each in made)
    _, new = scene.world.do(offer_plan, scene.ana, first, OfferBody(channel="whatsapp", also=also))
    assert new
    return [scene.again(each) for each in made]


def offer(scene: Scene, made: PlanRow) -> ItemRow:
    return next(each for each in scene.thread() if each.id == made.offer_item_id)


def taps(scene: Scene, made: PlanRow, act: str = "accept") -> str:
    return scene.says("x", kind="list", detail={"id": f"plan:{made.id}:{act}", "title": "x"})


def states(scene: Scene, made: list[PlanRow]) -> list[tuple[str, str]]:
    return [(scene.again(each).state, scene.again(each).detail) for each in made]


def test_one_message_holds_them_all_as_rows_of_a_list_with_their_terms_above(scene: Scene) -> None:
    made = several(scene)
    item = offer(scene, made[0])
    data = load(item.data)
    assert {each.offer_item_id for each in made} == {item.id} and {each.state for each in made} == {"offered"}
    assert data["detail"] == {"plan": made[0].id, "plans": [each.id for each in made]} and data["menu"] == "Ver opções"
    rows = [Choice(*each) for each in data["buttons"]]
    assert [each.id for each in rows] == [
        *(f"plan:{each.id}:accept" for each in made), f"plan:{made[0].id}:refuse", f"plan:{made[0].id}:talk",
    ]  # fmt: skip
    assert [each.title for each in rows] == [
        "1. Em 1 pagamento", "2. Em 3 pagamentos", "3. Em 4 pagamentos", "Nenhuma delas", "Quero conversar",
    ]  # fmt: skip
    assert rows[1].note == "Total R$ 1.247,47, a partir de 25/11/2026"
    assert (
        "2. Entrada até 25/11/2026: R$ 200,00; 1ª em 10/12/2026: R$ 523,74; 2ª em 11/01/2027: R$ 523,73. Total"
        in item.text
    )
    assert "toque em Ver opções ou responda ACEITO e o número dela" in item.text


@pytest.mark.parametrize(
    ("language", "state", "phone", "most"),
    [("pt-BR", "BR-SP", "+5511987654321", MOST), ("es-CO", "BR-SP", "+5511987654321", MOST - 1),
     ("en", "BR-SP", "+5511987654321", MOST - 2), ("es-CO", "CO", "+573001234567", MOST),
     ("es-CO", "CO", "+5511987654321", MOST - 1), ("en", "MX", "+525512345678", MOST)],
)  # fmt: skip
def test_an_offer_of_as_many_as_may_be_fits_a_list_in_every_language(
    scene: Scene, language: str, state: str, phone: str, most: int
) -> None:
    """Where the law of their home or telephone wants the items beside it, fewer plans fit in the longer languages."""

    def live_there(tx: Tx) -> None:
        change(tx, debtor, {"id": scene.debtor}, language=language, jurisdiction=state)
        for each in points_of(tx, scene.debtor):
            change(tx, address, {"id": each.address_id}, phone=phone)

    scene.world.do(live_there)
    made = several(scene, most - 4, most=5)
    item = offer(scene, made[0])
    rows = [Choice(*each) for each in load(item.data)["buttons"]]
    assert len(rows) == most + 2 <= meta.ROWS and len(load(item.data)["menu"]) <= meta.MENU_CHARS
    assert max(len(each.title) for each in rows) <= meta.ROW_CHARS
    assert max(len(each.note) for each in rows) <= meta.ROW_NOTE_CHARS
    assert len(item.text) <= meta.CAPTION_CHARS


def test_the_row_that_is_tapped_is_agreed_and_the_others_end(scene: Scene) -> None:
    made = several(scene)
    assert taps(scene, made[1]) == "accepted"
    assert states(scene, made) == [
        ("cancelled", "replaced"), ("accepted", "awaiting_down_payment"), ("cancelled", "replaced"),
    ]  # fmt: skip
    evidence = load(scene.again(made[1]).evidence)
    assert evidence["how"] == "button" and "2. Entrada" in evidence["shown"]
    assert scene.said()[-1].startswith("Acordo confirmado, Maria.")


@pytest.mark.parametrize("words", ["Aceito 2", "ACEITO 2.", "aceito a opção 2", "Sim, aceito 2"])
def test_the_word_with_a_number_agrees_to_that_one(scene: Scene, words: str) -> None:
    made = several(scene)
    assert scene.says(words) == "accepted" and [each for each, _ in states(scene, made)].index("accepted") == 1


@pytest.mark.parametrize("words", ["Aceito", "2", "aceito 0", "aceito 4", "aceito 20", "aceito pagar 2", "sim 2"])
def test_other_words_agree_to_none(scene: Scene, words: str) -> None:
    made = several(scene)
    assert scene.says(words) == "" and {each for each, _ in states(scene, made)} == {"offered"}


def test_a_number_keeps_its_plan_when_an_earlier_one_is_called_off(scene: Scene) -> None:
    made = several(scene)
    scene.world.do(cancel_plan, scene.ana, made[0].id, "engano")
    assert scene.says("aceito 2") == "accepted" and scene.again(made[1]).state == "accepted"


def test_a_single_offer_takes_no_number(scene: Scene) -> None:
    made = scene.offered()
    assert scene.says("aceito 1") == "" and scene.again(made).state == "offered"


def test_none_of_them_refuses_them_all(scene: Scene) -> None:
    made = several(scene)
    assert taps(scene, made[0], "refuse") == "refused"
    assert states(scene, made) == [("refused", "by_debtor")] * 3


def test_what_stands_no_more_is_refused_kindly_and_once(scene: Scene) -> None:
    made = several(scene)
    assert taps(scene, made[1]) == "accepted"
    before = len(scene.said())
    assert taps(scene, made[0]) == "gone"
    assert scene.said()[-1] == (
        "Maria, essa proposta não vale mais. Escreva aqui o que prefere, e vemos o que é possível hoje. Loja Ipê"
    )
    assert taps(scene, made[1]) == "" and len(scene.said()) == before + 1  # agreed already: nothing to say
    assert taps(scene, made[0], "talk") == "" and scene.again(made[1]).state == "accepted"


def test_an_offer_whose_time_is_over_is_refused_kindly(scene: Scene) -> None:
    made = scene.offered()
    scene.world.clock.advance(made.expires_at - scene.world.clock.now() + DAY)
    assert taps(scene, made) == "gone" and "não vale mais" in scene.said()[-1]


def test_a_tap_on_somebody_elses_plan_says_nothing(scene: Scene) -> None:
    made = scene.offered()
    before = scene.said()
    assert scene.says("x", kind="list", detail={"id": "plan:0193a5b0c0de7000800000000000beef:accept"}) == ""
    assert scene.said() == before and scene.again(made).state == "offered"


def test_where_nothing_can_be_tapped_the_choices_are_numbers(scene: Scene) -> None:
    scene.identified()
    item = scene.world.hear("por sms", channel="sms").item
    assert item is not None
    made = [scene.plan(), scene.plan(instalments=2)]
    scene.world.do(offer_plan, scene.ana, made[0].id, OfferBody(channel="sms", also=[made[1].id]))
    text, data = offer(scene, scene.again(made[0])).text, load(offer(scene, scene.again(made[0])).data)
    assert "buttons" not in data and "menu" not in data
    assert "\n1. Entrada" in text and "\n2. Entrada" in text and "responda ACEITO e o número dela" in text
    assert scene.says("aceito 1", channel="sms") == "accepted" and scene.again(made[0]).state == "accepted"


@pytest.mark.parametrize(("also", "error"), [("same", Invalid), ("many", Invalid), ("unknown", NotFound)])
def test_a_wrong_choice_of_plans_is_named(scene: Scene, also: str, error: type[Exception]) -> None:
    scene.identified()
    made = scene.plan()
    named = {"same": [made.id], "many": [f"p{n}" for n in range(MOST)], "unknown": ["p"]}[also]
    with pytest.raises(error) as found:
        scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp", also=named))
    facts: dict[str, Any] = getattr(found.value, "facts", {})
    assert facts.get("field") == (None if error is NotFound else "also") and scene.again(made).state == "draft"


def test_one_that_waits_for_approval_keeps_them_all_back(scene: Scene) -> None:
    scene.identified()
    made, waits = scene.plan(), scene.plan(discounts=[Discount("principal", 3_000)])
    with pytest.raises(Conflict, match="approval"):
        scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp", also=[waits.id]))
    assert (scene.again(made).state, scene.again(waits).state) == ("draft", "needs_approval")


def test_an_offer_too_long_for_its_channel_is_refused_before_it_leaves(scene: Scene) -> None:
    scene.identified()
    scene.world.do(lambda tx: change(tx, debtor, {"id": scene.debtor}, name="Maria" * 180))
    made, other = scene.plan(), scene.plan(instalments=2)
    said = scene.said()
    with pytest.raises(Invalid, match="offer fewer plans"):
        scene.world.do(offer_plan, scene.ana, made.id, OfferBody(channel="whatsapp", also=[other.id]))
    assert scene.again(made).state == "draft" and scene.said() == said
