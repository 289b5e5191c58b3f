"""`bench index` on a few hundred vectors: every figure is there and means what it says."""

import numpy as np
import pytest

from benchmarks import index
from benchmarks.lifelike_vectors import fill_with_lifelike
from tests.matching.engine.brute_force_stores import unit_vectors

FIGURES = {
    "statements",
    "build_s",
    "recall_at_10",
    "search_ms_p50",
    "exact_ms_p50",
    "search_time_ratio",
    "recall_at_10_filtered",
    "search_ms_p50_filtered",
    "exact_ms_p50_filtered",
    "search_time_ratio_filtered",
    "add_1000_s",
    "save_s",
    "cold_start_s",
    "bytes_per_statement",
    "own_bytes_per_statement",
}


@pytest.fixture
def few_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_QUERIES", 12)


@pytest.mark.usefixtures("few_queries")
@pytest.mark.parametrize(("layout", "least_bytes"), [("flat", 4 * 16 + 40), ("inverted", 16 + 40 + 16)])
def test_index_figures(layout: str, least_bytes: int) -> None:
    said: list[str] = []

    figures = index.measure(said.append, unit_vectors(np.random.default_rng(1), 40, 16), 3_000, layout)

    assert set(figures) == FIGURES
    assert figures["statements"] == 3_000
    assert figures["recall_at_10"] == 1 if layout == "flat" else 0.8 < figures["recall_at_10"] <= 1
    assert figures["search_time_ratio"] == figures["search_ms_p50"] / figures["exact_ms_p50"]
    assert least_bytes < figures["bytes_per_statement"] - figures["own_bytes_per_statement"] < 2 * least_bytes
    assert all(figures[name] > 0 for name in FIGURES if name.endswith(("_s", "_p50")))
    assert len(said) == 4


@pytest.mark.usefixtures("few_queries")
def test_index_takes_the_demo_s_passages_and_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    class Served:
        encoder = "the encoder served"

    monkeypatch.setattr(index, "query_encoder", Served)
    sources = {"the encoder served": unit_vectors(np.random.default_rng(1), 40, 16)}
    monkeypatch.setattr(index, "demo_passage_vectors", sources.__getitem__)

    assert index.run(lambda words: None, size=500)["statements"] == 500


def test_lifelike_vectors_are_of_length_one_repeat_with_the_seed_and_lie_in_clusters() -> None:
    sources = unit_vectors(np.random.default_rng(1), 30, 64)
    one, other = (np.empty((20_000, 64), dtype=np.float32) for _number in range(2))

    for table in (one, other):
        fill_with_lifelike(table, sources, np.random.default_rng(5))

    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
    assert np.array_equal(one, other)
    nearest = np.sort(one[:50] @ one.T, axis=1)[:, -2]
    evenly = unit_vectors(np.random.default_rng(2), 20_000, 64)
    assert nearest.mean() > np.sort(evenly[:50] @ evenly.T, axis=1)[:, -2].mean() + 0.05
