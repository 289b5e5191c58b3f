"""Why a match is shown, in plain words of the reader's language: at most three reasons and one reservation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matching.engine.purposes import ROLE_OF_KIND
from matching.engine.shared_terms import SharedTerm
from matching.enums import Direction, TeamRole
from matching.results import Reason
from profiles.models import Profile, Statement
from profiles.terms import inline_label_of, label_of

MAX_REASONS = 3
_MAX_TERMS = 3
_EXPIRES_SOON_DAYS = 30
# A feature must move the score by so much (in logits) to be worth a word.
_WORTH_SAYING = 0.1
# Nearness in deviations above chance: about 2 of 100 texts picked by chance are as near as the first, 16 as the second.
_SAME_MEANING, _SOME_NEARNESS = 2.0, 1.0
# Which feature tells how near the two shown texts are; a search tells the mean of three, which is no more than that.
_NEARNESS = {
    Direction.NEED_OFFER: "need_offer_meaning",
    Direction.OFFER_NEED: "offer_need_meaning",
    Direction.SAME_NEED: "same_need_meaning",
    Direction.QUERY: "best_evidence",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of one match; `seeker` and `ours` are absent when the reader only wrote a text.

    `contributions` say by how many logits each feature moved the score, `values` what it was, both without an entry
    where nobody measured; `translated` whether words on both sides mean the same in two languages; `explored` whether
    the match is shown to learn from.
    """

    profile: Profile
    theirs: Statement
    terms: list[SharedTerm]
    today: date
    seeker: Profile | None = None
    ours: Statement | None = None
    our_language: str = "da"
    translated: bool = False
    contributions: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    missing_role: TeamRole | None = None
    direction: Direction = Direction.NEED_OFFER
    explored: bool = False

    @property
    def nearness(self) -> float | None:
        """How near the two texts are in meaning, in deviations above chance; None where nobody measured."""
        return self.values.get(_NEARNESS[self.direction])

    def worth(self, *features: str) -> float:
        """How much these features moved the score together."""
        return sum(self.contributions.get(name, 0.0) for name in features)


def reasons_for(evidence: Evidence) -> tuple[Reason, ...]:
    """The reasons that moved the score most, strongest first; never empty, and none says more than is known."""
    words = evidence.worth("need_offer_words", "offer_need_words")
    meaning = evidence.worth("need_offer_meaning", "offer_need_meaning", "same_need_meaning", "evidence")
    rated = [
        (10.0 if evidence.missing_role else 0.0, _missing_role(evidence)),
        (max(words, 2 * _WORTH_SAYING), _shared_words(evidence)),
        (evidence.worth("offer_need_meaning", "offer_need_words") + _WORTH_SAYING, _both_ways(evidence)),
        (evidence.worth("same_need_meaning") if evidence.direction is Direction.SAME_NEED else 0, _same_need(evidence)),
        (evidence.worth("same_purpose"), _same_purpose(evidence)),
        (evidence.worth("same_collaboration"), _same_collaboration(evidence)),
        (evidence.worth("named_kind"), _named_kind(evidence)),
        (evidence.worth("shared_themes"), _shared_theme(evidence)),
        (evidence.worth("same_region") + _WORTH_SAYING, _same_place(evidence)),
    ]
    if not evidence.terms:
        rated.append((max(meaning, 2 * _WORTH_SAYING), _near_in_meaning(evidence)))
    told = sorted(
        ((worth, reason) for worth, reason in rated if reason is not None and worth >= _WORTH_SAYING),
        key=lambda item: -item[0],
    )
    return tuple(reason for _worth, reason in told[:MAX_REASONS]) or (_last_reason(evidence),)


def reservation_for(evidence: Evidence) -> Reason | None:
    """The first thing that speaks against the match, if any."""
    for maker in (_expires_soon, _another_kind, _other_language, _other_region, _no_shared_words):
        if reason := maker(evidence):
            return reason
    return None


