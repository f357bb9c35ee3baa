"""What an approval of a text is bound to: the same letter has one digest, and any other one another."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from console.gate.decide import decide
from console.gate.granted import digest_of
from console.gate.types import Message, TemplateFacts
from tests.gate.cast import CLEAR, local
from tests.gate.test_properties import messages

NOW = local("America/Sao_Paulo", "2026-11-24 10:00")
WORDS = st.text(min_size=1, max_size=40)
LETTERS = st.tuples(WORDS, WORDS, messages(), st.lists(WORDS, max_size=3))


def read_by(letter: tuple[str, str, Message, list[str]]) -> list[Any]:
    """What the debtor reads, who does, on which channel, and what for."""
    case, point, message, files = letter
    used = message.template
    template = None if used is None else (used.name, used.language)
    return [
        case,
        point,
        message.channel,
        message.purpose,
        message.body.strip(),
        message.subject.strip(),
        template,
        files,
    ]


@given(LETTERS, LETTERS)
def test_two_letters_share_a_digest_only_where_they_are_read_alike(one: Any, other: Any) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (read_by(one) == read_by(other))


@given(LETTERS, WORDS, WORDS)
def test_what_stands_in_one_place_is_not_taken_for_another(letter: Any, first: str, second: str) -> None:
    case, point, message, files = letter
    parted = [
        digest_of(case, point, message, [*files, first, second]),
        digest_of(case, point, message, [*files, first]),
    ]
    parted.append(digest_of(case, point, message, [*files, first + second + "x"]))
    assert len(set(parted)) == 3


@given(LETTERS)
def test_each_part_of_a_letter_is_bound(letter: Any) -> None:
    case, point, message, files = letter
    base = digest_of(*letter)
    template = message.template or TemplateFacts(name="t", language="x", category="utility", state="approved", level=0)
    changed = [
        digest_of(f"{case}x", point, message, files),
        digest_of(case, f"{point}x", message, files),
        digest_of(case, point, message, [*files, "x"]),
        digest_of(case, point, message, files, f"{message.purpose}x"),
        digest_of(case, point, structs.replace(message, channel="call"), files),
        digest_of(case, point, structs.replace(message, text=f"{message.body}x"), files),
        digest_of(case, point, structs.replace(message, subject=f"{message.subject}x"), files),
        digest_of(case, point, structs.replace(message, template=structs.replace(template, name="u")), files),
        digest_of(case, point, structs.replace(message, template=structs.replace(template, language="es")), files),
    ]
    assert base not in changed and len(set(changed)) == len(changed)


@given(LETTERS, st.sampled_from((" ", "\n", " \t")))
def test_room_around_the_words_is_none_of_them(letter: Any, room: str) -> None:
    case, point, message, files = letter
    plain, padded = (structs.replace(message, text=f"{room * n}{message.body}{room * n}") for n in (0, 1))
    assert digest_of(case, point, padded, files) == digest_of(case, point, plain, files)


def test_an_approval_lifts_its_own_code_and_nothing_else() -> None:
    firm = Message(channel="email", purpose="reply", text="Olá, Maria. É sua última chance. Loja Ipê. Responda SAIR.")
    held = decide(firm, CLEAR, NOW)
    assert (held.outcome, held.code) == ("needs_approval", "TONE:URGENCY")
    lifted = structs.replace(CLEAR, approved=frozenset({"TONE:URGENCY"}))
    assert decide(firm, lifted, NOW).code not in ("TONE:URGENCY",)
    both = structs.replace(firm, text=f"{firm.text} O serviço será suspenso.")
    assert decide(both, lifted, NOW).code == "TONE:DECEIT"
    stopped = structs.replace(lifted, stops=frozenset({"cease_contact"}))
    assert (decide(firm, stopped, NOW).outcome, decide(firm, stopped, NOW).code) == ("block", "CEASE_CONTACT")
    banned = structs.replace(lifted, approved=frozenset({"TONE:THREAT", "TONE:URGENCY"}))
    threat = structs.replace(firm, text="Pague ou vai para a cadeia.")
    assert decide(threat, banned, NOW).outcome == "block"
