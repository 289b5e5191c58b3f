"""What nearness by chance looks like, so that a score says how much nearer than that two texts are.

Raw cosines of one model lie close together and depend on the languages and the length of the texts; a number of
standard deviations above texts picked by chance means the same for every question.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.rows import LANGUAGES
from matching.engine.stores import Vectors

SAMPLE_A_LANGUAGE = 256
MIN_SAMPLE = 20
# What short Danish and English texts showed; only for hubs with too few texts to measure.
_USUAL_MEAN, _USUAL_DEVIATION = 0.0, 0.12
# Nothing counts more than this, for or against: a few texts that are all alike have hardly any deviation.
HIGHEST = 12.0
HIGHEST_WORDS = 8.0
LOWEST_MEANING, LOWEST_WORDS = -5.0, -2.0


@dataclass(frozen=True)
class Background:
    """Centred vectors (n, dimension) of statements picked by chance, and their languages (n,)."""

    vectors: Vectors
    languages: NDArray[np.int16]

    @classmethod
    def of(cls, vectors: Vectors, languages: NDArray[np.int16], generator: np.random.Generator) -> "Background":
        """A sample of at most `SAMPLE_A_LANGUAGE` in each language."""
        chosen = [
            np.sort(generator.permutation(np.flatnonzero(languages == language))[:SAMPLE_A_LANGUAGE])
            for language in range(len(LANGUAGES))
        ]
        places = np.concatenate(chosen)
        return cls(np.ascontiguousarray(vectors[places], dtype=np.float32), languages[places])

    @classmethod
    def none(cls, dimension: int) -> "Background":
        """Nothing to compare with."""
        return cls(np.empty((0, dimension), np.float32), np.empty(0, np.int16))

    def standardise(self, queries: Vectors, products: Vectors, found_languages: NDArray[np.int16]) -> Vectors:
        """Inner products (q, n) of centred queries (q, dimension) with statements, in standard deviations above chance.

        Chance is told apart for each query and each language of what is found; a language with fewer than
        `MIN_SAMPLE` texts takes all texts together. Between `LOWEST_MEANING` and `HIGHEST`.
        """
        chance = queries @ self.vectors.T
        result = np.empty(products.shape, dtype=np.float32)
        for language in range(len(LANGUAGES)):
            columns = found_languages == language
            if columns.any():
                mean, deviation = self._moments(chance, language)
                result[:, columns] = (products[:, columns] - mean) / deviation
        return np.asarray(np.clip(result, LOWEST_MEANING, HIGHEST), dtype=np.float32)

    def _moments(self, chance: Vectors, language: int) -> tuple[Vectors, Vectors]:
        sample: Vectors = chance[:, self.languages == language]
        if sample.shape[1] < MIN_SAMPLE:
            sample = chance
        if sample.shape[1] < MIN_SAMPLE:
            shape = (len(chance), 1)
            return np.full(shape, _USUAL_MEAN, np.float32), np.full(shape, _USUAL_DEVIATION, np.float32)
        return sample.mean(axis=1, keepdims=True), np.maximum(sample.std(axis=1, keepdims=True), 1e-3)


def standardise_words(scores: Vectors, documents: int) -> Vectors:
    """BM25 scores (n,) of a query's hits, in standard deviations above the mean of all `documents`.

    Statements that are no hit score 0 before, and `no_words` of the same call after; never above `HIGHEST_WORDS`.
    """
    mean, deviation = _word_moments(scores, documents)
    return np.asarray(np.minimum((scores - mean) / deviation, HIGHEST_WORDS), dtype=np.float32)


def no_words(scores: Vectors, documents: int) -> float:
    """Where a statement stands that shares no word with the query; never below `LOWEST_WORDS`."""
    mean, deviation = _word_moments(scores, documents)
    return float(-mean / deviation)


def _word_moments(scores: Vectors, documents: int) -> tuple[float, float]:
    count = max(documents, len(scores), 1)
    mean = float(scores.sum(dtype=np.float64)) / count
    variance = float((scores.astype(np.float64) ** 2).sum()) / count - mean**2
    # Where nearly all share the words, their deviation is noise: half the mean keeps `no_words` at `LOWEST_WORDS`.
    return mean, max(max(variance, 0.0) ** 0.5, -mean / LOWEST_WORDS, 1e-3)
