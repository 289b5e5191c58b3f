"""The programme: sessions within the event, speakers found among those who come, clashes told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.setup.sessions import SessionFields, add_session, change_session, remove_session
from events.enums import SessionPart
from events.models import Event, ProgrammeSession, SessionSeat
from events.queries.setup import clashing_meetings, sessions_of
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.events.setting_up import draft, event_fixture, meeting_in, organiser_of, person_at, viewer_fixture  # noqa: F401
from tests.factories import HubFactory

NOW = datetime(2027, 3, 1, tzinfo=UTC)
FIELDS = SessionFields("Velkomst", datetime(2027, 3, 18, 9, 15), datetime(2027, 3, 18, 9, 45))


def test_session_stands_on_the_clock_of_the_place(viewer: Viewer, event: Event) -> None:
    session = add_session(event, viewer=viewer, version=1, fields=FIELDS, hall=event.halls.all()[0])

    assert session.starts_at == datetime(2027, 3, 18, 8, 15, tzinfo=UTC)
    assert Event.objects.get().version == 2


def test_speakers_are_found_by_name_address_and_code(viewer: Viewer, event: Event) -> None:
    one, two, three = (person_at(event, name) for name in ("Mette Å", "Jens", "Ida"))
    written = (" mette  å ", two.email.upper(), three.code, "Mette Å", "")

    add_session(event, viewer=viewer, version=1, fields=replace(FIELDS, speakers=written))

    assert {seat.participant for seat in sessions_of(event)[0].speakers} == {one, two, three}  # type: ignore[attr-defined]


def test_unknown_and_doubtful_speakers_are_named(viewer: Viewer, event: Event) -> None:
    person_at(event, "Mette")
    person_at(event, "Mette")

    for name in ("Mette", "<b>Ingen</b>"):
        with pytest.raises(InvalidInput) as refusal:
            add_session(event, viewer=viewer, version=1, fields=replace(FIELDS, speakers=(name,)))
        assert refusal.value.details == {"field": "speakers"}
        assert name.casefold() in str(refusal.value)
    assert ProgrammeSession.objects.count() == 0


def test_speaker_of_another_event_is_not_found(viewer: Viewer, event: Event) -> None:
    elsewhere = person_at(draft(viewer, name="En anden"), "Ida")

    with pytest.raises(InvalidInput):
        add_session(event, viewer=viewer, version=1, fields=replace(FIELDS, speakers=(elsewhere.email,)))


def test_change_replaces_speakers_and_leaves_who_attends(viewer: Viewer, event: Event) -> None:
    old, new, guest = (person_at(event, name) for name in ("Mette", "Jens", "Ida"))
    session = add_session(event, viewer=viewer, version=1, fields=replace(FIELDS, speakers=("Mette",)))
    SessionSeat.objects.create(hub=event.hub, session=session, participant=guest)

    change_session(session, viewer=viewer, version=2, fields=replace(FIELDS, title="Åbning", speakers=("Jens",)))

    seats = set(session.seats_taken.values_list("participant", "part"))
    assert seats == {(new.pk, SessionPart.SPEAKS), (guest.pk, SessionPart.ATTENDS)}
    assert old.pk not in {person for person, _part in seats}


def test_change_that_is_none_keeps_the_version(viewer: Viewer, event: Event) -> None:
    session = add_session(event, viewer=viewer, version=1, fields=FIELDS)

    change_session(session, viewer=viewer, version=2, fields=FIELDS)

    assert Event.objects.get().version == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"text": "x" * 3_001}, "text"),
        ({"language": "xx"}, "language"),
        ({"ends": datetime(2027, 3, 18, 9, 15)}, "ends"),
        ({"ends": datetime(2027, 3, 18, 9)}, "ends"),
        ({"starts": datetime(2027, 3, 18, 8)}, "starts"),
        ({"ends": datetime(2027, 3, 18, 23)}, "ends"),
        ({"starts": datetime(1, 1, 1)}, "starts"),
        ({"speakers": tuple(f"navn {number}" for number in range(31))}, "speakers"),
    ],
)
def test_broken_session_is_refused(viewer: Viewer, event: Event, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_session(event, viewer=viewer, version=1, fields=replace(FIELDS, **change))

    assert refusal.value.details["field"] == field
    assert ProgrammeSession.objects.count() == 0


def test_meetings_in_a_session_are_counted(viewer: Viewer, event: Event) -> None:
    first, second = event.slots.all()[:2]
    meeting = meeting_in(first, now=NOW)
    meeting_in(first, now=NOW)
    meeting_in(second, now=NOW)
    starts = datetime(2027, 3, 18, 10)
    fields = replace(FIELDS, starts=starts, ends=starts + timedelta(minutes=20))

    mine = add_session(
        event, viewer=viewer, version=1, fields=replace(fields, speakers=(meeting.request.sender.email,))
    )
    for_all = add_session(event, viewer=viewer, version=2, fields=replace(fields, is_for_all=True))

    assert (clashing_meetings(mine), clashing_meetings(for_all)) == (1, 2)


def test_removed_session_is_gone_once(viewer: Viewer, event: Event) -> None:
    session = add_session(event, viewer=viewer, version=1, fields=FIELDS)

    remove_session(session, viewer=viewer, version=2)

    with pytest.raises(NotFound):
        remove_session(session, viewer=viewer, version=3)


def test_who_may_not_changes_no_programme(hub: Hub, viewer: Viewer, event: Event) -> None:
    hall_elsewhere = draft(viewer, name="En anden").halls.all()[0]

    with pytest.raises(NotFound):
        add_session(event, viewer=organiser_of(HubFactory(slug="nordbro")), version=1, fields=FIELDS)
    with pytest.raises(NotAllowed):
        add_session(event, viewer=Viewer(hub.pk, user_id=1), version=1, fields=FIELDS)
    with pytest.raises(ChangedMeanwhile):
        add_session(event, viewer=viewer, version=7, fields=FIELDS)
    with pytest.raises(InvalidInput):
        add_session(event, viewer=viewer, version=1, fields=FIELDS, hall=hall_elsewhere)
