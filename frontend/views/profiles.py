"""Reading one profile."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.questions import read_public_id
from frontend.requests import PageRequest
from hubs.enums import Visibility
from hubs.policies import Action, Viewer, may, may_ask_for_contact, owns
from matching.domain.learning.impressions import note_opening
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.queries import contact_for, find_profile


@require_safe
def profile_page(request: PageRequest, slug: str) -> HttpResponse:
    """The profile with what this reader may see of it."""
    today = timezone.localdate()
    profile = find_profile(request.viewer, slug, today=today)
    list_id = read_public_id(request.GET.get("list", ""))
    if list_id:
        note_opening(request.hub.pk, list_id, profile, now=timezone.now())
    context = profile_context(request.viewer, profile, today) | {"ask_url": _ask_url(request, profile)}
    return render(request, "pages/profile.html", context)


def _ask_url(request: PageRequest, profile: Profile) -> str:
    """Where the reader asks for contact: for the profile and from the list through which this page was opened."""
    told = {name: value for name in ("from", "purpose", "list") if (value := request.GET.get(name, "")[:80])}
    address = reverse("frontend:new_introduction", args=[profile.slug])
    return f"{address}?{urlencode(told)}" if told else address


def profile_context(viewer: Viewer, profile: Profile, today: date) -> dict[str, Any]:
    """What the page shows; permissions are settled here, so hidden data never reaches the template."""
    statements: list[Statement] = list(getattr(profile, "readable_statements", ()))
    is_own = owns(viewer, profile)
    return {
        "profile": profile,
        "about": _of_kind(statements, StatementKind.ABOUT),
        "offers": _of_kind(statements, StatementKind.OFFER),
        "needs": _of_kind(statements, StatementKind.NEED),
        "expired_ids": {statement.pk for statement in statements if statement.is_expired(today)},
        "theme_keys": [link.theme_id for link in profile.theme_links.all()],
        "website": safe_website(profile.organisation.website),
        "contact_email": contact_for(viewer, profile),
        "is_own": is_own,
        "may_edit": may(viewer, Action.EDIT, profile),
        "may_recommend": may(viewer, Action.RECOMMEND_FOR, profile),
        "may_ask": may_ask_for_contact(viewer, profile),
        "is_indexable": profile.visibility == Visibility.PUBLIC and not profile.is_paused,
        "visibility_note": visibility_note(profile),
        **nothing_written(is_own=is_own),
    }


def safe_website(address: str) -> str:
    """The address if a browser may open it as a page, else empty: `javascript:` is an address too."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def visibility_note(profile: Profile) -> str:
    """Who sees a profile that not everybody sees; empty for a public one."""
    return {
        Visibility.MEMBERS.value: _("Only members of the hub see this profile."),
        Visibility.HUB.value: _("Only the organisation itself and the hub's staff see this profile."),
    }.get(profile.visibility, "")


def nothing_written(*, is_own: bool) -> dict[str, str]:
    """What stands where there is no offer or no need that the reader may see."""
    if is_own:
        return {
            "nothing_offered": _("You have written no offer yet. Without one, nobody who seeks can find you."),
            "nothing_sought": _("You have written no need yet. Without one, we cannot suggest anybody."),
        }
    return {
        "nothing_offered": _("They have written no offer that is open to you."),
        "nothing_sought": _("They have written no need that is open to you."),
    }


def _of_kind(statements: list[Statement], kind: StatementKind) -> list[Statement]:
    return [statement for statement in statements if statement.kind == kind]
