"""Exhibitors stand in the public catalogue until they take that back, in the form of their place."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from events.domain.people.signing_up import change_place
from events.models import Event, Participant, Participation, Stand
from frontend.event_links import place_token
from hubs.enums import Role
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from kernel.models import AuditRecord
from profiles.models import Profile
from tests.events.arrivals import written
from tests.factories import AffiliationFactory, UserFactory
from tests.frontend.conftest import body, speaks_for, text_of
from tests.frontend.event_people import FORM, NOW, comes, event_fixture, profile_fixture  # noqa: F401

SWITCH = 'name="in_catalogue"'
EXHIBITOR = {**FORM, "kind": "exhibitor", "version": "1"}


def own_address(person: Participant) -> str:
    return f"/en/events/medico-bazar/me/{person.public_id}/"


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
        shown = {"catalogue_shown": str(in_catalogue()), "version": str(person.version)}
        client.post(address, {**EXHIBITOR, **shown, **answer})
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


def test_form_that_lay_open_does_not_turn_back_what_somebody_else_said(
    client: Client, event: Event, profile: Profile
) -> None:
    person = comes(event, profile, kind="exhibitor")
    speaks_for(client, profile)
    Participation.objects.update(in_catalogue=False)

    client.post(own_address(person), {**EXHIBITOR, "title": "Chef", "catalogue_shown": "True", "in_catalogue": "on"})

    person.refresh_from_db()
    assert (person.title, in_catalogue()) == ("Chef", False)


def test_form_that_did_not_ask_says_nothing_of_the_catalogue(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    speaks_for(client, profile)
    hall = event.halls.create(hub=event.hub, name="Hal A")
    # The stand came while the form lay open.
    Stand.objects.create(hub=event.hub, event=event, hall=hall, number="A1", profile=profile)

    answer = client.post(own_address(person), {**FORM, "version": "1"})

    assert (answer.status_code, in_catalogue()) == (302, True)


def test_conflict_compares_only_a_choice_that_was_changed_here(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, kind="exhibitor")
    speaks_for(client, profile)
    Participation.objects.update(in_catalogue=False)
    stale = {**EXHIBITOR, "version": "7", "catalogue_shown": "True", "in_catalogue": "on"}

    kept = text_of(client.post(own_address(person), stale), 409)
    changed = text_of(client.post(own_address(person), {**stale, "catalogue_shown": "False"}), 409)

    differs = "<h3>Our stand is in the public catalogue</h3>"
    ticked = re.compile(f"<input[^>]*{SWITCH}[^>]* checked")
    assert [(differs in page, bool(ticked.search(page))) for page in (kept, changed)] == [(False, False), (True, True)]
    assert ['name="catalogue_shown" value="False"' in page for page in (kept, changed)] == [True, True]
    assert in_catalogue() is False


@pytest.mark.parametrize("way", ["signed in", "by address", "by link"])
def test_who_only_comes_for_a_profile_that_others_run_has_no_say(
    client: Client, event: Event, profile: Profile, way: str
) -> None:
    person = comes(event, profile, kind="exhibitor")
    AffiliationFactory(organisation=profile.organisation)
    user = UserFactory(email=person.email)
    Participant.objects.update(user=user if way == "signed in" else None)
    address = own_address(person)
    if way == "by link":
        address = reverse("frontend:event_place_change", args=[place_token(person)])
    else:
        client.force_login(user)

    asked = SWITCH in body(client, address)
    answer = client.post(address, {**EXHIBITOR, "title": "Chef", "catalogue_shown": "True"})

    person.refresh_from_db()
    assert (asked, answer.status_code, person.title, in_catalogue()) == (False, 302, "Chef", True)


@pytest.mark.parametrize("by_link", [False, True])
def test_domain_refuses_who_may_not_say_it_and_keeps_the_rest(event: Event, profile: Profile, by_link: bool) -> None:
    person = comes(event, profile, kind="exhibitor")
    speaker = AffiliationFactory(organisation=profile.organisation).user
    Participant.objects.update(user=UserFactory(email=person.email))
    person.refresh_from_db()
    viewer = None if by_link else Viewer(event.hub_id, Role.VISITOR, person.user_id)
    # Whose address it becomes may say it; who asks may not.
    fields = written("Kim Holm", speaker.email, kind="exhibitor")

    with pytest.raises(NotAllowed):
        change_place(person, fields=fields, open_slots=None, version=1, viewer=viewer, now=NOW, in_catalogue=False)

    stored = Participant.objects.get()
    assert (stored.email, stored.version, in_catalogue()) == (person.email, 1, True)


def test_who_alone_comes_for_a_profile_says_it_by_link(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, kind="exhibitor")
    address = reverse("frontend:event_place_change", args=[place_token(person)])

    asked = SWITCH in body(client, address)
    client.post(address, {**EXHIBITOR, "email": "kim.ny@example.test", "catalogue_shown": "True"})

    person.refresh_from_db()
    assert (asked, person.email, in_catalogue()) == (True, "kim.ny@example.test", False)


def test_sign_up_says_that_exhibitors_stand_in_the_catalogue(client: Client, event: Event, profile: Profile) -> None:
    speaks_for(client, profile)

    page = body(client, "/en/events/medico-bazar/register/")

    assert "before the day and stand in the public catalogue" in page
