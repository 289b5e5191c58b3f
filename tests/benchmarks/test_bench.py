"""The bench command: one flat JSON object on stdout, a table without it, and a page with bars met or not."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from benchmarks import partners, quality
from benchmarks.data_files import DataMissing
from benchmarks.management.commands.bench import BENCHMARKS
from benchmarks.report import as_table, bar_for, write_report
from benchmarks.texts import stitched_texts
from benchmarks.timing import interleaved
from kernel.errors import NotReady

FIGURES = {"recall_at_10": 0.5, "cross_language_recall_at_10": 0.25, "needs": 4}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "run", lambda say: (say("ranking"), FIGURES)[1])


@pytest.mark.usefixtures("measured")
def test_bench_json_is_one_flat_object_of_numbers() -> None:
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "quality", "--json", stdout=out, stderr=err)

    assert json.loads(out.getvalue()) == FIGURES
    assert "ranking" in err.getvalue()


@pytest.mark.usefixtures("measured")
def test_bench_table_has_a_line_a_figure() -> None:
    out = io.StringIO()

    call_command("bench", "quality", stdout=out, stderr=io.StringIO())

    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == list(FIGURES)


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


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("encode", "--data", "somewhere"), "takes no --data"),
        (("quality", "--size", "10"), "takes no --size"),
        (("partners", "--rank", "queries"), "takes no --rank"),
        (("index", "--size", "1"), "from 2"),
        (("allocate", "--size", "100000000"), "from 2"),
        (("experts",), "needs --data"),
        (("partners", "--data", "somewhere"), "--history-until"),
        (("retrieve", "--data", "nowhere-at-all"), "no folder"),
    ],
)
def test_bench_with_options_that_do_not_fit_says_which_do(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("bench", *arguments, stderr=io.StringIO())


def test_bench_all_skips_loudly_what_lacks_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(say: Callable[[str], None]) -> dict[str, float]:
        raise DataMissing("There is no folder.")

    for name, module in BENCHMARKS.items():
        if hasattr(module, "run"):
            monkeypatch.setattr(module, "run", lambda say, name=name: {f"{name}_figure": 1.0})
    monkeypatch.setattr(partners, "run", missing)
    out, err = io.StringIO(), io.StringIO()

    call_command("bench", "all", stdout=out, stderr=err)

    assert "bench partners: SKIPPED: There is no folder." in err.getvalue()
    assert "bench experts: skipped" in err.getvalue()
    assert "encode_figure" in out.getvalue()
    assert "partners_figure" not in out.getvalue()


def test_report_tells_the_bars_that_are_not_met(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "benchmarks.md"

    write_report(
        page,
        {"quality": {"recall_at_10": 0.5, "cross_language_recall_at_10": 0.93, "needs": 3}},
        {"quality": "Title."},
        today=date(2026, 11, 22),
    )

    text = page.read_text()
    assert "| `recall_at_10` | 0.5 | >= 0.95, **not met** |" in text
    assert "| `cross_language_recall_at_10` | 0.93 | >= 0.92, met |" in text
    assert "| `needs` | 3 |  |" in text
    assert "2026-11-22" in text


def test_bar_at_the_limit_is_met() -> None:
    assert bar_for("index", "search_time_ratio", 0.02) == "<= 0.02, met"
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
