"""Groups of researchers around the questions that firms hand in: who sits where and when, as at an AIMday.

All is one small exact model; numbers from 0 as in `problem.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from time import monotonic

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from events.scheduling.errors import InvalidProblem

_UNITS = 1_000_000  # whole numbers of the greatest fit
_HELD = 8  # by default a question that is held counts as much as so many researchers of the best fit
_SMALL = 3_000  # places of researchers in groups, up to which all is one model
_TOGETHER = 6  # questions whose slots are looked at together
_PART_SECONDS = 3.0
_PROVEN = 1e-5  # share of the worth that whole numbers hide


@dataclass(frozen=True)
class Question:
    """What a firm asks; a group of `least` to `most` researchers answers, a senior among them if `needs_senior`.

    `slots` are those in which the firm can be there; `organisation` keeps one firm from two groups in a slot.
    """

    key: str
    slots: frozenset[int]
    least: int = 3
    most: int = 8
    needs_senior: bool = True
    organisation: str = ""


@dataclass(frozen=True)
class Researcher:
    """Someone who sits in at most `most` groups, one in each of the slots `free`."""

    key: str
    free: frozenset[int]
    senior: bool = False
    most: int = 3


@dataclass(frozen=True)
class GroupTask:
    """`rooms[s]` groups can meet in slot s. `fit[question, researcher]` is from 0; pairs without one never meet.

    `forbidden` pairs (question, researcher) are kept apart, by interest or by wish. `held` is what a question that is
    held counts besides the fit of its group (None: more than its group can).
    """

    questions: tuple[Question, ...]
    researchers: tuple[Researcher, ...]
    rooms: tuple[int, ...]
    fit: Mapping[tuple[int, int], float]
    forbidden: frozenset[tuple[int, int]] = frozenset()
    held: float | None = None

    def __post_init__(self) -> None:
        _check(self)

    def may_sit(self, question: int, researcher: int, slot: int) -> bool:
        """Whether the researcher can be in the question's group in that slot."""
        pair = (question, researcher)
        return pair in self.fit and pair not in self.forbidden and slot in self.researchers[researcher].free

    @property
    def worth_holding(self) -> float:
        """What a question that is held counts besides fit."""
        return _HELD * max(self.fit.values(), default=0.0) if self.held is None else self.held


class Unheld(StrEnum):
    """Why a question has no group."""

    NO_SLOT = "no_slot"  # the firm is never there while there is a room
    TOO_FEW = "too_few"  # in no such slot enough researchers who fit are free
    NO_SENIOR = "no_senior"  # in no slot with enough of them one is a senior
    CROWDED_OUT = "crowded_out"  # it could be held alone, but rooms or people are with questions that count more


@dataclass(frozen=True)
class Group:
    """One question's slot and its researchers, ascending."""

    slot: int
    researchers: tuple[int, ...]


@dataclass(frozen=True)
class Composed:
    """Groups by question, why the others have none, and the worth that was reached and that none exceeds."""

    groups: Mapping[int, Group]
    unheld: Mapping[int, Unheld]
    worth: float
    bound: float
    proven: bool

    @property
    def gap(self) -> float:
        """Share by which a better composition is not ruled out."""
        return 0.0 if self.proven else (self.bound - self.worth) / max(1.0, abs(self.bound))


def worth_of(task: GroupTask, groups: Mapping[int, Group]) -> float:
    """The summed fit of all who sit in groups, and what the questions held count."""
    fits = (task.fit[question, researcher] for question, group in groups.items() for researcher in group.researchers)
    return float(sum(fits) + task.worth_holding * len(groups))


def compose(task: GroupTask, *, seconds: float = 30.0, seed: int = 0, workers: int = 2) -> Composed:
    """The best groups that were found in about the time given; small tasks are solved to proven optimality."""
    began = monotonic()
    whole = _Model(task)
    found = whole.solve(seconds / 2, seed, workers, {}) if len(whole.sits) <= _SMALL else _Found({}, inf)
    groups, bound = found.groups, min(found.bound, bound_of(task))
    if bound - worth_of(task, groups) > _PROVEN * max(1.0, bound):
        groups = _by_parts(task, groups, began + seconds, seed, workers)
    worth = worth_of(task, groups)
    bound = max(worth, bound)
    unheld = {number: _why(task, number) for number in range(len(task.questions)) if number not in groups}
    return Composed(groups, unheld, worth, bound, bound - worth <= _PROVEN * max(1.0, bound))


