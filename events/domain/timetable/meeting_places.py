"""Where and when one meeting could be held beside those that are published, breaking no rule of the timetable.

Nothing is put before now; what has begun counts in the days of its people, and only its place can be another.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from events.domain.timetable.begun_meetings import begun_meetings, plan_ahead
from events.domain.timetable.planning import Plan
from events.domain.timetable.stored_timetables import Spot, published_spots, published_timetable
from events.domain.timetable.timetable_errors import PlaceTaken
from events.models import Table
from events.scheduling import problem as engine
from events.scheduling.exact.board import Board, Obstacle
from events.scheduling.timetable import Place, Rule, Timetable, Violation, violations


@dataclass(frozen=True)
class OpenSlot:
    """A slot with the places that are free in it for one meeting: tables, or the stand."""

    spots: tuple[Spot, ...]

    @property
    def first(self) -> Spot:
        """The place to take unless somebody chooses another."""
        return self.spots[0]


def open_slots(plan: Plan, wish: int, *, now: datetime) -> list[OpenSlot]:
    """Slots to come in which the wish could be held, whatever was fixed by hand before; its own place counts as free.

    A meeting that has begun has its own slot only.
    """
    return open_slots_on(Situation.of(plan, now=now, without=wish), wish)


@dataclass(frozen=True)
class Situation:
    """The published meetings on the engine's board, to be asked about many wishes."""

    plan: Plan
    problem: engine.Problem
    board: Board
    taken: dict[tuple[int, int], int]  # slot key, table key -> wish

    @classmethod
    def of(cls, plan: Plan, *, now: datetime, without: int | None = None) -> "Situation":
        """What is published now; hands that fixed something are left out, since a hand may change it.

        `without` is a wish that is asked about: where its own meeting has begun, it counts in nobody's day.
        """
        ahead, standing = plan_ahead(plan, published_timetable(plan), now=now, without=without)
        # Equal waiting is a matter of the whole timetable: a hand that moves one meeting is not bound by it.
        problem = replace(ahead.problem, wishes=_loose(plan, now), equal_within=None)
        taken = {
            (spot.slot.pk, spot.table.pk): wish
            for wish, spot in published_spots(plan).items()
            if spot.table is not None
        }
        return cls(plan, problem, Board(problem, _without_clashes(problem, standing)), taken)


def _without_clashes(problem: engine.Problem, timetable: Timetable) -> Timetable:
    """Without meetings of a person who has another one then already: agendas can be joined after publication."""
    busy: set[tuple[int, int]] = set()
    kept = {}
    for wish, place in sorted(timetable.places.items()):
        agendas = {(person, place.slot) for person in problem.wishes[wish].people}
        if not busy & agendas:
            kept[wish] = place
            busy |= agendas
    return Timetable(kept)


def _loose(plan: Plan, now: datetime) -> tuple[engine.Wish, ...]:
    """The wishes without what a hand fixed, ahead only, also where the time that it fixed has passed."""
    closed = frozenset(number for number, slot in enumerate(plan.slots) if slot.starts_at <= now)
    begun = {
        plan.wish_of.get(row.request_id): frozenset(slot for slot in closed if plan.slots[slot].pk == row.slot_id)
        for row in begun_meetings(plan, now=now)
    }
    loose = (replace(wish, fixed_slot=None, fixed_pool=None) for wish in plan.problem.wishes)
    return tuple(
        replace(wish, slots=begun[number]) if number in begun else replace(wish, forbidden=wish.forbidden | closed)
        for number, wish in enumerate(loose)
    )


def open_slots_on(situation: Situation, wish: int) -> list[OpenSlot]:
    """The same, for who asks about many wishes."""
    board, plan = situation.board, situation.plan
    here = board.places.get(wish)
    if here is not None:
        board.drop(wish)
    found: dict[int, list[Spot]] = {}
    for slot, pool in board.spots(wish):
        if board.obstacle(wish, slot, pool) is Obstacle.NONE:
            found.setdefault(slot, []).extend(_free_seats(situation, wish, slot, pool))
    if here is not None:
        board.hold(wish, here)
    return [OpenSlot(tuple(_by_table(plan, spots))) for _slot, spots in sorted(found.items()) if spots]


