"""What somebody without this product would use, implemented apart from it: BM25, TF-IDF, popularity."""

from collections.abc import Sequence

import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

Scores = NDArray[np.float64]
_K1, _B = 1.2, 0.75


def bm25(texts: Sequence[str], queries: Sequence[str]) -> Scores:
    """Okapi BM25 of stemmed words, (queries, texts).

    Source: Robertson and Zaragoza, Foundations and Trends in Information Retrieval 3(4), 2009.
    """
    counter = CountVectorizer(analyzer=_stems)
    counts = csr_array(counter.fit_transform(texts), dtype=np.float64)
    lengths = counts.sum(axis=1)
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    saturation = _K1 * (1 - _B + _B * lengths[rows] / max(lengths.mean(), 1e-9))
    weights = rarity[counts.indices] * counts.data * (_K1 + 1) / (counts.data + saturation)
    weighted = csr_array((weights, counts.indices, counts.indptr), shape=counts.shape)
    asked = csr_array(counter.transform(queries), dtype=np.float64)
    return np.asarray((asked @ weighted.T).toarray())


def tf_idf(texts: Sequence[str], queries: Sequence[str]) -> Scores:
    """Cosine of TF-IDF vectors with logarithmic counts, (queries, texts)."""
    vectorizer = TfidfVectorizer(analyzer=_stems, sublinear_tf=True)
    known = csr_array(vectorizer.fit_transform(texts))
    return np.asarray((csr_array(vectorizer.transform(queries)) @ known.T).toarray())


def summed_over_nearest(scores: Scores, owners: csr_array, *, nearest: int = 100) -> Scores:
    """Each owner's sum over the `nearest` texts of each query, (queries, owners)."""
    kept = np.zeros_like(scores)
    for row, asked in enumerate(scores):
        best = np.argsort(-asked, kind="stable")[:nearest]
        kept[row, best] = asked[best]
    return np.asarray(csr_array(kept) @ owners.toarray())


_ENGLISH = TfidfVectorizer(stop_words="english")
_words = _ENGLISH.build_analyzer()
_stemmer = snowballstemmer.stemmer("english")


def _stems(text: str) -> list[str]:
    return [_stemmer.stemWord(word) for word in _words(text)]
