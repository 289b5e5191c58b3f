"""Who else could be asked when a month is full, or somebody says no: others who fit and have room."""

from datetime import date

from hubs.policies import Viewer
from kernel.errors import DomainError
from matching.domain.introductions.capacity import full_profiles
from matching.domain.introductions.pairs import require_writer
from matching.domain.recommending import recommend_for_profile
from matching.enums import OPEN_STATES
from matching.models import Impression, Introduction
from profiles.models import Profile
from profiles.queries import visible_profiles

# Enough to find three with room behind a full first page.
_LOOKED_AT = 30


def alternatives_to(viewer: Viewer, introduction: Introduction, *, today: date, limit: int = 3) -> list[Profile]:
    """Other profiles that fit, in the order of the list that was shown, then as recommended now.

    Left out: who is paused, full this month, of the same organisation as the seeker, or in an open request with it.

    Raises:
        NotFound, NotAllowed: the request is not the viewer's.
    """
    require_writer(viewer, introduction)
    barred = _barred(introduction, today)
    found = _readable(viewer, _shown_with(introduction), barred, limit)
    if len(found) < limit:
        more = _recommended(viewer, introduction, today)
        found += _readable(viewer, more, barred | {profile.pk for profile in found}, limit - len(found))
    return found


def _barred(introduction: Introduction, today: date) -> frozenset[int]:
    seeker_id = introduction.seeker_id
    open_rows = Introduction.objects.filter(hub_id=introduction.hub_id, state__in=OPEN_STATES)
    asked = open_rows.filter(seeker_id=seeker_id).values_list("receiver_id", flat=True)
    asking = open_rows.filter(receiver_id=seeker_id).values_list("seeker_id", flat=True)
    own = Profile.objects.filter(organisation_id=introduction.seeker.organisation_id).values_list("pk", flat=True)
    full = full_profiles(introduction.hub_id, today=today)
    return full | {*asked, *asking, *own, introduction.receiver_id}


def _shown_with(introduction: Introduction) -> list[int]:
    if introduction.impression is None:
        return []
    rows = Impression.objects.filter(shown_list_id=introduction.impression.shown_list_id).order_by("position")
    return list(rows.values_list("profile_id", flat=True))


def _recommended(viewer: Viewer, introduction: Introduction, today: date) -> list[int]:
    """Nobody where the index or the model is not ready: the page then simply has no others to show."""
    try:
        found = recommend_for_profile(
            viewer, introduction.seeker, purpose=introduction.purpose, today=today, limit=_LOOKED_AT
        )
    except DomainError:
        return []
    return [match.profile.pk for match in found.matches]


def _readable(viewer: Viewer, profile_ids: list[int], barred: frozenset[int], limit: int) -> list[Profile]:
    wanted = [pk for pk in profile_ids if pk not in barred]
    rows = visible_profiles(viewer).filter(pk__in=wanted, is_paused=False).select_related("organisation")
    by_id = {profile.pk: profile for profile in rows}
    return [by_id[pk] for pk in wanted if pk in by_id][:limit]
