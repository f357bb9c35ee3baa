"""What stands on the desk and is asked for now and then: the sum of the load, why this agent, the deck, quiet hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Demo, at_desk, running_demo, sign_in
from tests.browser.people import go_online
from tests.browser.test_safe import opens, whispers, writes

pytestmark = pytest.mark.browser

EARS = """
window.__heard = 0;
const still = () => undefined;
window.AudioContext = class {
  currentTime = 0;
  destination = {};
  createOscillator() {
    return { frequency: {}, connect: (to) => to, start: () => { window.__heard += 1; }, stop: still };
  }
  createGain() {
    return { gain: { setValueAtTime: still, exponentialRampToValueAtTime: still }, connect: (to) => to };
  }
};
"""
"""Counts the notes that would sound."""
HASTY = """(name) => new MutationObserver((_, eye) => {
  const area = document.querySelector('form.comp textarea');
  if (document.querySelector('.th h1')?.textContent !== name || !area?.value) return;
  eye.disconnect();
  area.focus();
  area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }));
  window.__hasty = true;
}).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })"""
"""Presses Enter in the text of a thread in the very moment in which it comes on the screen."""
A_WEEK_AND_A_DAY = 8 * 24 * 3600


@pytest.fixture
def ana(context: BrowserContext, demo: Demo) -> Iterator[Page]:
    context.add_init_script(EARS)
    with at_desk(context, demo, "ana") as page:
        yield page


def bar(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(page.locator("#hits [aria-selected=true]")).to_contain_text(words)
    page.keyboard.press("Enter")


def row(page: Page, name: str) -> Locator:
    return page.locator("a.row").filter(has_text=name)


def test_the_sum_of_the_load_opens_and_adds_up(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "quanto devo?")
    expect(row(ana, name)).to_be_visible()
    chip = ana.locator(".views button.chip")
    chip.click()
    sums = ana.get_by_role("dialog", name="Carga")
    expect(sums.get_by_text("O limite é 20")).to_be_visible()
    lines = sums.locator("tr:not(.sum)").evaluate_all(
        "(all) => all.map((tr) => Number(tr.lastElementChild.textContent.replace(',', '.')))"
    )
    total = sums.locator("tr.sum td").last.inner_text()
    assert lines and abs(sum(lines) - float(total.replace(",", "."))) < 0.01
    expect(chip).to_contain_text(f"{total}/20")
    ana.keyboard.press("Escape")
    expect(sums).to_have_count(0)


def test_why_this_agent_is_told_with_its_figures(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "bom dia")
    opens(ana, name)
    ana.get_by_role("button", name="Mais", exact=True).click()
    ana.get_by_role("button", name="Por que esta pessoa?").click()
    why = ana.get_by_role("dialog", name="Por que esta pessoa?")
    newest = why.locator(".why-card").first
    expect(newest).to_contain_text("Ana Prado")
    expect(newest).to_contain_text(re.compile(r"[\d,]+ → [\d,]+ de 20"))
    ana.keyboard.press("Escape")
    expect(why).to_have_count(0)


def test_enter_is_inert_right_after_a_thread_came_by_itself(ana: Page, demo: Demo) -> None:
    _, there = writes(demo, "preciso de ajuda")
    case = opens(ana, there)
    ana.locator("form.comp textarea").fill("meio escrito")
    _, here = writes(demo, "outra conversa")
    opens(ana, here)
    whispers(demo, case, "ofereça em 2 vezes")
    expect(row(ana, there).locator(".whis-mark")).to_be_visible()
    ana.evaluate(HASTY, there)
    ana.keyboard.press("Alt+i")
    expect(ana.locator(".th h1")).to_have_text(there)
    ana.wait_for_function("window.__hasty === true")
    field = ana.locator("form.comp textarea")
    expect(field).to_have_value("meio escrito")
    expect(ana.locator(".after.undo")).to_have_count(0)
    expect(ana.locator(".gate.ok")).to_be_visible()
    ana.wait_for_timeout(450)
    field.press("Enter")
    expect(ana.locator(".after.undo")).to_be_visible()
    field.press("Control+z")
    expect(field).to_have_value("meio escrito")
    field.fill("")


def test_threads_stand_side_by_side_and_none_takes_the_focus(ana: Page, demo: Demo) -> None:
    (_, first), (sender, second), (_, third) = (writes(demo, "oi") for _ in range(3))
    opens(ana, first)
    ana.keyboard.press("d")
    columns = ana.locator(".deck .col")
    expect(columns.first).to_be_visible()
    for name in (second, third):
        bar(ana, name)
    for name in (second, third):
        expect(columns.filter(has=ana.get_by_role("heading", name=name))).to_have_count(1)
    assert 2 <= columns.count() <= 4
    mine = columns.filter(has=ana.get_by_role("heading", name=third))
    other = columns.filter(has=ana.get_by_role("heading", name=second))
    field = mine.locator("textarea")
    field.focus()
    ana.keyboard.type("estou ")
    writes(demo, "você está aí?", sender, second)
    expect(other).to_have_class(re.compile(r"\bping\b"))
    ana.keyboard.type("escrevendo")
    expect(field).to_be_focused()
    expect(field).to_have_value("estou escrevendo")
    ana.keyboard.press(f"Control+Alt+{int(other.get_attribute('data-at') or 0) + 1}")
    expect(other.locator("textarea")).to_be_focused()
    expect(other).not_to_have_class(re.compile(r"\bping\b"))
    ana.keyboard.type("Estou aqui!")
    expect(other.locator(".gate.ok")).to_be_visible()
    ana.keyboard.press("Enter")
    expect(other.locator("[data-item]").filter(has_text="Estou aqui!")).to_be_visible()
    expect(field).to_have_value("estou escrevendo")
    field.fill("")
    ana.locator("body").press("Escape")
    ana.keyboard.press("Escape")
    expect(ana.locator(".deck")).to_have_count(0)


def test_in_quiet_hours_nothing_sounds_and_everything_is_shown(ana: Page, demo: Demo) -> None:
    _, open_one = writes(demo, "oi")
    sender, other = writes(demo, "primeira")
    opens(ana, open_one)
    expect(row(ana, other)).to_be_visible()
    before = int(ana.evaluate("window.__heard"))
    writes(demo, "segunda", sender, other)
    ana.wait_for_function("(before) => window.__heard > before", arg=before)
    bar(ana, "Sons e preferências")
    dialog = ana.get_by_role("dialog", name="Sons e preferências")
    dialog.get_by_label("Horas de silêncio").check()
    dialog.get_by_label("Silêncio desde").fill("00:00")
    dialog.get_by_label("Silêncio até").fill("23:59")
    ana.keyboard.press("Escape")
    before = int(ana.evaluate("window.__heard"))
    writes(demo, "terceira", sender, other)
    expect(row(ana, other)).to_contain_text("terceira")
    expect(row(ana, other).locator(".badge")).to_contain_text("3")
    expect(ana).to_have_title(re.compile(r"^\(\d+\) "))
    assert ana.evaluate("window.__heard") == before
    bar(ana, "Sons e preferências")
    dialog.get_by_label("Horas de silêncio").uncheck()
    ana.keyboard.press("Escape")
    writes(demo, "quarta", sender, other)
    ana.wait_for_function("(before) => window.__heard > before", arg=before)


def test_an_earlier_case_stands_above_a_hairline_without_the_whispers_of_then(
    context: BrowserContext, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("older")
    with running_demo(folder) as aged:
        ana = sign_in(context, aged, "ana")
        go_online(ana)
        sender, name = writes(aged, "o caso de antes")
        case = opens(ana, name)
        whispers(aged, case, "sussurro de antes")
        expect(ana.locator("article.whis").filter(has_text="sussurro de antes")).to_be_visible()
        ana.keyboard.press("e")
        with ana.expect_response(re.compile("/resolve$")):
            ana.keyboard.press("1")
        shift = {"offset_s": A_WEEK_AND_A_DAY}
        httpx2.put(f"{aged.url}/sandbox/api/clock", json=shift, timeout=20).raise_for_status()
        go_online(ana)
        writes(aged, "o caso de agora", sender, name)
        ana.goto(aged.of("ana", "/#/view/mine"))
        ana.reload()
        assert opens(ana, name) != case
        ana.get_by_role("button", name="Caso anterior deste cliente").click()
        expect(ana.get_by_text("este caso", exact=True)).to_be_visible()
        then = ana.locator("[data-item]").filter(has_text="o caso de antes")
        expect(then).to_be_visible()
        expect(ana.locator("[data-item]").filter(has_text="o caso de agora")).to_be_visible()
        expect(ana.get_by_text("sussurro de antes")).to_have_count(0)
