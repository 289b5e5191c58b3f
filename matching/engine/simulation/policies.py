"""Who fills the lists: chance, likeness, the expert's table, the learner, and an oracle that nobody can be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.engine.exploration import choose_list, propensities
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, PRIORS, STAGES, PriorTable, edited_tables
from matching.engine.ranker import ContactRanker, prior_ranker, train
from matching.engine.simulation.log import Log
from matching.engine.simulation.settings import Settings
from matching.engine.simulation.world import Candidates, Column, Flags, Ids, Matrix, Query, World

_CHAIN = [STAGES.index(stage) for stage in (ASKS, ANSWERS, ACCEPTS)]
_ROWS_OF_PROPENSITY = 24
# How steeply the learner believes attention to fall down a list; the truth may be another.
ASSUMED_ATTENTION = 0.5


@dataclass(frozen=True)
class Selection:
    """A list: positions among the candidates (k,), best place first, which of them were drawn, the probability of
    each at its place, and, from a policy that predicts, the probability of each stage (stages, k), asking times the
    chance of being looked at.
    """

    order: Ids
    explored: Flags
    propensity: Column
    predicted: Matrix | None = None


class Policy(Protocol):
    """Fills lists; `learn` is called at the start of each month with all that was logged so far."""

    def choose(self, query: Query, candidates: Candidates, length: int) -> Selection:
        """At most `length` of the candidates that are allowed."""
        ...

    def learn(self, log: Log, day: float) -> None:
        """Take in what is known on that day."""
        ...


def expected_values(probabilities: Matrix, values: Mapping[str, float]) -> Column:
    """What showing each of n pairs is worth, from the probabilities (stages, n) of every stage given the one before."""
    worth = np.array([values.get(stage.removeprefix("rung:"), 0.0) for stage in STAGES])
    return np.asarray(probabilities[_CHAIN].prod(axis=0) * (worth @ probabilities), dtype=np.float64)


def accepted_contacts(probabilities: Matrix) -> Column:
    """The chance (n,) that showing each pair leads to an accepted contact."""
    return np.asarray(probabilities[_CHAIN].prod(axis=0), dtype=np.float64)


class ByScore:
    """The highest scores first, ties in the order of candidates; learns nothing."""

    def __init__(self, score: Callable[[Query, Candidates], Column]) -> None:
        """`score` gives a number (n,) for each candidate of a query."""
        self._score = score

    def choose(self, query: Query, candidates: Candidates, length: int) -> Selection:
        """See `Policy.choose`."""
        score = np.where(candidates.allowed, self._score(query, candidates), -np.inf)
        order = np.argsort(-score, kind="stable")[: min(length, int(candidates.allowed.sum()))]
        return Selection(order, np.zeros(len(order), np.bool_), np.ones(len(order)))

    def learn(self, log: Log, day: float) -> None:
        """Nothing."""


def random_policy(seed: int) -> ByScore:
    """Any order, the same in every run."""
    return ByScore(lambda query, candidates: np.random.default_rng((seed, query.number)).random(len(candidates.party)))


def similarity_policy() -> ByScore:
    """What is offered is nearest in meaning to what is needed."""
    return ByScore(lambda query, candidates: candidates.similarity)


def prior_policy(values: Mapping[str, float], tables: Mapping[str, PriorTable] = PRIORS) -> ByScore:
    """The expert's table alone."""
    expert = prior_ranker(tables, values)
    return ByScore(lambda query, candidates: expert.expected_value(candidates.matrix))


def oracle_policy(world: World, values: Mapping[str, float]) -> ByScore:
    """The true model on what can be observed."""
    return ByScore(lambda query, candidates: expected_values(world.observable_truth(candidates), values))


class Learner:
    """The ranker of this package as the platform runs it: lists by expected value with places for exploration, and
    trained anew each month from the log.
    """

    def __init__(
        self,
        values: Mapping[str, float],
        tables: Mapping[str, PriorTable] = PRIORS,
        *,
        explored_places: int = 1,
        seed: int = 0,
    ) -> None:
        """`tables` are what it believes at first; `seed` decides its draws."""
        self._values, self._tables = values, tables
        self._explored, self._seed = explored_places, seed
        self.ranker: ContactRanker = prior_ranker(tables, values)

    def choose(self, query: Query, candidates: Candidates, length: int) -> Selection:
        """See `Policy.choose`."""
        chance = np.random.default_rng((self._seed, query.number))
        values = self.ranker.expected_value(candidates.matrix)
        sampled = self.ranker.sampled_values(candidates.matrix, chance, _ROWS_OF_PROPENSITY)
        allowed = candidates.allowed
        choice = choose_list(values, sampled, length=length, explore=self._explored, generator=chance, allowed=allowed)
        logged = propensities(values, sampled, length=length, explore=self._explored, allowed=allowed)
        found = self.ranker.stage_probabilities(candidates.matrix[choice.order])
        predicted = np.stack([found[stage] for stage in STAGES])
        predicted[_CHAIN[0]] *= np.arange(1, len(choice.order) + 1) ** -ASSUMED_ATTENTION
        propensity = logged.at[choice.order, np.arange(len(choice.order))]
        return Selection(choice.order, choice.explored, propensity, predicted)

    def learn(self, log: Log, day: float) -> None:
        """See `Policy.learn`."""
        evidence = log.evidence(day, ASSUMED_ATTENTION)
        self.ranker = train(self._tables, evidence, self._values, f"day {day:g}")


def wrong_tables(settings: Settings) -> dict[str, PriorTable]:
    """The expert's tables with the weights of `settings.negated` negated in every stage."""
    edits = {
        stage: {w.feature: -w.mean for w in table.weights if w.feature in settings.negated}
        for stage, table in PRIORS.items()
    }
    return edited_tables(PRIORS, edits)
