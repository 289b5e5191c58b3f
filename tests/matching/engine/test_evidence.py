"""Evidence over all of a partner's statements, checked against slow loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.evidence import BEST, DEPTH, TEMPERATURE, best_evidence, incidence, summed_evidence

OWNED = st.lists(st.tuples(st.floats(-5, 12, width=32), st.integers(1, 6)), min_size=1, max_size=40)


def slow_sum(scores: list[float], owners: list[int], owner: int) -> float:
    best = sorted(range(len(scores)), key=lambda n: (-scores[n], n))[:DEPTH]
    return math.log1p(sum(math.exp(TEMPERATURE * scores[n]) for n in best if owners[n] == owner))


def slow_best(scores: list[float], owners: list[int], owner: int) -> float:
    own = sorted((score for score, each in zip(scores, owners, strict=True) if each == owner), reverse=True)[:BEST]
    return sum(own) / len(own)


@given(OWNED)
def test_evidence_is_that_of_slow_loops(owned: list[tuple[float, int]]) -> None:
    scores, owners = [score for score, _ in owned], [owner for _, owner in owned]

    ids, matrix = incidence(np.array(owners))
    table = np.array(scores, np.float32)

    assert ids.tolist() == sorted(set(owners))
    np.testing.assert_allclose(summed_evidence(table, matrix), [slow_sum(scores, owners, each) for each in ids])
    np.testing.assert_allclose(
        best_evidence(table, matrix), [slow_best(scores, owners, each) for each in ids], atol=1e-5
    )


def test_only_the_best_statements_of_all_are_added_up() -> None:
    scores = np.linspace(5, 0, DEPTH + 50).astype(np.float32)
    _ids, matrix = incidence(np.array([1] * DEPTH + [2] * 50))

    assert summed_evidence(scores, matrix)[1] == 0.0
    assert summed_evidence(scores, matrix)[0] > 0.0


def test_many_fair_statements_say_more_than_one_good_one() -> None:
    _ids, matrix = incidence(np.array([1, *[2] * 12]))
    scores = np.array([4.0, *[2.0] * 12], np.float32)

    one, many = summed_evidence(scores, matrix)
    best_of_one, best_of_many = best_evidence(scores, matrix)

    assert many > one
    assert best_of_one > best_of_many


def test_statement_of_two_owners_speaks_for_both() -> None:
    _ids, matrix = incidence(np.array([1, 2]))
    shared = matrix.toarray()
    shared[0, 1] = 1

    found = summed_evidence(np.array([1.0, 2.0], np.float32), type(matrix)(shared))

    assert found == pytest.approx([math.log1p(math.exp(0.3)), math.log1p(math.exp(0.3) + math.exp(0.6))])


def test_owner_of_nothing_has_no_evidence_and_the_lowest_best() -> None:
    _ids, matrix = incidence(np.array([1, 1]))
    wider = type(matrix)(np.array([[1.0, 0.0], [1.0, 0.0]]))
    scores = np.array([3.0, -1.0], np.float32)

    assert summed_evidence(scores, wider)[1] == 0.0
    assert best_evidence(scores, wider).tolist() == [1.0, -1.0]


def test_no_statements_are_no_owners() -> None:
    ids, matrix = incidence(np.empty(0, np.int64))

    assert (len(ids), matrix.shape) == (0, (0, 0))
    assert summed_evidence(np.empty(0, np.float32), matrix).shape == (0,)
    assert best_evidence(np.empty(0, np.float32), matrix).shape == (0,)
