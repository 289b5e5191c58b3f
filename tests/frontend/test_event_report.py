"""The organiser's report: figures a person, editions beside each other, shares beside others, what fits the kind."""

from datetime import timedelta

import pytest

from events.enums import EventKind, QuestionState
from events.models import Event, GroupSeat, Hall, MeetingSide, Participant, Question, Slot
from events.queries.report import editions
from frontend.report_tables import Table, figures_of, tables_of
from hubs.models import Hub
from tests.events.bazar import END, START, Bazar, join, make_bazar, meet
from tests.factories import ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    """A third person, who only meets Bo; of that meeting somebody stayed away, nobody has told of Anna's."""
    made = make_bazar(hub)
    carl = join(made.event, "Carl", ProfileFactory(hub=hub), "KCC")
    second = meet(made.event, carl, made.bo, made.slots[1], None)
    MeetingSide.objects.filter(meeting=second, participant=made.bo).update(other_came=False)
    return made


def table(event: Event, title: str) -> Table:
    return next(each for each in tables_of(editions(event)) if each.title == title)


def row(found: Table, label: str) -> tuple[str, ...]:
    return next(each[1:] for each in found.body if each[0] == label)


def test_each_person_has_figures_of_every_step(bazar: Bazar) -> None:
    found = table(bazar.event, "For each person with booked meetings")

    assert {each[0]: each[1:] for each in found.body} == {
        "Meetings asked for": ("0.7", "0 / 1.0 / 1"),
        "Meetings one was asked for": ("0.7", "0 / 0.0 / 2"),
        "Accepted, whoever asked": ("1.3", "1 / 1.0 / 2"),
        "Planned": ("1.3", "1 / 1.0 / 2"),
        "Held": ("0.0", "0 / 0.0 / 0"),
        "Somebody stayed away": ("0.7", "0 / 1.0 / 1"),
        "Nobody told": ("0.7", "0 / 1.0 / 1"),
    }


def test_kinds_and_regions_stand_beside_the_earlier_edition(bazar: Bazar, hub: Hub) -> None:
    before = make_bazar(hub, "sidst").event
    Event.objects.filter(pk=before.pk).update(name="Medico Bazar 2026")
    Participant.objects.filter(event=before, name="Bo Fjordby").update(kind="speaker")
    Event.objects.filter(pk=bazar.event.pk).update(earlier_edition=before)
    event = Event.objects.get(pk=bazar.event.pk)

    kinds, regions = table(event, "People by what they come as"), table(event, "People by region")

    assert kinds.headings == ("Kind", "Medico Bazar 2027", "Medico Bazar 2026")
    assert kinds.body == (("Participant", "3 (100\xa0%)", "1 (50\xa0%)"), ("Speaker", "0 (0\xa0%)", "1 (50\xa0%)"))
    assert row(regions, "Not told") == ("3 (100\xa0%)", "2 (100\xa0%)")
    assert row(table(event, "For each person with booked meetings"), "Planned")[-1] == "1.0"


def test_published_figures_are_shares_and_what_nobody_told_is_in_neither_part(bazar: Bazar) -> None:
    MeetingSide.objects.filter(participant=bazar.anna).update(other_came=True)
    for name in "de":
        person = join(bazar.event, name, ProfileFactory(hub=bazar.event.hub), f"K{name}")
        meet(bazar.event, person, bazar.bo, bazar.slots[1], None)

    found = table(bazar.event, "Beside published figures of other events")

    assert row(found, "Medico Bazar 2027")[0] == "50\xa0% (1 / 2)"
    assert row(found, "b2match REBECA") == ("75\xa0% (55 / 73)", "–")
    assert row(found, "MEDICA") == ("–", "5.6–7.8")


def test_nothing_is_held_of_what_is_still_ahead(bazar: Bazar) -> None:
    MeetingSide.objects.update(other_came=None)

    assert row(table(bazar.event, "Beside published figures of other events"), "Medico Bazar 2027")[0] == "–"


def aimday(hub: Hub) -> Event:
    """Two questions of one firm, of which one has a group of two, and a third that was taken back."""
    event = Event.objects.create(
        hub=hub, slug="aim", name="AIMday", kind=EventKind.AIMDAY, starts_at=START, ends_at=END
    )
    slot = Slot.objects.create(hub=hub, event=event, starts_at=START, ends_at=START + timedelta(hours=1))
    hall = Hall.objects.create(hub=hub, event=event, name="Havestuen")
    firm = join(event, "Firma", ProfileFactory(hub=hub), "KF")
    taken = {"state": QuestionState.TAKEN, "slot": slot, "hall": hall}
    rows = [
        Question.objects.create(hub=hub, event=event, asker=firm, title=title, **fields)
        for title, fields in (("Hvad?", taken), ("Hvordan?", {}), ("Hvem?", {"state": QuestionState.LEFT_OUT}))
    ]
    for name, fit in (("Alma", 0.5), ("Birk", 1.0)):
        person = join(event, name, ProfileFactory(hub=hub), f"K{name}")
        GroupSeat.objects.create(hub=hub, question=rows[0], participant=person, fit=fit)
    return event


def test_aimday_reports_its_groups_and_nothing_of_booked_meetings(hub: Hub) -> None:
    reports = editions(aimday(hub))

    compared = tables_of(reports)[0]

    assert [each.title for each in tables_of(reports)] == [
        "This edition and those before", "People by what they come as", "People by kind of profile", "People by region",
    ]  # fmt: skip
    assert compared.body[5:] == (
        ("Questions asked", "2"),
        ("Questions with a group", "1"),
        ("People in groups", "2"),
        ("Seats in groups", "2"),
        ("Seats a person: mean", "1.0"),
        ("Seats a person: fewest, middle, most", "1 / 1.0 / 1"),
        ("Seats a group: fewest, middle, most", "2 / 2.0 / 2"),
        ("How well people fit their questions, mean (0-1)", "0.75"),
    )
    assert [each.label for each in figures_of(reports[0])][2:] == [
        "Questions with a group", "People in groups", "Seats a person",
    ]  # fmt: skip


def test_event_without_bookings_or_questions_reports_its_people_only(hub: Hub) -> None:
    event = Event.objects.create(hub=hub, slug="erfa", name="ERFA", kind=EventKind.ERFA, starts_at=START, ends_at=END)

    assert [each[0] for each in tables_of(editions(event))[0].body] == [
        "Registered people", "Came", "Had cancelled", "Waited or stood by", "Organisations",
    ]  # fmt: skip
