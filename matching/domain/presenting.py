"""Turning ranked ids into matches that a person can read: profiles, the justifying pair, marks and reasons."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from matching.domain.asking import Question
from matching.domain.carrying import CarryingSentences
from matching.engine.shared_terms import marks, shared_terms
from matching.enums import Direction, TeamRole
from matching.indexing.hub_index import HubIndex
from matching.reasons import Evidence, reasons_for, reservation_for
from matching.results import Fit, Match, Side
from matching.statement_texts import lexicon
from profiles.models import Profile, Statement
from profiles.queries import visible_profiles, with_details
from profiles.terms import inline_label_of

# Of a hundred judged pairs with such a score, at least so many were worth a talk.
_STRONG, _GOOD = 0.5, 0.2


@dataclass(frozen=True)
class Found:
    """One ranked profile by ids: the ask and their statement that justify it, and what the ranker made of it.

    `contributions` are logits by name of feature; `probability` is absent where nothing is calibrated.
    """

    profile_id: int
    ask: int
    their_statement: int
    direction: Direction
    contributions: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    probability: float | None = None
    role: TeamRole | None = None
    explored: bool = False


@dataclass(frozen=True)
class Presenter:
    """What all matches of a list have in common: the question, the index that answered, the profile that asks."""

    viewer: Viewer
    index: HubIndex
    question: Question
    today: date
    seeker: Profile | None = None

    def present(
        self, found: Collection[Found], *, first_rank: int = 1, profiles: dict[int, Profile] | None = None
    ) -> list[Match]:
        """Matches in the given order; `profiles` when `read` was asked for them before.

        What the viewer may no longer see drops out, also where the index has not heard of it yet.
        """
        profiles = self.read(found) if profiles is None else profiles
        pairs = [(item, profiles.get(item.profile_id)) for item in found]
        shown = [
            (item, profile, statement)
            for item, profile in pairs
            if profile is not None and (statement := _readable(profile, item.their_statement)) is not None
        ]
        ours = [row for item, _profile, _theirs in shown if (row := self.question.statements[item.ask]) is not None]
        carrying = CarryingSentences(self.viewer.hub_id, self.index, [*ours, *(theirs for *_rest, theirs in shown)])
        return [
            self._match(item, profile, theirs, carrying, rank)
            for rank, (item, profile, theirs) in enumerate(shown, start=first_rank)
        ]

    def read(self, found: Collection[Found]) -> dict[int, Profile]:
        """The profiles that the viewer may see, with details, by id: four queries whatever the number."""
        rows = visible_profiles(self.viewer).filter(pk__in=[item.profile_id for item in found])
        return {profile.pk: profile for profile in with_details(rows, self.viewer, today=self.today)}

    def _match(
        self, found: Found, profile: Profile, theirs: Statement, carrying: CarryingSentences, rank: int
    ) -> Match:
        ours = self.question.statements[found.ask]
        text, language = self.question.texts[found.ask], self.question.languages[found.ask]
        terms = shared_terms(text, language, theirs.text, theirs.language)
        alike = lexicon().pairs(text, language, theirs.text, theirs.language)
        evidence = Evidence(
            profile=profile,
            theirs=theirs,
            terms=terms,
            translated=bool(alike) and language != theirs.language,
            today=self.today,
            seeker=self.seeker,
            ours=ours,
            our_language=language,
            contributions=found.contributions,
            values=found.values,
            missing_role=found.role,
            direction=found.direction,
            explored=found.explored,
        )
        vector = self.question.vectors[found.ask]
        our_spans = [span for term in terms for span in term.our_spans] + [ours_ for ours_, _theirs in alike]
        their_spans = [span for term in terms for span in term.their_spans] + [theirs_ for _ours, theirs_ in alike]
        return Match(
            profile=profile,
            rank=rank,
            direction=found.direction,
            ours=Side(text, language, marks(our_spans, text), ours, self._our_carrying(ours, theirs, text, carrying)),
            theirs=Side(
                theirs.text,
                theirs.language,
                marks(their_spans, theirs.text),
                theirs,
                carrying.span(theirs.pk, theirs.text, vector),
            ),
            span_label=_span_label(ours, theirs),
            reasons=reasons_for(evidence),
            reservation=reservation_for(evidence),
            role=found.role,
            fit=_fit(found.probability),
            explored=found.explored,
        )

    def _our_carrying(
        self, ours: Statement | None, theirs: Statement, text: str, carrying: CarryingSentences
    ) -> tuple[int, int] | None:
        if ours is None:
            return None
        vector = self.index.stores.vectors.vectors(np.array([theirs.pk], dtype=np.int64))[0]
        return None if np.isnan(vector).any() else carrying.span(ours.pk, text, vector)


def _readable(profile: Profile, statement_id: int) -> Statement | None:
    """The statement, if it is among those that `with_details` found readable."""
    rows: list[Statement] = getattr(profile, "readable_statements", [])
    return next((row for row in rows if row.pk == statement_id), None)


def _fit(probability: float | None) -> Fit | None:
    if probability is None:
        return None
    percent = min(max(round(100 * probability), 1), 99)
    if probability >= _STRONG:
        return Fit("strong", _("Fits well"), percent)
    if probability >= _GOOD:
        return Fit("good", _("Fits"), percent)
    return Fit("weak", _("Fits in part"), percent)


def _span_label(ours: Statement | None, theirs: Statement) -> str:
    """What stands on the bridge: the concrete purpose, else the form of collaboration."""
    keys = [
        theirs.purpose_id,
        ours.purpose_id if ours else None,
        theirs.collaboration_id,
        ours.collaboration_id if ours else None,
    ]
    return next((inline_label_of(key) for key in keys if key), "")
