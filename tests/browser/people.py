"""What people do on the screen, by the words and roles they see."""

from __future__ import annotations

from playwright.sync_api import Page


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