def _free_seats(situation: Situation, wish: int, slot: int, pool: int) -> list[Spot]:
    where, when = situation.plan.pools[pool], situation.plan.slots[slot]
    if where.stand is not None:
        return [Spot(when, stand=where.stand)]
    free = (table for table in where.tables if situation.taken.get((when.pk, table.pk), wish) == wish)
    return [Spot(when, table) for table in free]


def _by_table(plan: Plan, spots: list[Spot]) -> list[Spot]:
    """In the order of halls and tables, wherever the engine has put those that somebody chose."""

    def place_of(spot: Spot) -> tuple[int, int, int]:
        table: Table | None = spot.table
        return (0, 0, 0) if table is None else (table.hall_id, table.position, table.pk)

    return sorted(spots, key=place_of)


def require_open(plan: Plan, wish: int, spot: Spot, *, now: datetime) -> None:
    """Stop unless the wish can be held there; the engine's judge has the last word.

    Raises:
        PlaceTaken: says which rule stands in the way.
    """
    situation = Situation.of(plan, now=now, without=wish)
    slot = plan.slot_number.get(spot.slot.pk)
    pool = _pool_of(plan, spot)
    if slot is None or pool is None:
        raise PlaceTaken(_("That slot or place is no longer part of the event. Choose another one."))
    if spot.table is not None and situation.taken.get((spot.slot.pk, spot.table.pk), wish) != wish:
        raise PlaceTaken(_("Another meeting is at that table then. Choose another table or another time."))
    before = Timetable({number: place for number, place in situation.board.places.items() if number != wish})
    seats = {place.seat for place in before.places.values() if (place.slot, place.pool) == (slot, pool)}
    seat = plan.seat_of_table[spot.table.pk][1] if spot.table is not None else _first_free(seats)
    after = Timetable({**before.places, wish: Place(slot, pool, seat)})
    broken = _new(situation.problem, before, after)
    if broken:
        raise PlaceTaken(_rule_words(broken[0].rule))


def _first_free(seats: set[int]) -> int:
    return next(seat for seat in range(len(seats) + 1) if seat not in seats)


def _pool_of(plan: Plan, spot: Spot) -> int | None:
    if spot.stand is not None:
        return plan.pool_of_stand.get(spot.stand.pk)
    found = plan.seat_of_table.get(spot.table.pk) if spot.table is not None else None
    return found[0] if found is not None else None


def _new(problem: engine.Problem, before: Timetable, after: Timetable) -> list[Violation]:
    """Rules that the second breaks and the first does not; old troubles are not this meeting's."""
    known = {(each.rule, each.wishes, each.people) for each in violations(problem, before)}
    return [each for each in violations(problem, after) if (each.rule, each.wishes, each.people) not in known]


def _rule_words(rule: Rule) -> str:
    words = {
        Rule.ONE_MEETING: _("One of them has another meeting then. Choose another time."),
        Rule.AVAILABILITY: _("One of them is not free then: away, or in a session. Choose another time."),
        Rule.CAPACITY: _("Every place there is taken then. Choose another place or another time."),
        Rule.SEAT: _("Another meeting is at that table then. Choose another table or another time."),
        Rule.POOL: _("This meeting cannot be held at that place. Choose a place from the list."),
        Rule.MOST: _("One of them would have more meetings than they want."),
        Rule.APART: _("The event's rules or a private wish keep these people apart."),
        Rule.PRECEDENCE: _("Another meeting must come before or after this one. Choose another time."),
        Rule.WALKING: _("The way between two halls would take longer than the pause. Choose another time or place."),
    }
    return words.get(rule, _("The meeting would break a rule of the timetable there. Choose another time."))
