"""Requests and rules: what was agreed at an event, and what of it an organiser sets by hand or takes back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.wishes.hand_checks import MOST_PEOPLE, PLANNABLE
from events.domain.wishes.meeting_rules import (
    add_guest,
    drop_order,
    fix_meeting,
    order_meeting,
    release_request,
    remove_guest,
    take_back_meeting,
)
from events.models import Event, MeetingRequest
from events.queries.agreed_requests import agreed_requests, find_agreed
from events.queries.people import find_participant
from events.queries.timetable import requests_to_hold
from events.queries.wishes import agendas_with_meetings, host_of
from frontend.form_pages import try_to_save
from frontend.forms.bodies import form_page
from frontend.forms.events_meeting_rules import FindMeetingsForm, FixForm, GuestForm, OrderForm, fix_initial
from frontend.forms.plain import PlainForm
from frontend.meeting_rows import meeting_row
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, press
from frontend.views.events.timetable import PART, timetable_url

MEETINGS_A_PAGE = 50


@login_required
@never_cache
@require_safe
def agreed(request: PageRequest, slug: str) -> HttpResponse:
    """All agreed requests, those with something set by hand first; a name looks for its own."""
    event = organised(request, slug)
    form = FindMeetingsForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(agreed_requests(event, words), MEETINGS_A_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    rows = [meeting_row(each, event) for each in page.object_list]
    context = {
        "event": event,
        "page": OrganiserPage(
            title=_("Requests and rules"),
            lead=_("Everybody who has agreed to meet, and what you have set by hand: time, place, order, guests."),
            submit="",
            part=PART,
            back=timetable_url(event),
            back_label=_("Timetable"),
        ),
        "form": form,
        "words": words,
        "listing": page,
        "by_hand": [row for row in rows if row.is_by_hand],
        "others": [row for row in rows if not row.is_by_hand],
        "query": kept.urlencode(),
        "may_plan": _may_change(event),
    }
    return render(request, "events/meeting_rules.html", context)


def _may_change(event: Event) -> bool:
    return event.state in PLANNABLE and event.ends_at > timezone.now()


@login_required
@never_cache
@require_safe
def agreed_request(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """One agreed request: how it stands, and what can be set."""
    event = organised(request, slug)
    return _show(request, event, find_agreed(event, public_id))


def _show(
    request: PageRequest, event: Event, found: MeetingRequest, *, tried: PlainForm | None = None, status: int = 200
) -> HttpResponse:
    row = meeting_row(found, event)
    may_change = _may_change(event)
    context: dict[str, Any] = {
        "event": event,
        "page": OrganiserPage(
            title=_("Set a meeting by hand"),
            lead=_("Nothing moves at once: the next timetable or repair keeps to it and tells whom it concerns."),
            submit="",
            part=PART,
            back=part_address(event, "event_agreed"),
            back_label=_("Requests and rules"),
        ),
        "row": row,
        "form": tried,
        "may_change": may_change,
    }
    if may_change:
        context["order_form"] = tried if isinstance(tried, OrderForm) else _order_form(event, found)
        if len(row.guests) + 2 < MOST_PEOPLE:
            context["guest_form"] = tried if isinstance(tried, GuestForm) else _guest_form(event, found)
        if row.published is None:
            context["fix_form"] = tried if isinstance(tried, FixForm) else _fix_form(event, found)
    return render(request, "events/meeting_rule.html", context, status=status)


def _fix_form(event: Event, row: MeetingRequest, data: Any = None) -> FixForm:
    return FixForm(data, event=event, now=timezone.now(), initial=fix_initial(row))


def _order_form(event: Event, row: MeetingRequest, data: Any = None) -> OrderForm:
    others = requests_to_hold(event).exclude(pk=row.pk)
    return OrderForm(data, others=others, initial={"version": row.version})


def _guest_form(event: Event, row: MeetingRequest, data: Any = None) -> GuestForm:
    there = {row.sender_id, row.receiver_id, *(guest.participant_id for guest in row.guests.all())}
    people = agendas_with_meetings(event).exclude(pk__in=there)
    return GuestForm(data, people=people, initial={"version": row.version})


def _save(
    request: PageRequest, event: Event, row: MeetingRequest, form: PlainForm, save: Callable[[], object], told: str
) -> HttpResponse:
    """Save and show the request again; what stands in the way is shown with what was written."""
    tried = try_to_save(form, save)
    if tried.is_saved:
        messages.success(request, told)
        return redirect(_address(event, row))
    now = find_agreed(event, row.public_id)
    if tried.status == 409:
        form.take_version(now.version)
    return _show(request, event, now, tried=form, status=tried.status)


def _address(event: Event, row: MeetingRequest) -> str:
    return reverse("frontend:event_agreed_request", args=[event.slug, row.public_id])


@login_required
@require_POST
@form_page
def fix(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Set time and place, or only one of them."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)
    form = _fix_form(event, row, request.POST)

    def save() -> MeetingRequest:
        return fix_meeting(
            row, slot=form.fixed_slot(), spot=form.fixed_place(), viewer=request.viewer,
            version=form.cleaned_data["version"], now=timezone.now(),
        )  # fmt: skip

    return _save(request, event, row, form, save, _("Time and place are noted. Computing keeps to them."))


@login_required
@require_POST
def release(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Leave time and table to computing again."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)

    def do(version: int) -> str:
        release_request(row, viewer=request.viewer, version=version, now=timezone.now())
        return _("Time and table are left to computing again.")

    return press(request, do, back=_address(event, row))


@login_required
@require_POST
@form_page
def order(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Hold it earlier than another meeting."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)
    form = _order_form(event, row, request.POST)

    def save() -> MeetingRequest:
        return order_meeting(
            row, before=form.before_request(), viewer=request.viewer, version=form.cleaned_data["version"],
            now=timezone.now(),
        )  # fmt: skip

    return _save(request, event, row, form, save, _("The order is noted. Computing keeps to it."))


@login_required
@require_POST
def unorder(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Give the order up, from the page of either meeting."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)

    def do(version: int) -> str:
        drop_order(row, viewer=request.viewer, version=version, now=timezone.now())
        return _("The order is given up: the meeting may come before or after any other.")

    return press(request, do, back=_address(event, row))


@login_required
@require_POST
@form_page
def guest(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """One more person at the meeting."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)
    form = _guest_form(event, row, request.POST)

    def save() -> MeetingRequest:
        return add_guest(
            row, guest=form.person(), viewer=request.viewer, version=form.cleaned_data["version"], now=timezone.now()
        )

    told = _("The guest is noted.")
    if meeting_row(row, event).published is not None:
        told = _("The guest is noted. The next repair brings the guest to the meeting and tells everybody of it.")
    return _save(request, event, row, form, save, told)


@login_required
@require_POST
def unguest(request: PageRequest, slug: str, public_id: UUID, person_id: UUID) -> HttpResponse:
    """Plan the meeting without the guest."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)
    person = find_participant(request.viewer.hub_id, event, person_id)
    published = meeting_row(row, event).published
    told = _("The meeting is planned without %(name)s.")
    if published is not None and published.sides.filter(participant=host_of(person)).exists():
        told = _("The meeting goes on without %(name)s. Everybody who had it in the plan is told.")

    def do(version: int) -> str:
        remove_guest(row, guest=person, viewer=request.viewer, version=version, now=timezone.now())
        return told % {"name": host_of(person).name}

    return press(request, do, back=_address(event, row))


@login_required
@require_POST
def take_back(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Plan a meeting no longer that an organiser brought up."""
    event = organised(request, slug)
    row = find_agreed(event, public_id)
    gone = False

    def do(version: int) -> str:
        nonlocal gone
        take_back_meeting(row, viewer=request.viewer, version=version, now=timezone.now())
        gone = True
        return _("The meeting is taken back and planned no longer.")

    back = press(request, do, back=_address(event, row))
    return redirect(part_address(event, "event_agreed")) if gone else back
