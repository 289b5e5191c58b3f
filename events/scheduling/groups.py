"""Groups of researchers around the questions that firms hand in: who sits where and when, by one small exact model."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import inf
from time import monotonic

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from events.scheduling.group_task import (
    Composed,
    Group,
    GroupTask,
    candidates,
    open_slots,
    reason_in,
    why_unheld,
    worth_of,
)

_UNITS = 1_000_000  # whole numbers of the greatest fit
_SMALL = 3_000  # places of researchers in groups, up to which all is one model
_TOGETHER = 6  # questions whose slots are looked at together
_PART_SECONDS = 3.0
_PROVEN = 1e-5  # share of the worth that whole numbers hide


def compose(task: GroupTask, *, seconds: float = 30.0, seed: int = 0, workers: int = 2) -> Composed:
    """The best groups that were found in about the time given; small tasks are solved to proven optimality."""
    began = monotonic()
    whole = _Model(task)
    found = whole.solve(seconds / 2, seed, workers, task.present) if len(whole.sits) <= _SMALL else _Found({}, inf)
    groups, bound = found.groups, min(found.bound, bound_of(task))
    if bound - worth_of(task, groups) > _PROVEN * max(1.0, bound):
        groups = _by_parts(task, groups, began + seconds, seed, workers)
    worth = worth_of(task, groups)
    bound = max(worth, bound)
    unheld = {number: why_unheld(task, number) for number in range(len(task.questions)) if number not in groups}
    return Composed(groups, unheld, worth, bound, bound - worth <= _PROVEN * max(1.0, bound))


def bound_of(task: GroupTask) -> float:
    """What no composition exceeds: the best if everybody could do everything at once, caps and rooms kept."""
    slots = [set(open_slots(task, number)) for number in range(len(task.questions))]
    pairs = [
        (q, r) for q, r in task.fit if (q, r) not in task.forbidden and slots[q] & task.researchers[r].free
    ]  # fmt: skip
    questions = len(task.questions)
    held = task.worth_holding * min(sum(map(bool, slots)), sum(task.rooms))
    if not pairs:
        return held
    each = np.arange(len(pairs))
    rows = np.concatenate([[q for q, _r in pairs], [questions + r for _q, r in pairs]])
    caps = [question.most for question in task.questions]
    caps += [min(researcher.most, len(researcher.free)) for researcher in task.researchers]
    matrix = csr_matrix((np.ones(len(rows)), (rows, np.concatenate([each, each]))), shape=(len(caps), len(pairs)))
    worth = [-task.fit[q, r] - (task.stay if r in _present(task, q) else 0.0) for q, r in pairs]
    best = linprog(worth, A_ub=matrix, b_ub=caps, bounds=(0, 1), method="highs")
    return held - float(best.fun)


def _present(task: GroupTask, question: int) -> tuple[int, ...]:
    """Those who sit in the question's group before anything is composed."""
    group = task.present.get(question)
    return group.researchers if group is not None else ()


def _by_parts(task: GroupTask, groups: dict[int, Group], until: float, seed: int, workers: int) -> dict[int, Group]:
    """Slots as in `groups`, else guessed, are looked at anew for a few questions at a time, researchers for all."""
    generator = np.random.default_rng(seed)
    present = {number: group.slot for number, group in task.present.items()}
    slots = {number: group.slot for number, group in groups.items()} or {**_spread_slots(task), **present}
    worth, round_ = worth_of(task, groups), 0
    while round_ == 0 or monotonic() < until:
        open_ = {number: {slot} for number, slot in slots.items()}
        if round_:
            chosen = generator.choice(len(task.questions), size=min(_TOGETHER, len(task.questions)), replace=False)
            open_ |= {int(number): set(task.questions[int(number)].slots) for number in chosen}
        left = max(0.1, until - monotonic())
        found = _Model(task, open_).solve(min(left, _PART_SECONDS), seed + round_, workers, groups)
        if worth_of(task, found.groups) > worth:
            groups, worth = found.groups, worth_of(task, found.groups)
            slots |= {number: group.slot for number, group in groups.items()}
        round_ += 1
    return groups


