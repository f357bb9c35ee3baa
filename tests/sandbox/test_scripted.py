"""The scripted people: repeatable, slow, and silent when a human takes their place."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from sandbox.api import Api
from sandbox.app import create_app
from sandbox.config import Person
from sandbox.personas import PERSONAS, answer, intent, tap
from sandbox.records import Message
from sandbox.scripted import HELD_MS, TYPING_MS, Script
from sandbox.world import Sandbox
from tests.sandbox.stage import config, staged

CLARA = Person(id="clara", name="Clara Dias", phone="+5511955554444", persona="negotiator")
PEDRO = Person(id="pedro", name="Pedro Gómez", phone="+573001112233", language="es", persona="disputer", prefers="sms")
TRES = Person(id="tres", name="Três Rios", email="contas@tresrios.example", persona="paid", prefers="email")
BEGIN = 1_800_000_000_000
GAP = 1_000


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[Sandbox, Script]]]:
    made: list[Sandbox] = []

    def make(**more: Any) -> tuple[Sandbox, Script]:
        sandbox, script = rehearsed(**more)
        made.append(sandbox)
        return sandbox, script

    yield make
    for sandbox in made:
        sandbox.store.close()


Make = Callable[..., tuple[Sandbox, Script]]


def rehearsed(**more: Any) -> tuple[Sandbox, Script]:
    made = msgspec.structs.replace(
        config("http://127.0.0.1:9", "http://127.0.0.1:9/sandbox", 0),
        people=(CLARA, PEDRO, TRES),
        script_gap_ms=GAP,
        script_answer_ms=(2_000, 5_000),
        **more,
    )
    sandbox: Sandbox = create_app(made).state.sandbox
    return sandbox, Script(sandbox, Api(sandbox).write)


def spoken(script: Script, begin: int, ms: int) -> list[tuple[int, str]]:
    """Who spoke when, in a stretch of time walked in steps of a quarter second."""
    ticks = [(now, script.tick(now)) for now in range(begin, begin + ms, 250)]
    return [(now, person) for now, person in ticks if person]


def told(sandbox: Sandbox, person: str, text: str, inbox: str = "wa", **detail: Any) -> None:
    box = sandbox.inbox(inbox)
    assert box
    message = Message(
        id=f"out-{text[:8]}",
        provider=box.provider,
        inbox=inbox,
        channel=box.channel,
        direction="out",
        person=person,
        address="",
        at=sandbox.clock.now(),
        text=text,
        detail=detail,
    )
    sandbox.keep(message)


def lines(sandbox: Sandbox, person: str, inbox: str = "wa") -> list[str]:
    return [m.text for m in sandbox.store.thread(person, inbox, 50) if m.direction == "in"]


async def test_everybody_opens_once_on_their_own_channel_and_then_waits(scripted: Make) -> None:
    sandbox, script = scripted()
    assert {person for _, person in spoken(script, BEGIN, 60_000)} == {"clara", "pedro", "tres"}
    assert spoken(script, BEGIN + 60_000, 600_000) == []
    assert lines(sandbox, "pedro", "sms")[0].startswith("no reconozco")
    mail = sandbox.store.thread("tres", "mail", 5)[0]
    assert mail.subject == "Minha conta" and mail.detail["media"]


async def test_the_same_seed_speaks_at_the_same_moments_and_another_one_does_not(scripted: Make) -> None:
    first, again, other = (spoken(scripted(seed=seed)[1], BEGIN, 60_000) for seed in (7, 7, 8))
    assert first == again
    assert first != other


async def test_they_answer_what_they_were_sent_and_never_say_a_line_twice(scripted: Make) -> None:
    sandbox, script = scripted()
    now = BEGIN
    spoken(script, now, 60_000)
    for text in (
        "Para a sua segurança, qual o dia e mês em que nasceu?",
        "Fica R$ 389,90",
        "Sem juros: R$ 350,00",
        "R$ 1",
    ):
        now += 60_000
        told(sandbox, "clara", text)
        spoken(script, now, 60_000)
    said = lines(sandbox, "clara")
    assert said[1:4] == ["14 de março", "consegue tirar os juros? aí eu fecho", "tá, fechado então. como faço?"]
    assert len(said) == len(set(said))


async def test_a_button_that_fits_is_pressed(scripted: Make) -> None:
    sandbox, script = scripted()
    spoken(script, BEGIN, 60_000)
    buttons = [{"id": t, "title": t, "type": "button"} for t in ("Pagar agora", "Ver opções")]
    told(sandbox, "clara", "Escolha como prefere seguir", buttons=buttons, template={"name": "x"})
    spoken(script, BEGIN + 60_000, 60_000)
    pressed = sandbox.store.thread("clara", "wa", 1)[0]
    assert (pressed.text, pressed.kind) == ("Ver opções", "button")


async def test_two_messages_never_come_closer_than_the_gap_and_further_apart_while_a_human_types(
    scripted: Make,
) -> None:
    _, calm = scripted()
    times = [now for now, _ in spoken(calm, BEGIN, 60_000)]
    assert len(times) == 3 and all(b - a >= GAP for a, b in itertools.pairwise(times))
    _, busy = scripted()
    typed = []
    for now in range(BEGIN, BEGIN + 60_000, 250):
        busy.human("", now)
        if busy.tick(now):
            typed.append(now)
    assert len(typed) > 1 and all(b - a >= 6 * GAP for a, b in itertools.pairwise(typed))


async def test_whoever_a_human_writes_as_is_left_alone_for_a_while(scripted: Make) -> None:
    _, script = scripted()
    script.human("clara", BEGIN)
    held = spoken(script, BEGIN, HELD_MS)
    assert "clara" not in {person for _, person in held}
    after = spoken(script, BEGIN + HELD_MS + TYPING_MS, 60_000)
    assert "clara" in {person for _, person in after}


async def test_a_silent_person_answers_once() -> None:
    persona = PERSONAS["silent"]
    opening = persona.opens["pt"]
    first = answer(persona, "pt-BR", "Posso ajudar?", (opening,))
    assert first == "vou ver e te falo"
    assert answer(persona, "pt-BR", "E então?", (opening, first)) is None


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Para a sua segurança, me diga o dia em que nasceu", "identity"),
        ("¿Me confirma su fecha de nacimiento?", "identity"),
        ("Pode enviar o comprovante?", "receipt"),
        ("Qual dia fica bom?", "day"),
        ("Segue o Pix copia e cola", "pix"),
        ("Podemos dividir em 3 parcelas", "offer"),
        ("Anotado, obrigada!", "thanks"),
        ("Aqui é a Ana. Posso ajudar?", "human"),
        ("Bom dia", ""),
    ],
)
def test_what_is_meant_is_read_from_the_words(heard: str, meant: str) -> None:
    assert intent(heard) == meant


@pytest.mark.parametrize("name", list(PERSONAS))
def test_every_persona_speaks_both_languages(name: str) -> None:
    persona = PERSONAS[name]
    assert persona.opens.keys() == {"pt", "es"}
    for said in persona.answers.values():
        assert said.keys() == {"pt", "es"} and len(said["pt"]) == len(said["es"])
    assert tap(persona, ["Outro botão"]) is None


async def test_switched_on_they_write_to_the_product_and_switched_off_they_stop() -> None:
    async with staged(scripted=False, script_gap_ms=0, script_answer_ms=(0, 0)) as stage:
        people = (*stage.sandbox.config.people, CLARA)
        stage.sandbox.config = msgspec.structs.replace(stage.sandbox.config, people=people)
        stage.sandbox.add_person(CLARA)
        assert (await stage.get("/scripted"))["on"] is False
        await stage.put("/scripted", {"on": True})
        hit = (await stage.product.heard(1, "/webhooks/meta/wa"))[0]
        assert hit.json["entry"][0]["changes"][0]["value"]["contacts"][0]["profile"]["name"] == "Clara Dias"
        assert (await stage.put("/scripted", {"on": False})).json() == {"on": False}
        assert (await stage.get("/phones"))["scripted"] is False
        assert (await stage.get("/steps"))[0]["done"] is False
