"""Whether what a file says of offers and needs is taken over, for people who are new and for those who are here."""

import pytest

from events.domain.people.import_rows import read_people
from events.domain.people.importing import import_people, plan_import
from events.domain.people.stating import OwnText, set_event_statements
from events.models import Event, Participant, Participation
from hubs.models import Hub
from kernel.audit import record_change
from kernel.models import AuditRecord
from profiles.models import Profile
from tests.events.arrivals import DAY, NOW, event_fixture, open_event, organiser  # noqa: F401
from tests.events.sheets_of_people import brought_in, said, sheet
from tests.factories import AffiliationFactory, OrganisationFactory, ProfileFactory

pytestmark = pytest.mark.usefixtures("english")


def test_texts_of_colleagues_are_brought_together_once(event: Event) -> None:
    content = sheet(
        {"Email": "a@example.test", "Vi tilbyder": "Vi måler tryk.\n\nVi bygger pumper.", "Vi søger": "-"},
        {"Email": "b@example.test", "Vi tilbyder": "Vi måler tryk.", "Vi søger": "En afdeling."},
    )

    counts = [dict(brought_in(event, content).counts) for _ in range(2)]

    assert counts == [{"create": 2}, {"nothing": 2}]
    assert said(event) == [
        ("Lund ApS", "offer", "Vi måler tryk."), ("Lund ApS", "offer", "Vi bygger pumper."),
        ("Lund ApS", "need", "En afdeling."),
    ]  # fmt: skip


def test_later_file_fills_what_is_empty_and_overwrites_nothing(event: Event) -> None:
    brought_in(event, sheet({}))
    person = Participant.objects.get()
    set_event_statements(person.participation, own=[OwnText("offer", "Selv skrevet.")])

    plan = brought_in(
        event, sheet({"Vi tilbyder": "Fra filen.", "Vi søger": "En afdeling.", "Access needs": "Kørestol"})
    )
    Participant.objects.update(access_needs="")
    again = brought_in(event, sheet({"Vi tilbyder": "Fra filen.", "Access needs": "Kørestol"}))

    assert (dict(plan.counts), dict(again.counts)) == ({"update": 1}, {"nothing": 1})
    assert said(event) == [("Lund ApS", "offer", "Selv skrevet.")]


def test_later_file_says_it_for_a_row_that_nobody_has_touched(event: Event) -> None:
    brought_in(event, sheet({}))

    plans = [brought_in(event, sheet({"Vi tilbyder": "Fra filen.", "Vi søger": "En afdeling."})) for _ in range(2)]

    assert [(dict(plan.counts), plan.rows[0].told) for plan in plans] == [({"update": 1}, ""), ({"nothing": 1}, "")]
    assert said(event) == [("Lund ApS", "offer", "Fra filen."), ("Lund ApS", "need", "En afdeling.")]


def test_later_file_brings_nothing_back_that_was_taken_away(event: Event) -> None:
    content = sheet({"Vi tilbyder": "Fra filen."})
    brought_in(event, content)
    set_event_statements(Participant.objects.get().participation, own=[])

    plan = brought_in(event, content)

    assert (dict(plan.counts), said(event)) == ({"nothing": 1}, [])
    assert "were changed here" in plan.rows[0].told


def test_what_was_taken_away_before_records_named_the_event_stays_away_too(event: Event) -> None:
    content = sheet({"Vi tilbyder": "Fra filen."})
    brought_in(event, content)
    set_event_statements(Participant.objects.get().participation, own=[])
    AuditRecord.objects.filter(subject_type="participation").update(
        subject_type="profile", subject_id=Profile.objects.get().public_id
    )

    plan = brought_in(event, content)

    assert (dict(plan.counts), said(event)) == ({"nothing": 1}, [])


def test_record_of_before_the_profile_came_is_of_another_event(event: Event) -> None:
    brought_in(event, sheet({}))
    record_change(
        event.hub_id, actor_id=None, action="update", subject_type="profile",
        subject_id=Profile.objects.get().public_id, changed_fields=["event_statements"],
    )  # fmt: skip
    AuditRecord.objects.filter(subject_type="profile").update(created_at=NOW - DAY)
    Participation.objects.update(created_at=NOW)

    brought_in(event, sheet({"Vi tilbyder": "Fra filen."}))

    assert said(event) == [("Lund ApS", "offer", "Fra filen.")]


