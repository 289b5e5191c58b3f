"""Why a request cannot go now, in words, with whom else one can ask or where one goes on."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.asking import ask_address
from frontend.bridge import facts_of
from hubs.policies import Viewer, owns
from kernel.errors import DomainError
from matching.domain.introductions.errors import AlreadyAsked, CapReached, Paused, TooManyOpen
from matching.domain.learning.impressions import record_recommendations
from matching.domain.recommending import recommend_for_profile
from matching.enums import Channel
from matching.results import Match
from profiles.models import Profile

MOST_ALTERNATIVES = 3
REFUSED = (AlreadyAsked, CapReached, Paused, TooManyOpen)


@dataclass(frozen=True)
class Alternative:
    """Somebody else who fits and has time: where to ask them."""

    name: str
    facts: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Refusal:
    """What stands in the way, and how to go on."""

    title: str
    message: str
    advice: str = ""
    alternatives: tuple[Alternative, ...] = ()
    link_url: str = ""
    link_label: str = ""


def refusal_of(error: DomainError, viewer: Viewer, *, seeker: Profile, receiver: Profile, purpose: str) -> Refusal:
    """The error of the domain as the page tells it."""
    if isinstance(error, AlreadyAsked):
        return _already_asked(error)
    if isinstance(error, TooManyOpen):
        return Refusal(
            _("You have many open requests"), str(error),
            link_url=reverse("frontend:contacts"), link_label=_("See your open requests"),
        )  # fmt: skip
    title = _("They have no time this month") if isinstance(error, CapReached) else _("They take a break")
    return with_alternatives(Refusal(title, str(error)), viewer, seeker=seeker, without=receiver, purpose=purpose)


def with_alternatives(refusal: Refusal, viewer: Viewer, *, seeker: Profile, without: Profile, purpose: str) -> Refusal:
    """The refusal with others who fit and have time; with the way to the suggestions when none can be named now."""
    found = alternatives(viewer, seeker=seeker, without=without, purpose=purpose)
    if found:
        return replace(refusal, advice=_("These fit too, and have time now:"), alternatives=found)
    address = reverse("frontend:for_profile", args=[seeker.slug])
    return replace(refusal, link_url=address, link_label=_("See who else fits"))


def alternatives(viewer: Viewer, *, seeker: Profile, without: Profile, purpose: str) -> tuple[Alternative, ...]:
    """The best who have room, kept as a list that was shown; none while the index is not ready."""
    try:
        # One more than is shown, since the one that was asked may be among them: too short a list to try anybody out.
        found = recommend_for_profile(
            viewer, seeker, purpose=purpose, today=timezone.localdate(), limit=MOST_ALTERNATIVES + 1
        )
    except DomainError:
        return ()
    others = tuple(match for match in found.matches if match.profile.pk != without.pk)[:MOST_ALTERNATIVES]
    channel = Channel.WEB if owns(viewer, seeker) else Channel.FACILITATOR
    shown = record_recommendations(
        viewer, replace(found, matches=others), channel=channel, seeker=seeker, now=timezone.now()
    )
    list_id = str(shown.public_id) if shown else ""
    return tuple(_alternative(match, seeker, purpose, list_id) for match in others)


def _alternative(match: Match, seeker: Profile, purpose: str, list_id: str) -> Alternative:
    address = ask_address(match, seeker=seeker, purpose=purpose, list_id=list_id)
    return Alternative(match.profile.name, facts_of(match.profile), address)


def _already_asked(error: AlreadyAsked) -> Refusal:
    public_id = error.details.get("introduction", "")
    address = reverse("frontend:introduction", args=[public_id]) if public_id else reverse("frontend:contacts")
    return Refusal(_("There is a request already"), str(error), link_url=address, link_label=_("Open the request"))
