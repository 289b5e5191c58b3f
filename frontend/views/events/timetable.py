"""The organiser's timetable page: computing it, watching, reading what was found, publishing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.timetable.begun_meetings import begun_meetings
from events.domain.timetable.planning import Plan, problem_of
from events.domain.timetable.publishing import publish_run
from events.domain.timetable.repairing import damage_of, propose_repair, usual_most_moved_of
from events.domain.timetable.running import require_plannable, stop_run
from events.domain.timetable.standby import chances
from events.domain.timetable.stored_timetables import published_spots
from events.domain.timetable.timetable_errors import SlotsOverlap
from events.domain.wishes.planning_wishes import ask_timetable
from events.enums import RequestMode, RunKind
from events.models import Event, Publication
from events.queries.mutual_wishes import pairs_waiting
from events.queries.setup import unplaced_meetings
from events.queries.timetable import (
    find_run,
    latest_publication,
    meetings_changed_by,
    numbers_of,
    offers_of,
    run_under_way,
    unpublished_run,
)
from frontend.form_pages import do_or_tell
from frontend.forms.events_timetable import RepairForm, RunForm
from frontend.requests import PageRequest, vary_on_htmx, wants_partial
from frontend.timetable_page import (
    MOST_ROWS,
    UnmetRow,
    change_rows,
    grid_of,
    meeting_cells,
    outdated_cells,
    person_rows,
    planned_cells,
    result_of,
    spot_words,
    unmet_rows,
    view_run,
)
from frontend.timetable_words import Names, damage_words, person_words
from frontend.views.events.organising import OrganiserPage, organised, part_address, press
from kernel.errors import DomainError

MOST_CHANCES = 12
PART = "event_timetable"


def timetable_url(event: Event) -> str:
    """Address of the event's timetable page."""
    return part_address(event, PART)


@login_required
@never_cache
@require_safe
def event_timetable(request: PageRequest, slug: str) -> HttpResponse:
    """Where the timetable stands, and the one thing to do next."""
    event, now = organised(request, slug), timezone.now()
    under_way, waiting = run_under_way(event), pairs_waiting(event, now=now)
    context: dict[str, Any] = {
        "event": event,
        "page": OrganiserPage(
            title=_("Timetable"),
            lead=_lead_of(event),
            submit="",
            part=PART,
            back=part_address(event),
            back_label=event.name,
        ),
        "numbers": numbers_of(event),
        "blocked": _blocked(event, waiting),
        "waiting": waiting,
        "needs_no_computing": event.request_mode == RequestMode.FIRST_FREE and not unplaced_meetings(event),
        "form": RunForm(initial={"seconds": 60}),
        "under_way": view_run(under_way, now=now) if under_way else None,
        "publication": latest_publication(event),
        "shows_all": "all" in request.GET,
        "most_rows": None if "all" in request.GET else MOST_ROWS,
    }
    if under_way is None:
        context |= _found(request, event)
        if "result" in context:  # reasons stand once: with what is newest
            context["unmet"] = context["result"].unmet
    return render(request, "events/timetable.html", context)


def _lead_of(event: Event) -> str:
    """How a meeting comes into this timetable."""
    leads = {
        RequestMode.MUTUAL: _(
            "Each two who both wish to meet get a time and a place, as many as can be: with proof of how good it is."
        ),
        RequestMode.FIRST_FREE: _(
            "Each meeting takes the first time and place that are free for both, the moment the answer is yes."
        ),
    }
    usual = _("Every accepted request gets a time and a place, as many as can be: with proof of how good it is.")
    return leads.get(RequestMode(event.request_mode), usual)


def _blocked(event: Event, waiting: int) -> str:
    """Why nothing can be computed now; empty where it can. Meetings of `waiting` pairs are made first."""
    try:
        require_plannable(event, waiting=waiting)
    except DomainError as error:
        return str(error)
    return ""


def _found(request: PageRequest, event: Event) -> dict[str, Any]:
    """The latest result, and what is published; a grid that contradicts itself shows neither."""
    try:
        plan = problem_of(event)
    except SlotsOverlap as error:
        return {"blocked": str(error)}
    names, hall = Names(event), request.GET.get("hall", "")
    held = {row.request_id for row in begun_meetings(plan, now=timezone.now())}
    return {
        "left_out": len(plan.left_out.keys() - held),
        **_unpublished(event, plan, names, hall),
        **_published(event, plan, names, hall),
    }


def _unpublished(event: Event, plan: Plan, names: Names, hall: str) -> dict[str, Any]:
    run = unpublished_run(event)
    if run is None:
        return {}
    result = result_of(run, plan, names, now=timezone.now())
    prospect = result.prospect
    cells = planned_cells(prospect, names) if prospect else outdated_cells(plan, run, names)
    return {
        "result": result,
        "people": person_rows(prospect.plan, result.held) if prospect else [],
        "changes": change_rows(prospect, names) if prospect and not prospect.is_first else None,
        "is_repair": run.kind == RunKind.REPAIR,
        "grid": grid_of(event, cells, plan.slots, hall_id=hall),
    }


