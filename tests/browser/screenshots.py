"""Pictures of every screen, for looking at: `python3 dev.py screenshots [SCREEN …] [--language es]`.

Starts a demo of its own and takes each screen in light and dark, three languages and three sizes into
`var/screenshots/LANGUAGE/SIZE/SCREEN-THEME.png`. `--readme` takes only the two pictures of the README, into
`docs/images/`, in English. `--references` renews the small pictures that the tests compare with (`kept/`).
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests import services
from tests.browser import pictures
from tests.browser.conftest import ROOT, Demo, running_demo, sign_in
from tests.browser.people import go_online
from tests.browser.screens import SCREENS, speak
from tests.services.needs import Missing

LANGUAGES = ("pt-BR", "es", "en")
THEMES = ("light", "dark")
SIZES = ((1440, 900), (1366, 625), (390, 844))
OUT = ROOT / "var" / "screenshots"
README = ROOT / "docs" / "images"
README_SCREENS = ("desk", "wall")
LARGEST_BYTES = 400_000  # of a picture that is committed
START_MS, SETTLE_MS = 90_000, 900


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description="Pictures of the screens.")
    parser.add_argument("screens", nargs="*", metavar="SCREEN", help=f"of {', '.join(SCREENS)}; none means all")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="only this one; may be repeated")
    parser.add_argument("--readme", action="store_true", help="only the pictures of the README")
    parser.add_argument("--references", action="store_true", help="only the kept pictures that tests compare with")
    asked = parser.parse_args(arguments)
    unknown = set(asked.screens) - set(SCREENS)
    if unknown:
        parser.error(f"there is no screen {', '.join(sorted(unknown))}")
    try:
        program = services.chromium()
    except Missing as missing:
        parser.error(str(missing))
    with _demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=list(services.CHROMIUM_FLAGS))
        screens, languages = asked.screens or list(SCREENS), asked.language or LANGUAGES
        if asked.references:
            with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder), pictures.NOON) as noon:
                taken = pictures.keep(browser, demo, noon)
        else:
            taken = _for_readme(browser, demo) if asked.readme else _all(browser, demo, screens, languages)
        browser.close()
    print(f"{len(taken)} pictures in {taken[0].relative_to(ROOT).parts[0]}/")
    return 0


# ── taking them ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _all(browser: Browser, demo: Demo, screens: Sequence[str], languages: Sequence[str]) -> list[Path]:
    taken = []
    for language in languages:
        speak(demo, language)
        for theme in THEMES:
            for size in SIZES:
                for screen in screens:
                    path = OUT / language / f"{size[0]}x{size[1]}" / f"{screen}-{theme}.png"
                    taken.append(_take(browser, demo, screen, language, theme, size, path))
        print(f"{language}: {len(taken)} so far", flush=True)
    return taken


def _for_readme(browser: Browser, demo: Demo) -> list[Path]:
    """While the agents' own screens are open, as on a working day."""
    speak(demo, "en")
    beside = browser.new_context()
    for name in ("ana", "bruno", "clara"):
        go_online(sign_in(beside, demo, name))
    taken = [
        _take(browser, demo, screen, "en", "light", SIZES[0], README / f"{screen}.png") for screen in README_SCREENS
    ]
    beside.close()
    heavy = [path.name for path in taken if path.stat().st_size > LARGEST_BYTES]
    if heavy:
        raise SystemExit(f"too big to be committed: {', '.join(heavy)}")
    return taken


def _take(
    browser: Browser, demo: Demo, screen: str, language: str, theme: str, size: tuple[int, int], path: Path
) -> Path:
    view = ViewportSize(width=size[0], height=size[1])
    context = browser.new_context(
        locale=language, viewport=view, color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    context.add_init_script(f"localStorage.setItem('acordo:theme', '{theme}')")
    try:
        page = SCREENS[screen](context, demo)
        page.mouse.move(1, size[1] - 1)  # nothing is pointed at
        page.wait_for_timeout(SETTLE_MS)
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=screen == "patterns", animations="disabled")
    finally:
        context.close()
    return path


@contextmanager
def _demo() -> Iterator[Demo]:
    """A demo as a process of its own, ready."""
    with tempfile.TemporaryDirectory(prefix="acordo-screens-") as folder:
        command = [sys.executable, "-u", "-m", "console.cli", "demo", "--port", "0", "--data-dir", f"{folder}/var"]
        with Path(folder, "log").open("wb") as log:
            process = Popen(command, cwd=ROOT, stdout=log, stderr=log)
            try:
                yield _ready(process, Path(folder, "log"))
            finally:
                process.terminate()
                process.wait(30)


def _ready(process: Popen[Any], log: Path) -> Demo:
    """The demo, once it has said where it runs."""
    for _ in range(START_MS // 200):
        told = log.read_text("utf-8", "replace")
        found = re.search(r"demo runs on http://127\.0\.0\.1:(\d+)", told)
        if found:
            return Demo(int(found[1]))
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit(f"the demo did not start: {log.read_text('utf-8', 'replace')}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
