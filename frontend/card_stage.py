"""One stage of a model card, ready to be drawn: weights beside the expert's, figures, reliability, slices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from frontend.charts import (
    IntervalMark,
    Range,
    ReliabilityMark,
    interval_mark,
    reliability_mark,
    symmetric,
)
from frontend.expert_words import reason_in_words
from frontend.feature_words import FeatureWords, feature_words
from frontend.ranker_words import Words, belief_words, figure_words, stage_words
from matching.domain.learning.intervals import Z90, auc_interval, share_interval
from matching.queries.groups import DIMENSIONS, dimension_label, group_label

Card = Mapping[str, Any]
# What was believed lies further away than this many deviations of what is believed now.
CLEARLY = 2.0
_QUIET = 0.5


@dataclass(frozen=True)
class WeightRow:
    """One feature: what the expert said, what was learnt, and how far that lies apart in deviations."""

    label: str
    meaning: str
    reason: str
    prior: float
    learned: float
    low: float
    high: float
    moved: float
    mark: IntervalMark

    @property
    def has_moved(self) -> bool:
        """Whether the evidence clearly contradicts the expert."""
        return abs(self.moved) > CLEARLY

    @property
    def is_quiet(self) -> bool:
        """Whether neither the expert has an opinion nor the evidence says anything."""
        return not self.prior and abs(self.moved) < _QUIET


@dataclass(frozen=True)
class FigureRow:
    """One figure of how well the later cases were foretold; `cells` are (who foretold, value), `low`..`high` 90 %."""

    words: Words
    code: str
    cells: tuple[tuple[str, float | None], ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ReliabilityRow:
    """One bin: foretold between `low` and `high`, and what came true, with its 90 % interval."""

    low: float
    high: float
    count: int
    predicted: float
    happened: float
    least: float
    most: float
    mark: ReliabilityMark

    @property
    def is_off(self) -> bool:
        """Whether what was foretold lies outside of what the cases allow."""
        return not self.least <= self.predicted <= self.most


@dataclass(frozen=True)
class SliceRow:
    """One group of receivers: what was foretold for it and what happened, with a 90 % interval."""

    label: str
    rows: int
    expected: float
    happened: float
    low: float
    high: float
    mark: IntervalMark

    @property
    def is_off(self) -> bool:
        """Whether what was foretold lies outside of what the cases allow."""
        return not self.low <= self.expected <= self.high


@dataclass(frozen=True)
class StageView:
    """Everything that a card says of one stage; empty parts say that there was too little."""

    code: str
    words: Words
    observations: int
    positives: int
    weights: tuple[WeightRow, ...]
    quiet: tuple[WeightRow, ...]
    believers: tuple[str, ...]
    figures: tuple[FigureRow, ...]
    held_out: int
    trained_on: int
    challenger_note: str
    challenger_ahead: bool
    reliability: tuple[ReliabilityRow, ...]
    slices: tuple[tuple[str, tuple[SliceRow, ...]], ...]


def stage_view(card: Card, stage: str) -> StageView | None:
    """The stage as the card holds it; None for a card that knows nothing of it."""
    beliefs = card.get("stages", {}).get(stage)
    if beliefs is None:
        return None
    metrics, weights = card.get("metrics", {}).get(stage), _weights(beliefs["features"])
    return StageView(
        code=stage,
        words=stage_words(stage),
        observations=int(beliefs["observations"]),
        positives=int(beliefs["positives"]),
        weights=tuple(row for row in weights if not row.is_quiet),
        quiet=tuple(row for row in weights if row.is_quiet),
        believers=tuple(_believers(metrics).values()),
        figures=_figures(metrics),
        held_out=int(metrics["held_out"]) if metrics else 0,
        trained_on=int(metrics["trained_on"]) if metrics else 0,
        challenger_note=_challenger_note(metrics),
        challenger_ahead=stage in card.get("challenger_ahead", ()),
        reliability=_reliability(card.get("calibration", {}).get(stage, ())),
        slices=_slices(card.get("slices", {}).get(stage, ())),
    )


def _weights(rows: list[Card]) -> tuple[WeightRow, ...]:
    """The features, those that moved furthest from the expert first."""
    words = feature_words()
    ends = [float(row["learned"]) + side * Z90 * float(row["learned_sd"]) for row in rows for side in (-1, 1)]
    scale = symmetric([*ends, *(float(row["prior"]) for row in rows)])
    found = [_weight(row, words.get(row["name"]), scale) for row in rows]
    return tuple(sorted(found, key=lambda row: -abs(row.moved)))


def _weight(row: Card, words: FeatureWords | None, scale: Range) -> WeightRow:
    prior, learned, half = float(row["prior"]), float(row["learned"]), Z90 * float(row["learned_sd"])
    return WeightRow(
        label=words.label if words else str(row["name"]),
        meaning=words.meaning if words else "",
        reason=reason_in_words(str(row["reason"])),
        prior=prior,
        learned=learned,
        low=learned - half,
        high=learned + half,
        moved=float(row["moved"]),
        mark=interval_mark(scale, learned, learned - half, learned + half, prior),
    )


def _believers(metrics: Card | None) -> dict[str, str]:
    """Whose figures there are."""
    return {code: label for code, label in belief_words().items() if metrics and metrics.get(code)}


def _figures(metrics: Card | None) -> tuple[FigureRow, ...]:
    if not metrics:
        return ()
    rows = []
    for code, words in figure_words().items():
        cells = tuple((label, metrics[who].get(code)) for who, label in _believers(metrics).items())
        low, high = _bounds(code, metrics)
        rows.append(FigureRow(words, code, cells, low, high))
    return tuple(rows)


def _bounds(code: str, metrics: Card) -> tuple[float | None, float | None]:
    """The 90 % interval of the ranker's own figure, where a formula gives one."""
    learned = metrics["learned"].get(code)
    if code != "auc" or learned is None:
        return None, None
    positives = int(metrics["positives"])
    return auc_interval(float(learned), positives, int(metrics["held_out"]) - positives)


