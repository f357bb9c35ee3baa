"""What is measured, each beside its goal."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from playwright.sync_api import Browser, Page

from tests.bench.processes import Running, product
from tests.bench.ui import page as ask
from tests.bench.ui.writers import Writers
from tests.browser.people import go_online

LIVE = 30
LONG_LIST = 10_000
A_SECOND = 10
DRAGS = 100
FIRST = "Cliente 0"  # who writes every other message
MIB = 1024 * 1024


class Figure(Struct):
    what: str
    found: str
    goal: str
    met: bool

    def line(self) -> str:
        return f"{'met ' if self.met else 'MISS'}  {self.what:<66} {self.found:>10}  goal {self.goal}"


def visit(browser: Browser, seconds: int, reps: int) -> Iterator[Figure]:
    """The first visit, with nothing in the browser's cache, and what it costs on the line."""
    with product(agents=1, held=LIVE) as running:
        times, sizes = [], []
        for _ in range(max(3, reps // 2)):
            with _desk(browser, running) as page:
                times.append(page.evaluate("window.__usable"))
                page.locator("a.row").first.click()
                page.locator("form.comp textarea").wait_for()
                sizes.append(page.evaluate(ask.SCRIPTS))
        yield _at_most("JavaScript of the desk, compressed", max(sizes) / 1000, 120, "kB")
        yield _at_most("first visit to a usable desk, median", statistics.median(times), 1500, "ms")


def opening(browser: Browser, seconds: int, reps: int) -> Iterator[Figure]:
    """Another case is opened, by a click, until it is painted."""
    with product(agents=1, held=LIVE) as running, _desk(browser, running) as page:
        ids = _rows(page)
        first = [page.evaluate(ask.OPEN, each) for each in ids[1 : reps + 1]]
        again = [page.evaluate(ask.OPEN, each) for each in ids[1 : reps + 1]]
        for how, times, goal in (("not loaded", first, 200), ("loaded", again, 50)):
            worst = f"(worst {max(times):.0f})"
            yield _at_most(f"another case, {how}, until painted, median {worst}", statistics.median(times), goal, "ms")


def live(browser: Browser, seconds: int, reps: int) -> Iterator[Figure]:
    """Thirty live cases and ten messages a second, one case open: what is painted late, what blocks, what grows."""
    with product(agents=1, held=LIVE) as running, _desk(browser, running) as page:
        line = page.context.new_cdp_session(page)
        page.evaluate(ask.OPEN, _rows(page, FIRST)[0])
        with Writers(running, LIVE, A_SECOND) as writers:
            page.wait_for_timeout(3_000)
            page.evaluate(ask.WATCH)
            page.evaluate(ask.TASKS)
            before = _heap(line)
            page.wait_for_timeout(seconds * 1_000)
            tasks, late = page.evaluate("window.__tasks"), page.evaluate("window.__late")
            written = writers.written
            after = _heap(line)
        yield _at_most(f"posted → painted in the open thread, p95 of {len(late)}", _p95(late), 100, "ms")
        yield _at_most(
            f"tasks over 50 ms in {seconds} s at {written / (seconds + 3):.0f} messages/s", len(tasks), 0, ""
        )
        grown = (after - before) / MIB
        yield _at_most(f"heap grown in {seconds} s, after collection (held {after / MIB:.0f} MB)", grown, 5, "MB")


def scrolling(browser: Browser, seconds: int, reps: int) -> Iterator[Figure]:
    """A list of ten thousand cases, all loaded, scrolled fast."""
    with product(agents=1, queued=LONG_LIST) as running, _desk(browser, running, "/#/view/queue") as page:
        page.wait_for_timeout(500)
        wanted, until = LONG_LIST * 52, time.monotonic() + 240
        while page.evaluate(ask.MORE) < wanted and time.monotonic() < until:
            page.wait_for_timeout(30)
        rows = page.evaluate(ask.MORE) // 52
        frames: list[float] = page.evaluate(ask.SCROLL, 6)
        yield Figure("cases in the list", f"{rows}", f"{LONG_LIST}", rows >= LONG_LIST)
        a_second = 1000 / statistics.mean(frames)
        yield Figure("frames a second while scrolling", f"{a_second:.0f}", "60", a_second >= 58)
        yield _at_most("frame time while scrolling, p95", _p95(frames), 17.5, "ms")


def dragging(browser: Browser, seconds: int, reps: int) -> Iterator[Figure]:
    """The plan builder while a person drags: the first figures are the browser's own arithmetic."""
    with product(agents=1, supervisors=1, held=LIVE) as running, _desk(browser, running) as page:
        assert running.ready is not None
        name, _, value = running.ready.supervisors[0].partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": running.ready.url}])
        page.goto(f"{running.ready.url}/#/view/all")
        page.reload()
        page.goto(f"{running.ready.url}/#/case/{page.evaluate(ask.OWE)}")
        page.locator(".sec button.folder").click()
        page.locator(".sched li").first.wait_for()
        times: list[float] = page.evaluate(ask.DRAG, DRAGS)
        yield _at_most(f"plan builder, input event → figures laid out, p95 of {DRAGS} drags", _p95(times), 16, "ms")


ALL: list[Callable[[Browser, int, int], Iterator[Figure]]] = [visit, opening, live, scrolling, dragging]


@contextmanager
def _desk(browser: Browser, running: Running, path: str = "/") -> Iterator[Page]:
    """The agent's desk in a browser that has never seen it, its first row painted."""
    assert running.ready is not None
    name, _, value = running.ready.agents[0].partition("=")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="pt-BR")
    context.add_cookies([{"name": name, "value": value, "url": running.ready.url}])
    context.add_init_script(ask.FIRST_ROW)
    try:
        page = context.new_page()
        page.goto(running.ready.url + path)
        page.locator("a.row[data-case]").first.wait_for(timeout=60_000)
        go_online(page)  # the cases of whoever is away go back to the queue
        yield page
    finally:
        context.close()


def _rows(page: Page, name: str = "") -> list[str]:
    rows = page.locator("a.row[data-case]")
    if name:
        rows = rows.filter(has=page.get_by_text(name, exact=True))
    found: list[str] = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.case)")
    return found


def _heap(line: Any) -> float:
    line.send("HeapProfiler.collectGarbage")
    return float(line.send("Runtime.getHeapUsage")["usedSize"])


def _p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))] if ordered else float("inf")


def _at_most(what: str, found: float, goal: float, unit: str) -> Figure:
    digits = 0 if unit == "ms" or not unit else 1
    return Figure(what, f"{found:.{digits}f} {unit}".strip(), f"≤ {goal:g} {unit}".strip(), found <= goal)
