"""Asking for a timetable as an organiser means it: where meetings come from mutual wishes, these are made first."""

from datetime import datetime

from django.db import transaction

from events.domain.timetable.running import PLANNABLE, ask_run
from events.domain.wishes.mutual import make_mutual_requests
from events.enums import RequestMode
from events.models import Event
from hubs.policies import Viewer


@transaction.atomic
def ask_timetable(event: Event, *, viewer: Viewer, seconds: int, now: datetime) -> int:
    """Make the meetings of mutual wishes and let the worker compute, both or neither; how many meetings are new.

    Raises:
        What `make_mutual_requests` and `ask_run` raise.
    """
    has_wishes = event.request_mode == RequestMode.MUTUAL and event.state in PLANNABLE and now < event.ends_at
    made = make_mutual_requests(event, viewer=viewer, now=now) if has_wishes else 0
    ask_run(event, viewer=viewer, seconds=seconds, now=now)
    return made
