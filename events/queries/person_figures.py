"""What of an event's meetings falls to each person who takes booked ones: as mean, least, middle and most."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from events.enums import COMING, RequestState
from events.models import Event, Meeting, MeetingRequest, Participant


@dataclass(frozen=True)
class Spread:
    """How a count lies over people or groups; all 0 where there are none."""

    mean: float
    least: int
    middle: float
    most: int


@dataclass(frozen=True)
class EachPerson:
    """Of the `people` who come and take booked meetings in an agenda of their own; who has none counts as 0.

    `sent` and `received` are requests that were not withdrawn, `accepted` those of both ways with a yes. Of the
    meetings planned for a person, `held`, `missed` (somebody stayed away) and `untold` are the parts.
    """

    people: int
    without: int
    sent: Spread
    received: Spread
    accepted: Spread
    planned: Spread
    held: Spread
    missed: Spread
    untold: Spread


def spread_of(counts: Iterable[int]) -> Spread:
    """The spread of some counts."""
    each = sorted(counts)
    return Spread(sum(each) / len(each), each[0], float(median(each)), each[-1]) if each else Spread(0.0, 0, 0.0, 0)


def each_person(event: Event, planned: Sequence[Meeting]) -> EachPerson:
    """The figures for each person; `planned` are the event's meetings with their sides: two queries."""
    rows = Participant.objects.filter(event=event, state__in=COMING, meets=True, host__isnull=True)
    people = set(rows.values_list("pk", flat=True))
    requests = list(
        MeetingRequest.objects.filter(event=event)
        .exclude(state=RequestState.WITHDRAWN)
        .values_list("sender_id", "receiver_id", "state")
    )
    agreed = [pair for *pair, state in requests if state == RequestState.ACCEPTED]
    sides = [(side.participant_id, told_of(meeting)) for meeting in planned for side in meeting.sides.all()]
    had = _over(people, (person for person, _told in sides))
    return EachPerson(
        people=len(people),
        without=had.count(0),
        sent=spread_of(_over(people, (sender for sender, _receiver, _state in requests))),
        received=spread_of(_over(people, (receiver for _sender, receiver, _state in requests))),
        accepted=spread_of(_over(people, (person for pair in agreed for person in pair))),
        planned=spread_of(had),
        held=spread_of(_over(people, (person for person, told in sides if told == "held"))),
        missed=spread_of(_over(people, (person for person, told in sides if told == "missed"))),
        untold=spread_of(_over(people, (person for person, told in sides if told == "untold"))),
    )


def told_of(meeting: Meeting) -> str:
    """`held` when a side says the other came, `missed` when one says it did not and none says it did, else `untold`."""
    said = [side.other_came for side in meeting.sides.all()]
    if any(said):
        return "held"
    return "missed" if False in said else "untold"


def _over(people: Collection[int], found: Iterable[int]) -> list[int]:
    """How often each of the people was found."""
    counts = Counter(found)
    return [counts[person] for person in people]
