"""The first ten minutes: steps on the phones' page that tick themselves when the thing itself has happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, running_demo, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Demo]:
    """A demo nobody has touched: Maria's debt is paid in it."""
    with running_demo(tmp_path) as demo:
        yield demo


def test_the_steps_tick_themselves_one_after_the_other(context: BrowserContext, fresh: Demo) -> None:
    demo = fresh
    phones = context.new_page()
    phones.goto(f"{demo.url}/sandbox/")
    steps, done = phones.locator("ol.steps li"), phones.locator("ol.steps li.done")
    expect(steps).to_have_count(6)
    expect(done).to_have_count(0)
    expect(steps.nth(0)).to_have_attribute("aria-current", "step")

    phones.get_by_label("Escrever como Maria Souza").fill("oi, quero negociar")
    phones.keyboard.press("Enter")
    expect(done).to_have_count(1)
    expect(steps.nth(1)).to_have_attribute("aria-current", "step")

    ana = sign_in(context, demo, "ana")
    go_online(ana)
    ana.locator("a.row").filter(has_text="Maria Souza").click()
    ana.locator("form.comp textarea").fill("Bom dia, Maria! Como posso ajudar?")
    ana.wait_for_timeout(500)  # Enter is inert right after a thread was changed
    ana.keyboard.press("Enter")
    expect(done).to_have_count(2)

    sofia = sign_in(context, demo, "sofia", "/wall")
    sofia.locator("[data-tile]").filter(has_text="Maria Souza").click()
    expect(sofia.locator("section.mon [data-item]").last).to_be_visible()
    sofia.keyboard.press("w")
    sofia.locator("#whisper").fill("Ofereça três vezes")
    sofia.keyboard.press("Enter")
    expect(done).to_have_count(3)

    sofia.keyboard.press("Alt+t")
    sofia.get_by_role("dialog").wait_for()
    sofia.keyboard.press("Enter")
    expect(done).to_have_count(4)

    sofia.keyboard.press("Alt+v")
    expect(sofia.locator("#handback-note")).to_be_focused()
    sofia.keyboard.type("É com você, Ana")
    sofia.get_by_role("dialog").get_by_role("button", name="Devolver").press("Enter")
    expect(done).to_have_count(5)
    expect(steps.nth(5)).to_have_attribute("aria-current", "step")
    expect(phones.get_by_text("Ofereça três vezes")).to_have_count(0)

    expect(ana.locator("form.comp.locked")).to_have_count(0)
    ana.keyboard.press("Escape")
    confirmed(ana)
    ana.locator("form.comp textarea").fill("")
    ana.keyboard.press("Alt+p")
    expect(ana.locator("form.comp textarea")).to_have_value(re.compile(r"^Composição de R\$ .+\n\n000201", re.DOTALL))
    expect(ana.locator(".gate.ok")).to_be_visible()
    ana.keyboard.press("Enter")
    phones.get_by_role("button", name="Pagar este Pix").last.click()
    expect(done).to_have_count(6)
    expect(ana.locator("[data-item], .sys").filter(has_text="Pagamento").last).to_be_visible()
    phones.set_viewport_size({"width": 390, "height": 844})
    assert phones.evaluate("document.documentElement.scrollWidth") == 390  # what is done was wider once


def confirmed(ana: Page) -> None:
    """Maria said who she is: what is checked is written down, not what she answered."""
    ana.keyboard.press("Control+k")
    ana.keyboard.type("Confirmar a identidade")
    ana.keyboard.press("Enter")
    dialog = ana.get_by_role("dialog")
    for held in dialog.locator(".checks").get_by_role("button", name="conferiu").all()[:2]:
        held.click()
    ana.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)


def test_each_person_opens_at_an_address_of_their_own_in_one_browser(context: BrowserContext, demo: Demo) -> None:
    names = {}
    for key in ("ana", "clara", "sofia", "camila"):
        page = sign_in(context, demo, key, "/wall" if key in ("sofia", "camila") else "/")
        names[key] = page.locator("button.me-ring").get_attribute("title") or ""
    assert [names[key].split()[0] for key in names] == ["Ana", "Clara", "Sofia", "Camila"]
    assert "Disponible" in names["camila"] or "Fuera" in names["camila"] or "Pausa" in names["camila"]
