"""`bench allocate`: figures of a folder and of a generated market, and folders that hold no market."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import allocate
from kernel.errors import InvalidInput
from matching.engine.allocation.assignment import Allocation


def write_market(folder: Path, forward: np.ndarray, backward: np.ndarray) -> Path:
    np.savetxt(folder / "left_to_right.csv", forward, delimiter=",")
    np.savetxt(folder / "right_to_left.csv", backward, delimiter=",")
    return folder


def silent(words: str) -> None:
    """Progress that nobody reads."""


def test_data_figures_name_each_policy(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    folder = write_market(tmp_path, generator.random((6, 4)), generator.random((4, 6)))
    said: list[str] = []

    figures = allocate.run_data(folder, said.append)

    names = {"naive", "product", "tu_matching", "social_welfare", "nash_social_welfare"}
    assert set(figures) == {"expected_matches", "envies"} | {
        f"{n}_{what}" for n in names for what in ("matches", "envies")
    }
    assert figures["expected_matches"] == figures["nash_social_welfare_matches"]
    assert figures["social_welfare_matches"] >= figures["naive_matches"]
    assert len(said) == 5


def test_size_figures_keep_caps_and_beat_greedy() -> None:
    figures = allocate.run_size(120, silent)

    assert figures["caps_broken"] == 0
    assert figures["expected_matches"] > figures["expected_matches_greedy"]
    assert figures["overloaded_product_uncapped"] > 0
    assert 0 <= figures["gap"] < 0.01
    assert figures["seconds"] > 0


def test_generated_market_is_the_same_for_the_same_seed() -> None:
    first, second = (allocate.generated_market(5, np.random.default_rng(3)) for _time in range(2))

    assert np.array_equal(first.values, second.values)
    assert first.right_caps.tolist() == second.right_caps.tolist()


def test_broken_caps_are_counted_on_both_sides() -> None:
    left = np.array([0] * (allocate.LIST_LENGTH + 1))
    right = np.arange(len(left))
    caps = np.ones(len(left), np.int64)
    caps[3] = 0

    broken = allocate.caps_broken(Allocation(left, right, np.ones(len(left)), 0.0, 0.0, 0.0), caps)

    assert broken == 2


@pytest.mark.parametrize("size", [0, -4])
def test_size_without_agents_is_refused(size: int) -> None:
    with pytest.raises(InvalidInput, match="at least one agent"):
        allocate.run_size(size, silent)


def test_single_agents_are_measured() -> None:
    assert allocate.run_size(1, silent)["caps_broken"] == 0


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(allocate.MarketMissing, match=r"left_to_right\.csv is missing"):
        allocate.run_data(tmp_path, silent)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "two dimensions"),
        ("a,b\n", "numbers with commas"),
        ("0.1,0.2\n0.3\n", "one length"),
        ("2,3\n", "from 0 to 1"),
    ],
)
def test_unreadable_market_says_what_is_wrong(tmp_path: Path, content: str, says: str) -> None:
    write_market(tmp_path, np.ones((1, 2)), np.ones((2, 1)))
    (tmp_path / "left_to_right.csv").write_text(content)

    with pytest.raises(allocate.MarketMissing, match=says):
        allocate.run_data(tmp_path, silent)
