"""The measuring behind `bench quality`, in the database that holds the demo cluster."""

import time
from dataclasses import dataclass

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from demo.judgements import Judgement, read_judgements
from hubs.models import Hub
from matching.domain.asking import question_of_profile
from matching.domain.ranking import candidates
from matching.engine.candidates import Pool
from matching.engine.contact_features import contact_matrix, relevance
from matching.engine.evaluate import ndcg_at_k, recall_at_k, share_ranked_right
from matching.engine.features import NAMES, PairFeatures, pair_features
from matching.engine.ranker import prior_ranker
from matching.engine.ranker_training import fit_ranker, group_folds
from matching.engine.rows import OFFER, RowFilter, StatementRows
from matching.engine.weights import RANKERS
from matching.enums import Purpose
from matching.indexing.hub_index import HubIndex
from matching.serving import hub_index
from profiles.models import Profile, Statement

Figures = dict[str, float]
Scores = NDArray[np.float64]
_FOLDS = 10


@dataclass(frozen=True)
class Answer:
    """What the product found for one judged need, before anything is weighed."""

    judgement: Judgement
    pool: Pool
    rows: StatementRows
    features: PairFeatures


@dataclass(frozen=True)
class _Demo:
    """The demo's profiles by key, their statements by judged name, and the names of statement ids."""

    profiles: dict[str, Profile]
    statements: dict[str, Statement]
    names: dict[int, str]


def measure(_profiles: int = 0) -> Figures:
    """The product's weights, as worth of a contact too, and weights fitted on nine tenths of the needs."""
    hub = Hub.objects.get()
    demo, index = _read(hub), hub_index(hub.pk)
    started = time.perf_counter()
    answers = [_answer(demo, index, judgement) for judgement in read_judgements()]
    seconds = time.perf_counter() - started
    ours = RANKERS[Purpose.EVENT]
    figures = _measured(demo, answers, [ours.scores(answer.features.matrix) for answer in answers])
    worth = _measured(demo, answers, [_worth(answer, ours.scores(answer.features.matrix)) for answer in answers])
    figures |= {f"by_worth_{name}": value for name, value in worth.items()}
    fitted = _measured(demo, answers, _cross_validated(demo, answers))
    figures |= {f"cross_validated_{name}": value for name, value in fitted.items()}
    return figures | _counts(demo, answers) | {"rank_ms_mean": 1000 * seconds / len(answers)}


def _worth(answer: Answer, scores: Scores) -> Scores:
    """What a contact is expected to be worth before anybody has met, as lists are ordered."""
    return prior_ranker().expected_value(contact_matrix(answer.features.matrix, {"relevance": relevance(scores)}))


def _read(hub: Hub) -> _Demo:
    rows = Profile.objects.filter(hub=hub).prefetch_related("statements", "theme_links")
    profiles = {profile.slug: profile for profile in rows}
    statements: dict[str, Statement] = {}
    for key, profile in profiles.items():
        numbers: dict[str, int] = {}
        for row in sorted(profile.statements.all(), key=lambda each: (each.position, each.pk)):
            numbers[row.kind] = numbers.get(row.kind, 0) + 1
            row.profile = profile
            statements[f"{key}/{row.kind}/{numbers[row.kind]}"] = row
    return _Demo(profiles, statements, {row.pk: name for name, row in statements.items()})


def _answer(demo: _Demo, index: HubIndex, judgement: Judgement) -> Answer:
    profile = demo.profiles[judgement.need.profile]
    asking = [demo.statements[judgement.need.name], *(row for row in profile.statements.all() if row.kind == "offer")]
    question = question_of_profile(index, profile, asking, Purpose.EVENT)
    where = RowFilter(
        levels=frozenset({0}),
        today=timezone.localdate().toordinal(),
        without_organisations=frozenset({profile.organisation_id}),
    )
    with index.lock:
        pool, rows, places = candidates(index, question, where)
        return Answer(judgement, pool, rows, pair_features(question.asker, pool, rows, index.facts.take(places)))


