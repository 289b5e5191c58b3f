"""The link in a mail about a meeting request: one screen, yes or no, nothing to sign in to. Reading changes nothing."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from events.enums import EventState, RequestState
from events.models import MeetingRequest
from events.queries.wishes import is_hidden, is_silent, linked_request
from frontend.event_links import address_mark
from frontend.event_wishes import request_card, time_words, until_words
from frontend.forms.bodies import form_page
from frontend.forms.events_wishes import AnswerMeetingForm
from frontend.requests import PageRequest
from frontend.views.events.requests import say
from kernel.errors import DomainError
from mailgate.links import LinkExpired, LinkInvalid, read

ACTION = "event_answer"
LINK_DAYS = 90


@never_cache
@form_page
def answer_link(request: PageRequest, token: str) -> HttpResponse:
    """Who asks, why, and the two texts; a POST answers once."""
    try:
        claims = read(token, action=ACTION, max_age=timedelta(days=LINK_DAYS))
    except LinkExpired as error:
        return _gone(request, _("The link is too old"), str(error), status=error.status)
    except LinkInvalid as error:
        return _gone(request, _("This link does not work"), str(error), status=error.status)
    found = linked_request(request.hub.pk, claims.get("request", ""))
    if found is None or claims.get("address") != address_mark(found.receiver):
        told = _("The request and all that was in it have been erased.")
        return _gone(request, _("This request is gone"), told, status=410)
    if request.method == "POST":
        return _take(request, found)
    return _show(request, found)


def _take(request: PageRequest, found: MeetingRequest) -> HttpResponse:
    """Store the answer; what cannot be done is told on the same page."""
    try:
        messages.success(request, say(found, AnswerMeetingForm(request.POST)))
    except DomainError as error:
        found.refresh_from_db(fields=["state", "decline_note"])
        return _show(request, found, complaint=str(error), status=error.status if error.status != 400 else 422)
    return redirect(request.path)


def _show(request: PageRequest, found: MeetingRequest, *, complaint: str = "", status: int = 200) -> HttpResponse:
    is_on = found.event.state != EventState.CANCELLED
    waits = is_on and found.state == RequestState.ASKED and found.expires_at > timezone.now()
    context = {
        "event": found.event,
        "row": found,
        "waits": waits,
        # A yes would not count, and a no was said already.
        "takes_answer": waits and not is_silent(found),
        "until": until_words(found.event, found.expires_at),
        "when": time_words(found),
        "said_no_thanks": waits and is_hidden(found),
        "card": request_card(found, reader=found.receiver, today=timezone.localdate()),
        "complaint": complaint,
    }
    return render(request, "events/answer.html", context, status=status)


def _gone(request: PageRequest, title: str, told: str, *, status: int) -> HttpResponse:
    return render(request, "events/answer_gone.html", {"title": title, "told": told}, status=status)
