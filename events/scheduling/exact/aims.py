"""What a CP-SAT model is asked to make small: the cost of each objective as an expression, and equal idle gaps."""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import Literal

from events.scheduling.exact.costs import Costs, gaps_in
from events.scheduling.exact.model import TimetableModel
from events.scheduling.problem import Problem
from events.scheduling.solved import Objective
from events.scheduling.timetable import Timetable

Expression = cp_model.LinearExpr | int


class Aims:
    """Expressions over the free wishes of a model, and over the people they concern; the rest is constant."""

    def __init__(self, model: TimetableModel, costs: Costs) -> None:
        self.model = model
        self.problem = model.problem
        self.costs = costs
        self.people = sorted({person for wish in model.scope.free for person in model.problem.wishes[wish].people})
        self._gaps: dict[int, Expression] = {}

    def cost(self, objective: Objective) -> Expression:
        """What the objective costs within the scope of the model."""
        match objective:
            case Objective.VALUE:
                return self._value()
            case Objective.GUARANTEE:
                return self._shortfall()
            case Objective.GAPS:
                return sum(self.gaps(person) for person in self.people)
            case Objective.MOVES:
                return sum(self._moves(person) for person in self.people)

    def keep(self, objective: Objective, cost: int) -> None:
        """The objective costs no more than this within the scope."""
        self.model.cp.add(self.cost(objective) <= cost)

    def gaps(self, person: int) -> Expression:
        """Idle gaps of a person: in each stretch of the day one less than the runs of meetings."""
        if person not in self._gaps:
            count = self._gaps_by_pairs if sessions_return(self.problem) else self._gaps_by_runs
            self._gaps[person] = count(person)
        return self._gaps[person]

    def equal_gaps(self, others: Timetable, only_if: Literal | None = None) -> None:
        """Idle gaps of all who meet lie within `equal_within` of each other, those of people outside included."""
        only_if = only_if if only_if is not None else self.model.one
        within = self.problem.equal_within
        if within is None:
            return
        outside = _gaps_outside(self.costs, others, set(self.people))
        least = max([gaps - within for gaps in outside] + [0])
        most = min([*outside, len(self.problem.slots)])
        low = self.model.cp.new_int_var(min(least, most), most, "")
        self.model.cp.add(low >= least)
        for person in self.people:
            self.model.cp.add(self.gaps(person) <= low + within).only_enforce_if(only_if)
            self.model.cp.add(self.gaps(person) >= low).only_enforce_if(only_if, self.meets(person))

    def unequal(self, level: int) -> Expression:
        """How far the gaps of people are, summed, from lying between `level` and `level` + `equal_within`."""
        far = []
        for person in self.people:
            above = self.model.cp.new_int_var(0, len(self.problem.slots), "")
            self.model.cp.add(above >= self.gaps(person) - level - (self.problem.equal_within or 0))
            far.append(above)
            if level > 0:
                below = self.model.cp.new_int_var(0, level, "")
                self.model.cp.add(below >= level - self.gaps(person)).only_enforce_if(self.meets(person))
                far.append(below)
        return sum(far)

    def meets(self, person: int) -> Literal:
        """Whether the person has a meeting at all."""
        return self._some([self.model.occupied(person, slot) for slot in range(len(self.problem.slots))])

    def _value(self) -> Expression:
        weights = [(wish, self.costs.weights[wish]) for wish in self.model.scope.free]
        return sum(-weight * self.model.held[wish] for wish, weight in weights if weight)

    def _shortfall(self) -> Expression:
        short = []
        for person in self.people:
            wishes = {wish for each in self.model.of_person[person].values() for wish in each}
            lacking = self.costs.promised[person] - len(self.model.kept_slots[person])
            if lacking > 0:
                missing = self.model.cp.new_int_var(0, lacking, "")
                self.model.cp.add(missing >= lacking - sum(self.model.held[wish] for wish in sorted(wishes)))
                short.append(missing)
        return sum(short)

    def _gaps_by_runs(self, person: int) -> Expression:
        terms: list[Expression] = []
        for stretch in _stretches(self.problem):
            busy = [self.model.occupied(person, slot) for slot in stretch]
            if sum(literal is not self.model.zero for literal in busy) > 1:
                terms += [busy[0], *(self._begins(before, now) for before, now in pairwise(busy))]
                terms.append(-1 * self._some(busy))
        return sum(terms)

    def _begins(self, before: Literal, now: Literal) -> Literal:
        """Whether a run of meetings begins: busy now, idle just before."""
        if now is self.model.zero or before is self.model.zero:
            return now
        begins = self.model.cp.new_bool_var("")
        self.model.cp.add_bool_or([before, now.negated(), begins])
        self.model.cp.add_implication(begins, now)
        self.model.cp.add_implication(begins, before.negated())
        return begins

    def _some(self, literals: Sequence[Literal]) -> Literal:
        known = [literal for literal in literals if literal is not self.model.zero]
        if len(known) < 2:
            return known[0] if known else self.model.zero
        some = self.model.cp.new_bool_var("")
        self.model.cp.add_max_equality(some, known)
        return some

    def _gaps_by_pairs(self, person: int) -> Expression:
        """Where a session goes on after another: each pair of slots that could be two meetings in a row."""
        slots = self.problem.slots
        pairs = [(a, b) for a in range(len(slots)) for b in range(a + 2, len(slots))]
        rows: list[Expression] = [self._row(person, a, b) for a, b in pairs if slots[a].session == slots[b].session]
        return sum(rows)

    def _row(self, person: int, a: int, b: int) -> Literal:
        ends = [self.model.occupied(person, a), self.model.occupied(person, b)]
        between = [self.model.occupied(person, slot) for slot in range(a + 1, b)]
        row = self.model.cp.new_bool_var("")
        self.model.cp.add_bool_or([row, *between, *(end.negated() for end in ends)])
        self.model.cp.add_bool_and([*ends, *(slot.negated() for slot in between)]).only_enforce_if(row)
        return row

    def _moves(self, person: int) -> Expression:
        """Changes of the site the person is at; one who waits may already be at the next."""
        model, slots = self.model, sorted(self.model.of_person[person])
        cells: dict[int, dict[int, list[Literal]]] = {slot: {} for slot in slots}
        for slot in slots:
            for wish in model.of_person[person][slot]:
                for site in model.sites.of_wish(wish, slot):
                    if (wish, slot, site) in model.cells:
                        cells[slot].setdefault(site, []).append(model.cells[wish, slot, site])
        sites = sorted({site for each in cells.values() for site in each})
        stays = [{site: model.cp.new_bool_var("") for site in sites} for _slot in slots]
        for slot, stay in zip(slots, stays, strict=True):
            model.cp.add_exactly_one(stay.values())
            for site, literals in cells[slot].items():
                for literal in literals:
                    model.cp.add_implication(literal, stay[site])
        changes: list[Expression] = [self._changes(before, after) for before, after in pairwise(stays)]
        return sum(changes)

    def _changes(self, before: Mapping[int, Literal], after: Mapping[int, Literal]) -> Literal:
        moved = self.model.cp.new_bool_var("")
        for site, literal in after.items():
            self.model.cp.add_bool_or([moved, literal.negated(), before[site]])
        return moved


def sessions_return(problem: Problem) -> bool:
    """Whether gaps count within sessions only, and one goes on after another: no usual day, but a possible one."""
    names = [name for name, _slots in groupby(slot.session for slot in problem.slots)]
    return not problem.gaps_over_breaks and len(set(names)) < len(names)


def _stretches(problem: Problem) -> list[list[int]]:
    """Slots between which waiting is an idle gap."""
    slots = list(range(len(problem.slots)))
    if problem.gaps_over_breaks:
        return [slots]
    return [list(group) for _name, group in groupby(slots, key=lambda slot: problem.slots[slot].session)]


def _gaps_outside(costs: Costs, timetable: Timetable, people: set[int]) -> list[int]:
    meeting = {person for wish in timetable.places for person in costs.problem.wishes[wish].people} - people
    return [gaps_in(costs.problem, costs.slots_of(timetable, person)) for person in sorted(meeting)]
