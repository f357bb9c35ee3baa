"""Live and safe: sending is undone, what is typed survives, nothing moves under the reader, whispers are seen."""

from __future__ import annotations

import re
import uuid
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.people import case_open

pytestmark = pytest.mark.browser


def writes(demo: Demo, text: str, sender: str = "", name: str = "") -> tuple[str, str]:
    """Somebody writes; number and name, to write again."""
    sender = sender or f"+55119{uuid.uuid4().int % 10**8:08d}"
    name = name or f"Vivo {uuid.uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), sender, text, name=name)
    return sender, name


def opens(page: Page, name: str) -> str:
    """The case's id, its thread open and judged by the gate."""
    page.locator("a.row").filter(has_text=name).click()
    expect(page.locator(".th h1")).to_have_text(name)
    expect(page.locator(".gate.ok, .gate.hold, .gate.no").first).to_be_visible()
    return case_open(page)


def whispers(demo: Demo, case: str, text: str) -> None:
    """Sofia whispers from elsewhere."""
    with httpx2.Client(base_url=demo.url, timeout=20) as client:
        who = {"email": "sofia@demo.acordo.example", "password": "acordo-demo"}
        token = client.post("/api/v1/session", json=who).raise_for_status().json()["csrf"]
        body = {"client_id": str(uuid.uuid4()), "text": text, "suggestion": False}
        client.post(f"/api/v1/cases/{case}/whispers", json=body, headers={"X-CSRF-Token": token}).raise_for_status()


def test_a_message_is_taken_back_and_the_next_one_leaves(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "oi")
    opens(ana, name)
    field = ana.locator("form.comp textarea")
    wrong, right = f"errado {uuid.uuid4().hex[:6]}", f"certo {uuid.uuid4().hex[:6]}"
    field.fill(wrong)
    ana.wait_for_timeout(450)
    field.press("Enter")
    expect(ana.locator(".after.undo")).to_contain_text("sai em")
    field.press("Control+z")
    expect(field).to_have_value(wrong)
    expect(ana.locator(".after.undo")).to_have_count(0)
    field.fill(right)
    field.press("Enter")
    expect(ana.locator("[data-item]").filter(has_text=right)).to_be_visible()
    assert len(demo.arrived(right)) == 1
    assert demo.outbox(wrong) == []


def test_without_a_connection_it_is_said_reading_goes_on_and_nothing_leaves_twice(ana: Page, demo: Demo) -> None:
    _, other = writes(demo, "primeira conversa")
    _, name = writes(demo, "segunda conversa")
    opens(ana, other)
    opens(ana, name)
    text = f"na volta {uuid.uuid4().hex[:6]}"
    ana.locator("form.comp textarea").fill(text)
    ana.wait_for_timeout(450)
    ana.context.set_offline(True)
    ana.locator("form.comp textarea").press("Enter")
    expect(ana.locator(".after.warn")).to_contain_text("ainda não saiu", timeout=15_000)
    ana.locator("a.row").filter(has_text=other).click()
    expect(ana.locator("[data-item]").filter(has_text="primeira conversa")).to_be_visible()
    ana.context.set_offline(False)
    ana.locator("a.row").filter(has_text=name).click()
    expect(ana.locator("[data-item]").filter(has_text=text)).to_have_count(1, timeout=30_000)
    assert len(demo.arrived(text)) == 1


def test_what_was_sent_a_moment_before_a_reload_leaves_once(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "vai recarregar")
    opens(ana, name)
    text = f"antes da recarga {uuid.uuid4().hex[:6]}"
    ana.locator("form.comp textarea").fill(text)
    ana.wait_for_timeout(450)
    ana.locator("form.comp textarea").press("Enter")
    expect(ana.locator(".after.undo")).to_be_visible()
    ana.reload()
    expect(ana.locator("[data-item]").filter(has_text=text)).to_have_count(1, timeout=30_000)
    expect(ana.locator(".bub.pending").filter(has_text=text)).to_have_count(0)
    assert len(demo.arrived(text)) == 1


def test_text_and_note_survive_signing_out(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "rascunhos")
    opens(ana, name)
    ana.locator("form.comp textarea").fill("texto pela metade")
    ana.keyboard.press("Alt+n")
    ana.locator("form.comp textarea").fill("nota pela metade")
    ana.keyboard.press("Control+k")
    ana.keyboard.type("Sair")
    ana.keyboard.press("Enter")
    ana.wait_for_url(re.compile("/sign-in"))
    ana.locator("a, button").filter(has_text="Ana").first.click()
    opens(ana, name)
    field = ana.locator("form.comp textarea")
    expect(field).to_have_value("texto pela metade")
    ana.keyboard.press("Alt+n")
    expect(field).to_have_value("nota pela metade")


