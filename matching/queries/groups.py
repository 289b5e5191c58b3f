"""The groups by which fairness is watched: kind, size, region, age of the firm; codes only, labels come later."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from matching.queries.learning import size_of
from profiles.enums import ProfileKind
from profiles.models import Profile
from profiles.terms import label_of

DIMENSIONS = ("kind", "size", "region", "age")
UNKNOWN = "unknown"
# Age bands of the domain brief, section 3: up to 5 years, the valley of death to 10, and older.
_BANDS = ((5, "0-5"), (10, "6-10"))


@dataclass(frozen=True)
class Groups:
    """Profiles (n,) in order of id, and for each dimension the group of each, (n,)."""

    profiles: NDArray[np.int64]
    of: dict[str, NDArray[np.str_]]

    def values(self, dimension: str, profiles: NDArray[np.int64]) -> NDArray[np.str_]:
        """The groups of these profiles; unknown for one that is not there."""
        found = np.searchsorted(self.profiles, profiles)
        found = np.minimum(found, max(len(self.profiles) - 1, 0))
        if not len(self.profiles):
            return np.full(len(profiles), UNKNOWN)
        return np.where(self.profiles[found] == profiles, self.of[dimension][found], UNKNOWN)


def groups_of(hub_id: int, *, today: date) -> Groups:
    """Every profile of the hub."""
    rows = list(
        Profile.objects.filter(hub_id=hub_id)
        .order_by("pk")
        .values_list(
            "pk",
            "kind",
            "region_id",
            "organisation__name",
            "organisation__employees",
            "organisation__founded_year",
        )
    )
    columns = {
        "kind": [row[1] for row in rows],
        "size": [_size(row[1], row[3], row[4]) for row in rows],
        "region": [row[2] or UNKNOWN for row in rows],
        "age": [age_band(row[1], row[5], today) for row in rows],
    }
    return Groups(
        np.array([row[0] for row in rows], dtype=np.int64),
        {name: np.array(values, dtype=np.str_) for name, values in columns.items()},
    )


def _size(kind: str, organisation: str, employees: int | None) -> str:
    known = employees is not None or kind in (ProfileKind.CLINICIAN, ProfileKind.MUNICIPALITY)
    size = size_of(kind, organisation, employees)
    return {1.0: "small", -1.0: "large"}.get(size, "middle" if known else UNKNOWN)


def age_band(kind: str, founded: int | None, today: date) -> str:
    """The age band of a firm; "" for other kinds, which have no such age."""
    if kind != ProfileKind.FIRM:
        return ""
    if founded is None or founded > today.year:
        return UNKNOWN
    return next((band for limit, band in _BANDS if today.year - founded <= limit), "11+")


def group_label(dimension: str, value: str) -> str:
    """The group in the reader's language."""
    if value == UNKNOWN:
        return _("not known")
    if dimension == "kind":
        return str(ProfileKind(value).label) if value in ProfileKind.values else value
    if dimension == "region":
        return label_of(value) or value
    if dimension == "age":
        bands = {"0-5": _("up to 5 years"), "6-10": _("6 to 10 years"), "11+": _("over 10 years")}
        return bands.get(value, value)
    return {"small": _("small"), "middle": _("middle"), "large": _("large")}.get(value, value)


def dimension_label(dimension: str) -> str:
    """The dimension in the reader's language."""
    names = {"kind": _("Kind"), "size": _("Size"), "region": _("Region"), "age": _("Age of the firm")}
    return names[dimension]
