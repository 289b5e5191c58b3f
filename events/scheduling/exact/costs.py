"""Objectives as whole numbers to be made small: what a solver counts in, and back again.

Values of wishes are floats; a solver needs integers. Where the values are decimals of a few digits nothing is lost,
else they are compared to one part in 2**30 of the greatest value.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from math import floor, gcd

from events.scheduling.problem import Problem
from events.scheduling.solved import Objective
from events.scheduling.timetable import Timetable, gaps_of_people, moves_of_people, promised

_MULTIPLES = (1, 2, 4, 5, 8, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000)
_GREATEST = 2**30


class Costs:
    """What each objective costs in a timetable of one problem; the value costs less than nothing."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        values = [wish.value for wish in problem.wishes]
        self.multiple, self.exact = _multiple(values)
        self.weights = [round(value * self.multiple) for value in values]
        common = gcd(*self.weights) or 1
        self.weights = [weight // common for weight in self.weights]
        self.multiple /= common

    @cached_property
    def promised(self) -> list[int]:
        """For each person how many meetings it is guaranteed."""
        return [promised(self.problem, person) for person in range(len(self.problem.people))]

    def of(self, objective: Objective, timetable: Timetable) -> int:
        """Cost of a whole timetable."""
        match objective:
            case Objective.VALUE:
                return self.value(timetable.places)
            case Objective.GUARANTEE:
                return self.shortfall(timetable, range(len(self.problem.people)))
            case Objective.GAPS:
                return sum(gaps_of_people(self.problem, timetable))
            case Objective.MOVES:
                return sum(moves_of_people(self.problem, timetable))

    def within(
        self, objective: Objective, timetable: Timetable, wishes: Collection[int], people: Collection[int]
    ) -> int:
        """What these wishes, or these people, add to the cost."""
        match objective:
            case Objective.VALUE:
                return self.value(wish for wish in wishes if wish in timetable.places)
            case Objective.GUARANTEE:
                return self.shortfall(timetable, people)
            case Objective.GAPS:
                return sum(gaps_in(self.problem, self.slots_of(timetable, person)) for person in people)
            case Objective.MOVES:
                raise ValueError("Moves are counted for a whole timetable.")

    def gaps_of_those_who_meet(self, timetable: Timetable) -> list[int | None]:
        """For each person its idle gaps, or None where it has no meeting."""
        days = [self.slots_of(timetable, person) for person in range(len(self.problem.people))]
        return [gaps_in(self.problem, slots) if slots else None for slots in days]

    def slots_of(self, timetable: Timetable, person: int) -> list[int]:
        """Slots in which a person meets, in order of time."""
        return [place.slot for place, _wish in timetable.of_person(self.problem, person)]

    def value(self, wishes: Iterable[int]) -> int:
        """Cost of holding these wishes."""
        return -sum(self.weights[wish] for wish in wishes)

    def shortfall(self, timetable: Timetable, people: Collection[int]) -> int:
        """Meetings these people lack to what they are guaranteed."""
        held = dict.fromkeys(people, 0)
        for wish in timetable.places:
            for person in self.problem.wishes[wish].people:
                if person in held:
                    held[person] += 1
        return sum(max(0, self.promised[person] - count) for person, count in held.items())

    def shown(self, objective: Objective, cost: int) -> float:
        """The cost in the unit of the objective; a bound on the value allows for what rounding may hide."""
        return -cost / self.multiple if objective is Objective.VALUE else float(cost)

    def cost_of_value(self, bound: float) -> int:
        """The least cost that any timetable can have, if none is worth more than `bound`."""
        hidden = 0.0 if self.exact else len(self.weights) / 2
        return -min(floor(bound * self.multiple * (1 + 1e-9) + 1e-6 + hidden), sum(self.weights))


def gaps_in(problem: Problem, slots: Sequence[int]) -> int:
    """Idle gaps of someone who meets in these slots."""
    return sum(
        later - slot > 1 and (problem.gaps_over_breaks or problem.slots[slot].session == problem.slots[later].session)
        for slot, later in pairwise(slots)
    )


def _multiple(values: list[float]) -> tuple[float, bool]:
    greatest = max(values, default=0.0) or 1.0
    for multiple in _MULTIPLES:
        whole = all(abs(value * multiple - round(value * multiple)) <= 1e-9 for value in values)
        if whole and greatest * multiple < _GREATEST:
            return float(multiple), True
    return _GREATEST / greatest, False
