"""The hall plan for everybody: stands lead to their entries, and tell nothing that the catalogue does not."""

import re

import pytest
from django.test import Client

from events.models import Meeting, Participation, Stand
from frontend.event_links import place_token
from hubs.models import Hub
from profiles.models import Profile
from tests.events.bazar import Bazar, join, make_bazar
from tests.factories import ProfileFactory
from tests.frontend.conftest import body, speaks_for

PAGE = "/en/events/bazar/catalogue/"
MARK = re.compile(r'<a class="plan-stand([^"]*)" href="([^"]*)"[^>]*aria-label="([^"]*)"([^>]*)>')


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


def stand(bazar: Bazar, number: str, profile: Profile | None = None, theme: str | None = None) -> Stand:
    return Stand.objects.create(
        hub=bazar.event.hub, event=bazar.event, hall=bazar.table.hall, number=number, profile=profile, theme_id=theme
    )


@pytest.fixture
def stands(bazar: Bazar) -> tuple[Stand, Stand, Stand]:
    """Anna's and Bo's, of two themes, and a free one."""
    return (
        stand(bazar, "A1", bazar.anna.participation.profile, "theme:near_care"),
        stand(bazar, "A2", bazar.bo.participation.profile, "theme:sustainability"),
        stand(bazar, "A3"),
    )


def looks(page: str) -> list[str]:
    return re.findall(r'<rect class="stand stand--(\w+)" x="0"', page)


def test_stands_of_the_catalogue_lead_to_their_entries(client: Client, stands: tuple[Stand, ...]) -> None:
    page = body(client, PAGE)

    assert [(address, words.split(", ")[:2]) for _class, address, words, _rest in MARK.findall(page)] == [
        (f"#stand-{stands[0].public_id}", ["Stand A1", "Saarvang bazar"]),
        (f"#stand-{stands[1].public_id}", ["Stand A2", "Fjordby bazar"]),
    ]
    assert looks(page) == ["taken", "taken", "free"]
    assert "organise" not in page


def test_stand_of_who_is_not_in_the_catalogue_tells_nobody(client: Client, bazar: Bazar) -> None:
    hidden = join(bazar.event, "Carl Ny", ProfileFactory(hub=bazar.event.hub, name="Nyby"), "KCARL").participation
    stand(bazar, "A1", bazar.anna.participation.profile)
    stand(bazar, "A9", hidden.profile)
    Participation.objects.filter(pk=hidden.pk).update(in_catalogue=False)

    page = body(client, PAGE)

    assert (looks(page), "Nyby" in page, len(MARK.findall(page))) == (["taken", "free"], False, 1)


def test_theme_leaves_the_others_on_the_plan_in_another_shade(client: Client, stands: tuple[Stand, ...]) -> None:
    page = body(client, f"{PAGE}?theme=near_care")

    assert looks(page) == ["taken", "other", "free"]
    assert [address for _class, address, _words, _rest in MARK.findall(page)] == [
        f"#stand-{stands[0].public_id}", f"{PAGE}#stand-{stands[1].public_id}",
    ]  # fmt: skip


@pytest.mark.parametrize(("sought", "marked"), [("A2", ["Stand A2"]), ("Z9", []), ("", []), ("<script>", [])])
def test_stand_that_is_looked_for_is_marked(
    client: Client, stands: tuple[Stand, ...], sought: str, marked: list[str]
) -> None:
    page = body(client, f"{PAGE}?stand={sought}")

    found = [words.split(",")[0] for look, _address, words, rest in MARK.findall(page) if "is-sought" in look]
    assert found == marked
    assert page.count('aria-current="location"') == len(marked)
    assert ("has a thick frame on the plan" in page) == bool(marked)


def test_plan_scrolls_in_a_box_that_the_keyboard_reaches(client: Client, stands: tuple[Stand, ...]) -> None:
    page = body(client, PAGE)

    assert '<div class="plan-scroll plan-scroll--public" tabindex="0" role="group"' in page
    assert "plan--4" in page


def test_page_of_a_stand_and_plan_of_a_person_lead_to_the_hall_plan(
    client: Client, bazar: Bazar, stands: tuple[Stand, ...]
) -> None:
    Meeting.objects.update(stand=stands[1], table=None)
    address = f'href="{PAGE}?stand=A2#plan-{bazar.table.hall_id}"'

    plan = body(client, f"/en/events/agenda/{place_token(bazar.anna)}/")
    speaks_for(client, bazar.anna.participation.profile)
    page = body(client, "/en/events/bazar/stands/A2/")

    assert (address in plan, address in page) == (True, True)
    assert f'id="plan-{bazar.table.hall_id}"' in body(client, f"{PAGE}?stand=A2")


def test_meeting_at_a_table_leads_to_no_plan(client: Client, bazar: Bazar, stands: tuple[Stand, ...]) -> None:
    assert "Find it on the plan" not in body(client, f"/en/events/agenda/{place_token(bazar.anna)}/")


def test_day_for_invited_people_has_no_plan_behind_a_mailed_link(
    client: Client, bazar: Bazar, stands: tuple[Stand, ...]
) -> None:
    Meeting.objects.update(stand=stands[1], table=None)
    bazar.event.level = "co_creation"
    bazar.event.save()

    assert client.get(f"{PAGE}?stand=A2").status_code == 404
    assert "Find it on the plan" not in body(client, f"/en/events/agenda/{place_token(bazar.anna)}/")
