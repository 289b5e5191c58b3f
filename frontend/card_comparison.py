"""The comparison of a shadow with the champion on logged lists, ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.charts import IntervalMark, Range, holding, interval_mark
from frontend.ranker_words import Words, estimator_order, estimator_words, judgement_in_words

# Values are told for so many places of lists.
SHOWN = 100.0


@dataclass(frozen=True)
class ComparedRow:
    """One ranker by one estimator: its worth for each hundred shown, with its 90 % interval."""

    is_shadow: bool
    words: Words
    value: float
    low: float
    high: float
    mark: IntervalMark
    decides: bool = False


@dataclass(frozen=True)
class Support:
    """How much one ranker's values rest on: effective and whole number of impressions, rewarded ones, share clipped."""

    is_shadow: bool
    ess: float
    impressions: int
    rewarded: int
    clipped_share: float


@dataclass(frozen=True)
class ComparisonView:
    """What a judgement says; without rows there was nothing to compare, and `verdict` says why."""

    verdict: str
    promotes: bool
    lists: int
    impressions: int
    since: datetime | None
    until: datetime | None
    is_twin: bool
    rows: tuple[ComparedRow, ...] = ()
    support: tuple[Support, ...] = ()
    difference: ComparedRow | None = None
    least_ess: float | None = None
    least_rewarded: int | None = None

    @property
    def less(self) -> float:
        """How much less the shadow would have been worth; 0 where it would have been worth more, or nobody knows."""
        return max(-self.difference.value, 0.0) if self.difference else 0.0


def comparison_view(judgement: Mapping[str, Any] | None) -> ComparisonView | None:
    """A stored judgement; None where nothing was judged."""
    if not judgement:
        return None
    about: dict[str, Any] = {
        "verdict": judgement_in_words(str(judgement["reason"])),
        "promotes": bool(judgement["promotes"]),
        "lists": int(judgement["lists"]),
        "impressions": int(judgement["impressions"]),
        "since": moment(judgement.get("since")),
        "until": moment(judgement.get("until")),
        "is_twin": bool(judgement.get("is_twin")),
    }
    if "champion" not in judgement or "shadow" not in judgement:
        return ComparisonView(**about)
    return ComparisonView(**about, **_compared(judgement))


def moment(text: object) -> datetime | None:
    """A moment as cards write it; None for none."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _compared(judgement: Mapping[str, Any]) -> dict[str, Any]:
    both = (("champion", False), ("shadow", True))
    deciding = str(judgement.get("estimator", estimator_order()[0]))
    words = estimator_words()
    bounds = [
        SHOWN * float(judgement[who][code][end]) for who, _shadow in both for code in words for end in ("low", "high")
    ]
    difference = judgement["difference"]
    bounds += [SHOWN * float(difference[end]) for end in ("low", "high")]
    scale = holding(bounds)
    rows = [
        _row(judgement[who][code], words[code], scale, is_shadow=is_shadow, decides=code == deciding)
        for code in estimator_order()
        for who, is_shadow in both
    ]
    return {
        "rows": tuple(rows),
        "support": tuple(_support(judgement[who], is_shadow) for who, is_shadow in both),
        "difference": _row(difference, words[deciding], scale, is_shadow=True, decides=True),
        "least_ess": judgement.get("least_ess"),
        "least_rewarded": judgement.get("least_rewarded"),
    }


def _row(found: Mapping[str, Any], words: Words, scale: Range, *, is_shadow: bool, decides: bool) -> ComparedRow:
    value, low, high = (SHOWN * float(found[name]) for name in ("value", "low", "high"))
    return ComparedRow(is_shadow, words, value, low, high, interval_mark(scale, value, low, high), decides)


def _support(found: Mapping[str, Any], is_shadow: bool) -> Support:
    return Support(
        is_shadow, float(found["ess"]), int(found["impressions"]), int(found["rewarded"]), float(found["clipped_share"])
    )
