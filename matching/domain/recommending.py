"""Recommending partners for a profile or for a text, for one purpose, in both directions."""

from dataclasses import replace
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from kernel.errors import InvalidInput
from matching.domain.asking import question_of_text
from matching.domain.learning.columns import Seeker
from matching.domain.market import Market, market_for_profile, readable_levels
from matching.domain.presenting import Presenter
from matching.engine.rows import RowFilter
from matching.enums import Purpose
from matching.results import Recommendations
from matching.serving import hub_index
from profiles.domain.fields import one_of
from profiles.enums import ProfileKind
from profiles.models import Profile
from profiles.texts import clean_text

MAX_QUERY_CHARACTERS = 2_000
MAX_LIMIT = 50


def recommend_for_profile(
    viewer: Viewer,
    profile: Profile,
    *,
    purpose: str,
    today: date,
    among: frozenset[int] | None = None,
    limit: int = 10,
) -> Recommendations:
    """Partners for a profile, best first; `among` keeps to those profile ids (an event's participants).

    Raises:
        NotAllowed: the viewer does not speak for the profile.
        InvalidInput: the purpose is unknown.
        NotReady: the model or the index is not built yet.
    """
    market = market_for_profile(viewer, profile, purpose=purpose, today=today, among=among)
    return _recommendations(viewer, market, today=today, limit=limit, seeker=profile)


def recommend_for_text(
    viewer: Viewer,
    text: str,
    *,
    purpose: str,
    today: date,
    seeker_kind: str = ProfileKind.FIRM.value,
    among: frozenset[int] | None = None,
    limit: int = 10,
) -> Recommendations:
    """Partners for a need in somebody's own words, as if a profile of `seeker_kind` had written it.

    Raises:
        InvalidInput: the text is empty or too long, or purpose or kind are unknown.
        NotReady: the model or the index is not built yet.
    """
    chosen = Purpose(one_of(purpose, Purpose.values, field="purpose"))
    kind = one_of(seeker_kind, ProfileKind.values, field="seeker_kind")
    words = clean_query(text, field="text")
    if not words:
        raise InvalidInput(_("Write what you seek in a few words."), field="text")
    index = hub_index(viewer.hub_id)
    question = question_of_text(index, words, kind=kind, purpose=chosen)
    rows = RowFilter(levels=readable_levels(viewer), today=today.toordinal(), profiles=among)
    return _recommendations(
        viewer,
        Market(viewer.hub_id, index, question, chosen, rows, kind, Seeker(0, 0), today),
        today=today,
        limit=limit,
    )


def clean_query(text: str, *, field: str) -> str:
    """The reader's words, ready to be embedded; `field` is where the form has them.

    Raises:
        InvalidInput: too long, or characters that cannot be stored.
    """
    return clean_text(text, field=field, max_length=MAX_QUERY_CHARACTERS)


def _recommendations(
    viewer: Viewer, market: Market, *, today: date, limit: int, seeker: Profile | None = None
) -> Recommendations:
    ranking, shown = market.shown(min(limit, MAX_LIMIT))
    places = np.array([placing.candidate for placing in shown.placings], dtype=np.int64)
    tried = [placing.explored for placing in shown.placings]
    found = [
        replace(item, explored=explored) for item, explored in zip(market.founds(ranking, places), tried, strict=True)
    ]
    presenter = Presenter(viewer, market.index, market.question, today, seeker)
    matches = presenter.present(found)
    return Recommendations(market.purpose, tuple(matches), market.missing_roles, shown)
