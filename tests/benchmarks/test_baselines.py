"""The baselines against the formula written out, word by word."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.baselines import bm25, summed_over_nearest, tf_idf

# Stems and stop words do nothing to these, so that plain splitting is the same as what the baselines do.
TEXTS = ["lung lung heart", "heart sensor", "kid knee knee knee sensor lung"]
QUERIES = ["lung sensor", "knee knee", "brain", ""]


def bm25_of(query: str, text: str, texts: list[str]) -> float:
    words, mean_length = text.split(), sum(len(each.split()) for each in texts) / len(texts)
    total = 0.0
    for word in query.split():
        holding = sum(word in each.split() for each in texts)
        rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        count = words.count(word)
        total += rarity * count * 2.2 / (count + 1.2 * (1 - 0.75 + 0.75 * len(words) / mean_length))
    return total


def tf_idf_vector(text: str, texts: list[str]) -> dict[str, float]:
    weights = {}
    for word, count in Counter(text.split()).items():
        holding = sum(word in each.split() for each in texts)
        if holding:
            weights[word] = (1 + math.log(count)) * (math.log((1 + len(texts)) / (1 + holding)) + 1)
    length = math.sqrt(sum(value**2 for value in weights.values())) or 1.0
    return {word: value / length for word, value in weights.items()}


def test_bm25_is_the_formula() -> None:
    expected = [[bm25_of(query, text, TEXTS) for text in TEXTS] for query in QUERIES]

    np.testing.assert_allclose(bm25(TEXTS, QUERIES), expected, rtol=1e-12)


def test_bm25_by_hand() -> None:
    # One query word, in one of three texts, once, that text of mean length: ln(1 + 2.5 / 1.5) * 2.2 / 2.2.
    scores = bm25(["lung heart", "knee brain", "sensor kid"], ["lung"])

    np.testing.assert_allclose(scores, [[math.log(8 / 3), 0, 0]])


def test_tf_idf_is_the_cosine() -> None:
    def cosine(query: str, text: str) -> float:
        one, other = tf_idf_vector(query, TEXTS), tf_idf_vector(text, TEXTS)
        return sum(value * other.get(word, 0.0) for word, value in one.items())

    expected = [[cosine(query, text) for text in TEXTS] for query in QUERIES]

    np.testing.assert_allclose(tf_idf(TEXTS, QUERIES), expected, atol=1e-12)


@pytest.mark.parametrize("baseline", [bm25, tf_idf])
def test_words_are_stemmed_and_small_words_dropped(baseline: object) -> None:
    assert callable(baseline)
    scores = baseline(["testing the sensors", "a knee"], ["tests of a sensor", "the of a"])

    assert scores[0, 0] > 0
    assert scores[0, 1] == 0
    assert scores[1].tolist() == [0, 0]


def test_nearest_texts_are_summed_by_owner() -> None:
    owners = csr_array(np.array([[1, 0], [1, 1], [0, 1], [0, 1]]))
    scores = np.array([[4.0, 3.0, 2.0, 1.0], [0.0, 0.0, 5.0, 5.0]])

    assert summed_over_nearest(scores, owners, nearest=2).tolist() == [[7.0, 3.0], [0.0, 10.0]]
    assert summed_over_nearest(scores, owners).tolist() == [[7.0, 6.0], [0.0, 10.0]]
    assert scores[0].tolist() == [4.0, 3.0, 2.0, 1.0]
