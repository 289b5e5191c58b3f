"""Which candidates a list shows: mostly the best known, in a few places those that the model may be wrong about.

The order is drawn, so the probability of everything shown is known and logged: later rankers can be judged by it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]

# How steeply attention falls down a list of cards: P(examined) is 1 / sqrt(place).
_ATTENTION = 0.5


@dataclass(frozen=True)
class Choice:
    """A list: positions of candidates (places,), best place first, and which places were drawn (places,)."""

    order: Positions
    explored: Flags


@dataclass(frozen=True)
class Propensities:
    """Probability that the policy shows each candidate, `shown` (n,), and shows it at each place, `at` (n, places)."""

    shown: Column
    at: Matrix


def choose_list(
    values: Column,
    sampled: Matrix,
    *,
    length: int,
    explore: int,
    generator: np.random.Generator,
    allowed: Flags | None = None,
) -> Choice:
    """A list of at most `length` candidates: all places but the last `explore` by expected value, those by one draw.

    One row of `sampled` (draws, n), values under weights drawn from the posterior, is picked at random and orders the
    last places (Thompson sampling). Equal values keep the order of the candidates. A candidate that is not `allowed`
    (n,) is never shown; where few are allowed the list is shorter.

    Raises:
        ValueError: shapes differ, a value is not finite, or there are fewer than no places.
    Source: D. Russo and others, A tutorial on Thompson sampling, 2018, section 4; O. Chapelle and L. Li, NIPS 2011.
    """
    policy = _Policy.of(values, sampled, length, explore, allowed)
    order = policy.certain
    if policy.drawn:
        row = int(generator.integers(len(sampled)))
        order = np.concatenate([order, policy.drawn_orders(sampled[row : row + 1])[0]])
    return Choice(order, np.arange(len(order)) >= len(policy.certain))


def propensities(
    values: Column, sampled: Matrix, *, length: int, explore: int, allowed: Flags | None = None
) -> Propensities:
    """Probabilities of `choose_list` with the same arguments, over which row of `sampled` it picks.

    The rows are the Monte Carlo sample, and its seed is theirs: given them the probabilities are exact, so that
    what was shown has at least 1 / draws, and what is certain to be shown exactly 1. Whom no row puts on the list has 0
    and lies outside of what the log can judge: fewer rows, fewer such judgements.

    Raises:
        ValueError: as `choose_list`.
    """
    policy = _Policy.of(values, sampled, length, explore, allowed)
    fixed = len(policy.certain)
    counts = np.zeros((len(values), fixed + policy.drawn))
    if policy.drawn:
        orders = policy.drawn_orders(sampled)
        for place in range(policy.drawn):
            counts[:, fixed + place] = np.bincount(orders[:, place], minlength=len(values))
    shown = counts.sum(axis=1) / max(len(sampled), 1)
    at = counts / max(len(sampled), 1)
    at[policy.certain, np.arange(fixed)] = 1.0
    shown[policy.certain] = 1.0
    return Propensities(shown, at)


def examination_offset(position: Positions) -> Column:
    """How much less a place far down is looked at, in logits: -ln(position + 1) / 2, 0 for the first (position 0).

    Requests are rare among what is shown, so the share that is examined multiplies the odds almost as it multiplies
    the probability; a logit can therefore carry it as an offset.

    Raises:
        ValueError: a position is negative.
    Source: T. Joachims, A. Swaminathan, T. Schnabel, Unbiased learning-to-rank with biased feedback, WSDM 2017,
        section 5: examination (1 / rank) ** eta; eta = 0.5 is assumed here, since cards in a short list are all seen.
    """
    places = np.asarray(position, dtype=np.float64)
    if not np.isfinite(places).all() or (places < 0).any():
        raise ValueError("Positions are counted from 0.")
    return np.asarray(-_ATTENTION * np.log1p(places), dtype=np.float64)


@dataclass(frozen=True)
class _Policy:
    """The places that are certain, and for the `drawn` ones after them who may still take them."""

    certain: Positions
    left: Flags
    drawn: int

    @classmethod
    def of(cls, values: Column, sampled: Matrix, length: int, explore: int, allowed: Flags | None) -> "_Policy":
        may = np.ones(len(values), np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
        if np.ndim(values) != 1 or may.shape != np.shape(values) or np.shape(sampled)[1:] != np.shape(values):
            raise ValueError("Values, drawn values and permissions are about the same candidates.")
        if length < 0 or explore < 0:
            raise ValueError("A list has no negative number of places.")
        if not (np.isfinite(values).all() and np.isfinite(sampled).all()):
            raise ValueError("A value of a candidate is not a finite number.")
        places = min(length, int(may.sum()))
        drawn = min(explore, places)
        if drawn and not len(sampled):
            raise ValueError("To explore, at least one draw is needed.")
        by_value = np.argsort(np.where(may, -np.asarray(values), np.inf), kind="stable")
        certain = by_value[: places - drawn].astype(np.int64)
        left = may.copy()
        left[certain] = False
        return cls(certain, left, drawn)

    def drawn_orders(self, sampled: Matrix) -> Positions:
        """The candidates of the drawn places under each row, (rows, drawn)."""
        orders = np.empty((len(sampled), self.drawn), np.int64)
        table = np.where(self.left, sampled, -np.inf)
        for place in range(self.drawn):
            best = table.argmax(axis=1)
            orders[:, place] = best
            table[np.arange(len(table)), best] = -np.inf
        return orders
