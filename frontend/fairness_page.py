"""The fairness page, ready to be drawn: attention beside size, and every feature that decides an order."""

from dataclasses import dataclass

from frontend.charts import bar
from frontend.feature_words import FeatureWords, feature_words, group_words
from matching.domain.learning.fairness import FairnessReport, GroupExposure, RankerEffect
from matching.queries.groups import dimension_label


@dataclass(frozen=True)
class GroupRow:
    """One group: its figures, the length of its bar of attention, and where its share of all profiles stands."""

    group: GroupExposure
    attention: float
    size: float


@dataclass(frozen=True)
class DimensionView:
    """All groups by one property."""

    code: str
    label: str
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True)
class ChangeRow:
    """A group's share of attention before and after the last change of ranker."""

    dimension: str
    label: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        """After minus before, as a share."""
        return self.after - self.before


def dimension_views(report: FairnessReport) -> tuple[DimensionView, ...]:
    """The dimensions that have groups, each drawn to its own longest bar."""
    return tuple(DimensionView(each.code, each.label, _rows(each.groups)) for each in report.dimensions if each.groups)


def _rows(groups: tuple[GroupExposure, ...]) -> tuple[GroupRow, ...]:
    most = max(max(group.attention_share, group.profile_share) for group in groups)
    return tuple(GroupRow(group, bar(group.attention_share, most), bar(group.profile_share, most)) for group in groups)


def change_rows(effect: RankerEffect | None) -> tuple[ChangeRow, ...]:
    """What the last change of ranker changed, the largest change first; groups that were never shown are left out."""
    if effect is None:
        return ()
    seen = [each for each in effect.groups if each.before or each.after]
    rows = [ChangeRow(dimension_label(each.dimension), each.label, each.before, each.after) for each in seen]
    return tuple(sorted(rows, key=lambda row: (-abs(row.difference), row.dimension, row.label)))


def features_by_group() -> list[tuple[str, list[FeatureWords]]]:
    """Every feature in words, by where it comes from."""
    words = feature_words().values()
    return [(label, [each for each in words if each.group == group]) for group, label in group_words().items()]
