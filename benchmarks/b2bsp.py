"""Business-to-business forums as others publish them: read, solved to the fewest idle gaps, proven, checked.

Source: Bofill et al., "Constraint Solving Approaches to the Business-to-Business Meeting Scheduling Problem",
JAIR 2022; a "break" there is an idle gap here.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.minizinc_data import InstanceUnreadable, Value, parse_dzn
from events.scheduling.errors import InvalidProblem
from events.scheduling.gaps.idle_gaps import GapsProof, prove_fewest_gaps
from events.scheduling.problem import Person, Pool, Precedence, Problem, Slot, Wish
from events.scheduling.timetable import gaps_of_people, violations

SECONDS = 60.0
_NAMES = (
    *("nBusiness", "nMeetings", "nTables", "nTotalSlots", "nMorningSlots", "d"),
    *("requested", "forbidden", "fixed", "precedences"),
)
_MOST = 100_000
_EQUAL_WITHIN = 2
_MORNING, _AFTERNOON, _ANY = 1, 2, 3
# Minutes of a slot: the instances know no times, and one pause is as good as another to them.
_MINUTES = 20


def measure_b2bsp(
    folder: Path, *, say: Callable[[str], None] = lambda _words: None, seconds: float = SECONDS
) -> dict[str, Any]:
    """Every instance of a folder; `total_breaks` sums those that have a timetable, `slowest_s` is wall-clock.

    An instance that cannot be read has an `error` in its entry and counts as not proven. One without any timetable,
    proven, has `infeasible`.

    Raises:
        InstanceUnreadable: the folder is not there or holds no instance.
    """
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".dzn") if folder.is_dir() else []
    if not paths:
        raise InstanceUnreadable(f"{folder} holds no instances. Name a folder with .dzn files.")
    entries = []
    for path in paths:
        entries.append(_measured(path, seconds))
        say(_words(entries[-1]))
    return {
        "instances": len(entries),
        "proven": sum(entry["proven"] for entry in entries),
        "infeasible": sum(entry["infeasible"] for entry in entries),
        "broken": sum("error" in entry for entry in entries),
        "slowest_s": max(entry["seconds"] for entry in entries),
        "total_breaks": sum(entry["breaks"] or 0 for entry in entries),
        "per_instance": entries,
    }


def read_instance(path: Path) -> Problem:
    """The problem of a data file: one pool of tables, all meetings held, gaps counted over the whole day.

    Where the file names no `d`, gap counts differ by at most 2.

    Raises:
        InstanceUnreadable: the file is not there, or broken; says where.
    """
    try:
        values = parse_dzn(path.read_text(encoding="utf-8-sig"), _NAMES)
        return _Instance(values).problem()
    except (OSError, UnicodeDecodeError) as error:
        raise InstanceUnreadable(f"{path.name} cannot be read: {error}") from error
    except (InstanceUnreadable, InvalidProblem) as error:
        raise InstanceUnreadable(f"{path.name}: {error}") from error


class _Instance:
    """The values of a data file, each checked as it is asked for."""

    def __init__(self, values: dict[str, Value]) -> None:
        self._values = values
        self._slots = self._number("nTotalSlots")
        self._morning = self._number("nMorningSlots", self._slots)
        self._people = self._number("nBusiness")
        self._meetings = self._rows("requested")
        if len(self._meetings) != self._number("nMeetings", len(self._meetings)):
            raise InstanceUnreadable("requested has not as many rows as nMeetings says.")

    def problem(self) -> Problem:
        free = frozenset(range(self._slots))
        closed = self._sets("forbidden", self._people, self._slots)
        before = self._sets("precedences", len(self._meetings), len(self._meetings))
        return Problem(
            slots=tuple(self._slot(number) for number in range(self._slots)),
            people=tuple(
                Person(str(number + 1), free - {slot - 1 for slot in slots}) for number, slots in enumerate(closed)
            ),
            pools=(Pool("tables", "hall", (self._number("nTables"),) * self._slots),),
            wishes=self._wishes(),
            precedences=tuple(
                Precedence(first - 1, after) for after, befores in enumerate(before) for first in sorted(befores)
            ),
            equal_within=self._number("d", _EQUAL_WITHIN),
        )

    def _slot(self, number: int) -> Slot:
        return Slot(number * _MINUTES, (number + 1) * _MINUTES, session=int(number >= self._morning))

    def _wishes(self) -> tuple[Wish, ...]:
        morning, all_day = frozenset(range(min(self._morning, self._slots))), frozenset(range(self._slots))
        sessions = {_MORNING: morning, _AFTERNOON: all_day - morning, _ANY: None}
        fixed = self._fixed()
        wishes = []
        for number, row in enumerate(self._meetings):
            a, b, session = row
            if not (1 <= a <= self._people and 1 <= b <= self._people and session in sessions):
                raise InstanceUnreadable(f"requested, row {number + 1}: {a}, {b}, {session} is no meeting.")
            slot = fixed[number] - 1 if fixed[number] else None
            wishes.append(
                Wish(str(number + 1), (a - 1, b - 1), (0,), must_hold=True, slots=sessions[session], fixed_slot=slot)
            )
        return tuple(wishes)

    def _fixed(self) -> list[int]:
        value = self._values.get("fixed", [0] * len(self._meetings))
        if not isinstance(value, list) or len(value) != len(self._meetings):
            raise InstanceUnreadable("fixed must name a slot, or 0, for each meeting.")
        return [self._within("fixed", slot, self._slots) for slot in value]

    def _sets(self, name: str, number: int, most: int) -> list[frozenset[int]]:
        """So many sets of numbers from 1; 0 is a filler."""
        value = self._values.get(name, [frozenset[int]() for _each in range(number)])
        if not isinstance(value, list) or len(value) != number:
            raise InstanceUnreadable(f"{name} must be a list of {number} sets.")
        found = []
        for members in value:
            if not isinstance(members, frozenset):
                raise InstanceUnreadable(f"{name} must be a list of sets.")
            found.append(frozenset(self._within(name, member, most) for member in members) - {0})
        return found

    def _rows(self, name: str) -> list[tuple[int, int, int]]:
        value = self._values.get(name)
        if not isinstance(value, list) or not value:
            raise InstanceUnreadable(f"{name} is missing or empty.")
        rows = []
        for number, row in enumerate(value):
            numbers = [each for each in row if isinstance(each, int)] if isinstance(row, list) else []
            if len(numbers) != 3 or not isinstance(row, list) or len(row) != 3:
                raise InstanceUnreadable(f"{name}, row {number + 1}: two participants and a session are needed.")
            rows.append((numbers[0], numbers[1], numbers[2]))
        return rows

    def _number(self, name: str, otherwise: int | None = None) -> int:
        value = self._values.get(name, otherwise)
        if not isinstance(value, int):
            raise InstanceUnreadable(f"{name} is missing or no whole number.")
        return self._within(name, value, _MOST)

    def _within(self, name: str, value: Value, most: int) -> int:
        if not isinstance(value, int) or not 0 <= value <= most:
            raise InstanceUnreadable(f"{name}: {value} is not between 0 and {most}.")
        return value


def _measured(path: Path, seconds: float) -> dict[str, Any]:
    started = time.perf_counter()
    entry: dict[str, Any] = {"name": path.stem, "breaks": None, "bound": None, "proven": False, "infeasible": False}
    try:
        problem = read_instance(path)
        entry |= _checked(problem, prove_fewest_gaps(problem, seconds=seconds))
    except InstanceUnreadable as error:
        entry["error"] = str(error)
    return entry | {"seconds": round(time.perf_counter() - started, 2)}


def _checked(problem: Problem, proof: GapsProof) -> dict[str, Any]:
    """The figures of a proof, counted anew from its timetable; a rule broken is an error, whatever was proven."""
    figures: dict[str, Any] = {"bound": proof.bound, "proven": proof.proven, "infeasible": proof.infeasible}
    if proof.timetable is None:
        return figures
    breaks = sum(gaps_of_people(problem, proof.timetable))
    broken = violations(problem, proof.timetable)
    figures |= {"breaks": breaks, "proven": proof.proven and breaks == proof.bound and not broken}
    if broken:
        figures["error"] = f"The timetable breaks {len(broken)} rules, first {broken[0]}."
    return figures


def _words(entry: dict[str, Any]) -> str:
    if "error" in entry:
        return f"{entry['name']}: {entry['error']}"
    if entry["infeasible"]:
        return f"{entry['name']}: proven that there is no timetable, {entry['seconds']} s"
    known = "proven" if entry["proven"] else f"no fewer than {entry['bound']}"
    return f"{entry['name']}: {entry['breaks']} breaks, {known}, {entry['seconds']} s"
