"""What people do on the screen, by the words and roles they see."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

_CASE = re.compile(r"/case/[0-9a-f]{32}$")


def case_open(page: Page) -> str:
    """The id of the case whose thread is shown; the address follows a click a moment later."""
    expect(page).to_have_url(_CASE)
    return page.url.rsplit("/", 1)[1]


def go_online(page: Page) -> None:
    """Say that one is there: through the page's own session, as its presence switch does."""
    page.evaluate(
        """async () => {
          const boot = await (await fetch('/api/v1/me')).json();
          const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
          await fetch('/api/v1/me/presence', {method: 'PUT', headers: {'content-type': 'application/json',
            'x-csrf-token': csrf}, body: JSON.stringify({status: 'online'})});
          return boot;
        }"""
    )


def let_go(page: Page) -> None:
    """Resolve the cases of strangers that the page's agent holds, so that the next test finds room for its own."""
    page.evaluate(
        """async () => {
          const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
          const mine = await (await fetch('/api/v1/cases?view=mine&limit=200')).json();
          for (const one of (mine.items ?? []).filter((each) => each.debtor.provisional)) {
            const headers = {'content-type': 'application/json', 'x-csrf-token': csrf};
            const body = JSON.stringify({outcome: 'other'});
            await fetch(`/api/v1/cases/${one.id}/resolve`, {method: 'POST', headers, body});
          }
        }"""
    )


def proves(page: Page, case: str) -> None:
    """The customer passed two checks at the address of their own from which they wrote last."""
    page.evaluate(
        """async (at) => {
          const found = await (await fetch(at)).json();
          const own = found.contact_points.filter((p) => !p.holder);
          const [last] = own.toSorted((a, b) => (b.last_inbound_at ?? '').localeCompare(a.last_inbound_at ?? ''));
          const checks = [{kind: 'portal', passed: true}, {kind: 'birth_date', passed: true}];
          const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
          const answer = await fetch(`${at}/identity`, {
            method: 'POST', headers: {'content-type': 'application/json', 'x-csrf-token': csrf},
            body: JSON.stringify({checks, contact_point: last.id}),
          });
          if (!answer.ok) throw new Error(await answer.text());
        }""",
        f"/api/v1/cases/{case}",
    )


def ask_approval(page: Page) -> None:
    """Words that the gate holds for a supervisor; what was asked for is written otherwise afterwards."""
    page.keyboard.press("r")
    page.keyboard.type("Sem acordo o serviço pode ser suspenso.")
    expect(page.locator(".gate.hold")).to_be_visible()
    page.keyboard.press("Alt+s")
    expect(page.locator(".gate.hold")).to_contain_text("Pedido à supervisão")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")


def walk_to(page: Page, wanted: object) -> None:
    """Tab backwards until the focus stands there."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("(wanted) => document.activeElement === wanted", wanted):
            return
    raise AssertionError("Tab does not reach it")
