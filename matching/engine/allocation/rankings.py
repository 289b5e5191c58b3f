"""Stochastic rankings: each agent is shown the whole other side in an order drawn from a few known ones.

Kept as a mixture of orders rather than as one doubly stochastic matrix per agent: it is smaller, and an order can be
drawn without decomposing anything.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.allocation.market import Floats

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Rankings:
    """The orders in which each of `owners` may see all of `members`.

    `places` (t, owners, members) is the place of each member, 0 first; `weights` (t,) is each order's probability;
    what the weights leave of 1 is a uniformly drawn order.
    """

    places: Places
    weights: Floats

    @property
    def uniform_weight(self) -> float:
        """Probability of a uniformly drawn order."""
        return max(0.0, 1.0 - float(self.weights.sum()))

    def exposure(self, examination: Floats) -> Floats:
        """Probability (owners, members) that the owner looks at the member; `examination` (members,) is by place."""
        _count, owners, members = self.places.shape
        seen: Floats = np.full((owners, members), self.uniform_weight * float(examination.mean()))
        for places, weight in zip(self.places, self.weights, strict=True):
            seen += weight * examination[places]
        return seen

    def matrices(self) -> Floats:
        """Probability (owners, members, places) that the owner finds the member there: doubly stochastic each."""
        _count, owners, members = self.places.shape
        tables = np.full((owners, members, members), self.uniform_weight / members)
        owner, member = np.arange(owners)[:, None], np.arange(members)[None]
        for places, weight in zip(self.places, self.weights.tolist(), strict=True):
            tables[owner, member, places] += weight
        return tables

    def draw(self, generator: np.random.Generator) -> Places:
        """One order (owners, members) for each owner, drawn independently: members by number, first place first."""
        count, owners, members = self.places.shape
        edges = np.cumsum(self.weights)
        picks = np.asarray(np.searchsorted(edges, generator.random(owners), side="right"))
        orders = generator.permuted(np.tile(np.arange(members, dtype=np.int32), (owners, 1)), axis=1)
        known = np.flatnonzero(picks < count)
        orders[known] = np.argsort(self.places[picks[known], known], axis=1)
        return orders


@dataclass(frozen=True)
class RankingPolicy:
    """What both sides are shown: `left` has n owners and m members, `right` has m owners and n members."""

    left: Rankings
    right: Rankings


def examination(places: int) -> Floats:
    """Probability (places,) that somebody looks at place 1, 2, ...: one over the place."""
    return 1.0 / np.arange(1, places + 1)


def places_by(scores: Floats) -> Places:
    """Place (owners, members) of each member by falling score, 0 first, ties by number."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty(scores.shape, np.int32)
    np.put_along_axis(places, order, np.arange(scores.shape[1], dtype=np.int32)[None], axis=1)
    return places


def fixed_rankings(scores: Floats) -> Rankings:
    """Everybody always sees the others by falling score (owners, members), ties by number."""
    return Rankings(places=places_by(scores)[None], weights=np.ones(1))
