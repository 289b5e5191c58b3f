"""The columns of one pair, kept with a request that came of no list, so that training can learn from it as well."""

from dataclasses import replace
from datetime import date

import numpy as np

from hubs.enums import Role
from hubs.policies import Viewer
from kernel.errors import NotReady
from matching.domain.learning.columns import contact_columns, known_of, room_of
from matching.domain.market import Market, market_for_profile
from matching.domain.ranking import rank
from matching.engine.features import NEUTRAL
from matching.engine.weights import RANKERS
from profiles.models import Profile

_DECIMALS = 4


def features_of_pair(hub_id: int, seeker: Profile, receiver: Profile, purpose: str, *, today: date) -> list[float]:
    """The pair as a list would have shown it to the seeker, in the order of `contact_features.NAMES`.

    Whatever the rules say and however far it is; a receiver without an open text has neutral columns of the pair.
    Empty while the index is not there: such a request teaches nothing, and is counted.

    Raises:
        InvalidInput: the purpose is unknown.
    """
    viewer = Viewer(hub_id, Role.MEMBER, organisation_ids=frozenset({seeker.organisation_id}))
    try:
        market = market_for_profile(viewer, seeker, purpose=purpose, today=today, among=None)
    except NotReady:
        return []
    return [round(value, _DECIMALS) for value in _columns(market, receiver)]


def _columns(market: Market, receiver: Profile) -> list[float]:
    where = replace(market.rows, profiles=frozenset({receiver.pk}), without_organisations=frozenset())
    alone = rank(market.index, market.question, where, RANKERS[market.purpose])
    profiles = np.array([receiver.pk], dtype=np.int64)
    pair = alone.matrix if len(alone) else NEUTRAL[None, :].astype(np.float64)
    relevance = RANKERS[market.purpose].scores(pair) / 2.0
    known = known_of(market.hub_id, market.index.version)
    room = room_of(market.hub_id, profiles, today=market.today)
    columns = contact_columns(known, market.seeker, profiles, pair, relevance, room, today=market.today)
    return [float(value) for value in columns[0]]
