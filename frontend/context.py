"""What every page needs around its content: hub, viewer, navigation, languages, theme.

One query, for people who speak for somebody: how many contacts wait for a word of theirs.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from frontend.views.preferences import theme_of
from hubs.policies import Viewer, may_broker, may_read_hub
from matching.queries.contacts import waiting_count
from matching.queries.desk import screening_count

CONTACTS = frozenset({"contacts", "new_introduction", "edit_introduction", "introduction", "tell_outcome"})
PROJECTS = frozenset(
    {
        "projects", "new_project", "project", "edit_project", "edit_parts", "edit_stage", "edit_funding", "end_project",
        "invite_by_name", "new_milestone", "edit_gate", "shortlists", "new_shortlist", "shortlist", "edit_shortlist",
        "ask_shortlist", "choose_shortlist", "give_up_shortlist", "add_candidate_by_name", "candidate_notes",
    }
)  # fmt: skip
DESK = frozenset({"desk", "hand_over", "screen", "introduce", "answer_by_phone", "desk_follow_ups", "phone_outcome"})
HUB = frozenset({"hub_introductions", "procurement_form", "procurement_export"})
INSIGHT = frozenset(
    {"insight", "fairness", "rankers", "ranker_card", "promote_ranker", "roll_back_ranker", "impressions_form"}
)
SETTINGS = frozenset({"settings", "hub_rules", "hub_questions", "ranker_weights", "edit_weight", "edit_rung_value"})
EDITING = frozenset(
    {
        "my_profile", "edit_profile", "edit_details", "edit_organisation", "new_statement", "edit_statement",
        "remove_statement", "onboarding", "onboarding_step", "contact_rules",
    }
)  # fmt: skip


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the left rail; the icon is a Lucide name."""

    name: str
    label: str
    icon: str
    url: str
    is_current: bool
    # How many things there wait for the reader.
    waiting: int = 0


@dataclass(frozen=True)
class LanguageChoice:
    """The same page in one language."""

    code: str
    label: str
    path: str
    url: str
    is_current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """The values that `layouts/base.html` shows."""
    viewer = getattr(request, "viewer", None)
    languages = language_choices(request)
    return {
        "hub": getattr(request, "hub", None),
        "viewer": viewer,
        "navigation": navigation(request, viewer),
        "languages": languages,
        "canonical_url": request.build_absolute_uri(request.path),
        "theme": theme_of(request),
        "is_demo": settings.VIDENBRO_DEMO,
    }


def navigation(request: HttpRequest, viewer: Viewer | None) -> tuple[NavigationItem, ...]:
    """The parts that exist, for those who have signed in."""
    if viewer is None or not viewer.is_signed_in:
        return ()
    current = _current_name(request)
    return (
        *_hub_items(viewer, current),
        _item("for_you", _("For you"), current in {"for_you", "for_profile", "why_not"}, icon="compass"),
        _item("search", _("Search"), current == "search", icon="search"),
        _item("contacts", _("Contacts"), current in CONTACTS, icon="handshake", waiting=_waiting(viewer)),
        _item("projects", _("Projects"), current in PROJECTS, icon="layers"),
        _item("events", _("Events"), _is_event(current), icon="calendar-days"),
        _item("my_profile", _("My profile"), current in EDITING, icon="circle-user"),
        *_settings_items(viewer, current),
    )


def _is_event(current: str) -> bool:
    """Pages of events are named after them."""
    return "event" in current.split("_") or current == "events"


def _hub_items(viewer: Viewer, current: str) -> tuple[NavigationItem, ...]:
    """What the hub's own people come for, so it stands first; the desk is for those who broker contacts."""
    if not may_read_hub(viewer):
        return ()
    desk = _item("desk", _("Desk"), current in DESK, icon="inbox", waiting=screening_count(viewer))
    hub = _item("hub_introductions", _("The hub"), current in HUB, icon="activity")
    insight = _item("insight", _("Insight"), current in INSIGHT, icon="lightbulb")
    return (desk, hub, insight) if may_broker(viewer) else (hub, insight)


def _settings_items(viewer: Viewer, current: str) -> tuple[NavigationItem, ...]:
    is_current = current in SETTINGS
    return (_item("settings", _("Settings"), is_current, icon="settings"),) if may_read_hub(viewer) else ()


def language_choices(request: HttpRequest) -> tuple[LanguageChoice, ...]:
    """This page in every language; the first page where this one has no address of its own."""
    here = get_language()
    choices = []
    for code, label in (("da", "Dansk"), ("en", "English")):
        path = request.get_full_path() if code == here else translate_url(request.get_full_path(), code)
        if code != here and path == request.get_full_path():
            with override(code):
                path = reverse("frontend:home")
        choices.append(LanguageChoice(code, label, path, request.build_absolute_uri(path), code == here))
    return tuple(choices)


def _item(name: str, label: str, is_current: bool, *, icon: str, waiting: int = 0) -> NavigationItem:
    return NavigationItem(name, label, icon, reverse(f"frontend:{name}"), is_current, waiting)


def _waiting(viewer: Viewer) -> int:
    return waiting_count(viewer, now=timezone.now())


def _current_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.url_name or "" if match and match.namespace == "frontend" else ""
