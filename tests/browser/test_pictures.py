"""What is drawn looks as it did when somebody last looked at it: see `tests/browser/pictures.py`."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import pictures
from tests.browser.conftest import Demo, running_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("noon"), pictures.NOON) as started:
        yield started


@pytest.mark.timeout(420)  # some sixty pictures
def test_every_part_and_every_screen_look_as_they_did(browser: Browser, demo: Demo, noon: Demo) -> None:
    taken = pictures.all_of(browser, demo, noon)
    page = pictures.studio(browser).new_page()
    page.goto(f"{demo.url}/sign-in")
    is_same_font = pictures.measure(page) == json.loads(pictures.FONT.read_text())["width"]
    most = pictures.SAME if is_same_font else pictures.OTHER
    if not is_same_font:
        warnings.warn(f"another font than the kept pictures': up to {most:.0%} may differ", stacklevel=1)
    page.goto("about:blank")
    told = []
    for name, take in taken.items():
        found = pictures.compare(page, (pictures.KEPT / f"{name}.png").read_bytes(), take())
        (_, was), (_, is_now) = found["before"], found["after"]
        if found["share"] > most or abs(was - is_now) > most * was + 2:
            told.append(f"{name}: {found['share']:.1%} of it differs, height {was} before and {is_now} now")
    assert not told, "\n".join([*told, "meant so? python3 dev.py screenshots --references, and look at them"])


def test_a_changed_colour_or_place_is_found(browser: Browser, demo: Demo) -> None:
    context = pictures.studio(browser)
    page = pictures.patterns(context, demo)
    before = {part: pictures.in_theme(page, "light", f'[data-part="{part}"]') for part in ("buttons", "rows")}
    page.evaluate(
        """() => {
          document.documentElement.style.setProperty('--accent', 'var(--danger)');
          for (const row of document.querySelectorAll('.row')) row.style.paddingLeft = '29px';
        }"""
    )
    blank = context.new_page()
    for part, picture in before.items():
        after = pictures.in_theme(page, "light", f'[data-part="{part}"]')
        assert pictures.compare(blank, picture, picture)["share"] == 0
        assert pictures.compare(blank, picture, after)["share"] > pictures.SAME


def test_every_picture_is_kept_and_together_they_stay_small() -> None:
    wanted = {f"{name}-{theme}.png" for name in (*pictures.PARTS, "door") for theme in pictures.THEMES}
    wanted |= {f"{name}.png" for name in pictures.WHOLES}
    kept = {path.name: path.stat().st_size for path in pictures.KEPT.glob("*.png")}
    assert set(kept) == wanted
    assert sum(kept.values()) < pictures.LARGEST_BYTES
