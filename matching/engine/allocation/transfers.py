"""Handing a place from an agent with much to one with little, where that raises Nash welfare.

Prices cannot tell equal pairs apart, so whole pairs made from them may leave somebody with nothing.
"""

import heapq

import numpy as np

from matching.engine.allocation.caps import LoadCaps
from matching.engine.allocation.greedy import PairNumbers
from matching.engine.allocation.market import Floats, Values
from matching.engine.allocation.welfare import received

_MOST_LOOKS = 1_500
_LEAST_GAIN = 1e-9
# Rounding must not leave an agent below nothing.
_LEAST_REST = 1e-12


def hand_over(pairs: PairNumbers, values: Values, caps: LoadCaps, floor: float) -> PairNumbers:
    """Pairs after transfers on the left side, then on the right: as many pairs as before, caps kept.

    `values` (n, m) are minus infinity for pairs that must not be shown; `floor` is that of the welfare.
    """
    m = values.shape[1]
    rows, columns = np.divmod(pairs, m)
    rows = _transferred(rows, columns, values, caps, floor)
    columns = _transferred(columns, rows, values.T, LoadCaps(caps.right, caps.left), floor)
    moved: PairNumbers = rows * m + columns
    return moved


def _transferred(
    owners: PairNumbers, partners: PairNumbers, values: Values, caps: LoadCaps, floor: float
) -> PairNumbers:
    """Owners (p,) of the pairs after the poorest owners have taken partners over, poorest first.

    `values` is (owners, partners) and `caps.left` are those of the owners.
    """
    owners = owners.copy()
    worth = values[owners, partners].astype(np.float64)
    own, others = received(owners * values.shape[1] + partners, worth, caps)
    room = caps.left - np.bincount(owners, minlength=len(caps.left))
    poorest = [(float(own[owner]), owner) for owner in np.flatnonzero(room > 0).tolist()]
    heapq.heapify(poorest)
    for _look in range(_MOST_LOOKS):
        if not poorest:
            break
        known, owner = heapq.heappop(poorest)
        if known != own[owner] or room[owner] <= 0:
            continue
        offered = values[owner, partners].astype(np.float64)
        has = np.zeros(values.shape[1], bool)
        has[partners[owners == owner]] = True
        offered[has[partners]] = -np.inf
        gains = _gains(owner, owners, partners, worth, offered, own, others, floor)
        best = int(np.argmax(gains))
        if not gains[best] > _LEAST_GAIN:
            continue
        giver = int(owners[best])
        others[partners[best]] += offered[best] - worth[best]
        own[owner] += offered[best]
        own[giver] -= worth[best]
        room[owner], room[giver] = room[owner] - 1, room[giver] + 1
        owners[best], worth[best] = owner, offered[best]
        heapq.heappush(poorest, (float(own[owner]), owner))
        heapq.heappush(poorest, (float(own[giver]), giver))
    return owners


def _gains(
    owner: int,
    owners: PairNumbers,
    partners: PairNumbers,
    worth: Floats,
    offered: Floats,
    own: Floats,
    others: Floats,
    floor: float,
) -> Floats:
    """By which factor the product of all welfare grows, less 1, when `owner` takes over each pair (p,)."""
    allowed = np.isfinite(offered)
    new = np.where(allowed, offered, 0.0)
    grown: Floats = (floor + own[owner] + new) / (floor + own[owner])
    grown *= np.maximum(floor + own[owners] - worth, _LEAST_REST) / (floor + own[owners])
    grown *= np.maximum(floor + others[partners] - worth + new, _LEAST_REST) / (floor + others[partners])
    grown[~allowed] = 0.0
    grown -= 1.0
    return grown
