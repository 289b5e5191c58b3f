"""Reads for learning: what is known of parties and of their earlier contacts, and which ranker is the champion."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np
from django.db.models import Max, OuterRef, Q, Subquery
from numpy.typing import NDArray

from hubs.models import Hub
from matching.enums import CONSENTED_STATES, OPEN_STATES, DeclineReason, IntroductionState, RankerState, Side
from matching.models import ContactRules, HubRules, Impression, Introduction, LoadPlace, RankerVersion
from profiles.enums import ProfileKind
from profiles.models import Profile

Ids = NDArray[np.int64]
Column = NDArray[np.float64]

SMALL_FIRM, LARGE_FIRM = 10, 250
_UNIVERSITY_HOSPITAL = ("universitetshospital", "rigshospital", "university hospital")


@dataclass(frozen=True)
class Parties:
    """What holds for each profile of a hub, in order of profile id, (n,): 0 where it is unknown.

    `size` is 1 for a small place, -1 for a large one; `field` numbers the specialty or municipal field; `written` is
    the day (as an ordinal) on which the newest of the profile's texts changed.
    """

    profile: Ids
    organisation: Ids
    size: Column
    field: Ids
    written: Column

    def values(self, column: NDArray[np.int64] | Column, profiles: Ids) -> Column:
        """A column's values for these profiles (n,); 0 for one that is not there."""
        if not len(self.profile):
            return np.zeros(len(profiles))
        found = np.minimum(np.searchsorted(self.profile, profiles), len(self.profile) - 1)
        return np.where(self.profile[found] == profiles, column[found], 0).astype(np.float64)


@dataclass(frozen=True)
class Contacts:
    """Requests of a hub that were sent and are settled or open, (n,): who asked whom, and what the asked side said.

    `heard`: it was asked and its time is over or it has answered; `answered`: it said something itself; `yes`: it said
    yes; `weighed`: its answer was about the pair (a yes, or a no for another reason than want of time; "not now" is
    neither); `refused`: such a no; `agreed`: both said yes.
    """

    seeker: Ids
    receiver: Ids
    seeker_organisation: Ids
    receiver_organisation: Ids
    heard: NDArray[np.bool_]
    answered: NDArray[np.bool_]
    yes: NDArray[np.bool_]
    weighed: NDArray[np.bool_]
    refused: NDArray[np.bool_]
    agreed: NDArray[np.bool_]


def parties_of(hub_id: int) -> Parties:
    """Every profile of the hub."""
    rows = (
        Profile.objects.filter(hub_id=hub_id)
        .order_by("pk")
        .annotate(written=Max("statements__updated_at"))
        .values_list(
            "pk",
            "organisation_id",
            "kind",
            "organisation__name",
            "organisation__employees",
            "specialty_id",
            "municipal_field_id",
            "written",
        )
    )
    found = list(rows)
    fields = {key: number for number, key in enumerate(sorted({row[5] or row[6] or "" for row in found}))}
    nothing = fields.get("", -1)
    numbers = [fields[row[5] or row[6] or ""] for row in found]
    return Parties(
        profile=np.array([row[0] for row in found], dtype=np.int64),
        organisation=np.array([row[1] for row in found], dtype=np.int64),
        size=np.array([size_of(row[2], row[3], row[4]) for row in found], dtype=np.float64),
        field=np.array([-1 if number == nothing else number for number in numbers], dtype=np.int64) + 1,
        written=np.array([row[7].toordinal() if row[7] else 0 for row in found], dtype=np.float64),
    )


def size_of(kind: str, organisation: str, employees: int | None) -> float:
    """1 for a small place that is easily entered, -1 for a large one, 0 between or unknown.

    Source: domain brief, section 2: small provincial hospitals are often easier to enter than the big ones.
    """
    if kind == ProfileKind.CLINICIAN:
        name = organisation.casefold()
        return -1.0 if any(word in name for word in _UNIVERSITY_HOSPITAL) else 1.0
    if kind == ProfileKind.MUNICIPALITY:
        return 1.0
    if employees is None:
        return 0.0
    return 1.0 if employees <= SMALL_FIRM else -1.0 if employees >= LARGE_FIRM else 0.0


