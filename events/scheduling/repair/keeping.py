"""The linear relaxation of a repair: what is best held where, if only so many published meetings may change.

With few changes allowed most of a day is settled, and the relaxation of the rest is nearly integral: its optimum
tells what to change, and its prices bound what any repair can reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

from events.scheduling.exact.sites import Sites
from events.scheduling.problem import Problem

Numbers = NDArray[np.int64]
Amounts = NDArray[np.float64]
Truths = NDArray[np.bool_]
Cell = tuple[int, int]  # slot and site

_SOME = 0.02  # less of a column than this is an estimate's noise


@dataclass(frozen=True)
class Columns:
    """One a wish, slot and site where it could be held, each array (n,); `home` tells the published places."""

    wish: Numbers
    slot: Numbers
    site: Numbers
    home: Truths

    def __len__(self) -> int:
        return len(self.wish)


class Relaxation:
    """Rows: each wish once, each person once a slot, room of each site in a slot, caps, and the changes allowed.

    `worth` (wishes,) is what holding each counts. Walks, orders and equal gaps are left out. A published place is
    worth `bonus` more, so that nothing changes for nothing.
    """

    def __init__(
        self, problem: Problem, sites: Sites, home: Mapping[int, Cell], most_changed: int, worth: Amounts
    ) -> None:
        self.problem, self.sites, self.home, self.most_changed = problem, sites, home, most_changed
        self.times = len(problem.slots)
        self.bonus = 1e-3 * float(np.mean([wish.value for wish in problem.wishes] or [0.0]))
        self.columns = self._columns()
        self.worth = worth[self.columns.wish] + self.bonus * self.columns.home
        self.first_person = len(problem.wishes)
        self.first_site = self.first_person + len(problem.people) * self.times
        self.first_cap = self.first_site + len(sites.sites) * self.times
        self.rows = self.first_cap + len(problem.people) + 1  # the last row: published meetings that stay
        self.matrix = self._matrix()
        self.limits = self._limits()

    def _columns(self) -> Columns:
        found = [
            (wish, slot, site, self.home.get(wish) == (slot, site))
            for wish, slots in enumerate(self.problem.possible_slots)
            for slot in slots
            for site in self.sites.of_wish(wish, slot)
        ]
        numbers = np.array(found, dtype=np.int64).reshape(-1, 4)
        return Columns(numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3] > 0)

    def _matrix(self) -> Any:
        columns, each = self.columns, np.arange(len(self.columns))
        repeated, who = self._people_of_columns()
        rows = [
            columns.wish,
            self.first_person + who * self.times + columns.slot[repeated],
            self.first_site + columns.site * self.times + columns.slot,
            self.first_cap + who,
            np.full(int(columns.home.sum()), self.rows - 1),
        ]
        places = [each, repeated, each, repeated, each[columns.home]]
        entries = np.ones(sum(len(part) for part in rows))
        entries[len(entries) - len(rows[-1]) :] = -1.0
        return csc_matrix((entries, (np.concatenate(rows), np.concatenate(places))), shape=(self.rows, len(columns)))

    def _people_of_columns(self) -> tuple[Numbers, Numbers]:
        """Numbers of columns, each once a person of its wish, and that person."""
        wishes = self.problem.wishes
        sizes = np.array([len(wish.people) for wish in wishes], dtype=np.int64)
        people = np.array([person for wish in wishes for person in wish.people], dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        times = sizes[self.columns.wish]
        repeated = np.repeat(np.arange(len(self.columns)), times)
        within = np.arange(len(repeated)) - np.repeat(np.cumsum(times) - times, times)
        return repeated, people[starts[self.columns.wish[repeated]] + within]

    def _limits(self) -> Amounts:
        problem, slots = self.problem, len(self.problem.slots)
        limits = np.ones(self.rows)
        for number, site in enumerate(self.sites.sites):
            room = [sum(problem.pools[pool].capacity[slot] for pool in site.pools) for slot in range(slots)]
            first = self.first_site + number * self.times
            limits[first : first + self.times] = room
        limits[self.first_cap : -1] = [slots if person.most is None else person.most for person in problem.people]
        limits[-1] = self.most_changed - len(self.home)
        return limits

    def solve(self, chosen: Numbers, *, seconds: float) -> Amounts | None:
        """How much of each of some columns (m,) an optimum over them takes; None where the time was too short."""
        if not len(chosen):
            return np.zeros(0)
        part = self.matrix[:, chosen].tocsr()
        used = np.union1d(np.flatnonzero(np.diff(part.indptr)), [self.rows - 1])
        found = linprog(
            -self.worth[chosen],
            A_ub=part[used],
            b_ub=self.limits[used],
            bounds=(0, None),
            method="highs-ds",
            options={"time_limit": max(0.01, seconds)},
        )
        return np.asarray(found.x) if found.status == 0 else None

    def reduced(self, prices: Amounts) -> Amounts:
        """What each column (n,) is worth beyond the prices (rows,)."""
        return np.asarray(self.worth - self.matrix.T @ prices)

    def margins(self, prices: Amounts) -> Amounts:
        """What holding each column (n,) is worth beyond what its people and its place cost."""
        return self.reduced(prices) + prices[self.columns.wish]

    def bound(self, prices: Amounts) -> float:
        """What the worth of no timetable exceeds, bonuses left out: any prices from 0 give one.

        Source: Lagrangian duality; each wish takes its best column if that is worth more than it costs.
        """
        best = np.zeros(len(self.problem.wishes))
        np.maximum.at(best, self.columns.wish, self.reduced(prices))
        kept = max(0, len(self.home) - self.most_changed)
        return float(self.limits @ prices + best.sum() - self.bonus * kept)

    def idle(self, held: Mapping[int, Cell]) -> Truths:
        """Columns (n,) in whose slot everybody concerned is idle in a timetable."""
        busy = np.zeros(self.rows)
        for wish, (slot, _site) in held.items():
            for person in self.problem.wishes[wish].people:
                busy[self.first_person + person * self.times + slot] = 1.0
        return np.asarray(self.matrix.T @ busy < 0.5)

    def promising(self, amounts: Amounts, prices: Amounts, most: int) -> Numbers:
        """Published places, what there is some amount (n,) of, and so many more, worth most beyond the prices."""
        sure = self.columns.home | (amounts > _SOME)
        others = np.flatnonzero(~sure)
        order = np.argsort(-self.reduced(prices)[others], kind="stable")[:most]
        return np.union1d(np.flatnonzero(sure), others[order])
