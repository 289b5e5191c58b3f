"""Choosing pairs for everybody at once: short lists, no agent over its cap, as much welfare as can be had."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.engine.allocation.caps import Counts, LoadCaps, load_caps
from matching.engine.allocation.choosing import Choice, choose_pairs
from matching.engine.allocation.greedy import PairNumbers
from matching.engine.allocation.market import Floats, checked_matrix
from matching.engine.allocation.welfare import Welfare

_FLOOR_SHARE = 0.1


@dataclass(frozen=True)
class Allocation:
    """Chosen pairs by left agent, best first: `left`, `right` (p,) numbers of the agents, `values` (p,).

    `welfare` is what was made large, `bound` what no choice within the caps exceeds. `gap` is the share of the bound
    that may be missing: of the sum of values, or for Nash welfare of the geometric mean over all agents.
    """

    left: Counts
    right: Counts
    values: Floats
    welfare: float
    bound: float
    gap: float

    def lists(self, agents: int) -> NDArray[np.int64]:
        """Row i (agents, longest list) holds the right agents shown to left agent i, best first, -1 behind them."""
        counts = np.bincount(self.left, minlength=agents)
        table = np.full((agents, int(counts.max(initial=0))), -1, np.int64)
        place = np.arange(len(self.left)) - np.repeat(np.cumsum(counts) - counts, counts)
        table[self.left, place] = self.right
        return table


def allocate(
    values: ArrayLike,
    *,
    list_length: int,
    right_caps: int | ArrayLike,
    left_caps: int | ArrayLike | None = None,
    objective: Literal["total", "nash"] = "nash",
    floor: float | None = None,
) -> Allocation:
    """Who is shown to whom: at most `list_length` others a left agent, never more than an agent's cap.

    `values` (n, m) is what a pair is worth, from 0 (see `pair_values` and `tu_masses`); NaN or minus infinity forbids a
    pair, and a pair worth 0 is never shown. Caps are one number or one for each agent. "total" makes the sum of values
    large; "nash" the sum over all agents of log(floor + own values), so that nobody is left without for the sake of a
    favourite; `floor` is 0.1 of a typical value unless given. The same input always gives the same pairs; equal values
    are told apart by number. Never worse than taking pairs greedily.

    Raises:
        ValueError: shapes do not fit, a value is negative or infinite, a cap is negative or no whole number.
    """
    table = checked_matrix(values, "values")
    if (table < 0).any():
        raise ValueError("values must not be negative; shift or calibrate them so that 0 means no hope.")
    if objective not in ("total", "nash"):
        raise ValueError(f"objective must be “total” or “nash”, got “{objective}”.")
    if floor is not None and not (np.isfinite(floor) and floor > 0):
        raise ValueError(f"floor must be a positive number, got {floor}.")
    caps = load_caps(table.shape, list_length=list_length, right_caps=right_caps, left_caps=left_caps)
    worth = (table > 0) & (caps.left > 0)[:, None] & (caps.right > 0)
    if not worth.any():
        return _empty(caps, objective, floor)
    # Prices are searched among values around 1 whatever their scale.
    unit = float(np.where(worth, table, 0).max(axis=1)[worth.any(axis=1)].mean(dtype=np.float64))
    relative_floor = None if objective == "total" else _FLOOR_SHARE if floor is None else floor / unit
    scaled = np.where(worth, table / unit, -np.inf).astype(np.float32)
    choice = choose_pairs(scaled, caps, Welfare(relative_floor))
    return _in_units(choice, table, unit, nash=objective == "nash")


def _empty(caps: LoadCaps, objective: str, floor: float | None) -> Allocation:
    none = np.empty(0, np.int64)
    agents = len(caps.left) + len(caps.right)
    welfare = agents * float(np.log(floor or _FLOOR_SHARE)) if objective == "nash" else 0.0
    return Allocation(none, none, np.empty(0), welfare, welfare, 0.0)


def _in_units(choice: Choice, table: NDArray[Any], unit: float, *, nash: bool) -> Allocation:
    agents = sum(table.shape)
    left, right, values = _best_first(choice.pairs, table)
    if nash:
        shift = agents * float(np.log(unit))
        gap = -float(np.expm1((choice.welfare - choice.bound) / agents))
        return Allocation(left, right, values, choice.welfare + shift, choice.bound + shift, gap)
    return Allocation(
        left, right, values, choice.welfare * unit, choice.bound * unit, 1.0 - choice.welfare / choice.bound
    )


def _best_first(pairs: PairNumbers, table: NDArray[Any]) -> tuple[Counts, Counts, Floats]:
    rows, columns = np.divmod(pairs, table.shape[1])
    values = table[rows, columns].astype(np.float64)
    order = np.lexsort((columns, -values, rows))
    return rows[order], columns[order], values[order]
