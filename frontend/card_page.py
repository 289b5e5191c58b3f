"""A ranker's model card as a page: data, period, notes, one stage at a time, the comparison, and who decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.card_comparison import ComparisonView, comparison_view, moment
from frontend.card_stage import StageView, stage_view
from frontend.feature_words import feature_words
from frontend.ranker_words import Words, data_words, notes_in_words, stage_words, stages_in_words
from matching.engine.priors import ACCEPTS, STAGES
from matching.enums import RankerState
from matching.models import RankerDecision, RankerVersion
from matching.queries.rankers import decisions_of


@dataclass(frozen=True)
class RungRow:
    """What an outcome is worth to the ranker, and after how many days half of them have come."""

    label: str
    value: float
    documented_days: float | None
    learned_days: float | None


@dataclass(frozen=True)
class CardPage:
    """Everything the page shows; `stage` is None for a ranker that was never trained."""

    ranker: RankerVersion
    made_at: datetime | None
    since: datetime | None
    until: datetime | None
    data: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    stages: list[tuple[str, Words, bool]]
    stage: StageView | None
    rungs: tuple[RungRow, ...]
    comparison: ComparisonView | None
    decisions: list[RankerDecision]

    @property
    def ranks(self) -> bool:
        """Whether this ranker orders the lists now."""
        return self.ranker.state == RankerState.CHAMPION


def card_page(ranker: RankerVersion, *, stage: str) -> CardPage:
    """The page of a ranker, looked at in one stage; an unknown stage gives the one of saying yes."""
    card: Mapping[str, Any] = ranker.card
    chosen = stage if stage in STAGES else ACCEPTS
    period = card.get("period") or {}
    return CardPage(
        ranker=ranker,
        made_at=moment(card.get("made_at")),
        since=moment(period.get("from")),
        until=moment(period.get("until")),
        data=counts_in_words(card),
        notes=notes_in_words(card.get("notes", ()), {name: words.label for name, words in feature_words().items()}),
        stages=stages_in_words(chosen) if card.get("stages") else [],
        stage=stage_view(card, chosen),
        rungs=_rungs(card),
        comparison=comparison_view(card.get("off_policy")),
        decisions=decisions_of(ranker.hub_id, ranker=ranker),
    )


def counts_in_words(card: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """What the ranker rests on; counts of 0 are told too, since a missing answer is an answer."""
    data = card.get("data")
    if data is None:
        return ()
    always = {"impressions", "requests", "said_yes", "said_no", "unanswered", "contacts", "outcomes"}
    rows = ((code, label, int(data.get(code, 0))) for code, label in data_words().items())
    return tuple((label, count) for code, label, count in rows if count or code in always)


def _rungs(card: Mapping[str, Any]) -> tuple[RungRow, ...]:
    delays = card.get("delays", {})
    return tuple(
        RungRow(
            stage_words(f"rung:{code}").label,
            float(value),
            delays.get(code, {}).get("documented"),
            delays.get(code, {}).get("learned"),
        )
        for code, value in card.get("values", {}).items()
    )
