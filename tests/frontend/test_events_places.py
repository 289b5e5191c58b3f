"""Pages of halls, tables, walks, stands and the programme: every form, hostile input, two organisers at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.domain.setup.places import lose_table
from events.domain.setup.stands import StandRows, assign_stand, lay_stands
from events.models import Event, Stand
from frontend.hall_plan import draw_plans
from hubs.policies import Viewer
from tests.events.setting_up import draft, event_fixture, meeting_in, person_at, viewer_fixture  # noqa: F401
from tests.frontend.conftest import body
from tests.frontend.event_setting_up import organiser_fixture, page  # noqa: F401

NOW = datetime(2027, 3, 1, tzinfo=UTC)


# Places and stands


def test_tables_are_added_and_taken_out_of_use(organiser: Client, event: Event) -> None:
    hall = event.halls.all()[0]
    organiser.post(page(event, "places/tables/new/"), {"version": "1", "hall": str(hall.public_id), "labels": "K1-K3"})
    table = hall.tables.get(label="K2")

    organiser.post(page(event, f"places/tables/{table.public_id}/"), {"version": "2", "do": "lose"})

    table.refresh_from_db()
    assert (table.is_lost, hall.tables.count()) == (True, 3)
    assert "out of use" in body(organiser, page(event, "places/"))


def test_form_of_additions_survives_a_change_meanwhile(organiser: Client, viewer: Viewer, event: Event) -> None:
    hall = event.halls.all()[0]
    lose_table(event.tables.all()[0], viewer=viewer, version=1)
    posted = {"version": "1", "hall": str(hall.public_id), "labels": "K1-K3"}

    answer = organiser.post(page(event, "places/tables/new/"), posted)

    assert answer.status_code == 409
    assert 'value="K1-K3"' in answer.content.decode()
    assert '<input type="hidden" name="version" value="2"' in answer.content.decode()
    assert hall.tables.count() == 0


def test_other_events_hall_and_table_are_not_found(organiser: Client, viewer: Viewer, event: Event) -> None:
    other = draft(viewer, name="En anden")

    body(organiser, page(event, f"places/halls/{other.halls.all()[0].public_id}/"), status=404)
    answer = organiser.post(page(event, f"places/tables/{other.tables.all()[0].public_id}/"), {"do": "remove"})

    assert answer.status_code == 404
    assert other.tables.count() == 40


def test_hall_measures_in_metres_with_comma_or_point(organiser: Client, event: Event) -> None:
    posted = {"version": "1", "name": "Sal", "plan_width": "12,5", "plan_height": "8.0"}

    organiser.post(page(event, "places/halls/new/"), posted)

    hall = event.halls.get(name="Sal")
    assert (hall.plan_width, hall.plan_height) == (125, 80)


@pytest.mark.parametrize("width", ["", "-1", "NaN", "Infinity", "1e99", "1.25", "x", "9" * 4000, "0"])
def test_hostile_metres_are_refused(organiser: Client, event: Event, width: str) -> None:
    posted = {"version": "1", "name": "Sal", "plan_width": width, "plan_height": "8"}

    assert organiser.post(page(event, "places/halls/new/"), posted).status_code == 422
    assert event.halls.count() == 2


def test_walks_are_saved_and_shown(organiser: Client, event: Event) -> None:
    one, other = event.halls.values_list("pk", flat=True)

    organiser.post(page(event, "places/walks/"), {"version": "1", f"walk_{one}_{other}": "6"})

    assert '<td class="is-number">6</td>' in body(organiser, page(event, "places/"))


def test_rows_are_laid_and_filling_is_seen(organiser: Client, viewer: Viewer, event: Event) -> None:
    hall = event.halls.all()[0]
    rows = {"rows": "2", "each": "5", "letters": "A", "first": "1", "width": "3", "height": "2", "aisle": "3",
            "left": "2", "top": "2"}  # fmt: skip
    organiser.post(page(event, "stands/new/"), {"version": "1", "hall": str(hall.public_id), **rows})
    stand = Stand.objects.get(number="A3")
    person = person_at(event)

    organiser.post(
        page(event, f"stands/{stand.public_id}/"),
        {"version": "2", "number": "A3", "profile": person.participation.profile.slug, "meetings_at_once": "1",
         "left": "8", "top": "2", "width": "3", "height": "2"},
    )  # fmt: skip

    shown = body(organiser, page(event, "stands/"))
    assert "1 of 10 stands are taken" in shown
    assert f"Stand A3, {person.participation.profile.name}" in shown
    assert Stand.objects.get(number="A3").left == 80


def test_plan_tells_by_look_and_legend(viewer: Viewer, event: Event) -> None:
    hall = event.halls.all()[0]
    stands = lay_stands(event, viewer=viewer, version=1, hall=hall, rows=StandRows(rows=1, each=3))
    assign_stand(stands[1], viewer=viewer, profile=person_at(event).participation.profile)

    (plan,) = draw_plans([hall])

    assert [mark.look for mark in plan.marks] == ["free", "taken", "free"]
    assert {key.look: key.count for key in plan.legend} == {"free": 2, "taken": 1}
    assert (plan.marks[0].x, plan.marks[0].y) == (35, 30)


def test_stands_page_asks_no_more_for_more_stands(organiser: Client, viewer: Viewer, event: Event) -> None:
    hall = event.halls.all()[0]
    counts = []
    for first in (1, 4):
        rows = StandRows(rows=1, each=3, first=first, top=20 + 30 * first)
        for stand in lay_stands(event, viewer=viewer, version=Event.objects.get().version, hall=hall, rows=rows):
            assign_stand(stand, viewer=viewer, profile=person_at(event).participation.profile)
        with CaptureQueriesContext(connection) as queries:
            body(organiser, page(event, "stands/"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# The programme


def test_session_is_added_with_its_speaker_and_clashes_are_told(organiser: Client, event: Event) -> None:
    person = person_at(event, "Ida Holm")
    meeting_in(event.slots.all()[0], now=NOW)
    posted = {"version": "1", "title": "Åbning", "language": "da", "starts": "2027-03-18T10:00",
              "ends": "2027-03-18T10:30", "is_for_all": "on", "speakers": person.email}  # fmt: skip

    shown = organiser.post(page(event, "sessions/new/"), posted, follow=True).content.decode()

    assert "Ida Holm" in shown
    assert "1 planned meeting lies in this session" in shown
    assert event.sessions.get().ends_at - event.sessions.get().starts_at == timedelta(minutes=30)


def test_session_outside_the_event_is_refused(organiser: Client, event: Event) -> None:
    posted = {"version": "1", "title": "Natmad", "language": "da", "starts": "2027-03-18T23:00",
              "ends": "2027-03-18T23:30"}  # fmt: skip

    assert organiser.post(page(event, "sessions/new/"), posted).status_code == 422
    assert event.sessions.count() == 0
