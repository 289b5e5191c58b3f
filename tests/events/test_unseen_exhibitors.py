"""Exhibitors stand in the catalogue that visitors read, or organisers are told who does not."""

from typing import Any

import pytest

from events.domain.people.showing_exhibitors import show_exhibitors
from events.enums import PeopleKind
from events.models import Event, Hall, Participation, Stand
from events.queries.catalogue import catalogue_of
from events.queries.unseen_exhibitors import Unseen, unseen_exhibitors
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from kernel.models import AuditRecord
from matching.models import IndexChange
from profiles.models import Organisation, Profile, ProfileTheme, Term
from tests.events.arrivals import comes, member, open_event, organiser
from tests.factories import AffiliationFactory, HubFactory, ProfileFactory, StatementFactory

EXHIBITOR = PeopleKind.EXHIBITOR


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub)


def exhibitor(
    event: Event, name: str, number: int = 1, *, visibility: str = "members", kind: str = EXHIBITOR
) -> Profile:
    profile: Profile = ProfileFactory(hub=event.hub, organisation__hub=event.hub, name=name, visibility=visibility)
    comes(event, number, profile=profile, kind=kind)
    return profile


def names(event: Event) -> tuple[list[str], list[str]]:
    found = unseen_exhibitors(event)
    return [each.name for each in found.drafts], [each.name for each in found.others]


def test_those_whom_visitors_do_not_see_are_named(event: Event) -> None:
    exhibitor(event, "Åben", 1, visibility="public")
    exhibitor(event, "Gæst", 2, kind=PeopleKind.PARTICIPANT)
    exhibitor(event, "Ny", 3)
    AffiliationFactory(organisation=exhibitor(event, "Egen", 4).organisation)
    StatementFactory(profile=exhibitor(event, "Skrevet", 5))
    exhibitor(event, "Huset", 6, visibility="hub")
    out = exhibitor(event, "Vil ikke", 7)
    Participation.objects.filter(profile=out).update(in_catalogue=False)
    elsewhere = open_event(event.hub, slug="anden")
    comes(elsewhere, 8, profile=Profile.objects.get(name="Gæst"), kind=EXHIBITOR)

    assert names(event) == (["Ny"], ["Egen", "Huset", "Skrevet"])


def test_who_holds_a_stand_is_meant_too_and_a_closed_event_has_no_visitors(event: Event) -> None:
    profile = exhibitor(event, "Ny", kind=PeopleKind.PARTICIPANT)
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal 1")
    Stand.objects.create(hub=event.hub, event=event, hall=hall, number="A1", profile=profile)
    Event.objects.filter(pk=event.pk).update(level="co_creation")

    before = names(event)
    event.refresh_from_db()

    assert (before, names(event)) == ((["Ny"], []), ([], []))


def test_drafts_are_shown_to_visitors_and_what_somebody_chose_stays(event: Event) -> None:
    profile = exhibitor(event, "Ny")
    AffiliationFactory(organisation=exhibitor(event, "Egen", 2).organisation)
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal 1")
    Stand.objects.create(hub=event.hub, event=event, hall=hall, number="A1", profile=profile)
    before = [entry.name for entry in catalogue_of(event, Viewer(event.hub_id)).entries]

    numbers = [show_exhibitors(event, viewer=organiser(event.hub)) for _ in range(2)]

    assert (before, numbers) == ([], [1, 0])
    assert [entry.name for entry in catalogue_of(event, Viewer(event.hub_id)).entries] == ["Ny"]
    assert dict(Profile.objects.values_list("name", "visibility")) == {"Ny": "public", "Egen": "members"}
    assert IndexChange.objects.filter(profile_id=profile.pk).exists()
    assert AuditRecord.objects.filter(subject_id=profile.public_id, action="update").count() == 1


@pytest.mark.parametrize("written", [
    {"version": 2}, {"contact_email": "post@firma.example"}, {"keywords": ["sensor"]}, {"languages": ["en"]},
    {"is_paused": True}, {"region": "region:midt"}, {"organisation": {"website": "https://firma.example"}},
    {"organisation": {"cvr_number": "10150817"}}, {"organisation": {"version": 2}}, {"theme": "theme:x"},
])  # fmt: skip
def test_profile_on_which_something_is_written_is_no_draft(event: Event, written: dict[str, Any]) -> None:
    write(exhibitor(event, "Importeret"), **written)
    exhibitor(event, "Ny", 2)

    assert names(event) == (["Ny"], ["Importeret"])
    assert show_exhibitors(event, viewer=organiser(event.hub)) == 1
    assert Profile.objects.get(name="Importeret").visibility == "members"


def write(
    profile: Profile, organisation: dict[str, Any] | None = None, theme: str = "", region: str = "", **values: Any
) -> None:
    if organisation:
        Organisation.objects.filter(pk=profile.organisation_id).update(**organisation)
    if theme:
        key = Term.objects.filter(taxonomy="theme")[0].pk
        ProfileTheme.objects.create(hub=profile.hub, profile=profile, theme_id=key)
    if region:
        values["region"] = Term.objects.filter(taxonomy="region")[0]
    if values:
        Profile.objects.filter(pk=profile.pk).update(**values)


def test_profile_that_is_written_on_while_drafts_are_shown_stays(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    found = exhibitor(event, "Ny"), exhibitor(event, "Rettet", 2), exhibitor(event, "Taler", 3)

    def read_then_edited(at: Event) -> Unseen:
        read = unseen_exhibitors(at)
        Profile.objects.filter(pk=found[1].pk).update(version=2)
        StatementFactory(profile=found[2])
        return read

    monkeypatch.setattr("events.domain.people.showing_exhibitors.unseen_exhibitors", read_then_edited)

    assert show_exhibitors(event, viewer=organiser(event.hub)) == 1
    assert dict(Profile.objects.values_list("name", "visibility")) == {
        "Ny": "public", "Rettet": "members", "Taler": "members",
    }  # fmt: skip


def test_only_organisers_of_the_hub_show_them(event: Event) -> None:
    profile = exhibitor(event, "Ny")

    with pytest.raises(NotAllowed):
        show_exhibitors(event, viewer=member(ProfileFactory(hub=event.hub)))
    with pytest.raises(NotFound):
        show_exhibitors(event, viewer=organiser(HubFactory(slug="nordbro")))

    profile.refresh_from_db()
    assert profile.visibility == "members"
