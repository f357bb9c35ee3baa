"""Where the law wants it, a text that names a sum which is owed names what it is made of (Lei SP 14.953/2013)."""

from __future__ import annotations

from typing import Any

import pytest

from console.gate.content import fold, sums
from console.gate.decide import decide
from console.gate.itemised import bare, mending
from console.gate.types import Message
from console.ledger.accrual import Terms
from console.ledger.itemise import Items, line, sums_of
from console.ledger.owed import ChargeOwed, Owed
from console.wire.moment import MINUTE
from tests.gate.cast import LIMA, MG, SAO_PAULO, SP, facts, local, template, whatsapp, wrote

NOW = local(SAO_PAULO, "2026-11-23 10:00")
PARTS = (("principal", 100_000), ("fine", 2_000), ("interest", 2_467))
DEBT = Items(104_467, "BRL", "", PARTS)
ITEMS = "Composição de R$ 1.044,67: valor original R$ 1.000,00; multa R$ 20,00; juros R$ 24,67."


def said(text: str, owed: tuple[Items, ...] = (DEBT,), **changes: Any) -> tuple[str, list[str]]:
    known = wrote(NOW - MINUTE, **{"itemised": owed, "places": (SP,), **changes})
    decision = decide(whatsapp(text, purpose="reply"), known, NOW)
    return decision.code, [text[start:end] for start, end in decision.spans]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("São R$ 1.044,67.", ["R$ 1.044,67"]),
        ("Você deve 1044,67 hoje", ["deve 1044,67"]),
        ("O total é de 1.044,67 reais", ["1.044,67 reais"]),
        ("Fica em R$ 1.044 à vista", ["R$ 1.044"]),
        ("Fica em R$ 1.045 à vista", ["R$ 1.045"]),
        ("Total BRL 1,044.67 today", ["BRL 1,044.67"]),
        ("São R$ 1.044,67: original R$ 1.000,00 e multa R$ 20,00", ["R$ 1.044,67"]),  # the interest is missing
        ("São R$ 1.044,67: original R$ 1.000,00, multa e juros R$ 44,67", ["R$ 1.044,67"]),  # lumped together
        ("R$ 1.044,67 (R$ 1.000,00 + R$ 20,00 + R$ 24,67)", ["R$ 1.044,67"]),  # without names
        ("São R$ 1.044,67 sem juros, original, sem multa", ["R$ 1.044,67"]),  # names without figures
    ],
)
def test_a_sum_without_its_items_does_not_leave(text: str, at: list[str]) -> None:
    code, spans = said(text)
    assert (code, spans) == ("MISSING_ELEMENT:itemisation", at)


@pytest.mark.parametrize(
    "text",
    [
        "Podemos conversar?",
        "Consigo R$ 900,00 à vista.",  # what is offered is not what is owed
        "A parcela é de R$ 350,00.",
        f"São R$ 1.044,67.\n{ITEMS}",
        "R$ 1.044,67: R$ 1.000,00 de principal, R$ 20,00 de multa e R$ 24,67 de juros",
        "Son R$ 1.044,67: valor original R$ 1.000,00, multa R$ 20,00, intereses R$ 24,67",
        "R$ 1,044.67: original amount R$ 1,000.00, fine R$ 20.00, interest R$ 24.67",
    ],
)
def test_what_names_no_sum_or_all_its_items_leaves(text: str) -> None:
    assert said(text)[0] == "ALLOW"


def test_the_law_of_the_state_is_named_and_a_country_without_it_asks_for_nothing() -> None:
    def source(places: tuple[Any, ...]) -> tuple[str, str]:
        decision = decide(whatsapp("R$ 1.044,67", purpose="reply"), wrote(NOW, itemised=(DEBT,), places=places), NOW)
        return decision.code, decision.source

    assert source((SP,))[1].startswith("Lei SP 14.953/2013")
    assert source((MG,))[1].startswith("Padrão do produto") and source((MG, SP))[1].startswith("Lei SP")
    assert source((LIMA,))[0] == "ALLOW"


