"""Under hardship or distress a person may answer, with care."""

from __future__ import annotations

import pytest

from console.gate.content import fold, not_care
from console.gate.decide import decide
from console.wire.moment import DAY, HOUR, MINUTE
from tests.gate.cast import SAO_PAULO, contact, facts, local, sms, template, whatsapp, wrote

NIGHT = local(SAO_PAULO, "2026-11-22 23:30")
NOON = local(SAO_PAULO, "2026-11-23 12:00")

KIND = [
    "Sinto muito pelo que você está passando. Estou aqui para ouvir, sem pressa.",
    "Se estiver em risco, ligue 188, a qualquer hora. Você não está sozinho.",
    "De acordo com o que contou, vamos parar as mensagens. Escreva quando quiser.",
    "Lo siento mucho. Puede escribirme cuando quiera; no tiene que resolver nada ahora.",
    "I am so sorry. You can write to me at any time, 24 hours a day.",
]
NOT_CARE = [
    ("Sinto muito. São R$ 1.234,56.", "R$ 1.234,56"),
    ("Lo siento. Debe 500 pesos.", "Debe 500 pesos"),
    ("Temos 10% para você.", "10%"),
    ("Fica melhor em 3x?", "3x"),
    ("Podemos em seis parcelas.", "seis parcelas"),
    ("Puede pagar en 12 cuotas.", "12 cuotas"),
    ("We can do 4 installments.", "4 installments"),
    ("Conversamos no dia 5.", "dia 5"),
    ("Espero até 05/12.", "05/12"),
    ("Lo espero hasta el viernes.", "hasta el viernes"),
    ("I can wait by Friday.", "by Friday"),
    ("Fica para 5 de dezembro.", "5 de dezembro"),
    ("Veja em https://pague.example/x", "https://pague.example/x"),
    ("Veja acordo.com.br/pagar agora.", "acordo.com.br/pagar"),
    ("Le ofrezco un plan de pagos.", "plan de pagos"),
    ("Há um desconto esperando.", "desconto"),
    ("Mando o boleto?", "boleto"),
]


@pytest.mark.parametrize("hold", ["hardship", "distress"])
@pytest.mark.parametrize("text", KIND)
def test_words_of_care_leave_at_any_hour(hold: str, text: str) -> None:
    known = wrote(NIGHT - 5 * MINUTE, hold=hold, contacts=(contact(NIGHT - HOUR, "whatsapp"),))
    assert decide(whatsapp(text, purpose="care"), known, NIGHT).outcome == "allow"


@pytest.mark.parametrize(("text", "fragment"), NOT_CARE)
def test_care_holds_no_amount_link_plan_or_date(text: str, fragment: str) -> None:
    decision = decide(whatsapp(text, purpose="care"), wrote(NOON - MINUTE, hold="hardship"), NOON)
    assert (decision.outcome, decision.code) == ("block", "CARE_CONTENT")
    assert [text[start:end] for start, end in decision.spans] == [fragment]
    assert decide(whatsapp(text, purpose="care"), wrote(NOON - MINUTE), NOON).code == "CARE_CONTENT"


def test_the_fragments_of_accented_and_decomposed_text_are_where_the_text_says() -> None:
    text = "Não dá, não é? Até sábado."
    assert [text[a:b] for a, b in not_care(fold(text))] == ["Até sábado"]


def test_care_carries_no_file_and_no_unread_template() -> None:
    known = wrote(NOON - MINUTE)
    assert decide(whatsapp("Estou aqui.", purpose="care", attachments=1), known, NOON).code == "CARE_CONTENT"
    blind = whatsapp(None, purpose="care", template=template(body="").template)
    assert decide(blind, known, NOON).code == "CARE_CONTENT"


@pytest.mark.parametrize("hold", ["hardship", "distress"])
def test_no_machine_speaks_under_a_hold(hold: str) -> None:
    for purpose in ("proactive", "reply", "care", "requested_information"):
        decision = decide(whatsapp(purpose=purpose, automated=True), wrote(NOON - MINUTE, hold=hold), NOON)
        assert (decision.outcome, decision.code) == ("block", "HARDSHIP_HOLD")


def test_a_plain_reply_is_never_stopped_as_such_under_a_hold() -> None:
    known = wrote(NIGHT - MINUTE, hold="distress")
    assert decide(whatsapp("Estou aqui com você.", purpose="reply"), known, NIGHT).outcome == "allow"


def test_collecting_under_hardship_needs_an_approval_and_under_distress_never_happens() -> None:
    text = "São R$ 300,00 em 3x."
    hardship = decide(whatsapp(text, purpose="reply"), wrote(NOON - MINUTE, hold="hardship"), NOON)
    assert (hardship.outcome, hardship.code, hardship.approver) == ("needs_approval", "HARDSHIP_HOLD", "supervisor")
    assert hardship.spans
    approved = wrote(NOON - MINUTE, hold="hardship", approved=frozenset({"HARDSHIP_HOLD"}))
    assert decide(whatsapp(text, purpose="reply"), approved, NOON).outcome == "allow"
    distress = wrote(NOON - MINUTE, hold="distress", approved=frozenset({"HARDSHIP_HOLD"}))
    assert decide(whatsapp(text, purpose="reply"), distress, NOON).outcome == "block"
    assert decide(sms(), facts(hold="hardship"), NOON).outcome == "needs_approval"


def test_care_for_somebody_who_is_silent_waits_for_the_morning() -> None:
    known = facts(hold="hardship", last_inbound_at=NIGHT - 2 * DAY)
    decision = decide(sms("Como você está?", purpose="care"), known, NIGHT)
    assert (decision.outcome, decision.code, decision.counts) == ("defer", "OUT_OF_HOURS", True)
    assert decision.allowed_at == local(SAO_PAULO, "2026-11-23 08:00")
