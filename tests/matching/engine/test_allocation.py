"""Short lists under load caps: no cap is ever broken, never worse than greedy, near the best, bad input."""

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.allocation.assignment import Allocation, allocate
from matching.engine.allocation.caps import load_caps
from matching.engine.allocation.greedy import greedy_pairs, take_in_order
from matching.engine.allocation.outcomes import expected_matches_of_lists
from matching.engine.allocation.welfare import Welfare
from tests.matching.engine.markets import best_welfare

FLOOR = 0.05
Objective = Literal["total", "nash"]
OBJECTIVES = ["total", "nash"]


@st.composite
def capped_markets(draw: st.DrawFn, most: int = 12) -> dict[str, Any]:
    """Values with ties, forbidden pairs and zeros; caps from 0 to beyond the other side."""
    n, m = draw(st.integers(1, most)), draw(st.integers(1, most))
    generator = np.random.default_rng(draw(st.integers(0, 100_000)))
    values = generator.random((n, m)) ** draw(st.sampled_from([1, 8]))
    values = np.round(values, draw(st.sampled_from([1, 12])))
    values[generator.random((n, m)) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    return {
        "values": values,
        "list_length": draw(st.integers(1, most + 2)),
        "right_caps": generator.integers(0, most, m),
        "left_caps": draw(st.sampled_from([None, generator.integers(0, most, n)])),
    }


def loads(found: Allocation, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    return np.bincount(found.left, minlength=shape[0]), np.bincount(found.right, minlength=shape[1])


@settings(max_examples=60, deadline=None)
@given(market=capped_markets())
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_cap_is_broken_and_no_forbidden_pair_is_shown(objective: Objective, market: dict[str, Any]) -> None:
    found = allocate(**market, objective=objective)

    left, right = loads(found, market["values"].shape)
    most_left = market["list_length"] if market["left_caps"] is None else market["left_caps"]
    assert (left <= np.minimum(most_left, market["list_length"])).all()
    assert (right <= market["right_caps"]).all()
    assert (found.values > 0).all()
    assert np.array_equal(found.values, market["values"][found.left, found.right])
    assert len({*zip(found.left.tolist(), found.right.tolist(), strict=True)}) == len(found.left)


@settings(max_examples=60, deadline=None)
@given(market=capped_markets())
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_never_worse_than_greedy_and_never_better_than_bound(objective: Objective, market: dict[str, Any]) -> None:
    floor = FLOOR if objective == "nash" else None
    found = allocate(**market, objective=objective, floor=floor)

    values = market["values"]
    caps = load_caps(values.shape, **{name: market[name] for name in ("list_length", "right_caps", "left_caps")})
    greedy = greedy_pairs(values, caps)
    chosen = found.left * values.shape[1] + found.right
    welfare = Welfare(floor).of(chosen, found.values, caps)
    assert welfare >= Welfare(floor).of(greedy, values.ravel()[greedy], caps) - 1e-5
    assert found.welfare == pytest.approx(welfare, rel=1e-4, abs=1e-4)
    assert found.bound >= found.welfare
    assert 0 <= found.gap <= 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_tiny_markets_come_within_a_hair_of_the_best(objective: Objective, seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = generator.random((3, 3))
    right_caps = generator.integers(1, 3, 3)
    floor = FLOOR if objective == "nash" else None

    found = allocate(values, list_length=2, right_caps=right_caps, objective=objective, floor=floor)

    best = best_welfare(values, [2, 2, 2], right_caps.tolist(), floor)
    if objective == "total":
        assert found.welfare == pytest.approx(best, abs=1e-5)
    else:
        # Whole pairs of so few agents leave room between price and choice: a tenth for each of six agents.
        assert best - 0.6 <= found.welfare <= best + 1e-4
    assert found.bound >= best - 1e-5


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_renumbered_agents_keep_their_pairs(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values, right_caps = generator.random((9, 7)), generator.integers(1, 4, 7)
    rows, columns = generator.permutation(9), generator.permutation(7)

    before = allocate(values, list_length=3, right_caps=right_caps, objective="total")
    after = allocate(values[rows][:, columns], list_length=3, right_caps=right_caps[columns], objective="total")

    assert after.welfare == pytest.approx(before.welfare, rel=1e-4)


def test_total_is_nearly_the_bound_and_nash_leaves_nobody_without() -> None:
    generator = np.random.default_rng(8)
    values = generator.random((200, 200)) * np.linspace(1, 0.1, 200) * np.linspace(1, 0.1, 200)[:, None]
    right_caps = generator.integers(2, 6, 200)

    total = allocate(values, list_length=5, right_caps=right_caps, objective="total")
    nash = allocate(values, list_length=5, right_caps=right_caps)
    greedy, _columns = np.divmod(
        greedy_pairs(values, load_caps(values.shape, list_length=5, right_caps=right_caps)), 200
    )

    assert total.gap < 0.001
    assert nash.gap < 0.01
    assert len(np.unique(nash.left)) == 200
    assert len(np.unique(greedy)) < 200
    assert total.values.sum() > nash.values.sum()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_equal_values_are_spread_over_everybody(objective: Objective) -> None:
    found = allocate(np.full((30, 30), 0.3), list_length=5, right_caps=4, objective=objective)

    left, right = loads(found, (30, 30))
    assert right.tolist() == [4] * 30
    if objective == "nash":
        assert left.min() >= 3


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_same_input_gives_the_same_pairs(objective: Objective) -> None:
    values = np.round(np.random.default_rng(2).random((60, 50)), 2).astype(np.float32)
    untouched = values.copy()

    first = allocate(values, list_length=4, right_caps=3, objective=objective)
    second = allocate(values, list_length=4, right_caps=3, objective=objective)

    assert np.array_equal(first.left, second.left)
    assert np.array_equal(first.right, second.right)
    assert np.array_equal(values, untouched)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("scale", [1e-12, 1e6])
def test_scale_of_values_does_not_matter(objective: Objective, scale: float) -> None:
    values = np.random.default_rng(3).random((20, 15))

    small = allocate(values, list_length=3, right_caps=2, objective=objective)
    large = allocate(values * scale, list_length=3, right_caps=2, objective=objective)

    assert large.gap == pytest.approx(small.gap, abs=1e-3)
    assert large.values.sum() == pytest.approx(scale * small.values.sum(), rel=1e-3)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(
    ("values", "right_caps", "left_caps"),
    [
        (np.full((3, 2), np.nan), 2, None),
        (np.full((3, 2), -np.inf), 2, None),
        (np.zeros((3, 2)), 2, None),
        (np.ones((3, 2)), 0, None),
        (np.ones((3, 2)), 2, 0),
        (np.ones((3, 2)), [0, 0], None),
    ],
)
def test_market_without_any_possible_pair_gives_empty_lists(
    objective: Objective, values: np.ndarray, right_caps: int | list[int], left_caps: int | None
) -> None:
    found = allocate(values, list_length=2, right_caps=right_caps, left_caps=left_caps, objective=objective)

    assert len(found.left) == 0
    assert found.gap == 0
    assert found.lists(3).shape == (3, 0)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_agent_each_is_matched(objective: Objective) -> None:
    found = allocate([[0.4]], list_length=5, right_caps=1, objective=objective)

    assert found.lists(1).tolist() == [[0]]


def test_lists_hold_the_best_first_and_end_with_minus_one() -> None:
    values = np.array([[0.2, 0.9, 0.5], [0.1, 0.3, np.nan]])

    found = allocate(values, list_length=3, right_caps=2, objective="total")

    assert found.lists(2).tolist() == [[1, 2, 0], [1, 0, -1]]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"values": [[-0.1]]}, "must not be negative"),
        ({"values": [[np.inf]]}, "infinity"),
        ({"values": np.ones((2, 0))}, "at least one agent"),
        ({"values": [0.5]}, "two dimensions"),
        ({"list_length": 0}, "at least 1"),
        ({"list_length": -3}, "list_length must not be negative"),
        ({"list_length": 1.5}, "list_length must be whole"),
        ({"right_caps": -1}, "right_caps must not be negative"),
        ({"right_caps": [1, 1, 1]}, "one for each of 2 agents"),
        ({"right_caps": [1, np.nan]}, "right_caps must be whole"),
        ({"right_caps": "many"}, "right_caps must be whole"),
        ({"left_caps": [1]}, "one for each of 3 agents"),
        ({"left_caps": [1, 1, np.inf]}, "no limit"),
        ({"objective": "fair"}, "“total” or “nash”"),
        ({"floor": 0.0}, "floor must be a positive"),
        ({"floor": np.nan}, "floor must be a positive"),
    ],
)
def test_bad_input_says_what_to_do(changed: dict[str, Any], says: str) -> None:
    given_: dict[str, Any] = {"values": np.full((3, 2), 0.5), "list_length": 2, "right_caps": 2} | changed

    with pytest.raises(ValueError, match=says):
        allocate(**given_)


@settings(max_examples=40, deadline=None)
@given(market=capped_markets())
def test_greedy_in_slices_takes_what_one_sorted_pass_takes(market: dict[str, Any]) -> None:
    values = market["values"]
    caps = load_caps(values.shape, list_length=market["list_length"], right_caps=market["right_caps"])
    worth = np.flatnonzero(values > 0)
    in_order = worth[np.argsort(-values.ravel()[worth], kind="stable")]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.engine.allocation.greedy._SLICE", 5)
        sliced = greedy_pairs(values, caps)

    assert sliced.tolist() == take_in_order(in_order, caps).tolist()


def test_expected_matches_of_lists_counts_places_on_both_sides() -> None:
    values = np.array([[0.5, 0.4], [0.2, 0.1]])

    matches = expected_matches_of_lists(values, np.array([0, 0, 1]), np.array([0, 1, 0]))

    assert matches == pytest.approx(0.5 + 0.4 / 2 + 0.2 / 2)


def test_expected_matches_of_no_pairs_is_zero() -> None:
    none = np.empty(0, np.int64)

    assert expected_matches_of_lists(np.ones((2, 2)), none, none) == 0
