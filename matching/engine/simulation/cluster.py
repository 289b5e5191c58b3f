"""A cluster to try policies on: hidden preferences, caps, answers that take days and outcomes that take years.

What happens to a pair on a list depends on the list's number alone and not on what else was shown, so that two
policies meet the same luck.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.contact_features import NAMES, smoothed_log_odds
from matching.engine.ladder import CODES
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, RUNG_STAGES, STAGES
from matching.engine.ranker import prior_ranker
from matching.engine.simulation.population import Population, generate_population, static_features
from matching.engine.simulation.preferences import Preferences, ReferenceList, draw_preferences
from matching.engine.simulation.settings import DAYS_A_MONTH, Settings
from matching.engine.simulation.world import NO, NOT_NOW, SILENT, YES, Candidates, Column, Fates, Ids, Matrix, Query

_REFERENCE_LISTS = 150
_NO_IS_REMEMBERED_DAYS = 730.0
_KNOWN_BEFORE = 0.02
_COLUMN = {name: place for place, name in enumerate(NAMES)}
_ASKS, _ANSWERS, _ACCEPTS = (STAGES.index(stage) for stage in (ASKS, ANSWERS, ACCEPTS))
_RUNGS = np.array([STAGES.index(stage) for stage in RUNG_STAGES])
# Where the independent streams of chance begin.
_POPULATION, _PREFERENCES, _ARRIVALS, _QUESTION, _LUCK, _REFERENCE = range(6)


@dataclass(frozen=True)
class Cluster:
    """What does not change: made once, shared by the worlds that each policy gets for itself."""

    settings: Settings
    seed: tuple[int, ...]
    population: Population
    preferences: Preferences
    known: np.ndarray[tuple[int, int], np.dtype[np.bool_]]

    def stream(self, *numbers: int) -> np.random.Generator:
        """Chance that depends on these numbers alone."""
        return np.random.default_rng((*self.seed, *numbers))


def make_cluster(settings: Settings, number: int, seed: int = 0) -> Cluster:
    """The hub of that number; other settings keep its parties."""
    root = (seed, number)
    population = generate_population(settings, np.random.default_rng((*root, _POPULATION)))
    reference = _reference_lists(settings, population, np.random.default_rng((*root, _REFERENCE)))
    chance = np.random.default_rng((*root, _PREFERENCES))
    known = np.triu(chance.random((len(population), len(population))) < _KNOWN_BEFORE, 1)
    preferences = draw_preferences(settings, chance, reference)
    return Cluster(settings, root, population, preferences, known | known.T)


def _reference_lists(settings: Settings, population: Population, generator: np.random.Generator) -> list[ReferenceList]:
    """Lists as the expert's table makes them, before anybody has met."""
    expert = prior_ranker(values=settings.values)
    attention = np.arange(1, settings.list_length + 1, dtype=np.float64) ** -settings.attention
    lists = []
    for seeker in generator.choice(len(population), _REFERENCE_LISTS, p=population.activity):
        matrix, _similarity = static_features(population, int(seeker), 0.0, generator)
        worth = expert.expected_value(matrix)
        worth[(population.cap == 0) | (np.arange(len(population)) == seeker)] = -np.inf
        best = np.argsort(-worth, kind="stable")[: settings.list_length]
        lists.append(ReferenceList(int(seeker), best, matrix[best], attention))
    return lists


