"""From relevance to worth: candidates ordered by what a contact is expected to lead to, without those who are full."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.domain.learning.champion import Champion
from matching.domain.learning.columns import Known, Seeker, contact_columns
from matching.domain.ranking import Ranking
from matching.engine.contact_features import NAMES, relevance
from matching.engine.exploration import choose_list, propensities
from matching.results import Placing, Shown

# Draws from the posterior: the smallest probability with which anybody is tried out.
DRAWS = 200
Column = NDArray[np.float64]
_LEAST = np.finfo(np.float64).tiny
_ROOM = NAMES.index("capacity_left")


@dataclass(frozen=True)
class Policy:
    """How one list is chosen: by which ranker, with how many places for trying out, by which draw."""

    champion: Champion
    explored_places: int
    seed: int


def ranked_by_worth(
    ranking: Ranking, champion: Champion, known: Known, seeker: Seeker, room: Column, *, today: date
) -> Ranking:
    """The candidates with their contact columns, those with room first, by expected worth; ties by profile id.

    Who has no room left goes last; `with_room` cuts them off.
    """
    columns = contact_columns(
        known, seeker, ranking.profiles, ranking.matrix, relevance(ranking.scores), room, today=today
    )
    worth = np.log(np.maximum(champion.ranker.expected_value(columns), _LEAST))
    order = np.lexsort((ranking.profiles, -worth, columns[:, _ROOM] <= 0))
    return replace(ranking, columns=columns, scores=worth).take(order)


def with_room(ranking: Ranking) -> Ranking:
    """Without those whose cap of the month is used up: nothing outweighs it."""
    return ranking.take(np.flatnonzero(ranking.columns[:, _ROOM] > 0))


@dataclass(frozen=True)
class Tried:
    """Candidates' places in the ranking that were drawn, and every candidate's probability of that, (n,)."""

    places: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    at: NDArray[np.float64]


def try_out(ranking: Ranking, certain: NDArray[np.int64], policy: Policy) -> Tried:
    """Some of those who are not `certain` (places in the ranking) to be shown, drawn as the posterior is unsure."""
    explore = policy.explored_places
    left = np.ones(len(ranking), np.bool_)
    left[certain] = False
    generator = np.random.default_rng(policy.seed)
    sampled = policy.champion.ranker.sampled_values(ranking.columns, generator, DRAWS)
    values = np.exp(ranking.scores)
    choice = choose_list(values, sampled, length=explore, explore=explore, generator=generator, allowed=left)
    chances = propensities(values, sampled, length=explore, explore=explore, allowed=left)
    return Tried(choice.order, chances.shown, chances.at)


def shown_of(ranking: Ranking, certain: NDArray[np.int64], policy: Policy) -> Shown:
    """What is shown in which order, with the probability that this policy shows it, ready to be logged."""
    tried = try_out(ranking, certain, policy)
    sure = [Placing(int(place), 1.0, 1.0, explored=False) for place in certain]
    drawn = [
        Placing(int(place), float(tried.probabilities[place]), float(tried.at[place, number]), explored=True)
        for number, place in enumerate(tried.places)
    ]
    return Shown(
        ranker_name=policy.champion.name,
        ranker_row=policy.champion.row_id,
        seed=policy.seed,
        explored_places=policy.explored_places,
        placings=(*sure, *drawn),
        profiles=ranking.profiles,
        columns=ranking.columns,
        values=np.exp(ranking.scores),
    )
