"""The day that was held: the timetable our own solver made, who came, and what both sides said of it."""

from datetime import datetime, timedelta

import numpy as np

from events.domain.day.rating import continue_contact
from events.domain.timetable.planning import Plan, problem_of
from events.domain.timetable.stored_timetables import spots_of
from events.models import Event, Meeting, MeetingSide, Participant, Publication
from events.queries.contacts import contact_is_open
from events.scheduling.solving import solve
from kernel.errors import NotReady

# Contacts that go on, of several hundred meetings: so many that the record shows them, so few that it is quick.
MOST_CONTACTS = 40


def hold(event: Event, *, generator: np.random.Generator, seconds: float) -> int:
    """Plan for so long, publish, meet and rate; returns how many meetings there were.

    Raises:
        NotReady: the solver found no timetable.
    """
    plan = problem_of(event)
    _publish(event, plan, seconds)
    _check_in(event, generator)
    meetings = list(
        Meeting.objects.filter(event=event).select_related(
            "slot", "event", "request__sender__participation__profile", "request__receiver__participation__profile"
        )
    )
    _tell(meetings, generator)
    _go_on(meetings)
    return len(meetings)


def _publish(event: Event, plan: Plan, seconds: float) -> None:
    solved = solve(plan.problem, seconds=seconds, seed=1)
    if solved.timetable is None:
        raise NotReady("The demo's past event has no timetable: its rules contradict each other.")
    at = event.starts_at - timedelta(days=4)
    rows = [
        Meeting(
            hub=event.hub,
            event=event,
            request=plan.requests[wish],
            slot=spot.slot,
            stand=spot.stand,
            table=spot.table,
            changed_at=at,
        )
        for wish, spot in spots_of(plan, solved.timetable).items()
    ]
    Meeting.objects.bulk_create(rows)
    MeetingSide.objects.bulk_create(
        MeetingSide(hub=event.hub, meeting=meeting, participant=person)
        for meeting in rows
        for person in (meeting.request.sender, meeting.request.receiver)
    )
    Publication.objects.create(hub=event.hub, event=event, number=1, at=at, added=len(rows))


def _check_in(event: Event, generator: np.random.Generator) -> None:
    people = list(Participant.objects.filter(event=event))
    for person in people:
        if person.user_id is not None or generator.random() < 0.93:
            person.checked_in_at = event.starts_at + timedelta(minutes=float(generator.normal(10, 12)))
    Participant.objects.bulk_update(people, ("checked_in_at",))


def _tell(meetings: list[Meeting], generator: np.random.Generator) -> None:
    sides = list(MeetingSide.objects.filter(meeting__in=meetings).select_related("participant"))
    came = {side.participant_id: side.participant.checked_in_at is not None for side in sides}
    together: dict[int, list[MeetingSide]] = {}
    for side in sides:
        together.setdefault(side.meeting_id, []).append(side)
    slots = {meeting.pk: meeting for meeting in meetings}
    for meeting_id, both in together.items():
        meeting = slots[meeting_id]
        held = all(came[side.participant_id] for side in both) and generator.random() < 0.96
        useful = generator.random() < 0.45 + 0.4 * meeting.request.worth
        for side in both:
            if generator.random() < 0.72:
                _say(side, held, useful, meeting.slot.ends_at, generator)
    MeetingSide.objects.bulk_update(sides, ("other_came", "rating", "goes_on", "shares_contact", "rated_at"))


def _say(side: MeetingSide, held: bool, useful: bool, after: datetime, generator: np.random.Generator) -> None:
    side.other_came = held
    side.rated_at = after + timedelta(minutes=float(generator.exponential(90)))
    if held:
        side.rating = int(np.clip(round(generator.normal(3.3 if useful else 2.1, 0.6)), 1, 4))
        side.goes_on = bool(generator.random() < (0.55 if useful else 0.08))
        side.shares_contact = bool(side.goes_on and generator.random() < 0.9)


def _go_on(meetings: list[Meeting]) -> None:
    """The first contacts that both opened go on here; the others agreed to nothing."""
    opened = 0
    for meeting in meetings:
        sides = list(meeting.sides.all())
        if not all(side.shares_contact for side in sides):
            continue
        opened += 1
        if opened > MOST_CONTACTS:
            MeetingSide.objects.filter(meeting=meeting).update(shares_contact=None)
        elif contact_is_open(meeting):
            continue_contact(meeting, now=meeting.event.ends_at + timedelta(hours=3))
