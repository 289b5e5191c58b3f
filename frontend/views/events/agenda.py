"""A person's day on a phone: what is next, where, with whom and why; the calendar that follows it; on paper."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.calendars import feed
from events.day_papers import typeset_agendas
from events.enums import EventState, ParticipantState, RequestMode
from events.models import Event, Participant
from events.queries.agenda import Agenda, agenda_of, profiles_open_to
from events.queries.days import find_event
from events.queries.people import is_own, own_places
from events.templates import template_of
from frontend.event_links import FEED, PLACE, feed_token, place_token, read_place
from frontend.event_wishes import wishes_are_open
from frontend.event_words import is_on, when_words
from frontend.questions import read_public_id
from frontend.requests import PageRequest
from kernel.errors import NotFound

_BEFORE_TIMETABLE = frozenset({EventState.OPEN, EventState.WISHES_CLOSED})
# Calendars read at least once a month; after that the feed of somebody who has cancelled answers no more.
FEED_KEPT = timedelta(days=30)


@login_required
@never_cache
@require_safe
def event_agenda(request: PageRequest, slug: str) -> HttpResponse:
    """The day of the person, or of a colleague whom the address names.

    Raises:
        NotFound: no such event, or the named person is none for whom the reader speaks.
    """
    event = find_event(request.viewer.hub_id, slug)
    places = list(own_places(request.viewer, event))
    if not places:
        return redirect("frontend:event", slug)
    person = _chosen(places, request.GET.get("person", ""))
    return _show(request, person, is_self=is_own(request.viewer, person), colleagues=places)


@never_cache
@require_safe
def event_agenda_link(request: PageRequest, token: str) -> HttpResponse:
    """The same by the link of a mail: nothing to sign in to.

    Raises:
        LinkInvalid, LinkExpired, NotFound: the link opens nothing.
    """
    return _show(request, linked_person(request, token, PLACE), is_self=True)


@require_safe
def event_feed(request: PageRequest, token: str) -> HttpResponse:
    """The calendar to subscribe to; a client that asks with the mark of what it has is told when nothing changed.

    Raises:
        LinkInvalid, LinkExpired, NotFound: the link opens nothing.
    """
    person = linked_person(request, token, FEED)
    page = request.build_absolute_uri(reverse("frontend:event_agenda", args=[person.event.slug]))
    with override(person.language):
        written = feed(agenda_of(person), page=page)
    mark = f'"{sha256(written).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        return _revalidated(HttpResponseNotModified(), mark)
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{person.event.slug}.ics"'
    return _revalidated(response, mark)


@never_cache
@require_safe
def event_agenda_paper(request: PageRequest, token: str) -> HttpResponse:
    """The day on paper.

    Raises:
        LinkInvalid, LinkExpired, NotFound: the link opens nothing.
    """
    person = linked_person(request, token, PLACE)
    paper = typeset_agendas(person.event, [agenda_of(person)], language=get_language() or "da")
    return paper_answer(paper, f"{person.event.slug}-plan.pdf")


def paper_answer(paper: bytes, name: str) -> HttpResponse:
    """A PDF that browsers show."""
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _revalidated(response: HttpResponse, mark: str) -> HttpResponse:
    response["ETag"] = mark
    response["Cache-Control"] = "private, no-cache"
    return response


def _show(
    request: PageRequest, person: Participant, *, is_self: bool, colleagues: list[Participant] | None = None
) -> HttpResponse:
    """The day; links that need no signing in, and what the person alone may say, only to the person itself."""
    now = timezone.now()
    agenda = agenda_of(person)
    event: Event = person.event
    with timezone.override(event.zone):
        context = {
            "event": event,
            "when": when_words(event),
            "person": person,
            "colleagues": [each for each in colleagues or () if each.pk != person.pk],
            "agenda": agenda,
            "current": agenda.current(now),
            "next": agenda.upcoming(now),
            "to_rate": agenda.to_rate(now) if is_self else (),
            "open_profiles": profiles_open_to(request.viewer, agenda),
            "may_correct": is_self and event.state != EventState.OVER,
            "now": now,
            "is_self": is_self,
            "by_link": colleagues is None,
            "is_on": is_on(event, now),
            "has_place": person.state == ParticipantState.REGISTERED,
            "is_open": wishes_are_open(event, now),
            "waits_for_timetable": _waits_for_timetable(agenda, now),
            "waits_for_groups": _is_before_timetable(event, now) and template_of(event.kind).has_questions,
        }
        if is_self:
            token, feed_path = place_token(person), reverse("frontend:event_feed", args=[feed_token(person)])
            own, linked = reverse("frontend:event_me", args=[event.slug]), reverse("frontend:event_place", args=[token])
            context |= {
                "token": token,
                "feed_url": request.build_absolute_uri(feed_path),
                "place_url": linked if colleagues is None else own,
            }
        return render(request, "events/agenda.html", context)


def _is_before_timetable(event: Event, now: datetime) -> bool:
    return event.state in _BEFORE_TIMETABLE and is_on(event, now)


def _waits_for_timetable(agenda: Agenda, now: datetime) -> bool:
    """Whether meetings come with a timetable to this plan: not at events without one, nor to those who take none."""
    person, event = agenda.person, agenda.person.event
    template = template_of(event.kind)
    is_planned = template.has_timetable and not template.has_questions and event.request_mode != RequestMode.FIRST_FREE
    comes = person.state == ParticipantState.REGISTERED and person.meets
    has_meetings = any(each.meeting for each in agenda.planned)
    return is_planned and comes and not has_meetings and _is_before_timetable(event, now)


def _chosen(places: list[Participant], wanted: str) -> Participant:
    if not wanted:
        return places[0]
    public_id = read_public_id(wanted)
    found = next((each for each in places if each.public_id == public_id), None)
    if found is None:
        raise _not_found()
    return found


def linked_person(request: PageRequest, token: str, action: str) -> Participant:
    """The person whose link it is.

    Raises:
        LinkInvalid, LinkExpired, NotFound: the link opens nothing, or the person has cancelled.
    """
    person = read_place(request.hub.pk, token, action)
    if person is None or (person.state == ParticipantState.CANCELLED and not _is_still_read(person, action)):
        raise _not_found()
    return person


def _is_still_read(person: Participant, action: str) -> bool:
    """A calendar goes on reading: that is how it learns that everything in it is called off."""
    return action == FEED and timezone.now() < person.event.ends_at + FEED_KEPT


def _not_found() -> NotFound:
    return NotFound(_("We cannot find that place at the event. It may have been cancelled; write to the hub."))
