"""Each measure against a slow second way of computing it, and its empty case."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.evaluate import ndcg_at_k, recall_at_k, share_ranked_right

ITEMS = "abcdefgh"


@given(ranked=st.permutations(ITEMS), relevant=st.sets(st.sampled_from(ITEMS), min_size=1), k=st.integers(1, 10))
def test_recall_counts_the_relevant_among_the_first_k(ranked: list[str], relevant: set[str], k: int) -> None:
    found = sum(1 for place, item in enumerate(ranked) if item in relevant and place < k)

    assert recall_at_k(ranked, relevant, k) == pytest.approx(found / len(relevant))


@given(ranked=st.permutations(ITEMS), k=st.integers(1, 10))
def test_ndcg_is_dcg_over_the_best_dcg(ranked: list[str], k: int) -> None:
    grades = {"a": 2, "b": 1, "c": 1}

    def dcg(order: list[str]) -> float:
        return sum((2 ** grades.get(item, 0) - 1) / math.log2(place + 2) for place, item in enumerate(order[:k]))

    assert ndcg_at_k(ranked, grades, k) == pytest.approx(dcg(ranked) / dcg(["a", "b", "c"]))


def test_ndcg_of_the_best_order_is_one_and_of_none_found_zero() -> None:
    assert ndcg_at_k(["a", "b", "x"], {"a": 2, "b": 1}, 3) == 1.0
    assert ndcg_at_k(["x", "y"], {"a": 2}, 3) == 0.0


def test_share_ranked_right_counts_absent_items_last() -> None:
    pairs = [("a", "b"), ("b", "a"), ("a", "gone"), ("gone", "a"), ("gone", "lost")]

    assert share_ranked_right(["a", "b"], pairs) == 2 / 5


@pytest.mark.parametrize("k", [0, -1])
def test_measures_refuse_no_depth(k: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        recall_at_k(["a"], {"a"}, k)
    with pytest.raises(ValueError, match="at least 1"):
        ndcg_at_k(["a"], {"a": 1}, k)


def test_measures_refuse_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="relevant"):
        recall_at_k(["a"], set(), 1)
    with pytest.raises(ValueError, match="grade"):
        ndcg_at_k(["a"], {"a": 0}, 1)
    with pytest.raises(ValueError, match="pair"):
        share_ranked_right(["a"], [])
