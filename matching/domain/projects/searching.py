"""Partners for the parts that a project lacks, given its idea and what those at the table have written themselves;
and candidates for the need of a shortlist.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

import numpy as np

from hubs.policies import Viewer, require_steering
from matching.domain.asking import Question, question_of_profile, question_of_text
from matching.domain.introductions.capacity import full_profiles
from matching.domain.learning.columns import Seeker
from matching.domain.market import Market, founds, readable_levels
from matching.domain.presenting import Found, Presenter
from matching.domain.projects.completing import SEATED, Seat, look_at_table
from matching.domain.ranking import Ranking
from matching.engine import purposes
from matching.engine.features import Facts
from matching.engine.rows import Ids, Mask, RowFilter
from matching.enums import ProjectPart, Purpose, TeamRole
from matching.indexing.codes import kind_number
from matching.indexing.hub_index import HubIndex
from matching.models.projects import Participant, Project, Shortlist
from matching.results import Match, Placing, Shown
from matching.serving import hub_index
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.queries import visible_statements
from profiles.terms import code_of

# The idea leads; what each at the table has written adds to it, without drowning it.
MOST_TEXTS_A_PARTICIPANT = 4
MOST_TEXTS = 24
IDEA_CHARACTERS = 2_000
_TEAM_ROLES = {part.value: TeamRole(part.value) for part in ProjectPart if part.value in TeamRole.values}


@dataclass(frozen=True)
class Suggested:
    """Candidates, best first; `shown` is what the log of lists keeps of them."""

    matches: tuple[Match, ...]
    shown: Shown


@dataclass(frozen=True)
class PartCandidates:
    """Who could fill one missing part, best first; `shown` is what the log of lists keeps of it."""

    part: ProjectPart
    wanted: str
    matches: tuple[Match, ...]
    shown: Shown


def recommend_for_project(
    viewer: Viewer, project: Project, *, today: date, limit: int = 3, parts: Collection[str] | None = None
) -> tuple[PartCandidates, ...]:
    """Candidates for each missing part, or for those of `parts`, `limit` of each.

    Left out: organisations at the table or asked to it, profiles that said no to this project, those whose cap of
    this month is reached.

    Raises:
        NotAllowed: the viewer does not steer the room.
        NotReady: the model or the index is not built yet.
    """
    require_steering(viewer, project)
    participants = list(project.participants.select_related("profile__organisation"))
    table = look_at_table(project.roles.all(), participants)
    wanted = [
        seat for seat in table.seats if (seat.is_missing if parts is None else seat.is_wanted and seat.part in parts)
    ]
    if not wanted:
        return ()
    index = hub_index(viewer.hub_id)
    common = _common_question(index, viewer, project, participants, today)
    rows = RowFilter(
        levels=readable_levels(viewer),
        today=today.toordinal(),
        without_organisations=frozenset(row.profile.organisation_id for row in participants if row.consent in SEATED),
    )
    closed = full_profiles(viewer.hub_id, today=today) | {row.profile_id for row in participants}
    search = _Search(viewer, index, project, common, rows, frozenset(closed), today)
    return tuple(search.candidates(seat, limit) for seat in wanted)


def candidates_for_shortlist(
    viewer: Viewer, shortlist: Shortlist, *, today: date, without: Collection[int] = (), limit: int = 3
) -> Suggested:
    """Profiles of any kind whose texts meet the list's need, best first, with room this month.

    Raises:
        NotAllowed: the viewer may not change the list.
        NotReady: the model or the index is not built yet.
    """
    closed = full_profiles(viewer.hub_id, today=today) | frozenset(without)
    return _search_for_need(viewer, shortlist, today, lambda ids: ~np.isin(ids, list(closed)), limit)


def compare_candidates(
    viewer: Viewer, shortlist: Shortlist, profiles: Collection[int], *, today: date
) -> dict[int, Match]:
    """By profile id, how each of these meets the list's need; who meets it with no text is left out.

    Raises: as `candidates_for_shortlist`.
    """
    if not profiles:
        return {}
    found = _search_for_need(viewer, shortlist, today, None, len(profiles), among=frozenset(profiles))
    return {match.profile.pk: match for match in found.matches}


def _search_for_need(
    viewer: Viewer,
    shortlist: Shortlist,
    today: date,
    keep: Callable[[Ids], Mask] | None,
    limit: int,
    among: frozenset[int] | None = None,
) -> Suggested:
    require_steering(viewer, shortlist)
    index, owner = hub_index(viewer.hub_id), shortlist.owner
    question = _need_of(index, shortlist)
    rows = RowFilter(
        levels=readable_levels(viewer),
        today=today.toordinal(),
        profiles=among,
        without_organisations=frozenset({owner.organisation_id}),
    )
    seeker = Seeker(owner.pk, owner.organisation_id)
    market = Market(viewer.hub_id, index, question, Purpose.PROJECT, rows, owner.kind, seeker, today)
    ranking = market.weighed(rows)
    if keep is not None:
        ranking = ranking.take(np.flatnonzero(keep(ranking.profiles)))
    found = founds(ranking.take(np.arange(min(limit, len(ranking)))), Purpose.PROJECT)
    matches = Presenter(viewer, index, question, today, owner).present(found)
    return Suggested(tuple(matches), _shown(market, ranking, len(found)))


def _need_of(index: HubIndex, shortlist: Shortlist) -> Question:
    """The list's own words; where they are still those of the owner's text, the text itself."""
    statement = shortlist.statement
    if statement is not None and statement.text == shortlist.need:
        statement.profile = shortlist.owner
        return question_of_profile(index, shortlist.owner, [statement], Purpose.PROJECT)
    asked = question_of_text(index, shortlist.need[:IDEA_CHARACTERS], purpose=Purpose.PROJECT)
    return replace(asked, asker=replace(asked.asker, kind=kind_number(shortlist.owner.kind)))


@dataclass(frozen=True)
class _Search:
    """What the searches for all parts of one project have in common."""

    viewer: Viewer
    index: HubIndex
    project: Project
    common: Question
    rows: RowFilter
    closed: frozenset[int]
    today: date

    def candidates(self, seat: Seat, limit: int) -> PartCandidates:
        """The best for one part; what it should bring is asked for beside the idea."""
        question = self.common
        if seat.wanted:
            question = joined([question_of_text(self.index, seat.wanted, purpose=Purpose.PROJECT), question])
        market = self._market(question)
        kinds = frozenset(kind_number(kind) for kind in purposes.PART_KINDS[seat.part.value])
        ranking = market.weighed(replace(self.rows, kinds=kinds))
        ranking = ranking.take(np.flatnonzero(~np.isin(ranking.profiles, list(self.closed))))
        role = _TEAM_ROLES.get(seat.part.value)
        found = founds(ranking.take(np.arange(min(limit, len(ranking)))), Purpose.PROJECT)
        matches = self._presented(question, [replace(each, role=role) for each in found])
        return PartCandidates(seat.part, seat.wanted, tuple(matches), _shown(market, ranking, len(found)))

    def _market(self, question: Question) -> Market:
        owner = self.project.owner
        return Market(
            self.viewer.hub_id, self.index, question, Purpose.PROJECT, self.rows, owner.kind,
            Seeker(owner.pk, owner.organisation_id), self.today,
        )  # fmt: skip

    def _presented(self, question: Question, found: Sequence[Found]) -> list[Match]:
        return Presenter(self.viewer, self.index, question, self.today, self.project.owner).present(found)


def _shown(market: Market, ranking: Ranking, length: int) -> Shown:
    """The list for the log: nobody is tried out here, since three places have none to spare."""
    return Shown(
        ranker_name=market.champion.name,
        ranker_row=market.champion.row_id,
        seed=0,
        explored_places=0,
        placings=tuple(Placing(place, 1.0, 1.0, explored=False) for place in range(length)),
        profiles=ranking.profiles,
        columns=ranking.columns,
        values=np.exp(ranking.scores),
    )


def _common_question(
    index: HubIndex, viewer: Viewer, project: Project, participants: Sequence[Participant], today: date
) -> Question:
    """The idea, and what the viewer may read of those who are in, as one question of the founder's."""
    idea = question_of_text(index, project.idea[:IDEA_CHARACTERS], purpose=Purpose.PROJECT)
    idea = replace(idea, asker=replace(idea.asker, kind=kind_number(project.owner.kind)))
    # Asked first, since the profile as a whole (place, themes) is that of the first question with one.
    seated = sorted(
        (row.profile for row in participants if row.consent in SEATED), key=lambda profile: profile != project.owner
    )
    texts = _texts_of(viewer, seated, today)
    return joined(
        [idea, *(question_of_profile(index, profile, texts[profile.pk], Purpose.PROJECT) for profile in seated)]
    )


