"""Reads: whom a person is recommended to meet, ready to show: the two texts with their marks, and the reasons."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.utils import timezone

from events.enums import COMING, RequestState
from events.models import Event, Participant, Suggestion, SuggestionRound
from events.queries.wishes import host_of, is_recommended, no_thanks_of, people_to_recommend, requests_of
from events.templates import template_of
from kernel.models import AuditRecord
from matching.engine.features import NAMES, NEUTRAL
from matching.engine.shared_terms import marks, shared_terms
from matching.engine.weights import RANKERS
from matching.enums import Direction, Purpose
from matching.reasons import Evidence, reasons_for, reservation_for
from matching.results import Match, Side
from matching.statement_texts import lexicon
from profiles.enums import StatementKind
from profiles.models import Statement
from profiles.terms import inline_label_of

# What the two texts are, as the reader's side reads them.
KINDS_OF = {
    Direction.NEED_OFFER: (StatementKind.NEED, StatementKind.OFFER),
    Direction.OFFER_NEED: (StatementKind.OFFER, StatementKind.NEED),
    Direction.SAME_NEED: (StatementKind.NEED, StatementKind.NEED),
    Direction.QUERY: (StatementKind.ABOUT, StatementKind.ABOUT),
}

# What the record of changes says of those who from then on are recommended, on an agenda of their own: where
# meetings are booked, and where none are.
_COMES_IN = frozenset({"register", "promote"})
_OPENED_BY = {True: frozenset({"meets", "host"}), False: frozenset({"may_be_asked", "host"})}


@dataclass(frozen=True)
class Suggested:
    """One person of a list, best first, with the match that a card shows; `row` is as it was computed."""

    person: Participant
    match: Match
    row: Suggestion


@dataclass(frozen=True)
class Words:
    """One text on a card, and the profile's statement behind it, if there is one."""

    kind: str
    text: str
    language: str
    behind: Statement | None = None

    @property
    def statement(self) -> Statement:
        """As the reasons read it; never stored."""
        row = self.behind
        return Statement(
            kind=self.kind,
            text=self.text,
            language=self.language,
            purpose_id=row.purpose_id if row else None,
            collaboration_id=row.collaboration_id if row else None,
            expires_on=row.expires_on if row else None,
        )


def suggestions_for(
    person: Participant, *, limit: int = 10, today: date | None = None, with_refused: bool = False
) -> tuple[Suggested, ...]:
    """The person's list, best first, without those whom it has said "no thanks" to, who have gone, or are settled.

    `with_refused` is for readers who may not know of a "no thanks": a name that vanished at once would tell them.
    """
    agenda = host_of(person)
    rows = _rows(agenda)
    gone = _settled(agenda) if with_refused else no_thanks_of(agenda) | _settled(agenda)
    kept = [row for row in rows if row.other_id not in gone and row.other.state in COMING and is_recommended(row.other)]
    day = today or timezone.localdate()
    return tuple(
        Suggested(row.other, _match(agenda, row, rank, day), row) for rank, row in enumerate(kept[:limit], start=1)
    )


def people_with_suggestions(event: Event) -> list[Participant]:
    """Who is open to it and has a list: those whom a round of mails goes to."""
    listed = set(Suggestion.objects.filter(event=event).values_list("person_id", flat=True))
    return [person for person in people_to_recommend(event) if person.pk in listed]


def round_of(event: Event) -> SuggestionRound | None:
    """When recommendations were computed and mailed last; None before the first time."""
    return SuggestionRound.objects.filter(event=event).first()


def has_list(person: Participant) -> bool:
    """Whether the person took meetings when recommendations were computed last, though perhaps nobody was found."""
    agenda = host_of(person)
    if Suggestion.objects.filter(person=agenda).exists():
        return True
    held = round_of(agenda.event)
    return held is not None and held.computed_at is not None and _meets_since(agenda) <= held.computed_at


