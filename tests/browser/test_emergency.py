"""Break-glass on the screen: a case of another team is seen for as long as it is open, and no longer."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Demo, at_desk, sign_in

pytestmark = pytest.mark.browser

WORDS = "estou no telefone com vocês agora"


def test_what_an_emergency_opened_leaves_the_screen_when_it_is_shut(context: BrowserContext, demo: Demo) -> None:
    with at_desk(context, demo, "ana") as ana:
        demo.write(demo.inbox("whatsapp", "meta"), "+5511970000091", WORDS, name="Íris Moura")
        ana.locator("a.row").filter(has_text="Íris Moura").click()
        expect(ana.locator("[data-item]").filter(has_text=WORDS)).to_be_visible()
        case_id = ana.url.rpartition("/")[2]
        camila = sign_in(context, demo, "camila")
        camila.goto(demo.of("camila", f"/#/case/{case_id}"))
        expect(camila.locator(".empty.tall button")).to_be_visible()
        expect(camila.get_by_text(WORDS)).to_have_count(0)
        camila.locator(".empty.tall button").click()
        camila.locator("dialog #why").fill("La deudora llama y su equipo no contesta")
        camila.keyboard.press("Enter")
        thread = camila.locator(".pane.thread [data-item]").filter(has_text=WORDS)
        expect(thread).to_be_visible()
        expect(camila.locator(".pane.thread textarea")).to_have_count(0)

        wall = sign_in(context, demo, "camila", f"/wall#/monitor/{case_id}")
        watched = wall.locator("section.mon [data-item]").filter(has_text=WORDS)
        expect(watched).to_be_visible()
        office = sign_in(context, demo, "camila", "/office#/glass")
        office.locator("tbody tr").filter(has_text="La deudora llama").get_by_role("button").click()
        expect(thread).to_have_count(0)
        expect(watched).to_have_count(0)
        expect(camila.locator(".empty.tall button")).to_be_visible()
        assert camila.evaluate("async (id) => (await fetch(`/api/v1/cases/${id}`)).status", case_id) == 404
