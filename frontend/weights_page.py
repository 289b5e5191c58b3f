"""The expert's weights as a page: each with its reason, the hub's own beside it, and what each outcome is worth."""

from collections.abc import Mapping
from dataclasses import dataclass

from frontend.expert_words import reason_in_words
from frontend.feature_words import feature_words
from frontend.ranker_words import Words, stage_words
from matching.domain.learning.champion import rung_values_of
from matching.domain.learning.priors import weights_in_force
from matching.engine.ladder import RUNGS
from matching.engine.priors import PRIORS


@dataclass(frozen=True)
class WeightInForce:
    """One feature at one stage: the expert's weight, the hub's, and why."""

    name: str
    label: str
    meaning: str
    expert: float
    own: float
    reason: str

    @property
    def is_edited(self) -> bool:
        """Whether the hub sees it otherwise than the expert."""
        return self.own != self.expert

    @property
    def matters(self) -> bool:
        """Whether anybody has an opinion on it."""
        return bool(self.own or self.expert or self.reason)


@dataclass(frozen=True)
class StageWeights:
    """All weights of a stage, those with an opinion first, and the share of typical pairs that reach it."""

    code: str
    words: Words
    base_rate: float
    base_reason: str
    rows: tuple[WeightInForce, ...]


@dataclass(frozen=True)
class RungInForce:
    """One outcome: what it is usually worth, and what it is worth to the hub."""

    code: str
    label: str
    usual: float
    own: float
    share: float
    source: str


def stage_weights(hub_id: int, stage: str) -> StageWeights:
    """The weights in force at a stage of `STAGES`; the strongest opinion first, then those without one by name."""
    table = PRIORS[stage]
    rows = weight_rows(weights_in_force(hub_id)[stage])
    ordered = tuple(sorted(rows, key=lambda row: (not row.matters, -abs(row.own), row.label)))
    return StageWeights(stage, stage_words(stage), table.base_rate, reason_in_words(table.base_reason), ordered)


def weight_rows(found: Mapping[str, tuple[float, float, str]]) -> list[WeightInForce]:
    """Weights as the domain tells them, in words."""
    words = feature_words()
    return [
        WeightInForce(name, words[name].label, words[name].meaning, expert, own, reason_in_words(reason))
        for name, (expert, own, reason) in found.items()
    ]


def rungs_in_force(hub_id: int) -> list[RungInForce]:
    """What every outcome is worth to the hub, in the order of the ladder."""
    values = rung_values_of(hub_id)
    return [
        RungInForce(
            rung.code,
            stage_words(f"rung:{rung.code}").label,
            rung.value,
            values[rung.code],
            rung.base_rate,
            reason_in_words(rung.source),
        )
        for rung in RUNGS
    ]
