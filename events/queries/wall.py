"""What the screen in the hall shows: which slot is on, which comes next, who sits where, which sessions begin.

Organisations only, no names of people: everybody walks past a screen.
"""

from dataclasses import dataclass
from datetime import datetime

from events.enums import MeetingState
from events.models import Event, Meeting, ProgrammeSession, Slot
from events.queries.catalogue import natural

MOST_SESSIONS = 4


@dataclass(frozen=True)
class Sitting:
    """Who meets at one place in one slot."""

    place: str
    hall: str
    profiles: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """One slot with its meetings in the order of places."""

    slot: Slot
    sittings: tuple[Sitting, ...]


@dataclass(frozen=True)
class Wall:
    """The screen at one moment; before the first slot only what comes, after the last nothing."""

    now: Shown | None
    next: Shown | None
    sessions: tuple[ProgrammeSession, ...]


def wall_of(event: Event, *, now: datetime) -> Wall:
    """The screen of the event at that moment."""
    on = Slot.objects.filter(event=event, starts_at__lte=now, ends_at__gt=now).first()
    coming = Slot.objects.filter(event=event, starts_at__gt=now).first()
    sessions = ProgrammeSession.objects.filter(event=event, ends_at__gt=now).select_related("hall")[:MOST_SESSIONS]
    return Wall(_shown(on), _shown(coming), tuple(sessions))


def _shown(slot: Slot | None) -> Shown | None:
    if slot is None:
        return None
    rows = (
        Meeting.objects.filter(slot=slot, state=MeetingState.PLANNED)
        .select_related("table__hall", "stand__hall")
        .prefetch_related("sides__participant__participation__profile")
    )
    sittings = [_sitting(meeting) for meeting in rows]
    return Shown(slot, tuple(sorted(sittings, key=lambda each: (each.hall, natural(each.place)))))


def _sitting(meeting: Meeting) -> Sitting:
    spot = meeting.stand or meeting.table
    names = tuple(dict.fromkeys(side.participant.participation.profile.name for side in meeting.sides.all()))
    return Sitting(str(spot) if spot else "", spot.hall.name if spot else "", names)
