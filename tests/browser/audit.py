"""What a page says to those who use it otherwise: axe's rules of WCAG 2.2 AA and good practice, in both themes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

THEMES = ("light", "dark")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => {
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined)));
  const found = await axe.run(document, {runOnly: rules});
  return {passes: found.passes.length, violations: found.violations.map((one) => ({id: one.id, help: one.help,
    nodes: one.nodes.map((node) => ({at: node.target.join(' '), html: node.html.slice(0, 160),
      why: [...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ')}))}))};
}"""


def audit(page: Page, script: str) -> list[str]:
    """One line for each fault, in the light theme and in the dark one; the page keeps the last."""
    told = []
    for theme in THEMES:
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        page.evaluate(script)
        found: dict[str, Any] = page.evaluate(_RUN, _RULES)
        assert found["passes"] > 0, "axe looked at nothing"
        told += [
            f"{theme}: {fault['id']} ({fault['help']}) at {node['at']}: {node['why']} {node['html']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]
    return told


def has_focus(page: Page) -> bool:
    """Whether some element has the focus: on the bare page a keyboard would begin at the top again."""
    return bool(page.evaluate("document.activeElement !== null && document.activeElement !== document.body"))
