"""Judged offers by nearness alone, for comparing encoders: no words, no features, nothing but centred vectors."""

from dataclasses import dataclass

import numpy as np

from demo.judgements import Judgement, read_judgements, read_statements
from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.engine.evaluate import recall_at_k


@dataclass(frozen=True)
class Ranking:
    """A judged need with all offers of other profiles, nearest first."""

    judgement: Judgement
    offers: tuple[str, ...]


def recall_at_10(encoder: Encoder) -> float:
    """Judged offers among the ten nearest, mean over the needs that have one."""
    rankings = rank_offers(encoder)
    found = [recall_at_k(each.offers, set(each.judgement.grades), 10) for each in rankings if each.judgement.grades]
    return float(np.mean(found))


def rank_offers(encoder: Encoder) -> list[Ranking]:
    """All public offers of other profiles for each judged need, nearest first, ties by name."""
    statements = [row for row in read_statements().values() if row.visibility == "public"]
    languages = [row.language for row in statements]
    passages = encoder.encode_passages([row.passage for row in statements])
    centring = Centring.of(passages, languages)
    judgements = read_judgements()
    raw = encoder.encode_passages([item.need.passage for item in judgements])
    queries = centring.apply(raw, [item.need.language for item in judgements])
    offers = [number for number, row in enumerate(statements) if row.kind == "offer"]
    scores = queries @ centring.apply(passages, languages)[offers].T
    rankings = []
    for item, row in zip(judgements, scores, strict=True):
        named = sorted((-float(score), statements[offers[i]].name) for i, score in enumerate(row))
        others = (name for _score, name in named if not name.startswith(f"{item.need.profile}/"))
        rankings.append(Ranking(item, tuple(others)))
    return rankings