def contacts_since(hub_id: int, since: datetime) -> Contacts:
    """Requests that were sent since then; what is still a draft or was never sent is no contact."""
    rows = list(
        Introduction.objects.filter(hub_id=hub_id, sent_at__gte=since)
        .exclude(state=IntroductionState.WITHDRAWN)
        .order_by("pk")
        .values_list(
            "seeker_id",
            "receiver_id",
            "seeker__organisation_id",
            "receiver__organisation_id",
            "state",
            "decline_reason",
            "declined_by",
            "receiver_consented_at",
            "ask_again_on",
        )
    )
    ids: Ids = np.array([row[:4] for row in rows], dtype=np.int64).reshape(len(rows), 4)
    seeker, receiver, seeker_organisation, receiver_organisation = ids.T
    said = [_said(*row[4:]) for row in rows]
    return Contacts(
        seeker,
        receiver,
        seeker_organisation,
        receiver_organisation,
        heard=_flags(word not in ("open", "unasked") for word in said),
        answered=_flags(word in ("yes", "no", "busy", "not_now") for word in said),
        yes=_flags(word == "yes" for word in said),
        weighed=_flags(word in ("yes", "no") for word in said),
        refused=_flags(word == "no" for word in said),
        agreed=_flags(row[4] in CONSENTED_STATES for row in rows),
    )


def _said(state: str, reason: str, declined_by: str, consented_at: datetime | None, ask_again_on: date | None) -> str:
    """What the asked side said: "yes", "no", "busy" (no time), "not_now", "silent", or it is "open" or was "unasked".

    As in `matching.domain.learning.evidence`: a facilitator's proposal that the seeker declined asked nobody else, and
    a "not now" without a day is the clock's, for a party that paused.
    """
    if consented_at is not None or state in CONSENTED_STATES:
        return "yes"
    if state in (IntroductionState.SENT, IntroductionState.SEEN):
        return "open"
    if declined_by == Side.SEEKER:
        return "unasked"
    if state == IntroductionState.DECLINED:
        return "busy" if reason == DeclineReason.NO_CAPACITY else "no"
    if state == IntroductionState.NOT_NOW:
        return "not_now" if ask_again_on is not None else "unasked"
    return "silent"


def _flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(values, dtype=np.bool_)


def taken_places(hub_id: int, profile_ids: Collection[int], *, month: date) -> dict[int, tuple[int, int]]:
    """(taken, cap) of that month by profile id, for those of these profiles that have a cap: one query."""
    capped = dict(
        ContactRules.objects.filter(hub_id=hub_id, monthly_cap__isnull=False).values_list("profile_id", "monthly_cap")
    )
    wanted = [pk for pk in profile_ids if pk in capped]
    taken: dict[int, int] = dict.fromkeys(wanted, 0)
    if wanted:
        for pk in LoadPlace.objects.filter(hub_id=hub_id, month=month, profile_id__in=wanted).values_list(
            "profile_id", flat=True
        ):
            taken[pk] += 1
    return {pk: (taken[pk], int(capped[pk] or 0)) for pk in wanted}


def champion_of(hub_id: int) -> RankerVersion | None:
    """The ranker that orders the hub's lists; none before the first training."""
    return RankerVersion.objects.filter(hub_id=hub_id, state=RankerState.CHAMPION).first()


def in_contact_with(hub_id: int, profile_id: int) -> frozenset[int]:
    """Profiles with which this one has an open request or a living contact, whoever asked: one query."""
    both = Q(seeker_id=profile_id) | Q(receiver_id=profile_id)
    rows = Introduction.objects.filter(both, hub_id=hub_id, state__in=OPEN_STATES | CONSENTED_STATES)
    pairs = rows.exclude(state=IntroductionState.CLOSED).order_by().values_list("seeker_id", "receiver_id")
    return frozenset(pk for pair in pairs for pk in pair) - {profile_id}


def policy_of(hub_id: int) -> tuple[int | None, int]:
    """The champion's id, and how many of ten places are for trying out: asked for each list, so it holds at once."""
    champion = RankerVersion.objects.filter(hub=OuterRef("pk"), state=RankerState.CHAMPION).values("pk")[:1]
    row = Hub.objects.filter(pk=hub_id).values_list(Subquery(champion), "rules__explored_places").first()
    champion_id, explored = row or (None, None)
    default = HubRules._meta.get_field("explored_places").default
    return champion_id, default if explored is None else explored


def rankers_of(hub_id: int, number: int | None = None) -> list[RankerVersion]:
    """The hub's rankers, newest first; only the one of that number, if one is named."""
    chosen = Q() if number is None else Q(number=number)
    return list(RankerVersion.objects.filter(chosen, hub_id=hub_id).order_by("-number"))


def impression_of(hub_id: int, list_id: UUID | None, *, profile: Profile, seeker: Profile) -> Impression | None:
    """The place of `profile` in that list, if the list was shown to `seeker` or to nobody known; else none."""
    if list_id is None:
        return None
    whose = Q(shown_list__seeker=seeker) | Q(shown_list__seeker__isnull=True)
    return Impression.objects.filter(whose, hub_id=hub_id, shown_list__public_id=list_id, profile=profile).first()
