"""The timetable as a CP-SAT model: of the whole problem, or of some wishes while all other meetings stay.

Every rule of `timetable.violations` is in it; objectives are added by those who solve it (`aims.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from events.scheduling.exact.sites import Sites, like_pools
from events.scheduling.problem import Problem
from events.scheduling.timetable import Place, Timetable

Stop = tuple[str, Literal, bool]  # zone, whether the person stops there, whether it is a meeting


@dataclass(frozen=True)
class Scope:
    """What may change: wishes `free`, and only in `slots` (None: any); the meetings `kept` stay as they are."""

    free: Sequence[int]
    kept: Mapping[int, Place] = field(default_factory=dict)
    slots: frozenset[int] | None = None


def everything(problem: Problem) -> Scope:
    """The scope in which all may change."""
    return Scope(range(len(problem.wishes)))


class TimetableModel:
    """Variables and rules; where sites are single seats, nothing may be kept.

    `held[w]` and `at[w][s]` are literals of the free wishes; `cells[w, s, site]` tell where.
    """

    def __init__(self, problem: Problem, scope: Scope, sites: Sites | None = None) -> None:
        self.problem = problem
        self.scope = scope
        self.sites = sites or like_pools(problem)
        self.cp = cp_model.CpModel()
        self.one, self.zero = self.cp.new_constant(1), self.cp.new_constant(0)
        self.cells: dict[tuple[int, int, int], Literal] = {}
        self.at: dict[int, dict[int, Literal]] = {}
        self.held: dict[int, Literal] = {}
        self._occupied: dict[tuple[int, int], Literal] = {}
        self._keep()
        self._choices()
        self._one_meeting()
        self._room()
        self._most()
        self._orders()
        if problem.walking:
            self._walks()

    # What stays

    def _keep(self) -> None:
        self.kept_slots: dict[int, dict[int, Place]] = defaultdict(dict)  # person -> slot -> place
        self.used: dict[tuple[int, int], int] = defaultdict(int)  # slot, pool -> meetings
        for wish, place in self.scope.kept.items():
            self.used[place.slot, place.pool] += 1
            for person in self.problem.wishes[wish].people:
                self.kept_slots[person][place.slot] = place
        self.orders: dict[int, list[tuple[int, bool]]] = defaultdict(list)  # wish -> other, whether the other is later
        for rule in self.problem.precedences:
            self.orders[rule.before].append((rule.after, True))
            self.orders[rule.after].append((rule.before, False))

    def left(self, slot: int, site: int) -> int:
        """Meetings a site has room for in a slot besides those kept."""
        where = self.sites.sites[site]
        if where.seat is not None:
            return int(where.seat < self.problem.pools[where.pools[0]].capacity[slot])
        return sum(max(0, self.problem.pools[pool].capacity[slot] - self.used[slot, pool]) for pool in where.pools)

    # What may change

    def _choices(self) -> None:
        self.at_site: dict[tuple[int, int], list[Literal]] = defaultdict(list)  # slot, site
        self.of_person: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))  # person, slot: wishes
        for wish in self.scope.free:
            self.at[wish] = {}
            for slot in self.problem.possible_slots[wish]:
                if self._open(wish, slot):
                    self._choice(wish, slot)
            self._holding(wish)

    def _open(self, wish: int, slot: int) -> bool:
        if self.scope.slots is not None and slot not in self.scope.slots:
            return False
        if any(slot in self.kept_slots[person] for person in self.problem.wishes[wish].people):
            return False
        for other, later in self.orders[wish]:
            place = self.scope.kept.get(other)
            if other == wish or (place is not None and (slot >= place.slot if later else slot <= place.slot)):
                return False
        return True

    def _choice(self, wish: int, slot: int) -> None:
        sites = [site for site in self.sites.of_wish(wish, slot) if self.left(slot, site) > 0]
        if not sites:
            return
        at = self.cp.new_bool_var("")
        self.at[wish][slot] = at
        for person in self.problem.wishes[wish].people:
            self.of_person[person][slot].append(wish)
        cells = [at] if len(sites) == 1 else [self.cp.new_bool_var("") for _site in sites]
        if len(sites) > 1:
            self.cp.add_exactly_one([*cells, at.negated()])
        for site, cell in zip(sites, cells, strict=True):
            self.cells[wish, slot, site] = cell
            self.at_site[slot, site].append(cell)

    def _holding(self, wish: int) -> None:
        choices = list(self.at[wish].values())
        if self.problem.wishes[wish].is_rule:
            self.cp.add_exactly_one(choices)  # of none: there is no timetable
            self.held[wish] = self.one
        elif not choices:
            self.held[wish] = self.zero
        else:
            self.held[wish] = choices[0] if len(choices) == 1 else self.cp.new_bool_var("")
            if len(choices) > 1:
                self.cp.add_exactly_one([*choices, self.held[wish].negated()])

    # Rules

    def _one_meeting(self) -> None:
        for slots in self.of_person.values():
            for slot, wishes in slots.items():
                if len(wishes) > 1:
                    self.cp.add_at_most_one(self.at[wish][slot] for wish in wishes)

    def _room(self) -> None:
        for (slot, site), cells in self.at_site.items():
            at_most(self.cp, cells, self.left(slot, site))

    def _most(self) -> None:
        for person, slots in self.of_person.items():
            most = self.problem.people[person].most
            if most is not None:
                wishes = sorted({wish for each in slots.values() for wish in each})
                at_most(self.cp, [self.held[wish] for wish in wishes], most - len(self.kept_slots[person]))

    def _orders(self) -> None:
        for rule in self.problem.precedences:
            if rule.before in self.at and rule.after in self.at and rule.before != rule.after:
                before, after = self.at[rule.before], self.at[rule.after]
                for slot in after:
                    late = [literal for other, literal in before.items() if other >= slot]
                    early = [literal for other, literal in after.items() if other <= slot]
                    if late:
                        self.cp.add_at_most_one(late + early)

    def occupied(self, person: int, slot: int) -> Literal:
        """Whether the person has a meeting in the slot."""
        key = (person, slot)
        if key not in self._occupied:
            self._occupied[key] = self._occupation(person, slot)
        return self._occupied[key]

    def _occupation(self, person: int, slot: int) -> Literal:
        if slot in self.kept_slots[person]:
            return self.one
        meetings = [self.at[wish][slot] for wish in self.of_person[person].get(slot, ())]
        return self._any_of(meetings)

    def _any_of(self, exclusive: list[Literal]) -> Literal:
        """Whether one of literals, of which at most one can be true, is."""
        if len(exclusive) < 2:
            return exclusive[0] if exclusive else self.zero
        found = self.cp.new_bool_var("")
        self.cp.add_exactly_one([*exclusive, found.negated()])
        return found

    def _walks(self) -> None:
        longest = max(self.problem.walking.values())
        for person in list(self.of_person):
            stops = {slot: found for slot in range(len(self.problem.slots)) if (found := self._stops(person, slot))}
            for a, b in combinations(stops, 2):
                if self._pause(a, b) < longest and not self._always_between(person, a, b):
                    self._walk(person, a, b, stops)

    def _pause(self, a: int, b: int) -> int:
        return self.problem.slots[b].start - self.problem.slots[a].end

    def _always_between(self, person: int, a: int, b: int) -> bool:
        stops = self.problem.people[person].busy_at.keys() | self.kept_slots[person].keys()
        return any(a < slot < b for slot in stops)

    def _stops(self, person: int, slot: int) -> list[Stop]:
        kept = self.kept_slots[person].get(slot)
        if kept is not None:
            return [(self.problem.pools[kept.pool].zone, self.one, True)]
        zones: dict[str, list[Literal]] = defaultdict(list)
        for wish in self.of_person[person].get(slot, ()):
            for site in self.sites.of_wish(wish, slot):
                if (wish, slot, site) in self.cells:
                    zones[self.sites.sites[site].zone].append(self.cells[wish, slot, site])
        stops: list[Stop] = [(zone, self._any_of(cells), True) for zone, cells in zones.items()]
        if slot in self.problem.people[person].busy_at:
            stops.append((self.problem.people[person].busy_at[slot], self.occupied(person, slot).negated(), False))
        return stops

    def _walk(self, person: int, a: int, b: int, stops: Mapping[int, list[Stop]]) -> None:
        between = [self.occupied(person, slot) for slot in stops if a < slot < b]
        for zone, here, meeting in stops[a]:
            for further, there, another in stops[b]:
                if (meeting or another) and self._pause(a, b) < self.problem.walk(zone, further):
                    self.cp.add_bool_or([here.negated(), there.negated(), *between])

    # In and out

    def hint(self, timetable: Timetable) -> None:
        """Start from this timetable; a seat is hinted at where a site is one."""
        hints: dict[int, tuple[Literal, bool]] = {}
        for wish, slots in self.at.items():
            place = timetable.places.get(wish)
            for slot, literal in slots.items():
                hints[literal.index] = (literal, place is not None and place.slot == slot)
            if len(slots) > 1 and not self.problem.wishes[wish].is_rule:
                hints[self.held[wish].index] = (self.held[wish], place is not None)
        for (wish, slot, site), cell in self.cells.items():
            hints[cell.index] = (cell, _is_at(self.sites, timetable.places.get(wish), slot, site))
        for literal, true in hints.values():
            self.cp.add_hint(literal, true)

    def timetable(self, true: Iterable[tuple[int, int, int]], before: Timetable) -> Timetable:
        """The timetable in which these cells are true; meetings keep their seats from before where they can."""
        return self.sites.places({wish: (slot, site) for wish, slot, site in true}, self.scope.kept, before)


def at_most(cp: cp_model.CpModel, literals: Sequence[Literal], most: int) -> None:
    """No more than so many of the literals are true; `most` may be less than none, which cannot be."""
    if most == 1:
        cp.add_at_most_one(literals)
    elif len(literals) > most:
        cp.add(sum(literals) <= most)


def _is_at(sites: Sites, place: Place | None, slot: int, number: int) -> bool:
    site = sites.sites[number]
    return place is not None and place.slot == slot and place.pool in site.pools and site.seat in (None, place.seat)
