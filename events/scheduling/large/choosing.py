"""Which meetings to hold in a few slots, all other slots being left as they are: a small program, all but exact.

The linear program is solved; it leaves few fractions (they come from odd cycles of people), and what it leaves is
settled by an exact program over the people and places that are still free.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix, vstack

from events.scheduling.large.columns import Layout, Numbers

_TINY = 1e-6
_CLOSE = 1e-4  # share of the value that the exact program may leave
_SETTLING = 1.0  # seconds for it

# Whether a wish can be held in a slot and a group of pools as things stand elsewhere.
Fits = Callable[[int, int, int], bool]


@dataclass(frozen=True)
class Columns:
    """Ways to hold meetings, in step: wish, position of the slot in the list of slots, and group of pools."""

    wishes: Numbers
    slots: Numbers
    groups: Numbers

    def __len__(self) -> int:
        return len(self.wishes)


@dataclass(frozen=True)
class Floor:
    """Something that must not fall: (wishes,) weights, and their sum over what is chosen."""

    weights: NDArray[np.float64]
    least: float


def columns_of(layout: Layout, slots: Sequence[int], open_: NDArray[np.bool_], fits: Fits) -> Columns:
    """Every way to hold a wish that is `open_` in one of the slots; `fits` is asked where rules reach further."""
    wishes, places, groups = [], [], []
    for position, slot in enumerate(slots):
        here = np.flatnonzero(open_[layout.wish_at[slot]])
        wish, group = layout.wish_at[slot][here], layout.group_at[slot][here]
        doubtful = layout.tricky[wish]
        if doubtful.any():
            fine = [not ask or fits(int(w), slot, int(g)) for ask, w, g in zip(doubtful, wish, group, strict=True)]
            wish, group = wish[fine], group[fine]
        wishes.append(wish)
        places.append(np.full(len(wish), position))
        groups.append(group)
    return Columns(np.concatenate(wishes), np.concatenate(places), np.concatenate(groups))


def choose(
    layout: Layout,
    slots: Sequence[int],
    columns: Columns,
    weights: NDArray[np.float64],
    most: NDArray[np.float64],
    seconds: float,
    floor: Floor | None = None,
) -> Numbers | None:
    """Columns to hold, the surest first, of greatest summed `weights` (wishes,); None where time runs out.

    `most` (people,) are the meetings that each may have in these slots.
    """
    if not len(columns):
        return np.zeros(0, dtype=np.int64)
    matrix, caps = _limits(layout, slots, columns, most)
    if floor is not None and floor.least > 0:
        matrix, caps = _with_floor(matrix, caps, -floor.weights[columns.wishes], -floor.least)
    costs = -weights[columns.wishes]
    shares = _solved(costs, matrix, caps, whole=False, seconds=seconds)
    if shares is None:
        return None
    shares = _settled(shares, costs, matrix, caps, seconds)
    order = np.lexsort((np.arange(len(shares)), costs, -shares.round(6)))
    return order[shares[order] > _TINY]


def _limits(
    layout: Layout, slots: Sequence[int], columns: Columns, most: NDArray[np.float64]
) -> tuple[csc_matrix, NDArray[np.float64]]:
    """One meeting a person and slot, a wish once, seats of a group in a slot, and what people may have at most."""
    people, count, number = len(layout.problem.people), len(slots), np.arange(len(columns))
    members = layout.people_of[columns.wishes].tocoo()
    place = columns.slots * len(layout.groups) + columns.groups
    capped = most[members.col] < count
    rows = [
        members.col + people * columns.slots[members.row],
        people * count + columns.wishes,
        people * count + len(layout.values) + place,
        people * count + len(layout.values) + count * len(layout.groups) + members.col[capped],
    ]
    seats = layout.capacity[:, list(slots)].T.ravel()
    caps = np.concatenate([np.ones(people * count + len(layout.values)), seats, np.maximum(0, most)])
    used, row = np.unique(np.concatenate(rows), return_inverse=True)
    column = np.concatenate([members.row, number, number, members.row[capped]])
    return csc_matrix((np.ones(len(row)), (row, column)), shape=(len(used), len(columns))), caps[used]


def _with_floor(
    matrix: csc_matrix, caps: NDArray[np.float64], row: NDArray[np.float64], cap: float
) -> tuple[csc_matrix, NDArray[np.float64]]:
    return vstack([matrix, csc_matrix(row[np.newaxis])]).tocsc(), np.append(caps, cap)


def _settled(
    shares: NDArray[np.float64],
    costs: NDArray[np.float64],
    matrix: csc_matrix,
    caps: NDArray[np.float64],
    seconds: float,
) -> NDArray[np.float64]:
    """Whole shares wherever the exact program over what is not yet taken finds them in time."""
    if not np.any((shares > _TINY) & (shares < 1 - _TINY)):
        return shares
    taken = shares >= 1 - _TINY
    left = caps - matrix @ taken.astype(float)
    full = (left < 1 - _TINY) & (caps >= 0)
    blocked = matrix.T @ full.astype(float) > 0
    free = np.flatnonzero(~taken & ~blocked)
    if not free.size:
        return shares
    whole = _solved(costs[free], matrix[:, free], left, whole=True, seconds=min(seconds, _SETTLING))
    if whole is None:
        return shares
    settled = taken.astype(float)
    settled[free] = whole.round()
    return settled


def _solved(
    costs: NDArray[np.float64], matrix: csc_matrix, caps: NDArray[np.float64], *, whole: bool, seconds: float
) -> NDArray[np.float64] | None:
    options: dict[str, Any] = {"time_limit": max(0.01, seconds), "mip_rel_gap": _CLOSE}
    limits = LinearConstraint(matrix, -np.inf, caps)
    kinds = np.full(len(costs), int(whole))
    found = milp(costs, constraints=limits, integrality=kinds, bounds=Bounds(0, 1), options=options)
    if found.x is None:
        return None
    shares: NDArray[np.float64] = found.x
    return shares