def _spread_slots(task: GroupTask) -> dict[int, int]:
    """A slot for as many questions as there are rooms, those with the least choice first."""
    rooms, busy, slots = list(task.rooms), set(), {}
    for number in sorted(range(len(task.questions)), key=lambda number: (len(open_slots(task, number)), number)):
        firm = task.questions[number].organisation
        able = [slot for slot in open_slots(task, number) if reason_in(task, number, slot) is None]
        able = [slot for slot in able if rooms[slot] > 0 and not (firm and (firm, slot) in busy)]
        if able:
            slots[number] = max(able, key=lambda slot: (rooms[slot], -slot))
            rooms[slots[number]] -= 1
            busy.add((firm, slots[number]))
    return slots


@dataclass(frozen=True)
class _Found:
    groups: dict[int, Group]
    bound: float


@dataclass
class _Model:
    """`held[question, slot]` and `sits[question, slot, researcher]`; only slots in `within`, if that is given."""

    task: GroupTask
    within: Mapping[int, Collection[int]] | None = None
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    def __post_init__(self) -> None:
        task = self.task
        most = max(task.fit.values(), default=1.0) + task.stay
        self.scale = _UNITS / max(1e-9, most, task.worth_holding)
        self.held: dict[tuple[int, int], cp_model.IntVar] = {}
        self.sits: dict[tuple[int, int, int], cp_model.IntVar] = {}
        for number in range(len(task.questions)):
            for slot in open_slots(task, number):
                inside = self.within is None or slot in self.within.get(number, ())
                if inside and reason_in(task, number, slot) is None:
                    self._group(number, slot)
        self._rules_of_questions()
        self._rules_of_people()
        held = round(task.worth_holding * self.scale)
        seats = [
            round(task.seat_worth(q, r, slot) * self.scale) * literal for (q, slot, r), literal in self.sits.items()
        ]
        self.cp.maximize(sum(seats) + sum(held * literal for literal in self.held.values()))

    def _group(self, number: int, slot: int) -> None:
        question = self.task.questions[number]
        held = self.held[number, slot] = self.cp.new_bool_var("")
        members = {who: self.cp.new_bool_var("") for who in candidates(self.task, number, slot)}
        self.sits |= {(number, slot, who): literal for who, literal in members.items()}
        self.cp.add(sum(members.values()) >= question.least * held)
        self.cp.add(sum(members.values()) <= question.most * held)
        for literal in members.values():
            self.cp.add_implication(literal, held)
        if question.needs_senior:
            seniors = [literal for who, literal in members.items() if self.task.researchers[who].senior]
            self.cp.add_bool_or([*seniors, held.negated()])

    def _rules_of_questions(self) -> None:
        once: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        rooms: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        firms: dict[tuple[str, int], list[cp_model.IntVar]] = defaultdict(list)
        for (number, slot), held in self.held.items():
            once[number].append(held)
            rooms[slot].append(held)
            if organisation := self.task.questions[number].organisation:
                firms[organisation, slot].append(held)
        for literals in (*once.values(), *firms.values()):
            self.cp.add_at_most_one(literals)
        for slot, literals in rooms.items():
            self.cp.add(sum(literals) <= self.task.rooms[slot])

    def _rules_of_people(self) -> None:
        at: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        all_of: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for (_number, slot, who), literal in self.sits.items():
            at[who, slot].append(literal)
            all_of[who].append(literal)
        for literals in at.values():
            self.cp.add_at_most_one(literals)
        for who, literals in all_of.items():
            self.cp.add(sum(literals) <= self.task.researchers[who].most)

    def solve(self, seconds: float, seed: int, workers: int, start: Mapping[int, Group]) -> _Found:
        """The best groups, from some as a hint."""
        for (number, slot), literal in self.held.items():
            self.cp.add_hint(literal, number in start and start[number].slot == slot)
        for (number, slot, who), literal in self.sits.items():
            group = start.get(number)
            self.cp.add_hint(literal, group is not None and group.slot == slot and who in group.researchers)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = workers
        if solver.solve(self.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return _Found({}, inf)
        return _Found(self._groups(solver), solver.best_objective_bound / self.scale)

    def _groups(self, solver: cp_model.CpSolver) -> dict[int, Group]:
        members: dict[tuple[int, int], list[int]] = defaultdict(list)
        for (number, slot, who), literal in self.sits.items():
            if solver.boolean_value(literal):
                members[number, slot].append(who)
        held = [cell for cell, literal in self.held.items() if solver.boolean_value(literal)]
        return {number: Group(slot, tuple(sorted(members[number, slot]))) for number, slot in held}
