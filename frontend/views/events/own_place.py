"""One's own place at an event, and those of colleagues: signed in, or by a mailed link. Reading changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.people.admitting import why_closed
from events.domain.people.opening_up import ask_to_open_up, open_up
from events.domain.people.reconfirming import reconfirm
from events.domain.people.registering import cancel_person
from events.domain.people.signing_up import change_place
from events.enums import ParticipantState
from events.models import Event, EventStatement, Participant, Participation
from events.queries.catalogue import catalogue_choice
from events.queries.people import (
    find_open_event,
    find_participant,
    is_own,
    latest_terms,
    own_places,
    place_in_queue,
)
from events.queries.stating import may_state, may_state_by_link, readable_texts
from events.templates import template_of
from frontend.event_links import PLACE, read_place
from frontend.event_words import is_on, stretch_words, when_words
from frontend.form_pages import do_or_tell, try_to_save
from frontend.forms.bodies import form_page
from frontend.forms.events_own_place import OwnPlaceForm
from frontend.forms.events_people import place_initial
from frontend.requests import PageRequest
from frontend.views.events.registering import checked_slots
from hubs.policies import Viewer, may_act_for
from kernel.errors import InvalidInput, NotAllowed, NotFound
from mailgate.links import LinkExpired, LinkInvalid


@dataclass(frozen=True)
class Place:
    """A place as its page shows it, and where its buttons lead."""

    person: Participant
    is_self: bool
    rank: int
    closed_times: tuple[str, ...]
    act: str
    change: str
    may_change: bool
    may_return: bool
    waits_for_answer: bool


def _place(person: Participant, *, act: str, change: str, is_self: bool) -> Place:
    event, now = person.event, timezone.now()
    closed = person.closed_slots.select_related("slot")
    is_living = is_on(event, now)
    comes = person.state != ParticipantState.CANCELLED
    return Place(
        person=person,
        is_self=is_self,
        rank=place_in_queue(person),
        closed_times=tuple(stretch_words(row.slot.starts_at, row.slot.ends_at, event) for row in closed),
        act=act,
        change=change,
        may_change=is_living and comes,
        may_return=not comes and not why_closed(event, now=now),
        waits_for_answer=is_living and comes and bool(person.reconfirm_asked_at) and not person.reconfirmed_at,
    )


@login_required
@never_cache
@require_safe
def own_places_page(request: PageRequest, slug: str) -> HttpResponse:
    """One's own place and those of colleagues; to the event's page where there is none."""
    event = find_open_event(request.viewer, slug)
    people = list(own_places(request.viewer, event))
    if not people:
        return redirect("frontend:event", event.slug)
    places = [
        _place(
            person,
            act=reverse("frontend:event_me_act", args=[event.slug, person.public_id]),
            change=reverse("frontend:event_me_change", args=[event.slug, person.public_id]),
            is_self=is_own(request.viewer, person),
        )
        for person in people
    ]
    context = {
        "event": event,
        "when": when_words(event),
        "places": places,
        "brought": _brought(request.viewer, event, people),
        "is_on": is_on(event, timezone.now()),
        "has_place": any(person.state == ParticipantState.REGISTERED for person in people),
    }
    return render(request, "events/me.html", context)


@dataclass(frozen=True)
class Brought:
    """A profile that is brought, what of it the reader may read, and where it is written; no address: by others."""

    row: Participation
    texts: list[EventStatement]
    address: str


def _brought(viewer: Viewer, event: Event, people: list[Participant]) -> list[Brought]:
    """Each profile that is brought, with what it offers and seeks on the day."""
    rows = event.participations.filter(pk__in={person.participation_id for person in people})
    return [
        Brought(row, readable_texts(viewer, row), _texts_address(viewer, row))
        for row in rows.select_related("event", "profile")
    ]


def _texts_address(viewer: Viewer, row: Participation) -> str:
    return reverse("frontend:event_texts", args=[row.event.slug, row.profile.slug]) if may_state(viewer, row) else ""


@login_required
@never_cache
@form_page
def change(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change a place, signed in."""
    event, person = _own(request, slug, public_id)
    back = reverse("frontend:event_me", args=[event.slug])
    return _change(request, person, viewer=request.viewer, back=back)


