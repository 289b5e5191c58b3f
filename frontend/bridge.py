"""What a bridge card shows of a match: two banks, the span between them, and the reasons that hold it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend.questions import Question
from matching.enums import Direction
from matching.results import Fit, Match, Reason, Side, Span
from profiles.enums import StatementKind
from profiles.models import Profile
from profiles.terms import label_of

EXCERPT_CHARACTERS = 420
_LEAD_IN_CHARACTERS = 60
# The drawing: a deck of this length, and an arch that rises this high above it, in user units.
DECK, RISE = 200.0, 54.0


@dataclass(frozen=True)
class Bank:
    """One side: who speaks, the words with their marks, and the language when it is not the page's."""

    label: str
    text: SafeString
    language: str
    language_name: str
    is_words: bool = False


@dataclass(frozen=True)
class Badge:
    """How well the two fit, in a word, and on request what that word stands for."""

    level: str
    label: str
    explanation: str


@dataclass(frozen=True)
class Hanger:
    """One reason in the drawing: its place along the deck and the arch's height there, in user units."""

    along: float
    height: float


@dataclass(frozen=True)
class BridgeCard:
    """Everything the component needs, so that drawing looks nothing up. `anchor` is unique on a page.

    `is_tried` says that the match is shown to learn from.
    """

    anchor: str
    kind: str
    name: str
    facts: tuple[str, ...]
    url: str
    ours: Bank
    theirs: Bank
    span_label: str
    form_label: str
    reasons: tuple[Reason, ...]
    reservation: Reason | None
    hangers: tuple[Hanger, ...]
    badge: Badge | None = None
    like_url: str = ""
    ask_url: str = ""
    introduce_url: str = ""
    is_tried: bool = False


def bridge_card(
    match: Match,
    *,
    query: str = "",
    seeker: str = "",
    question: Question | None = None,
    ask_url: str = "",
    introduce_url: str = "",
) -> BridgeCard:
    """The card of a match.

    `query`: the reader's own words, which stand on the left when the match has no statement there.
    `seeker`: the name of the profile that is matched, when the reader does not speak for it.
    `question`: the search in which the match was found, from where one goes on to more like it.
    `ask_url`: where the reader asks for contact; empty where that cannot be. `introduce_url`: where a facilitator
    introduces the two.
    """
    ours = match.ours or Side(text=query, language=get_language() or "da")
    is_like = question is not None and question.is_like
    in_words = not is_like and (match.ours is None or match.ours.statement is None)
    label = our_label(match, seeker)
    if question is not None and ours.text != question.words:
        label = _("Like this text") if is_like else _("We searched for")
    like = question.like_match(match) if question else ""
    return BridgeCard(
        anchor=f"match-{match.profile.slug}",
        kind=match.profile.kind,
        name=match.profile.name,
        facts=facts_of(match.profile),
        url=reverse("frontend:profile", args=[match.profile.slug]),
        ours=bank(ours, label, is_words=in_words),
        theirs=bank(match.theirs, their_label(match)),
        span_label=match.span_label,
        form_label=_collaboration(match),
        reasons=match.reasons,
        reservation=match.reservation,
        hangers=hangers(len(match.reasons)),
        badge=badge_of(match.fit) if match.fit else None,
        like_url=reverse("frontend:search") + like if like else "",
        ask_url=ask_url,
        introduce_url=introduce_url,
        is_tried=match.explored,
    )


def badge_of(fit: Fit) -> Badge:
    """The fit in words."""
    explanation = _("Of 100 such pairs, %(percent)d were judged worth a talk.") % {"percent": fit.percent}
    return Badge(fit.level, fit.label, explanation)


def facts_of(profile: Profile) -> tuple[str, ...]:
    """Kind, organisation and region: what a reader wants to know beside the name."""
    organisation = profile.organisation.name
    facts = (
        profile.get_kind_display(),
        organisation if organisation != profile.name else "",
        label_of(profile.region_id),
    )
    return tuple(fact for fact in facts if fact)


def our_label(match: Match, seeker: str = "") -> str:
    """What our side does, in the reader's words or with the name of whom the reader asks for."""
    offers = match.direction == Direction.OFFER_NEED
    if seeker:
        return (_("%(name)s offers") if offers else _("%(name)s seeks")) % {"name": seeker}
    if match.direction == Direction.QUERY:
        return _("You wrote")
    return _("You offer") if offers else _("You seek")