def test_a_whisper_is_seen_from_anywhere(ana: Page, demo: Demo) -> None:
    _, there = writes(demo, "preciso de ajuda")
    case = opens(ana, there)
    _, here = writes(demo, "outra conversa")
    opens(ana, here)
    field = ana.locator("form.comp textarea")
    field.focus()
    whispers(demo, case, "ofereça em 3 vezes")
    expect(ana.locator(".toast.whisper")).to_contain_text(f"Sofia sussurra sobre {there}")
    expect(field).to_be_focused()
    row = ana.locator("a.row").filter(has_text=there)
    expect(row.locator(".whis-mark")).to_have_text("1 sussurro não visto")
    expect(ana).to_have_title(re.compile("^◆"))
    ana.goto(demo.of("ana", "/#/view/mine"))
    ana.reload()
    expect(row.locator(".whis-mark")).to_be_visible()
    ana.keyboard.press("Alt+i")
    expect(ana.locator(".th h1")).to_have_text(there)
    expect(ana.locator("article.whis").filter(has_text="ofereça em 3 vezes")).to_be_visible()
    expect(row.locator(".whis-mark")).to_have_count(0)


def test_older_items_come_without_a_jump_and_new_ones_move_nothing(ana: Page, demo: Demo) -> None:
    sender, name = writes(demo, "linha 0 fim")
    for at in range(1, 75):
        writes(demo, f"linha {at} fim", sender, name)
    expect(ana.locator("a.row").filter(has_text=name)).to_contain_text("linha 74 fim")
    opens(ana, name)
    expect(ana.locator("[data-item]").filter(has_text="linha 74 fim")).to_be_visible()
    expect(ana.locator("[data-item]").filter(has_text="linha 40 fim")).to_have_count(1)
    mark = ana.locator("[data-item]").filter(has_text="linha 40 fim")
    before = float(mark.evaluate(TO_THE_TOP))  # in one step: what is older is asked for at once
    expect(ana.locator("[data-item]").filter(has_text="linha 10 fim")).to_have_count(1)
    assert abs(_place(mark) - before) <= 2
    before = _place(mark)
    for at in range(3):
        writes(demo, f"linha nova {at}", sender, name)
    expect(ana.locator(".newpill")).to_have_text("3 novas")
    assert abs(_place(mark) - before) <= 2
    ana.locator(".newpill").click()
    expect(ana.locator("[data-item]").filter(has_text="linha nova 2")).to_be_in_viewport()


TO_THE_TOP = """(mark) => {
  const tl = mark.closest('.tl');
  tl.scrollTop = -(tl.scrollHeight - tl.clientHeight - 100);
  return mark.getBoundingClientRect().top;
}"""
"""Scrolls to where older items are asked for; where the marked one stands then."""


def _place(one: Any) -> float:
    return float(one.evaluate("(node) => node.getBoundingClientRect().top"))


def test_five_bubbles_and_a_whisper_fit_a_small_monitor(ana: Page) -> None:
    ana.set_viewport_size({"width": 1366, "height": 625})
    ana.locator("a.row", has=ana.locator("b", has_text="Helena Dantas")).click()
    expect(ana.locator("article.whis")).to_be_visible()
    ana.locator("form.comp textarea").focus()
    ana.wait_for_timeout(300)
    whole = ana.evaluate(
        """() => {
          const room = document.querySelector('.tl').getBoundingClientRect();
          const places = [...document.querySelectorAll('.tl .bub')].map((one) => one.getBoundingClientRect());
          return places.filter((at) => at.top >= room.top - 1 && at.bottom <= room.bottom + 1).length;
        }"""
    )
    assert whole >= 5
    expect(ana.locator("article.whis")).to_be_in_viewport()


def test_a_text_that_speaks_of_another_debtor_is_pointed_out(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "posso pagar?")
    opens(ana, name)
    field = ana.locator("form.comp textarea")
    field.fill("Helena Dantas, sua fatura vence hoje")
    expect(ana.get_by_role("alert")).to_contain_text("O texto fala de Helena Dantas")
    field.fill("Sua fatura 2299 vence hoje")
    expect(ana.get_by_role("alert")).to_contain_text("O texto traz uma fatura de Helena Dantas")
    field.fill("Bom dia!")
    expect(ana.get_by_role("alert")).to_have_count(0)


def test_several_cases_take_one_act_and_one_undo(ana: Page, demo: Demo) -> None:
    names = [writes(demo, "eu também")[1] for _ in range(2)]
    for name in names:
        ana.locator("li", has=ana.locator("a.row").filter(has_text=name)).locator("button.pick").click()
    expect(ana.locator(".bulk")).to_contain_text("2 selecionados")
    ana.keyboard.press("s")
    ana.keyboard.press("1")
    for name in names:
        expect(ana.locator("a.row").filter(has_text=name)).to_have_count(0)
    ana.keyboard.press("z")
    for name in names:
        expect(ana.locator("a.row").filter(has_text=name)).to_have_count(1)
