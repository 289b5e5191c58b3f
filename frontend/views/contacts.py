"""Contacts: the introductions of one's own profiles, what waits for a word first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.requests import PageRequest
from frontend.standing import ContactGroup, ContactRow, contact_groups, contact_row
from kernel.errors import NotFound
from matching.enums import Side
from matching.models import Introduction
from matching.queries.contacts import introductions_of, side_of
from profiles.models import Profile
from profiles.queries import own_profiles

# Of what is over, so many are shown at first.
FEW_EARLIER = 10
MOST_SHOWN = 500


@login_required
@never_cache
@require_safe
def contacts(request: PageRequest) -> HttpResponse:
    """Every contact of the person's profiles, or of the one named in the address.

    Raises:
        NotFound: the named profile is not one for which the person speaks.
    """
    profiles = tuple(own_profiles(request.viewer))
    if not profiles and not request.viewer.is_staff:
        return redirect("frontend:onboarding")
    profile = _chosen(profiles, request.GET.get("profile", ""))
    now = timezone.now()
    found = introductions_of(request.viewer, profile=profile)[:MOST_SHOWN]
    rows = [contact_row(each, _side(request, each, profile), now=now) for each in found]
    groups = contact_groups(rows)
    is_whole = request.GET.get("show") == "all"
    shown = groups if is_whole else tuple(_shortened(group) for group in groups)
    more = sum(len(group.rows) for group in groups) - sum(len(group.rows) for group in shown)
    asked = {"show": "all", **({"profile": profile.slug} if profile else {})}
    context = {
        "profiles": profiles,
        "profile": profile,
        "groups": shown,
        "more_earlier": more,
        "more_url": f"?{urlencode(asked)}",
    }
    return render(request, "contacts/list.html", context)


def _chosen(profiles: tuple[Profile, ...], slug: str) -> Profile | None:
    if not slug:
        return None
    chosen = next((each for each in profiles if each.slug == slug), None)
    if chosen is None:
        raise NotFound(_("You speak for no profile of that name. Choose one of your own."))
    return chosen


def _side(request: PageRequest, introduction: Introduction, profile: Profile | None) -> Side:
    """The side of the chosen profile, else the person's."""
    if profile is not None:
        return Side.SEEKER if introduction.seeker_id == profile.pk else Side.RECEIVER
    return side_of(request.viewer, introduction) or Side.SEEKER


def _shortened(group: ContactGroup) -> ContactGroup:
    if group.code != "earlier":
        return group
    rows: tuple[ContactRow, ...] = group.rows[:FEW_EARLIER]
    return ContactGroup(group.code, group.title, rows)
