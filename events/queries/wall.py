"""What the screen in the hall shows: which slot is on, which comes next, who sits where, which sessions begin.

Organisations only, no names of people: everybody walks past a screen.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from events.enums import EventKind, EventState, MeetingState
from events.models import Event, Meeting, ProgrammeSession, Question, Slot
from events.queries.catalogue import natural
from events.queries.groups import questions_held

MOST_SESSIONS = 4


@dataclass(frozen=True)
class Sitting:
    """Who meets at one place in one slot."""

    place: str
    hall: str
    profiles: tuple[str, ...]


@dataclass(frozen=True)
class Gathering:
    """A group around a question: in which room, and of whom the question is."""

    room: str
    title: str
    profile: str


@dataclass(frozen=True)
class Shown:
    """One slot with its groups in the order of rooms, and its meetings in the order of places."""

    slot: Slot
    sittings: tuple[Sitting, ...]
    gatherings: tuple[Gathering, ...] = ()


@dataclass(frozen=True)
class Wall:
    """The screen at one moment; before the first slot only what comes, after the last nothing."""

    now: Shown | None
    next: Shown | None
    sessions: tuple[ProgrammeSession, ...]


def wall_of(event: Event, *, now: datetime) -> Wall:
    """The screen of the event at that moment; that of an event that is called off shows nothing."""
    if event.state == EventState.CANCELLED:
        return Wall(None, None, ())
    on = Slot.objects.filter(event=event, starts_at__lte=now, ends_at__gt=now).first()
    coming = Slot.objects.filter(event=event, starts_at__gt=now).first()
    sessions = ProgrammeSession.objects.filter(event=event, ends_at__gt=now).select_related("hall")[:MOST_SESSIONS]
    return Wall(_shown(event, on), _shown(event, coming), tuple(sessions))


def linked_event(hub_id: int, public_id: str) -> Event | None:
    """The event that a signed link names, if it is still there."""
    try:
        return Event.objects.filter(hub_id=hub_id, public_id=public_id).first()
    except ValidationError:
        return None


def _shown(event: Event, slot: Slot | None) -> Shown | None:
    if slot is None:
        return None
    rows = (
        Meeting.objects.filter(slot=slot, state=MeetingState.PLANNED)
        .select_related("table__hall", "stand__hall")
        .prefetch_related("sides__participant__participation__profile")
    )
    sittings = [_sitting(meeting) for meeting in rows]
    in_order = sorted(sittings, key=lambda each: (each.hall, natural(each.place)))
    return Shown(slot, tuple(in_order), tuple(map(_gathering, _groups(event, slot))))


def _groups(event: Event, slot: Slot) -> list[Question]:
    """Those of the slot, once the programme is published; no query for events without."""
    if event.kind != EventKind.AIMDAY or event.state not in {EventState.PUBLISHED, EventState.OVER}:
        return []
    return list(questions_held(event).filter(slot=slot))


def _gathering(question: Question) -> Gathering:
    room = question.hall.name if question.hall else ""
    return Gathering(room, question.title, question.asker.participation.profile.name)


def _sitting(meeting: Meeting) -> Sitting:
    spot = meeting.stand or meeting.table
    names = tuple(dict.fromkeys(side.participant.participation.profile.name for side in meeting.sides.all()))
    return Sitting(str(spot) if spot else "", spot.hall.name if spot else "", names)
