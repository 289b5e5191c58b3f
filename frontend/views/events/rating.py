"""Rating a meeting from the plan or a mailed link: ten seconds, nothing to sign in to."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from events.domain.day.rating import rate_meeting
from events.enums import EventState
from events.models import Event, MeetingSide, Participant
from events.queries.agenda import Entry, agenda_of
from events.queries.contacts import opened_to
from frontend.event_links import PLACE
from frontend.form_pages import try_to_save
from frontend.forms.bodies import form_page
from frontend.forms.events_rating import RatingForm, rating_initial
from frontend.requests import PageRequest
from frontend.views.events.agenda import linked_person
from hubs.models import User
from kernel.errors import NotFound


@never_cache
@form_page
def event_rate(request: PageRequest, token: str, public_id: UUID) -> HttpResponse:
    """One meeting of the person; said again, the later words count.

    Raises:
        LinkInvalid, LinkExpired, NotFound: the link opens nothing, or the meeting is not the person's.
    """
    person = linked_person(request, token, PLACE)
    entry, side = _meeting(person, public_id)
    is_own = side.participant_id == person.pk
    form = RatingForm(
        request.POST if request.method == "POST" else None, initial=rating_initial(side), asks_contact=is_own
    )
    status = 200
    if request.method == "POST":
        tried = try_to_save(form, lambda: _store(request, person, side, form))
        if tried.is_saved:
            messages.success(request, _thanks(person.event))
            return redirect("frontend:event_agenda_link", token)
        status = tried.status
    context = {
        "event": person.event,
        "person": person,
        "entry": entry,
        "form": form,
        "token": token,
        "reached": opened_to(side, person),
    }
    with timezone.override(person.event.zone):
        return render(request, "events/rate.html", context, status=status)


def _thanks(event: Event) -> str:
    """The report is drawn up when the event is closed: after that no plan leads here to change what was said."""
    if event.state == EventState.OVER:
        return _("Thank you. The hub reads it.")
    return _("Thank you. You can change it until the hub has written its report.")


def _store(request: PageRequest, person: Participant, side: MeetingSide, form: RatingForm) -> MeetingSide:
    actor = request.user if isinstance(request.user, User) else None
    return rate_meeting(side, fields=form.fields_told(), actor=actor, now=timezone.now(), speaker=person)


def _meeting(person: Participant, public_id: UUID) -> tuple[Entry, MeetingSide]:
    for entry in agenda_of(person).planned:
        if entry.meeting and entry.side and entry.meeting.public_id == public_id:
            return entry, entry.side
    raise NotFound(_("We cannot find that meeting in your plan. It may have been called off."))
