"""Logs of recommendations whose policies' true values are known, to see how often an interval covers the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.offpolicy import LoggedImpressions

Array = NDArray[np.float64]
_SEED = 20261129
_CONTEXTS, _ITEMS, _TRAITS = 200, 20, 3
# A list as a whole is seen on a good or a bad day: rewards within a list belong together.
_DAYS = (0.5, 1.5)


@dataclass(frozen=True)
class World:
    """How lists come about: how many of what length, how often rewarded, how far apart the two policies are."""

    lists: int
    length: int
    base_rate: float
    sharpness: float
    logged_sharpness: float = 0.3


# From fewer than ten rewards a log to hundreds; the last log was made by a policy that thinks otherwise.
WORLDS = {
    "rarest": World(300, 5, 0.002, 2.0),
    "rare": World(800, 6, 0.004, 1.0),
    "scarce": World(300, 10, 0.03, 1.0),
    "frequent": World(100, 5, 0.2, 1.0),
    "sharp": World(600, 10, 0.01, 4.0),
    "opposed": World(1500, 10, 0.02, 1.0, logged_sharpness=-0.7),
}


@dataclass(frozen=True)
class SyntheticLog:
    """One log under both policies, its lists (n,), and the true values per impression."""

    logging: LoggedImpressions
    target: LoggedImpressions
    lists: NDArray[np.int64]
    logging_value: float
    target_value: float


class SyntheticPolicies:
    """Two softmax policies over the items of `_CONTEXTS` equally likely contexts, and the true reward of each item."""

    def __init__(self, world: World) -> None:
        generator = np.random.default_rng(_SEED)
        contexts = generator.normal(size=(_CONTEXTS, _TRAITS))
        fit = contexts @ generator.normal(size=(_ITEMS, _TRAITS)).T / np.sqrt(_TRAITS)
        base = np.log(world.base_rate / (1 - world.base_rate))
        self.world = world
        self.logging = 0.9 * _softmax(world.logged_sharpness * fit) + 0.1 / _ITEMS
        self.target = _softmax(world.sharpness * fit)
        self.reward = np.minimum(_expit(base + fit), 1 / max(_DAYS))
        # A reward model as one gets it: it sees half of what matters.
        self.modelled = _expit(base + 0.5 * fit)
        self.logging_value = float((self.logging * self.reward).sum(axis=1).mean())
        self.target_value = float((self.target * self.reward).sum(axis=1).mean())

    def log(self, generator: np.random.Generator) -> SyntheticLog:
        """A log of this world; each place of a list is drawn by itself."""
        shape = (self.world.lists, self.world.length)
        lists = np.repeat(np.arange(self.world.lists), self.world.length)
        context = np.repeat(generator.integers(_CONTEXTS, size=shape[0]), shape[1])
        day = np.repeat(generator.choice(_DAYS, size=shape[0]), shape[1])
        reached = self.logging[context].cumsum(axis=1)
        item = np.minimum((reached < generator.random(len(context))[:, None]).sum(axis=1), _ITEMS - 1)
        rewards = (generator.random(len(context)) < self.reward[context, item] * day).astype(np.float64)
        seen = (rewards, self.logging[context, item])
        modelled = self.modelled[context, item]
        views = [
            LoggedImpressions(*seen, policy[context, item], modelled, (policy * self.modelled).sum(axis=1)[context])
            for policy in (self.logging, self.target)
        ]
        return SyntheticLog(views[0], views[1], lists, self.logging_value, self.target_value)


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _expit(logits: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))
