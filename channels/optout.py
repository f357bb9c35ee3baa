"""The words by which people stop us, whatever the channel: a provider's own keywords are English and cover SMS only.

`classify` matches whole messages; `possible_opt_out` finds the wish inside a sentence, for an agent to confirm while
the address counts as opted out. Both ignore case, accents, punctuation and repeated spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

Wish = Literal["stop", "start", "help", "cease", "wrong_person", ""]

_STOP = """
    sair; parar; pare; cancelar; descadastrar; remover; nao quero receber; nao quero mais receber; nao me mande mais;
    nao me mandem mais; nao mande mais mensagens; nao me envie mais mensagens; pare de mandar mensagens; me remova;
    baja; alto; detener; salir; no quiero recibir; no quiero recibir mas; no me escriban; no me escriban mas;
    darme de baja; dar de baja; no me manden mas mensajes;
    stop; quit; end; revoke; opt out; optout; cancel; unsubscribe; stopall; stop all; remove me
"""
_CEASE = """
    nao entrem mais em contato; nao entre mais em contato; nao me contatem mais; parem de me cobrar por mensagem;
    nao me cobrem mais por mensagem;
    dejen de contactarme; no me contacten mas; no me contacten; dejen de molestarme;
    cease contact; cease and desist; cease communication; do not contact me again; do not contact me; dont contact me
"""
_WRONG = """
    numero errado; pessoa errada; nao sou; nao sou eu; nao conheco; nao conheco essa pessoa; engano; foi engano;
    e engano; numero equivocado; no soy; no soy yo; no lo conozco; no la conozco; equivocado; persona equivocada;
    wrong number; not me; this is not me; wrong person
"""
_START = """
    voltar; voltar a receber; quero receber; quero voltar a receber; ativar; reativar; comecar;
    alta; quiero recibir; reanudar; activar;
    start; unstop; subscribe; resume
"""
_HELP = "ajuda; ayuda; help; info"


def _words(listed: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in listed.split(";") if phrase.strip())


_VOCABULARY: tuple[tuple[Wish, frozenset[str]], ...] = (
    ("cease", _words(_CEASE)),
    ("stop", _words(_STOP)),
    ("wrong_person", _words(_WRONG)),
    ("start", _words(_START)),
    ("help", _words(_HELP)),
)

_LONGEST = max(len(phrase) for _, words in _VOCABULARY for phrase in words)  # nobody asks in more characters
_MAX_CHARS = 2000  # a longer text is no command, and costs no more than this to look at

_PATTERNS = (
    # Portuguese and Spanish. Imperatives only: "não me mandou o boleto" asks for more, not for less.
    r"n(?:ao|o) (?:me|nos) (?:mand|envi|contat|contact|perturb|incomod|procur|molest|cobr)(?:e|es|em|en)\b",
    r"n(?:ao|o) (?:me|nos) (?:lig|cham|llam)(?:ue|uem|e|em|es|en)\b",
    r"n(?:ao|o) (?:me|nos) (?:escrev|escrib)(?:a|as|am|an)\b",
    r"nao (?:me|nos) \w+ mais\b",
    r"no (?:me|nos) \w+ mas\b",
    # Portuguese
    r"(?:para|pare|parem|parar) (?:de|com) (?:\w+ ){0,3}(?:mand|envi|mens|lig|perturb|cobr|contat|escrev|spam)\w*",
    r"nao (?:quero|desejo) (?:mais )?(?:\w+ ){0,2}(?:receb|mens|contat|sms|whats|e?mail|ligac)\w*",
    r"(?:tir|remov|retir|exclu|apag|descadastr)\w* (?:\w+ ){0,3}(?:numero|lista|cadastro|telefone|contato|email)\b",
    r"(?:cancel|desinscrev)\w* (?:\w+ ){0,2}(?:mens|envio|inscric|sms|notific|cadastro|receb|assinatura)\w*",
    r"(?:deixe?|deixem) (?:me )?em paz",
    # Spanish
    r"(?:deje|dejen|deja|dejar|paren|pare) de (?:\w+ ){0,2}(?:mand|envi|escrib|llam|molest|contact|cobr)\w*",
    r"no (?:quiero|deseo) (?:mas )?(?:\w+ ){0,2}(?:recib|mensaj|contact|sms|correo|llamad)\w*",
    r"(?:quit|borr|elimin|saqu)(?:en|e|a)?(?:me)? (?:de |mi |este |la )+(?:lista|numero|correo|telefono)",
    r"(?:darme|dar|deme|denme) de baja",
    # English
    r"(?:stop|quit) (?:\w+ ){0,2}(?:text|messag|send|contact|writ|call|email|spam|bother|harass)\w*",
    r"(?:do not|dont|never) (?:\w+ )?(?:text|messag|contact|writ|call|email|send)\w*",
    r"(?:take|remove|delete) (?:me|my (?:number|phone|email))\b",
    r"unsubscribe|opt (?:me )?out|leave me alone",
)
_POSSIBLE = re.compile(rf"\b(?:{'|'.join(_PATTERNS)})")


@lru_cache(maxsize=4)  # the same text is asked about several times in a row
def normalise(text: str) -> str:
    """Lower case, without accents, punctuation, emoji and control characters, single spaces."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:_MAX_CHARS]).casefold())
    return " ".join(plain.translate(_KEPT).split())


def classify(text: str, *, offered: Collection[str] = ()) -> Wish:
    """What a whole message asks for, "" for anything longer.

    `offered` are words that an open question of the bot itself offers: `cancelar` there is an answer, not an opt-out.
    """
    said = normalise(text)
    if offered and said in {normalise(word) for word in offered}:
        return ""
    return _wish(said) if len(said) <= _LONGEST else ""


def _wish(said: str) -> Wish:
    joined = said.replace(" ", "") if len(said) <= 20 and all(len(part) == 1 for part in said.split()) else said
    for wish, words in _VOCABULARY:
        if said in words or joined in words:
            return wish
    return ""


def possible_opt_out(text: str) -> bool:
    """Whether the text may ask, in its own words, to be left alone. Errs towards yes."""
    return classify(text) in ("stop", "cease") or _POSSIBLE.search(normalise(text)) is not None


class _Kept(dict[int, str | None]):
    """What becomes of a character, found out once: itself, a space, or nothing (None)."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kept = None if char in "’'´`" or _dropped(char) else char if char.isalnum() or char.isspace() else " "
        if len(self) < _KEPT_MAX:
            self[code] = kept
        return kept


_KEPT_MAX = 4096
_KEPT = _Kept()


def _dropped(char: str) -> bool:
    """Accents and unseen characters vanish; punctuation becomes a space."""
    return unicodedata.combining(char) != 0 or (unicodedata.category(char) in ("Cf", "Cc") and not char.isspace())
