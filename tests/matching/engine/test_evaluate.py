"""Each measure against a slow second way of computing it, and its empty case."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.evaluate import average_precision, ndcg_at_k, pair_loss, recall_at_k, share_ranked_right

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


@given(ranked=st.permutations(ITEMS), relevant=st.sets(st.sampled_from(ITEMS + "z"), min_size=1))
def test_average_precision_is_the_mean_precision_where_recall_grows(ranked: list[str], relevant: set[str]) -> None:
    places = [place for place, item in enumerate(ranked, start=1) if item in relevant]
    precisions = [sum(item in relevant for item in ranked[:place]) / place for place in places]

    assert average_precision(ranked, relevant) == pytest.approx(sum(precisions) / len(relevant))


def test_average_precision_by_hand() -> None:
    assert average_precision(["a", "x", "b", "y"], {"a", "b"}) == (1 / 1 + 2 / 3) / 2
    assert average_precision(["a", "b", "x"], {"a", "b"}) == 1.0
    assert average_precision(["a"], ["a", "a", "gone"]) == 0.5
    assert average_precision(["x", "y"], {"a"}) == 0.0
    assert average_precision([], {"a"}) == 0.0


@given(
    scores=st.lists(st.integers(0, 4), min_size=6, max_size=6),
    grades=st.lists(st.sampled_from([0.0, 1.0, 2.5, 4.0]), min_size=6, max_size=6),
)
def test_pair_loss_sums_over_pairs(scores: list[int], grades: list[float]) -> None:
    lost = stake = 0.0
    for one, other in combinations(range(6), 2):
        better, worse = (one, other) if grades[one] > grades[other] else (other, one)
        stake += grades[better] - grades[worse]
        wrong = (scores[better] < scores[worse]) + 0.5 * (scores[better] == scores[worse])
        lost += wrong * (grades[better] - grades[worse])

    assert pair_loss(dict(enumerate(map(float, scores))), dict(enumerate(grades))) == pytest.approx((lost, stake))


def test_pair_loss_by_hand() -> None:
    grades = {"a": 5.0, "b": 3.0, "c": 1.0}

    assert pair_loss({"a": 3, "b": 2, "c": 1}, grades) == (0.0, 8.0)
    assert pair_loss({"a": 1, "b": 2, "c": 3}, grades) == (8.0, 8.0)
    # The tie of a and b costs half of their difference of 2, and c still stands last.
    assert pair_loss({"a": 2, "b": 2, "c": 1}, grades) == (1.0, 8.0)
    # Only b and c, two apart, stand the wrong way round.
    assert pair_loss({"a": 3, "b": 1, "c": 2}, grades) == (2.0, 8.0)
    assert pair_loss(dict.fromkeys("abc", 0.0), grades) == (4.0, 8.0)


def test_pair_loss_passes_over_what_nobody_graded_and_needs_a_score_for_the_rest() -> None:
    assert pair_loss({"a": 1, "b": 2, "x": 9}, {"a": 2, "b": 1}) == (1.0, 1.0)
    with pytest.raises(KeyError):
        pair_loss({"a": 1}, {"a": 2, "b": 1})


@pytest.mark.parametrize("grades", [{}, {"a": 1.0}, {"a": 2.0, "b": 2.0}])
def test_pair_loss_without_different_grades_has_nothing_at_stake(grades: dict[str, float]) -> None:
    assert pair_loss({"a": 1.0, "b": 2.0}, grades) == (0.0, 0.0)


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
    with pytest.raises(ValueError, match="relevant"):
        average_precision(["a"], set())
    with pytest.raises(ValueError, match="pair"):
        share_ranked_right(["a"], [])
