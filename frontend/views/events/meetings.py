"""One published meeting in the organiser's hand: moved, fixed, released, called off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events.domain.timetable.meeting_places import OpenSlot, open_slots
from events.domain.timetable.moving import cancel_meeting, move_meeting, release_meeting
from events.domain.timetable.planning import problem_of
from events.domain.timetable.stored_timetables import spot_of
from events.enums import MeetingState
from events.models import Event, Meeting
from events.queries.timetable import find_meeting
from frontend.forms.bodies import form_page
from frontend.forms.events_timetable import MoveForm, move_initial
from frontend.requests import PageRequest
from frontend.timetable_words import people_words, place_words, slot_words
from frontend.views.events.organising import OrganiserPage, organised, press
from frontend.views.events.timetable import PART, timetable_url
from kernel.errors import DomainError, EditConflict, InvalidInput, NotAllowed, NotFound


@login_required
@never_cache
@form_page
def event_meeting(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Where the meeting is, where else it could be; a POST moves it."""
    event = organised(request, slug)
    meeting = find_meeting(event, public_id)
    spots = _open_slots(event, meeting)
    here = spot_of(meeting)
    initial = move_initial(here, meeting.version)
    form = MoveForm(request.POST or None, event=event, now_at=here, open_slots=spots, initial=initial)
    status, conflict = 200, None
    if request.method == "POST":
        try:
            if form.is_valid():
                _move(request, meeting, form)
                return redirect(timetable_url(event))
            status = 422
        except InvalidInput as error:
            form.refuse(error)
            status = 422
        except EditConflict as error:
            status, conflict = 409, error
            form.take_version(meeting.version)
        except (NotAllowed, NotFound):
            raise
        except DomainError as error:
            form.add_error(None, str(error))
            status = error.status
    context = {**_facts(event, meeting), "form": form, "conflict": conflict, "may_move": bool(spots)}
    context["is_only_place"] = [spot.key for each in spots for spot in each.spots] == [here.key]
    if conflict is not None:
        context["differences"] = form.differences(initial)
    return render(request, "events/meeting.html", context, status=status)


def _move(request: PageRequest, meeting: Meeting, form: MoveForm) -> None:
    spot, version = form.spot(), form.cleaned_data["version"]
    moved = move_meeting(
        meeting, slot=spot.slot, table=spot.table, stand=spot.stand, viewer=request.viewer, version=version,
        now=timezone.now(),
    )  # fmt: skip
    if moved.sequence == meeting.sequence:
        messages.success(request, _("The meeting stays where it is: later computing does not move it."))
    else:
        messages.success(request, _("The meeting is moved, and both sides are told."))


def _open_slots(event: Event, meeting: Meeting) -> list[OpenSlot]:
    """None for a meeting that is called off, or whose people do not come any more."""
    if meeting.state != MeetingState.PLANNED:
        return []
    plan = problem_of(event)
    wish = plan.wish_of.get(meeting.request_id)
    return [] if wish is None else open_slots(plan, wish, now=timezone.now())


def _facts(event: Event, meeting: Meeting) -> dict[str, Any]:
    return {
        "event": event,
        "page": OrganiserPage(
            title=_("Change a meeting"),
            lead=_("Only times and places that break no rule can be chosen. Both sides are told at once."),
            submit=_("Hold it then and there"),
            part=PART,
            back=timetable_url(event),
            back_label=_("Timetable"),
        ),
        "meeting": meeting,
        "is_planned": meeting.state == MeetingState.PLANNED,
        "has_begun": meeting.slot.starts_at <= timezone.now(),
        "people": people_words(meeting),
        "when": slot_words(meeting.slot, event),
        "where": place_words(table=meeting.table, stand=meeting.stand),
    }


@login_required
@require_POST
def cancel(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Call the meeting off for good."""
    event = organised(request, slug)
    meeting = find_meeting(event, public_id)

    def do(version: int) -> str:
        cancel_meeting(meeting, viewer=request.viewer, version=version, now=timezone.now())
        return _("The meeting is called off, and both sides are told.")

    return press(request, do, back=timetable_url(event))


@login_required
@require_POST
def release(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Let later computing move the meeting again."""
    event = organised(request, slug)
    meeting = find_meeting(event, public_id)

    def do(version: int) -> str:
        release_meeting(meeting, viewer=request.viewer, version=version)
        return _("Later computing may move the meeting again. For now it stays where it is.")

    return press(request, do, back=timetable_url(event))