def _challenger_note(metrics: Card | None) -> str:
    told = {
        "too_few_outcomes": _("The challenger was not trained: there were too few cases of either outcome."),
        "nothing_learned": _("The challenger was trained and learnt nothing that held on other cases."),
    }
    return told.get(str(metrics.get("challenger_note", "")), "") if metrics else ""


def _reliability(bins: list[Card]) -> tuple[ReliabilityRow, ...]:
    total = sum(int(each["count"]) for each in bins) or 1
    return tuple(_bin(each, total) for each in bins)


def _bin(each: Card, total: int) -> ReliabilityRow:
    predicted, happened, count = float(each["predicted"]), float(each["happened"]), int(each["count"])
    least, most = share_interval(happened, count)
    mark = reliability_mark(predicted, happened, least, most, count / total)
    return ReliabilityRow(float(each["low"]), float(each["high"]), count, predicted, happened, least, most, mark)


def _slices(rows: list[Card]) -> tuple[tuple[str, tuple[SliceRow, ...]], ...]:
    """The groups of each dimension under its label, the largest group first."""
    found = []
    for dimension in (*DIMENSIONS, "warmth"):
        inside = sorted((row for row in rows if row["dimension"] == dimension), key=lambda row: -int(row["rows"]))
        if inside:
            label = _("Asked before or not") if dimension == "warmth" else dimension_label(dimension)
            found.append((label, tuple(_slice(row) for row in inside)))
    return tuple(found)


def _slice(row: Card) -> SliceRow:
    count, expected, happened = int(row["rows"]), float(row["expected"]), float(row["happened"])
    low, high = share_interval(happened, count)
    mark = interval_mark(Range(0.0, 1.0), happened, low, high, expected)
    return SliceRow(_group(str(row["dimension"]), str(row["value"])), count, expected, happened, low, high, mark)


def _group(dimension: str, value: str) -> str:
    warmth = {"warm": _("asked before"), "cold": _("never asked before")}
    return warmth.get(value, value) if dimension == "warmth" else group_label(dimension, value)
