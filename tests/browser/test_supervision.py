"""Agent and supervisor in one browser: watch, whisper, suggestion inserted, take over mid-sentence, hand back."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Demo, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser

SENDER, NAME = "+5511970000031", "Vera Campos"


def test_watch_whisper_take_over_and_hand_back(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    sofia = sign_in(context, demo, "sofia", "/wall")
    demo.write(demo.inbox("whatsapp", "meta"), SENDER, "posso pagar em partes?", name=NAME)
    ana.locator("a.row").filter(has_text=NAME).click()
    expect(ana.locator("[data-item]").filter(has_text="posso pagar em partes?")).to_be_visible()

    sofia.locator("[data-tile]").filter(has_text=NAME).click()
    monitor = sofia.locator("section.mon")
    expect(monitor.get_by_text("posso pagar em partes?").last).to_be_visible()
    ana.locator("form.comp textarea").fill("Um instante, Vera")
    expect(monitor.get_by_text("Um instante, Vera")).to_be_visible()

    monitor.get_by_role("radio", name="Sussurrar").first.click()
    sofia.locator("#whisper").fill("Claro, Vera. Vamos ver juntas.")
    checkbox = sofia.locator("form.wbox input[type=checkbox]")
    if not checkbox.is_checked():
        checkbox.check()
    sofia.locator("#whisper").press("Enter")
    whisper = ana.locator("article.whis").filter(has_text="Claro, Vera. Vamos ver juntas.")
    expect(whisper).to_be_visible()
    whisper.get_by_role("button", name="Usar no meu texto").click()
    expect(ana.locator("form.comp textarea")).to_have_value("Um instante, Vera\n\nClaro, Vera. Vamos ver juntas.")

    monitor.get_by_role("radio", name="Assumir").first.click()
    sofia.get_by_role("dialog").locator("#takeover-why").fill("preciso ajudar")
    sofia.keyboard.press("Enter")
    expect(ana.locator("form.comp.locked")).to_be_visible()
    expect(ana.locator("form.comp textarea")).to_have_value("Um instante, Vera\n\nClaro, Vera. Vamos ver juntas.")
    expect(monitor.locator("form.comp textarea")).to_have_value("Um instante, Vera\n\nClaro, Vera. Vamos ver juntas.")

    monitor.locator("form.comp textarea").fill("Podemos dividir, sim.")
    sofia.wait_for_timeout(500)
    monitor.locator("form.comp textarea").press("Enter")
    expect(ana.locator("[data-item]").filter(has_text="Sofia Lima (supervisão): Podemos dividir, sim.")).to_be_visible()

    monitor.get_by_role("button", name="Devolver").first.click()
    sofia.get_by_role("dialog").locator("#handback-note").fill("Siga daqui, Ana.")
    sofia.get_by_role("dialog").get_by_role("button", name="Devolver").click()
    expect(ana.locator("form.comp.locked")).to_have_count(0)
    expect(ana.locator("article.note").filter(has_text="Siga daqui, Ana.")).to_be_visible()

    sent = [each["text"] for each in demo.outbox("")]
    assert not [text for text in sent if "Vamos ver juntas" in text or "Siga daqui" in text]
