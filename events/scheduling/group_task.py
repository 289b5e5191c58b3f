"""The task of composing groups around questions, as at an AIMday, and what comes of it; numbers from 0.

Apart from the solver, so that whoever only reads a composition need not load it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from events.scheduling.errors import InvalidProblem

_HELD = 8  # by default a question that is held counts as much as so many researchers of the best fit


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
class Group:
    """One question's slot and its researchers, ascending."""

    slot: int
    researchers: tuple[int, ...]


@dataclass(frozen=True)
class GroupTask:
    """`rooms[s]` groups can meet in slot s. `fit[question, researcher]` is from 0; pairs without one never meet.

    `forbidden` pairs (question, researcher) are kept apart, by interest or by wish. `held` is what a question that is
    held counts besides the fit of its group (None: more than its group can). Each who sits as in the groups of
    `present` counts `stay` more, so that a published group changes only for what gains more than that.
    """

    questions: tuple[Question, ...]
    researchers: tuple[Researcher, ...]
    rooms: tuple[int, ...]
    fit: Mapping[tuple[int, int], float]
    forbidden: frozenset[tuple[int, int]] = frozenset()
    held: float | None = None
    present: Mapping[int, Group] = field(default_factory=dict)
    stay: float = 0.0

    def __post_init__(self) -> None:
        _check(self)

    def may_sit(self, question: int, researcher: int, slot: int) -> bool:
        """Whether the researcher can be in the question's group in that slot."""
        pair = (question, researcher)
        return pair in self.fit and pair not in self.forbidden and slot in self.researchers[researcher].free

    def seat_worth(self, question: int, researcher: int, slot: int) -> float:
        """What the researcher in the question's group counts: the fit, and more for a seat of before."""
        before = self.present.get(question)
        stays = before is not None and before.slot == slot and researcher in before.researchers
        return self.fit[question, researcher] + (self.stay if stays else 0.0)

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
    """The summed worth of all seats in groups, and what the questions held count."""
    seats = (
        task.seat_worth(question, researcher, group.slot)
        for question, group in groups.items()
        for researcher in group.researchers
    )
    return float(sum(seats) + task.worth_holding * len(groups))


def open_slots(task: GroupTask, question: int) -> list[int]:
    """Slots in which the firm is there and there is a room."""
    return [slot for slot in sorted(task.questions[question].slots) if task.rooms[slot] > 0]


def candidates(task: GroupTask, question: int, slot: int) -> list[int]:
    """Researchers who fit, are free then, and take groups at all."""
    able = [number for number, researcher in enumerate(task.researchers) if researcher.most > 0]
    return [number for number in able if task.may_sit(question, number, slot)]


def reason_in(task: GroupTask, question: int, slot: int) -> Unheld | None:
    """Why the question alone could not be held in that slot; None if it could."""
    asked, who = task.questions[question], candidates(task, question, slot)
    if len(who) < asked.least:
        return Unheld.TOO_FEW
    if asked.needs_senior and not any(task.researchers[number].senior for number in who):
        return Unheld.NO_SENIOR
    return None


def why_unheld(task: GroupTask, question: int) -> Unheld:
    """Why a question that has no group has none."""
    slots = open_slots(task, question)
    reasons = {reason_in(task, question, slot) for slot in slots}
    if not slots:
        return Unheld.NO_SLOT
    if None in reasons:
        return Unheld.CROWDED_OUT
    return Unheld.NO_SENIOR if Unheld.NO_SENIOR in reasons else Unheld.TOO_FEW


def why_beside(task: GroupTask, groups: Mapping[int, Group], question: int) -> Unheld | None:
    """Why the question cannot be held beside groups that stay as they are; None if it can."""
    if any(_fits_beside(task, groups, question, slot) for slot in open_slots(task, question)):
        return None
    return why_unheld(task, question)


def _fits_beside(task: GroupTask, groups: Mapping[int, Group], question: int, slot: int) -> bool:
    there = {number: group for number, group in groups.items() if group.slot == slot}
    firm = task.questions[question].organisation
    if len(there) >= task.rooms[slot] or (firm and any(task.questions[each].organisation == firm for each in there)):
        return False
    seats = Counter(who for group in groups.values() for who in group.researchers)
    busy = {who for group in there.values() for who in group.researchers}
    able = [
        who
        for who in candidates(task, question, slot)
        if who not in busy and seats[who] < task.researchers[who].most
    ]  # fmt: skip
    asked = task.questions[question]
    return len(able) >= asked.least and (not asked.needs_senior or any(task.researchers[who].senior for who in able))


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
    for question_number, group in task.present.items():
        seats_exist = question_number in questions and group.slot in slots
        _require(seats_exist and all(who in researchers for who in group.researchers), "A seat that does not exist.")
    fits = (*task.fit.values(), task.stay, *([] if task.held is None else [task.held]))
    _require(all(0 <= fit < float("inf") for fit in fits), "A fit must be a number from 0.")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise InvalidProblem(message)
