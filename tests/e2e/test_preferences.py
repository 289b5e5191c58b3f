"""The other language and the other light: chosen with one press, on the page where one is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import Device, address_of
from tests.e2e.wording import words_in

say = words_in("da")

Visit = Callable[..., Page]


def test_english_is_the_same_page_in_english(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=tryksår&region=1082")

    page.get_by_role("link", name="English").click()

    assert address_of(page) == "/en/search/?q=tryks%C3%A5r&region=1082"
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    page.get_by_role("link", name="Dansk").click()
    expect(page.locator("html")).to_have_attribute("lang", "da")
    assert address_of(page) == "/search/?q=tryks%C3%A5r&region=1082"


@pytest.mark.parametrize("device", [Device(), Device(scripts=False)], ids=["scripts", "no-scripts"])
def test_dark_is_kept_from_page_to_page(visit: Visit, device: Device) -> None:
    page = visit(device)
    page.goto("/profiles/saarvang-medical/")
    light = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")

    page.get_by_role("button", name=say("Dark")).click()

    assert address_of(page) == "/profiles/saarvang-medical/"
    expect(page.get_by_role("button", name=say("Dark"))).to_have_attribute("aria-pressed", "true")
    dark = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert dark != light
    page.goto("/")
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == dark
