"""A day whose timetable is not computed yet, for the organiser's pages of it and for mails about its meetings."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from hubs.models import Hub
from tests.events.timetable_days import START, Day, small_day


@pytest.fixture(name="day")
def day_fixture(hub: Hub) -> Day:
    """Anna is to meet Bo and Cai; the event is long after today, so that mails are due."""
    made = small_day(hub)
    anna, bo, cai = made.person("Anna"), made.person("Bo"), made.person("Cai")
    made.wish(anna, bo, is_must=True)
    made.wish(anna, cai)
    # Whole days: the event keeps its hours, and its one day, at whatever time the tests run.
    later = timedelta(days=(timezone.now() - START).days + 400)
    Event.objects.filter(pk=made.event.pk).update(starts_at=START + later, ends_at=START + later + timedelta(hours=8))
    return made
