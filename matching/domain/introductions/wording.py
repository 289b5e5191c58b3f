"""The first half of a request, written for whoever has ten minutes: plain sentences from the two statements."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from matching.enums import OpiStep, Purpose
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.terms import code_of

_QUOTED_CHARACTERS = 160


@dataclass(frozen=True)
class Suggestion:
    """What a purpose of contact usually asks: its sentence, the minutes it takes the other side, its OPI step."""

    sentence: Callable[[], str]
    minutes: int
    step: OpiStep


SUGGESTIONS: dict[str, Suggestion] = {
    "need_input": Suggestion(
        lambda: _("Which need do you meet most often here, and which idea would help you in your day?"),
        30,
        OpiStep.LIGHT_CONTACT,
    ),
    "feedback": Suggestion(
        lambda: _("We ask for your honest feedback: what would work in your day, what would not, and what is missing?"),
        45,
        OpiStep.LIGHT_CONTACT,
    ),
    "user_workshop": Suggestion(
        lambda: _("We ask you to take part in one workshop with users, which we prepare and lead."),
        180,
        OpiStep.LIGHT_CONTACT,
    ),
    "product_development": Suggestion(
        lambda: _("We ask you to look at what we develop at two short meetings and tell us what to change."),
        120,
        OpiStep.EXPLORATORY_OPI,
    ),
    "test": Suggestion(
        lambda: _("We ask whether we may try it out with you, small and well prepared, and what that would take."),
        240,
        OpiStep.MINI_TRIAL,
    ),
    "documentation": Suggestion(
        lambda: _("We ask which evidence you would need to see, and whether it can be gathered with you."),
        180,
        OpiStep.MINI_TRIAL,
    ),
    "demonstration": Suggestion(
        lambda: _("We would like to show you how it works, at your place, and hear your questions."),
        60,
        OpiStep.LIGHT_CONTACT,
    ),
    "reference": Suggestion(
        lambda: _("We ask whether you would tell others what you have found, and what must be in place first."),
        60,
        OpiStep.LIGHT_CONTACT,
    ),
    "procurement_dialogue": Suggestion(
        lambda: _("We ask for an open talk about the need before anything is bought, on terms that any supplier gets."),
        60,
        OpiStep.INNOVATIVE_PROCUREMENT,
    ),
}
USUAL_PURPOSE = "feedback"


def suggestion_for(code: str) -> Suggestion:
    """The suggestion of a purpose of contact; the usual one for a purpose that came into the list later."""
    return SUGGESTIONS.get(code, SUGGESTIONS[USUAL_PURPOSE])


# What a form of collaboration, named in a statement, says of the purpose when the statement names none itself.
_PURPOSE_OF_FORM = {
    "clinical_trial": "test",
    "research_project": "documentation",
    "commissioned_research": "documentation",
    "innovation_project": "product_development",
    "procurement_dialogue": "procurement_dialogue",
}


def guessed_purpose(ours: Statement | None, theirs: Statement | None, purpose: str) -> str:
    """The code of the contact's purpose: what the statements name, theirs first, else what is usual."""
    stated = [code_of(row.purpose_id) for row in (theirs, ours) if row is not None]
    formed = [_PURPOSE_OF_FORM.get(code_of(row.collaboration_id), "") for row in (theirs, ours) if row is not None]
    usual = "product_development" if purpose == Purpose.PROJECT else USUAL_PURPOSE
    return next((code for code in (*stated, *formed) if code), usual)


def writing_language(seeker: Profile, ours: Statement | None) -> str:
    """The language in which the seeker writes: of its statement, else its first language here, else the hub's."""
    if ours is not None:
        return ours.language
    return next((code for code in seeker.languages if code in ("da", "en")), seeker.hub.language)


def begun_text(
    *, purpose_code: str, ours: Statement | None, theirs: Statement | None, minutes: int, language: str
) -> str:
    """Two or three short paragraphs in the language: why you (where a text is missing), what we ask, your time."""
    with translation.override(language):
        parts = [_why(ours, theirs), suggestion_for(purpose_code).sentence(), _time(minutes)]
        return "\n\n".join(part for part in parts if part)


def _why(ours: Statement | None, theirs: Statement | None) -> str:
    """Which texts meet; the words themselves stand beside the request, and are repeated only where one is missing."""
    if theirs is not None and ours is not None:
        return ""
    if theirs is not None:
        meets = {
            StatementKind.NEED.value: _("You seek: “%(text)s” We think that we can help."),
            StatementKind.OFFER.value: _("You offer: “%(text)s” That is what we look for."),
        }
        return meets.get(theirs.kind, _("You write: “%(text)s” That caught our eye.")) % {"text": _quoted(theirs)}
    return _("About us: “%(text)s”") % {"text": _quoted(ours)} if ours is not None else ""


def _time(minutes: int) -> str:
    return _("It takes about %(minutes)d minutes of your time; we prepare the rest.") % {"minutes": minutes}


def _quoted(statement: Statement) -> str:
    return Truncator(" ".join(statement.text.split())).chars(_QUOTED_CHARACTERS)