def _published(event: Event, plan: Plan, names: Names, hall: str) -> dict[str, Any]:
    meetings = plan.meetings
    if not meetings and not Publication.objects.filter(event=event).exists():
        return {}
    now, held = timezone.now(), published_spots(plan)
    damage = damage_of(plan, now=now)
    found = [chance for _number, chance in zip(range(MOST_CHANCES), chances(plan, now=now), strict=False)]
    still = {str(request.public_id) for wish, request in enumerate(plan.requests) if wish not in held}
    broken = [(names.pair_of(row.request), damage_words(code), row) for row, code in damage.meetings]
    return {
        "meetings": meetings,
        "published_grid": grid_of(event, meeting_cells(meetings, names), plan.slots, hall_id=hall),
        "published_people": person_rows(plan, held),
        "unheld": len(still),
        "unmet": _still_unmet(event, names, still),
        "damage": broken,
        # Where all that is published can stay, nobody's meeting is given up unless an organiser says so.
        "repair_form": RepairForm(
            initial={"most_moved": usual_most_moved_of(len(meetings)) if broken else 0}, auto_id="repair-%s"
        ),
        "chances": [(names.pair_of(each.request), spot_words(each.spot, event, names), each.request) for each in found],
        "offers": [
            {
                "row": offer,
                "pair": names.pair_of(offer.request),
                "sender": person_words(offer.request.sender),
                "receiver": person_words(offer.request.receiver),
            }
            for offer in offers_of(event)
        ],
    }


def _still_unmet(event: Event, names: Names, still: set[str]) -> list[UnmetRow]:
    """Why the publication holds no meeting for requests that have none to this day."""
    publication = latest_publication(event)
    if publication is None or publication.run is None:
        return []
    return unmet_rows(publication.run, names, only=still)


@login_required
@never_cache
@require_safe
def event_run(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """How far one computing is: a part of the page each second, and the whole page once it has ended."""
    event = organised(request, slug)
    run = find_run(event, public_id)
    view = view_run(run, now=timezone.now())
    if not wants_partial(request):
        return redirect(timetable_url(event))
    response = render(request, "events/timetable_progress.html", {"event": event, "under_way": view})
    if not view.is_under_way:
        response["HX-Refresh"] = "true"
    return vary_on_htmx(response)


@login_required
@require_POST
def start_run(request: PageRequest, slug: str) -> HttpResponse:
    """Let the worker compute."""
    event = organised(request, slug)
    form = RunForm(request.POST)

    def do() -> str:
        if not form.is_valid():
            return _say_wrong(request, form)
        seconds = form.cleaned_data["seconds"]
        made = ask_timetable(event, viewer=request.viewer, seconds=seconds, now=timezone.now())
        told = ngettext(
            "%(count)d meeting of two who both wish it was made first.",
            "%(count)d meetings of two who both wish it were made first.",
            made,
        )
        return told % {"count": made} if made else ""

    return do_or_tell(request, do, back=timetable_url(event))


@login_required
@require_POST
def start_repair(request: PageRequest, slug: str) -> HttpResponse:
    """Let the worker find the repair that changes least."""
    event = organised(request, slug)
    form = RepairForm(request.POST)

    def do() -> str:
        if not form.is_valid():
            return _say_wrong(request, form)
        moved = form.cleaned_data["most_moved"]
        propose_repair(event, viewer=request.viewer, most_moved=moved, now=timezone.now())
        return ""

    return do_or_tell(request, do, back=timetable_url(event))


def _say_wrong(request: PageRequest, form: RunForm | RepairForm) -> str:
    """A number that is none: one sentence on top of the page; these forms hold one field each."""
    for field in form:
        for error in field.errors:
            messages.error(request, f"{field.label}: {error}")
    return ""


@login_required
@require_POST
def halt_run(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Stop, and keep what was found."""
    event = organised(request, slug)
    run = find_run(event, public_id)

    def do() -> str:
        stop_run(run, viewer=request.viewer, now=timezone.now())
        return _("It stops within seconds. What was found is kept.")

    return do_or_tell(request, do, back=timetable_url(event))


@login_required
@require_POST
def publish(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Make this timetable, or this repair, the one that holds."""
    event = organised(request, slug)
    run = find_run(event, public_id)

    def do(version: int) -> str:
        publication = publish_run(run, viewer=request.viewer, version=version, now=timezone.now())
        return _("The timetable is published.") + " " + _changed_words(publication)

    return press(request, do, back=timetable_url(event))


def _changed_words(publication: Publication) -> str:
    """What a publication changed; meetings that stay where they are, with other guests, are counted by themselves."""
    told = publication.added + publication.moved + publication.dropped
    staying = max(meetings_changed_by(publication) - told, 0)
    words = []
    if told or not staying:
        changed = ngettext("%(count)d meeting is new or changed.", "%(count)d meetings are new or changed.", told)
        words.append(changed % {"count": told})
    if staying:
        guests = ngettext(
            "%(count)d meeting has other guests than before.",
            "%(count)d meetings have other guests than before.",
            staying,
        )
        words.append(guests % {"count": staying})
    return " ".join(words)
