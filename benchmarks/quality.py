"""`bench quality`: do the judged offers come first when their need is asked, also across languages?

Every public offer of the demo is a passage; each judged need is a query; both carry the context and the
centring that the product gives them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.judgements import Judgement, read_judgements, read_statements
from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.engine.evaluate import ndcg_at_k, recall_at_k, share_ranked_right
from matching.serving import query_encoder

Figures = dict[str, float]


@dataclass(frozen=True)
class Ranking:
    """A judged need with all offers of other profiles, nearest first."""

    judgement: Judgement
    offers: tuple[str, ...]


def run(say: Callable[[str], None]) -> Figures:
    """Measure the product's encoder."""
    say("ranking the demo's offers for each judged need")
    return measure(query_encoder().encoder)


def measure(encoder: Encoder) -> Figures:
    """The figures of one encoder."""
    rankings = rank_offers(encoder)
    languages = {name: row.language for name, row in read_statements().items()}
    every = [set(ranking.judgement.grades) for ranking in rankings]
    across = [_across(ranking, languages) for ranking in rankings]
    return {
        **{f"recall_at_{k}": _mean_recall(rankings, every, k) for k in (1, 5, 10)},
        "ndcg_at_10": _mean_ndcg(rankings),
        **{f"cross_language_recall_at_{k}": _mean_recall(rankings, across, k) for k in (1, 5, 10)},
        "hard_negative_accuracy": _hard_negative_accuracy(rankings),
        "needs": len(rankings),
        "pairs": sum(len(r.judgement.grades) for r in rankings),
        "cross_language_pairs": sum(len(offers) for offers in across),
        "hard_negatives": sum(len(r.judgement.hard_negatives) for r in rankings),
        "offers": len(rankings[0].offers),
    }


def rank_offers(encoder: Encoder) -> list[Ranking]:
    """All public offers of other profiles for each judged need, nearest first, ties by name."""
    statements = [row for row in read_statements().values() if row.visibility == "public"]
    languages = [row.language for row in statements]
    passages = encoder.encode_passages([row.passage for row in statements])
    centring = Centring.of(passages, languages)
    judgements = read_judgements()
    raw = encoder.encode_queries([item.need.query for item in judgements])
    queries = centring.apply(raw, [item.need.language for item in judgements])
    offers = [number for number, row in enumerate(statements) if row.kind == "offer"]
    scores = queries @ centring.apply(passages, languages)[offers].T
    rankings = []
    for item, row in zip(judgements, scores, strict=True):
        named = sorted((-float(score), statements[offers[i]].name) for i, score in enumerate(row))
        others = (name for _score, name in named if not name.startswith(f"{item.need.profile}/"))
        rankings.append(Ranking(item, tuple(others)))
    return rankings


def _across(ranking: Ranking, languages: dict[str, str]) -> set[str]:
    own = ranking.judgement.need.language
    return {name for name in ranking.judgement.grades if languages[name] != own}


def _mean_recall(rankings: list[Ranking], relevant: list[set[str]], k: int) -> float:
    """Mean over the needs that have a relevant offer at all."""
    pairs = zip(rankings, relevant, strict=True)
    return float(np.mean([recall_at_k(ranking.offers, names, k) for ranking, names in pairs if names]))


def _mean_ndcg(rankings: list[Ranking]) -> float:
    """Mean over the needs that have a judged offer."""
    return float(np.mean([ndcg_at_k(r.offers, r.judgement.grades, 10) for r in rankings if r.judgement.grades]))


def _hard_negative_accuracy(rankings: list[Ranking]) -> float:
    """Share of (judged offer, hard negative) pairs of the same need in the right order, over all such pairs."""
    right, count = 0.0, 0
    for ranking in rankings:
        pairs = [(good, bad) for good in ranking.judgement.grades for bad in ranking.judgement.hard_negatives]
        if pairs:
            right += share_ranked_right(ranking.offers, pairs) * len(pairs)
            count += len(pairs)
    return right / count