def _meets_since(agenda: Participant) -> datetime:
    """When the person last became one of those whom a round is computed for, as the record of changes tells."""
    rows = AuditRecord.objects.filter(
        hub_id=agenda.hub_id, subject_type="event_participant", subject_id=agenda.public_id
    )
    told = rows.order_by("-created_at", "-pk").values_list("action", "changed_fields", "created_at")
    opens = _OPENED_BY[template_of(agenda.event.kind).has_bookings]
    since = (at for action, fields, at in told if action in _COMES_IN or opens.intersection(fields))
    return next(since, agenda.created_at)


def _rows(agenda: Participant) -> list[Suggestion]:
    profile = "participation__profile"
    rows = Suggestion.objects.filter(person=agenda).select_related(
        "seeker_statement", "receiver_statement", "event", f"person__{profile}__organisation",
        f"other__{profile}__organisation", "other__stand", "other__host", "other__event",
    )  # fmt: skip
    return list(rows.prefetch_related(f"other__{profile}__theme_links", f"person__{profile}__theme_links"))


def _settled(agenda: Participant) -> frozenset[int]:
    states = (RequestState.ACCEPTED, RequestState.DECLINED)
    rows = requests_of(agenda).filter(state__in=states).values_list("sender_id", "receiver_id")
    return frozenset(other for pair in rows for other in pair if other != agenda.pk)


def _match(agenda: Participant, row: Suggestion, rank: int, today: date) -> Match:
    purpose = Purpose.ERFA if template_of(row.event.kind).goes_by_likeness else Purpose.EVENT
    kinds = KINDS_OF[Direction(row.direction)]
    ours = Words(kinds[0], row.seeker_text, row.seeker_language, row.seeker_statement)
    theirs = Words(kinds[1], row.receiver_text, row.receiver_language, row.receiver_statement)
    is_measured = len(row.features) == len(NAMES)
    matrix = np.array([row.features]) if is_measured else NEUTRAL[None]
    contributions = RANKERS[purpose].contributions(matrix, NEUTRAL)[0]
    return match_of(
        agenda, row.other, ours, theirs,
        direction=Direction(row.direction), today=today, rank=rank,
        values=dict(zip(NAMES, matrix[0].tolist(), strict=True)) if is_measured else {},
        contributions=dict(zip(NAMES, contributions.tolist(), strict=True)),
    )  # fmt: skip


def match_of(
    reader: Participant,
    other: Participant,
    ours: Words,
    theirs: Words,
    *,
    direction: Direction,
    today: date,
    rank: int = 1,
    values: dict[str, float] | None = None,
    contributions: dict[str, float] | None = None,
) -> Match:
    """Two texts as a match that a bridge card can show: marked where they share words, with reasons."""
    terms = shared_terms(ours.text, ours.language, theirs.text, theirs.language)
    alike = lexicon().pairs(ours.text, ours.language, theirs.text, theirs.language)
    own, their = ours.statement, theirs.statement
    profile = other.participation.profile
    evidence = Evidence(
        profile=profile,
        theirs=their,
        terms=terms,
        today=today,
        seeker=reader.participation.profile,
        ours=own,
        our_language=ours.language,
        translated=bool(alike) and ours.language != theirs.language,
        contributions=contributions or {},
        values=values or {},
        direction=direction,
    )
    our_spans = [span for term in terms for span in term.our_spans] + [first for first, _second in alike]
    their_spans = [span for term in terms for span in term.their_spans] + [second for _first, second in alike]
    return Match(
        profile=profile,
        rank=rank,
        direction=direction,
        ours=Side(ours.text, ours.language, marks(our_spans, ours.text), own),
        theirs=Side(theirs.text, theirs.language, marks(their_spans, theirs.text), their),
        span_label=next((inline_label_of(key) for key in (their.purpose_id, own.purpose_id) if key), ""),
        reasons=reasons_for(evidence),
        reservation=reservation_for(evidence),
    )
