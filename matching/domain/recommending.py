"""Recommending partners for a profile or for a text, for one purpose, in both directions."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, require, visible_levels
from kernel.errors import InvalidInput
from matching.domain.asking import Question, question_of_profile, question_of_text
from matching.domain.presenting import Found, Presenter
from matching.domain.ranking import Ranking, rank
from matching.engine import purposes
from matching.engine.features import NAMES
from matching.engine.rows import RowFilter
from matching.engine.weights import NOVELTY, RANKERS
from matching.enums import Direction, Purpose, TeamRole
from matching.indexing.codes import KINDS, LEVELS, kind_number
from matching.indexing.hub_index import HubIndex
from matching.results import Recommendations
from matching.serving import hub_index
from profiles.domain.fields import one_of
from profiles.enums import ProfileKind, StatementKind
from profiles.models import Profile, Statement
from profiles.terms import code_of
from profiles.texts import clean_text

MAX_QUERY_CHARACTERS = 2_000
MAX_LIMIT = 50
# The seeker's own need decides more than the other side's; both count, since a contact needs two who want it.
OWN_NEED_WEIGHT = 0.6
# More than any profile has room for on a page; a few hundred would only dilute what is asked.
MAX_ASKS = 40


@dataclass(frozen=True)
class Market:
    """One question put to one index: who asks, for what, among whom."""

    index: HubIndex
    question: Question
    purpose: Purpose
    rows: RowFilter
    seeker_kind: str

    @property
    def missing_roles(self) -> tuple[TeamRole, ...]:
        """The project's parts that the seeker lacks, in order."""
        if self.purpose is not Purpose.PROJECT:
            return ()
        return tuple(TeamRole(role) for role in purposes.missing_roles([self.seeker_kind]))

    def ranking(self) -> Ranking:
        """Everybody who may be recommended, best first."""
        kinds = frozenset(kind_number(kind) for kind in purposes.partner_kinds(self.purpose, self.seeker_kind))
        return rank(self.index, self.question, replace(self.rows, kinds=kinds), RANKERS[self.purpose])

    def chosen(self, ranking: Ranking, limit: int) -> list[Found]:
        """The first `limit` in the order in which they are shown."""
        missing = self.missing_roles
        if not missing:
            return founds(ranking.diversified(NOVELTY[self.purpose], limit), self.purpose)
        kinds = [KINDS[number].value for number in ranking.kinds]
        order = purposes.missing_roles_first(kinds, [role.value for role in missing])[:limit]
        roles = {kind: TeamRole(role) for kind, role in purposes.ROLE_OF_KIND.items() if role in missing}
        found = founds(ranking.take(np.array(order, dtype=np.int64)), self.purpose)
        return [replace(item, role=roles.get(kinds[place])) for item, place in zip(found, order, strict=True)]


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


def market_for_profile(
    viewer: Viewer, profile: Profile, *, purpose: str, today: date, among: frozenset[int] | None
) -> Market:
    """The question that a profile's statements put, for a purpose; raises as `recommend_for_profile` does."""
    require(viewer, Action.RECOMMEND_FOR, profile)
    chosen = Purpose(one_of(purpose, Purpose.values, field="purpose"))
    prefetch_related_objects([profile], "theme_links", "statements")
    index = hub_index(viewer.hub_id)
    asking = _statements_for(chosen, profile, today)
    question = question_of_profile(index, profile, asking, chosen)
    rows = RowFilter(
        levels=readable_levels(viewer),
        today=today.toordinal(),
        profiles=among,
        without_organisations=frozenset({profile.organisation_id}),
    )
    return Market(index, question, chosen, rows, profile.kind)


def _statements_for(purpose: Purpose, profile: Profile, today: date) -> list[Statement]:
    """Our living needs and offers that the purpose can serve, needs first; all living ones where it serves none."""
    living = [row for row in profile.statements.all() if row.kind != StatementKind.ABOUT and not row.is_expired(today)]
    for row in living:
        row.profile = profile
    served = [row for row in living if purposes.serves(purpose, code_of(row.collaboration_id))]
    ordered = sorted(served or living, key=lambda row: (row.kind != StatementKind.NEED, row.position, row.pk))
    return ordered[:MAX_ASKS]


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
    return _recommendations(viewer, Market(index, question, chosen, rows, kind), today=today, limit=limit)


def clean_query(text: str, *, field: str) -> str:
    """The reader's words, ready to be embedded; `field` is where the form has them.

    Raises:
        InvalidInput: too long, or characters that cannot be stored.
    """
    return clean_text(text, field=field, max_length=MAX_QUERY_CHARACTERS)


def readable_levels(viewer: Viewer) -> frozenset[int]:
    """Index level numbers that the viewer may read of others."""
    allowed = visible_levels(viewer)
    return frozenset(number for number, level in enumerate(LEVELS) if level.value in allowed)


def _recommendations(
    viewer: Viewer, market: Market, *, today: date, limit: int, seeker: Profile | None = None
) -> Recommendations:
    found = market.chosen(market.ranking(), min(limit, MAX_LIMIT))
    presenter = Presenter(viewer, market.index, market.question, today, seeker)
    matches = presenter.present(found)
    return Recommendations(purpose=market.purpose, matches=tuple(matches), missing_roles=market.missing_roles)


def founds(ranking: Ranking, purpose: Purpose) -> list[Found]:
    """Each candidate with the pair that says most about the match."""
    return [_found(ranking, place, purpose) for place in range(len(ranking))]


def _found(ranking: Ranking, place: int, purpose: Purpose) -> Found:
    values = dict(zip(NAMES, ranking.matrix[place].tolist(), strict=True))
    direction, pair = _pair(ranking, place, values, purpose)
    return Found(
        profile_id=int(ranking.profiles[place]),
        ask=int(pair[0]),
        their_statement=int(pair[1]),
        direction=direction,
        contributions=dict(zip(NAMES, ranking.contributions[place].tolist(), strict=True)),
        values=values,
        probability=float(ranking.probabilities[place]),
    )


def _pair(
    ranking: Ranking, place: int, values: dict[str, float], purpose: Purpose
) -> tuple[Direction, "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"]:
    """The direction that speaks louder, our own need a little more; without any, the nearest pair."""
    forward, backward, same = ranking.need_offer[place], ranking.offer_need[place], ranking.same_need[place]
    if purpose is Purpose.ERFA and same[0] >= 0:
        return Direction.SAME_NEED, same
    loud = {name: values[f"{name}_meaning"] + values[f"{name}_words"] for name in ("need_offer", "offer_need")}
    if forward[0] >= 0 and (
        backward[0] < 0 or OWN_NEED_WEIGHT * loud["need_offer"] >= (1 - OWN_NEED_WEIGHT) * loud["offer_need"]
    ):
        return Direction.NEED_OFFER, forward
    if backward[0] >= 0:
        return Direction.OFFER_NEED, backward
    return (Direction.SAME_NEED, same) if same[0] >= 0 else (Direction.QUERY, ranking.nearest[place])
