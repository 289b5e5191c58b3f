"""A timetable and what is true of it: its figures, and every rule that it breaks (none, from our solvers).

The judge is written apart from every solver, so that a solver's own mistake cannot hide.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from events.scheduling.problem import Problem


@dataclass(frozen=True)
class Place:
    """Where and when a meeting is held: slot, pool, and which seat of the pool (numbered from 0)."""

    slot: int
    pool: int
    seat: int = 0


@dataclass(frozen=True)
class Timetable:
    """Wish number -> its place; a wish that is missing is not held."""

    places: Mapping[int, Place]

    def of_person(self, problem: Problem, person: int) -> list[tuple[Place, int]]:
        """The person's meetings in order of time, each with the number of its wish."""
        held = [(self.places[wish], wish) for wish in problem.wishes_of[person] if wish in self.places]
        return sorted(held, key=lambda each: each[0].slot)


class Rule(StrEnum):
    """What a timetable must not break."""

    ONE_MEETING = "one_meeting"
    AVAILABILITY = "availability"
    CAPACITY = "capacity"
    SEAT = "seat"
    POOL = "pool"
    SLOT = "slot"
    MOST = "most"
    MUST_HOLD = "must_hold"
    FIXED = "fixed"
    APART = "apart"
    PRECEDENCE = "precedence"
    WALKING = "walking"
    EQUAL_GAPS = "equal_gaps"


@dataclass(frozen=True)
class Violation:
    """One rule broken, and the wishes and people concerned."""

    rule: Rule
    wishes: tuple[int, ...] = ()
    people: tuple[int, ...] = ()


def value_of(problem: Problem, timetable: Timetable) -> float:
    """The summed value of the wishes that are held."""
    return float(sum(problem.wishes[wish].value for wish in sorted(timetable.places)))


def meetings_of_people(problem: Problem, timetable: Timetable) -> list[int]:
    """For each person how many meetings it has."""
    counts = Counter(person for wish in timetable.places for person in problem.wishes[wish].people)
    return [counts[number] for number in range(len(problem.people))]


def gaps_of_people(problem: Problem, timetable: Timetable) -> list[int]:
    """For each person the number of idle gaps: maximal runs of idle slots between its first and last meeting.

    Where `problem.gaps_over_breaks` is False a run is counted within a session only.
    Source: Bofill et al., JAIR 2022 (there "breaks").
    """
    return [
        _gaps(problem, [place.slot for place, _wish in timetable.of_person(problem, person)])
        for person in range(len(problem.people))
    ]


def moves_of_people(problem: Problem, timetable: Timetable) -> list[int]:
    """For each person how often the next meeting is in another pool or at another seat than the one before."""
    moves = []
    for person in range(len(problem.people)):
        seats = [(place.pool, place.seat) for place, _wish in timetable.of_person(problem, person)]
        moves.append(sum(a != b for a, b in pairwise(seats)))
    return moves


def below_guarantee(problem: Problem, timetable: Timetable) -> list[int]:
    """People with enough possible wishes who have fewer meetings than they are guaranteed."""
    held = meetings_of_people(problem, timetable)
    return [number for number, person in enumerate(problem.people) if held[number] < promised(problem, number)]


def promised(problem: Problem, person: int) -> int:
    """Meetings a person is guaranteed: no more than wishes that could be held at all, free slots and its own cap."""
    who = problem.people[person]
    possible = sum(1 for wish in problem.wishes_of[person] if problem.possible_slots[wish])
    most = len(problem.slots) if who.most is None else who.most
    return min(who.guaranteed, possible, len(who.free), most)


def violations(problem: Problem, timetable: Timetable) -> list[Violation]:
    """Every rule that the timetable breaks; empty for a valid one."""
    found: list[Violation] = []
    found += _of_wishes(problem, timetable)
    found += _of_people(problem, timetable)
    found += _of_pools(problem, timetable)
    found += _of_order(problem, timetable)
    return found


