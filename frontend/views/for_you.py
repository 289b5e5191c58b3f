"""Recommendations for a profile, one purpose at a time."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.models import Event
from events.queries.days import coming_events, participant_ids
from frontend.requests import PageRequest
from hubs.policies import Action, Viewer, may_broker, may_see_participants, owns, require
from matching.domain.learning.impressions import record_recommendations
from matching.domain.recommending import recommend_for_profile
from matching.enums import Channel, Purpose, TeamRole
from matching.results import Match, Recommendations
from profiles.models import Profile
from profiles.queries import find_profile, own_profiles


@dataclass(frozen=True)
class RoleGroup:
    """The candidates for one part of a project that is missing, or, without a role, all others."""

    role: TeamRole | None
    title: str
    matches: tuple[Match, ...]

    @property
    def is_missing(self) -> bool:
        """Whether the group fills a part that the seeker lacks."""
        return self.role is not None

    @property
    def anchor(self) -> str:
        """The group's own address on the page."""
        return f"part-{self.role.value}" if self.role else "others"


@require_safe
@login_required
def for_you(request: PageRequest) -> HttpResponse:
    """Go to the recommendations of one's own first profile, or learn how to get some."""
    profile = own_profiles(request.viewer).first()
    if profile is None:
        return render(request, "pages/for_you_empty.html")
    return redirect("frontend:for_profile", slug=profile.slug)


@require_safe
@login_required
def for_profile(request: PageRequest, slug: str) -> HttpResponse:
    """Whom this profile should talk to, for the purpose in the address."""
    profile = find_profile(request.viewer, slug, today=timezone.localdate())
    require(request.viewer, Action.RECOMMEND_FOR, profile)
    purpose = read_purpose(request.GET.get("purpose", ""))
    event = coming_event(request.viewer) if purpose is Purpose.EVENT else None
    found = recommend(request.viewer, profile, purpose, event)
    is_own = owns(request.viewer, profile)
    channel = Channel.WEB if is_own else Channel.FACILITATOR
    shown = record_recommendations(request.viewer, found, channel=channel, seeker=profile, now=timezone.now())
    groups = group_by_role(found)
    context = {
        "profile": profile,
        "other_profiles": profiles_to_choose(request.viewer) if is_own else (),
        "is_own": is_own,
        "asker": profile if is_own else None,
        "seeker": "" if is_own else profile.name,
        "introduces": profile if not is_own and may_broker(request.viewer) else None,
        "purpose": purpose,
        "purpose_lead": lead_of(purpose),
        "purposes": tuple(Purpose),
        "event": event,
        "groups": groups,
        "list_id": shown.public_id if shown else "",
        "missing_groups": tuple(group for group in groups if group.is_missing),
    }
    return render(request, "pages/for_you.html", context)


def profiles_to_choose(viewer: Viewer) -> tuple[Profile, ...]:
    """The reader's own profiles when there is more than one to choose from."""
    profiles = tuple(own_profiles(viewer))
    return profiles if len(profiles) > 1 else ()


def lead_of(purpose: Purpose) -> str:
    """One sentence on what a purpose is for."""
    return {
        Purpose.OPI_LIGHT: _(
            "OPI-light: one concrete question to the right department, municipality or firm, without a long agreement."
        ),
        Purpose.PROJECT: _(
            "Collaboration project: a firm, a knowledge institution and a public part that complement each other."
        ),
        Purpose.EVENT: _("Event meeting: whom to meet at the next event, among those who take part."),
        Purpose.ERFA: _("Exchange of experience: those who have the same concern as you, to learn from each other."),
    }[purpose]


def read_purpose(code: str) -> Purpose:
    """The purpose of that code; OPI-light for anything else."""
    return Purpose(code) if code in Purpose.values else Purpose.OPI_LIGHT


def coming_event(viewer: Viewer) -> Event | None:
    """The next event whose participants the viewer may see."""
    return coming_events(viewer, now=timezone.now()).first() if may_see_participants(viewer) else None


def recommend(viewer: Viewer, profile: Profile, purpose: Purpose, event: Event | None) -> Recommendations:
    """The list for one purpose; for an event among those who take part, and nobody without an event."""
    if purpose is Purpose.EVENT and event is None:
        return Recommendations(purpose=purpose, matches=())
    among = participant_ids(event) if event else None
    return recommend_for_profile(viewer, profile, purpose=purpose, today=timezone.localdate(), among=among)


def group_by_role(found: Recommendations) -> tuple[RoleGroup, ...]:
    """Missing parts of a project first, each with its candidates; then everybody else, in rank order."""
    missing = tuple(
        RoleGroup(role, str(role.label), tuple(match for match in found.matches if match.role == role))
        for role in found.missing_roles
    )
    others = tuple(match for match in found.matches if match.role not in found.missing_roles)
    title = _("Others who fit") if missing else _("Profiles that fit")
    return (*missing, RoleGroup(None, title, others)) if others else missing
