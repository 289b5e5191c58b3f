"""The first words of a proposal that a facilitator makes to two others: why these two, and what to talk about."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from matching.domain.introductions.wording import guessed_purpose, suggestion_for
from profiles.enums import StatementKind
from profiles.models import Profile, Statement

_QUOTED_CHARACTERS = 280


@dataclass(frozen=True)
class Proposal:
    """What a facilitator begins with, in the language that both write or else the hub's; all of it can be changed."""

    reason: str
    asked: str
    contact_purpose: str
    minutes: int


def begun_proposal(
    seeker: Profile, receiver: Profile, ours: Statement | None, theirs: Statement | None, *, purpose: str
) -> Proposal:
    """The draft of a proposal; without statements the reason is left to the facilitator."""
    code = guessed_purpose(ours, theirs, purpose)
    suggestion = suggestion_for(code)
    with translation.override(_language(seeker, ours, theirs)):
        return Proposal(_reason(seeker, receiver, ours, theirs), suggestion.sentence(), code, suggestion.minutes)


def _language(seeker: Profile, ours: Statement | None, theirs: Statement | None) -> str:
    written = {row.language for row in (ours, theirs) if row is not None}
    return written.pop() if len(written) == 1 else seeker.hub.language


def _reason(seeker: Profile, receiver: Profile, ours: Statement | None, theirs: Statement | None) -> str:
    if ours is None or theirs is None:
        return ""
    closing = _("The two meet. We think that a short talk is worth your time.")
    return "\n\n".join((_told(seeker, ours), _told(receiver, theirs), closing))


def _told(profile: Profile, statement: Statement) -> str:
    frames = {
        StatementKind.NEED.value: _("%(name)s seeks: “%(text)s”"),
        StatementKind.OFFER.value: _("%(name)s offers: “%(text)s”"),
    }
    text = Truncator(" ".join(statement.text.split())).chars(_QUOTED_CHARACTERS)
    return frames.get(statement.kind, _("%(name)s writes: “%(text)s”")) % {"name": profile.name, "text": text}
