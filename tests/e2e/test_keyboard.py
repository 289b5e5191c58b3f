"""Everything of the first walk with keys alone, and at every stop one sees where one is."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import sign_in_as
from tests.e2e.visits import PHONE, Device
from tests.e2e.wording import words_in

MOST_STOPS = 150
say = words_in("da")

# What has the focus: its name, whether it looks otherwise than without it (a hidden box is marked on its label, a
# search field on its form), and whether its beginning can be seen, not hidden below a bar.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const shown = [element, element.closest("label"), element.closest("[role=search]")].filter(Boolean);
  const look = () => JSON.stringify(shown.map((each) => {
    const {outlineStyle, outlineWidth, outlineColor, boxShadow} = getComputedStyle(each);
    return [outlineStyle === "none" ? "" : outlineWidth + outlineColor, boxShadow];
  }));
  const focused = look();
  element.blur();
  const marked = look() !== focused;
  element.focus();
  const box = (element.closest("label") ?? element).getBoundingClientRect();
  const top = document.elementFromPoint(box.left + Math.min(box.width, 24) / 2, box.top + box.height / 2);
  const seen = !!top && (shown.some((each) => each.contains(top)) || top.contains(element));
  return {name: element.outerHTML.slice(0, 120), marked, seen};
}"""

Visit = Callable[..., Page]


def press_until(page: Page, selector: str) -> None:
    """Tab on until the element has the focus.

    Raises: AssertionError when no number of keys gets there.
    """
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"No key reaches {selector}.")


def test_firm_searches_filters_and_opens_a_profile_with_keys(visit: Visit) -> None:
    page = visit()
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=say("Skip to content"))).to_be_focused()
    expect(page.get_by_role("link", name=say("Skip to content"))).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("klinisk afprøvning af tryksårssensor")
    page.keyboard.press("Enter")
    expect(page.locator("#results-status strong")).to_be_visible()

    press_until(page, "[name=region]")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("region="))
    expect(page.get_by_role("link", name=say("Clear filters"))).to_be_visible()
    # The new results came in around the chip, which must keep the focus.
    assert page.evaluate("document.activeElement.name") == "region"
    assert page.evaluate("document.activeElement.checked") is True

    press_until(page, ".bridge-card a[data-profile]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/profiles/"))


DEVICES = [Device(), Device(size=PHONE, dark=True)]


@pytest.mark.parametrize("device", DEVICES, ids=["desk", "phone-dark"])
@pytest.mark.parametrize(
    "path", ["/", "/search/?q=tryksår&region=1082", "/profiles/saarvang-medical/", "/account/login/"]
)
def test_every_stop_shows_the_focus(visit: Visit, path: str, device: Device) -> None:
    page = visit(device)

    stops = all_stops(page, path)

    assert len(stops) >= 5
    assert [stop["name"] for stop in stops if not stop["marked"]] == []
    assert [stop["name"] for stop in stops if not stop["seen"]] == []


@pytest.mark.parametrize("device", DEVICES, ids=["desk", "phone-dark"])
def test_every_stop_of_a_member_shows_the_focus(visit: Visit, device: Device) -> None:
    page = visit(device)
    sign_in_as(page, "kommune (Hjemmeplejen")

    for path in ("/for-you/randers-hjemmepleje/?purpose=project", "/my-profile/randers-hjemmepleje/details/"):
        stops = all_stops(page, path)

        assert len(stops) > 15
        assert [stop["name"] for stop in stops if not stop["marked"]] == []
        assert [stop["name"] for stop in stops if not stop["seen"]] == []


def all_stops(page: Page, path: str) -> list[dict[str, Any]]:
    """Where the focus goes from key to key, until it comes round."""
    page.goto(path)
    stops: list[dict[str, Any]] = []
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (stops and stop["name"] == stops[0]["name"]):
            break
        stops.append(stop)
    return stops
