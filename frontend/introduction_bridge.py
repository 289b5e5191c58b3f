"""The bridge card of an introduction: the two quotes face each other, read from the side of whoever looks."""

from collections.abc import Mapping
from datetime import date

from django.utils.html import escape
from django.utils.translation import gettext as _

from frontend.bridge import Bank, BridgeCard, bank, facts_of, hangers
from matching.engine.shared_terms import SharedTerm, marks, shared_terms
from matching.enums import Direction
from matching.enums import Side as Party
from matching.models import Introduction, Quote
from matching.reasons import Evidence, reasons_for, reservation_for
from matching.results import Reason, Side
from matching.statement_texts import lexicon
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.terms import inline_label_of

# Two texts, the request and three answers are read on one screen of a phone.
SHORT_CHARACTERS = 140
_OTHER = {Party.SEEKER: Party.RECEIVER, Party.RECEIVER: Party.SEEKER}


def other_side(side: Party) -> Party:
    """The side across."""
    return _OTHER[side]


def introduction_card(
    introduction: Introduction, *, side: Party, today: date, by_name: bool = False, limit: int | None = None
) -> BridgeCard:
    """The card as that side reads it; `by_name` for a reader who is neither, `limit` cuts each text to so many
    characters around the words that fit.
    """
    quotes = {quote.side: quote for quote in introduction.quotes.all()}
    ours, theirs = quotes.get(side), quotes.get(other_side(side))
    party, other = introduction.party(side), introduction.party(other_side(side))
    terms = _terms(ours, theirs)
    reasons, reservation = _reasons(party, other, ours, theirs, terms, today)
    their_label = _label(theirs, other, by_name=by_name, is_reader=False)
    return BridgeCard(
        anchor=f"introduction-{introduction.public_id}",
        kind=other.kind,
        name=other.name,
        facts=facts_of(other),
        url="",
        ours=_bank(ours, terms, _label(ours, party, by_name=by_name, is_reader=True), limit=limit, is_ours=True),
        theirs=_bank(theirs, terms, their_label, limit=limit, is_ours=False),
        span_label=inline_label_of(introduction.contact_purpose_id) or str(introduction.get_purpose_display()),
        form_label=str(introduction.get_purpose_display()) if introduction.contact_purpose_id else "",
        reasons=reasons,
        reservation=reservation,
        hangers=hangers(max(len(reasons), 1)),
    )


def statements_card(
    seeker: Profile, receiver: Profile, ours: Statement | None, theirs: Statement | None, *, today: date
) -> BridgeCard | None:
    """The card of a pair before anything is stored; none unless both texts are known."""
    if ours is None or theirs is None:
        return None
    first = Quote(side=Party.SEEKER, statement=ours, text=ours.text, language=ours.language)
    second = Quote(side=Party.RECEIVER, statement=theirs, text=theirs.text, language=theirs.language)
    terms = _terms(first, second)
    reasons, reservation = _reasons(seeker, receiver, first, second, terms, today)
    their_label = _label(second, receiver, by_name=False, is_reader=False)
    return BridgeCard(
        anchor="pair",
        kind=receiver.kind,
        name=receiver.name,
        facts=facts_of(receiver),
        url="",
        ours=_bank(first, terms, _label(first, seeker, by_name=False, is_reader=True), limit=None, is_ours=True),
        theirs=_bank(second, terms, their_label, limit=None, is_ours=False),
        span_label=inline_label_of(ours.purpose_id or theirs.purpose_id),
        form_label="",
        reasons=reasons,
        reservation=reservation,
        hangers=hangers(len(reasons)),
    )


def _terms(ours: Quote | None, theirs: Quote | None) -> list[SharedTerm]:
    if ours is None or theirs is None:
        return []
    return shared_terms(ours.text, ours.language, theirs.text, theirs.language)


def _reasons(
    party: Profile, other: Profile, ours: Quote | None, theirs: Quote | None, terms: list[SharedTerm], today: date
) -> tuple[tuple[Reason, ...], Reason | None]:
    """As a match tells them; where a statement is gone since, only the words that both quotes share."""
    if ours is None or theirs is None or theirs.statement is None:
        words = ", ".join(list(dict.fromkeys(term.theirs.casefold() for term in terms))[:3])
        return ((Reason("shared_words", _("Same words"), words),) if words else ()), None
    evidence = Evidence(
        profile=other,
        theirs=theirs.statement,
        terms=terms,
        today=today,
        seeker=party,
        ours=ours.statement,
        our_language=ours.language,
        translated=bool(_translated(ours, theirs)),
        contributions={"same_purpose": 1.0, "same_collaboration": 1.0, "shared_themes": 1.0},
        direction=_direction(theirs.statement),
    )
    return reasons_for(evidence), reservation_for(evidence)


def _direction(theirs: Statement) -> Direction:
    return Direction.OFFER_NEED if theirs.kind == StatementKind.NEED else Direction.NEED_OFFER


def _translated(ours: Quote, theirs: Quote) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    if ours.language == theirs.language:
        return []
    return list(lexicon().pairs(ours.text, ours.language, theirs.text, theirs.language))


def _bank(quote: Quote | None, terms: list[SharedTerm], label: str, *, limit: int | None, is_ours: bool) -> Bank:
    if quote is None:
        return Bank(label=label, text=escape(_("No text was quoted.")), language="", language_name="")
    spans = [span for term in terms for span in (term.our_spans if is_ours else term.their_spans)]
    side = Side(quote.text, quote.language, marks(spans, quote.text), quote.statement)
    return bank(side, label) if limit is None else bank(side, label, limit=limit)


def _label(quote: Quote | None, party: Profile, *, by_name: bool, is_reader: bool) -> str:
    """Who seeks or offers what stands below; a text whose statement is gone was simply written."""
    kind = quote.statement.kind if quote is not None and quote.statement is not None else ""
    if by_name:
        return _named_labels().get(kind, "%(name)s") % {"name": party.name}
    own = {StatementKind.NEED.value: _("You seek"), StatementKind.OFFER.value: _("You offer")}
    theirs = {StatementKind.NEED.value: _("They seek"), StatementKind.OFFER.value: _("They offer")}
    return own.get(kind, _("You wrote")) if is_reader else theirs.get(kind, _("They wrote"))


def _named_labels() -> Mapping[str, str]:
    return {StatementKind.NEED.value: _("%(name)s seeks"), StatementKind.OFFER.value: _("%(name)s offers")}
