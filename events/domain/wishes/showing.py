"""Keeping what was recommended at events, in the same log as every other list.

Whom a list names follows from the market as a whole, without a draw: each was certain to be shown. Such lists carry no
candidates, so no other ranker is judged on them; what came of each name is learnt from as ever.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from events.models import Participant
from events.queries.suggestions import Suggested
from kernel.errors import NotReady
from matching.domain.introductions.days import local_day
from matching.domain.learning.columns import Seeker, contact_columns, known_of, room_of
from matching.domain.learning.impressions import ListOrigin, record_list
from matching.engine.contact_features import relevance
from matching.engine.features import NAMES
from matching.engine.weights import RANKERS
from matching.enums import Channel, Purpose
from matching.models import ShownList
from matching.results import Placing, Shown
from matching.serving import hub_index

RANKER_NAME = "event-market"


def note_shown(
    person: Participant, suggested: Sequence[Suggested], *, channel: Channel = Channel.EVENT, now: datetime
) -> ShownList | None:
    """Keep a list as it is shown to the person; None where there is none, or the hub has no index to learn with."""
    rows = [each for each in suggested if len(each.row.features) == len(NAMES)]
    if not rows:
        return None
    try:
        version = hub_index(person.hub_id).version
    except NotReady:
        return None
    today = local_day(now)
    profile = person.participation.profile
    profiles = np.array([each.match.profile.pk for each in rows], dtype=np.int64)
    matrix = np.array([each.row.features for each in rows], dtype=np.float64)
    columns = contact_columns(
        known_of(person.hub_id, version),
        Seeker(profile.pk, profile.organisation_id),
        profiles,
        matrix,
        relevance(RANKERS[Purpose.EVENT].scores(matrix)),
        room_of(person.hub_id, profiles, today=today),
        today=today,
    )
    shown = Shown(
        ranker_name=RANKER_NAME,
        ranker_row=None,
        seed=0,
        explored_places=0,
        placings=tuple(Placing(place, 1.0, 1.0, explored=False) for place in range(len(rows))),
        profiles=profiles,
        columns=columns,
        values=np.array([each.row.worth for each in rows], dtype=np.float64),
    )
    origin = ListOrigin(channel, seeker=profile)
    return record_list(person.hub_id, shown, tuple(each.match for each in rows), origin, now=now)
