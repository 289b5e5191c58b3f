"""Making an event, its organiser's console, what it says of itself, and the steps of its state."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.clock import days_between
from events.day_papers import has_table_cards
from events.domain.setup.creating import create_event, update_event
from events.domain.setup.states import call_off, may_be_called_off, move_on, next_steps, what_is_missing
from events.enums import EventState
from events.models import Event
from events.queries.moves import Setting, number_told_when_moved
from events.queries.setup import earlier_events, set_up_of
from events.templates import template_of
from frontend.event_steps import WAY, page_of, steps_of
from frontend.forms.bodies import form_page
from frontend.forms.events_setup import CallOffForm, EventForm, NewEventForm, event_initial
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, press, save_or_show
from hubs.policies import require_organiser


@dataclass(frozen=True)
class StateButton:
    """A state that the event may go to; `missing` says why not yet."""

    to: str
    label: str
    missing: str


@login_required
@never_cache
@form_page
def new_event(request: PageRequest) -> HttpResponse:
    """Name, day, place and kind; the rest is filled in."""
    require_organiser(request.viewer)
    form = NewEventForm(request.POST or None, initial={"kind": request.GET.get("kind", "medico_bazar")})

    def save() -> str:
        event = create_event(request.viewer, new=form.new_event(), once=form.cleaned_data["once"])
        return part_address(event)

    page = OrganiserPage(
        title=_("New event"),
        lead=_("Four things, and the rest is filled in from what such days usually are. You can change all of it."),
        submit=_("Make the event"),
        back=reverse("frontend:events"),
        back_label=_("Events"),
    )
    saved = _("The event is made. Nobody but organisers sees it until you open registration.")
    return save_or_show(request, None, form, page, save, saved=saved)


@login_required
@never_cache
@require_safe
def organise_event(request: PageRequest, slug: str) -> HttpResponse:
    """Where the event stands, what to do next, and its figures."""
    event = organised(request, slug)
    now = timezone.now()
    figures = set_up_of(event)
    template = template_of(event.kind)
    days = days_between(event.starts_at, event.ends_at, event.zone)
    steps = steps_of(event, figures, template, now=now)
    context = {
        "event": event,
        "page": OrganiserPage(
            title=event.name,
            lead=_("What is done, what comes next, and where each thing is taken care of."),
            submit="",
            part="organise_event",
            back=reverse("frontend:events"),
            back_label=_("Events"),
        ),
        "figures": figures,
        "template": template,
        "has_table_cards": template.has_timetable and has_table_cards(event),
        "steps": steps,
        "has_next": any(step.is_next for step in steps),
        "way": [(state.value, state.label, _is_behind(event, state)) for state in WAY],
        "buttons": [StateButton(to.value, _verb(event, to), what_is_missing(event, to=to, now=now))
                    for to in next_steps(event)],
        "may_call_off": may_be_called_off(event),
        "first_day": days[0],
        "last_day": days[-1],
        "public_url": page_of(event, "event"),
    }  # fmt: skip
    return render(request, "events/console.html", context)


def _is_behind(event: Event, state: EventState) -> bool:
    return event.state in WAY and WAY.index(EventState(event.state)) > WAY.index(state)


def _verb(event: Event, to: EventState) -> str:
    verbs = {
        EventState.DRAFT: _("Hide it again"),
        EventState.OPEN: _("Open registration"),
        EventState.WISHES_CLOSED: _("Close wishes"),
        EventState.PUBLISHED: _("Publish the programme"),
        EventState.OVER: _("Close the event"),
    }
    if event.state == EventState.WISHES_CLOSED and to == EventState.OPEN:
        return _("Open wishes again")
    return verbs[to]


@login_required
@require_POST
def event_state(request: PageRequest, slug: str) -> HttpResponse:
    """Take the event a step on, or back."""
    event = organised(request, slug)

    def do(version: int) -> str:
        moved = move_on(
            event, viewer=request.viewer, to=request.POST.get("to", ""), version=version, now=timezone.now()
        )
        return _("The event is now at “%(state)s”.") % {"state": moved.get_state_display()}

    return press(request, do, back=part_address(event))


@login_required
@never_cache
@form_page
def event_cancel(request: PageRequest, slug: str) -> HttpResponse:
    """Call the event off, with a reason."""
    event = organised(request, slug)
    form = CallOffForm(request.POST or None, initial={"version": event.version})

    def save() -> None:
        reason = form.cleaned_data["reason"]
        call_off(event, viewer=request.viewer, version=form.seen, reason=reason, now=timezone.now())

    page = OrganiserPage(
        title=_("Call the event off"),
        lead=_("All meetings are called off, and everybody who has registered is told in a mail. It cannot be undone."),
        submit=_("Call it off and tell everybody"),
        back=part_address(event),
        back_label=event.name,
        is_grave=True,
    )
    return save_or_show(request, event, form, page, save, saved=_("The event is called off."))


@login_required
@never_cache
@form_page
def edit_event(request: PageRequest, slug: str) -> HttpResponse:
    """All that the event says of itself, its rules and its terms."""
    event = organised(request, slug)
    form = EventForm(request.POST or None, earlier=list(earlier_events(event)[:50]), initial=event_initial(event))
    now = timezone.now()
    told = number_told_when_moved(event, now=now)

    def save() -> None:
        saved = update_event(
            event, viewer=request.viewer, version=form.seen, fields=form.event_fields(),
            terms=form.cleaned_data["terms"], earlier=form.earlier_event, now=now,
        )  # fmt: skip
        if saved.ends_at > now and Setting.of(event).differs(Setting.of(saved)):
            _say_how_many_are_told(request, told)

    page = OrganiserPage(
        title=_("Details and rules"),
        lead=_("What people read before they register, and the rules by which meetings are planned."),
        submit=_("Save"),
        part="edit_event",
        back=part_address(event),
        back_label=event.name,
        template="events/edit.html",
    )
    return save_or_show(request, event, form, page, save, saved=_("Saved."), stored=form.initial, told=told)


def _say_how_many_are_told(request: PageRequest, number: int) -> None:
    if number:
        words = ngettext(
            "%(number)d person is told of the new time or place in a mail.",
            "%(number)d people are told of the new time or place in a mail.",
            number,
        )
        messages.success(request, words % {"number": number})
