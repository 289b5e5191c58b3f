"""The hub's events, for everybody: coming ones first, past ones below."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.clock import days_between
from events.models import Event
from events.queries.setup import listed_events
from frontend.event_steps import page_of
from frontend.event_words import When, when_words
from frontend.requests import PageRequest
from hubs.policies import may_organise


@dataclass(frozen=True)
class EventCard:
    """One event on the list; days are those of the calendar where it is held."""

    event: Event
    first_day: date
    when: When
    url: str
    organise_url: str


@never_cache
@require_safe
def events(request: PageRequest) -> HttpResponse:
    """What comes and what was."""
    organises = may_organise(request.viewer)
    found = listed_events(request.viewer, now=timezone.now())
    context = {
        "drafts": [_card(event, organises) for event in found.drafts],
        "coming": [_card(event, organises) for event in found.coming],
        "past": [_card(event, organises) for event in found.past],
        "organises": organises,
    }
    return render(request, "events/list.html", context)


def _card(event: Event, organises: bool) -> EventCard:
    days = days_between(event.starts_at, event.ends_at, event.zone)
    organise_url = page_of(event, "organise_event") if organises else ""
    return EventCard(event, days[0], when_words(event), page_of(event, "event") or organise_url, organise_url)
