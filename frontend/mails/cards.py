"""The bridge card as a mail shows it: the two quoted statements, what joins them, and why."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from frontend.bridge import Bank, bank, excerpt, facts_of
from matching.engine.shared_terms import SharedTerm, marks, shared_terms
from matching.enums import Direction
from matching.enums import Side as Party
from matching.models import Introduction, Quote
from matching.reasons import Evidence, reasons_for, reservation_for
from matching.results import Reason
from matching.results import Side as Words
from matching.statement_texts import lexicon
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.terms import inline_label_of

EXCERPT_CHARACTERS = 320
# A mail tells plain facts of the pair; no score is at hand that would weigh them.
_FACTS = {"same_purpose": 0.3, "shared_themes": 0.25, "same_collaboration": 0.15}


@dataclass(frozen=True)
class MailBank:
    """One side of the bridge: drawn, and as plain words."""

    drawn: Bank
    words: str


@dataclass(frozen=True)
class MailCard:
    """The other party and what connects it with the reader; a side that was never quoted is absent."""

    name: str
    facts: tuple[str, ...]
    ours: MailBank | None
    theirs: MailBank | None
    span_label: str
    reasons: tuple[Reason, ...] = ()
    reservation: Reason | None = None


def introduction_card(introduction: Introduction, *, side: str, today: date) -> MailCard:
    """The card for the reader on that side."""
    quotes = {quote.side: quote for quote in introduction.quotes.select_related("statement")}
    ours, theirs = quotes.get(side), quotes.get(other_side(side))
    reader, other = introduction.party(side), introduction.party(other_side(side))
    terms: list[SharedTerm] = []
    alike: list[tuple[tuple[int, int], tuple[int, int]]] = []
    if ours and theirs:
        terms = shared_terms(ours.text, ours.language, theirs.text, theirs.language)
        alike = list(lexicon().pairs(ours.text, ours.language, theirs.text, theirs.language))
    evidence = _evidence(reader, other, ours, theirs, terms, translated=bool(alike), today=today)
    our_spans = [span for term in terms for span in term.our_spans] + [ours_ for ours_, _theirs in alike]
    their_spans = [span for term in terms for span in term.their_spans] + [theirs_ for _ours, theirs_ in alike]
    return MailCard(
        name=other.name,
        facts=facts_of(other),
        ours=_bank(ours, our_spans, is_ours=True),
        theirs=_bank(theirs, their_spans, is_ours=False),
        span_label=inline_label_of(introduction.contact_purpose_id),
        reasons=reasons_for(evidence) if evidence else (),
        reservation=reservation_for(evidence) if evidence else None,
    )


def other_side(side: str) -> str:
    """The party across the bridge."""
    return Party.RECEIVER if side == Party.SEEKER else Party.SEEKER


def _bank(quote: Quote | None, spans: list[tuple[int, int]], *, is_ours: bool) -> MailBank | None:
    if quote is None:
        return None
    words = excerpt(Words(quote.text, quote.language, marks(spans, quote.text)), EXCERPT_CHARACTERS)
    kind = quote.statement.kind if quote.statement else ""
    return MailBank(bank(words, _label(kind, is_ours=is_ours)), " ".join(words.text.split()))


def _label(kind: str, *, is_ours: bool) -> str:
    """Who speaks; a statement that is gone by now was written once."""
    labels = {
        StatementKind.OFFER.value: (_("You offer"), _("They offer")),
        StatementKind.NEED.value: (_("You seek"), _("They seek")),
        StatementKind.ABOUT.value: (_("About you"), _("About them")),
    }
    ours, theirs = labels.get(kind, (_("You wrote"), _("They wrote")))
    return ours if is_ours else theirs


def _evidence(
    reader: Profile,
    other: Profile,
    ours: Quote | None,
    theirs: Quote | None,
    terms: list[SharedTerm],
    *,
    translated: bool,
    today: date,
) -> Evidence | None:
    """What the reasons are told from; none when a statement is gone, as nothing holds them then."""
    our_statement = _still_there(ours)
    their_statement = _still_there(theirs)
    if our_statement is None or their_statement is None:
        return None
    offers = our_statement.kind == StatementKind.OFFER
    return Evidence(
        profile=other,
        theirs=their_statement,
        terms=terms,
        today=today,
        seeker=reader,
        ours=our_statement,
        our_language=our_statement.language,
        translated=translated,
        contributions=_FACTS,
        direction=Direction.OFFER_NEED if offers else Direction.NEED_OFFER,
    )


def _still_there(quote: Quote | None) -> Statement | None:
    return quote.statement if quote else None
