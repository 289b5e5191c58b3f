"""Whom the lists show, who is asked and who says yes: by size, region, kind and age, and who is never shown and why.

Only counts leave here, never who they are about. Nothing that a party pays for is in the ranking; this page lets
anybody see what the ranking does all the same.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from hubs.enums import Visibility
from matching.domain.introductions.capacity import full_profiles
from matching.domain.introductions.days import local_day
from matching.enums import RankerChange
from matching.models import ContactRules, RankerDecision
from matching.queries.exposure import asked_of, considered_of, exposure_of
from matching.queries.groups import DIMENSIONS, Groups, dimension_label, group_label, groups_of
from profiles.enums import StatementKind
from profiles.models import Profile, Statement

PERIOD = timedelta(days=90)
# Less time on both sides of a change of ranker tells nothing yet.
_LEAST_COMPARED = timedelta(days=7)
# In a smaller group a rate would be about parties that a reader can guess.
LEAST_IN_A_GROUP = 3

Column = NDArray[np.float64]


@dataclass(frozen=True)
class GroupExposure:
    """One group of one dimension; shares are of the whole hub, 0..1, rates None where nobody was asked.

    `attention` weighs an impression by how far up it stood (1 in the first place, 1 / sqrt(place) further down).
    """

    dimension: str
    value: str
    label: str
    profiles: int
    profile_share: float
    impressions: int
    attention_share: float
    requests: int
    answered: int
    accepted: int
    acceptance_rate: float | None

    @property
    def is_small(self) -> bool:
        """Whether so few are in it that its requests and answers must not be shown to others than brokers."""
        return self.profiles < LEAST_IN_A_GROUP

    @property
    def relative(self) -> float | None:
        """Share of attention over share of profiles: 1 is as much as its size; None for no profiles."""
        return self.attention_share / self.profile_share if self.profile_share else None


@dataclass(frozen=True)
class Dimension:
    """All groups by one property, the largest first."""

    code: str
    label: str
    groups: tuple[GroupExposure, ...]


@dataclass(frozen=True)
class NeverShown:
    """How many profiles were never shown in the period for the same reason; `reason` is a code, `label` its words."""

    reason: str
    label: str
    count: int


@dataclass(frozen=True)
class GroupChange:
    """A group's share of attention before and after the last change of ranker, over equally long times."""

    dimension: str
    value: str
    label: str
    before: float
    after: float


@dataclass(frozen=True)
class RankerEffect:
    """What changed with the present ranker: `number` took over at `at`; concentration before and after."""

    number: int
    at: datetime
    days: int
    groups: tuple[GroupChange, ...]
    top_tenth_before: float | None
    top_tenth_after: float | None


@dataclass(frozen=True)
class FairnessReport:
    """The whole page. `top_tenth` is the share of attention of the most shown tenth of all profiles; `gini` is 0 when
    all profiles get the same and near 1 when one gets everything; both None when nothing was shown. `effect` is None
    while the first ranker ranks, or it took over less than a week ago.
    """

    since: datetime
    until: datetime
    profiles: int
    shown_profiles: int
    impressions: int
    requests: int
    accepted: int
    top_tenth: float | None
    gini: float | None
    dimensions: tuple[Dimension, ...]
    never_shown: tuple[NeverShown, ...]
    effect: RankerEffect | None


def fairness_of(hub_id: int, *, now: datetime, period: timedelta = PERIOD) -> FairnessReport:
    """The hub's report of the last 90 days, labels in the language in force."""
    since = now - period
    groups = groups_of(hub_id, today=local_day(now))
    exposure = exposure_of(hub_id, groups.profiles, since=since, until=now)
    asked = asked_of(hub_id, groups.profiles, since=since, until=now)
    counts = _Counts(exposure.shown, exposure.attention, asked.requests, asked.answered, asked.accepted)
    return FairnessReport(
        since=since,
        until=now,
        profiles=len(groups.profiles),
        shown_profiles=int((exposure.shown > 0).sum()),
        impressions=int(exposure.shown.sum()),
        requests=int(asked.requests.sum()),
        accepted=int(asked.accepted.sum()),
        top_tenth=top_tenth(exposure.attention),
        gini=gini(exposure.attention),
        dimensions=tuple(_dimension(code, groups, counts) for code in DIMENSIONS),
        never_shown=_never_shown(hub_id, groups.profiles[exposure.shown == 0], since=since, now=now),
        effect=_effect(hub_id, groups, now=now),
    )


def top_tenth(attention: Column) -> float | None:
    """Share of the most shown tenth (rounded up) of the profiles (n,); None for nothing shown."""
    total = float(attention.sum())
    if not total > 0:
        return None
    first = -(-len(attention) // 10)
    return float(np.sort(attention)[::-1][:first].sum() / total)


def gini(attention: Column) -> float | None:
    """Gini coefficient over all profiles (n,), those never shown included; None for nothing shown.

    Source: C. Gini, Variabilità e mutabilità, 1912; mean absolute difference over twice the mean, in ranks.
    """
    total, count = float(attention.sum()), len(attention)
    if not total > 0:
        return None
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ np.sort(attention) / (count * total))


