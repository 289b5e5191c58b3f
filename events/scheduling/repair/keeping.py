"""Linear relaxations of a repair: what is best held where, if only so many published meetings may change.

With few changes allowed most of a day is settled, and the relaxation of the rest is nearly integral: its optimum
tells what to change, and its prices bound what any repair can reach.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix

from events.scheduling.exact.sites import Sites
from events.scheduling.problem import Problem

Numbers = NDArray[np.int64]
Amounts = NDArray[np.float64]
Truths = NDArray[np.bool_]
Cell = tuple[int, int]  # slot and site

_WHOLE = 1 - 1e-6


@dataclass(frozen=True)
class Columns:
    """One a wish, slot and site where it could be held, each array (n,); `home` tells the published places."""

    wish: Numbers
    slot: Numbers
    site: Numbers
    home: Truths

    def __len__(self) -> int:
        return len(self.wish)


@dataclass(frozen=True)
class Fractions:
    """An optimum over some `columns` (m,): how much of each (m,), and the price of each row (rows,), from 0."""

    columns: Numbers
    amounts: Amounts
    prices: Amounts


class Relaxation:
    """Rows: each wish once, each person once a slot, room of each site in a slot, caps, and the changes allowed.

    `worth` (wishes,) is what holding each counts. `collapsed` sums the rows over all slots: far smaller, and a bound
    as well. Walks, orders and equal gaps are left out. A published place is worth `bonus` more, so that nothing
    changes for nothing.
    """

    def __init__(
        self,
        problem: Problem,
        sites: Sites,
        home: Mapping[int, Cell],
        most_changed: int,
        worth: Amounts,
        *,
        collapsed: bool = False,
    ) -> None:
        self.problem, self.sites, self.home, self.most_changed = problem, sites, home, most_changed
        self.times = 1 if collapsed else len(problem.slots)
        self.bonus = 1e-3 * float(np.mean([wish.value for wish in problem.wishes] or [0.0]))
        self.columns = self._columns(collapsed)
        self.worth = worth[self.columns.wish] + self.bonus * self.columns.home
        self.first_person = len(problem.wishes)
        self.first_site = self.first_person + len(problem.people) * self.times
        self.first_cap = self.first_site + len(sites.sites) * self.times
        self.rows = self.first_cap + len(problem.people) + 1  # the last row: published meetings that stay
        self.matrix = self._matrix()
        self.limits = self._limits(collapsed)

    def _columns(self, collapsed: bool) -> Columns:
        found: dict[tuple[int, int, int], bool] = {}
        for wish, slots in enumerate(self.problem.possible_slots):
            home = self.home.get(wish)
            for slot in slots:
                for site in self.sites.of_wish(wish, slot):
                    key = (wish, 0 if collapsed else slot, site)
                    found[key] = found.get(key, False) or home == (slot, site)
        numbers = np.array(list(found), dtype=np.int64).reshape(-1, 3)
        return Columns(numbers[:, 0], numbers[:, 1], numbers[:, 2], np.array(list(found.values()), dtype=np.bool_))

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

    def _limits(self, collapsed: bool) -> Amounts:
        problem, slots = self.problem, len(self.problem.slots)
        limits = np.ones(self.rows)
        if collapsed:
            limits[self.first_person : self.first_site] = [len(person.free) for person in problem.people]
        for number, site in enumerate(self.sites.sites):
            room = [sum(problem.pools[pool].capacity[slot] for pool in site.pools) for slot in range(slots)]
            first = self.first_site + number * self.times
            limits[first : first + self.times] = sum(room) if collapsed else room
        limits[self.first_cap : -1] = [slots if person.most is None else person.most for person in problem.people]
        limits[-1] = self.most_changed - len(self.home)
        return limits

    def solve(self, chosen: Numbers, *, seconds: float) -> Fractions | None:
        """The optimum over some of the columns; None where the time was too short."""
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
        if found.status != 0:
            return None
        prices = np.zeros(self.rows)
        prices[used] = np.maximum(-found.ineqlin.marginals, 0.0)
        return Fractions(chosen, found.x, prices)

    def reduced(self, prices: Amounts) -> Amounts:
        """What each column (n,) is worth beyond the prices (rows,)."""
        return np.asarray(self.worth - self.matrix.T @ prices)

    def bound(self, prices: Amounts) -> float:
        """What the worth of no timetable exceeds, bonuses left out: any prices from 0 give one.

        Source: Lagrangian duality; each wish takes its best column if that is worth more than it costs.
        """
        best = np.zeros(len(self.problem.wishes))
        np.maximum.at(best, self.columns.wish, self.reduced(prices))
        kept = max(0, len(self.home) - self.most_changed)
        return float(self.limits @ prices + best.sum() - self.bonus * kept)

    def spread(self, collapsed: "Relaxation", prices: Amounts) -> Amounts:
        """Prices of the collapsed rows as prices of these: the same in every slot."""
        ends = collapsed.first_person, collapsed.first_site, collapsed.first_cap
        wishes, people, sites, caps = np.split(prices, ends)
        return np.concatenate([wishes, np.repeat(people, self.times), np.repeat(sites, self.times), caps])

    def idle(self, held: Mapping[int, Cell]) -> Truths:
        """Columns (n,) in whose slot everybody concerned is idle in a timetable."""
        busy = np.zeros(self.rows)
        for wish, (slot, _site) in held.items():
            for person in self.problem.wishes[wish].people:
                busy[self.first_person + person * self.times + slot] = 1.0
        return np.asarray(self.matrix.T @ busy < 0.5)

    def attractive(
        self, prices: Amounts, most: int, *, firm: float, movable: Truths, always: Collection[int] = ()
    ) -> Numbers:
        """Published places, `always`, and at most so many more, of those worth most beyond the prices.

        A published meeting is offered another place only where `movable` (n,) says so; what clashes with one that
        is worth more than `firm` beyond what its place costs is not looked at.
        """
        published = np.isin(self.columns.wish, list(self.home))
        reduced = self.reduced(prices)
        sure = self.columns.home.copy()
        sure[list(always)] = True
        stays = self.columns.home & (reduced + prices[self.columns.wish] > firm)
        open_ = (~published | movable) & ~self._clashing(stays)
        others = np.flatnonzero(open_ & ~sure)
        order = np.argsort(-reduced[others], kind="stable")[:most]
        return np.union1d(np.flatnonzero(sure), others[order])

    def _clashing(self, columns: Truths) -> Truths:
        """Columns (n,) that share a wish, or a person in a slot, with one of these."""
        taken = np.asarray(self.matrix @ columns.astype(np.float64) > 0.5)
        taken[self.first_site :] = False
        return np.asarray(self.matrix.T @ taken.astype(np.float64) > 0.5)

    def whole(self, found: Fractions, *, seconds: float) -> Numbers:
        """Columns of a timetable: those that the optimum takes whole, and the best of the few others beside them."""
        part, limits = self.matrix[:, found.columns], self.limits.copy()
        fixed = np.flatnonzero(found.amounts > _WHOLE)
        limits -= np.asarray(part[:, fixed].sum(axis=1)).ravel()
        tight = (limits < 0.5).astype(np.float64)
        tight[-1] = 0.0  # the row of published meetings is one of "at least"
        rest = np.flatnonzero((found.amounts <= _WHOLE) & (part.T @ tight < 0.5))
        if not len(rest):
            return found.columns[fixed]
        left = part[:, rest].tocsr()
        rows = np.flatnonzero(np.diff(left.indptr))
        best = milp(
            -self.worth[found.columns[rest]],
            constraints=LinearConstraint(left[rows], -np.inf, limits[rows]),
            integrality=np.ones(len(rest)),
            bounds=Bounds(0, 1),
            options={"time_limit": max(0.01, seconds)},
        )
        chosen = rest[best.x > 0.5] if best.x is not None else rest[:0]
        return np.asarray(found.columns[np.sort(np.concatenate([fixed, chosen]))])
