"""On the day itself: what was held is history, and whatever is computed plans only what lies ahead.

A meeting that has begun is neither moved nor called off, whoever cancels afterwards, and nothing is put before now.
What lies ahead is planned beside it: it counts in the day of everybody who sat there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from events.domain.timetable.agendas import zone_of
from events.domain.timetable.planning import Plan
from events.enums import MeetingState
from events.models import Meeting, MeetingSide
from events.scheduling import problem as engine
from events.scheduling.timetable import Place, Rule, Timetable, gaps_of_people, violations

Places = Mapping[int, Place]


class Passed(StrEnum):
    """Why time alone keeps a request from being held."""

    TIME = "time_passed"  # the one that a hand had set
    SLOTS = "slots_passed"  # all in which everybody of it is free


def begun_meetings(plan: Plan, *, now: datetime) -> list[Meeting]:
    """The published meetings that have begun, in a steady order."""
    return [row for row in plan.meetings if row.slot.starts_at <= now]


def begun_wishes(plan: Plan, *, now: datetime) -> frozenset[int]:
    """Numbers of the wishes whose published meeting has begun."""
    rows = begun_meetings(plan, now=now)
    return frozenset(plan.wish_of[row.request_id] for row in rows if row.request_id in plan.wish_of)


def plan_ahead(plan: Plan, published: Timetable, *, now: datetime) -> tuple[Plan, Timetable]:
    """The plan with its meetings that have begun where they were, and all others ahead only; and what stands in it.

    What has begun must be held, as far as it breaks no rule beside the others that have: since then people may have
    left, closed that time, or asked for fewer. What breaks one is a wish no longer and stands no longer; it only takes
    its part of the days of its people, so that it never makes a timetable impossible.
    """
    closed = frozenset(number for number, slot in enumerate(plan.slots) if slot.starts_at <= now)
    if not closed:
        return plan, published
    history = _History.of(plan, closed, now)
    held: Places = {wish: place for wish, place in published.places.items() if wish in history.wishes}
    problem = history.problem(held)
    while broken := _broken(problem, held):
        held = {wish: place for wish, place in held.items() if wish not in broken}
        problem = history.problem(held)
    ahead = {wish: place for wish, place in published.places.items() if wish not in history.wishes}
    return replace(plan, problem=problem), Timetable({**ahead, **held})


def passed(plan: Plan, wish: int) -> Passed | None:
    """Whether a plan ahead cannot hold the wish since its time has passed, and which time."""
    asked, fixed = plan.problem.wishes[wish], plan.requests[wish].fixed_slot_id
    if fixed is not None and plan.slot_number.get(fixed) in asked.forbidden:
        return Passed.TIME
    people = [plan.problem.people[person] for person in asked.people]
    return Passed.SLOTS if any(all(slot in each.free for each in people) for slot in asked.forbidden) else None


def _broken(problem: engine.Problem, held: Places) -> set[int]:
    """Those of the meetings that break a rule on their own; what is to come may break these two only."""
    found = violations(problem, Timetable(held))
    return {
        wish
        for each in found
        if each.rule not in (Rule.MUST_HOLD, Rule.EQUAL_GAPS)
        for wish in each.wishes
        if wish in held
    }


@dataclass(frozen=True)
class _History:
    """What has begun, and the problem without it: every other wish ahead only."""

    plan: Plan
    ahead: engine.Problem
    wishes: frozenset[int]
    rows: tuple[Meeting, ...]
    people: Mapping[int, frozenset[int]]  # meeting key -> numbers of the agendas that it was in

    @classmethod
    def of(cls, plan: Plan, closed: frozenset[int], now: datetime) -> "_History":
        begun, problem = begun_wishes(plan, now=now), plan.problem
        wishes = tuple(
            _never(wish) if number in begun else _ahead(problem, number, closed)
            for number, wish in enumerate(problem.wishes)
        )
        # What was to come before a meeting that has begun has missed that, and may be held still.
        order = tuple(rule for rule in problem.precedences if rule.after not in begun)
        ahead = replace(problem, wishes=wishes, precedences=order)
        rows = tuple(begun_meetings(plan, now=now))
        return cls(plan, ahead, begun, rows, _people_of(plan, now) if rows else {})

    def problem(self, held: Places) -> engine.Problem:
        """With these meetings held where they were, and the others in the days of their people."""
        wishes = list(self.ahead.wishes)
        for number, place in held.items():
            here = frozenset({place.slot})
            wishes[number] = replace(wishes[number], slots=here, pools=(place.pool,), must_hold=True)
        people = list(self.ahead.people)
        for row in self.rows:
            if self.plan.wish_of.get(row.request_id) not in held:
                for person in self.people.get(row.pk, ()):
                    people[person] = self._busier(people[person], row)
        problem = replace(self.ahead, wishes=tuple(wishes), people=tuple(people))
        if problem.equal_within is None:
            return problem
        # Who has waited has waited: no more can be asked of the others than to wait no longer than that.
        waited = max(gaps_of_people(problem, Timetable(held)), default=0)
        return replace(problem, equal_within=max(problem.equal_within, waited))

    def _busier(self, person: engine.Person, row: Meeting) -> engine.Person:
        """Somebody after a meeting that is no wish any more: one meeting fewer to come, and a way from there."""
        slot, place = self.plan.slot_number.get(row.slot_id), row.stand or row.table
        busy_at = {slot: zone_of(place.hall_id)} if slot is not None and place is not None else {}
        return replace(
            person,
            most=None if person.most is None else max(0, person.most - 1),
            guaranteed=max(0, person.guaranteed - 1),
            busy_at={**person.busy_at, **busy_at},
        )


def _never(wish: engine.Wish) -> engine.Wish:
    return replace(wish, slots=frozenset(), must_hold=False, fixed_slot=None, fixed_pool=None)


def _ahead(problem: engine.Problem, number: int, closed: frozenset[int]) -> engine.Wish:
    """Not before now; a hand that asks for what has passed is let go, since no timetable could follow it."""
    wish, possible = problem.wishes[number], problem.possible_slots[number]
    ahead = replace(wish, forbidden=wish.forbidden | closed)
    is_past = wish.fixed_slot in closed or (len(possible) > 0 and closed.issuperset(possible))
    return _never(ahead) if is_past else ahead


def _people_of(plan: Plan, now: datetime) -> dict[int, frozenset[int]]:
    number_of = {person.pk: number for number, person in enumerate(plan.people)}
    rows = MeetingSide.objects.filter(
        meeting__event=plan.event, meeting__state=MeetingState.PLANNED, meeting__slot__starts_at__lte=now
    )
    found: dict[int, set[int]] = {}
    for meeting, *agendas in rows.values_list("meeting_id", "participant_id", "participant__host_id"):
        # Who sat there with an agenda that was joined to another one since.
        numbers = [number_of[key] for key in agendas if key in number_of]
        found.setdefault(meeting, set()).update(numbers[:1])
    return {meeting: frozenset(numbers) for meeting, numbers in found.items()}
