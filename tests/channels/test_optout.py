"""The words by which people stop us, in three languages (domain reference §1.5)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.optout import classify, normalise, possible_opt_out


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("SAIR", "stop"),
        ("  Parar!! ", "stop"),
        ("Não quero receber.", "stop"),
        ("não me mande mais", "stop"),
        ("Descadastrar", "stop"),
        ("BAJA", "stop"),
        ("¡Alto!", "stop"),
        ("No me escriban", "stop"),
        ("  stop. ", "stop"),
        ("STOP 🛑", "stop"),
        ("S.T.O.P", "stop"),
        ("S T O P", "stop"),
        ("st\u200bop", "stop"),
        ("ＳＴＯＰ", "stop"),
        ("opt-out", "stop"),
        ("OPTOUT", "stop"),
        ("Não entrem mais em contato", "cease"),
        ("parem de me cobrar por mensagem", "cease"),
        ("dejen de contactarme", "cease"),
        ("Don't contact me", "cease"),
        ("número errado", "wrong_person"),
        ("No soy", "wrong_person"),
        ("wrong number", "wrong_person"),
        ("START", "start"),
        ("quero receber", "start"),
        ("ayuda", "help"),
        ("HELP", "help"),
        ("", ""),
        ("...", ""),
        ("Quero parar de pagar juros", ""),
        ("não sou eu quem decide", ""),
        ("o fim", ""),
    ],
)
def test_a_whole_message_is_understood_whatever_its_dress(text: str, wish: str) -> None:
    assert classify(text) == wish


VOCABULARY = {
    ("pt-BR", "stop"): """sair; parar; pare; cancelar; descadastrar; remover; nao quero receber; nao me mande mais""",
    ("pt-BR", "cease"): """nao entrem mais em contato; parem de me cobrar por mensagem""",
    ("pt-BR", "wrong_person"): """numero errado; nao sou; nao conheco; engano""",
    ("es", "stop"): """baja; alto; parar; cancelar; detener; salir; no quiero recibir; no me escriban""",
    ("es", "cease"): """dejen de contactarme; no me contacten mas""",
    ("es", "wrong_person"): """numero equivocado; no soy; no lo conozco; equivocado""",
    ("en", "stop"): """stop; quit; end; revoke; opt out; optout; cancel; unsubscribe; stopall""",
    ("en", "cease"): """cease contact; do not contact me again""",
    ("en", "wrong_person"): """wrong number; not me; wrong person""",
}
"""The table of section 1.5, cell by cell."""


@pytest.mark.parametrize(
    ("language", "wish", "word"),
    [(*cell, word.strip()) for cell, words in VOCABULARY.items() for word in words.split(";")],
)
def test_section_1_5_every_word_of_the_vocabulary_is_understood(language: str, wish: str, word: str) -> None:
    assert classify(word) == classify(f"  {word.upper()}!! ") == wish


def test_a_word_that_the_bot_itself_offers_is_an_answer() -> None:
    assert classify("Cancelar", offered=["cancelar"]) == ""
    assert classify("Cancelar", offered=["voltar"]) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "por favor parem de me mandar mensagem",
        "Não quero mais receber essas mensagens",
        "me tira dessa lista",
        "remove meu número",
        "nao me liguem mais!!",
        "me deixem em paz",
        "ya no me escriban por favor",
        "dejen de molestar",
        "denme de baja de esto",
        "please stop texting me",
        "do not ever contact me",
        "take me off your list",
        "remove my number",
        "não me liga mais",
        "STOP",
    ],
)
def test_the_wish_is_found_inside_a_sentence(text: str) -> None:
    assert possible_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quero negociar minha dívida",
        "posso pagar na sexta?",
        "para de quando é o boleto?",
        "me manda o pix",
        "no puedo pagar hoy",
        "envíenme el link por favor",
        "can you call me tomorrow?",
        "o valor está errado",
        "você não me mandou o boleto",
        "no me llegó el correo",
    ],
)
def test_ordinary_talk_is_not_an_opt_out(text: str) -> None:
    assert not possible_opt_out(text)


@settings(max_examples=3000, deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_a_huge_text_costs_little() -> None:
    assert not possible_opt_out("a " * 1_000_000)
