"""A debtor writes on each channel; the case appears by itself; the agent answers and sees the ticks."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser

CHANNELS = [
    ("whatsapp", "meta", "+5511970000011", "Rosa Paiva", {"lida"}),
    ("whatsapp", "twilio", "+5511970000012", "Caio Dias", {"lida"}),
    ("sms", "twilio", "+5511970000013", "Ivo Prates", {"entregue", "lida"}),
    ("email", "smtp", "lia.ramos@sample.example", "Lia Ramos", {"enviada", "entregue", "lida"}),
]


@pytest.fixture
def ana(context: BrowserContext, demo: Demo) -> Page:
    page = sign_in(context, demo, "ana")
    go_online(page)
    return page


@pytest.mark.parametrize(("channel", "provider", "sender", "name", "ticks"), CHANNELS)
def test_inbound_to_answered_with_ticks(
    ana: Page, demo: Demo, channel: str, provider: str, sender: str, name: str, ticks: set[str]
) -> None:
    more = {"subject": "Minha fatura"} if channel == "email" else {}
    demo.write(demo.inbox(channel, provider), sender, f"oi, aqui é {name}", name=name, **more)
    row = ana.locator("a.row").filter(has_text=name)
    expect(row).to_be_visible()
    row.click()
    expect(ana.get_by_text(f"oi, aqui é {name}").last).to_be_visible()
    answer = f"Olá, {name}! Tudo bem?"
    ana.locator("form.comp textarea").fill(answer)
    ana.wait_for_timeout(500)  # Enter is inert right after a thread was changed
    ana.keyboard.press("Enter")
    bubble = ana.locator("[data-item]").filter(has_text=answer)
    expect(bubble).to_be_visible()
    expect(bubble.get_by_title(re.compile("|".join(ticks)))).to_be_visible(timeout=30_000)
    assert len(demo.outbox(answer)) == 1


def test_reload_and_reconnect_lose_nothing_and_double_nothing(ana: Page, demo: Demo) -> None:
    inbox = demo.inbox("whatsapp", "meta")
    demo.write(inbox, "+5511970000021", "primeira", name="Nair Lemos")
    ana.locator("a.row").filter(has_text="Nair Lemos").click()
    expect(ana.locator("[data-item]").filter(has_text="primeira")).to_have_count(1)
    ana.locator("form.comp textarea").fill("um rascunho que fica")
    ana.context.set_offline(True)
    demo.write(inbox, "+5511970000021", "segunda, enquanto a rede falta", name="Nair Lemos")
    ana.context.set_offline(False)
    expect(ana.locator("[data-item]").filter(has_text="segunda, enquanto")).to_have_count(1, timeout=30_000)
    ana.reload()
    expect(ana.locator("[data-item]").filter(has_text="segunda, enquanto")).to_have_count(1)
    expect(ana.locator("form.comp textarea")).to_have_value("um rascunho que fica")


def test_the_phones_show_what_was_answered(ana: Page, context: BrowserContext, demo: Demo) -> None:
    phones = context.new_page()
    phones.goto(f"{demo.url}/sandbox/")
    expect(phones).to_have_title(re.compile("Acordo"))
    expect(phones.get_by_text("Maria").first).to_be_visible()
    assert httpx2.get(f"{demo.url}/sandbox/api/steps", timeout=10).status_code == 200
