"""Whom the words about a meeting name: who took part. Who shared an agenda of it and left with it is only told.

Such colleagues have a side of the meeting that was called off, so that their calendars can tell it; they were named to
nobody, and never are.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from events.enums import MeetingState
from events.models import Meeting, MeetingRequest, MeetingSide, RequestGuest


@dataclass(frozen=True)
class Circle:
    """A meeting as one person sees it: keys of the own part, and the sides of everybody else who is named."""

    own: frozenset[int]
    others: tuple[MeetingSide, ...]


def only_told(meetings: Iterable[Meeting]) -> dict[int, frozenset[int]]:
    """Meeting key -> those who were only told of it; no query unless a called-off meeting holds more than two.

    Named are the two who agreed, their guests, and those whose agendas any of them shares.
    """
    several = {
        meeting.request_id: meeting
        for meeting in meetings
        if meeting.state == MeetingState.CANCELLED and len(meeting.sides.all()) > 2
    }
    named = _named(several) if several else {}
    return {
        meeting.pk: frozenset(side.participant_id for side in meeting.sides.all()) - named[key]
        for key, meeting in several.items()
    }


def _named(requests: Iterable[int]) -> dict[int, set[int | None]]:
    keys = list(requests)
    found: dict[int, set[int | None]] = defaultdict(set)
    rows = MeetingRequest.objects.filter(pk__in=keys)
    for key, *people in rows.values_list("pk", "sender", "receiver", "sender__host", "receiver__host"):
        found[key].update(people)
    guests = RequestGuest.objects.filter(request__in=keys)
    for key, *people in guests.values_list("request", "participant", "participant__host"):
        found[key].update(people)
    return found


def circle_of(meeting: Meeting, reader: int | None, told: frozenset[int]) -> Circle:
    """The meeting as `reader` sees it, or as nobody of it does; `told` are those whom `only_told` found for it.

    Who is only told stood with the colleague whose agenda it was: that is the own part, and the rest are the others.
    """
    named = [side for side in meeting.sides.all() if side.participant_id not in told]
    own = {reader} if reader is not None else set()
    if reader is not None and reader in told:
        (row,) = (side for side in meeting.sides.all() if side.participant_id == reader)
        organisation = row.participant.organisation_id
        own |= {side.participant_id for side in named if side.participant.organisation_id == organisation}
    return Circle(frozenset(own), tuple(side for side in named if side.participant_id not in own))
