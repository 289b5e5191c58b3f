"""Keeping what was shown: each list with its ranker, its candidates and the probability of every place.

Without this no claim that the ranking learns could be checked. No words of a question are kept.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from hubs.policies import Viewer
from matching.candidates_blob import Candidates
from matching.enums import Channel
from matching.models import Impression, ShownList
from matching.results import Match, Recommendations, SearchResult, Shown
from profiles.models import Profile

# What a place's features are kept with: finer differences move no weight.
_DECIMALS = 4


@dataclass(frozen=True)
class ListOrigin:
    """Where and for whom a list was shown."""

    channel: Channel
    purpose: str = ""
    seeker: Profile | None = None


def record_recommendations(
    viewer: Viewer, found: Recommendations, *, channel: Channel, seeker: Profile | None, now: datetime
) -> ShownList | None:
    """Keep a list of recommendations as it is shown; None where nothing is shown at all."""
    origin = ListOrigin(channel, found.purpose.value, seeker)
    return record_list(viewer.hub_id, found.shown, found.matches, origin, now=now)


def record_search(viewer: Viewer, result: SearchResult, *, channel: Channel, now: datetime) -> ShownList | None:
    """Keep one page of search results: their order follows the words alone, so that each was certain to be shown."""
    return record_list(viewer.hub_id, result.shown, result.matches, ListOrigin(channel), now=now)


@transaction.atomic
def record_list(
    hub_id: int, shown: Shown | None, matches: tuple[Match, ...], origin: ListOrigin, *, now: datetime
) -> ShownList | None:
    """Keep the matches that are shown, in their order, with what `shown` says of them: two writes."""
    if shown is None or not matches:
        return None
    explores = any(placing.explored for placing in shown.placings) or bool(origin.purpose)
    row = ShownList.objects.create(
        hub_id=hub_id,
        channel=origin.channel,
        purpose=origin.purpose,
        seeker=origin.seeker,
        ranker_id=shown.ranker_row,
        ranker_name=shown.ranker_name,
        seed=shown.seed,
        explored_places=shown.explored_places,
        candidates=Candidates(shown.profiles, shown.columns).packed() if explores else b"",
        shown_at=now,
    )
    Impression.objects.bulk_create(_impressions(row, shown, matches))
    return row


def _impressions(row: ShownList, shown: Shown, matches: tuple[Match, ...]) -> list[Impression]:
    """One a match; what the presenter left out, since it may no longer be seen, was not shown."""
    placings = {int(shown.profiles[placing.candidate]): placing for placing in shown.placings}
    rows = []
    for position, match in enumerate(matches):
        placing = placings[match.profile.pk]
        rows.append(
            Impression(
                hub_id=row.hub_id,
                shown_list=row,
                profile=match.profile,
                position=match.rank - 1 if not row.purpose else position,
                propensity=placing.propensity,
                place_propensity=placing.place_propensity,
                explored=placing.explored,
                expected_value=float(shown.values[placing.candidate]),
                features=np.round(shown.columns[placing.candidate], _DECIMALS).tolist(),
            )
        )
    return rows


def note_opening(hub_id: int, list_id: UUID, profile: Profile, *, now: datetime) -> bool:
    """Keep that the profile was opened from the list, the first time; whether it was."""
    rows = Impression.objects.filter(hub_id=hub_id, shown_list__public_id=list_id, profile=profile)
    return bool(rows.filter(opened_at__isnull=True).update(opened_at=now))