def test_a_template_is_held_to_it_and_a_receipt_is_not() -> None:
    body = template(level=2, body="Sua fatura soma R$ 1.044,67.")
    assert decide(body, facts(itemised=(DEBT,)), NOW).code == "MISSING_ELEMENT:itemisation"
    whole = template(level=2, body=f"Sua fatura. {ITEMS}")
    assert decide(whole, facts(itemised=(DEBT,)), NOW).outcome == "allow"
    receipt = Message(channel="email", purpose="payment_confirmation", text="Restam R$ 1.044,67.", automated=True)
    known = facts(itemised=(DEBT,), payment_confirmed=True, consents=facts().consents)
    assert decide(receipt, known, NOW).outcome == "allow"
    claimed = facts(itemised=(DEBT,), payment_confirmed=False)
    assert decide(receipt, claimed, NOW).code == "MISSING_ELEMENT:itemisation"


@pytest.mark.parametrize("language", ["pt-BR", "es-MX", "en"])
def test_what_is_put_in_is_enough_in_every_language(language: str) -> None:
    one = Items(50_500, "BRL", "2231", (("principal", 50_000), ("fees", 500)))
    two = Items(54_467, "BRL", "2298", (("principal", 50_000), ("fine", 2_000), ("interest", 2_467)))
    whole = Items(104_967, "BRL", "", (("principal", 100_000), ("fine", 2_000), ("interest", 2_467), ("fees", 500)))
    owed = (whole, one, two)
    for text in ("R$ 1.049,67", "R$ 505,00 e R$ 544,67", "R$ 544,67 de R$ 1.049,67", "oi"):
        added = mending(text, owed, language)
        assert bare(fold(f"{text}\n{added}"), owed)[0] == () and bool(added) == (text != "oi")
    assert mending(f"R$ 1.049,67\n{line(one, language)}\n{line(two, language)}", owed, language) == ""


def test_an_item_that_is_another_sum_is_named_too() -> None:
    twin = Items(100_000, "BRL", "7", (("principal", 99_000), ("interest", 1_000)))
    added = mending("R$ 1.044,67", (DEBT, twin), "pt-BR")
    assert added.count("\n") == 1 and bare(fold(f"R$ 1.044,67\n{added}"), (DEBT, twin))[0] == ()


def test_figures_are_read_as_they_are_written() -> None:
    text = fold("R$ 1.234,5, 12,50, US$ 1,234.56, 2 000,00 reais, 500 pesos, dois mil reais, S/ 10")
    found = {(each.whole, each.cents) for each in sums(text)}
    assert {(1234, 50), (12, 50), (1234, 56), (2000, 0), (500, None), (10, None)} <= found


def charge(number: str, total: int, overlays: tuple[str, ...] = (), days: int = 5, **parts: int) -> ChargeOwed:
    given = {"principal": total, "fine": 0, "interest": 0, "fees": 0, "discount": 0, "paid": 0, **parts}
    left = {name: given[name] for name in ("fine", "interest", "fees")}
    return ChargeOwed(
        id=number, number=number, product="", due="2026-11-01", effective_due="2026-11-03", days_late=days, bucket="",
        total=total, overlays=list(overlays), open=left, terms=Terms(), **given,
    )  # fmt: skip


def debt(*charges: ChargeOwed) -> Owed:
    return Owed("2026-11-23", list(charges), sum(each.total for each in charges), "BRL", "B1_30", 5, [])


def test_the_sums_of_a_debt_are_the_whole_what_is_late_and_each_charge_with_additions() -> None:
    late = charge("1", 1_100, principal=1_000, fine=60, interest=40)
    plain, later = charge("2", 500), charge("3", 700, days=0, principal=690, fees=10)
    found = sums_of(debt(late, plain, later))
    assert [(each.total, each.number) for each in found] == [(2_300, ""), (1_600, ""), (1_100, "1"), (700, "3")]
    assert found[0].parts == (("principal", 2_190), ("fine", 60), ("interest", 40), ("fees", 10))
    assert sums_of(debt(plain)) == ()


def test_what_was_paid_is_named_and_an_agreement_is_not_itemised_anew() -> None:
    part = charge("1", 600, principal=1_000, interest=40, fine=60, paid=500)
    (only,) = sums_of(debt(part))
    assert only.parts == (("principal", 1_000), ("fine", 60), ("interest", 40), ("paid", 500))
    assert line(only, "pt-BR").endswith("valor original R$ 10,00; multa R$ 0,60; juros R$ 0,40; já pago -R$ 5,00.")
    agreed = charge("9", 3_000, ("PLAN",), principal=2_900, interest=100)
    assert sums_of(debt(agreed)) == ()
    assert {each.total for each in sums_of(debt(part, agreed))} == {3_600, 600}
    assert sums_of(debt(part, agreed))[0].parts[-1] == ("agreement", 3_000)
