"""Whose the address is: who beside the debtor is written to, where, and what is said to whom (domain 1.3, 3.7)."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from console.gate.care import care_texts
from console.gate.decide import decide
from console.gate.types import Place, Recipient, Stop
from console.wire.moment import DAY, HOUR, MINUTE
from tests.gate.cast import BOGOTA, LIMA, MG, SANTIAGO, TIJUANA, facts, local, sms, template, whatsapp, wrote

QUITO = Place(country="EC", tz="America/Guayaquil")
PLACES = {
    "BR": MG, "MX": TIJUANA, "CO": BOGOTA, "PE": LIMA, "CL": SANTIAGO, "EC": QUITO,
    "AR": Place(country="AR", tz="America/Argentina/Buenos_Aires"), "UY": Place(country="UY", tz="America/Montevideo"),
    "ES": Place(country="ES", tz="Europe/Madrid"), "US": Place(country="US", subdivision="TX", tz="America/Chicago"),
}  # fmt: skip
WITH_THEM = {"MX", "CO", "EC"}
"""Where co-debtors and guarantors may be written to (domain 1.3: the others' laws name nobody)."""
STOPPED = {"represented": "REPRESENTED", "insolvency": "INSOLVENCY", "deceased": "DECEASED"}
WORDS = "Hello, Maria. Reply STOP to opt out."
NEUTRAL = "Obrigado por responder. Pode pedir à Maria que fale conosco?"
DEBT = "A dívida da Maria está em atraso."


def noon(place: Place) -> int:
    return local(place.tz or "", "2026-11-24 12:00")


@pytest.mark.parametrize("country", PLACES)
@pytest.mark.parametrize("who", get_args(Recipient))
def test_who_is_written_to_unasked_is_what_each_country_allows(country: str, who: Recipient) -> None:
    place = PLACES[country]
    decision = decide(sms(WORDS), facts(places=(place,), recipient=who), noon(place))
    allowed = who == "debtor" or (country in WITH_THEM and who in ("co_debtor", "guarantor"))
    assert (decision.outcome, decision.code) == (("allow", "ALLOW") if allowed else ("block", "THIRD_PARTY"))
    assert allowed or decision.source


@pytest.mark.parametrize("country", PLACES)
@pytest.mark.parametrize("stop", STOPPED)
@pytest.mark.parametrize("who", get_args(Recipient))
def test_under_a_stop_only_who_stands_for_the_debtor_is_written_to(country: str, stop: Stop, who: Recipient) -> None:
    place = PLACES[country]
    decision = decide(sms(WORDS), facts(places=(place,), recipient=who, stops=frozenset({stop})), noon(place))
    stands = who == "executor" if stop == "deceased" else who in ("attorney", "representative")
    assert (decision.outcome, decision.code) == (("allow", "ALLOW") if stands else ("block", STOPPED[stop]))


def test_every_stop_must_leave_them() -> None:
    both = facts(recipient="attorney", stops=frozenset({"represented", "deceased"}))
    assert decide(sms(), both, noon(MG)).code == "DECEASED"
    for stop in ("minor", "fraud", "cease_contact"):
        known = facts(recipient="attorney", stops=frozenset({stop, "represented"}))
        assert decide(sms(), known, noon(MG)).outcome == "block"


def test_their_place_allows_only_what_all_places_allow() -> None:
    assert decide(sms(), facts(places=(BOGOTA, MG), recipient="guarantor"), noon(MG)).code == "THIRD_PARTY"


def test_somebody_else_who_wrote_is_answered_in_neutral_words_alone() -> None:
    now = noon(MG)
    known = wrote(now - HOUR, recipient="third_party", disclosure=2, window_closes_at=now + HOUR)
    assert decide(whatsapp(NEUTRAL, purpose="reply"), known, now).outcome == "allow"
    assert decide(whatsapp(NEUTRAL, purpose="care"), known, now).outcome == "allow"
    reach = "Ele pode ligar para 0800 000 0000 ou escrever a ajuda@lojaipe.com.br amanhã."
    assert decide(whatsapp(reach, purpose="reply"), known, now).outcome == "allow"
    told = decide(whatsapp(DEBT, purpose="reply"), known, now)
    assert (told.outcome, told.code) == ("block", "DISCLOSURE_TOO_HIGH") and told.spans


@pytest.mark.parametrize(
    "words",
    [
        "Veja aqui: https://ipe.example/p/abc",
        "34191.79001 01043.510047 91020.150008 5 84410026000",
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d3-a456-4266554400005204000053039865802BR6304ABCD",
        "Peça a ela que pague até 10/12.",
        "São R$ 255,08.",
        "Deposite na conta 12345-6, agência 0001",
        "O pagamento pode ser feito na conta 12345-6",
        "Está em nome da loja: conta 12345-6",
        "nequi 3001234567 para el pago",
        "Nequi 3001234567",
        "consigne en la cuenta 123-456789-01 de Bancolombia",
        "Puede consignarlo en Bancolombia, 123-456789-01",
        "A chave é financeiro@lojaipe.com.br",
        "La clave es 072 180 001234567895",
        "CBU 0110599520000012345678",
        "Transfiéralo hoy mismo, por favor",
        "Maria deixou de pagar a loja",
        "María no pagó",
        "Peça que pague",
        "Estamos cobrando a Maria",
        "Please ask her to pay",
        "Put it into account 12345678",
        "Fecha: quince de diciembre",
        "É para vinte e um de dezembro",
        "Primeiro de março",
        "It is for the fifteenth of December",
        "December fifteenth",
    ],
)
def test_nothing_to_look_at_or_to_pay_by_goes_to_them(words: str) -> None:
    now = noon(MG)
    known = wrote(now - HOUR, recipient="third_party", window_closes_at=now + HOUR)
    decision = decide(whatsapp(words, purpose="reply"), known, now)
    assert (decision.outcome, decision.code) == ("block", "THIRD_PARTY") and decision.spans
    mail = whatsapp(NEUTRAL, channel="email", subject="Até 10/12", purpose="reply")
    assert decide(mail, known, now).code == "THIRD_PARTY"


@pytest.mark.parametrize(
    "words",
    [
        "Obrigado por responder. Pode pedir à Maria que nos ligue?",
        "Gracias por responder. ¿Puede pedirle a María que nos llame?",
        "Thank you for answering. May I ask you to have Maria call us?",
        "Aqui é a Loja Ipê. Temos um recado para a Maria sobre o cadastro dela.",
        "Le escribe la Tienda Ipê. Tenemos un mensaje para María sobre su registro.",
        "This is Loja Ipê. We have a message for Maria about her records.",
        "Desculpe o engano, não vamos mais escrever a este número.",
        "Pode falar com o Marco na segunda, na página da loja está o telefone.",
        "You may both call us.",
        *care_texts().hardship.values(),
    ],
)
def test_the_words_that_may_go_to_them_still_do(words: str) -> None:
    now = noon(MG)
    known = wrote(now - HOUR, recipient="third_party", window_closes_at=now + HOUR)
    assert decide(whatsapp(words, purpose="reply"), known, now).outcome == "allow"


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "proactive"},
        {"purpose": "requested_information"},
        {"purpose": "payment_confirmation"},
        {"automated": True},
        {"automated": True, "kind": "greeting"},
        {"attachments": 1},
    ],
)
def test_nothing_but_a_persons_answer_goes_to_them(change: dict[str, object]) -> None:
    now = noon(MG)
    known = wrote(now - HOUR, recipient="third_party", window_closes_at=now + HOUR, payment_confirmed=True)
    message = whatsapp(NEUTRAL, **{"purpose": "reply", **change})
    assert decide(message, known, now).code == "THIRD_PARTY"
    assert decide(msgspec.structs.replace(template(), purpose="reply"), known, now).code == "THIRD_PARTY"


