"""The bench command: one flat JSON object on stdout, a table without it, and a page with bars met or not."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from benchmarks import quality
from benchmarks.report import as_table, bar_for, write_report
from benchmarks.texts import stitched_texts
from benchmarks.timing import interleaved
from kernel.errors import NotReady
from tests.encoders import WordHashEncoder


@pytest.fixture
def small_encoder(monkeypatch: pytest.MonkeyPatch) -> WordHashEncoder:
    encoder = WordHashEncoder()
    monkeypatch.setattr(quality, "run", lambda say: (say("ranking"), quality.measure(encoder))[1])
    return encoder


def test_bench_json_is_one_flat_object_of_numbers(small_encoder: WordHashEncoder) -> None:
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "quality", "--json", stdout=out, stderr=err)

    figures = json.loads(out.getvalue())
    assert {"recall_at_10", "cross_language_recall_at_10", "hard_negative_accuracy"} <= set(figures)
    assert all(isinstance(value, int | float) for value in figures.values())
    assert all(key == key.lower() and " " not in key for key in figures)
    assert "ranking" in err.getvalue()


def test_bench_table_has_a_line_a_figure(small_encoder: WordHashEncoder) -> None:
    out = io.StringIO()

    call_command("bench", "quality", stdout=out, stderr=io.StringIO())

    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == list(quality.measure(small_encoder))


def test_bench_of_a_name_that_is_not_there_says_which_are() -> None:
    with pytest.raises(CommandError, match="encode"):
        call_command("bench", "nothing")


def test_bench_all_as_json_is_refused() -> None:
    with pytest.raises(CommandError, match="name it"):
        call_command("bench", "all", "--json")


def test_bench_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(say: Callable[[str], None]) -> dict[str, float]:
        raise NotReady("Run build_encoder first.")

    monkeypatch.setattr(quality, "run", missing)

    with pytest.raises(CommandError, match="build_encoder"):
        call_command("bench", "quality", stderr=io.StringIO())


def test_quality_of_an_encoder_that_knows_the_answer_is_perfect(monkeypatch: pytest.MonkeyPatch) -> None:
    judgement = quality.read_judgements()[0]
    ranking = quality.Ranking(judgement, (*judgement.grades, *judgement.hard_negatives, "x/offer/1"))
    monkeypatch.setattr(quality, "rank_offers", lambda encoder: [ranking])
    monkeypatch.setattr(quality, "_across", lambda ranking, languages: set(ranking.judgement.grades))

    figures = quality.measure(WordHashEncoder())

    assert (figures["recall_at_10"], figures["ndcg_at_10"], figures["hard_negative_accuracy"]) == (1.0, 1.0, 1.0)


def test_report_tells_the_bars_that_are_not_met(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "benchmarks.md"

    write_report(
        page,
        {"quality": {"recall_at_10": 0.5, "cross_language_recall_at_10": 0.9, "needs": 3}},
        {"quality": "Title."},
        today=date(2026, 11, 22),
    )

    text = page.read_text()
    assert "| `recall_at_10` | 0.5 | >= 0.9, **not met** |" in text
    assert "| `cross_language_recall_at_10` | 0.9 | >= 0.85, met |" in text
    assert "| `needs` | 3 |  |" in text
    assert "2026-11-22" in text


def test_bar_at_the_limit_is_met() -> None:
    assert bar_for("encode", "query_time_ratio", 0.25) == "<= 0.25, met"
    assert bar_for("encode", "rss_mb", 1.0) == ""


def test_table_aligns() -> None:
    assert as_table({"a": 1.0, "long_name": 0.123456}).splitlines() == [
        "a                   1",
        "long_name      0.1235",
    ]


def test_stitched_texts_have_their_length_and_repeat_with_the_seed() -> None:
    one = stitched_texts(20, 50, np.random.default_rng(1))

    assert [len(text.split()) for text in one] == [50] * 20
    assert one == stitched_texts(20, 50, np.random.default_rng(1))
    assert len(set(one)) == 20


def test_interleaved_runs_both_in_turn() -> None:
    calls: list[str] = []

    interleaved(lambda: calls.append("ours"), lambda: calls.append("reference"), 2)

    assert calls == ["ours", "reference", "ours", "reference", "reference", "ours"]