def _offers(demo: _Demo, answer: Answer, scores: Scores) -> list[str]:
    """Names of offers: profiles by score, each one's offers by nearness to the need."""
    place = {int(profile): number for number, profile in enumerate(answer.features.profiles)}
    offers = np.flatnonzero(answer.rows.statement_kind == OFFER)
    keys = [
        (-scores[place[int(answer.rows.profile[i])]], -answer.pool.score[0, i], int(answer.rows.statement[i]))
        for i in offers
    ]
    return [demo.names[statement] for _score, _near, statement in sorted(keys)]


def _cross_validated(demo: _Demo, answers: list[Answer]) -> list[Scores]:
    """Scores of weights that have not seen the asking profile: an honest guess at other data."""
    relevant = [
        np.array([any(_owner(demo, grade) == profile for grade in answer.judgement.grades) for profile in profiles])
        for answer in answers
        for profiles in [answer.features.profiles.tolist()]
    ]
    groups = [answer.judgement.need.profile for answer in answers]
    folds = group_folds(groups, _FOLDS, np.random.default_rng(20261122))
    scores: list[Scores] = [np.empty(0)] * len(answers)
    for fold in range(_FOLDS):
        known = [number for number in range(len(answers)) if folds[number] != fold]
        matrix = np.concatenate([answers[number].features.matrix for number in known])
        ranker = fit_ranker(NAMES, matrix, np.concatenate([relevant[number] for number in known]))
        for number in np.flatnonzero(folds == fold):
            scores[number] = ranker.scores(answers[number].features.matrix)
    return scores


def _owner(demo: _Demo, name: str) -> int:
    return demo.profiles[name.split("/")[0]].pk


def _measured(demo: _Demo, answers: list[Answer], scores: list[Scores]) -> Figures:
    ranked = [_offers(demo, answer, each) for answer, each in zip(answers, scores, strict=True)]
    every = [set(answer.judgement.grades) for answer in answers]
    across = [_across(demo, answer.judgement) for answer in answers]
    return {
        **{f"recall_at_{k}": _mean_recall(ranked, every, k) for k in (1, 5, 10)},
        "ndcg_at_10": _mean_ndcg(ranked, answers),
        **{f"cross_language_recall_at_{k}": _mean_recall(ranked, across, k) for k in (1, 5, 10)},
        "hard_negative_accuracy": _hard_negative_accuracy(ranked, answers),
    }


def _counts(demo: _Demo, answers: list[Answer]) -> Figures:
    return {
        "needs": len(answers),
        "pairs": sum(len(answer.judgement.grades) for answer in answers),
        "cross_language_pairs": sum(len(_across(demo, answer.judgement)) for answer in answers),
        "hard_negatives": sum(len(answer.judgement.hard_negatives) for answer in answers),
        "offers": sum(row.kind == "offer" and row.visibility == "public" for row in demo.statements.values()),
    }


def _across(demo: _Demo, judgement: Judgement) -> set[str]:
    return {name for name in judgement.grades if demo.statements[name].language != judgement.need.language}


def _mean_recall(ranked: list[list[str]], relevant: list[set[str]], k: int) -> float:
    """Mean over the needs that have a relevant offer at all."""
    return float(np.mean([recall_at_k(row, names, k) for row, names in zip(ranked, relevant, strict=True) if names]))


def _mean_ndcg(ranked: list[list[str]], answers: list[Answer]) -> float:
    """Mean over the needs that have a judged offer."""
    pairs = zip(ranked, answers, strict=True)
    return float(np.mean([ndcg_at_k(row, a.judgement.grades, 10) for row, a in pairs if a.judgement.grades]))


def _hard_negative_accuracy(ranked: list[list[str]], answers: list[Answer]) -> float:
    """Share of (judged offer, hard negative) pairs of the same need in the right order, over all such pairs."""
    right, count = 0.0, 0
    for row, answer in zip(ranked, answers, strict=True):
        judged = answer.judgement
        pairs = [(good, bad) for good in judged.grades for bad in judged.hard_negatives]
        if pairs:
            right += share_ranked_right(row, pairs) * len(pairs)
            count += len(pairs)
    return right / count
