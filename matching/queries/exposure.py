"""Who was shown, asked and accepted in a period, as counts for each profile; nobody is named."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Q
from numpy.typing import NDArray

from matching.candidates_blob import Candidates
from matching.engine.exploration import examination_offset
from matching.enums import CONSENTED_STATES
from matching.models import Impression, Introduction, ShownList

Ids = NDArray[np.int64]
Column = NDArray[np.float64]


@dataclass(frozen=True)
class Exposure:
    """For each profile (n,): how often it was shown, and with what share of attention in all (1 for a first place)."""

    shown: Column
    attention: Column


def exposure_of(hub_id: int, profiles: Ids, *, since: datetime, until: datetime) -> Exposure:
    """Impressions on every channel in `since` < moment <= `until`, for these profiles in order of id."""
    rows = (
        Impression.objects.filter(hub_id=hub_id, shown_list__shown_at__gt=since, shown_list__shown_at__lte=until)
        .order_by()
        .values_list("profile_id", "position")
        .annotate(times=Count("pk"))
    )
    found = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
    place = np.searchsorted(profiles, found[:, 0])
    known = np.isin(found[:, 0], profiles)
    place, position, count = place[known], found[known, 1], found[known, 2].astype(np.float64)
    attention = count * np.exp(examination_offset(position))
    return Exposure(_totals(place, count, len(profiles)), _totals(place, attention, len(profiles)))


def _totals(place: Ids, amounts: Column, size: int) -> Column:
    """The sum of the amounts (m,) at each of the places 0..size."""
    return np.asarray(np.bincount(place, weights=amounts, minlength=size), dtype=np.float64)


@dataclass(frozen=True)
class Asked:
    """For each profile (n,): requests that it received, answers that it gave, and how often both said yes."""

    requests: Column
    answered: Column
    accepted: Column


def asked_of(hub_id: int, profiles: Ids, *, since: datetime, until: datetime) -> Asked:
    """Requests sent in `since` < moment <= `until`, for these profiles in order of id."""
    accepted = Q(state__in=CONSENTED_STATES)
    rows = (
        Introduction.objects.filter(hub_id=hub_id, sent_at__gt=since, sent_at__lte=until)
        .order_by()
        .values_list("receiver_id")
        .annotate(
            requests=Count("pk"),
            answers=Count("pk", filter=accepted | Q(answered_at__isnull=False)),
            agreements=Count("pk", filter=accepted),
        )
    )
    found = np.array(list(rows), dtype=np.int64).reshape(-1, 4)
    found = found[np.isin(found[:, 0], profiles)]
    place = np.searchsorted(profiles, found[:, 0])
    return Asked(*(_totals(place, found[:, each].astype(np.float64), len(profiles)) for each in (1, 2, 3)))


def considered_of(hub_id: int, *, since: datetime, until: datetime) -> Ids:
    """Ids of everybody who was a candidate of any list of the period, shown or not."""
    blobs = (
        ShownList.objects.filter(hub_id=hub_id, shown_at__gt=since, shown_at__lte=until)
        .exclude(candidates=b"")
        .order_by()
        .values_list("candidates", flat=True)
        .iterator(chunk_size=200)
    )
    found: set[int] = set()
    for blob in blobs:
        try:
            found.update(Candidates.unpacked(bytes(blob)).profiles.tolist())
        except ValueError:
            continue
    return np.array(sorted(found), dtype=np.int64)