def test_preview_does_not_say_that_a_row_was_changed_where_a_colleagues_wrote_first(event: Event) -> None:
    for second in ("", "Andet."):
        plan = brought_in(
            event,
            sheet(
                {"Email": "a@example.test", "Vi tilbyder": "Det første."},
                {"Email": "b@example.test", "Vi tilbyder": second},
            ),
        )

    assert (plan.rows[0].told, "or something is written here already" in plan.rows[1].told) == ("", True)


def test_what_was_taken_away_at_another_event_is_no_matter_here(hub: Hub, event: Event) -> None:
    elsewhere = open_event(hub, slug="anden")
    brought_in(event, sheet({}))
    brought_in(elsewhere, sheet({"Vi tilbyder": "Fra filen."}))
    set_event_statements(Participant.objects.get(event=elsewhere).participation, own=[])

    brought_in(event, sheet({"Vi tilbyder": "Fra filen."}))

    assert (said(elsewhere), said(event)) == ([], [("Lund ApS", "offer", "Fra filen.")])


def test_later_file_says_nothing_for_a_row_that_was_changed_here(event: Event) -> None:
    brought_in(event, sheet({}))
    Participant.objects.update(version=2)

    plan = brought_in(event, sheet({"Vi tilbyder": "Fra filen."}))

    assert (dict(plan.counts), said(event)) == ({"nothing": 1}, [])
    assert "were changed here" in plan.rows[0].told


@pytest.mark.parametrize("is_known", [False, True])
def test_profile_that_somebody_runs_is_not_written_by_a_file(event: Event, is_known: bool) -> None:
    owner = ProfileFactory(name="Lund ApS", organisation__name="Lund ApS", organisation__hub=event.hub)
    AffiliationFactory(organisation=owner.organisation)
    if is_known:
        brought_in(event, sheet({}))
    rows = read_people(sheet({"Vi tilbyder": "Fra filen.", "Title": "Chef"}))

    shown = plan_import(event, rows, viewer=organiser(event.hub)).rows[0]
    plan = import_people(event, rows, viewer=organiser(event.hub), now=NOW)

    assert (dict(plan.counts), said(event)) == ({"update" if is_known else "create": 1}, [])
    assert ["writes here itself" in each.told for each in (shown, plan.rows[0])] == [True, True]
    assert Participant.objects.get().title == "Chef"


def test_who_has_left_runs_no_profile(event: Event) -> None:
    owner = ProfileFactory(name="Lund ApS", organisation__name="Lund ApS", organisation__hub=event.hub)
    AffiliationFactory(organisation=owner.organisation, user__is_active=False)

    brought_in(event, sheet({"Vi tilbyder": "Fra filen."}))

    assert said(event) == [("Lund ApS", "offer", "Fra filen.")]


def test_people_of_an_organisation_without_profile_run_the_one_that_the_file_makes(event: Event) -> None:
    AffiliationFactory(organisation=OrganisationFactory(hub=event.hub, name="LUND ApS"))

    plan = brought_in(event, sheet({"Vi tilbyder": "Fra filen."}))

    assert (Profile.objects.count(), said(event)) == (1, [])
    assert "writes here itself" in plan.rows[0].told


def test_newcomer_does_not_overwrite_what_colleagues_wrote_and_the_organiser_is_told(event: Event) -> None:
    brought_in(event, sheet({"Vi tilbyder": "Det første."}))

    plan = brought_in(event, sheet({"Email": "b@example.test", "Vi tilbyder": "Noget andet."}))

    assert "is written already, and stays" in plan.rows[0].told
    assert said(event) == [("Lund ApS", "offer", "Det første.")]


def test_texts_of_another_organisation_than_the_persons_are_not_taken(event: Event) -> None:
    brought_in(event, sheet({}))

    plan = brought_in(event, sheet({"Company": "En anden A/S", "Vi tilbyder": "Fremmed."}))

    assert (dict(plan.counts), said(event)) == ({"nothing": 1}, [])