def _texts_of(viewer: Viewer, profiles: Sequence[Profile], today: date) -> dict[int, list[Statement]]:
    """Living needs and offers of each profile that a project can serve and the viewer may read, needs first."""
    rows = visible_statements(viewer, today=today).filter(profile__in=profiles).exclude(kind=StatementKind.ABOUT)
    own = {profile.pk: profile for profile in profiles}
    texts: dict[int, list[Statement]] = {profile.pk: [] for profile in profiles}
    left = MOST_TEXTS
    for row in sorted(rows, key=lambda row: (row.kind != StatementKind.NEED, row.position, row.pk)):
        served = purposes.serves(Purpose.PROJECT, code_of(row.collaboration_id))
        if served and left and not row.is_expired(today) and len(texts[row.profile_id]) < MOST_TEXTS_A_PARTICIPANT:
            row.profile = own[row.profile_id]
            texts[row.profile_id].append(row)
            left -= 1
    return texts


def joined(questions: Sequence[Question]) -> Question:
    """Several questions as one; kind, themes and region are those of the first that has them."""
    first = questions[0].asker
    askers = [question.asker for question in questions]
    asker = replace(
        first,
        statement_kind=np.concatenate([each.statement_kind for each in askers]),
        language=np.concatenate([each.language for each in askers]),
        facts=reduce(Facts.joined, (each.facts for each in askers)),
        stage=np.concatenate([each.stage for each in askers]),
        named_kinds=np.concatenate([each.named_kinds for each in askers]),
        kind=next((each.kind for each in askers if each.kind >= 0), -1),
        themes=next((each.themes for each in askers if each.themes), 0),
        region=next((each.region for each in askers if each.region), 0),
    )
    return Question(
        texts=tuple(text for question in questions for text in question.texts),
        languages=tuple(code for question in questions for code in question.languages),
        statements=tuple(row for question in questions for row in question.statements),
        vectors=np.concatenate([question.vectors for question in questions]),
        terms=tuple(terms for question in questions for terms in question.terms),
        asker=asker,
    )
