"""What no timetable can be worth more than: a linear program over wishes, without slots, that takes next to no time.

Slots only narrow what can be held together, so leaving them out leaves the bound valid; on large events it is as good
as that of the program with slots. The bound is read from the prices (the dual), so that it holds to the last digit
whatever the solver's tolerances, and also where the solver is stopped.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from events.scheduling.large.columns import Layout
from events.scheduling.problem import Problem

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Prices:
    """`bound` on the summed value; `worth` (wishes,): value less what its people and places cost, by the dual prices.

    Wishes worth more than 0 are in every optimum of the program, those below 0 in none. `held` is how many it holds.
    """

    bound: float
    worth: NDArray[np.float64]
    held: float


def value_bound(problem: Problem) -> float:
    """A number that the summed value of no valid timetable exceeds."""
    return prices(Layout(problem)).bound


def prices(layout: Layout, weights: NDArray[np.float64] | None = None, seconds: float = np.inf) -> Prices:
    """The program over wishes; `weights` (wishes,) stand in for their values."""
    values = layout.values if weights is None else weights
    worth = np.where(layout.possible, values, -1.0)
    open_ = np.flatnonzero(layout.possible)
    if not open_.size:
        return Prices(0.0, worth, 0.0)
    matrix, caps = _limits(layout)
    matrix = matrix[:, open_]
    options = {"time_limit": seconds} if seconds < np.inf else {}
    best = linprog(-values[open_], A_ub=matrix, b_ub=caps, bounds=(0, 1), method="highs", options=options)
    paid = np.maximum(0.0, -best.ineqlin.marginals) if best.status == 0 else np.zeros(len(caps))
    worth[open_] = values[open_] - matrix.T @ paid
    bound = float(caps @ paid + np.maximum(0.0, worth[open_]).sum())
    return Prices(_whole(bound, values[open_]), worth, float(best.x.sum()) if best.status == 0 else float(open_.size))


def _limits(layout: Layout) -> tuple[csr_matrix, NDArray[np.float64]]:
    """Rows and what they may sum to: a person's meetings, and those in each set of pools that some wish names."""
    rows, caps = [layout.people_of.T.tocsr()], [_meetings_of_people(layout)]
    within = _within_pools(layout)
    rows += [csr_matrix(mask[np.newaxis].astype(float)) for mask, _cap in within]
    caps += [np.array([cap]) for _mask, cap in within]
    return vstack(rows).tocsr(), np.concatenate(caps).astype(float)


def _meetings_of_people(layout: Layout) -> NDArray[np.float64]:
    """The most meetings of each person: slots in which it could have one, and its own cap."""
    most: NDArray[np.float64] = np.minimum(layout.usable.sum(1), layout.most)
    return most


def _within_pools(layout: Layout) -> list[tuple[NDArray[np.bool_], float]]:
    """For each set of pool groups that wishes name, and for all: wishes confined to it, and how many it can hold.

    In a slot a set holds no more than its seats, nor than people who could meet there by twos.
    """
    names = [frozenset(each) for each in layout.groups_of]
    sets = {name: number for number, name in enumerate(dict.fromkeys(name for name in names if name))}
    everything = frozenset(range(len(layout.groups)))
    number_of = np.array([sets.get(name, -1) for name in names])
    pairs = layout.usable.sum(0) // 2
    found = []
    for chosen in dict.fromkeys([*sets, everything]):
        mask = np.isin(number_of, [number for name, number in sets.items() if name <= chosen])
        seats = layout.capacity[sorted(chosen)].sum(0)
        found.append((mask, float(np.minimum(seats, pairs).sum())))
    return found


def _whole(bound: float, values: NDArray[np.float64]) -> float:
    """Sums of whole numbers are whole."""
    if np.array_equal(values, np.rint(values)):
        return float(np.floor(bound + _ROUNDING * max(1.0, abs(bound) * _ROUNDING)))
    return bound
