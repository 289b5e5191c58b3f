"""`bench experts`: who knows about a text, from what they wrote themselves, against graded labels.

Ranked as free-text search ranks profiles: the same candidates, evidence and weights, nothing trained here.
"""

import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.baselines import bm25, tf_idf
from benchmarks.corpus import Corpus, encoded
from benchmarks.data_files import DataMissing, read_json_lines
from matching.engine.evaluate import average_precision, ndcg_at_k, pair_loss
from matching.engine.evidence import best_evidence, summed_evidence
from matching.engine.weights import SEARCH_RANKER
from matching.languages import guess_language

Figures = dict[str, float]
Say = Callable[[str], None]
Scores = NDArray[np.float64]
Grades = dict[str, dict[str, float]]
_WEIGHT = dict(zip(SEARCH_RANKER.names, SEARCH_RANKER.weights.tolist(), strict=True))


def run_data(folder: Path, say: Say, rank: str = "experts") -> Figures:
    """Figures over lists of labelled experts for each query; `rank="queries"`: of labelled queries for each expert.

    Raises:
        DataMissing: a file is not there or not in the format, an id is not there or there twice, a grade is no number,
            or no list has two different grades.
    """
    experts = read_json_lines(folder, "experts", keys=("id", "texts"), unique="id")
    queries = read_json_lines(folder, "queries", keys=("id", "text"), unique="id")
    labels = read_json_lines(folder, "labels", keys=("query", "expert", "grade"))
    texts, owners = _texts_of(experts)
    asked = [str(row["text"]) for row in queries]
    scores = {"": expert_scores(texts, owners, asked, say)}
    say("ranking with the baselines")
    for name, baseline in (("bm25", bm25), ("tf_idf", tf_idf)):
        scores[f"{name}_"] = _top_three(baseline(texts, asked), owners)
    expert_ids, query_ids = [str(row["id"]) for row in experts], [str(row["id"]) for row in queries]
    graded = _graded(labels, rank, set(expert_ids), set(query_ids))
    figures: Figures = {"experts": len(experts), "queries": len(queries), "labels": len(labels), "lists": len(graded)}
    for prefix, table in scores.items():
        ranked = _ranked(table if rank == "experts" else table.T, expert_ids, query_ids, graded, rank)
        figures |= {f"{prefix}{name}": value for name, value in _measured(ranked, graded).items()}
    return figures


def expert_scores(texts: list[str], owners: csr_array, asked: list[str], say: Say) -> Scores:
    """How well each expert fits each query, as free-text search would have it, (queries, experts)."""
    corpus = Corpus(texts, say)
    vectors = encoded(asked, say)
    rows = []
    for text, vector in zip(asked, vectors, strict=True):
        pool = corpus.pool(corpus.question(text, vector, guess_language(text)), everything=True)
        rows.append(
            _WEIGHT["best_evidence"] * best_evidence(pool.score[0], owners)
            + _WEIGHT["evidence"] * summed_evidence(pool.score[0], owners)
        )
    return np.stack(rows)


def _texts_of(experts: list[dict[str, object]]) -> tuple[list[str], csr_array]:
    texts: list[str] = []
    rows: list[int] = []
    columns: list[int] = []
    for column, row in enumerate(experts):
        written = row["texts"]
        if not isinstance(written, list):
            raise DataMissing(f"experts: the texts of {row['id']} are no list.")
        for text in written:
            if str(text).strip():
                rows.append(len(texts))
                columns.append(column)
                texts.append(str(text))
    if not texts:
        raise DataMissing("experts: nobody has a text.")
    return texts, csr_array((np.ones(len(texts)), (rows, columns)), shape=(len(texts), len(experts)))


def _top_three(scores: Scores, owners: csr_array) -> Scores:
    return np.stack([best_evidence(row.astype(np.float32), owners) for row in scores])


def _graded(labels: list[dict[str, object]], rank: str, experts: set[str], queries: set[str]) -> Grades:
    """Grades by list and item; lists in which all have the same grade say nothing and are left out."""
    lists: Grades = defaultdict(dict)
    for row in labels:
        query, expert = str(row["query"]), str(row["expert"])
        if query not in queries or expert not in experts:
            raise DataMissing(f"labels: there is no query {query} or no expert {expert}.")
        key, item = (query, expert) if rank == "experts" else (expert, query)
        lists[key][item] = _grade(row["grade"])
    kept = {key: grades for key, grades in lists.items() if len(set(grades.values())) > 1}
    if not kept:
        raise DataMissing("labels: no list has two different grades.")
    return kept


def _grade(written: object) -> float:
    try:
        grade = float(str(written))
    except ValueError:
        grade = math.nan
    if not math.isfinite(grade):
        raise DataMissing(f"labels: “{written}” is no grade: write a number.")
    return grade


def _ranked(
    table: Scores, experts: list[str], queries: list[str], graded: Grades, rank: str
) -> dict[str, dict[str, float]]:
    """Scores of the labelled items of each list."""
    rows, columns = (queries, experts) if rank == "experts" else (experts, queries)
    row_of = {name: number for number, name in enumerate(rows)}
    column_of = {name: number for number, name in enumerate(columns)}
    return {
        key: {item: float(table[row_of[key], column_of[item]]) for item in grades} for key, grades in graded.items()
    }


def _measured(scored: dict[str, dict[str, float]], graded: Grades) -> Figures:
    """Means over the lists; relevant is a grade above the middle of all grades; the loss is over all pairs together.

    Precision and AUC (ties half) are left out where no list has relevant items and others.
    """
    every = [grade for grades in graded.values() for grade in grades.values()]
    middle, lowest = (max(every) + min(every)) / 2, min(every)
    ndcg, precision, auc = [], [], []
    wrong, total = 0.0, 0.0
    for key, grades in graded.items():
        order = sorted(scored[key], key=lambda item: (-scored[key][item], item))
        ndcg.append(ndcg_at_k(order, {item: grade - lowest for item, grade in grades.items()}, 10))
        lost, stake = pair_loss(scored[key], grades)
        wrong, total = wrong + lost, total + stake
        relevant = [item for item, grade in grades.items() if grade > middle]
        if 0 < len(relevant) < len(grades):
            precision.append(average_precision(order, relevant))
            lost, stake = pair_loss(scored[key], {item: float(grade > middle) for item, grade in grades.items()})
            auc.append(1 - lost / stake)
    figures: Figures = {"ndcg_at_10": float(np.mean(ndcg))}
    if precision:
        figures |= {"average_precision": float(np.mean(precision)), "auc": float(np.mean(auc))}
    return figures | {"weighted_loss": wrong / total}