def their_label(match: Match) -> str:
    """What their side does: told by the statement itself, else by the direction."""
    if match.theirs.statement is not None:
        kind = match.theirs.statement.kind
    else:
        kind = StatementKind.NEED if match.direction == Direction.OFFER_NEED else StatementKind.OFFER
    labels = {
        StatementKind.OFFER.value: _("They offer"),
        StatementKind.NEED.value: _("They seek"),
        StatementKind.ABOUT.value: _("About them"),
    }
    return labels[kind]


def marked(text: str, marks: tuple[Span, ...]) -> SafeString:
    """The text, escaped piece by piece, with each marked piece inside `<mark>`."""
    pieces: list[tuple[SafeString]] = []
    end = 0
    for start, stop in marks:
        pieces.append((escape(text[end:start]),))
        pieces.append((format_html("<mark>{}</mark>", text[start:stop]),))
        end = stop
    pieces.append((escape(text[end:]),))
    return format_html_join("", "{}", pieces)


def carried(side: Side) -> SafeString:
    """The text with its marks; the sentence that carries the match stands out from the others."""
    if side.carrying is None:
        return marked(side.text, side.marks)
    start, stop = side.carrying
    around = '<span class="bank-rest">{}</span>'
    pieces = (
        (_piece(side, 0, start), around),
        (_piece(side, start, stop), '<b class="bank-carrying">{}</b>'),
        (_piece(side, stop, len(side.text)), around),
    )
    return format_html_join("", "{}", ((format_html(frame, piece),) for piece, frame in pieces if piece))


def _piece(side: Side, start: int, stop: int) -> SafeString:
    """The text between two places, with the marks that reach into it."""
    return marked(side.text[start:stop], _within(side.marks, start, stop, shift=-start))


def _within(spans: tuple[Span, ...], start: int, stop: int, *, shift: int) -> tuple[Span, ...]:
    """The spans as far as they lie between two places, moved by `shift`."""
    return tuple((max(a, start) + shift, min(b, stop) + shift) for a, b in spans if a < stop and b > start)


def excerpt(side: Side, limit: int = EXCERPT_CHARACTERS) -> Side:
    """The side cut to about `limit` characters around what carries it, or its first mark, with ellipses at the cuts."""
    if len(side.text) <= limit:
        return side
    first = side.carrying[0] if side.carrying else side.marks[0][0] if side.marks else 0
    start = _word_start(side.text, max(0, min(first - _LEAD_IN_CHARACTERS, len(side.text) - limit)))
    stop = _word_end(side.text, start + limit)
    before, after = ("… " if start else ""), (" …" if stop < len(side.text) else "")
    shift = len(before) - start
    kept = _within(side.marks, start, stop, shift=shift)
    carrying = _within((side.carrying,), start, stop, shift=shift) if side.carrying else ()
    text = before + side.text[start:stop].rstrip() + after
    return Side(text, side.language, kept, side.statement, carrying[0] if carrying else None)


def hangers(count: int) -> tuple[Hanger, ...]:
    """One hanger a reason, spread evenly along the deck, each as high as the arch (a parabola) is there."""
    shares = [(number + 1) / (count + 1) for number in range(count)]
    return tuple(Hanger(round(DECK * t, 1), round(4 * RISE * t * (1 - t), 1)) for t in shares)


def bank(side: Side, label: str, *, is_words: bool = False, limit: int = EXCERPT_CHARACTERS) -> Bank:
    """One side as it is drawn, cut to about `limit` characters."""
    shown = excerpt(side, limit)
    differs = shown.language != get_language()
    names = {"da": _("in Danish"), "en": _("in English")}
    return Bank(
        label=label,
        text=carried(shown),
        language=shown.language if differs else "",
        language_name=names.get(shown.language, "") if differs and not is_words else "",
        is_words=is_words,
    )


def _collaboration(match: Match) -> str:
    statement = match.theirs.statement
    return label_of(statement.collaboration_id) if statement else ""


def _word_start(text: str, position: int) -> int:
    space = text.rfind(" ", 0, position)
    return space + 1 if space > position - 40 and space >= 0 else position


def _word_end(text: str, position: int) -> int:
    if position >= len(text):
        return len(text)
    space = text.rfind(" ", position - 40, position)
    return space if space > 0 else position
