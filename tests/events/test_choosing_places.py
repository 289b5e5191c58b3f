"""What organisers choose from: tables and stands in the order of their numbers, meetings that can still be held."""

from datetime import UTC, datetime

import pytest

from events.enums import MeetingState
from events.models import Hall, Meeting, Stand, Table
from events.queries.catalogue import stands_in_order
from events.queries.timetable import accepted_requests, places_of, requests_to_hold
from hubs.models import Hub
from tests.events.bazar import Bazar, make_bazar, meet

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


def test_second_table_and_stand_come_before_the_tenth(bazar: Bazar) -> None:
    hall, size = Hall.objects.get(), {"left": 0, "top": 0, "width": 30, "height": 20}
    for number in ("10", "1", "2"):
        Table.objects.create(hub=bazar.event.hub, event=bazar.event, hall=hall, label=f"T{number}")
        Stand.objects.create(hub=bazar.event.hub, event=bazar.event, hall=hall, number=f"A{number}", **size)

    assert [str(place) for place in places_of(bazar.event)] == ["T1", "T2", "T5", "T10", "A1", "A2", "A10"]
    assert [stand.number for stand in stands_in_order(bazar.event)] == ["A1", "A2", "A10"]


def test_meeting_that_is_called_off_is_nothing_to_be_earlier_than(bazar: Bazar) -> None:
    stays = meet(bazar.event, bazar.bo, bazar.anna, bazar.slots[1], bazar.table)
    Meeting.objects.filter(pk=bazar.meeting.pk).update(state=MeetingState.CANCELLED)

    assert accepted_requests(bazar.event).count() == 2
    assert list(requests_to_hold(bazar.event)) == [stays.request]
