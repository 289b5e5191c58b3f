"""When a person can meet: every slot, but those that it closes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.people.registering import lock_person, require_coming_event
from events.enums import MeetingState
from events.models import Availability, Meeting, Participant
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import InvalidInput


@transaction.atomic
def set_availability(
    person: Participant, *, open_slots: Collection[UUID], now: datetime, viewer: Viewer | None = None
) -> bool:
    """Close every slot of the event but these; returns whether anything changed. Foreign slots are not heard.

    Raises:
        InvalidInput: a published meeting lies in a slot that would be closed; the meeting is called off first.
        NotAllowed, NotFound, EventIsOver
    """
    locked = lock_person(person, viewer=viewer)
    require_coming_event(locked.event, now=now)
    slots = {slot.pk for slot in locked.event.slots.all() if slot.public_id not in open_slots}
    closed = set(locked.closed_slots.values_list("slot_id", flat=True))
    if slots == closed:
        return False
    _require_no_meetings(locked, slots - closed)
    locked.closed_slots.exclude(slot_id__in=slots).delete()
    Availability.objects.bulk_create(
        Availability(hub_id=locked.hub_id, participant=locked, slot_id=slot) for slot in sorted(slots - closed)
    )
    record_change(
        locked.hub_id, actor_id=viewer.user_id if viewer else None, action="update",
        subject_type="event_participant", subject_id=locked.public_id, changed_fields=["availability"],
    )  # fmt: skip
    return True


def _require_no_meetings(person: Participant, slots: set[int]) -> None:
    taken = Meeting.objects.filter(
        state=MeetingState.PLANNED, slot_id__in=slots, sides__participant_id=person.host_id or person.pk
    ).select_related("slot")
    if meeting := taken.first():
        starts = meeting.slot.starts_at.astimezone(person.event.zone)
        raise InvalidInput(
            _("You have a meeting at %(time)s. Call it off on your agenda first, or keep the time open.")
            % {"time": f"{starts:%H:%M}"},
            field="open_slots",
        )
