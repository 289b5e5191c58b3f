"""The page of the screen in the hall: opened by organisers or by its own link, and renewed without losing itself."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.setup.wall_links import renew_wall_link
from events.models import Event, Meeting, Slot
from frontend.event_links import place_token, wall_token
from hubs.enums import Role
from hubs.models import Hub
from mailgate.links import sign
from tests.events.bazar import Bazar, make_bazar
from tests.events.timetable_days import organiser
from tests.factories import HubFactory
from tests.frontend.conftest import body, works_as


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    """A day with its first slot on just now."""
    made = make_bazar(hub)
    now = timezone.now()
    Event.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))
    Slot.objects.filter(pk=made.slots[0].pk).update(
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=15)
    )
    return made


def link(event: Event) -> str:
    return f"/en/events/wall/{wall_token(event)}/"


def test_screen_opens_by_its_link_without_signing_in_and_names_nobody(client: Client, bazar: Bazar) -> None:
    answer = client.get(link(bazar.event))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Saarvang bazar · Fjordby bazar" in page
    assert [name for name in ("Anna", "Bo Fjordby", "KANNA", "organise/") if name in page] == []
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("token", ["forged", "a:b:c", "x" * 1500])
def test_forged_link_opens_no_screen(client: Client, bazar: Bazar, token: str) -> None:
    assert client.get(f"/events/wall/{token}/").status_code == 404


def test_links_of_other_pages_open_no_screen_and_the_screens_opens_no_other(client: Client, bazar: Bazar) -> None:
    for token in (place_token(bazar.anna), sign("wall", event="nonsense"), sign("wall")):
        assert client.get(f"/events/wall/{token}/").status_code == 404
    assert client.get(f"/events/agenda/{wall_token(bazar.event)}/").status_code == 404


def test_link_to_another_hubs_screen_opens_nothing_here(client: Client, bazar: Bazar) -> None:
    other = make_bazar(HubFactory(slug="nordbro", domain="nord.example"))

    assert client.get(link(other.event)).status_code == 404


def test_link_closes_a_day_after_the_event(client: Client, bazar: Bazar) -> None:
    address = link(bazar.event)
    begun = timezone.now() - timedelta(days=3)
    Event.objects.update(starts_at=begun, ends_at=timezone.now() - timedelta(hours=23))
    before = client.get(address).status_code
    Event.objects.update(ends_at=timezone.now() - timedelta(hours=25))

    assert (before, client.get(address).status_code) == (200, 404)


def test_organisers_page_offers_the_link_of_the_screen(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    page = body(client, "/en/events/bazar/organise/wall/")

    assert "Open on the screen without signing in" in page
    offered = page.split('href="/en/events/wall/')[1].split('"')[0]
    client.logout()
    assert "Saarvang bazar" in body(client, f"/en/events/wall/{offered}")


def test_screen_is_renewed_by_its_script_and_by_the_browser_only_without(client: Client, bazar: Bazar) -> None:
    answer = client.get(link(bazar.event))
    page = answer.content.decode()

    # A header would load the browser's own error page over the screen when the network is away.
    assert "Refresh" not in answer.headers
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in page
    # What the script looks for.
    for part in ("frontend/wall", "data-wall", "data-state", "data-stale", "As of {time}", "data-clock", "data-rows",
                 'data-words="Page {page} of {pages}"'):  # fmt: skip
        assert part in page, part


def test_slot_without_meetings_says_so(client: Client, bazar: Bazar) -> None:
    Meeting.objects.update(slot=bazar.slots[1])

    assert "No booked meetings in this slot." in body(client, link(bazar.event))


def test_search_engines_are_kept_from_screens(client: Client, bazar: Bazar) -> None:
    assert "Disallow: /events/wall/\n" in body(client, "/robots.txt")


def test_renewed_link_closes_those_handed_out_and_opens_by_the_new_one(client: Client, bazar: Bazar) -> None:
    handed_out = link(bazar.event)
    works_as(client, bazar.event.hub, Role.ORGANISER)

    told = client.post("/en/events/bazar/organise/wall/renew/", follow=True).content.decode()
    offered = told.split('href="/en/events/wall/')[1].split('"')[0]
    client.logout()
    closed = client.get(handed_out)

    assert "Links that were handed out are closed." in told
    assert (closed.status_code, "its link was renewed" in closed.content.decode()) == (404, True)
    assert client.get(f"/en/events/wall/{offered}").status_code == 200


def test_link_from_before_links_had_numbers_opens_until_it_is_renewed(client: Client, bazar: Bazar) -> None:
    address = f"/en/events/wall/{sign('wall', event=str(bazar.event.public_id))}/"
    opened = client.get(address).status_code

    renew_wall_link(bazar.event, viewer=organiser(bazar.event.hub))

    assert (opened, client.get(address).status_code) == (200, 404)


def test_link_is_renewed_by_organisers_of_the_hub_only_and_by_post(client: Client, bazar: Bazar) -> None:
    address, handed_out = "/en/events/bazar/organise/wall/renew/", link(bazar.event)
    signed_out = client.post(address).status_code
    works_as(client, bazar.event.hub, Role.MEMBER)
    member = client.post(address).status_code
    works_as(client, bazar.event.hub, Role.ORGANISER)
    looked = client.get(address).status_code

    assert (signed_out, member, looked) == (302, 403, 405)
    assert client.get(handed_out).status_code == 200