def _shared_words(evidence: Evidence) -> Reason | None:
    words = list(dict.fromkeys(term.theirs.casefold() for term in evidence.terms))[:_MAX_TERMS]
    return Reason("shared_words", _("Same words"), ", ".join(words)) if words else None


def _near_in_meaning(evidence: Evidence) -> Reason | None:
    """Said as far as it was measured: the same meaning, some nearness, or nothing at all."""
    nearness = evidence.nearness if evidence.nearness is not None else 0.0
    in_two_languages = evidence.theirs.language != evidence.our_language
    if nearness >= _SAME_MEANING or evidence.translated:
        return Reason("meaning", _("Same meaning"), _("in two languages") if in_two_languages else _("in other words"))
    if nearness >= _SOME_NEARNESS:
        return Reason("near", _("Some nearness"), _("closer in meaning than most texts"))
    return None


def _last_reason(evidence: Evidence) -> Reason:
    """What brought a match here that nothing in the texts speaks for."""
    found = _near_in_meaning(evidence) or _other_part(evidence) or _same_kind(evidence)
    if found:
        return found
    if evidence.explored:
        return Reason("tried", _("Tried out"), _("little is known of such pairs yet"))
    if evidence.nearness is None:
        return Reason("two_texts", _("The two texts"), _facing(evidence.direction))
    return Reason("loose", _("Loose link"), _("the texts are not close in meaning"))


def _facing(direction: Direction) -> str:
    words = {
        Direction.NEED_OFFER: _("you seek, they offer"),
        Direction.OFFER_NEED: _("you offer, they seek"),
        Direction.SAME_NEED: _("you both seek something"),
        Direction.QUERY: _("read what each side says"),
    }
    return words[direction]


def _other_part(evidence: Evidence) -> Reason | None:
    role = ROLE_OF_KIND.get(evidence.profile.kind)
    if role is None or evidence.values.get("other_role", 0.0) <= 0 or evidence.worth("other_role") < _WORTH_SAYING:
        return None
    return Reason("other_part", _("Another part"), TeamRole(role).label.lower())


def _same_kind(evidence: Evidence) -> Reason | None:
    if evidence.values.get("same_kind", 0.0) <= 0 or evidence.worth("same_kind") < _WORTH_SAYING:
        return None
    return Reason("same_kind", _("The same kind as you"), evidence.profile.get_kind_display().lower())


def _both_ways(evidence: Evidence) -> Reason | None:
    if min(evidence.values.get(f"{name}_meaning", 0.0) for name in ("need_offer", "offer_need")) < _SAME_MEANING:
        return None
    if evidence.direction is Direction.OFFER_NEED:
        return Reason("both_ways", _("Both ways"), _("they also offer what you seek"))
    return Reason("both_ways", _("Both ways"), _("they also seek what you offer"))


def _same_need(evidence: Evidence) -> Reason | None:
    if (evidence.nearness or 0.0) < _SAME_MEANING:
        return None
    return Reason("same_need", _("Same concern"), _("they seek what you seek"))


def _same_collaboration(evidence: Evidence) -> Reason | None:
    ours = evidence.ours
    if ours is None or not ours.collaboration_id or ours.collaboration_id != evidence.theirs.collaboration_id:
        return None
    return Reason("collaboration", _("Same form"), inline_label_of(ours.collaboration_id))


def _named_kind(evidence: Evidence) -> Reason | None:
    if evidence.direction is not Direction.NEED_OFFER or evidence.values.get("named_kind", 0.0) <= 0:
        return None
    return Reason("named_kind", _("Asked for"), _("you name this kind of partner"))


def _another_kind(evidence: Evidence) -> Reason | None:
    if evidence.direction is not Direction.NEED_OFFER or evidence.contributions.get("named_kind", 0.0) >= 0:
        return None
    return Reason("another_kind", _("But"), _("you name another kind of partner"))


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
    if evidence.terms or evidence.translated:
        return None
    return Reason("no_words", _("But"), _("no words in common, so read both texts"))
