"""An event's own page, for everybody who may know of it: when, where, what, for whom, and one thing to do."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from events.domain.people.admitting import why_closed
from events.enums import ActivityLevel, EventState, ParticipantState, PeopleKind, RequestMode
from events.models import Event, Participant
from events.queries.catalogue import stand_themes
from events.queries.people import (
    example_profiles,
    find_open_event,
    kind_counts,
    latest_terms,
    left_place,
    own_places,
    places_left,
    queue_of,
)
from frontend.event_words import day_words, is_on, minutes_words, slot_groups, stretch_words, when_words
from frontend.requests import PageRequest
from hubs.policies import may_organise
from profiles.terms import code_of, label_of

_COMING = {
    PeopleKind.PARTICIPANT: ngettext_lazy("%(number)d participant", "%(number)d participants", "number"),
    PeopleKind.EXHIBITOR: ngettext_lazy("%(number)d exhibitor", "%(number)d exhibitors", "number"),
    PeopleKind.SPEAKER: ngettext_lazy("%(number)d speaker", "%(number)d speakers", "number"),
    PeopleKind.EXPERT: ngettext_lazy("%(number)d expert", "%(number)d experts", "number"),
    PeopleKind.STUDENT: ngettext_lazy("%(number)d student", "%(number)d students", "number"),
    PeopleKind.INVESTOR: ngettext_lazy("%(number)d investor", "%(number)d investors", "number"),
}


@dataclass(frozen=True)
class Session:
    """A line of the programme."""

    clock: str
    title: str
    text: str
    language: str
    hall: str


@require_safe
def event_page(request: PageRequest, slug: str) -> HttpResponse:
    """The page that people send each other."""
    event = find_open_event(request.viewer, slug)
    now = timezone.now()
    own = own_places(request.viewer, event).first()
    when = when_words(event)
    context = {
        "event": event,
        "when": when,
        "own": own,
        "has_left": own is None and left_place(request.viewer, event) is not None,
        "programme": _programme(event),
        "meetings": _meetings(event),
        "kinds": _kinds(event),
        "themes": _themes(request, event),
        "examples": example_profiles(request.viewer, event),
        "terms": latest_terms(event),
        "for_whom": _for_whom(event),
        "may_organise": may_organise(request.viewer),
        "is_listed": event.level == ActivityLevel.OPEN and event.state != EventState.DRAFT,
        "structured": _structured(request, event),
        **_standing(event, own, now),
    }
    return render(request, "events/event.html", context)


def _standing(event: Event, own: Participant | None, now: datetime) -> dict[str, Any]:
    """What can be done: sign up, wait, look at one's own place, or why nothing."""
    left = places_left(event)
    is_full = left is not None and (left <= 0 or queue_of(event).exists())
    closed = why_closed(event, now=now)
    is_past = event.state == EventState.OVER or event.ends_at <= now
    told = "" if own else closed
    return {
        "left": left, "is_full": is_full, "closed": told, "is_open": not closed, "is_past": is_past,
        "is_on": is_on(event, now), "has_plan": _has_plan(event, own),
    }  # fmt: skip


def _has_plan(event: Event, own: Participant | None) -> bool:
    """Whether the plan of one's own is the page to look at: for those who have a place, once there is a timetable.

    Where a yes takes the first free time, meetings stand in it from the beginning.
    """
    has_place = own is not None and own.state == ParticipantState.REGISTERED
    return has_place and (
        event.state in {EventState.PUBLISHED, EventState.OVER}
        or (event.request_mode == RequestMode.FIRST_FREE and event.state != EventState.DRAFT)
    )


def _programme(event: Event) -> list[tuple[str, list[Session]]]:
    """Sessions by day; one day has no heading."""
    days: dict[str, list[Session]] = {}
    for row in event.sessions.select_related("hall"):
        session = Session(
            stretch_words(row.starts_at, row.ends_at, event), row.title, row.text, row.language,
            row.hall.name if row.hall else "",
        )  # fmt: skip
        days.setdefault(_day_of(row.starts_at, event), []).append(session)
    return list(days.items()) if len(days) > 1 else [("", rows) for rows in days.values()]


def _day_of(moment: datetime, event: Event) -> str:
    return day_words(moment.astimezone(event.zone).date())


def _meetings(event: Event) -> dict[str, Any]:
    """When booked meetings are held; empty for events without."""
    slots = list(event.slots.all())
    if not slots:
        return {}
    groups = slot_groups(event, slots)
    return {"number": len(slots), "minutes": minutes_words(slots[0]), "stretches": [group.label for group in groups]}


def _kinds(event: Event) -> list[str]:
    """How many of each kind come, in words."""
    counts = kind_counts(event)
    return [words % {"number": counts[kind.value]} for kind, words in _COMING.items() if counts.get(kind.value)]


def _themes(request: PageRequest, event: Event) -> list[tuple[str, int, str]]:
    """Label, number of stands and code of each theme, as the reader finds them in the catalogue."""
    rows = stand_themes(event, request.viewer)
    return [(label_of(key) or _("Other themes"), number, code_of(key)) for key, number in rows]


def _for_whom(event: Event) -> str:
    return {
        ActivityLevel.OPEN.value: _("Everybody who works with health innovation: firms, researchers, clinicians, "
                                    "municipalities, investors, advisers and students."),
        ActivityLevel.COMMUNITY.value: _("Members of the hub. Signing up makes you one."),
        ActivityLevel.COMMUNITY_PLUS.value: _("Members with a project under way."),
        ActivityLevel.CO_CREATION.value: _("Invited partners."),
    }[event.level]  # fmt: skip


def _structured(request: PageRequest, event: Event) -> SafeString | str:
    """What search engines read; only for events that are open to all. Source: schema.org/Event."""
    if event.level != ActivityLevel.OPEN or event.state == EventState.DRAFT:
        return ""
    called_off = event.state == EventState.CANCELLED
    data = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.name,
        "description": event.summary[:5_000],
        "startDate": event.starts_at.astimezone(event.zone).isoformat(),
        "endDate": event.ends_at.astimezone(event.zone).isoformat(),
        "eventStatus": "https://schema.org/EventCancelled" if called_off else "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": event.place or event.name, "address": event.address or event.place},
        "organizer": {"@type": "Organization", "name": request.hub.name},
        "url": request.build_absolute_uri(reverse("frontend:event", args=[event.slug])),
        "inLanguage": list(event.languages),
    }
    # A data block runs nothing, so the content policy lets it stand; what could end it early is written as escapes.
    escaped = json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308
