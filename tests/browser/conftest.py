"""The demo as a process of its own, and one real browser that holds its people at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import services
from tests.browser.people import go_online, let_go

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@dataclass
class Demo:
    """A running demo. `inboxes` by channel and provider, those of the Brazilian creditor first."""

    port: int
    inboxes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def of(self, name: str, path: str = "/") -> str:
        """The address at which one of the demo's people works."""
        return f"http://{name}.localhost:{self.port}{path}"

    def inbox(self, channel: str, provider: str) -> str:
        kind = (channel, provider)
        return str(next(each["inbox"] for each in self.inboxes if (each["channel"], each["provider"]) == kind))

    def write(self, inbox: str, sender: str, text: str, name: str = "", **more: Any) -> None:
        """Somebody writes, through the provider's true payload."""
        body = {"inbox": inbox, "from": sender, "text": text, "name": name, **more}
        httpx2.post(f"{self.url}/sandbox/api/inbound", json=body, timeout=20).raise_for_status()

    def outbox(self, text: str) -> list[dict[str, Any]]:
        """What the providers received of us with these words in it."""
        found = httpx2.get(f"{self.url}/sandbox/api/outbox?refused=0", timeout=20).json()
        return [each for each in found if text in each["text"]]

    def arrived(self, text: str) -> list[dict[str, Any]]:
        """The same once there is something: a bubble stands in the thread before a provider has its message."""
        until = time.monotonic() + START_SECONDS
        while not (found := self.outbox(text)) and time.monotonic() < until:
            time.sleep(0.1)
        return found


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo of most tests: its clock goes on as the machine's, or nearly so."""
    with running_demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


@contextmanager
def running_demo(folder: Path, at: str | None = None) -> Iterator[Demo]:
    """`at`: the moment that it shows, see `tests/browser/at_noon.py`; else the machine's."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = ["tests.browser.at_noon", at] if at else ["console.cli", "demo"]
    command = [sys.executable, "-m", *program, "--port", str(port), "--data-dir", str(folder / "var")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            started = Demo(port)
            _wait(started, process, folder / "log")
            started.inboxes = httpx2.get(f"{started.url}/sandbox/api/inboxes", timeout=20).json()
            httpx2.put(f"{started.url}/sandbox/api/scripted", json={"on": False}, timeout=20)
            yield started
        finally:
            process.terminate()
            process.wait(30)


def _wait(demo: Demo, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text("utf-8", "replace")
        try:
            if httpx2.get(f"{demo.url}/readyz", timeout=2).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"the demo did not start: {log.read_text('utf-8', 'replace')}")


# Playwright keeps an event loop running in the thread until it is stopped: with the scope of the session,
# no test with a loop of its own could follow in the same worker.
@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium_path), args=list(services.CHROMIUM_FLAGS))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile, in Brazilian Portuguese; whatever its pages report as an error fails the test."""
    made = browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900})
    made.set_default_timeout(20_000)
    errors: list[str] = []
    made.on("weberror", lambda error: errors.append(str(error.error)))
    yield made
    made.close()
    assert errors == []


def sign_in(context: BrowserContext, demo: Demo, name: str, path: str = "/") -> Page:
    """A page on which one of the demo's people is signed in by one click."""
    page = context.new_page()
    page.goto(demo.of(name, path))
    if "/sign-in" in page.url:
        page.locator("a, button").filter(has_text=name.title()).first.click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@contextmanager
def at_desk(context: BrowserContext, demo: Demo, name: str) -> Iterator[Page]:
    """A page on which an agent works; afterwards there is room again for the next one's cases."""
    page = sign_in(context, demo, name)
    go_online(page)
    page.reload()
    page.locator("nav.rail").wait_for()
    yield page
    let_go(page)


@pytest.fixture
def ana(context: BrowserContext, demo: Demo) -> Iterator[Page]:
    """Ana's desk, online."""
    with at_desk(context, demo, "ana") as page:
        yield page
