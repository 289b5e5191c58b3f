"""Where one asks the profile of a match for contact, and who may be asked by whom."""

from django.urls import reverse
from django.utils.http import urlencode

from hubs.policies import Viewer, may_ask_for_contact
from matching.results import Match
from profiles.models import Profile


def ask_address(match: Match, *, seeker: Profile | None = None, purpose: str = "", list_id: str = "") -> str:
    """The address of a request to the profile of the match, with the two texts that fit and the list it stood in."""
    ours = match.ours.statement if match.ours else None
    theirs = match.theirs.statement
    asked = {
        "from": seeker.slug if seeker else "",
        "purpose": purpose,
        "ours": str(ours.public_id) if ours else "",
        "theirs": str(theirs.public_id) if theirs else "",
        "list": list_id,
    }
    told = {name: value for name, value in asked.items() if value}
    address = reverse("frontend:new_introduction", args=[match.profile.slug])
    return f"{address}?{urlencode(told)}" if told else address


def ask_url_for(
    viewer: Viewer | None, match: Match, *, seeker: Profile | None = None, purpose: str = "", list_id: str = ""
) -> str:
    """The same where this reader may ask; empty for one's own profile and for staff who speak for nobody."""
    if viewer is None or not may_ask_for_contact(viewer, match.profile):
        return ""
    return ask_address(match, seeker=seeker, purpose=purpose, list_id=list_id)


def opened_from(address: str, *, seeker: Profile, purpose: str, list_id: str) -> str:
    """A profile's address that says from which list of whose it is opened."""
    return f"{address}?{urlencode({'from': seeker.slug, 'purpose': purpose, 'list': list_id})}"


def introduce_address(match: Match, *, seeker: Profile, purpose: str = "") -> str:
    """Where a facilitator introduces the seeker to the profile of the match, with the two texts that fit."""
    ours = match.ours.statement if match.ours else None
    theirs = match.theirs.statement
    told = {
        "seeker": seeker.slug,
        "receiver": match.profile.slug,
        "purpose": purpose,
        "ours": str(ours.public_id) if ours else "",
        "theirs": str(theirs.public_id) if theirs else "",
    }
    return reverse("frontend:introduce") + "?" + urlencode({name: value for name, value in told.items() if value})
