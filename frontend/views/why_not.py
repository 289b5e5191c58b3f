"""“Why not X?”: where a profile that somebody expected stands in the recommendations, and what keeps it there."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.models import Event
from events.queries.days import participant_ids
from frontend.naming import profiles_called
from frontend.requests import PageRequest
from frontend.views.for_you import coming_event, read_purpose
from hubs.policies import Action, Viewer, may_broker, owns, require
from kernel.errors import InvalidInput
from matching.domain.why_not import why_not
from matching.enums import Purpose
from matching.results import WhyNot
from profiles.models import Profile
from profiles.queries import find_profile


@dataclass(frozen=True)
class Finding:
    """What came of a name: an answer, several profiles to choose from, or what is wrong with it."""

    answer: WhyNot | None = None
    choices: tuple[Profile, ...] = ()
    complaint: str = ""


@require_safe
@login_required
def why_not_page(request: PageRequest, slug: str) -> HttpResponse:
    """The answer for the name in the address; a choice where several have it."""
    profile = find_profile(request.viewer, slug, today=timezone.localdate())
    require(request.viewer, Action.RECOMMEND_FOR, profile)
    purpose = read_purpose(request.GET.get("purpose", ""))
    event = coming_event(request.viewer) if purpose is Purpose.EVENT else None
    name = request.GET.get("name", "").strip()
    is_own = owns(request.viewer, profile)
    context = {
        "profile": profile,
        "is_own": is_own,
        "seeker": "" if is_own else profile.name,
        "introduces": profile if not is_own and may_broker(request.viewer) else None,
        "purpose": purpose,
        "event": event,
        "name": name,
        "finding": look_up(request.viewer, profile, name, purpose, event) if name else Finding(),
    }
    return render(request, "pages/why_not.html", context)


def look_up(viewer: Viewer, profile: Profile, name: str, purpose: Purpose, event: Event | None) -> Finding:
    """What can be said of the profile that is called so."""
    if purpose is Purpose.EVENT and event is None:
        return Finding(complaint=_("No event is planned, so nobody is suggested for one."))
    called = profiles_called(viewer, name)
    if not called:
        return Finding(
            complaint=_("No profile that is open to you has that name. Check the spelling, or write less of it.")
        )
    if len(called) > 1:
        return Finding(choices=called)
    return _explain(viewer, profile, called[0].slug, purpose, event)


def _explain(viewer: Viewer, profile: Profile, slug: str, purpose: Purpose, event: Event | None) -> Finding:
    today = timezone.localdate()
    other = find_profile(viewer, slug, today=today)
    among = participant_ids(event) if event else None
    try:
        return Finding(why_not(viewer, profile, other, purpose=purpose, today=today, among=among))
    except InvalidInput as error:
        return Finding(complaint=error.message)
