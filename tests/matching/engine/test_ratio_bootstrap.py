"""A sum of ratios, its slope and its interval, each against a slow second way."""

import numpy as np
import pytest

from matching.engine.ratio_bootstrap import MOST_DEVIATIONS, Interval, Ratio, cluster_totals, evaluate, intervals

STATISTIC = (Ratio((1, 2), 0), Ratio((3,), 2, sign=-1.0))


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(11)


def by_hand(totals: np.ndarray) -> float:
    return float((totals[1] + totals[2]) / totals[0] - totals[3] / totals[2])


def test_value_is_that_of_the_formula(generator: np.random.Generator) -> None:
    totals = generator.random((5, 4)) + 0.5

    value, _slope = evaluate(STATISTIC, totals)

    assert value == pytest.approx([by_hand(row) for row in totals])


def test_slope_is_that_of_small_steps(generator: np.random.Generator) -> None:
    totals = generator.random((1, 4)) + 0.5

    _value, (slope,) = evaluate(STATISTIC, totals)

    steps = 1e-6 * np.eye(4)
    assert slope == pytest.approx([(by_hand(totals[0] + e) - by_hand(totals[0] - e)) / 2e-6 for e in steps], rel=1e-6)


def test_ratio_to_nothing_is_nought() -> None:
    value, slope = evaluate((Ratio((1,), 0),), np.array([[0.0, 3.0]]))

    assert value.tolist() == [0.0]
    assert slope.tolist() == [[0.0, 0.0]]


def test_totals_are_those_of_a_loop(generator: np.random.Generator) -> None:
    columns, clusters = generator.random((40, 3)), generator.integers(5, 12, 40)

    totals = cluster_totals(columns, clusters)

    expected = [columns[clusters == name].sum(axis=0) for name in sorted(set(clusters.tolist()))]
    np.testing.assert_allclose(totals, expected)
    assert cluster_totals(columns, None) is columns


def slow_interval(sums: np.ndarray, draws: np.ndarray) -> tuple[float, float]:
    """Studentised interval, one resample at a time, deviations from the influence of each cluster."""

    def value_and_deviation(rows: np.ndarray) -> tuple[float, float]:
        totals = rows.sum(axis=0)
        value = by_hand(totals)
        influence = [
            (row[1] + row[2]) / totals[0]
            - (totals[1] + totals[2]) / totals[0] ** 2 * row[0]
            - row[3] / totals[2]
            + totals[3] / totals[2] ** 2 * row[2]
            for row in rows
        ]
        return value, float(np.sqrt(np.sum(np.square(influence))))

    value, deviation = value_and_deviation(sums)
    far = []
    for counts in draws:
        again, spread = value_and_deviation(np.repeat(sums, counts, axis=0))
        far.append((again - value) / spread)
    low, high = np.quantile(np.clip(far, -MOST_DEVIATIONS, MOST_DEVIATIONS), [0.05, 0.95])
    return value - high * deviation, value - low * deviation


def test_interval_is_that_of_a_slow_loop(generator: np.random.Generator) -> None:
    sums = generator.random((30, 4)) + 0.2
    draws = np.random.default_rng(3).multinomial(30, np.full(30, 1 / 30), size=120)

    found = intervals({"it": STATISTIC}, sums, generator=np.random.default_rng(3), resamples=120, unseen={"it": 0.1})[
        "it"
    ]

    assert found.value == pytest.approx(by_hand(sums.sum(axis=0)))
    assert (found.low, found.high) == pytest.approx(slow_interval(sums, draws))
    assert found.low < found.value < found.high


def test_interval_is_the_same_however_many_resamples_go_at_once(
    generator: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = generator.random((30, 4)) + 0.2
    arguments = {"resamples": 200, "unseen": {"it": 0.1}}
    at_once = intervals({"it": STATISTIC}, sums, generator=np.random.default_rng(3), **arguments)

    monkeypatch.setattr("matching.engine.ratio_bootstrap._CELLS_AT_ONCE", 100)

    assert intervals({"it": STATISTIC}, sums, generator=np.random.default_rng(3), **arguments) == at_once


def test_sums_without_variation_take_the_rule_of_three(generator: np.random.Generator) -> None:
    sums = np.tile([1.0, 0.0], (50, 1))

    found = intervals({"it": (Ratio((1,), 0),)}, sums, generator=generator, resamples=100, unseen={"it": 0.02})["it"]

    assert found == Interval(0.0, pytest.approx(-0.06), pytest.approx(0.06))


@pytest.mark.parametrize(("clusters", "resamples"), [(1, 200), (0, 200), (30, 99)])
def test_too_little_for_an_interval_is_refused(clusters: int, resamples: int) -> None:
    with pytest.raises(ValueError, match="two clusters and 100 resamples"):
        intervals(
            {"it": STATISTIC},
            np.ones((clusters, 4)),
            generator=np.random.default_rng(1),
            resamples=resamples,
            unseen={"it": 1.0},
        )
