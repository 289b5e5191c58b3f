"""What came of the questions of an AIMday: how many have a group, who sits there, and how well they fit."""

from collections import Counter
from dataclasses import dataclass

from events.models import Event
from events.queries.groups import questions_held, questions_of
from events.queries.person_figures import Spread, spread_of


@dataclass(frozen=True)
class GroupFigures:
    """Questions that were not left out, those with a group, and the seats of people who come.

    `mean_fit` is from 0 to 1, None without seats; `seats_each` is of the people in groups.
    """

    questions: int
    held: int
    people: int
    seats: int
    seats_each: Spread
    group_sizes: Spread
    mean_fit: float | None


def group_figures(event: Event) -> GroupFigures:
    """The figures of one edition: three queries."""
    held = list(questions_held(event))
    seats = [seat for question in held for seat in question.seats.all()]
    each = Counter(seat.participant_id for seat in seats)
    return GroupFigures(
        questions=questions_of(event).count(),
        held=len(held),
        people=len(each),
        seats=len(seats),
        seats_each=spread_of(each.values()),
        group_sizes=spread_of(len(question.seats.all()) for question in held),
        mean_fit=sum(seat.fit for seat in seats) / len(seats) if seats else None,
    )