def bound_of(task: GroupTask) -> float:
    """What no composition exceeds: the best if everybody could do everything at once, caps and rooms kept."""
    slots = [set(_open_slots(task, number)) for number in range(len(task.questions))]
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
    best = linprog([-task.fit[pair] for pair in pairs], A_ub=matrix, b_ub=caps, bounds=(0, 1), method="highs")
    return held - float(best.fun)


def _by_parts(task: GroupTask, groups: dict[int, Group], until: float, seed: int, workers: int) -> dict[int, Group]:
    """Slots as in `groups`, else guessed, are looked at anew for a few questions at a time, researchers for all."""
    generator = np.random.default_rng(seed)
    slots = {number: group.slot for number, group in groups.items()} or _spread_slots(task)
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
    for number in sorted(range(len(task.questions)), key=lambda number: (len(_open_slots(task, number)), number)):
        firm = task.questions[number].organisation
        able = [slot for slot in _open_slots(task, number) if _reason_in(task, number, slot) is None]
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
        self.scale = _UNITS / max(1e-9, max(task.fit.values(), default=1.0), task.worth_holding)
        self.held: dict[tuple[int, int], cp_model.IntVar] = {}
        self.sits: dict[tuple[int, int, int], cp_model.IntVar] = {}
        for number in range(len(task.questions)):
            for slot in _open_slots(task, number):
                inside = self.within is None or slot in self.within.get(number, ())
                if inside and _reason_in(task, number, slot) is None:
                    self._group(number, slot)
        self._rules_of_questions()
        self._rules_of_people()
        held = round(task.worth_holding * self.scale)
        fits = [round(task.fit[q, r] * self.scale) * literal for (q, _slot, r), literal in self.sits.items()]
        self.cp.maximize(sum(fits) + sum(held * literal for literal in self.held.values()))

    def _group(self, number: int, slot: int) -> None:
        question = self.task.questions[number]
        held = self.held[number, slot] = self.cp.new_bool_var("")
        members = {who: self.cp.new_bool_var("") for who in _candidates(self.task, number, slot)}
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


def _open_slots(task: GroupTask, question: int) -> list[int]:
    return [slot for slot in sorted(task.questions[question].slots) if task.rooms[slot] > 0]


def _candidates(task: GroupTask, question: int, slot: int) -> list[int]:
    able = [number for number, researcher in enumerate(task.researchers) if researcher.most > 0]
    return [number for number in able if task.may_sit(question, number, slot)]


def _reason_in(task: GroupTask, question: int, slot: int) -> Unheld | None:
    asked, who = task.questions[question], _candidates(task, question, slot)
    if len(who) < asked.least:
        return Unheld.TOO_FEW
    if asked.needs_senior and not any(task.researchers[number].senior for number in who):
        return Unheld.NO_SENIOR
    return None


def _why(task: GroupTask, question: int) -> Unheld:
    slots = _open_slots(task, question)
    reasons = {_reason_in(task, question, slot) for slot in slots}
    if not slots:
        return Unheld.NO_SLOT
    if None in reasons:
        return Unheld.CROWDED_OUT
    return Unheld.NO_SENIOR if Unheld.NO_SENIOR in reasons else Unheld.TOO_FEW


def _check(task: GroupTask) -> None:
    slots = range(len(task.rooms))
    _require(all(rooms >= 0 for rooms in task.rooms), "Rooms are counted from 0.")
    for question in task.questions:
        _require(1 <= question.least <= question.most, f"{question.key}: at least 1, and no fewer at most.")
        _require(all(slot in slots for slot in question.slots), f"{question.key}: a slot that does not exist.")
    for researcher in task.researchers:
        _require(researcher.most >= 0, f"{researcher.key}: groups are counted from 0.")
        _require(all(slot in slots for slot in researcher.free), f"{researcher.key}: a slot that does not exist.")
    questions, researchers = range(len(task.questions)), range(len(task.researchers))
    for question_number, who in (*task.fit, *task.forbidden):
        _require(question_number in questions and who in researchers, "A pair of which one does not exist.")
    fits = (*task.fit.values(), *([] if task.held is None else [task.held]))
    _require(all(0 <= fit < float("inf") for fit in fits), "A fit must be a number from 0.")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise InvalidProblem(message)
