"""The link of the screen in the hall, which opens to whoever has it: an organiser closes it by making a new one."""

from django.db import transaction

from events.domain.setup.changing import change_event, save_change
from events.models import Event
from hubs.policies import Viewer


@transaction.atomic
def renew_wall_link(event: Event, *, viewer: Viewer) -> Event:
    """Close every link of the event's screen that was handed out; from now on there is another.

    Raises:
        NotAllowed, NotFound, EventCalledOff
    """
    locked = change_event(event, viewer=viewer)
    locked.wall_link += 1
    save_change(locked, viewer=viewer, action="renew_wall_link", changed=["wall_link"])
    return locked
