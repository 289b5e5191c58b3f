"""How much contact a profile still takes this month: numbered places that exist once, over all channels."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matching.domain.introductions.days import local_day, month_of, next_month
from matching.domain.introductions.errors import CapReached
from matching.enums import Side
from matching.models import ContactRules, Introduction, LoadPlace
from profiles.models import Profile


def subject_of(introduction: Introduction, side: str) -> UUID:
    """What takes the place: the request itself; for the asking side, which a facilitator may ask too, a name of it."""
    return introduction.public_id if side == Side.RECEIVER else uuid5(introduction.public_id, side)


@transaction.atomic
def take_place(profile: Profile, *, channel: str, subject: UUID, now: datetime) -> LoadPlace:
    """Take one of the profile's places of this month; the same subject keeps the place that it has.

    Absolute whatever runs beside it: the profile is locked, and each number from 1 to the cap exists once.

    Raises:
        CapReached: the cap of this calendar month (in Copenhagen) is used up.
    """
    list(Profile.objects.select_for_update(no_key=True).filter(pk=profile.pk).values_list("pk"))
    held = LoadPlace.objects.filter(subject=subject).first()
    if held is not None:
        return held
    today = local_day(now)
    taken = _taken(profile.pk, today)
    _require_room(profile, len(taken), today)
    number = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return LoadPlace.objects.create(
        hub_id=profile.hub_id,
        profile=profile,
        month=month_of(today),
        number=number,
        channel=channel,
        subject=subject,
    )


def require_place(profile: Profile, *, today: date) -> None:
    """Stop when the month is full, without taking a place.

    Raises:
        CapReached: it is.
    """
    _require_room(profile, len(_taken(profile.pk, today)), today)


def free_place(subject: UUID) -> None:
    """Give back the place that the subject holds, if it holds one."""
    free_places((subject,))


def free_places(subjects: Iterable[UUID]) -> None:
    """Give back the places that these subjects hold."""
    LoadPlace.objects.filter(subject__in=list(subjects)).delete()


def capacity_left(hub_id: int, profile_ids: Iterable[int], *, today: date) -> dict[int, float]:
    """The share of this month's cap that is still free, 0..1, by profile id; profiles without a cap are left out."""
    caps = dict(
        ContactRules.objects.filter(
            hub_id=hub_id, profile_id__in=list(profile_ids), monthly_cap__isnull=False
        ).values_list("profile_id", "monthly_cap")
    )
    used = _used(hub_id, today)
    return {
        profile_id: max(cap - used.get(profile_id, 0), 0) / cap if cap else 0.0
        for profile_id, cap in caps.items()
        if cap is not None
    }


def full_profiles(hub_id: int, *, today: date) -> frozenset[int]:
    """Ids of profiles that take no more this month."""
    caps = ContactRules.objects.filter(hub_id=hub_id, monthly_cap__isnull=False)
    used = _used(hub_id, today)
    return frozenset(
        profile_id
        for profile_id, cap in caps.values_list("profile_id", "monthly_cap")
        if cap is not None and used.get(profile_id, 0) >= cap
    )


def _taken(profile_id: int, today: date) -> frozenset[int]:
    rows = LoadPlace.objects.filter(profile_id=profile_id, month=month_of(today))
    return frozenset(rows.values_list("number", flat=True))


def _used(hub_id: int, today: date) -> dict[int, int]:
    rows = LoadPlace.objects.filter(hub_id=hub_id, month=month_of(today)).order_by()
    return dict(rows.values_list("profile_id").annotate(Count("id")))


def _require_room(profile: Profile, used: int, today: date) -> None:
    cap = ContactRules.objects.filter(profile_id=profile.pk).values_list("monthly_cap", flat=True).first()
    if cap is None or used < cap:
        return
    free_from = next_month(today)
    raise CapReached(
        _(
            "%(name)s takes no more requests in %(month)s, so nothing was sent. Ask again from %(day)s, "
            "or ask one of the others who fit and have time now."
        )
        % {
            "name": profile.name,
            "month": date_format(today, "F"),
            "day": date_format(free_from, "MONTH_DAY_FORMAT"),
        },
        month=month_of(today).isoformat(),
        free_from=free_from.isoformat(),
        limit=cap,
    )
