"""How many telling words the texts of one event share, for all pairs at once: BM25 over a table of word stems.

The hub's word index knows only what profiles have written; an event has texts of its own, few enough for one table.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.engine.calibration import HIGHEST_WORDS, LOWEST_WORDS
from matching.engine.stores import TermQuery, spread_out

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
# What most word indexes use; see Robertson and Zaragoza, The Probabilistic Relevance Framework (2009).
_K1, _B = 1.2, 0.75
_FEWEST_LETTERS = 3
_WORD = re.compile(r"[^\W\d_]+")
_STEMMERS = {"da": "danish", "en": "english"}


@dataclass(frozen=True)
class WordScores:
    """Texts as queries (s, words) and as documents (words, s), with each query's mean and deviation over all (s,)."""

    queries: csr_array
    documents: csr_array
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    def block(self, asks: Ids, columns: Ids | None = None) -> Floats:
        """Scores (asks, columns) of these texts with each other, in standard deviations above the mean of all.

        Scaled as `matching.engine.calibration.standardise_words` scales those of the hub's index.
        """
        documents = self.documents if columns is None else self.documents[:, columns]
        raw = (self.queries[asks] @ documents).toarray()
        scaled = (raw - self.mean[asks, None]) / self.deviation[asks, None]
        return np.asarray(np.minimum(scaled, HIGHEST_WORDS), dtype=np.float32)


def word_scores(texts: Sequence[str], languages: Sequence[str], asked: Sequence[Sequence[TermQuery]]) -> WordScores:
    """The table for texts in their languages; `asked` are the words to look for on behalf of each."""
    stems = _Stems()
    documents = [Counter(stems.of(text, language)) for text, language in zip(texts, languages, strict=True)]
    vocabulary = {word: number for number, word in enumerate(sorted({word for row in documents for word in row}))}
    weighed = _bm25(_table(documents, vocabulary))
    wanted = [_wanted(queries, stems) for queries in asked]
    queries = _table(wanted, vocabulary)
    mean, deviation = _moments(queries, weighed)
    return WordScores(queries, weighed.T.tocsr(), mean, deviation)


class _Stems:
    """Stemmers of both languages, with what they have stemmed."""

    def __init__(self) -> None:
        self._stemmers = {language: snowballstemmer.stemmer(name) for language, name in _STEMMERS.items()}
        self._known: dict[tuple[str, str], str] = {}

    def of(self, text: str, language: str) -> list[str]:
        """Stems of the words, each with its language, since "for" and "bad" are words in both."""
        language = language if language in self._stemmers else "da"
        words = [word for word in _WORD.findall(text.casefold()) if len(word) >= _FEWEST_LETTERS]
        return [self._stem(word, language) for word in words]

    def _stem(self, word: str, language: str) -> str:
        key = (language, word)
        if key not in self._known:
            self._known[key] = f"{language}:{self._stemmers[language].stemWord(word)}"
        return self._known[key]


def _wanted(queries: Sequence[TermQuery], stems: _Stems) -> dict[str, float]:
    """The weight of each stem that is looked for: the highest where several name it."""
    weights: dict[str, float] = {}
    for query in spread_out(queries):
        for stem in stems.of(query.text, query.language):
            weights[stem] = max(weights.get(stem, 0.0), query.weight)
    return weights


def _table(rows: Sequence["Counter[str] | dict[str, float]"], vocabulary: dict[str, int]) -> csr_array:
    entries = [
        (number, vocabulary[word], value)
        for number, row in enumerate(rows)
        for word, value in row.items()
        if word in vocabulary
    ]
    shape = (len(rows), max(len(vocabulary), 1))
    if not entries:
        return csr_array(shape, dtype=np.float64)
    places, words, values = zip(*entries, strict=True)
    return csr_array((np.array(values, dtype=np.float64), (places, words)), shape=shape)


def _bm25(counts: csr_array) -> csr_array:
    """Counts (s, words) as BM25 weights."""
    coordinates = counts.tocoo()
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    typical = float(lengths.sum()) / max(len(lengths), 1) or 1.0
    texts = counts.shape[0]
    held = np.bincount(coordinates.col, minlength=counts.shape[1])
    rarity = np.log1p((texts - held + 0.5) / (held + 0.5))
    share = coordinates.data * (_K1 + 1) / (coordinates.data + _K1 * (1 - _B + _B * lengths[coordinates.row] / typical))
    return csr_array((share * rarity[coordinates.col], (coordinates.row, coordinates.col)), shape=counts.shape)


def _moments(queries: csr_array, documents: csr_array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and deviation (s,) of each query's scores over all documents; a deviation is never nothing."""
    count = max(documents.shape[0], 1)
    mean = np.asarray(queries @ np.asarray(documents.sum(axis=0)).ravel()) / count
    # The mean square needs all products; the Gram matrix of the words is far smaller than they are.
    gram = (documents.T @ documents).tocsr() / count
    square = np.asarray((queries @ gram).multiply(queries).sum(axis=1)).ravel()
    variance = np.maximum(square - mean**2, 0.0)
    return mean, np.maximum.reduce([np.sqrt(variance), -mean / LOWEST_WORDS, np.full(len(mean), 1e-3)])
