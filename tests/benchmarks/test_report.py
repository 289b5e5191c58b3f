"""Figures as a table and as a page with bars met or not."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.management.commands.bench import BENCHMARKS
from benchmarks.report import BARS, as_number, as_table, bar_for, computable, write_report


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


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.84, ">= 0.85, **not met**; <= 0.95, met"),
        (0.9, ">= 0.85, met; <= 0.95, met"),
        (0.96, ">= 0.85, met; <= 0.95, **not met**"),
    ],
)
def test_bar_with_two_ends_tells_both(value: float, written: str) -> None:
    assert bar_for("offpolicy", "coverage_90", value) == written


def test_table_aligns() -> None:
    assert as_table({"a": 1.0, "long_name": 0.123456}).splitlines() == [
        "a                   1",
        "long_name      0.1235",
    ]


@pytest.mark.parametrize(
    ("value", "written"), [(3, "3"), (3.0, "3"), (0.0, "0"), (0.123456, "0.1235"), (-2.5, "-2.5"), (1e6, "1000000")]
)
def test_numbers_have_four_digits(value: float, written: str) -> None:
    assert as_number(value) == written


def test_what_is_no_number_is_left_out() -> None:
    assert computable({"a": float("nan"), "b": 0, "c": float("-inf"), "d": 0.5}) == {"b": 0, "d": 0.5}


def test_bars_are_set_for_benchmarks_that_are_there() -> None:
    assert set(BARS) <= set(BENCHMARKS)
