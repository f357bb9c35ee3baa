"""What an approval of a text is bound to: the same letter has one digest, and any other one another."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from console.gate.decide import decide
from console.gate.granted import Beside, digest_of
from console.gate.types import Message, TemplateFacts
from tests.gate.cast import CLEAR, local
from tests.gate.test_properties import messages

NOW = local("America/Sao_Paulo", "2026-11-24 10:00")
WORDS = st.text('ab {}[]",.é\n', min_size=1, max_size=20)
FILES = st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=3)
BESIDE = st.builds(
    Beside, case=WORDS, point=WORDS, inbox=WORDS, files=FILES, template=WORDS,
    variables=st.dictionaries(WORDS, WORDS, max_size=3), quotes=WORDS,
)  # fmt: skip
LETTERS = st.tuples(messages(), BESIDE)


def read_by(letter: tuple[Message, Beside]) -> list[Any]:
    """What the debtor gets, who does, on which channel, and what for."""
    message, beside = letter
    used = message.template
    template = None if used is None else (beside.template, used.name, used.language)
    return [
        message.channel,
        message.purpose,
        message.body.strip(),
        message.subject.strip(),
        template,
        structs.replace(beside, template=""),
    ]


@given(LETTERS, LETTERS)
def test_two_letters_share_a_digest_only_where_they_are_read_alike(one: Any, other: Any) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (read_by(one) == read_by(other))


@given(LETTERS, WORDS, WORDS)
def test_what_stands_in_one_place_is_not_taken_for_another(letter: Any, first: str, second: str) -> None:
    message, beside = letter
    rows = [[(first, second, "x")], [(first + second, "", "x")], [(first, "", second + "x")], []]
    parted = [digest_of(message, structs.replace(beside, files=[*beside.files, *more])) for more in rows]
    assert len(set(parted)) == 4


@given(LETTERS)
def test_each_part_of_a_letter_is_bound(letter: Any) -> None:
    message, beside = letter
    base = digest_of(*letter)
    template = message.template or TemplateFacts(name="t", language="x", category="utility", state="approved", level=0)
    used = structs.replace(message, template=template)
    texts = {name: f"{getattr(beside, name)}x" for name in ("case", "point", "inbox", "quotes")}
    changed = [
        *(digest_of(message, structs.replace(beside, **{name: text})) for name, text in texts.items()),
        digest_of(message, structs.replace(beside, files=[*beside.files, ("a", "b", "c")])),
        digest_of(message, structs.replace(beside, files=[*beside.files, ("b", "b", "c")])),
        digest_of(message, structs.replace(beside, files=[*beside.files, ("a", "c", "c")])),
        digest_of(message, structs.replace(beside, variables={**beside.variables, "button.0.code" * 4: "x"})),
        digest_of(message, structs.replace(beside, variables={**beside.variables, "button.0.code" * 4: "y"})),
        digest_of(message, beside, f"{message.purpose}x"),
        digest_of(structs.replace(message, channel="call"), beside),
        digest_of(structs.replace(message, text=f"{message.body}x"), beside),
        digest_of(structs.replace(message, subject=f"{message.subject}x"), beside),
        digest_of(used, structs.replace(beside, template=f"{beside.template}x")),
        digest_of(structs.replace(message, template=structs.replace(template, name="u")), beside),
        digest_of(structs.replace(message, template=structs.replace(template, language="es")), beside),
    ]
    assert base not in changed and len(set(changed)) == len(changed)


@given(LETTERS, st.sampled_from((" ", "\n", " \t")))
def test_room_around_the_words_is_none_of_them(letter: Any, room: str) -> None:
    message, beside = letter
    plain, padded = (structs.replace(message, text=f"{room * n}{message.body}{room * n}") for n in (0, 1))
    assert digest_of(padded, beside) == digest_of(plain, beside)


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
