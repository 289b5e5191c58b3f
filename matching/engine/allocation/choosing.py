"""One run of choosing pairs: prices on promising pairs, then whole pairs from prices.

Promising pairs are found anew at each price, so an agent whom favourites pass by is not left with favourites only. A
linear program settles the pairs that prices leave undecided.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.special import expit

from matching.engine.allocation.caps import LoadCaps
from matching.engine.allocation.filling import fill_up
from matching.engine.allocation.greedy import PairNumbers, greedy_pairs, take_in_order
from matching.engine.allocation.market import Floats, Values
from matching.engine.allocation.prices import Effort, Prices, bound, descend, first_prices
from matching.engine.allocation.transfers import hand_over
from matching.engine.allocation.welfare import Welfare

# Smoothing by round, in parts of a pair's typical worth: coarse prices first, they say which pairs are promising.
_SMOOTHING = (0.06, 0.02, 0.006, 0.002)
_MOST_EXTRA_ROUNDS = 2
# Promising pairs an agent: at least this many, and this many times the length of the lists.
_LEAST_CANDIDATES = 40
_CANDIDATES_A_PLACE = 3
_SPREAD = 20
# Rounds end when the pairs that were not promising but should have been add at most this share to the bound.
_OVERLOOKED = 1e-4
# Pairs whose net value lies within so many smoothings of zero go to the linear program, if they are not too many.
_UNDECIDED = 4.0
_MOST_UNDECIDED_AN_AGENT = 6
_MOST_PIVOTS = 100_000
# A quota of 5.04 is a quota of 5.
_ROUNDED_OFF = 0.05
# Equal values are told apart by a ramp that starts at another column in each row, or all lists would hold the same.
_RAMP = 1e-5


@dataclass(frozen=True)
class Choice:
    """Chosen pair numbers, their welfare, and what no choice exceeds."""

    pairs: PairNumbers
    welfare: float
    bound: float


def choose_pairs(values: Values, caps: LoadCaps, welfare: Welfare) -> Choice:
    """The best choice found; `values` (n, m) are around 1, minus infinity for pairs that must not be shown.

    At least one pair may be shown.
    """
    told_apart = _told_apart(values)
    unit = _typical_weight(welfare, caps)
    prices, pairs, lowest = _priced(told_apart, caps, welfare, unit)
    worth = prices.weighted(pairs, values.ravel()[pairs].astype(np.float64))
    net = worth - prices.of_places(pairs)
    quotas = _quotas(pairs, net / (_SMOOTHING[-1] * unit), caps) if welfare.fair else caps
    choices = [greedy_pairs(values, caps), take_in_order(pairs[np.argsort(-net, kind="stable")], quotas)]
    settled = _settled(pairs, worth, prices, quotas, _UNDECIDED * _SMOOTHING[-1] * unit)
    if settled is not None:
        choices.append(settled.pairs)
        lowest = min(lowest, bound(settled.prices.net_values(told_apart), settled.prices, caps, welfare))
    filled = [fill_up(choice, values, caps, welfare) for choice in choices]
    found = [_welfare_of(choice, values, caps, welfare) for choice in filled]
    best = filled[int(np.argmax(found))]
    if welfare.floor is not None:
        best = hand_over(best, values, caps, welfare.floor)
    reached = _welfare_of(best, values, caps, welfare)
    return Choice(best, reached, max(lowest, reached))


def _welfare_of(pairs: PairNumbers, values: Values, caps: LoadCaps, welfare: Welfare) -> float:
    return welfare.of(pairs, values.ravel()[pairs].astype(np.float64), caps)


def _quotas(pairs: PairNumbers, net: Floats, caps: LoadCaps) -> LoadCaps:
    """Caps lowered to what prices give each agent, rounded up: whole pairs are then spread as evenly as parts were.

    `net` (p,) are net values in smoothings.
    """
    rows, columns = np.divmod(pairs, len(caps.right))
    share = expit(net)
    left, right = np.bincount(rows, share, len(caps.left)), np.bincount(columns, share, len(caps.right))
    return LoadCaps(
        np.minimum(caps.left, np.ceil(left - _ROUNDED_OFF).astype(np.int64)),
        np.minimum(caps.right, np.ceil(right - _ROUNDED_OFF).astype(np.int64)),
    )


def _told_apart(values: Values) -> Values:
    n, m = values.shape
    ramp = np.linspace(_RAMP, 0.0, m, endpoint=False, dtype=np.float32)
    # Row i is the ramp turned right by i columns: windows of the doubled ramp, without a table of their own.
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([ramp, ramp]), m)
    told_apart: Values = values + windows[-np.arange(n) % m]
    return told_apart


def _typical_weight(welfare: Welfare, caps: LoadCaps) -> float:
    """What a pair worth 1 weighs at first prices: the unit of smoothing."""
    prices = first_prices(welfare, caps)
    return float(prices.left_weight[caps.left > 0].mean() + prices.right_weight[caps.right > 0].mean())


def _priced(values: Values, caps: LoadCaps, welfare: Welfare, unit: float) -> tuple[Prices, PairNumbers, float]:
    """Prices, the pairs they were found on, and the lowest bound on the way."""
    prices, lowest = first_prices(welfare, caps), np.inf
    spread = _spread(values)
    promising = _promising(values, caps) | spread
    for number in range(len(_SMOOTHING) + _MOST_EXTRA_ROUNDS):
        last = number >= len(_SMOOTHING) - 1
        pairs = np.flatnonzero(promising)
        effort = Effort(unit * _SMOOTHING[-1], 200, 1e-9) if last else Effort(unit * _SMOOTHING[number], 60, 1e-6)
        prices = descend(prices, pairs, values.ravel()[pairs].astype(np.float64), caps, welfare, effort)
        net = prices.net_values(values)
        lowest = min(lowest, bound(net, prices, caps, welfare))
        if last and _overlooked(net, promising) <= _OVERLOOKED * unit * float(caps.left.sum()):
            break
        promising = _promising(net, caps) | (promising if last else spread)
    return prices, pairs, lowest


def _overlooked(net: Values, promising: NDArray[np.bool_]) -> float:
    """What pairs outside of `promising` add to the bound."""
    return float(net[(net > 0) & ~promising].sum(dtype=np.float64))


def _spread(values: Values) -> NDArray[np.bool_]:
    """Some pairs of every agent (n, m), evenly spread: they give agents a price whom no other pair is promising for."""
    n, m = values.shape
    count = min(_SPREAD, m)
    columns = (np.arange(n)[:, None] * m // n + np.arange(count) * m // count) % m
    marks = np.zeros(values.shape, bool)
    np.put_along_axis(marks, columns, True, axis=1)
    return marks & np.isfinite(values)


def _promising(net: Values, caps: LoadCaps) -> NDArray[np.bool_]:
    """The best pairs of each row and each column (n, m)."""
    width = max(_LEAST_CANDIDATES, _CANDIDATES_A_PLACE * int(caps.left.max()))
    chosen = np.zeros(net.shape, bool)
    for table, marks in ((net, chosen), (np.ascontiguousarray(net.T), chosen.T)):
        if width >= table.shape[1]:
            marks[:] = True
            break
        best = np.argpartition(table, table.shape[1] - width, axis=1)[:, -width:]
        np.put_along_axis(marks, best, True, axis=1)
    return chosen & np.isfinite(net)


@dataclass(frozen=True)
class _Settled:
    """Pairs after the linear program, and the prices of places that it found."""

    pairs: PairNumbers
    prices: Prices


def _settled(pairs: PairNumbers, worth: Floats, prices: Prices, caps: LoadCaps, margin: float) -> _Settled | None:
    """Pairs clearly above their price, and of the undecided ones those that a linear program takes.

    `worth` (p,) are weighted values. None where too many are undecided or prices are too rough to keep the caps.
    """
    rows, columns = np.divmod(pairs, len(caps.right))
    net = worth - prices.left[rows] - prices.right[columns]
    clear, open_ = net > margin, np.flatnonzero(np.abs(net) <= margin)
    room = caps.left_over(rows[clear], columns[clear])
    n, agents = len(caps.left), len(caps.left) + len(caps.right)
    if not 0 < len(open_) <= _MOST_UNDECIDED_AN_AGENT * agents or min(room.left.min(), room.right.min()) < 0:
        return None
    agent_rows = np.concatenate([rows[open_], n + columns[open_]])
    entries = (np.ones(len(agent_rows)), (agent_rows, np.tile(np.arange(len(open_)), 2)))
    program = sparse.csr_array(entries, shape=(agents, len(open_)))
    limits = np.concatenate([room.left, room.right])
    options = {"maxiter": _MOST_PIVOTS}
    found = linprog(-worth[open_], A_ub=program, b_ub=limits, bounds=(0, 1), method="highs-ds", options=options)
    if found.status != 0:
        return None
    # Corners of this polytope are whole numbers (the constraints are those of a bipartite graph).
    taken = np.concatenate([pairs[clear], pairs[open_][found.x > 0.5]])
    involved = np.bincount(agent_rows, minlength=agents) > 0
    places = np.where(involved, -found.ineqlin.marginals, np.concatenate([prices.left, prices.right])).clip(min=0.0)
    return _Settled(taken, Prices(places[:n], places[n:], prices.left_weight, prices.right_weight))
