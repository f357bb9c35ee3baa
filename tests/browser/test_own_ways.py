"""What each person sets for themselves: narrowed lists, keys, look and sounds. It follows them to any browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Demo, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def clara(context: BrowserContext, demo: Demo) -> Page:
    page = sign_in(context, demo, "clara")
    page.locator("nav.rail").wait_for()
    return page


def chosen(page: Page, words: str) -> None:
    """The command bar: the act of these very words."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(page.locator("#hits [aria-selected=true]")).to_have_text(words)
    page.keyboard.press("Enter")


def test_a_narrowed_list_is_kept_by_name_and_comes_back_in_another_browser(
    clara: Page, browser: Browser, demo: Demo
) -> None:
    clara.get_by_role("button", name="Filtros", exact=True).click()
    menu = clara.get_by_role("dialog", name="Filtros")
    menu.get_by_role("button", name="Correo").click()
    menu.get_by_label("Nombre de la vista").fill("Solo correo")
    with clara.expect_response(re.compile("/api/v1/me$")):
        clara.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Solo correo", exact=True)).to_have_attribute("aria-pressed", "true")
    elsewhere = browser.new_context(locale="pt-BR")
    page = sign_in(elsewhere, demo, "clara")
    page.locator("a.row").first.wait_for()
    chosen(page, "Vista: Solo correo")
    expect(page.get_by_role("button", name="Filtros", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("a.row .lead .ch:not(.mail)")).to_have_count(0)
    page.get_by_role("button", name="Filtros", exact=True).click()
    with page.expect_response(re.compile("/api/v1/me$")):
        page.get_by_role("button", name="Borrar la vista Solo correo").click()
    expect(page.get_by_text("Filtra la lista, ponle un nombre")).to_be_visible()
    elsewhere.close()


def test_the_wall_keeps_its_own_views_with_their_order(context: BrowserContext, demo: Demo) -> None:
    sofia = sign_in(context, demo, "sofia", "/wall")
    tiles = sofia.locator("[data-tile]")
    tiles.first.wait_for()
    everything = tiles.count()
    sofia.get_by_label("Canal").select_option(label="SMS")
    sofia.get_by_role("button", name="Valor").click()
    sofia.get_by_role("button", name="Visões salvas").click()
    sofia.get_by_label("Nome da visão").fill("SMS por valor")
    with sofia.expect_response(re.compile("/api/v1/me$")):
        sofia.keyboard.press("Enter")
    sofia.keyboard.press("Escape")
    sofia.get_by_role("button", name="Risco").click()
    sofia.get_by_role("button", name="Mostrar todos").first.click()
    expect(tiles).to_have_count(everything)
    sofia.reload()
    tiles.first.wait_for()
    chosen(sofia, "Visão: SMS por valor")
    expect(sofia.get_by_label("Canal")).to_have_value("sms")
    expect(sofia.get_by_role("button", name="Valor")).to_have_attribute("aria-pressed", "true")
    sofia.get_by_role("button", name="Visões salvas").click()
    sofia.get_by_role("button", name="Apagar a visão SMS por valor").click()
    expect(sofia.get_by_role("button", name="SMS por valor", exact=True)).to_have_count(0)
    sofia.keyboard.press("Escape")
    sofia.get_by_role("button", name="Mostrar todos").first.click()


def test_a_key_is_changed_where_it_stands_and_what_is_taken_is_refused(context: BrowserContext, demo: Demo) -> None:
    bruno = sign_in(context, demo, "bruno")
    bruno.locator("a.row").first.click()
    bruno.locator(".th h1").wait_for()
    bruno.keyboard.press("?")
    sheet = bruno.get_by_role("dialog", name="Teclas")
    sheet.get_by_role("button", name="Adiar (1 a 5): S").click()
    expect(sheet.get_by_role("status")).to_contain_text("Aperte a tecla nova para “Adiar (1 a 5)”")
    bruno.keyboard.press("e")
    expect(sheet.get_by_role("status")).to_contain_text("E já é de “Resolver”")
    sheet.get_by_role("button", name="Adiar (1 a 5): S").click()
    bruno.keyboard.press("Control+p")
    expect(sheet.get_by_role("status")).to_contain_text("fica com o navegador")
    sheet.get_by_role("button", name="Adiar (1 a 5): S").click()
    with bruno.expect_response(re.compile("/api/v1/me$")):
        bruno.keyboard.press("v")
    expect(sheet.get_by_role("status")).to_contain_text("“Adiar (1 a 5)” agora é V.")
    bruno.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    bruno.reload()
    bruno.locator(".th h1").wait_for()
    bruno.keyboard.press("s")
    bruno.keyboard.press("v")
    expect(bruno.get_by_role("dialog")).to_contain_text("Adiar")
    bruno.keyboard.press("Escape")
    bruno.keyboard.press("?")
    sheet.get_by_role("button", name="Voltar às teclas originais").click()
    expect(sheet.get_by_role("button", name="Adiar (1 a 5): S")).to_be_visible()


def test_signing_out_leaves_the_look_and_the_sounds(clara: Page, demo: Demo) -> None:
    root = clara.locator("html")
    clara.keyboard.press("Control+k")
    clara.keyboard.type("oscuro")
    clara.keyboard.press("Enter")
    expect(root).to_have_attribute("data-theme", "dark")
    sound = clara.get_by_role("checkbox", name="Mensaje de un cliente")
    chosen(clara, "Sonidos y preferencias")
    sound.uncheck()
    clara.keyboard.press("Escape")
    chosen(clara, "Salir")
    clara.wait_for_url(re.compile("/sign-in"))
    expect(root).to_have_attribute("data-theme", "dark")
    clara.locator("a, button").filter(has_text="Clara").first.click()
    clara.wait_for_url(lambda url: "/sign-in" not in url)
    expect(root).to_have_attribute("data-theme", "dark")
    clara.locator("nav.rail").wait_for()
    chosen(clara, "Sonidos y preferencias")
    expect(sound).not_to_be_checked()
    sound.check()
    clara.keyboard.press("Escape")
    with clara.expect_response(re.compile("/api/v1/me$")):
        clara.keyboard.press("Control+k")
        clara.keyboard.type("claro")
        clara.keyboard.press("Enter")
