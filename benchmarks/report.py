"""Writing figures: as a table for people, and as `docs/benchmarks.md` with machine and date."""

import math
import os
import platform
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psutil

Figures = Mapping[str, float]

# What we hold ourselves to: key, how to compare, limit.
BARS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "encode": (
        ("query_time_ratio", "<=", 0.1667),
        ("throughput_ratio_50", ">=", 3.0),
        ("throughput_ratio_200", ">=", 3.0),
        ("contended_p95_over_p50", "<=", 3.0),
        ("recall_at_10_loss", "<=", 0.01),
    ),
    "recommend": (
        ("list_over_search_p50", "<=", 2.0),
        ("explain_over_rank_p50", "<=", 1.0),
        ("sql_queries", "<=", 12),
        ("worker_rss_mb", "<=", 700),
    ),
    "quality": (
        ("recall_at_10", ">=", 0.95),
        ("cross_language_recall_at_10", ">=", 0.92),
        ("hard_negative_accuracy", ">=", 0.80),
    ),
    "partners": (
        ("gain", ">=", 0.10),
        ("gain_ci_low", ">=", 0.0),
        ("gain_new", ">=", 0.0),
        ("company_share_top20", ">=", 0.085),
        ("lift_loss_ci_low", "<=", 0.0),
    ),
    "experts": (("weighted_loss", "<=", 0.235),),
    "retrieve": (("accuracy_at_1", ">=", 0.98), ("accuracy_at_1_back", ">=", 0.98)),
    "index": (
        ("recall_at_10", ">=", 0.98),
        ("search_time_ratio", "<=", 0.02),
        ("bytes_per_statement", "<=", 600),
        ("add_1000_s", "<=", 2.0),
        ("cold_start_s", "<=", 10.0),
    ),
    "allocate": (("caps_broken", "<=", 0), ("seconds", "<=", 60.0)),
    "schedule": tuple((f"gap_percent_{size}", "<=", 1.0) for size in (150, 500)),
    "repair": (("moved_percent", "<=", 2.0), ("seconds", "<=", 10.0), ("value_loss_percent", "<=", 1.0)),
    "offpolicy": (("coverage_90", ">=", 0.85), ("coverage_90", "<=", 0.95)),
    "learning": (
        ("gap_closed", ">=", 0.5),
        ("worst_quarter_loss", "<=", 0.05),
        ("wrong_prior_recovery", ">=", 0.95),
        ("cap_violations", "<=", 0),
        ("ece", "<=", 0.05),
        ("train_100k_s", "<=", 60),
        ("train_rss_mb", "<=", 1024),
        ("score_over_search", "<=", 0.1),
    ),
}


def computable(figures: Figures) -> dict[str, float]:
    """Without figures that had nothing to be computed from: strict JSON knows no NaN, and a reader no use for it."""
    return {key: value for key, value in figures.items() if math.isfinite(value)}


def as_number(value: float) -> str:
    """Four significant digits, whole numbers whole."""
    return str(int(value)) if float(value).is_integer() else f"{value:.4g}"


def as_table(figures: Figures, rows: Mapping[str, list[dict[str, Any]]] | None = None) -> str:
    """Aligned lines of key and value, then a line for each of many things that were measured."""
    width = max(len(key) for key in figures)
    lines = [f"{key:<{width}}  {as_number(value):>10}" for key, value in figures.items()]
    for each in (rows or {}).values():
        lines += ["  ".join(f"{key}={value}" for key, value in row.items()) for row in each]
    return "\n".join(lines)


def bar_for(name: str, key: str, value: float) -> str:
    """`<= 0.25, met` or `<= 0.25, **not met**`, one after the other; empty where no bar is set."""
    words = []
    for bar_key, sign, limit in BARS.get(name, ()):
        if bar_key == key:
            met = value <= limit if sign == "<=" else value >= limit
            words.append(f"{sign} {as_number(limit)}, {'met' if met else '**not met**'}")
    return "; ".join(words)


def machine() -> str:
    """Processor, cores, memory, system and Python, in a line."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in _read(Path("/proc/cpuinfo")).splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    memory = psutil.virtual_memory().total / 1024**3
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def write_report(path: Path, results: Mapping[str, Figures], titles: Mapping[str, str], *, today: date) -> None:
    """Rewrite the page with what was just measured, bad figures included."""
    parts = [
        "# Benchmarks\n",
        "Written by `make bench`; every figure comes from one run of `manage.py bench NAME`, our way and the "
        "reference in turn in the same process. Times move with what else the machine does; ratios less so.\n",
        f"Measured {today.isoformat()} on {machine()}.\n",
    ]
    for name, figures in results.items():
        parts.append(f"## {name}\n\n{titles[name]}\n\n| figure | value | bar |\n|---|---:|---|")
        parts.extend(
            f"| `{key}` | {as_number(value)} | {bar_for(name, key, value)} |" for key, value in figures.items()
        )
        parts.append("")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts), encoding="utf-8")
