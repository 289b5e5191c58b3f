"""What allocation makes large: the sum of values, or something for everybody."""

from dataclasses import dataclass

import numpy as np

from matching.engine.allocation.caps import LoadCaps
from matching.engine.allocation.greedy import PairNumbers
from matching.engine.allocation.market import Floats


@dataclass(frozen=True)
class Welfare:
    """The sum of values, or with a `floor` the sum over all agents of log(floor + own values).

    The floor keeps agents comparable that get nothing at all; it is in units of values.
    """

    floor: float | None = None

    @property
    def fair(self) -> bool:
        """Whether it counts who gets the values (Nash welfare)."""
        return self.floor is not None

    def of(self, pairs: PairNumbers, values: Floats, caps: LoadCaps) -> float:
        """Welfare of chosen pairs with their values (p,)."""
        if self.floor is None:
            return float(values.sum())
        left, right = received(pairs, values, caps)
        return float(np.log(self.floor + left).sum() + np.log(self.floor + right).sum())

    def weights(self, pairs: PairNumbers, values: Floats, caps: LoadCaps) -> tuple[Floats, Floats]:
        """What a little more value is worth to each left and each right agent beside the chosen pairs."""
        if self.floor is None:
            return np.ones(len(caps.left)), np.zeros(len(caps.right))
        left, right = received(pairs, values, caps)
        return 1.0 / (self.floor + left), 1.0 / (self.floor + right)

    def cost_of_weights(self, weights: Floats) -> float:
        """What weights add to a bound: the conjugate of the logarithm, nothing for the sum of values."""
        if self.floor is None:
            return 0.0
        return float((self.floor * weights - 1.0 - np.log(weights)).sum())


def received(pairs: PairNumbers, values: Floats, caps: LoadCaps) -> tuple[Floats, Floats]:
    """Sum of values of each left agent (n,) and each right agent (m,)."""
    rows, columns = np.divmod(pairs, len(caps.right))
    left: Floats = np.bincount(rows, values, len(caps.left)).astype(np.float64)
    right: Floats = np.bincount(columns, values, len(caps.right)).astype(np.float64)
    return left, right
