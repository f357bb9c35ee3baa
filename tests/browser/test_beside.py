"""Somebody beside the customer writes in: an agent says whose the number is, and answers in neutral words."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Demo, sign_in
from tests.browser.test_lawful import taken
from tests.browser.test_office import client

pytestmark = pytest.mark.browser
NEUTRAL = "Obrigada por responder. Pode pedir a ele que fale conosco?"


def known(demo: Demo, *phones: str) -> None:
    """A debtor with these numbers."""
    with client(demo, "sofia") as sofia:
        book = next(p for p in sofia.get("/api/v1/portfolios").json()["items"] if p["name"] == "Loja Ipê")["id"]
        new = {"client_id": str(uuid.uuid4()), "portfolio": book, "name": "Horácio Antunes", "kind": "person",
               "language": "pt-BR", "jurisdiction": "BR-SP",
               "contact_points": [{"channel": "whatsapp", "address": each} for each in phones]}  # fmt: skip
        sofia.post("/api/v1/debtors", json=new).raise_for_status()


def test_an_agent_says_whose_a_number_is_and_answers_in_neutral_words(context: BrowserContext, demo: Demo) -> None:
    own, hers = (f"+55119{uuid.uuid4().int % 10**8:08d}" for _ in range(2))
    known(demo, own, hers)
    words = f"é a esposa dele, do que se trata? {uuid.uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), hers, words)
    case = taken(demo, words)
    page = sign_in(context, demo, "sofia", "/")
    page.goto(demo.of("sofia", f"/#/case/{case}"))
    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_label("Para", exact=True)).to_have_count(0)

    page.get_by_role("button", name="Consentimentos").click()
    line = page.get_by_role("dialog").get_by_role("listitem").filter(has_text=hers[-4:])
    line.get_by_role("button", name="De quem é?").click()
    page.get_by_label("Quem o tem").select_option("other")
    page.get_by_label("Nome", exact=True).fill("Rosa Antunes")
    page.get_by_role("button", name="Salvar").click()
    expect(line).to_contain_text("Rosa Antunes (outra pessoa)")
    page.keyboard.press("Escape")

    expect(page.locator(".who2")).to_contain_text("Rosa Antunes (outra pessoa)")
    expect(page.locator(".msg.in .from").first).to_contain_text("Rosa Antunes (outra pessoa)")
    reader = page.get_by_label("Para", exact=True)
    expect(reader.locator("option:checked")).to_contain_text("Horácio")  # nothing goes to her by itself
    reader.select_option(label=reader.locator("option", has_text="Rosa").inner_text())
    field = page.locator("form.comp textarea")
    field.fill("A dívida dele está em atraso.")
    expect(page.locator(".gate.no")).to_be_visible()
    reader.select_option(index=0 if hers[-4:] not in reader.locator("option").first.inner_text() else 1)
    expect(page.locator("form.comp")).not_to_contain_text("Só palavras neutras")
    reader.select_option(label=reader.locator("option", has_text="Rosa").inner_text())
    expect(page.locator("form.comp")).to_contain_text("Só palavras neutras")
    field.fill(NEUTRAL)
    expect(page.locator(".gate.ok")).to_be_visible()
    field.press("Enter")
    expect(page.locator(".msg.out .from").last).to_contain_text("→ Rosa Antunes")
    (sent,) = demo.arrived(NEUTRAL)
    assert sent["to"].endswith(hers[-8:])
