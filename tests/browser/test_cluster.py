"""Agent and supervisor on different servers of `make cluster`, through its proxy, each in a browser profile."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from console.demo.people import DOMAIN, PASSWORD
from tests.browser.people import go_online
from tests.cluster.demo import DemoCluster
from tests.cluster.rig import Cluster, started

pytestmark = [pytest.mark.browser, pytest.mark.pg, pytest.mark.redis, pytest.mark.timeout(400)]

SENDER, NAME = "+5511970000077", "Vera Campos"
TRIES = 12


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    making = started(servers=2, workers=1, kind=DemoCluster)
    with ThreadPoolExecutor(1) as apart:  # the browser's driver holds this thread's event loop
        made = apart.submit(making.__enter__).result()
        try:
            made.carriers("PUT", "/scripted", {"on": False})
            yield made
        finally:
            apart.submit(making.__exit__, None, None, None).result()


def signed_in(browser: Browser, cluster: Cluster, name: str, path: str = "/") -> Page:
    page = browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{cluster.url}{path}")
    page.locator("#email").fill(f"{name}@{DOMAIN}")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def sockets(cluster: Cluster) -> list[int]:
    return [int(cluster.metric(each, "acordo_sockets")) for each in range(len(cluster.servers))]


def settled(cluster: Cluster, page: Page, count: int) -> list[int]:
    """Where the sockets are, once there are so many."""
    for _ in range(100):
        if sum(found := sockets(cluster)) == count:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"{sockets(cluster)} sockets, not {count}")


def test_a_supervisor_on_another_server_watches_takes_over_and_hands_back(browser: Browser, cluster: Cluster) -> None:
    ana = signed_in(browser, cluster, "ana")
    go_online(ana)
    sofia = signed_in(browser, cluster, "sofia", "/wall")
    for _ in range(TRIES):  # nothing sticks: each reload goes to whichever server is next
        if settled(cluster, sofia, 2) == [1, 1]:
            break
        sofia.reload()
    assert settled(cluster, sofia, 2) == [1, 1]

    inboxes = cluster.carriers("GET", "/inboxes")
    whatsapp = next(each["inbox"] for each in inboxes if (each["channel"], each["provider"]) == ("whatsapp", "meta"))
    body = {"inbox": whatsapp, "from": SENDER, "text": "posso pagar em partes?", "name": NAME}
    cluster.carriers("POST", "/inbound", body)
    ana.locator("a.row").filter(has_text=NAME).click()
    expect(ana.locator("[data-item]").filter(has_text="posso pagar em partes?")).to_be_visible()
    sofia.locator("[data-tile]").filter(has_text=NAME).click()
    monitor = sofia.locator("section.mon")
    ana.locator("form.comp textarea").fill("Um instante, Vera")
    expect(monitor.get_by_text("Um instante, Vera")).to_be_visible()
    monitor.get_by_role("radio", name="Assumir").first.click()
    sofia.get_by_role("dialog").locator("#takeover-why").fill("preciso ajudar")
    sofia.keyboard.press("Enter")
    expect(ana.locator("form.comp.locked")).to_be_visible()
    monitor.get_by_role("button", name="Devolver").first.click()
    sofia.get_by_role("dialog").locator("#handback-note").fill("Siga daqui, Ana.")
    sofia.get_by_role("dialog").get_by_role("button", name="Devolver").click()
    expect(ana.locator("form.comp.locked")).to_have_count(0)

    where = sockets(cluster).index(1)
    cluster.servers[where].kill()  # whoever was there goes on at the other one
    settled_at_the_other(cluster, ana, 1 - where)
    cluster.carriers("POST", "/inbound", {**body, "text": "ainda está aí?"})
    expect(ana.locator("[data-item]").filter(has_text="ainda está aí?")).to_be_visible()


def settled_at_the_other(cluster: Cluster, page: Page, server: int) -> None:
    for _ in range(300):
        if cluster.metric(server, "acordo_sockets") == 2:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the sockets did not come back")
