"""A municipality expected somebody else: it asks why not, chooses among several, and reads what keeps them there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import sign_in_as
from tests.e2e.visits import PHONE, Device, address_of
from tests.e2e.wording import words_in

MEMBER = {"da": "kommune (Hjemmeplejen", "en": "a municipality (Hjemmeplejen"}
DEVICES = [
    pytest.param(Device(scripts=False), id="danish-desk-without-scripts"),
    pytest.param(Device(language="en-GB", size=PHONE, dark=True, touch=True), id="english-phone-dark"),
]

Visit = Callable[..., Page]


@pytest.mark.parametrize("device", DEVICES)
def test_expected_profile_is_found_and_explained(visit: Visit, device: Device) -> None:
    page, language = visit(device), device.language[:2]
    say = words_in(language)
    sign_in_as(page, MEMBER[language], language=language)
    page.get_by_role("link", name=say("For you")).first.click()

    page.get_by_label(say("Name of the profile")).fill("afdeling")
    page.get_by_role("button", name=say("Show me why")).click()

    expect(page.get_by_role("heading", name=say("Which one do you mean?"))).to_be_visible()
    choice = page.locator(".which a").first
    name = choice.inner_text()
    choice.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.locator("#standing-title")).not_to_be_empty()
    assert re.search("name=", address_of(page))
    page.get_by_role("main").get_by_role("link", name=say("Back to who fits you")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Who fits you"))


@pytest.mark.parametrize("device", DEVICES)
def test_unknown_name_is_told_beside_the_field(visit: Visit, device: Device) -> None:
    page, language = visit(device), device.language[:2]
    say = words_in(language)
    sign_in_as(page, MEMBER[language], language=language)
    page.goto(f"{'/en' if language == 'en' else ''}/for-you/randers-hjemmepleje/")

    page.get_by_label(say("Name of the profile")).fill("Findes Slet Ikke")
    page.get_by_role("button", name=say("Show me why")).click()

    field = page.get_by_label(say("Name of the profile"))
    expect(field).to_have_value("Findes Slet Ikke")
    expect(field).to_have_accessible_description(
        say("No profile that is open to you has that name. Check the spelling, or write less of it.")
    )
