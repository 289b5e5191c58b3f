"""The day of a person: the plan, the calendar that follows it, the screen in the hall, papers."""

from datetime import UTC, timedelta

import pytest
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from events.calendars import feed
from events.day_papers import agendas_to_print, people_with_badges, typeset_agendas, typeset_badges, typeset_table_cards
from events.domain.people.registering import cancel_person
from events.enums import MeetingState, ParticipantState, SessionPart
from events.models import Event, Hall, Meeting, Participant, ProgrammeSession, SessionSeat
from events.queries.agenda import agenda_of, agendas_of
from events.queries.wall import wall_of
from hubs.models import Hub
from tests.events.bazar import START, Bazar, join, make_bazar, meet
from tests.factories import ProfileFactory

PAGE = "https://bro.example/events/bazar/agenda/"


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


def events_of(written: bytes) -> list[dict[str, object]]:
    calendar = Calendar.from_ical(written)
    return [dict(each) for each in calendar.walk("VEVENT")]


def test_plan_names_the_other_the_place_and_the_words_of_both(bazar: Bazar) -> None:
    (entry,) = agenda_of(bazar.anna).entries
    (theirs,) = agenda_of(bazar.bo).entries

    assert (entry.title, entry.place, entry.hall) == ("Bo Fjordby", "T5", "Hal A")
    assert (entry.own_text, entry.their_text) == ("Vi søger en afdeling.", "Vi tilbyder tid.")
    assert (theirs.own_text, theirs.their_text) == ("Vi tilbyder tid.", "Vi søger en afdeling.")


def test_plan_knows_what_is_on_and_what_comes_next(bazar: Bazar) -> None:
    carl = join(bazar.event, "Carl Lyngvig", ProfileFactory(hub=bazar.event.hub), "KC")
    meet(bazar.event, bazar.anna, carl, bazar.slots[1], None)
    agenda = agenda_of(bazar.anna)
    first, second = bazar.slots

    during = first.starts_at + timedelta(minutes=5)
    assert agenda.current(first.starts_at - timedelta(minutes=1)) is None
    assert agenda.upcoming(first.starts_at - timedelta(minutes=1)) == agenda.entries[0]
    assert agenda.current(during) == agenda.entries[0]
    assert agenda.upcoming(during) == agenda.entries[1]
    assert agenda.current(first.ends_at) is None
    assert agenda.upcoming(second.ends_at) is None


def test_colleague_who_shares_an_agenda_sees_the_hosts_meetings(bazar: Bazar) -> None:
    ida = join(bazar.event, "Ida Saarvang", bazar.anna.participation.profile, "KIDA")
    Participant.objects.filter(pk=ida.pk).update(host=bazar.anna)
    ida.refresh_from_db()

    assert [entry.title for entry in agenda_of(ida).entries] == ["Bo Fjordby"]


def test_sessions_stand_between_meetings_in_order(bazar: Bazar) -> None:
    hall = Hall.objects.create(hub=bazar.event.hub, event=bazar.event, name="Scenen")
    for title, minutes, for_all in (("Åbning", -60, True), ("Tale", 30, False), ("Andres", 40, False)):
        start = bazar.slots[0].starts_at + timedelta(minutes=minutes)
        session = ProgrammeSession.objects.create(
            hub=bazar.event.hub, event=bazar.event, title=title, hall=hall, starts_at=start,
            ends_at=start + timedelta(minutes=20), is_for_all=for_all,
        )  # fmt: skip
        if title == "Tale":
            SessionSeat.objects.create(
                hub=bazar.event.hub, session=session, participant=bazar.anna, part=SessionPart.SPEAKS
            )

    entries = agenda_of(bazar.anna).entries

    assert [(entry.title, entry.speaks) for entry in entries] == [
        ("Åbning", False),
        ("Bo Fjordby", False),
        ("Tale", True),
    ]


