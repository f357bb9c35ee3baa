"""Every screen and state, in light and dark, without a fault that axe can find; and the focus is never lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import screens
from tests.browser.audit import audit, has_focus
from tests.browser.conftest import Demo, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "200 %": (720, 450)}


@pytest.fixture
def still(browser: Browser) -> Iterator[BrowserContext]:
    """A profile in which nothing moves, so that no colour is measured half-way."""
    made = browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(20_000)
    yield made
    made.close()


def _press(*keys: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return act


def _mode(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=name).click()


def _wrong_password(page: Page) -> None:
    page.locator("#email").fill("ana@demo.acordo.example")
    page.locator("#password").fill("não é esta")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def _narrowed(page: Page) -> None:
    page.get_by_label("Canal").select_option("email")


def _menu(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=re.compile(name)).first.click()


def _link(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator("nav.rail").get_by_role("link", name=re.compile(name)).click()


def _part(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator(".parts").get_by_role("link", name=name).click()
        expect(page.locator("main [aria-busy=true]")).to_have_count(0)

    return act


STATES: dict[str, list[tuple[str, Callable[[Page], None]]]] = {
    "sign-in": [("at rest", lambda page: None), ("wrong password", _wrong_password)],
    "desk": [
        ("a thread", lambda page: None),
        ("keys", _press("?")),
        ("search", _press("Control+k")),
        ("snooze", _press("s")),
        ("transfer", _press("t")),
        ("labels", _press("l")),
        ("resolve", _press("e")),
        ("hand", _press("Alt+h")),
        ("templates", _press("Alt+m")),
        ("a note", _press("Alt+n")),
        ("my menu", lambda page: page.locator("button.me-ring").click()),
        ("notices", _link("Avisos")),
    ],
    "deck": [("columns", lambda page: None)],
    "wall": [
        ("watch", lambda page: None),
        ("whisper", _mode("Sussurrar")),
        ("take over", _mode("Assumir")),
        ("narrowed", _narrowed),
    ],
    "office": [
        ("audit", lambda page: None),
        *((part, _part(part)) for part in ("Arquivos", "Sem dono", "Quase falhas", "Conduta", "Exclusões")),
        ("kill switches", _part("Interruptores")),
        ("a reason", lambda page: page.get_by_role("button", name="Desligar", exact=True).first.click()),
    ],
    "phones": [
        ("three phones", lambda page: None),
        ("new phone", _menu("Novo telefone")),
        ("clock", _menu(r"\d\d:\d\d")),
    ],
    "patterns": [("all", lambda page: None)],
}


def _closed(page: Page) -> None:
    for _ in range(2):
        if page.locator("dialog[open], .pop").count():
            page.keyboard.press("Escape")


@pytest.mark.parametrize("screen", STATES)
def test_no_state_of_a_screen_has_a_fault(screen: str, still: BrowserContext, demo: Demo, axe_script: str) -> None:
    page = screens.SCREENS[screen](still, demo)
    faults = []
    for name, act in STATES[screen]:
        act(page)
        faults += [f"{screen}, {name}, {fault}" for fault in audit(page, axe_script)]
        _closed(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("screen", screens.SCREENS)
def test_small_and_enlarged_it_has_no_fault_and_does_not_scroll_sideways(
    screen: str, still: BrowserContext, demo: Demo, axe_script: str
) -> None:
    page = screens.SCREENS[screen](still, demo)
    faults = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{size}: {fault}" for fault in audit(page, axe_script)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{size}: the page scrolls sideways")
    assert not faults, "\n".join(faults)


def test_what_has_a_fault_is_found(still: BrowserContext, axe_script: str) -> None:
    page = still.new_page()
    page.set_content("<html lang=pt><title>x</title><main><h1>x</h1><button></button></main></html>")
    assert any("button-name" in fault for fault in audit(page, axe_script))


DIALOGS = {"keys": "?", "search": "Control+k", "snooze": "s", "transfer": "t", "labels": "l", "resolve": "e"}


@pytest.mark.parametrize("dialog", DIALOGS)
def test_the_focus_returns_where_it_was_when_a_dialog_closes(dialog: str, still: BrowserContext, demo: Demo) -> None:
    page = screens.desk(still, demo)
    row = page.locator("a.row[aria-current]")
    row.focus()
    page.keyboard.press(DIALOGS[dialog])
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("!!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row).to_be_focused()


def test_the_focus_goes_into_the_drawer_and_back_to_its_tile(still: BrowserContext, demo: Demo) -> None:
    page = sign_in(still, demo, "sofia", "/wall")
    tile = page.locator("[data-tile]").first
    tile.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("section.mon")
    expect(drawer).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(tile).to_be_focused()
    page.keyboard.press("j")
    assert has_focus(page)


def test_a_menu_gives_the_focus_back_to_its_button(still: BrowserContext, demo: Demo) -> None:
    page = sign_in(still, demo, "ana")
    go_online(page)
    ring = page.locator("button.me-ring")
    ring.click()
    expect(page.locator(".pop button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(ring).to_be_focused()
