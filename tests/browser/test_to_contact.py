"""To contact on the screen: by keys, by score, one template to the chosen, foreseen and sent, in three languages."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.audit import audit
from tests.browser.conftest import Demo, sign_in

pytestmark = pytest.mark.browser

OWES = """async ([name, phone]) => {
  const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
  const headers = {'content-type': 'application/json', 'x-csrf-token': csrf};
  const ask = async (path, body) => {
    const answer = await fetch(`/api/v1${path}`, body && {method: 'POST', headers, body: JSON.stringify(body)});
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const book = (await ask('/portfolios')).items.find((one) => one.name === 'Loja Ipê');
  const consent = {state: 'granted', source: 'contract', at: '2026-01-02T12:00:00.000Z', text_version: '1'};
  const made = await ask('/debtors', {client_id: crypto.randomUUID(), portfolio: book.id, name, kind: 'person',
    language: 'pt-BR', jurisdiction: 'BR-SP', contact_points: [{channel: 'whatsapp', address: phone, consent}]});
  await ask('/debts', {client_id: crypto.randomUUID(), debtor: made.id, product: 'Crediário',
    terms: {fine_bp: 0, interest_bp_30d: 0},
    charges: [{number: phone.slice(-6), due: '2026-06-10', amount: {amount: 9900000, currency: 'BRL'}}]});
}"""

SPEAKS = """async (language) => {
  const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
  document.cookie = `acordo_lang=${language}; path=/; samesite=lax`;
  await fetch('/api/v1/me', {method: 'PATCH', headers: {'content-type': 'application/json', 'x-csrf-token': csrf},
    body: JSON.stringify({language})});
}"""


def owes(page: Page, name: str) -> None:
    """Somebody of this test alone, who owes and talks to nobody."""
    page.evaluate(OWES, [name, f"+55119{uuid4().int % 10**8:08}"])


def at_the_desk(context: BrowserContext, demo: Demo, name: str) -> Page:
    """A supervisor begins at the wall; the list stands at the desk."""
    page = sign_in(context, demo, name)
    page.goto(demo.of(name))
    return page


def opened(page: Page) -> None:
    page.locator("nav.rail").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.locator("dialog.dlg").wait_for()


def test_one_template_to_the_chosen_is_foreseen_and_sent(context: BrowserContext, demo: Demo, axe_script: str) -> None:
    sofia = at_the_desk(context, demo, "sofia")
    name = f"Rosa Teste {uuid4().hex[:6]}"
    owes(sofia, name)
    opened(sofia)
    dialog = sofia.locator("dialog.dlg")
    dialog.get_by_label("Quando").select_option("any")
    dialog.get_by_label("Atraso").select_option("B61_PLUS")
    line = dialog.locator("tr").filter(has_text=name)
    expect(line).to_contain_text("valor")
    expect(line.locator(".chip")).to_have_count(1)
    assert audit(sofia, axe_script) == []
    line.get_by_role("checkbox").check()
    dialog.get_by_role("button", name=re.compile("Escrever a 1")).click()
    dialog.get_by_label("Modelo").select_option("contato_neutro")
    dialog.get_by_label("portal_link").fill("https://portal.example/a1")
    dialog.get_by_role("button", name="Ver o que aconteceria").click()
    expect(dialog.get_by_text("0 não saem")).to_be_visible()
    expect(dialog.locator(".bub")).to_contain_text("Olá, Rosa")
    assert audit(sofia, axe_script) == []
    dialog.get_by_role("button", name="Enviar", exact=True).click()
    expect(sofia.locator(".toast").filter(has_text="a caminho")).to_be_visible()
    opened(sofia)
    dialog.get_by_label("Quando").select_option("any")
    expect(dialog.locator("tr").nth(1)).to_be_visible()
    expect(dialog.locator("tr").filter(has_text=name)).to_have_count(0)


def test_the_next_one_opens_by_a_key_or_it_is_said_that_nobody_may_be_written_to(
    context: BrowserContext, demo: Demo
) -> None:
    ana = sign_in(context, demo, "ana")
    owes(sign_in(context, demo, "sofia"), f"Rita Teste {uuid4().hex[:6]}")
    ana.locator("nav.rail").wait_for()
    ana.keyboard.press("Shift+N")
    nobody = ana.locator(".toast").filter(has_text="Ninguém mais pode ser contatado agora")
    expect(nobody.or_(ana.locator("form.comp")).first).to_be_visible()


def test_the_list_speaks_three_languages(context: BrowserContext, demo: Demo) -> None:
    sofia = at_the_desk(context, demo, "sofia")
    try:
        for language, title in (("es", "Por contactar"), ("en", "To contact"), ("pt-BR", "A contatar")):
            sofia.evaluate(SPEAKS, language)
            sofia.reload()
            opened(sofia)
            expect(sofia.get_by_role("heading", name=title)).to_be_visible()
    finally:
        sofia.evaluate(SPEAKS, "pt-BR")