@login_required
@require_POST
def act(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Confirm, cancel or open up, signed in."""
    event, person = _own(request, slug, public_id)
    return do_or_tell(request, lambda: _do(request, person, request.viewer), back=_after(event, request))


def _after(event: Event, request: PageRequest) -> str:
    name = "frontend:event" if request.POST.get("do") == "cancel" else "frontend:event_me"
    return reverse(name, args=[event.slug])


@login_required
@require_POST
def ask_open(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Ask somebody to open up for meetings."""
    event = find_open_event(request.viewer, slug)
    person = find_participant(request.viewer.hub_id, event, public_id)
    own = own_places(request.viewer, event).filter(state=ParticipantState.REGISTERED).first()
    if own is None:
        raise NotAllowed(_("Sign up for the event first."))

    def do() -> str:
        if ask_to_open_up(person, asker=own, viewer=request.viewer, now=timezone.now()):
            return _("We tell them that somebody would like to meet them, not who.")
        return _("You have asked them already. They know.")

    return do_or_tell(request, do, back=_next(request) or reverse("frontend:event_me", args=[event.slug]))


def _next(request: PageRequest) -> str:
    """The page on which the button stood, if it is one of ours."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}) else ""


def _own(request: PageRequest, slug: str, public_id: UUID) -> tuple[Event, Participant]:
    event = find_open_event(request.viewer, slug)
    person = find_participant(request.viewer.hub_id, event, public_id)
    if not (may_act_for(request.viewer, person) or is_own(request.viewer, person)):
        raise NotFound(_("We cannot find that person at this event."))
    return event, person


@never_cache
@form_page
def linked_place_page(request: PageRequest, token: str) -> HttpResponse:
    """The same place by the link in a mail: nothing to sign in to."""
    person, refusal = linked(request, token)
    if person is None:
        return refusal
    if request.method == "POST":
        return do_or_tell(request, lambda: _do(request, person, None), back=request.path)
    change = reverse("frontend:event_place_change", args=[token])
    place = _place(person, act=request.path, change=change, is_self=True)
    texts = reverse("frontend:event_place_texts", args=[token]) if may_state_by_link(person) else ""
    context = {
        "event": person.event, "when": when_words(person.event), "place": place, "token": token,
        "is_on": place.may_change,
        "brought": Brought(person.participation, readable_texts(Viewer(person.hub_id), person.participation), texts),
    }  # fmt: skip
    return render(request, "events/place.html", context)


@never_cache
@form_page
def linked_change(request: PageRequest, token: str) -> HttpResponse:
    """Change the place by the link."""
    person, refusal = linked(request, token)
    if person is None:
        return refusal
    return _change(request, person, viewer=None, back=reverse("frontend:event_place", args=[token]))


def linked(request: PageRequest, token: str) -> tuple[Participant | None, HttpResponse]:
    """The person of the link, else the page that says what became of it."""
    try:
        person = read_place(request.viewer.hub_id, token, PLACE)
    except LinkExpired as error:
        return None, _gone(request, _("The link is too old"), str(error))
    except LinkInvalid as error:
        return None, _gone(request, _("This link does not work"), str(error), status=error.status)
    if person is None:
        told = _("The registration was removed, or its mails go to another address by now. Open the newest mail.")
        return None, _gone(request, _("There is nothing here any more"), told)
    return person, HttpResponse()


def _gone(request: PageRequest, title: str, told: str, *, status: int = 410) -> HttpResponse:
    return render(request, "events/link_gone.html", {"title": title, "told": told}, status=status)


def _do(request: PageRequest, person: Participant, viewer: Viewer | None) -> str:
    """What a button asks for; a person known by its address alone acts as itself."""
    actor = viewer if viewer is not None and may_act_for(viewer, person) else None
    now = timezone.now()
    acts: dict[str, Callable[[], str]] = {
        "confirm": lambda: _confirm(reconfirm(person, now=now, actor=actor)),
        "cancel": lambda: _cancelled(cancel_person(person, now=now, actor=actor)),
        "open_up": lambda: _opened(open_up(person, now=now, viewer=actor)),
    }
    chosen = acts.get(request.POST.get("do", ""))
    if chosen is None:
        raise InvalidInput(_("Choose one of the buttons."))
    return chosen()


def _confirm(person: Participant) -> str:
    if person.state == ParticipantState.REGISTERED:
        return _("Thank you: we count on you.")
    return _("Thank you. You are on the standby list, and we write as soon as a place is free.")


def _cancelled(person: Participant) -> str:
    told = _("%(name)s is signed off. Those concerned are told, and the place is free for others.")
    return told % {"name": person.name}


def _opened(person: Participant) -> str:
    return _("Others can now ask for meetings with you. You say yes or no to each.")


def _change(request: PageRequest, person: Participant, *, viewer: Viewer | None, back: str) -> HttpResponse:
    """The form of a place: saved and left, or shown again with all that was typed."""
    event, status, context = person.event, 200, {}
    actor = viewer if viewer and may_act_for(viewer, person) else None
    form = _change_form(request, person, actor=actor, is_self=viewer is None or is_own(viewer, person))
    if request.method == "POST":
        tried = try_to_save(form, lambda: _save(person, form, viewer=actor), compares=True)
        if tried.is_saved:
            messages.success(request, _("Saved."))
            return redirect(back)
        status = tried.status
        if tried.conflict:
            context = {"conflict": tried.conflict, "differences": form.differences(form.initial)}
            form.take_version(form.initial["version"])
    context |= {
        "event": event, "person": person, "form": form, "back": back, "groups": checked_slots(event, form),
        "terms": latest_terms(event) if "agrees" in form.fields else None,
    }  # fmt: skip
    return render(request, "events/change_place.html", context, status=status)


def _change_form(request: PageRequest, person: Participant, *, actor: Viewer | None, is_self: bool) -> OwnPlaceForm:
    slots = list(person.event.slots.all())
    colleagues = person.event.people.filter(
        participation__profile__organisation_id=person.organisation_id, host__isnull=True
    ).exclude(pk=person.pk)
    terms = latest_terms(person.event)
    return OwnPlaceForm(
        request.POST if request.method == "POST" else None,
        slots=slots,
        hosts=colleagues.exclude(state=ParticipantState.CANCELLED),
        # Who has agreed to these terms is not asked again.
        terms=terms if terms and terms.number != person.terms_number else None,
        colleague=None if is_self else person,
        template=template_of(person.event.kind),
        choice=catalogue_choice(person, actor),
        initial=place_initial(person, slots),
    )


def _save(person: Participant, form: OwnPlaceForm, *, viewer: Viewer | None) -> None:
    change_place(
        person,
        fields=form.person_fields(language=person.language),
        open_slots=form.chosen_slots(),
        version=form.cleaned_data["version"] or 0,
        viewer=viewer,
        now=timezone.now(),
        in_catalogue=form.catalogue_choice(),
    )
