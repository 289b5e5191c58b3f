"""What runs in a benchmark's own database, here in the test's: a small cluster, and the demo's judged needs."""

import io
import json
import math
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from benchmarks import recommend_steps
from demo.loading import load_demo
from matching.domain.indexing import embed_missing, rebuild_index
from matching.indexing.registry import registry
from tests.encoders import WordHashEncoder

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_index(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: WordHashEncoder
) -> Iterator[WordHashEncoder]:
    """An empty index folder; each question to the registry looks at the database anew."""
    settings.VIDENBRO_INDEX_DIR = tmp_path / "index"
    registry.forget()
    seconds = count()
    monkeypatch.setattr(registry, "_clock", lambda: float(next(seconds)))
    yield encoder
    registry.forget()


def step(*arguments: str) -> dict[str, float]:
    out = io.StringIO()
    call_command("bench_step", *arguments, stdout=out)
    figures: dict[str, float] = json.loads(out.getvalue().splitlines()[-1])
    assert all(math.isfinite(value) for value in figures.values())
    return figures


@pytest.mark.usefixtures("own_index")
def test_steps_of_recommend_measure_a_small_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommend_steps, "_LISTS", 4)

    built, lists, worker = (step(name, "--profiles", "30") for name in ("build", "lists", "worker"))

    assert built["statements"] == 120
    assert 0 < built["snapshot_mb"] < 1
    assert lists["list_over_search_p50"] == pytest.approx(lists["list_ms_p50"] / lists["search_ms_p50"])
    assert lists["explain_over_rank_p50"] > 0
    assert lists["list_ms_p95"] >= lists["list_ms_p50"]
    assert 0 < lists["sql_queries"] <= 12
    assert worker["first_search_status"] == 200


def test_quality_ranks_the_demo_s_offers_for_each_judged_need(own_index: WordHashEncoder) -> None:
    hub = load_demo().hub
    embed_missing(hub.pk, encoder=own_index)
    rebuild_index(hub.pk, encoder=own_index)

    figures = step("quality")

    measures = {f"recall_at_{k}" for k in (1, 5, 10)} | {"ndcg_at_10", "hard_negative_accuracy"}
    measures |= {f"cross_language_recall_at_{k}" for k in (1, 5, 10)}
    counts = {"needs", "pairs", "cross_language_pairs", "hard_negatives", "offers", "rank_ms_mean"}
    ways = {f"{way}_{name}" for way in ("cross_validated", "by_worth") for name in measures}
    assert set(figures) == measures | ways | counts
    assert all(0 <= figures[name] <= 1 for name in measures)
    assert figures["recall_at_1"] < figures["recall_at_5"] < figures["recall_at_10"]
    # Ten offers by chance would be as small a share; counted words alone find far more.
    assert figures["recall_at_10"] > 3 * 10 / figures["offers"]
    assert figures["pairs"] > figures["cross_language_pairs"] > 0
