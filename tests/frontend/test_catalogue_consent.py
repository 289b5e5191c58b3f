"""Exhibitors stand in the public catalogue until they take that back, in the form of their place."""

import pytest
from django.test import Client

from events.models import Event, Participation, Stand
from kernel.models import AuditRecord
from profiles.models import Profile
from tests.frontend.conftest import body, speaks_for
from tests.frontend.event_people import FORM, comes, event_fixture, profile_fixture  # noqa: F401

SWITCH = 'name="in_catalogue"'
EXHIBITOR = {**FORM, "kind": "exhibitor", "version": "1"}


def in_catalogue() -> bool:
    return Participation.objects.get().in_catalogue


def test_exhibitor_leaves_the_catalogue_and_comes_back(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, kind="exhibitor")
    hall = event.halls.create(hub=event.hub, name="Hal A")
    Stand.objects.create(hub=event.hub, event=event, hall=hall, number="A1", profile=profile)
    address, page = f"/en/events/medico-bazar/me/{person.public_id}/", "/en/events/medico-bazar/catalogue/"
    speaks_for(client, profile)
    found = [(SWITCH in body(client, address), "Nordlys" in Client().get(page).content.decode())]

    for answer in ({}, {"in_catalogue": "on"}):
        person.refresh_from_db()
        client.post(address, {**EXHIBITOR, "version": str(person.version), **answer})
        found.append((in_catalogue(), "Nordlys" in Client().get(page).content.decode()))

    assert found == [(True, True), (False, False), (True, True)]
    told = AuditRecord.objects.filter(subject_type="participation").values_list("changed_fields", flat=True)
    assert list(told) == [["in_catalogue"], ["in_catalogue"]]


def test_switch_is_ticked_at_first_and_shows_what_was_said(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, kind="exhibitor")
    speaks_for(client, profile)
    address = f"/en/events/medico-bazar/me/{person.public_id}/"

    def is_ticked() -> bool:
        page = body(client, address)
        return "checked" in page[page.index(SWITCH) :].split(">")[0]

    first = is_ticked()
    Participation.objects.update(in_catalogue=False)

    assert (first, is_ticked()) == (True, False)


@pytest.mark.parametrize("kind", ["participant", "speaker"])
def test_others_are_not_asked_and_their_saving_changes_nothing(
    client: Client, event: Event, profile: Profile, kind: str
) -> None:
    person = comes(event, profile, kind=kind)
    speaks_for(client, profile)
    address = f"/en/events/medico-bazar/me/{person.public_id}/"

    asked = SWITCH in body(client, address)
    client.post(address, {**FORM, "kind": kind, "title": "Chef", "version": "1"})

    person.refresh_from_db()
    assert (asked, person.title, in_catalogue()) == (False, "Chef", True)


def test_sign_up_says_that_exhibitors_stand_in_the_catalogue(client: Client, event: Event, profile: Profile) -> None:
    speaks_for(client, profile)

    page = body(client, "/en/events/medico-bazar/register/")

    assert "before the day and stand in the public catalogue" in page
