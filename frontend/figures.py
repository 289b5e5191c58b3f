"""The hub in numbers, as far as the reader may see it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hubs.policies import Viewer
from profiles.enums import ProfileKind, StatementKind
from profiles.queries import profile_counts, statement_counts


@dataclass(frozen=True)
class Figure:
    """One number and what it counts."""

    label: str
    count: int


@dataclass(frozen=True)
class HubFigures:
    """The numbers in the order in which they are shown."""

    rows: tuple[Figure, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search in yet."""
        return not any(row.count for row in self.rows)


def hub_figures(viewer: Viewer, *, today: date) -> HubFigures:
    """Profiles of the four largest kinds, offers and needs: counted in two queries."""
    kinds, statements = profile_counts(viewer), statement_counts(viewer, today=today)
    return HubFigures(
        rows=(
            Figure(_("firms"), kinds.get(ProfileKind.FIRM, 0)),
            Figure(_("hospital departments"), kinds.get(ProfileKind.CLINICIAN, 0)),
            Figure(_("researchers and groups"), kinds.get(ProfileKind.RESEARCHER, 0)),
            Figure(_("municipal units"), kinds.get(ProfileKind.MUNICIPALITY, 0)),
            Figure(_("offers"), statements.get(StatementKind.OFFER, 0)),
            Figure(_("needs"), statements.get(StatementKind.NEED, 0)),
        )
    )
