"""`bench partners`: which earlier partners join a new project, from its text and its coordinator alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.baselines import bm25, summed_over_nearest, tf_idf
from benchmarks.corpus import Corpus, encoded
from benchmarks.data_files import DataMissing
from benchmarks.partner_data import (
    COMPANY,
    History,
    Organisations,
    Project,
    history_of,
    iso_day,
    read_projects,
    true_partners,
)
from benchmarks.report import computable
from matching.engine.evidence import summed_evidence
from matching.engine.linear_ranker import LinearRanker
from matching.engine.ranker_training import fit_ranker

Figures = dict[str, float]
Say = Callable[[str], None]
Scores = NDArray[np.float64]

NAMES = ("evidence", "shared_projects", "common_partners", "same_country")
DEPTH = 20
_BLOCKS = (0.2, 0.4, 0.6, 0.8, 1.0)
_ROUNDS = 2000
_OUT = -1e9
LIFTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
VALIDATION = ("2023-10-01", "2023-10-01")


@dataclass(frozen=True)
class Task:
    """Queries (projects) against one history: features, what is true, what may not count."""

    history: History
    features: NDArray[np.float64]
    joined: NDArray[np.bool_]
    own: NDArray[np.bool_]
    known_before: NDArray[np.bool_]


def run(say: Say) -> Figures:
    """The validation of the shared health projects."""
    return run_data(settings.BASE_DIR.parent / "shared" / "data" / "cordis-health", say, *VALIDATION)


def run_data(folder: Path, say: Say, history_until: str, queries_from: str, queries_until: str = "") -> Figures:
    """Figures over projects signed in [queries_from, queries_until), from what was signed before history_until.

    A figure without anything to average, as for new partners where there are none, is left out.

    Raises:
        DataMissing: data or days do not fit.
    """
    days = [iso_day(value) for value in (history_until, queries_from, queries_until or "9999-12-31")]
    projects, organisations = read_projects(folder)
    past = [number for number, project in enumerate(projects) if project.signed < days[0]]
    asked = [number for number, project in enumerate(projects) if days[1] <= project.signed < days[2]]
    if days[0] > days[1]:
        raise DataMissing("The history must end before the first query: --history-until is later than --queries-from.")
    if not past:
        raise DataMissing("No project was signed before that day: choose a later --history-until.")
    if not asked:
        raise DataMissing("No project was signed between those days: choose others.")
    corpus = Corpus([projects[number].text for number in past], say, languages=["en"] * len(past))
    vectors = encoded([project.text for project in projects], say)
    maker = _Features(projects, organisations, corpus, vectors, past)
    say("learning weights from history alone")
    blocks = [maker.task(before, queries) for before, queries in _blocks(projects, past)]
    ranker = _fitted(blocks)
    lift = _company_lift(ranker, blocks, organisations)
    say("ranking partners for the queries")
    task = maker.task(past, asked)
    if not task.joined.any():
        raise DataMissing("No query was joined by an organisation of the history: there is nothing to measure.")
    baselines = _baselines(projects, past, asked, task.history)
    return computable(_figures(task, ranker, lift, organisations, baselines))


def _blocks(projects: list[Project], past: list[int]) -> list[tuple[list[int], list[int]]]:
    """(history, queries) pairs inside the past: each block of projects is asked with all before its first day."""
    cuts = [int(share * len(past)) for share in _BLOCKS]
    found = []
    for begin, end in pairwise(cuts):
        if begin < end:
            first_day = projects[past[begin]].signed
            before = [number for number in past if projects[number].signed < first_day]
            if before:
                found.append((before, past[begin:end]))
    if not found:
        raise DataMissing("The history is too short to learn from: choose a later --history-until.")
    return found


class _Features:
    """Makes the features of tasks over one corpus, which holds the past and nothing later."""

    def __init__(
        self,
        projects: list[Project],
        organisations: Organisations,
        corpus: Corpus,
        vectors: NDArray[np.float32],
        past: list[int],
    ) -> None:
        self._projects = projects
        self._organisations = organisations
        self._corpus = corpus
        self._vectors = vectors
        self._statement = {number: place for place, number in enumerate(past)}

    def task(self, past: list[int], asked: list[int]) -> Task:
        """The queries `asked` with the history `past`."""
        history = history_of(self._projects, past)
        statements = np.array([self._statement[number] for number in past], dtype=np.int64)
        features = np.stack([self._of_query(history, statements, number) for number in asked])
        joined = [true_partners(self._projects[number], history) for number in asked]
        return Task(history, features, np.stack(joined), *self._masks(history, asked))

    def _masks(self, history: History, asked: list[int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        shape = (len(asked), len(history.organisations))
        own, known = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        for row, number in enumerate(asked):
            place = history.place(self._projects[number].coordinator)
            if place >= 0:
                own[row, place] = True
                known[row] = history.together[[place]].toarray()[0] > 0
        return own, known

    def _of_query(self, history: History, statements: NDArray[np.int64], number: int) -> Scores:
        project = self._projects[number]
        ask = self._corpus.question(project.text, self._vectors[number], "en")
        pool = self._corpus.pool(ask, statements)
        places = np.searchsorted(statements, pool.statements)
        evidence = summed_evidence(pool.score[0], csr_array(history.owners[places]))
        shared = common = np.zeros(len(history.organisations))
        place = history.place(project.coordinator)
        if place >= 0:
            partners = csr_array(history.together[[place]])
            shared = partners.toarray()[0]
            common = (partners.sign() @ history.together.sign()).toarray()[0]
        countries = self._organisations.country
        home = countries.get(project.coordinator, "")
        same = np.array([bool(home) and countries.get(name, "") == home for name in history.organisations])
        matrix = np.stack([evidence, np.log1p(shared), np.log1p(common), same.astype(np.float64)], axis=1)
        for column in (0, 2):
            matrix[:, column] = (matrix[:, column] - matrix[:, column].mean()) / max(matrix[:, column].std(), 1e-9)
        return matrix


def _fitted(blocks: list[Task]) -> LinearRanker:
    """Weights from all organisations that could have joined, not from those picked by a score."""
    matrix = np.concatenate([block.features[~block.own] for block in blocks])
    joined = np.concatenate([block.joined[~block.own] for block in blocks])
    if joined.all() or not joined.any():
        raise DataMissing("In the history all joined or nobody did: there is nothing to learn from.")
    return fit_ranker(NAMES, matrix, joined)


def _scores(task: Task, ranker: LinearRanker, lift: float, organisations: Organisations) -> Scores:
    """Logits (queries, organisations); companies are lifted by so many."""
    return ranker.scores(task.features) + lift * _companies(task.history, organisations)


def _companies(history: History, organisations: Organisations) -> NDArray[np.float64]:
    return np.array([organisations.activity.get(name) == COMPANY for name in history.organisations], dtype=np.float64)


def _company_lift(ranker: LinearRanker, blocks: list[Task], organisations: Organisations) -> float:
    """The smallest lift that gives companies the share of lists that they had among true partners in the history."""
    blocks = [block for block in blocks if block.joined.any()]
    wanted = np.mean([_true_company_share(block, organisations) for block in blocks])
    for lift in np.arange(0.0, 2.0, 0.05):
        shares = [
            _company_share(_scores(block, ranker, float(lift), organisations), block, organisations) for block in blocks
        ]
        if np.mean(shares) >= wanted:
            return float(lift)
    return 2.0


def _true_company_share(task: Task, organisations: Organisations) -> float:
    return float(_companies(task.history, organisations)[np.nonzero(task.joined)[1]].mean())


def _company_share(scores: Scores, task: Task, organisations: Organisations) -> float:
    top = _top(np.where(task.own, _OUT, scores))
    shown = ~np.take_along_axis(task.own, top, axis=1)
    return float(_companies(task.history, organisations)[top][shown].mean())


def _top(scores: Scores) -> NDArray[np.int64]:
    return np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]


def _ndcg(scores: Scores, joined: NDArray[np.bool_], out: NDArray[np.bool_]) -> Scores:
    """nDCG@20 for each query with anything true; the others are NaN."""
    relevant = joined & ~out
    top = _top(np.where(out, _OUT, scores))
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    gains = (np.take_along_axis(relevant, top, axis=1) * discounts[: top.shape[1]]).sum(axis=1)
    counts = relevant.sum(axis=1)
    best = np.array([discounts[: min(count, DEPTH)].sum() for count in counts])
    return np.where(counts > 0, gains / np.maximum(best, 1e-9), np.nan)


def _baselines(projects: list[Project], past: list[int], asked: list[int], history: History) -> dict[str, Scores]:
    texts, queries = [projects[n].text for n in past], [projects[n].text for n in asked]
    return {
        "bm25": summed_over_nearest(bm25(texts, queries), history.owners),
        "tf_idf": summed_over_nearest(tf_idf(texts, queries), history.owners),
        "popularity": np.tile(np.asarray(history.owners.sum(axis=0)), (len(asked), 1)),
    }


def _figures(
    task: Task, ranker: LinearRanker, lift: float, organisations: Organisations, baselines: dict[str, Scores]
) -> Figures:
    scores = _scores(task, ranker, lift, organisations)
    closed = task.own | task.known_before
    ours, ours_new = _ndcg(scores, task.joined, task.own), _ndcg(scores, task.joined, closed)
    theirs = {name: _ndcg(each, task.joined, task.own) for name, each in baselines.items()}
    theirs_new = {name: _ndcg(each, task.joined, closed) for name, each in baselines.items()}
    best = max(theirs, key=lambda name: _mean(theirs[name]))
    best_new = max(_mean(each) for each in theirs_new.values())
    top = _top(np.where(task.own, _OUT, scores))
    asked = task.joined.any(axis=1)
    hits = np.take_along_axis(task.joined, top[:, :10], axis=1)[asked].any(axis=1)
    low, high = _interval(ours - theirs[best])
    figures: Figures = {
        "queries": int(asked.sum()),
        "organisations": len(task.history.organisations),
        "ndcg_at_20": _mean(ours),
        "ndcg_at_20_new": _mean(ours_new),
        "hit_at_10": float(hits.mean()),
        "best_baseline_ndcg_at_20": _mean(theirs[best]),
        "best_baseline_ndcg_at_20_new": best_new,
        "gain": _gain(_mean(ours), _mean(theirs[best])),
        "gain_new": _gain(_mean(ours_new), best_new),
        "gain_ci_low": low,
        "gain_ci_high": high,
        "company_share_top20": _company_share(scores, task, organisations),
        "company_share_true": _true_company_share(task, organisations),
        "company_lift": lift,
    }
    for name in baselines:
        figures[f"{name}_ndcg_at_20"] = _mean(theirs[name])
        figures[f"{name}_ndcg_at_20_new"] = _mean(theirs_new[name])
    return figures | _trade_off(task, ranker, lift, organisations)


def _trade_off(task: Task, ranker: LinearRanker, lift: float, organisations: Organisations) -> Figures:
    """What lifting companies costs: their share and nDCG for each lift, and the loss at the chosen one."""
    figures: Figures = {}
    plain = _ndcg(_scores(task, ranker, 0.0, organisations), task.joined, task.own)
    for each in LIFTS:
        scores = _scores(task, ranker, each, organisations)
        name = f"{each:.1f}".replace(".", "_")
        figures[f"company_share_lift_{name}"] = _company_share(scores, task, organisations)
        figures[f"ndcg_at_20_lift_{name}"] = _mean(_ndcg(scores, task.joined, task.own))
    chosen = _ndcg(_scores(task, ranker, lift, organisations), task.joined, task.own)
    figures["lift_loss_ci_low"], figures["lift_loss_ci_high"] = _interval(plain - chosen)
    return figures


def _mean(values: Scores) -> float:
    """Over the queries that have a value; NaN when none has."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def _gain(ours: float, theirs: float) -> float:
    """How much more, as a share; NaN over nothing."""
    return ours / theirs - 1 if theirs > 0 else math.nan


def _interval(differences: Scores) -> tuple[float, float]:
    """A 95 % bootstrap interval of the mean difference over queries."""
    known = differences[np.isfinite(differences)]
    generator = np.random.default_rng(20261122)
    means = [known[generator.integers(len(known), size=len(known))].mean() for _round in range(_ROUNDS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
