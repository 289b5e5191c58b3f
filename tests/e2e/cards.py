"""Bridge cards as a reader finds them on a page."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass(frozen=True)
class Card:
    """What one card says; `facts` are kind, organisation and region, `address` is that of the profile."""

    name: str
    facts: tuple[str, ...]
    ours: str
    theirs: str
    reasons: str
    address: str


def read_cards(page: Page | Locator) -> list[Card]:
    """All cards, from top to bottom; waits for the first one."""
    boxes = page.locator("article.bridge-card")
    boxes.first.wait_for()
    return [_read(box) for box in boxes.all()]


def _read(box: Locator) -> Card:
    ours, theirs = box.locator(".bank-text").all_inner_texts()
    return Card(
        name=box.get_by_role("heading").inner_text(),
        facts=tuple(box.locator(".bridge-who bdi").all_inner_texts()),
        ours=ours,
        theirs=theirs,
        reasons=box.locator(".reasons").inner_text(),
        address=box.locator("a[data-profile]").get_attribute("href") or "",
    )