def test_plans_of_many_take_as_many_queries_as_that_of_one(
    bazar: Bazar, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = list(Participant.objects.filter(event=bazar.event).select_related("event"))

    with django_assert_max_num_queries(4):
        assert [len(agenda.entries) for agenda in agendas_of(bazar.event, people)] == [1, 1]


def test_calendar_holds_moments_in_universal_time_and_never_a_changed_uid(bazar: Bazar) -> None:
    (before,) = events_of(feed(agenda_of(bazar.anna), page=PAGE))
    Meeting.objects.filter(pk=bazar.meeting.pk).update(slot=bazar.slots[1], sequence=1)

    (after,) = events_of(feed(agenda_of(bazar.anna), page=PAGE))

    assert before["UID"] == after["UID"] == f"{bazar.meeting.public_id}@videnbro"
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt == bazar.slots[1].starts_at.astimezone(UTC)  # type: ignore[attr-defined]
    assert after["STATUS"] == "CONFIRMED"


def test_meeting_that_was_called_off_stays_in_the_calendar_as_cancelled(bazar: Bazar) -> None:
    Meeting.objects.filter(pk=bazar.meeting.pk).update(state=MeetingState.CANCELLED, sequence=2)
    agenda = agenda_of(bazar.anna)

    (entry,) = events_of(feed(agenda, page=PAGE))

    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 2)
    assert agenda.planned == ()


@pytest.mark.parametrize("off", ["person", "event"])
def test_calendar_of_who_cancelled_or_of_a_day_called_off_holds_nothing_that_stands(bazar: Bazar, off: str) -> None:
    start = bazar.slots[1].starts_at
    ProgrammeSession.objects.create(
        hub=bazar.event.hub, event=bazar.event, title="Åbning", starts_at=start, is_for_all=True,
        ends_at=start + timedelta(minutes=20),
    )  # fmt: skip
    before = events_of(feed(agenda_of(bazar.anna), page=PAGE))
    if off == "person":
        cancel_person(bazar.anna, now=START - timedelta(days=1))
    else:
        Event.objects.filter(pk=bazar.event.pk).update(state="cancelled", version=bazar.event.version + 1)

    after = events_of(feed(agenda_of(Participant.objects.get(pk=bazar.anna.pk)), page=PAGE))

    assert [each["STATUS"] for each in before] == ["CONFIRMED", "CONFIRMED"]
    assert [each["STATUS"] for each in after] == ["CANCELLED", "CANCELLED"]
    assert [each["UID"] for each in after] == [each["UID"] for each in before]
    assert after[1]["SEQUENCE"] > before[1]["SEQUENCE"]  # type: ignore[operator]


def test_words_with_line_breaks_cannot_add_lines_to_a_calendar(bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.bo.pk).update(name="Bo\r\nEND:VEVENT\r\nBEGIN:VEVENT")

    assert len(events_of(feed(agenda_of(bazar.anna), page=PAGE))) == 1


def test_screen_shows_organisations_and_no_names(bazar: Bazar) -> None:
    wall = wall_of(bazar.event, now=bazar.slots[0].starts_at)

    assert wall.now is not None
    assert [(each.place, each.profiles) for each in wall.now.sittings] == [("T5", ("Saarvang bazar", "Fjordby bazar"))]
    assert wall.next is not None
    assert wall.next.slot == bazar.slots[1]


def test_screen_after_the_last_slot_is_empty(bazar: Bazar) -> None:
    wall = wall_of(bazar.event, now=bazar.slots[1].ends_at)

    assert (wall.now, wall.next) == (None, None)


def test_papers_of_a_day_and_of_an_empty_one(bazar: Bazar) -> None:
    people = people_with_badges(bazar.event)
    papers = [
        typeset_agendas(bazar.event, agendas_to_print(bazar.event), language="da"),
        typeset_table_cards(bazar.event, language="en"),
        typeset_badges(bazar.event, people, language="da"),
        typeset_agendas(bazar.event, [], language="da"),
        typeset_badges(bazar.event, [], language="en"),
    ]

    assert [paper[:5] for paper in papers] == [b"%PDF-"] * 5
    assert people == [bazar.anna, bazar.bo]


def test_badges_are_for_those_who_come(bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.bo.pk).update(state=ParticipantState.CANCELLED)

    assert people_with_badges(bazar.event) == [bazar.anna]
