"""One question put to one hub: who may be recommended, in which order, and which places are for trying out."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from django.db.models import prefetch_related_objects
from numpy.typing import NDArray

from hubs.policies import Action, Viewer, require, visible_levels
from matching.domain.asking import Question, question_of_profile
from matching.domain.learning.champion import Champion, champion_for
from matching.domain.learning.columns import Seeker, known_of, room_of
from matching.domain.learning.valuing import Policy, ranked_by_worth, shown_of, with_room
from matching.domain.presenting import Found
from matching.domain.ranking import Ranking, rank
from matching.engine import purposes
from matching.engine.features import NAMES
from matching.engine.rows import RowFilter
from matching.engine.weights import NOVELTY, RANKERS
from matching.enums import Direction, Purpose, TeamRole
from matching.indexing.codes import KINDS, LEVELS, kind_number
from matching.indexing.hub_index import HubIndex
from matching.queries.learning import in_contact_with
from matching.results import Shown
from matching.serving import hub_index
from profiles.domain.fields import one_of
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.terms import code_of

# The seeker's own need decides more than the other side's; both count, since a contact needs two who want it.
OWN_NEED_WEIGHT = 0.6
# More than any profile has room for on a page; a few hundred would only dilute what is asked.
MAX_ASKS = 40
# A shorter list has no place to spare for trying out.
_LEAST_TO_EXPLORE = 5
_FULL_LIST = 10

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Market:
    """One question put to one index: who asks, for what, among whom."""

    hub_id: int
    index: HubIndex
    question: Question
    purpose: Purpose
    rows: RowFilter
    seeker_kind: str
    seeker: Seeker
    today: date

    @property
    def missing_roles(self) -> tuple[TeamRole, ...]:
        """The project's parts that the seeker lacks, in order."""
        if self.purpose is not Purpose.PROJECT:
            return ()
        return tuple(TeamRole(role) for role in purposes.missing_roles([self.seeker_kind]))

    @cached_property
    def ranking(self) -> Ranking:
        """Everybody who may be recommended: those with room first, by what a contact is expected to be worth."""
        kinds = frozenset(kind_number(kind) for kind in purposes.partner_kinds(self.purpose, self.seeker_kind))
        return self.weighed(replace(self.rows, kinds=kinds))

    def weighed(self, where: RowFilter) -> Ranking:
        """The candidates under this filter, by expected worth."""
        relevant = rank(self.index, self.question, where, RANKERS[self.purpose])
        room = room_of(self.hub_id, relevant.profiles, today=self.today)
        known = known_of(self.hub_id, self.index.version)
        return ranked_by_worth(relevant, self.champion, known, self.seeker, room, today=self.today)

    @cached_property
    def champion(self) -> Champion:
        """The ranker in force when the question was put."""
        return champion_for(self.hub_id)

    @cached_property
    def in_contact(self) -> frozenset[int]:
        """With whom the seeker talks already, or has asked to: no list needs to say it again."""
        return in_contact_with(self.hub_id, self.seeker.profile) if self.seeker.profile else frozenset()

    def order(self, ranking: Ranking, limit: int) -> Places:
        """Places in the ranking of the `limit` that are shown, best first, no two saying the same where that hurts."""
        missing = self.missing_roles
        if not missing:
            return ranking.diversified_places(NOVELTY[self.purpose], limit)
        kinds = [KINDS[number].value for number in ranking.kinds]
        order = purposes.missing_roles_first(kinds, [role.value for role in missing])
        return np.array(order[:limit], dtype=np.int64)

    def chosen(self, ranking: Ranking, limit: int) -> list[Found]:
        """The first `limit` in the order in which they are shown, without trying anybody out."""
        return self.founds(ranking, self.order(ranking, limit))

    def founds(self, ranking: Ranking, places: Places) -> list[Found]:
        """These candidates, each with the pair that says most about the match, and the part it would fill."""
        roles = {kind: role for kind, part in purposes.ROLE_OF_KIND.items() if (role := TeamRole(part))}
        missing = self.missing_roles
        found = founds(ranking.take(places), self.purpose)
        filled = [roles.get(KINDS[ranking.kinds[place]].value) for place in places]
        return [replace(item, role=role if role in missing else None) for item, role in zip(found, filled, strict=True)]

    def shown(self, limit: int) -> tuple[Ranking, Shown]:
        """The list as the hub's policy shows it: all but some places by worth, the others drawn to learn from.

        The draw is the same for the same question all day, so that a list does not jump when a page is read twice.
        """
        open_ = with_room(self.ranking)
        ranking = open_.take(np.flatnonzero(~np.isin(open_.profiles, list(self.in_contact))))
        policy = Policy(self.champion, self._explored_places(limit), self._seed())
        certain = self.order(ranking, max(min(limit, len(ranking)) - policy.explored_places, 0))
        return ranking, shown_of(ranking, certain, policy)

    def _explored_places(self, limit: int) -> int:
        if limit < _LEAST_TO_EXPLORE or not self.seeker.profile or not self.champion.explored_places:
            return 0
        return min(max(self.champion.explored_places * limit // _FULL_LIST, 1), limit // 2)

    def _seed(self) -> int:
        words = f"{self.hub_id} {self.seeker.profile} {self.purpose.value} {self.today.isoformat()}"
        return int.from_bytes(hashlib.sha256(words.encode()).digest()[:7], "big")


def market_for_profile(
    viewer: Viewer, profile: Profile, *, purpose: str, today: date, among: frozenset[int] | None
) -> Market:
    """The question that a profile's statements put, for a purpose.

    Raises:
        NotAllowed: the viewer does not speak for the profile.
        InvalidInput: the purpose is unknown.
        NotReady: the model or the index is not built yet.
    """
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
    seeker = Seeker(profile.pk, profile.organisation_id)
    return Market(viewer.hub_id, index, question, chosen, rows, profile.kind, seeker, today)


def readable_levels(viewer: Viewer) -> frozenset[int]:
    """Index level numbers that the viewer may read of others."""
    allowed = visible_levels(viewer)
    return frozenset(number for number, level in enumerate(LEVELS) if level.value in allowed)


def _statements_for(purpose: Purpose, profile: Profile, today: date) -> list[Statement]:
    """Our living needs and offers that the purpose can serve, needs first; all living ones where it serves none."""
    living = [row for row in profile.statements.all() if row.kind != StatementKind.ABOUT and not row.is_expired(today)]
    for row in living:
        row.profile = profile
    served = [row for row in living if purposes.serves(purpose, code_of(row.collaboration_id))]
    ordered = sorted(served or living, key=lambda row: (row.kind != StatementKind.NEED, row.position, row.pk))
    return ordered[:MAX_ASKS]


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
