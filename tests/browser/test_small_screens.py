"""What fits where: a small monitor and a phone, every sum and every way out within reach, and words instead of names
of programs.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import pictures
from tests.browser.conftest import Demo, running_demo, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser

SMALL, PHONE = (1280, 800), (390, 844)
OVERLAPS = """(where) => {
  const told = [];
  for (const line of document.querySelectorAll(where)) {
    const boxes = [...line.children].map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width);
    const edge = line.getBoundingClientRect().right + 1;
    for (const [one, box] of boxes) if (box.right > edge) told.push(`${one.textContent} leaves its line`);
    for (const [one, a] of boxes) for (const [other, b] of boxes) {
      const side = one !== other && a.left < b.right - 1 && b.left < a.right - 1;
      const level = a.top < b.bottom - 3 && b.top < a.bottom - 3;
      if (side && level) told.push(`${one.textContent} over ${other.textContent}`);
    }
  }
  return told;
}"""
"""Which children of a line leave it or lie over each other."""


@pytest.fixture(scope="module")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """At noon messages may leave, and the lines that say so are at their longest."""
    with running_demo(tmp_path_factory.mktemp("noon"), pictures.NOON) as started:
        yield started


@pytest.fixture
def seen(browser: Browser) -> Iterator[BrowserContext]:
    yield from _context(browser, SMALL)


@pytest.fixture
def held(browser: Browser) -> Iterator[BrowserContext]:
    yield from _context(browser, PHONE)


def _context(browser: Browser, size: tuple[int, int]) -> Iterator[BrowserContext]:
    made = browser.new_context(
        locale="pt-BR", viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE, reduced_motion="reduce"
    )
    made.set_default_timeout(20_000)
    yield made
    made.close()


def desk(context: BrowserContext, demo: Demo, name: str) -> Page:
    page = sign_in(context, demo, "ana")
    go_online(page)
    page.locator("a.row").filter(has_text=name).first.click()
    expect(page.locator("[data-item]").first).to_be_visible()
    return page


def test_every_instalment_shows_its_sum_though_a_holiday_moved_it(seen: BrowserContext, noon: Demo) -> None:
    page = desk(seen, noon, "Helena")
    page.get_by_role("button", name="Montar acordo").click()
    expect(page.locator(".sched .muted").first).to_contain_text("não é dia útil")
    assert page.evaluate(OVERLAPS, ".sched li") == []


def test_the_monitors_line_of_the_gate_fits_beside_what_care_asks_for(seen: BrowserContext, noon: Demo) -> None:
    page = sign_in(seen, noon, "sofia", "/wall")
    page.locator("[data-tile]").filter(has_text="Dalva").click()
    expect(page.locator(".mon > .gate")).to_contain_text("Só cuidado")
    assert page.evaluate(OVERLAPS, ".mon > .gate") == []
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL[0]


def test_whoever_barges_in_finds_every_way_out_within_the_drawer(seen: BrowserContext, noon: Demo) -> None:
    page = sign_in(seen, noon, "sofia", "/wall")
    page.locator("[data-tile]").filter(has_text="Elisabete").click()
    page.get_by_role("radio", name="Intervir").click()
    leave = page.get_by_role("button", name="Sair da conversa")
    expect(leave).to_be_visible()
    assert page.evaluate(OVERLAPS, ".out2") == []
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL[0]
    leave.click()
    expect(leave).to_have_count(0)


def test_a_channel_that_is_not_chosen_is_told_by_its_word(seen: BrowserContext, noon: Demo) -> None:
    page = desk(seen, noon, "Helena")
    tabs = page.locator(".comp .chs [role=tab]")
    expect(tabs.filter(has_text="SMS").locator(".cname")).to_be_visible()
    expect(tabs.filter(has_text="E-mail").locator(".cname")).to_be_visible()


def test_a_dialog_is_left_by_a_finger(held: BrowserContext, noon: Demo) -> None:
    page = desk(held, noon, "Helena")
    page.locator(".th .acts").get_by_role("button", name="Mais", exact=True).tap()
    page.locator(".th .menu").get_by_role("button", name="Resolver").tap()
    dialog = page.get_by_role("dialog", name="Resolver: Helena Dantas")
    shut = dialog.get_by_role("button", name="Fechar")
    box = shut.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 44
    shut.tap()
    expect(dialog).to_have_count(0)


def test_a_phone_leads_to_whatever_the_rail_leads_to_elsewhere(held: BrowserContext, noon: Demo) -> None:
    page = desk(held, noon, "Helena")
    page.locator(".th .acts").get_by_role("button", name="Mais", exact=True).tap()
    menu = page.locator(".th .menu")
    for act in ("Pedir ajuda", "Resolver", "Adiar", "Transferir"):
        expect(menu.get_by_role("button", name=act)).to_be_visible()
    expect(menu.get_by_role("button", name="Esconder o cliente")).to_be_hidden()
    page.keyboard.press("Escape")
    for way, shown in (("Buscar em tudo", ".bar-dlg"), ("A contatar", "dialog.dlg.wide")):
        page.locator(".me-ring").tap()
        page.locator("nav.rail .menu").get_by_role("button", name=way).tap()
        page.locator(shown).get_by_role("button", name="Fechar").tap()
    page.locator(".me-ring").tap()
    page.locator("nav.rail .menu").get_by_role("button", name="Resolvidos").tap()
    expect(page.locator(".views")).to_contain_text("Resolvidos")
    page.locator("nav.rail").get_by_role("link", name="Avisos").tap()
    notices = page.get_by_role("dialog", name="Avisos").bounding_box()
    assert notices is not None and notices["x"] >= 0 and notices["x"] + notices["width"] <= PHONE[0]


def test_what_is_long_scrolls_under_what_can_be_done_with_it(seen: BrowserContext, noon: Demo) -> None:
    page = desk(seen, noon, "Helena")
    page.locator("body").press("g")
    page.keyboard.press("c")
    dialog = page.locator("dialog.dlg.wide")
    expect(dialog.locator("tbody tr").nth(20)).to_be_attached()
    expect(dialog.get_by_role("button", name="Abrir o próximo")).to_be_in_viewport(ratio=1)
    expect(dialog.get_by_role("columnheader", name="Saldo")).to_have_count(0)  # they are masked for an agent


def test_two_currencies_of_one_sign_are_told_by_their_letters(seen: BrowserContext, noon: Demo) -> None:
    page = sign_in(seen, noon, "sofia", "/wall")
    expect(page.locator("[data-tile]").filter(has_text="Luz Jaramillo")).to_contain_text("COP 963.700")
    expect(page.locator("[data-tile]").filter(has_text="Guadalupe Solís")).to_contain_text("MXN 2,503")
    expect(page.locator("[data-tile]").filter(has_text="Dalva Fontes")).to_contain_text("R$ 905")


def test_the_recipient_is_named_in_full_in_every_column_of_the_deck(seen: BrowserContext, noon: Demo) -> None:
    page = desk(seen, noon, "Helena")
    page.locator("body").press("d")
    sends = page.locator(".deck .comp .tools .btn.main > .clip")
    expect(sends).to_have_count(3)
    assert page.evaluate(
        "() => [...document.querySelectorAll('.deck .tools .btn.main > .clip')]"
        ".filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    ) == []  # fmt: skip


def test_an_empty_deck_says_how_it_is_filled(seen: BrowserContext, noon: Demo) -> None:
    page = sign_in(seen, noon, "camila")
    page.goto(noon.of("camila", "/#/view/queue"))
    page.locator("nav.rail").wait_for()
    page.keyboard.press("d")
    expect(page.locator(".deck .empty")).to_contain_text("La mesa está vacía")


def test_what_no_rule_stops_names_no_rule(seen: BrowserContext, noon: Demo) -> None:
    page = desk(seen, noon, "Helena")
    page.get_by_role("button", name="Ver regras").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nenhuma regra impede o envio agora.")
    expect(dialog).not_to_contain_text("allowed")


def test_a_template_comes_filled_with_what_the_books_say(seen: BrowserContext, noon: Demo) -> None:
    page = desk(seen, noon, "Helena")
    page.keyboard.press("Alt+m")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="fatura_em_aberto pt_BR").click()
    expect(dialog.get_by_label("Primeiro nome")).to_have_value("Helena")
    expect(dialog.get_by_label("Fatura")).to_have_value("2299")
    expect(dialog.get_by_label("Dias de atraso")).to_have_value("35")
    dialog.get_by_role("button", name="acordo_proposta pt_BR").click()
    expect(dialog.get_by_label("Acordo")).to_have_value("")  # nobody guesses an offer


def test_an_agent_is_led_from_the_wall_to_the_desk_and_is_offered_no_way_there(
    seen: BrowserContext, noon: Demo
) -> None:
    page = sign_in(seen, noon, "ana", "/wall")
    expect(page.locator(".list")).to_be_visible()
    page.keyboard.press("Control+k")
    bar = page.get_by_role("listbox")
    expect(bar.get_by_text("Ir para a fila")).to_be_visible()
    expect(bar.get_by_text("Ir para o painel ao vivo")).to_have_count(0)
    expect(bar.get_by_text("Ir para a retaguarda")).to_have_count(0)
