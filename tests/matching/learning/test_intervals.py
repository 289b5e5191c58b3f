"""Intervals of shares and of the area under the curve: known values, their ends, and no cases at all."""

import numpy as np
import pytest

from matching.domain.learning.intervals import auc_interval, share_interval


def test_share_interval_solves_wilsons_equation() -> None:
    for share, count in ((0.1, 10), (0.5, 3), (0.37, 1000)):
        for end in share_interval(share, count):
            assert abs(share - end) == pytest.approx(1.6448536 * np.sqrt(end * (1 - end) / count))


@pytest.mark.parametrize(("share", "count"), [(0.0, 5), (1.0, 5), (0.0, 1), (1.0, 1)])
def test_share_interval_stays_within_shares_and_holds_the_share(share: float, count: int) -> None:
    low, high = share_interval(share, count)

    assert 0.0 <= low <= share <= high <= 1.0
    assert high - low > 0.3


def test_share_of_nothing_may_be_anything() -> None:
    assert share_interval(0.5, 0) == (0.0, 1.0)


def test_auc_interval_covers_the_true_area_about_nine_times_of_ten() -> None:
    generator, covered = np.random.default_rng(4), 0
    for _run in range(400):
        won, lost = generator.normal(1.0, 1.0, 30), generator.normal(0.0, 1.0, 40)
        low, high = auc_interval(float((won[:, None] > lost).mean()), 30, 40)
        # Two normal distributions one deviation apart: Phi(1 / sqrt 2).
        covered += low <= 0.7602 <= high
    assert 0.85 < covered / 400 < 0.95


@pytest.mark.parametrize(("positives", "negatives"), [(0, 5), (5, 0), (0, 0)])
def test_auc_without_both_may_be_anything(positives: int, negatives: int) -> None:
    assert auc_interval(0.5, positives, negatives) == (0.0, 1.0)


def test_perfect_order_of_few_cases_proves_little() -> None:
    low, high = auc_interval(1.0, 3, 3)

    assert (high, 0.6 < low < 0.9) == (1.0, True)
    assert auc_interval(1.0, 300, 300)[0] > 0.99
