"""On the day itself: what was held is history, and whatever is computed plans only what lies ahead.

A meeting that has begun is neither moved nor called off, whoever cancels afterwards, and nothing is put before now.
"""

from dataclasses import replace
from datetime import datetime

from events.domain.timetable.planning import Plan
from events.scheduling import problem as engine
from events.scheduling.timetable import Place, Timetable


def begun_wishes(plan: Plan, *, now: datetime) -> frozenset[int]:
    """Numbers of the wishes whose published meeting has begun."""
    rows = (row for row in plan.meetings if row.slot.starts_at <= now)
    return frozenset(plan.wish_of[row.request_id] for row in rows if row.request_id in plan.wish_of)


def plan_ahead(plan: Plan, published: Timetable, *, now: datetime, is_firm: bool) -> Plan:
    """The plan with its meetings that have begun where they were, and all others ahead only.

    Where `is_firm`, those that have begun must be held whoever wished for them: a repair would count them as called
    off. The published meeting stays in any case.
    """
    closed = frozenset(number for number, slot in enumerate(plan.slots) if slot.starts_at <= now)
    if not closed:
        return plan
    begun = begun_wishes(plan, now=now)
    wishes = tuple(
        _as_held(plan.problem, wish, published.places.get(number), is_firm=is_firm)
        if number in begun
        else replace(wish, forbidden=wish.forbidden | closed)
        for number, wish in enumerate(plan.problem.wishes)
    )
    return replace(plan, problem=replace(plan.problem, wishes=wishes))


def _as_held(problem: engine.Problem, wish: engine.Wish, place: Place | None, *, is_firm: bool) -> engine.Wish:
    """Held there and nowhere else; where that place is lost by now, the wish takes none, and its meeting stays."""
    loose = replace(wish, must_hold=False, fixed_slot=None, fixed_pool=None)
    if place is None or place.pool not in problem.pools_of(wish, place.slot):
        return replace(loose, slots=frozenset())
    return replace(loose, slots=frozenset({place.slot}), pools=(place.pool,), must_hold=is_firm)
