"""Find for each pair a passage that the base encoder thinks near and that is no answer: a hard negative."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import faiss
import numpy as np

from matching.encoder_build.asked_texts import encode_asking
from matching.encoder_build.training_pairs import TrainingPair, related_texts, teaching
from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.engine.rows import Ids
from matching.engine.stores import Vectors
from matching.languages import guess_language

_CANDIDATES = 100
# What is as near as the positive itself is probably an answer that nobody judged.
# Source: Moreira et al., "NV-Retriever", 2024, section 4.2.
_MOST_OF_POSITIVE = 0.95


@dataclass(frozen=True)
class TrainingRow:
    """A pair with its hard negative; `gain` is how often it is drawn, against other rows."""

    query: str
    passage: str
    negative: str
    gain: float


def mine_rows(pairs: Sequence[TrainingPair], encoder: Encoder, *, generator: np.random.Generator) -> list[TrainingRow]:
    """A row for each teaching pair: its own hard negative if it has one, else one mined with `encoder`.

    A passage that is related to the query is never its negative. Pairs for which no passage is left are dropped.
    """
    wanted = teaching(pairs)
    if not wanted:
        return []
    passages = list(dict.fromkeys(text for pair in pairs for text in (pair.passage, *pair.hard_negatives)))
    near = _NearPassages(wanted, passages, encoder)
    related = related_texts(pairs)
    rows = []
    for pair in wanted:
        banned = related[pair.query] | {pair.query}
        negative = _given(pair, generator) or near.hardest(pair, banned) or _any(passages, banned, generator)
        if negative is not None:
            rows.append(TrainingRow(pair.query, pair.passage, negative, gain=2**pair.grade - 1))
    return rows


class _NearPassages:
    """The nearest passages of each query, in centred cosine as the product has it."""

    def __init__(self, pairs: Sequence[TrainingPair], passages: Sequence[str], encoder: Encoder) -> None:
        queries = list(dict.fromkeys(pair.query for pair in pairs))
        languages = [guess_language(text) for text in passages]
        raw = encoder.encode_passages(passages)
        centring = Centring.of(raw, languages)
        self._passages = passages
        self._vectors = centring.apply(raw, languages)
        self._queries = centring.apply(encode_asking(encoder, queries), [guess_language(text) for text in queries])
        self._query_rows = _positions(queries)
        self._passage_rows = _positions(passages)
        index = faiss.IndexFlatIP(encoder.dimension)
        index.add(self._vectors)
        found = index.search(self._queries, min(_CANDIDATES, len(passages)))
        self._scores: Vectors = found[0]
        self._near: Ids = found[1]

    def hardest(self, pair: TrainingPair, banned: Set[str]) -> str | None:
        """The nearest passage that is not banned and clearly further off than the pair's own."""
        row = self._query_rows[pair.query]
        positive = float(self._queries[row] @ self._vectors[self._passage_rows[pair.passage]])
        most = positive * _MOST_OF_POSITIVE if positive > 0 else positive
        for score, position in zip(self._scores[row], self._near[row], strict=True):
            passage = self._passages[int(position)]
            if score < most and passage not in banned:
                return passage
        return None


def _positions(texts: Sequence[str]) -> Mapping[str, int]:
    return {text: position for position, text in enumerate(texts)}


def _given(pair: TrainingPair, generator: np.random.Generator) -> str | None:
    if not pair.hard_negatives:
        return None
    return pair.hard_negatives[int(generator.integers(len(pair.hard_negatives)))]


def _any(passages: Sequence[str], banned: Set[str], generator: np.random.Generator) -> str | None:
    order: Ids = generator.permutation(len(passages))
    return next((passages[position] for position in order if passages[position] not in banned), None)