def _of_wishes(problem: Problem, timetable: Timetable) -> Iterable[Violation]:
    for number, wish in enumerate(problem.wishes):
        place = timetable.places.get(number)
        if place is None:
            if wish.is_rule:
                yield Violation(Rule.MUST_HOLD, (number,), wish.people)
            continue
        if problem.kept_apart(wish):
            yield Violation(Rule.APART, (number,), wish.people)
        if wish.fixed_slot not in (None, place.slot) or wish.fixed_pool not in (None, place.pool):
            yield Violation(Rule.FIXED, (number,), wish.people)
        if place.pool not in wish.pools and place.pool != wish.fixed_pool:
            yield Violation(Rule.POOL, (number,), wish.people)
        if place.slot in wish.forbidden or (wish.slots is not None and place.slot not in wish.slots):
            yield Violation(Rule.SLOT, (number,), wish.people)


def _of_people(problem: Problem, timetable: Timetable) -> Iterable[Violation]:
    gaps = gaps_of_people(problem, timetable)
    met = []
    for number, person in enumerate(problem.people):
        held = timetable.of_person(problem, number)
        met += [gaps[number]] if held else []
        if person.most is not None and len(held) > person.most:
            yield Violation(Rule.MOST, tuple(wish for _place, wish in held), (number,))
        for place, wish in held:
            if place.slot not in person.free:
                yield Violation(Rule.AVAILABILITY, (wish,), (number,))
        for (a, first), (b, second) in pairwise(held):
            if a.slot == b.slot:
                yield Violation(Rule.ONE_MEETING, (first, second), (number,))
        yield from _of_walks(problem, number, held)
    if problem.equal_within is not None and met and max(met) - min(met) > problem.equal_within:
        yield Violation(Rule.EQUAL_GAPS)


def _of_walks(problem: Problem, number: int, held: list[tuple[Place, int]]) -> Iterable[Violation]:
    """Stops of the day in order of time: meetings, and the sessions between them."""
    stops: list[tuple[int, str, tuple[int, ...]]] = [
        (place.slot, problem.pools[place.pool].zone, (wish,)) for place, wish in held
    ]
    taken = {slot for slot, _zone, _wish in stops}
    stops += [(slot, zone, ()) for slot, zone in problem.people[number].busy_at.items() if slot not in taken]
    stops.sort(key=lambda stop: stop[0])
    for (a, from_zone, first), (b, to_zone, second) in pairwise(stops):
        pause = problem.slots[b].start - problem.slots[a].end
        if a != b and (first or second) and pause < problem.walk(from_zone, to_zone):
            yield Violation(Rule.WALKING, (*first, *second), (number,))


def _of_pools(problem: Problem, timetable: Timetable) -> Iterable[Violation]:
    seats: dict[tuple[int, int, int], list[int]] = {}
    used: dict[tuple[int, int], list[int]] = {}
    for wish, place in sorted(timetable.places.items()):
        seats.setdefault((place.slot, place.pool, place.seat), []).append(wish)
        used.setdefault((place.slot, place.pool), []).append(wish)
    for wishes in seats.values():
        if len(wishes) > 1:
            yield Violation(Rule.SEAT, tuple(wishes))
    for (slot, pool), wishes in used.items():
        if len(wishes) > problem.pools[pool].capacity[slot]:
            yield Violation(Rule.CAPACITY, tuple(wishes))


def _of_order(problem: Problem, timetable: Timetable) -> Iterable[Violation]:
    for rule in problem.precedences:
        before, after = timetable.places.get(rule.before), timetable.places.get(rule.after)
        if before is not None and after is not None and before.slot >= after.slot:
            yield Violation(Rule.PRECEDENCE, (rule.before, rule.after))


def _gaps(problem: Problem, slots: list[int]) -> int:
    return sum(
        b - a > 1 and (problem.gaps_over_breaks or problem.slots[a].session == problem.slots[b].session)
        for a, b in pairwise(slots)
    )
