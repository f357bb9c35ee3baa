"""A text that the gate holds for a supervisor, on the screens of both: asked for, approved, sent; or refused."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, at_desk, sign_in

pytestmark = pytest.mark.browser

WHY = "afirma o que pode não ser verdade"


def talk(demo: Demo, ana: Page) -> str:
    """Somebody writes and Ana opens their case; words to them that the gate holds for a supervisor."""
    token = uuid4().int % 10**7
    name, said = f"Teresa {token}", f"e se eu não pagar {token}?"
    demo.write(demo.inbox("whatsapp", "meta"), f"+551197{token:07d}", said, name=name)
    ana.locator("a.row").filter(has_text=name).click()
    expect(ana.locator("[data-item]").filter(has_text=said)).to_be_visible()
    return f"Teresa, sem acordo o serviço pode ser suspenso ({token})."


def asks(ana: Page, text: str) -> None:
    field = ana.locator("form.comp textarea")
    field.fill(text)
    expect(ana.locator(".gate.hold")).to_contain_text(WHY)
    expect(ana.locator("form.comp .marks .tone")).to_have_text("serviço pode ser suspenso")
    field.press("Alt+S")
    expect(ana.locator(".gate.hold")).to_contain_text("Pedido à supervisão às")


def test_a_held_text_is_asked_for_approved_in_the_lane_and_sent(context: BrowserContext, demo: Demo) -> None:
    with at_desk(context, demo, "ana") as ana:
        sofia = sign_in(context, demo, "sofia", "/wall")
        text = talk(demo, ana)
        asks(ana, text)
        field, mine = ana.locator("form.comp textarea"), ana.locator("article.whis").filter(has_text=text)
        expect(mine).to_contain_text("Espera a supervisão")
        expect(mine.get_by_role("button", name="Aprovar")).to_have_count(0)
        field.press("Enter")
        expect(field).to_have_value(text)

        waiting = sofia.locator("#requests .rq.approval").filter(has_text=text)
        expect(waiting).to_contain_text("Ana")
        expect(waiting).to_contain_text(WHY)
        waiting.locator(".rq-main").click()
        card = sofia.locator("section.mon article.whis").filter(has_text=text)
        expect(card).to_contain_text("Ana pede aprovação")
        expect(card).to_contain_text(WHY)
        expect(card).to_contain_text("por WhatsApp")
        expect(card.locator(".tone")).to_have_text("serviço pode ser suspenso")
        card.get_by_role("button", name="Aprovar").click()
        expect(card).to_contain_text("Aprovado por Sofia Lima")
        expect(waiting).to_have_count(0)

        light = ana.locator("form.comp .gate").last
        expect(light).to_contain_text("Aprovado por Sofia Lima: pode enviar")
        field.fill(f"{text} Hoje!")
        expect(light).to_contain_text("Precisa de aprovação")
        field.fill(text)
        expect(light).to_contain_text("Aprovado por Sofia Lima: pode enviar")
        field.press("Enter")
        expect(field).to_have_value("")
        assert [each["channel"] for each in demo.arrived(text)] == ["whatsapp"]
        expect(ana.locator(".msg").filter(has_text=text)).to_contain_text(re.compile("enviada|entregue|lida"))
        expect(mine).to_contain_text("Aprovado por Sofia Lima e enviado")
        expect(ana.get_by_text("Sofia Lima aprovou o texto")).to_be_visible()
        field.fill(text)
        expect(light).to_contain_text("Precisa de aprovação")
        field.fill("")
        sofia.close()


def test_a_refusal_stays_with_its_reason_and_other_words_go_into_the_text(context: BrowserContext, demo: Demo) -> None:
    with at_desk(context, demo, "ana") as ana:
        sofia = sign_in(context, demo, "sofia", "/wall")
        text = talk(demo, ana)
        asks(ana, text)
        waiting = sofia.locator("#requests .rq.approval").filter(has_text=text)
        waiting.get_by_role("button", name="Recusar").click()
        dialog = sofia.get_by_role("dialog")
        dialog.locator("#refuse-why").fill("sem ameaça, por favor")
        dialog.get_by_role("button", name="Recusar").click()
        expect(waiting).to_have_count(0)
        expect(ana.locator(".gate.hold")).to_contain_text("Recusado por Sofia Lima: sem ameaça, por favor")
        expect(ana.locator("article.whis").filter(has_text=text)).to_contain_text("sem ameaça, por favor")
        field = ana.locator("form.comp textarea")
        expect(field).to_have_value(text)

        ana.locator("form.comp").get_by_role("button", name="Pedir de novo").click()
        waiting.locator(".rq-main").focus()
        sofia.keyboard.press("c")
        mild = text.replace("sem acordo o serviço pode ser suspenso", "vamos achar uma data que caiba")
        dialog.locator("#other-words").fill(mild)
        dialog.locator("#other-note").fill("assim convida")
        dialog.get_by_role("button", name="Enviar sugestão").click()
        hint = ana.locator("article.whis").filter(has_text=mild)
        expect(hint).to_be_visible()
        expect(ana.locator(".gate.hold")).to_contain_text("Sofia Lima sugeriu outro texto: assim convida")
        field.fill("")
        hint.get_by_role("button", name="Usar no meu texto").click()
        expect(field).to_have_value(mild)
        field.press("Enter")
        assert [each["channel"] for each in demo.arrived(mild)] == ["whatsapp"]
        assert demo.outbox(text) == []
        sofia.close()


def test_the_wall_lets_nobody_approve_what_it_does_not_show_whole(context: BrowserContext, demo: Demo) -> None:
    with at_desk(context, demo, "ana") as ana:
        sofia = sign_in(context, demo, "sofia", "/wall")
        text = talk(demo, ana)
        asks(ana, text)
        waiting = sofia.locator("#requests .rq.approval").filter(has_text=text)
        card = sofia.locator("section.mon [data-held]").filter(has_text=text)
        expect(waiting.get_by_role("button", name="Aprovar", exact=True)).to_have_count(0)
        waiting.locator(".rq-main").focus()
        sofia.keyboard.press("a")
        expect(card).to_be_focused()
        expect(card).to_contain_text("Sai de ")
        expect(card).to_contain_text("Teresa por WhatsApp")
        expect(waiting).to_have_count(1)
        waiting.get_by_role("button", name="Ler e aprovar").click()
        expect(card).to_be_focused()
        expect(waiting).to_have_count(1)
        sofia.keyboard.press("a")
        expect(card).to_contain_text("Aprovado por Sofia Lima")
        expect(waiting).to_have_count(0)
        ana.locator("form.comp textarea").fill("")
        sofia.close()


def test_the_card_shows_the_quoted_line_and_opens_the_file(context: BrowserContext, demo: Demo) -> None:
    with at_desk(context, demo, "ana") as ana:
        sofia = sign_in(context, demo, "sofia", "/wall")
        text = talk(demo, ana)
        said = str(ana.locator(".msg").last.inner_text())
        ana.locator("body").click(position={"x": 2, "y": 2})
        ana.keyboard.press("q")
        expect(ana.locator("form.comp")).to_contain_text("e se eu não pagar")
        pdf = {"name": "acordo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n1\n%%EOF"}
        ana.locator("form.comp input[type=file]").set_input_files(pdf)  # type: ignore[arg-type]
        expect(ana.locator("form.comp")).to_contain_text("acordo.pdf")
        asks(ana, text)
        waiting = sofia.locator("#requests .rq.approval").filter(has_text=text)
        waiting.locator(".rq-main").click()
        card = sofia.locator("section.mon [data-held]").filter(has_text=text)
        expect(card).to_be_focused()
        quoted = card.locator(".quoted q").inner_text()
        assert quoted and quoted in said
        link = card.get_by_role("link", name="acordo.pdf")
        read = sofia.evaluate("async (at) => (await fetch(at)).text()", link.get_attribute("href"))
        assert read == "%PDF-1.4\n1\n%%EOF"
        card.get_by_role("button", name="Aprovar").click()
        expect(card).to_contain_text("Aprovado por Sofia Lima")
        light = ana.locator("form.comp .gate").last
        expect(light).to_contain_text("Aprovado por Sofia Lima: pode enviar")
        ana.locator("form.comp textarea").press("Enter")
        assert [each["channel"] for each in demo.arrived(text)] == ["whatsapp"]
        sofia.close()
