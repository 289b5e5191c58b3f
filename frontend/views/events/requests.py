"""Meeting requests of a person: what waits for an answer, what was asked, what is agreed; answering and taking back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.wishes.answering import answer_request, withdraw_request
from events.enums import MeetingState, RequestMode, RequestState
from events.models import Meeting, MeetingRequest, Participant
from events.queries.people import find_open_event
from events.queries.taken_back import read_as_withdrawn, requests_as_taken_back, requests_in_sight
from events.queries.wishes import (
    find_request,
    host_of,
    keeps_no_thanks,
    open_requests_of,
    requests_left,
    requests_of,
    requests_with_people,
    sent_requests,
    speaks_for,
)
from frontend.bridge import BridgeCard
from frontend.event_links import PLACE
from frontend.event_wishes import acting_person, request_card, takes_answer, time_words, until_words, wishes_are_open
from frontend.event_words import is_on, moment_words
from frontend.form_pages import do_or_tell
from frontend.forms.events_wishes import AnswerMeetingForm
from frontend.requests import PageRequest
from frontend.views.events.agenda import linked_person
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound

S = RequestState
MOST_CARDS = 100


@dataclass(frozen=True)
class Row:
    """One request as the person reads it."""

    request: MeetingRequest
    other: Participant
    card: BridgeCard | None
    is_sent: bool
    # Whether an answer can still come.
    is_open: bool
    # Whether its meeting stands in the timetable, and when it begins.
    is_planned: bool
    begins: str
    may_withdraw: bool
    until: str
    # Whether it ended by a "no thanks" of the agenda, which the reader may know of.
    is_refused: bool = False


@login_required
@never_cache
@require_safe
def requests(request: PageRequest, slug: str) -> HttpResponse:
    """Everything between the person and others, what waits for the person first."""
    event = find_open_event(request.viewer, slug)
    person, agendas = acting_person(request, event, request.GET)
    if person is None:
        return render(request, "events/others_unregistered.html", {"event": event}, status=403)
    now = timezone.now()
    context = {
        "event": event,
        "person": person,
        "agendas": agendas if len(agendas) > 1 else (),
        "is_on": is_on(event, now),
        "is_open": wishes_are_open(event, now),
        "is_mutual": event.request_mode == RequestMode.MUTUAL,
        "open_count": open_requests_of(person),
        "left": requests_left(person),
        "close": until_words(event, event.wishes_close_at) if event.wishes_close_at else "",
        **_groups(person, request.viewer, now),
    }
    return render(request, "events/requests.html", context)


def _groups(person: Participant, viewer: Viewer, now: datetime) -> dict[str, Any]:
    received, sent = requests_in_sight(person)[:MOST_CARDS], sent_requests(person)[:MOST_CARDS]
    ended = requests_as_taken_back(person)
    may_know = bool(ended) and keeps_no_thanks(viewer, person)
    planned = Meeting.objects.filter(event=person.event, state=MeetingState.PLANNED)
    begins = dict(planned.values_list("request_id", "slot__starts_at"))
    asked = [read_as_withdrawn(row) if row.pk in ended else row for row in received]
    rows = [_row(row, person, begins.get(row.pk), now) for row in (*asked, *sent)]
    rows = [replace(row, is_refused=may_know and row.request.pk in ended) for row in rows]
    return {
        "received": [row for row in rows if row.is_open and not row.is_sent],
        "sent": [row for row in rows if row.is_open and row.is_sent],
        "agreed": [row for row in rows if row.request.state == S.ACCEPTED],
        # Also what nobody answered in time, or before the event was called off.
        "ended": [row for row in rows if not row.is_open and row.request.state != S.ACCEPTED],
    }


def _row(row: MeetingRequest, person: Participant, begins_at: datetime | None, now: datetime) -> Row:
    is_sent, is_open = row.sender_id == person.pk, takes_answer(row, now)
    has_begun = begins_at is not None and begins_at <= now
    may_call_off = row.state == S.ACCEPTED and is_on(row.event, now) and not has_begun
    return Row(
        request=row,
        other=row.receiver if is_sent else row.sender,
        card=request_card(row, reader=person, today=timezone.localdate()) if is_open and not is_sent else None,
        is_sent=is_sent,
        is_open=is_open,
        is_planned=begins_at is not None,
        begins=moment_words(begins_at, row.event),
        may_withdraw=(is_open and is_sent) or may_call_off,
        until=until_words(row.event, row.expires_at),
    )


@login_required
@require_POST
def answer(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """The receiver's word.

    Raises:
        NotFound, NotAllowed
    """
    event = find_open_event(request.viewer, slug)
    found = find_request(request.viewer, event, public_id)
    if not speaks_for(request.viewer, found.receiver):
        raise NotFound(_("We cannot find that request. It may have been taken back."))
    form = AnswerMeetingForm(request.POST)

    def do() -> str:
        return say(found, form, viewer=request.viewer)

    return do_or_tell(request, do, back=_page_of(slug, found.receiver))


def say(found: MeetingRequest, form: AnswerMeetingForm, **who: Any) -> str:
    """Store what a form says, and how it is told.

    Raises:
        InvalidInput: it says neither yes nor no.
    """
    if not form.is_valid():
        raise InvalidInput(_("Choose yes or no."))
    accepts = form.cleaned_data["answer"] == AnswerMeetingForm.YES
    answered = answer_request(found, accepts=accepts, note=form.cleaned_data["note"], now=timezone.now(), **who)
    name = {"name": answered.sender.name}
    if not accepts and answered.state != S.DECLINED:
        return _("You have said no thanks already: they hear nothing of it.")
    if not accepts:
        return _("%(name)s is told, with your word. Thank you for answering.") % name
    return _("%(name)s is told. %(when)s") % (name | {"when": time_words(answered)})


@login_required
@require_POST
def withdraw(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take a request back, or call an agreement off.

    Raises:
        NotFound, NotAllowed
    """
    event = find_open_event(request.viewer, slug)
    found = find_request(request.viewer, event, public_id)
    person = found.sender if speaks_for(request.viewer, found.sender) else found.receiver

    def do() -> str:
        return take_back(found, person, viewer=request.viewer)

    return do_or_tell(request, do, back=_page_of(slug, person))


@require_POST
def call_off_link(request: PageRequest, token: str, public_id: UUID) -> HttpResponse:
    """Call a meeting off by the link of a place, from the agenda that it opens.

    Raises:
        LinkInvalid, LinkExpired: the link opens nothing.
        NotFound: the meeting is none of that agenda.
    """
    person = linked_person(request, token, PLACE)
    agenda = host_of(person)
    found = requests_with_people(requests_of(agenda)).filter(public_id=public_id, state=S.ACCEPTED).first()
    if found is None:
        raise NotFound(_("We cannot find that request. It may have been taken back."))

    def do() -> str:
        return take_back(found, agenda, viewer=None)

    return do_or_tell(request, do, back=reverse("frontend:event_agenda_link", args=[token]))


def take_back(found: MeetingRequest, person: Participant, *, viewer: Viewer | None) -> str:
    """Take a request back or call a meeting off, and how it is told."""
    now = timezone.now()
    # Of an event that is called off, one mail tells everybody; nothing more is told of its meetings.
    is_told = found.state == S.ACCEPTED and is_on(found.event, now)
    withdraw_request(found, person=person, viewer=viewer, now=now)
    return _("Called off. The other one is told.") if is_told else _("Taken back.")


def _page_of(slug: str, person: Participant) -> str:
    return reverse("frontend:event_requests", args=[slug]) + f"?person={person.public_id}"
