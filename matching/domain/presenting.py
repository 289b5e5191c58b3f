"""Turning ranked ids into matches that a person can read: profiles, the justifying pair, marks and reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from hubs.policies import Viewer
from matching.engine.shared_terms import SharedTerm, marks, shared_terms
from matching.enums import Direction, TeamRole
from matching.reasons import Evidence, reasons_for, reservation_for
from matching.results import Match, Side
from profiles.models import Profile, Statement
from profiles.queries import visible_profiles, with_details
from profiles.terms import inline_label_of


@dataclass(frozen=True)
class Found:
    """One ranked profile by ids: their statement, and ours unless the reader's own words take its place."""

    profile_id: int
    their_statement: int
    direction: Direction
    our_statement: Statement | None = None
    need_share: float = 0.0
    offer_share: float = 0.0
    role: TeamRole | None = None


@dataclass(frozen=True)
class Asker:
    """Who asks and with which words: a profile, or a text alone."""

    text: str = ""
    language: str = "da"
    profile: Profile | None = None


def read_profiles(viewer: Viewer, profile_ids: Collection[int], *, today: date) -> dict[int, Profile]:
    """The profiles that the viewer may see, with details, by id: four queries whatever the number."""
    rows = with_details(visible_profiles(viewer).filter(pk__in=profile_ids), viewer, today=today)
    return {profile.pk: profile for profile in rows}


def present(viewer: Viewer, found: Collection[Found], asker: Asker, *, today: date, first_rank: int = 1) -> list[Match]:
    """Matches in the given order.

    What the viewer may no longer see drops out, also where the index has not heard of it yet.
    """
    profiles = read_profiles(viewer, [item.profile_id for item in found], today=today)
    matches: list[Match] = []
    for item in found:
        profile = profiles.get(item.profile_id)
        statement = _readable(profile, item.their_statement)
        if profile is not None and statement is not None:
            matches.append(_match(item, profile, statement, asker, today, first_rank + len(matches)))
    return matches


def _readable(profile: Profile | None, statement_id: int) -> Statement | None:
    """The statement, if it is among those that `with_details` found readable."""
    rows: list[Statement] = getattr(profile, "readable_statements", [])
    return next((row for row in rows if row.pk == statement_id), None)


def _match(found: Found, profile: Profile, theirs: Statement, asker: Asker, today: date, rank: int) -> Match:
    ours = found.our_statement
    text, language = (ours.text, ours.language) if ours else (asker.text, asker.language)
    terms = shared_terms(text, language, theirs.text, theirs.language)
    evidence = Evidence(
        profile=profile,
        theirs=theirs,
        terms=terms,
        today=today,
        seeker=asker.profile,
        ours=ours,
        our_language=language,
        need_share=found.need_share,
        offer_share=found.offer_share,
        missing_role=found.role,
        direction=found.direction,
    )
    return Match(
        profile=profile,
        rank=rank,
        direction=found.direction,
        ours=Side(text, language, _marks(terms, text, ours=True), ours),
        theirs=Side(theirs.text, theirs.language, _marks(terms, theirs.text, ours=False), theirs),
        span_label=_span_label(ours, theirs),
        reasons=reasons_for(evidence),
        reservation=reservation_for(evidence),
        role=found.role,
    )


def _marks(terms: list[SharedTerm], text: str, *, ours: bool) -> tuple[tuple[int, int], ...]:
    spans = [span for term in terms for span in (term.our_spans if ours else term.their_spans)]
    return marks(spans, text)


def _span_label(ours: Statement | None, theirs: Statement) -> str:
    """What stands on the bridge: the concrete purpose, else the form of collaboration."""
    keys = [
        theirs.purpose_id,
        ours.purpose_id if ours else None,
        theirs.collaboration_id,
        ours.collaboration_id if ours else None,
    ]
    return next((inline_label_of(key) for key in keys if key), "")
