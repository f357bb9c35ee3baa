"""What a sum is made of, in everything that the house writes about it, and on the command line."""

from __future__ import annotations

import pytest

from console.admin.quick import values_for
from console.cases.itemise import breakdown, composition, itemised
from console.commands.explain import Question, explain
from console.debtors.models import address, debtor
from console.debtors.queries import points_of
from console.errors import GateBlocked
from console.negotiation.texts import money
from console.store.statement import change
from console.store.transaction import Tx
from tests.negotiation.scene import Scene, brl
from tests.negotiation.test_links import linked, made

ITEMS = "valor original R$ 1.200,00; multa R$ 24,00; juros R$ "
__all__ = ["linked"]  # a fixture


def total(scene: Scene) -> str:
    return money(brl(scene.balance))


def test_the_command_line_says_what_is_missing_and_what_to_add(scene: Scene) -> None:
    scene.identified()

    def told(text: str) -> list[str]:
        asked = Question(None, scene.case, None, "whatsapp", "reply", text, None)
        return scene.world.see(explain, asked)

    lines = told(f"São {total(scene)}.")
    assert lines[0] == "BLOCK  MISSING_ELEMENT:itemisation" and "14.953/2013" in lines[2]
    (mend,) = [each for each in lines if each.startswith("to mend")]
    (add,) = [each.removeprefix("  add       ") for each in lines if each.startswith("  add")]
    assert "original amount and each addition" in mend and ITEMS in add
    assert told(f"São {total(scene)}.\n{add}")[0] == "ALLOW  ALLOW"


def test_a_person_is_refused_with_the_lines_to_add(scene: Scene) -> None:
    scene.identified()
    with pytest.raises(GateBlocked) as found:
        scene.answers(f"São {total(scene)}.")
    assert found.value.facts["reason"] == "MISSING_ELEMENT:itemisation" and "mend.text" in found.value.detail
    assert ITEMS in found.value.facts["mend"].text  # type: ignore[attr-defined]
    assert scene.answers(f"São {total(scene)}.\n{found.value.facts['mend'].text}")  # type: ignore[attr-defined]


def test_a_link_to_pay_everything_names_the_items_and_one_to_a_part_does_not(linked: Scene) -> None:
    from console.negotiation import view

    whole = linked.world.see(view.link, made(linked)).text
    assert whole.startswith(f"Para pagar {total(linked)} a Loja Ipê") and ITEMS in whole
    assert ITEMS not in linked.world.see(view.link, made(linked, amount=brl(5_000))).text
    linked.identified()
    assert linked.answers(linked.world.see(view.link, made(linked)).text)


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR", "valor original R$ 1.200,00; multa"), ("es-CO", "valor original R$ 1.200,00; multa"),
     ("en", "original amount R$ 1.200,00; fine")],
)  # fmt: skip
def test_the_line_is_in_the_debtors_language(scene: Scene, language: str, words: str) -> None:
    scene.world.do(lambda tx: change(tx, debtor, {"id": scene.debtor}, language=language))
    assert words in scene.world.see(breakdown, scene.debtor, scene.world.book)
    assert words in scene.world.see(itemised, scene.debtor, scene.world.book, total(scene))


def test_where_the_law_does_not_ask_our_texts_stay_short(scene: Scene) -> None:
    charges = [each.id for each in scene.debt.charges]
    assert ITEMS in scene.world.see(composition, scene.debtor, scene.world.book, charges)
    scene.world.do(lambda tx: change(tx, debtor, {"id": scene.debtor}, jurisdiction="CO", timezone="America/Bogota"))
    assert ITEMS in scene.world.see(composition, scene.debtor, scene.world.book, charges), "the telephone is Brazil's"

    def change_telephone(tx: Tx) -> None:
        for each in points_of(tx, scene.debtor):
            change(tx, address, {"id": each.address_id}, phone="+573001234567")

    scene.world.do(change_telephone)
    assert scene.world.see(composition, scene.debtor, scene.world.book, charges) == ""
    assert scene.world.see(itemised, scene.debtor, scene.world.book, total(scene)) == total(scene)
    assert ITEMS in scene.world.see(breakdown, scene.debtor, scene.world.book)  # whoever asks for it gets it


def test_what_an_offer_takes_off_is_named(scene: Scene) -> None:
    scene.offered(interest_off=100)
    (text,) = [each for each in scene.said() if "esta é a proposta" in each]
    assert ITEMS in text and "desconto -R$ " in text


def test_a_quick_reply_knows_the_line(scene: Scene) -> None:
    values = scene.world.see(values_for, scene.ana, scene.case)
    assert ITEMS in values["breakdown"] and total(scene) in values["breakdown"]


def test_after_a_payment_the_line_still_adds_up(scene: Scene) -> None:
    scene.pays(30_000)
    said = scene.world.see(breakdown, scene.debtor, scene.world.book)
    assert said.startswith(f"Composição de {total(scene)}:") and said.endswith("; já pago -R$ 300,00.")
