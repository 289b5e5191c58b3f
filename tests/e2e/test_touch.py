"""On a phone every button, field and choice is large enough for a finger."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.people import sign_in_as
from tests.e2e.visits import PHONE, Device

FINGER = 44
FINGERS = Device(size=PHONE, touch=True)
# Links inside running text are as high as their line; what is hidden for the eyes is not tapped. A box may be
# small when its label, tapped alike, is not.
TOO_SMALL = """least => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((each) => each.type !== "hidden" && !each.closest(".skip-link, p, dd, h3, .form-hint, .notice"))
  .map((each) => each.matches("[type=checkbox], [type=radio]") ? (each.closest(".form-check") ?? each.labels[0]) : each)
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width > 0 && (box.height < least - 0.5 || box.width < 24))
  .map(([each, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${each.outerHTML.slice(0, 100)}`)"""

Visit = Callable[..., Page]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search/?q=tryksår&region=1082",
        "/search/?q=tryksår&kind=investor&region=1081",
        "/profiles/saarvang-medical/",
        "/account/login/",
    ],
)
def test_visitors_pages_fit_fingers(visit: Visit, path: str) -> None:
    page = visit(FINGERS)

    page.goto(path)

    assert page.evaluate("matchMedia('(pointer: coarse)').matches") is True
    assert page.evaluate(TOO_SMALL, FINGER) == []


@pytest.mark.parametrize(
    "path",
    [
        "/for-you/randers-hjemmepleje/?purpose=project",
        "/for-you/randers-hjemmepleje/why-not/?name=afdeling",
        "/my-profile/randers-hjemmepleje/",
        "/my-profile/randers-hjemmepleje/details/",
        "/my-profile/randers-hjemmepleje/texts/new/",
    ],
)
def test_members_pages_fit_fingers(visit: Visit, path: str) -> None:
    page = visit(FINGERS)
    sign_in_as(page, "kommune (Hjemmeplejen")

    page.goto(path)

    assert page.evaluate(TOO_SMALL, FINGER) == []
