"""Pictures that stay: every part of `/patterns`, the door, and every whole screen at a noon that is always the same;
kept small and compared by eye's measure.

A kept picture is half the size of the screen. Compared are squares of eight points, by their mean colour: a shifted
letter is no difference, a changed colour, edge or place is. Widths hang on the machine's font, so its measure is kept
beside the pictures: where the font is another one, the tolerance is wider, and the test says so.
Renewed by `python3 dev.py screenshots --references`, looked at, and committed with the change that caused it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

from tests.browser.conftest import Demo
from tests.browser.screens import SCREENS, speak

KEPT = Path(__file__).parent / "kept"
FONT = KEPT / "font.json"
THEMES = ("light", "dark")
NOON = "2026-11-19T15:00:00Z"
PARTS = (
    "buttons", "signs", "rows", "tiles", "agents", "modes", "fields", "plan", "gate", "notices", "items", "composers",
)  # fmt: skip
WIDE, SMALL, PHONE = (1440, 900), (1366, 625), (390, 844)


class Whole(NamedTuple):
    """A screen as somebody sees it."""

    screen: str
    theme: str = "light"
    size: tuple[int, int] = WIDE
    language: str = "pt-BR"


ALL_SCREENS = ("desk", "deck", "wall", "tiles", "to-contact", "office", "files", "phones")
WHOLES = {
    **{f"screen-{screen}-{theme}": Whole(screen, theme) for screen in ALL_SCREENS for theme in THEMES},
    **{f"screen-{screen}-phone": Whole(screen, size=PHONE) for screen in ALL_SCREENS if screen != "deck"},
    **{f"screen-{screen}-small": Whole(screen, size=SMALL) for screen in ("desk", "wall")},
    **{
        f"screen-{screen}-{language}": Whole(screen, language=language)
        for screen in ("desk", "tiles", "phones")
        for language in ("es", "en")
    },
}
SETTLE_MS = 900
SAME, OTHER = 0.02, 0.25  # of the squares may differ: with the same font, with another one
LARGEST_BYTES = 5_000_000  # all of them

_COMPARE = """async ([before, after]) => {
  const load = (data) => new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => fail(new Error('not a picture'));
    image.src = 'data:image/png;base64,' + data;
  });
  const [a, b] = await Promise.all([load(before), load(after)]);
  const [width, height] = [Math.ceil(a.width / 4), Math.ceil(a.height / 4)];
  const squares = (image) => {
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext('2d');
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(image, 0, 0, width, height);
    return pen.getImageData(0, 0, width, height).data;
  };
  const [x, y] = [squares(a), squares(b)];
  let differ = 0;
  for (let i = 0; i < x.length; i += 4) {
    if (Math.max(Math.abs(x[i] - y[i]), Math.abs(x[i + 1] - y[i + 1]), Math.abs(x[i + 2] - y[i + 2])) > 24) differ += 1;
  }
  return {share: differ / (width * height), before: [a.width, a.height], after: [b.width, b.height]};
}"""
_MEASURE = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d');
  pen.font = '13px ' + getComputedStyle(document.body).fontFamily;
  return Math.round(pen.measureText('Esperam por você: R$ 1.234,56 — Você respondeu').width);
}"""


def studio(browser: Browser, size: tuple[int, int] = WIDE, language: str = "pt-BR") -> BrowserContext:
    """A profile in which every picture comes out alike: half size, a fixed hour and zone, nothing that moves."""
    made = browser.new_context(
        locale=language,
        timezone_id="America/Sao_Paulo",
        viewport=ViewportSize(width=size[0], height=size[1]),
        device_scale_factor=0.5,
        reduced_motion="reduce",
    )
    made.set_default_timeout(60_000)
    return made


def patterns(context: BrowserContext, demo: Demo) -> Page:
    context.clock.set_fixed_time(NOON)
    page = SCREENS["patterns"](context, demo)
    page.locator(".sched li").first.wait_for()
    return page


def in_theme(page: Page, theme: str, what: str) -> bytes:
    """One part of the page (a selector) as a small picture."""
    page.evaluate(
        "(theme) => { document.documentElement.dataset.theme = theme; document.activeElement?.blur(); }", theme
    )
    part: Locator = page.locator(what)
    return part.screenshot(animations="disabled", caret="hide", type="png")


def whole(browser: Browser, noon: Demo, wanted: Whole) -> bytes:
    """A whole screen as a small picture."""
    speak(noon, wanted.language)
    context = studio(browser, wanted.size, wanted.language)
    context.clock.set_fixed_time(NOON)
    context.add_init_script(f"localStorage.setItem('acordo:theme', '{wanted.theme}')")
    try:
        page = SCREENS[wanted.screen](context, noon)
        page.mouse.move(1, wanted.size[1] - 1)  # nothing is pointed at
        page.wait_for_timeout(SETTLE_MS)
        return page.screenshot(animations="disabled", caret="hide", type="png")
    finally:
        context.close()


def all_of(browser: Browser, demo: Demo, noon: Demo) -> dict[str, Callable[[], bytes]]:
    """Every kept picture by name, taken when it is asked for, in this order. `noon`: a demo that shows `NOON`."""
    context = studio(browser)
    front, page = SCREENS["sign-in"](context, demo), patterns(context, demo)
    taken: dict[str, Callable[[], bytes]] = {}
    for theme in THEMES:
        taken[f"door-{theme}"] = lambda theme=theme: in_theme(front, theme, "#app")  # type: ignore[misc]
        for part in PARTS:
            name = f'[data-part="{part}"]'
            taken[f"{part}-{theme}"] = lambda theme=theme, name=name: in_theme(page, theme, name)  # type: ignore[misc]
    for name, wanted in WHOLES.items():
        taken[name] = lambda wanted=wanted: whole(browser, noon, wanted)  # type: ignore[misc]
    return taken


def compare(page: Page, before: bytes, after: bytes) -> dict[str, Any]:
    """`{"share", "before", "after"}`: which part of the squares differs, and the sizes."""
    told: dict[str, Any] = page.evaluate(_COMPARE, [base64.b64encode(each).decode() for each in (before, after)])
    return told


def measure(page: Page) -> int:
    """How wide the machine's font writes a sentence: the same number, the same font."""
    return int(page.evaluate(_MEASURE))


def keep(browser: Browser, demo: Demo, noon: Demo) -> list[Path]:
    KEPT.mkdir(exist_ok=True)
    written = []
    for name, take in all_of(browser, demo, noon).items():
        written.append(KEPT / f"{name}.png")
        written[-1].write_bytes(take())
    page = studio(browser).new_page()
    page.goto(f"{demo.url}/sign-in")
    FONT.write_text(json.dumps({"width": measure(page)}) + "\n")
    return written