@dataclass(frozen=True)
class _Counts:
    """For each profile, (n,)."""

    shown: Column
    attention: Column
    requests: Column
    answered: Column
    accepted: Column


def _dimension(code: str, groups: Groups, counts: _Counts) -> Dimension:
    values = groups.of[code]
    # Only firms have an age: a dimension is about those to whom it applies.
    found = [_group(code, value, values, counts) for value in np.unique(values[values != ""]).tolist()]
    ordered = sorted(found, key=lambda group: (-group.profiles, group.value))
    return Dimension(code, dimension_label(code), tuple(ordered))


def _group(code: str, value: str, values: NDArray[np.str_], counts: _Counts) -> GroupExposure:
    inside, among = values == value, values != ""
    answered, accepted = int(counts.answered[inside].sum()), int(counts.accepted[inside].sum())
    attention = float(counts.attention[among].sum())
    return GroupExposure(
        dimension=code,
        value=value,
        label=group_label(code, value),
        profiles=int(inside.sum()),
        profile_share=float(inside.sum() / among.sum()),
        impressions=int(counts.shown[inside].sum()),
        attention_share=float(counts.attention[inside].sum()) / attention if attention > 0 else 0.0,
        requests=int(counts.requests[inside].sum()),
        answered=answered,
        accepted=accepted,
        acceptance_rate=accepted / answered if answered else None,
    )


def _never_shown(hub_id: int, unshown: NDArray[np.int64], *, since: datetime, now: datetime) -> tuple[NeverShown, ...]:
    """The first reason that holds of each, in the order of `_reasons`."""
    today = local_day(now)
    wanted = set(unshown.tolist())
    rows = Profile.objects.filter(hub_id=hub_id)
    paused = set(rows.filter(is_paused=True).values_list("pk", flat=True))
    closed = set(rows.filter(visibility=Visibility.HUB).values_list("pk", flat=True))
    open_texts = Statement.objects.filter(hub_id=hub_id).exclude(kind=StatementKind.ABOUT)
    speaking = set(
        open_texts.exclude(visibility=Visibility.HUB)
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
        .values_list("profile_id", flat=True)
    )
    never = set(ContactRules.objects.filter(hub_id=hub_id, monthly_cap=0).values_list("profile_id", flat=True))
    new = set(rows.filter(created_at__gt=since).values_list("pk", flat=True))
    considered = set(considered_of(hub_id, since=since, until=now).tolist())
    tests = (
        ("paused", paused),
        ("no_open_text", wanted - (speaking - closed)),
        ("no_room", never | set(full_profiles(hub_id, today=today))),
        ("outranked", considered),
        ("new", new),
    )
    found = Counter(next((code for code, members in tests if pk in members), "nobody_near") for pk in wanted)
    labels = _reasons()
    return tuple(NeverShown(code, labels[code], found[code]) for code in labels if found[code])


def _reasons() -> dict[str, str]:
    return {
        "paused": _("They have paused and take no new contacts for now"),
        "no_open_text": _("They have no open offer or need that others may read"),
        "no_room": _("They take no more requests this month"),
        "outranked": _("They were considered, and others were expected to fit better"),
        "new": _("They came within the period, and nobody has asked for their like yet"),
        "nobody_near": _("Nobody asked for anything near to what they write"),
    }


def _effect(hub_id: int, groups: Groups, *, now: datetime) -> RankerEffect | None:
    """Shares of attention before and after the last change of ranker, over the same number of days, at most 90."""
    change = (
        RankerDecision.objects.filter(hub_id=hub_id, created_at__lte=now)
        .exclude(change=RankerChange.FIRST)
        .select_related("ranker")
        .first()
    )
    if change is None or now - change.created_at < _LEAST_COMPARED:
        return None
    length = min(now - change.created_at, PERIOD)
    at = change.created_at
    before = exposure_of(hub_id, groups.profiles, since=at - length, until=at).attention
    after = exposure_of(hub_id, groups.profiles, since=at, until=at + length).attention
    changes = [each for code in DIMENSIONS for each in _changes(code, groups.of[code], before, after)]
    return RankerEffect(change.ranker.number, at, length.days, tuple(changes), top_tenth(before), top_tenth(after))


def _changes(code: str, values: NDArray[np.str_], before: Column, after: Column) -> list[GroupChange]:
    among = values != ""
    earlier, later = float(before[among].sum()), float(after[among].sum())
    if not earlier or not later:
        return []
    return [
        GroupChange(
            code,
            value,
            group_label(code, value),
            float(before[values == value].sum()) / earlier,
            float(after[values == value].sum()) / later,
        )
        for value in np.unique(values[among]).tolist()
    ]
