"""Halls, tables and walks of an event."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.setup.places import (
    add_hall,
    add_tables,
    change_hall,
    lose_table,
    remove_hall,
    remove_table,
    set_walks,
)
from events.models import Event, Table
from events.queries.setup import find_hall, find_table, halls_of, walks_of
from frontend.event_steps import page_of
from frontend.forms.bodies import form_page
from frontend.forms.events_places import HallForm, TablesForm, WalksForm, hall_initial
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, press, save_or_show


@dataclass(frozen=True)
class WalkRow:
    """Minutes from one hall to another."""

    one: str
    other: str
    minutes: int


@login_required
@never_cache
@require_safe
def event_places(request: PageRequest, slug: str) -> HttpResponse:
    """The halls with what is in them, and how far they lie apart."""
    event = organised(request, slug)
    halls = halls_of(event)
    names = {hall.pk: hall.name for hall in halls}
    found = [(sorted(names[key] for key in pair), minutes) for pair, minutes in walks_of(event).items()]
    walks = [WalkRow(pair[0], pair[1], minutes) for pair, minutes in sorted(found)]
    context = {"event": event, "halls": halls, "walks": walks}
    return render(request, "events/places.html", context)


@login_required
@never_cache
@form_page
def event_hall_new(request: PageRequest, slug: str) -> HttpResponse:
    """Add a hall."""
    event = organised(request, slug)
    form = HallForm(request.POST or None, initial={**hall_initial(None), "version": event.version})

    def save() -> None:
        add_hall(event, viewer=request.viewer, version=form.seen, fields=form.hall_fields())

    page = _page(event, _("Add a hall"), _("A hall or a room: where stands, tables or sessions are."), _("Add it"))
    return save_or_show(request, event, form, page, save, saved=_("The hall is added."))


@login_required
@never_cache
@form_page
def event_hall(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change a hall."""
    event = organised(request, slug)
    hall = find_hall(event, public_id)
    form = HallForm(request.POST or None, initial={**hall_initial(hall), "version": event.version})

    def save() -> None:
        change_hall(hall, viewer=request.viewer, version=form.seen, fields=form.hall_fields())

    page = _page(event, hall.name, _("Its size is that of the hall plan."), _("Save"))
    remove_url = reverse("frontend:event_hall_remove", args=[event.slug, hall.public_id])
    return save_or_show(
        request, event, form, page, save, saved=_("Saved."), stored=form.initial,
        remove_url=remove_url, remove_label=_("Remove the hall"),
    )  # fmt: skip


@login_required
@require_POST
def event_hall_remove(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Remove an empty hall."""
    event = organised(request, slug)
    hall = find_hall(event, public_id)

    def do(version: int) -> str:
        remove_hall(hall, viewer=request.viewer, version=version)
        return _("The hall is removed.")

    return press(request, do, back=part_address(event, "event_places"))


@login_required
@never_cache
@form_page
def event_tables_new(request: PageRequest, slug: str) -> HttpResponse:
    """Add tables in bulk."""
    event = organised(request, slug)
    halls = list(event.halls.all())
    initial = {"version": event.version, "hall": request.GET.get("hall", "")}
    form = TablesForm(request.POST or None, halls=halls, initial=initial)

    def save() -> None:
        labels = form.cleaned_data["labels"]
        add_tables(event, viewer=request.viewer, version=form.seen, hall=form.chosen_hall, labels=labels)

    lead = _("Tables for booked meetings, one meeting at a time each.")
    page = _page(event, _("Add tables"), lead, _("Add them"))
    return save_or_show(request, event, form, page, save, saved=_("The tables are added."), lacks_halls=not halls)


@login_required
@require_POST
def event_table(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take a table out of use, put it back, or remove it."""
    event = organised(request, slug)
    table = find_table(event, public_id)
    acts: dict[str, Callable[[int], str]] = {
        "remove": lambda version: _remove(request, table, version),
        "lose": lambda version: _lose(request, event, table, version),
        "regain": lambda version: _regain(request, table, version),
    }
    act = acts.get(request.POST.get("do", ""), lambda _version: "")
    return press(request, act, back=part_address(event, "event_places"))


def _remove(request: PageRequest, table: Table, version: int) -> str:
    remove_table(table, viewer=request.viewer, version=version)
    return _("Table %(label)s is removed.") % {"label": table.label}


def _lose(request: PageRequest, event: Event, table: Table, version: int) -> str:
    meetings = lose_table(table, viewer=request.viewer, version=version)
    told = _("Table %(label)s is out of use.") % {"label": table.label}
    if not meetings:
        return told
    words = ngettext(
        "%(number)d planned meeting stands there: repair the timetable to move it.",
        "%(number)d planned meetings stand there: repair the timetable to move them.",
        meetings,
    )
    where = page_of(event, "event_timetable")
    return f"{told} {words % {'number': meetings}}" if where else told


def _regain(request: PageRequest, table: Table, version: int) -> str:
    lose_table(table, viewer=request.viewer, version=version, is_lost=False)
    return _("Table %(label)s is in use again.") % {"label": table.label}


@login_required
@never_cache
@form_page
def event_walks(request: PageRequest, slug: str) -> HttpResponse:
    """Minutes between the halls."""
    event = organised(request, slug)
    halls = list(event.halls.all())
    form = WalksForm(request.POST or None, halls=halls)
    known = walks_of(event)
    form.initial = {
        "version": event.version, **{name: known.get(pair, 0) for name, pair in form.pairs.items()},
    }  # fmt: skip

    def save() -> None:
        set_walks(event, viewer=request.viewer, version=form.seen, minutes=form.minutes())

    lead = _("Nobody is planned in two halls in a row with less time between than the walk takes.")
    page = _page(event, _("Walking minutes"), lead, _("Save"))
    return save_or_show(request, event, form, page, save, saved=_("Saved."), stored=form.initial)


def _page(event: Event, title: str, lead: str, submit: str) -> OrganiserPage:
    return OrganiserPage(
        title=title, lead=lead, submit=submit, part="event_places", back=part_address(event, "event_places"),
        back_label=_("Halls and tables"),
    )  # fmt: skip