class SimulatedWorld:
    """A `World` over a `Cluster`: what parties did so far, and the luck that awaits them."""

    def __init__(self, cluster: Cluster, questions: dict[int, tuple[Matrix, Column]] | None = None) -> None:
        """`questions` is a memory that several worlds over one cluster may share to save time."""
        count = len(cluster.population)
        self._cluster = cluster
        self._settings = cluster.settings
        self._questions = {} if questions is None else questions
        self._period = -1
        self._load = np.zeros(count, np.int64)
        # Rows: requests received and decided in time or not, decisions, yes among them, own requests, yes to them.
        self._tried, self._decided, self._yes = (np.zeros(count) for _ in range(3))
        self._sent, self._won = np.zeros(count), np.zeros(count)
        self._related = cluster.known.copy()
        self._said_no = np.full((count, count), -np.inf)
        self._paired = np.full((count, count), -np.inf)
        self._coming: list[tuple[float, int, int, int]] = []

    def queries(self, month: int) -> Sequence[Query]:
        """Lists asked for on random days; few parties ask for most of them."""
        chance = self._cluster.stream(_ARRIVALS, month)
        count = self._settings.lists_a_month
        days = np.sort(month * DAYS_A_MONTH + DAYS_A_MONTH * chance.random(count))
        seekers = chance.choice(len(self._cluster.population), count, p=self._cluster.population.activity)
        return [
            Query(month * count + place, float(day), int(seeker))
            for place, (day, seeker) in enumerate(zip(days, seekers, strict=True))
        ]

    def candidates(self, query: Query) -> Candidates:
        """Everybody else in the cluster."""
        self._move_to(query.day)
        population, seeker = self._cluster.population, query.seeker
        question, similarity = self._question(query)
        matrix = question.copy()
        for name, values in self._contact_columns(query).items():
            matrix[:, _COLUMN[name]] = values
        full = (population.cap >= 0) & (self._load >= population.cap)
        lately = self._paired[seeker] > query.day - self._settings.repeat_days
        others = np.flatnonzero(np.arange(len(population)) != seeker)
        return Candidates(others, matrix[others], similarity[others], ~(full | lately)[others])

    def show(self, query: Query, party: Ids) -> Fates:
        """Luck decides, with the true probabilities; requests count against caps at once."""
        self._move_to(query.day)
        candidates = self.candidates(query)
        places = np.searchsorted(candidates.party, party)
        chances = self._cluster.preferences.true(candidates.matrix[places], query.seeker, party)
        fates = self._fates(query, party, chances)
        for place in np.flatnonzero(fates.asked):
            self._remember(query, int(party[place]), int(fates.answer[place]), float(fates.answer_day[place]))
        return fates

    def truth(self, query: Query, candidates: Candidates) -> Matrix:
        """See `World.truth`."""
        return self._cluster.preferences.true(candidates.matrix, query.seeker, candidates.party)

    def observable_truth(self, candidates: Candidates) -> Matrix:
        """See `World.observable_truth`."""
        return self._cluster.preferences.observable(candidates.matrix)

    def attention(self, places: int) -> Column:
        """See `World.attention`."""
        return np.asarray(np.arange(1, places + 1, dtype=np.float64) ** -self._settings.attention)

    def load_caps(self) -> tuple[Ids, int]:
        """See `World.load_caps`."""
        return self._cluster.population.cap, self._settings.cap_days

    def _question(self, query: Query) -> tuple[Matrix, Column]:
        if query.number not in self._questions:
            chance = self._cluster.stream(_QUESTION, query.number)
            self._questions[query.number] = static_features(self._cluster.population, query.seeker, query.day, chance)
        return self._questions[query.number]

    def _contact_columns(self, query: Query) -> dict[str, Column]:
        """The columns that change with what parties did so far."""
        cap, seeker = self._cluster.population.cap, query.seeker
        left = 1.0 - self._load / np.maximum(cap, 1)
        sent, won = self._sent[seeker : seeker + 1], self._won[seeker : seeker + 1]
        return {
            "capacity_left": np.where(cap < 0, 1.0, np.clip(left, 0.0, 1.0)),
            "answers_history": _habit(self._decided, self._tried, self._decided, self._tried),
            "accepts_history": _habit(self._yes, self._decided, self._yes, self._decided),
            "seeker_history": np.full(len(cap), _habit(won, sent, self._won, self._sent)[0]),
            "earlier_relation": self._related[seeker].astype(np.float64),
            "declined_before": (self._said_no[seeker] > query.day - _NO_IS_REMEMBERED_DAYS).astype(np.float64),
        }

    def _fates(self, query: Query, party: Ids, chances: Matrix) -> Fates:
        """Chance is drawn for everybody in the cluster and then looked up, whoever is shown."""
        settings, count = self._settings, len(self._cluster.population)
        chance = self._cluster.stream(_LUCK, query.number)
        luck = chance.random((len(STAGES) + 3, count))[:, party]
        delays = chance.exponential(size=(len(CODES), count))[:, party].T / np.log(2.0)
        heard = chance.random((len(settings.follow_up_days), count))[:, party].T
        happens = luck[: len(STAGES)] < chances
        looked_at = luck[len(STAGES)] < self.attention(len(party))
        asked = happens[_ASKS] & looked_at
        decided, agreed = happens[_ANSWERS], happens[_ACCEPTS]
        silent = np.where(luck[len(STAGES) + 1] < settings.not_now, NOT_NOW, SILENT)
        answer = np.where(decided, np.where(agreed, YES, NO), silent)
        answer_day = query.day + _days_to_answer(luck[len(STAGES) + 2], settings)
        accepted = asked & (answer == YES)
        median = np.array([settings.median_days[code] for code in CODES])
        reached = happens[_RUNGS].T & accepted[:, None]
        follow_up = answer_day[:, None] + np.array(settings.follow_up_days)
        told = (heard < np.array(settings.follow_up_answers)) & accepted[:, None]
        return Fates(
            asked,
            answer,
            np.where(asked & (answer != SILENT), answer_day, np.inf),
            np.where(reached, answer_day[:, None] + delays * median, np.inf),
            np.where(told, follow_up, np.inf),
        )

    def _remember(self, query: Query, party: int, answer: int, answer_day: float) -> None:
        self._load[party] += 1
        self._paired[query.seeker, party] = self._paired[party, query.seeker] = query.day
        known = answer_day if answer in (NO, YES) else query.day + self._settings.expires_days
        heapq.heappush(self._coming, (known, query.seeker, party, answer))

    def _move_to(self, day: float) -> None:
        """Let everything become known that has come by this day; caps begin anew with each period."""
        if int(day // self._settings.cap_days) != self._period:
            self._period = int(day // self._settings.cap_days)
            self._load[:] = 0
        while self._coming and self._coming[0][0] <= day:
            known, seeker, party, answer = heapq.heappop(self._coming)
            self._tried[party] += 1
            self._sent[seeker] += 1
            if answer in (NO, YES):
                self._decided[party] += 1
            if answer == YES:
                self._yes[party] += 1
                self._won[seeker] += 1
                self._related[seeker, party] = self._related[party, seeker] = True
            if answer == NO:
                self._said_no[seeker, party] = self._said_no[party, seeker] = known


def _habit(won: Column, tried: Column, all_won: Column, all_tried: Column) -> Column:
    """Smoothed log-odds around the hub's mean, as known so far."""
    total = float(all_tried.sum())
    return smoothed_log_odds(won, tried, float(all_won.sum()) / total if total else 0.5)


def _days_to_answer(luck: Column, settings: Settings) -> Column:
    """Exponential delay, given that it is shorter than the request's life."""
    rate = np.log(2.0) / settings.answer_days
    return np.asarray(-np.log1p(luck * np.expm1(-rate * settings.expires_days)) / rate, dtype=np.float64)


@dataclass
class ClusterFactory:
    """Makes worlds; several policies in the same hub share the cluster, each has a world of its own.

    Only the last cluster is kept in memory.
    """

    seed: int = 0

    def __post_init__(self) -> None:
        self._kept: deque[tuple[Settings, int, Cluster, dict[int, tuple[Matrix, Column]]]] = deque(maxlen=1)

    def __call__(self, settings: Settings, number: int) -> SimulatedWorld:
        """A fresh world of hub `number`."""
        if not self._kept or self._kept[0][:2] != (settings, number):
            self._kept.append((settings, number, make_cluster(settings, number, self.seed), {}))
        return SimulatedWorld(*self._kept[0][2:])


simulated_cluster = ClusterFactory(20261123)
