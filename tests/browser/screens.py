"""How every screen is reached, for pictures of it."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Demo, sign_in
from tests.browser.people import go_online


def sign_in_screen(context: BrowserContext, demo: Demo) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/sign-in")
    page.locator("form h1").wait_for()
    return page


def desk(context: BrowserContext, demo: Demo) -> Page:
    """Ana's desk with a case open: the one with a whisper in it, or the one that has waited longest."""
    page = sign_in(context, demo, "ana")
    go_online(page)
    _open(page, "a.row", "Helena")
    page.locator("[data-item]").first.wait_for()
    page.locator(".gate.ok, .gate.hold, .gate.no").first.wait_for()
    return page


def deck(context: BrowserContext, demo: Demo) -> Page:
    page = sign_in(context, demo, "ana")
    go_online(page)
    page.locator("a.row").nth(2).wait_for()
    page.keyboard.press("d")
    page.locator(".deck [data-item]").first.wait_for()
    return page


def wall(context: BrowserContext, demo: Demo) -> Page:
    """Sofia's wall with a case open in the monitor: the one whose agent asks for her, or the riskiest."""
    page = sign_in(context, demo, "sofia", "/wall")
    _open(page, "[data-tile]", "Elisabete")
    page.locator("section.mon [data-item]").first.wait_for()
    return page


def tiles(context: BrowserContext, demo: Demo) -> Page:
    """Sofia's wall with nothing opened: figures, agents, queues and every tile."""
    page = sign_in(context, demo, "sofia", "/wall")
    page.locator("[data-tile]").first.wait_for()
    return page


def to_contact(context: BrowserContext, demo: Demo) -> Page:
    """Whom Sofia's team may write to this morning, in the order of their scores."""
    page = sign_in(context, demo, "sofia")
    page.goto(demo.of("sofia"))
    page.locator("nav.rail").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.locator("#tc-reach").select_option("any")  # at night nobody may be written to today
    page.locator("dialog.dlg tr").nth(1).wait_for()
    return page


def office(context: BrowserContext, demo: Demo) -> Page:
    """Caio's back office: who saw and did what, and every other part beside it."""
    page = sign_in(context, demo, "caio", "/office")
    page.locator('.parts a[href="#/audit"]').click()
    page.locator(".lines tbody tr").first.wait_for()
    return page


def files(context: BrowserContext, demo: Demo) -> Page:
    """The same for an administrator who brings the creditor's file."""
    page = sign_in(context, demo, "admin", "/office")
    page.locator('.parts a[href="#/files"]').click()
    page.locator("#file").wait_for(state="attached")
    return page


def phones(context: BrowserContext, demo: Demo) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/sandbox/")
    page.locator("main.stage > *").first.wait_for()
    return page


def patterns(context: BrowserContext, demo: Demo) -> Page:
    """Every widget in every state, on one page."""
    page = sign_in(context, demo, "ana", "/patterns")
    page.locator("[data-item]").first.wait_for()
    return page


SCREENS: dict[str, Callable[[BrowserContext, Demo], Page]] = {
    "sign-in": sign_in_screen,
    "desk": desk,
    "deck": deck,
    "wall": wall,
    "tiles": tiles,
    "to-contact": to_contact,
    "office": office,
    "files": files,
    "phones": phones,
    "patterns": patterns,
}


def _open(page: Page, rows: str, name: str) -> None:
    """Click the row of somebody of the sample people, or the first where they are not shown."""
    page.locator(rows).first.wait_for()
    wanted = page.locator(rows).filter(has_text=name)
    (wanted if wanted.count() else page.locator(rows)).first.click()


def speak(demo: Demo, language: str) -> None:
    """The people whose screens are taken prefer this language."""
    for name in ("ana", "sofia", "caio", "admin"):
        with httpx2.Client(base_url=demo.url, timeout=20) as client:
            who = {"email": f"{name}@demo.acordo.example", "password": "acordo-demo"}
            session = client.post("/api/v1/session", json=who).raise_for_status().json()
            token = {"X-CSRF-Token": session["csrf"]}
            client.patch("/api/v1/me", json={"language": language}, headers=token).raise_for_status()
