"""On the day itself: what was held is history, and whatever is computed plans only what lies ahead.

A meeting that has begun is neither moved nor called off, whoever cancels afterwards, and nothing is put before now.
What lies ahead is planned beside it: it counts in the day of everybody who sat there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from events.domain.timetable.agendas import zone_of
from events.domain.timetable.planning import Plan
from events.enums import MeetingState
from events.models import Meeting, MeetingSide
from events.scheduling import problem as engine
from events.scheduling.exact.board import Board
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


def plan_ahead(
    plan: Plan, published: Timetable, *, now: datetime, without: int | None = None
) -> tuple[Plan, Timetable]:
    """The plan with its meetings that have begun where they were, and all others ahead only; and what stands in it.

    What has begun must be held, as far as it breaks no rule beside the others that have: since then people may have
    left, or closed that time. What breaks one is a wish no longer and stands no longer; it only takes its part of the
    days of its people. What a hand has set ahead comes first there, so that history never makes a timetable impossible:
    it is held although somebody then has more meetings than they want, or waits longer, and where the way to it would
    be too long, that way is not asked for. `without` is a wish to be placed anew: it takes no part.
    """
    closed = frozenset(number for number, slot in enumerate(plan.slots) if slot.starts_at <= now)
    if not closed:
        return plan, published
    history = _History.of(plan, closed, now, without)
    held: Places = {
        wish: place for wish, place in published.places.items() if wish in history.wishes and wish != without
    }
    hurried: frozenset[int] = frozenset()
    problem = history.problem(held, hurried)
    while (broken := _broken(problem, held)) or (late := _hurried(problem, held) - hurried):
        if not broken:
            hurried |= late
            broken = {wish for wish in held if not hurried.isdisjoint(problem.wishes[wish].people)}
        held = {wish: place for wish, place in held.items() if wish not in broken}
        problem = history.problem(held, hurried)
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


def _hurried(problem: engine.Problem, held: Places) -> frozenset[int]:
    """Those who come from a meeting, and then reach no place of what a hand has set ahead in time.

    Where the same people have more of these, one place decides about the next: there each of the places must do.
    """
    board = Board(problem, Timetable(held))
    hands = [wish for wish in _set_by_hand(problem) if wish not in held] if problem.walking else []
    of_people = Counter(person for wish in hands for person in problem.wishes[wish].people)
    found: set[int] = set()
    for wish in hands:
        kept_off = [board.walkers(wish, *spot) for spot in board.spots(wish)]
        is_alone = all(of_people[person] == 1 for person in problem.wishes[wish].people)
        if kept_off and (all if is_alone else any)(kept_off):
            found.update(*kept_off)
    return frozenset(found)


def _waiting(problem: engine.Problem, held: Places) -> int:
    """Idle gaps that somebody may have from these meetings and what a hand has set ahead; it may have set no time."""
    hands = [(wish, problem.wishes[wish].fixed_slot) for wish in _set_by_hand(problem) if wish not in held]
    timed = {wish: Place(slot, pool=0) for wish, slot in hands if slot is not None}  # waiting knows no places
    gaps = gaps_of_people(problem, Timetable({**timed, **held}))
    open_ = Counter(person for wish, slot in hands if slot is None for person in problem.wishes[wish].people)
    return max((gap + open_[person] for person, gap in enumerate(gaps)), default=0)


def _set_by_hand(problem: engine.Problem) -> list[int]:
    return [number for number, wish in enumerate(problem.wishes) if wish.is_rule]


@dataclass(frozen=True)
class _History:
    """What has begun, and the problem without it: every other wish ahead only."""

    plan: Plan
    ahead: engine.Problem
    wishes: frozenset[int]
    rows: tuple[Meeting, ...]
    people: Mapping[int, frozenset[int]]  # meeting key -> numbers of the agendas that it was in

    @classmethod
    def of(cls, plan: Plan, closed: frozenset[int], now: datetime, without: int | None) -> "_History":
        begun, problem = begun_wishes(plan, now=now), plan.problem
        wishes = tuple(
            _never(wish) if number in begun else _ahead(problem, number, closed)
            for number, wish in enumerate(problem.wishes)
        )
        # What was to come before a meeting that has begun has missed that, and may be held still.
        order = tuple(rule for rule in problem.precedences if rule.after not in begun)
        ahead = replace(problem, wishes=wishes, precedences=order)
        rows = tuple(
            row
            for row in begun_meetings(plan, now=now)
            if without is None or plan.wish_of.get(row.request_id) != without
        )
        return cls(plan, ahead, begun, rows, _people_of(plan, now) if rows else {})

    def problem(self, held: Places, hurried: frozenset[int]) -> engine.Problem:
        """With these meetings held where they were, and the others in the days of their people; no ways from there
        for those who are `hurried`.
        """
        wishes = list(self.ahead.wishes)
        for number, place in held.items():
            here = frozenset({place.slot})
            wishes[number] = replace(wishes[number], slots=here, pools=(place.pool,), must_hold=True)
        people = list(self.ahead.people)
        for row in self.rows:
            if self.plan.wish_of.get(row.request_id) not in held:
                for person in self.people.get(row.pk, ()):
                    people[person] = self._busier(people[person], row, walks=person not in hurried)
        problem = replace(self.ahead, wishes=tuple(wishes), people=tuple(self._capped(people, held)))
        if problem.equal_within is None or not self.rows:
            return problem
        # Who has waited has waited: no more can be asked of the others than to wait no longer than that.
        return replace(problem, equal_within=max(problem.equal_within, _waiting(problem, held)))

    def _capped(self, people: Sequence[engine.Person], held: Places) -> Iterator[engine.Person]:
        """What they want at most leaves room for what was held, and beside it for what a hand has set ahead."""
        had = Counter(person for wish in held for person in self.ahead.wishes[wish].people)
        to_come = Counter(person for wish in _set_by_hand(self.ahead) for person in self.ahead.wishes[wish].people)
        for number, person in enumerate(people):
            most, wanted = person.most, self.ahead.people[number].most
            if most is None or wanted is None:
                yield person
            else:
                yield replace(person, most=max(most, had[number] + min(to_come[number], wanted)))

    def _busier(self, person: engine.Person, row: Meeting, *, walks: bool) -> engine.Person:
        """Somebody after a meeting that is no wish any more: one meeting fewer to come, and a way from there."""
        slot, place = self.plan.slot_number.get(row.slot_id), row.stand or row.table
        busy_at = {slot: zone_of(place.hall_id)} if walks and slot is not None and place is not None else {}
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
    return _never(ahead) if is_past and wish.is_rule else ahead


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
