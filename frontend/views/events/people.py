"""The people of an event in its organisers' hands: found, added, changed, given a place, signed off."""

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
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.people.organising_people import add_person, change_by_organiser
from events.domain.people.registering import cancel_person
from events.domain.people.showing_exhibitors import show_exhibitors
from events.domain.people.waiting import promote_person
from events.enums import ParticipantState
from events.models import Event, Participant
from events.queries.catalogue import stands_in_order
from events.queries.people import PeopleFilter, filtered_people, find_participant, people_counts, places_left
from events.queries.stating import readable_texts
from events.queries.unseen_exhibitors import unseen_exhibitors
from events.templates import template_of
from frontend.event_words import is_on
from frontend.form_pages import do_or_tell, try_to_save
from frontend.forms.bodies import form_page
from frontend.forms.events_organised_people import AddPersonForm, OrganiserPlaceForm
from frontend.forms.events_people import FindPeopleForm, place_initial
from frontend.requests import PageRequest
from frontend.views.events.organising import organised
from frontend.views.events.registering import checked_slots
from kernel.errors import InvalidInput
from profiles.models import Profile

PEOPLE_A_PAGE = 100


@login_required
@never_cache
@require_safe
def people(request: PageRequest, slug: str) -> HttpResponse:
    """Everybody, or those whom the filter lets through."""
    event = organised(request, slug)
    form = FindPeopleForm(request.GET, stands=[each.number for each in stands_in_order(event)])
    found = form.cleaned_data if form.is_valid() else {}
    wanted = PeopleFilter(
        words=found.get("q", ""), state=found.get("state", ""), kind=found.get("kind", ""),
        stand=found.get("stand", ""),
    )  # fmt: skip
    page = Paginator(filtered_people(event, wanted), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    counts = people_counts(event)
    context = {
        "event": event,
        "form": form,
        "page": page,
        "counts": [(state.label, counts[state.value], state.value) for state in ParticipantState],
        "has_people": any(counts.values()),
        "left": places_left(event),
        "query": _query(request),
        "is_filtered": wanted != PeopleFilter(),
        "unseen": unseen_exhibitors(event),
    }
    return render(request, "events/people.html", context)


def _query(request: PageRequest) -> str:
    """The filter as an address, without the page."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


@login_required
@require_POST
def show_unseen(request: PageRequest, slug: str) -> HttpResponse:
    """Let visitors see the exhibitors of whom nothing but the name is known."""
    event = organised(request, slug)

    def do() -> str:
        number = show_exhibitors(event, viewer=request.viewer)
        told = ngettext(
            "%(number)d profile is seen by everybody now.", "%(number)d profiles are seen by everybody now.", number
        )
        return told % {"number": number}

    return do_or_tell(request, do, back=reverse("frontend:event_people", args=[event.slug]))


@login_required
@never_cache
@form_page
def add(request: PageRequest, slug: str) -> HttpResponse:
    """Take somebody in by hand."""
    event = organised(request, slug)
    form = AddPersonForm(
        request.POST if request.method == "POST" else None, slots=list(event.slots.all()),
        stands=stands_in_order(event), template=template_of(event.kind),
        initial={"language": request.hub.language or "da"},
    )  # fmt: skip

    def save() -> Participant:
        return add_person(
            event, organisation=form.cleaned_data["organisation"],
            organisation_kind=form.cleaned_data["organisation_kind"],
            fields=form.person_fields(language=form.cleaned_data["language"]),
            open_slots=form.chosen_slots(), stand=form.chosen_stand(), viewer=request.viewer, now=timezone.now(),
        )  # fmt: skip

    names = Profile.objects.filter(hub_id=event.hub_id).values_list("name", flat=True)[:2_000]
    return _save_or_show(request, event, form, save, person=None, organisations=names)


@login_required
@never_cache
@form_page
def edit(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change somebody's place, see how it stands."""
    event = organised(request, slug)
    person = find_participant(request.viewer.hub_id, event, public_id)
    slots = list(event.slots.all())
    hosts = event.people.filter(
        participation__profile__organisation_id=person.organisation_id, host__isnull=True
    ).exclude(pk=person.pk)
    form = OrganiserPlaceForm(
        request.POST if request.method == "POST" else None, slots=slots, stands=stands_in_order(event),
        hosts=hosts.exclude(state=ParticipantState.CANCELLED), template=template_of(event.kind),
        initial={**place_initial(person, slots), "stand": person.stand.number if person.stand else ""},
    )  # fmt: skip

    def save() -> Participant:
        return change_by_organiser(
            person, fields=form.person_fields(language=person.language), open_slots=form.chosen_slots(),
            seat=form.seat(), version=form.cleaned_data["version"] or 0, viewer=request.viewer, now=timezone.now(),
        )  # fmt: skip

    address = reverse("frontend:event_person_texts", args=[event.slug, person.public_id])
    is_living = is_on(event, timezone.now()) and person.state != ParticipantState.CANCELLED
    return _save_or_show(
        request,
        event,
        form,
        save,
        person=person,
        texts=readable_texts(request.viewer, person.participation),
        texts_address=address if is_living else "",
    )


@login_required
@require_POST
def act(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Give a place, or sign off."""
    event = organised(request, slug)
    person = find_participant(request.viewer.hub_id, event, public_id)

    def do() -> str:
        names = {"name": person.name}
        if request.POST.get("do") == "place":
            promote_person(person, viewer=request.viewer, now=timezone.now())
            return _("%(name)s has a place. A mail is on its way.") % names
        if request.POST.get("do") == "cancel":
            cancel_person(person, now=timezone.now(), actor=request.viewer)
            return _("%(name)s is signed off. Those concerned are told.") % names
        raise InvalidInput(_("Choose one of the buttons."))

    return do_or_tell(request, do, back=reverse("frontend:event_person", args=[event.slug, person.public_id]))


def _save_or_show(
    request: PageRequest,
    event: Event,
    form: OrganiserPlaceForm,
    save: Callable[[], Participant],
    *,
    person: Participant | None,
    **context: Any,
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        tried = try_to_save(form, save, compares=True)
        if tried.value is not None:
            messages.success(request, _("Saved."))
            return redirect("frontend:event_person", event.slug, tried.value.public_id)
        status = tried.status
        if tried.conflict:
            form.look_again(form.initial)
            context |= {"conflict": tried.conflict, "differences": form.differences(form.initial)}
    context |= {"event": event, "person": person, "form": form, "groups": checked_slots(event, form)}
    return render(request, "events/person.html", context, status=status)
