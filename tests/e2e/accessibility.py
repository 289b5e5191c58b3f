"""Whether everybody can use a page: what axe finds, and what reaches past the edge."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# `target-size` is in WCAG 2.2 AA, and axe asks for it only when told so.
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > width + 1)
    .map((each) => each.outerHTML.slice(0, 160)).slice(0, 5);
}"""
_IS_THERE = "typeof window.axe?.run === 'function'"
_LOOK = f"axe.run(document, {json.dumps(RULES)}).then((found) => found.violations)"


def axe_findings(page: Page) -> list[str]:
    """Every violation on the page as it is now: the rule, the element, what is wrong with it.

    The script is half a megabyte: a document gets it once, however often it is looked at.
    """
    if not page.evaluate(_IS_THERE):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(_LOOK)
    return [
        f"{finding['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for finding in found
        for node in finding["nodes"]
    ]
