"""Check-in at the door: scans that a phone may send late and twice, each counted once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.enums import EventState, ParticipantState
from events.models import CheckIn, Event, Participant
from hubs.policies import Viewer, require_organiser
from kernel.audit import record_change
from kernel.errors import InvalidInput, NotFound

MOST_SCANS = 500
# A phone's clock may run ahead; a scan from further away than the event lasts is not of this day.
_CLOCK_AHEAD = timedelta(minutes=10)
_AROUND_EVENT = timedelta(days=1)


@dataclass(frozen=True)
class Scan:
    """What a phone saw: an id it made, the code on the badge, and when."""

    scan: UUID
    code: str
    at: datetime


class Seen(StrEnum):
    """What became of a scan."""

    WELCOME = "welcome"
    AGAIN = "again"
    NOT_COMING = "not_coming"
    CALLED_OFF = "called_off"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """One scan's answer; the person is None when nobody has that code."""

    scan: UUID
    seen: Seen
    person: Participant | None


def check_in(event: Event, *, viewer: Viewer, scans: Sequence[Scan], now: datetime) -> list[Result]:
    """Note who has come, in the order given; each in a transaction of its own, so that one bad scan loses no other.

    Raises:
        NotAllowed: the viewer does not run the hub's events.
        NotFound: the event is another hub's.
        InvalidInput: more scans at once than a phone can have made.
    """
    require_organiser(viewer)
    if event.hub_id != viewer.hub_id:
        raise NotFound(_("We cannot find that event."))
    if len(scans) > MOST_SCANS:
        raise InvalidInput(_("Send at most %(most)s scans at a time.") % {"most": MOST_SCANS}, field="scans")
    return [_note(event, scan, viewer, now) for scan in scans]


@transaction.atomic
def take_back_check_in(event: Event, *, viewer: Viewer, code: str) -> Participant:
    """Somebody has not come after all, or only to a rehearsal; the next scan of the badge counts again.

    Taken back twice is once. The scans stay stored, so that a phone that sends one again checks nobody in.

    Raises:
        NotAllowed: the viewer does not run the hub's events.
        NotFound: the event is another hub's, or nobody there has that code.
    """
    require_organiser(viewer)
    lock_event(event)
    rows = Participant.objects.select_for_update(of=("self",)).filter(event=event, event__hub_id=viewer.hub_id)
    person = rows.filter(code=clean_code(code)).first()
    if person is None:
        raise NotFound(_("Nobody at this event has that code."))
    if person.checked_in_at is None:
        return person
    person.checked_in_at = None
    person.save(update_fields=("checked_in_at", "updated_at"))
    record_change(
        event.hub_id,
        actor_id=viewer.user_id,
        action="participant.check_in_taken_back",
        subject_type="participant",
        subject_id=person.public_id,
        changed_fields=("checked_in_at",),
    )
    return person


def clean_code(raw: str) -> str:
    """The code as it is stored: capitals without blanks and dashes."""
    return "".join(letter for letter in raw.upper() if letter.isalnum())


@transaction.atomic
def _note(event: Event, scan: Scan, viewer: Viewer, now: datetime) -> Result:
    is_called_off = lock_event(event).state == EventState.CANCELLED
    person = (
        Participant.objects.select_for_update(of=("self",))
        .filter(event=event, code=clean_code(scan.code))
        .select_related("participation__profile")
        .first()
    )
    if person is None:
        return Result(scan.scan, Seen.UNKNOWN, None)
    if is_called_off:
        return Result(scan.scan, Seen.CALLED_OFF, person)
    if person.state != ParticipantState.REGISTERED:
        return Result(scan.scan, Seen.NOT_COMING, person)
    earlier = person.checked_in_at is not None
    made, is_new = CheckIn.objects.get_or_create(
        scan=scan.scan,
        defaults={"hub_id": event.hub_id, "event": event, "participant": person, "at": _when(event, scan.at, now)},
    )
    if not is_new:
        # The phone sends again what it did not hear back about; the same id for somebody else is no scan of ours.
        same = made.participant_id == person.pk
        return Result(scan.scan, Seen.WELCOME if same else Seen.UNKNOWN, person if same else None)
    if earlier:
        return Result(scan.scan, Seen.AGAIN, person)
    person.checked_in_at = made.at
    person.save(update_fields=("checked_in_at", "updated_at"))
    record_change(
        event.hub_id,
        actor_id=viewer.user_id,
        action="participant.checked_in",
        subject_type="participant",
        subject_id=person.public_id,
        changed_fields=("checked_in_at",),
    )
    return Result(scan.scan, Seen.WELCOME, person)


def _when(event: Event, told: datetime, now: datetime) -> datetime:
    """The phone's moment, unless its clock is plainly wrong."""
    too_early = told < event.starts_at - _AROUND_EVENT
    return now if told > now + _CLOCK_AHEAD or too_early else min(told, now)