def test_an_answer_is_for_whoever_wrote_from_this_very_address_and_waits() -> None:
    now = noon(MG)
    for change in ({"point_last_inbound_at": now - DAY}, {"unanswered": False}, {"point_last_inbound_at": None}):
        known = wrote(now - MINUTE, recipient="third_party", window_closes_at=now + HOUR, **change)
        for purpose in ("reply", "care"):
            assert decide(whatsapp(NEUTRAL, purpose=purpose), known, now).code == "THIRD_PARTY"


def test_what_they_wish_of_their_own_address_is_confirmed() -> None:
    now = noon(MG)
    out = wrote(now - MINUTE, recipient="third_party", opt_outs=frozenset({"channel"}), window_closes_at=now + HOUR)
    assert decide(whatsapp(NEUTRAL, automated=True, kind="optout_confirmation"), out, now).outcome == "allow"
    asked = wrote(now - MINUTE, recipient="third_party", window_closes_at=now + HOUR)
    helped = whatsapp(NEUTRAL, automated=True, kind="acknowledgement", purpose="reply")
    assert decide(helped, asked, now).outcome == "allow"
    debt = whatsapp(DEBT, automated=True, kind="acknowledgement", purpose="reply")
    assert decide(debt, asked, now).code == "DISCLOSURE_TOO_HIGH"


def test_under_a_stop_somebody_else_is_not_even_answered() -> None:
    now = noon(MG)
    known = wrote(
        now - MINUTE, recipient="third_party", stops=frozenset({"deceased"}), window_closes_at=now + HOUR
    )  # fmt: skip
    assert decide(whatsapp(NEUTRAL, purpose="reply"), known, now).code == "DECEASED"


@pytest.mark.parametrize(
    "words",
    [
        "A família deve pagar a dívida dele.",
        "Os herdeiros têm que pagar o saldo.",
        "Como viúva, a senhora deve quitar isso.",
        "A dívida passa para os filhos.",
        "La familia debe pagar la deuda.",
        "Los herederos son responsables de la deuda.",
        "Como hija, usted debe pagar.",
        "The heirs are liable for the debt.",
        "His family must pay the balance.",
        "As his widow you have to settle this.",
    ],
)
def test_nobody_is_told_that_relatives_must_pay(words: str) -> None:
    estate = facts(recipient="executor", stops=frozenset({"deceased"}))
    decision = decide(sms(words), estate, noon(MG))
    assert (decision.outcome, decision.code) == ("block", "TONE:DECEIT") and decision.spans


@pytest.mark.parametrize(
    "words",
    [
        "Sentimos muito. Se houver representante do espólio, ele pode falar conosco.",
        "Lo sentimos mucho. Si hay un representante de la sucesión, puede escribirnos.",
        "We are sorry for your loss. An estate representative may reach us here.",
        "Nenhum familiar precisa se preocupar.",
    ],
)
def test_condolence_is_no_such_word(words: str) -> None:
    estate = facts(recipient="executor", stops=frozenset({"deceased"}))
    assert decide(sms(words), estate, noon(MG)).outcome == "allow"
