"""Why a match is shown, in plain words of the reader's language: at most three reasons and one reservation."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matching.engine.shared_terms import SharedTerm
from matching.enums import Direction, TeamRole
from matching.results import Reason
from profiles.models import Profile, Statement
from profiles.terms import inline_label_of, label_of

MAX_REASONS = 3
_MAX_TERMS = 3
_EXPIRES_SOON_DAYS = 30
# Being among the nearest fifth in the other direction too is worth saying.
_NEAR_SHARE = 0.8


@dataclass(frozen=True)
class Evidence:
    """What is known of one match; `seeker` and `ours` are absent when the reader only wrote a text."""

    profile: Profile
    theirs: Statement
    terms: list[SharedTerm]
    today: date
    seeker: Profile | None = None
    ours: Statement | None = None
    our_language: str = "da"
    need_share: float = 0.0
    offer_share: float = 0.0
    missing_role: TeamRole | None = None
    direction: Direction = Direction.NEED_OFFER


def reasons_for(evidence: Evidence) -> tuple[Reason, ...]:
    """The strongest reasons first; never empty, since being near in meaning is one itself."""
    makers = (_shared_words, _both_ways, _missing_role, _same_purpose, _same_place, _shared_theme)
    found = [reason for maker in makers if (reason := maker(evidence))]
    if not evidence.terms:
        found.insert(0, _near_in_meaning(evidence))
    return tuple(found[:MAX_REASONS])


def reservation_for(evidence: Evidence) -> Reason | None:
    """The first thing that speaks against the match, if any."""
    for maker in (_expires_soon, _other_language, _other_region, _no_shared_words):
        if reason := maker(evidence):
            return reason
    return None


def _shared_words(evidence: Evidence) -> Reason | None:
    words = list(dict.fromkeys(term.theirs.casefold() for term in evidence.terms))[:_MAX_TERMS]
    return Reason("shared_words", _("Same words"), ", ".join(words)) if words else None


def _near_in_meaning(evidence: Evidence) -> Reason:
    if evidence.theirs.language != evidence.our_language:
        return Reason("meaning", _("Same meaning"), _("in two languages"))
    return Reason("meaning", _("Same meaning"), _("in other words"))


def _both_ways(evidence: Evidence) -> Reason | None:
    if min(evidence.need_share, evidence.offer_share) < _NEAR_SHARE:
        return None
    if evidence.direction is Direction.OFFER_NEED:
        return Reason("both_ways", _("Both ways"), _("they also offer what you seek"))
    return Reason("both_ways", _("Both ways"), _("they also seek what you offer"))


def _missing_role(evidence: Evidence) -> Reason | None:
    if evidence.missing_role is None:
        return None
    return Reason("missing_role", _("Missing in the project"), evidence.missing_role.label.lower())


def _same_purpose(evidence: Evidence) -> Reason | None:
    ours = evidence.ours
    if ours is None or not ours.purpose_id or ours.purpose_id != evidence.theirs.purpose_id:
        return None
    return Reason("purpose", _("Same purpose"), inline_label_of(ours.purpose_id))


def _same_place(evidence: Evidence) -> Reason | None:
    seeker, profile = evidence.seeker, evidence.profile
    if seeker is None or not seeker.region_id:
        return None
    if seeker.municipality_id and seeker.municipality_id == profile.municipality_id:
        return Reason("place", _("Near you"), label_of(profile.municipality_id))
    if seeker.region_id == profile.region_id:
        return Reason("place", _("Near you"), label_of(profile.region_id))
    return None


def _shared_theme(evidence: Evidence) -> Reason | None:
    if evidence.seeker is None:
        return None
    own = {link.theme_id for link in evidence.seeker.theme_links.all()}
    shared = [link.theme_id for link in evidence.profile.theme_links.all() if link.theme_id in own]
    return Reason("theme", _("Same theme"), inline_label_of(shared[0])) if shared else None


def _expires_soon(evidence: Evidence) -> Reason | None:
    last_day = evidence.theirs.expires_on
    if last_day is None or (last_day - evidence.today).days > _EXPIRES_SOON_DAYS:
        return None
    return Reason("expires", _("But"), _("only until %(day)s") % {"day": date_format(last_day, "DATE_FORMAT")})


def _other_language(evidence: Evidence) -> Reason | None:
    reader = "da" if (get_language() or "da").startswith("da") else "en"
    if reader in evidence.profile.languages:
        return None
    return Reason(
        "language",
        _("But"),
        _("they do not list Danish") if reader == "da" else _("they do not list English"),
    )


def _other_region(evidence: Evidence) -> Reason | None:
    seeker, profile = evidence.seeker, evidence.profile
    if seeker is None or not profile.region_id or not seeker.region_id or seeker.region_id == profile.region_id:
        return None
    return Reason("region", _("But"), _("lies in %(region)s") % {"region": label_of(profile.region_id)})


def _no_shared_words(evidence: Evidence) -> Reason | None:
    if evidence.terms:
        return None
    return Reason("no_words", _("But"), _("no words in common, so read both texts"))
