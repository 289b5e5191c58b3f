"""What those who come to a small event wish of each other: recommendations, marks, and requests with their answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from events.domain.wishes.answering import answer_request
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.wishing import prefer
from events.enums import RequestState, Wanting
from events.models import Event, MeetingRequest, Participant, Suggestion

Row = Mapping[str, Any]
_OF_SO_MANY_ONE_WAITS = 3


def wish_at(event: Event, row: Row, guests: Mapping[str, Sequence[Participant]], *, now: datetime) -> None:
    """Recommend people to each other, then let them wish as the kind of the event lets them.

    Raises:
        NotReady: the language model is not there yet.
    """
    suggest_people(event, now=now)
    _mark(event, row.get("marks_each", 0), now=now)
    with _nobody_is_mailed(event):
        _ask(row.get("requests", ()), guests, now=now)
    _wait_until_wishes_close(event)


def _mark(event: Event, number: int, *, now: datetime) -> None:
    """Two of three have marked the first who are recommended by now, the very first as a must."""
    rows = Suggestion.objects.filter(event=event, rank__lte=number).order_by("person", "rank")
    people = list(dict.fromkeys(rows.values_list("person", flat=True)))
    marking = [key for place, key in enumerate(people) if place % _OF_SO_MANY_ONE_WAITS]
    for row in rows.filter(person__in=marking).select_related("person__event", "other__participation__profile"):
        wanting = Wanting.MUST if row.rank == 1 else Wanting.WANT
        prefer(row.person, other=row.other, wanting=wanting, now=now)


@contextmanager
def _nobody_is_mailed(event: Event) -> Iterator[None]:
    """Nobody is written to of a demonstration's event, so it is one for a moment: its people have no mail box."""
    Event.objects.filter(pk=event.pk).update(is_simulated=True)
    yield
    Event.objects.filter(pk=event.pk).update(is_simulated=False)


def _ask(rows: Iterable[Row], guests: Mapping[str, Sequence[Participant]], *, now: datetime) -> None:
    """Who asks and who is asked stands in the file; what has no answer there still waits."""
    for row in rows:
        if row["asks"] not in guests or row["of"] not in guests:
            continue
        sender, receiver = guests[row["asks"]][row.get("number", 0)], guests[row["of"]][0]
        request = ask_meeting(_read(sender), receiver=_read(receiver), reason=row["reason"], now=now)
        if "answer" in row:
            accepts = row["answer"] == RequestState.ACCEPTED
            answer_request(request, accepts=accepts, note=row.get("note", ""), now=now)


def _read(person: Participant) -> Participant:
    """As it is stored now, with its event."""
    return Participant.objects.select_related("event", "participation__profile__organisation").get(pk=person.pk)


def _wait_until_wishes_close(event: Event) -> None:
    """Who tries the demo some weeks later still finds them open, and no reminder goes to people without a mail box."""
    if event.wishes_close_at is not None:
        waiting = MeetingRequest.objects.filter(event=event, state=RequestState.ASKED)
        waiting.update(expires_at=event.wishes_close_at, reminded_at=event.wishes_close_at)
