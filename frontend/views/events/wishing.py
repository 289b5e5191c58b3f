"""Marking people and stands, and asking for a meeting."""

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
from django.views.decorators.http import require_POST

from events.domain.wishes.asking import ask_meeting, is_asked_in_these_words
from events.domain.wishes.pair_words import half_written, words_between
from events.domain.wishes.wishing import prefer
from events.models import Event, Participant, Stand
from events.queries.people import find_open_event, find_participant
from events.queries.suggestions import KINDS_OF, Words, match_of
from events.queries.wishes import find_stand, host_of, requests_left
from frontend.bridge import BridgeCard, bridge_card
from frontend.event_wishes import acting_person, boxes_for, person_card, stand_box
from frontend.form_pages import try_to_save
from frontend.forms.bodies import form_page
from frontend.forms.events_wishes import AskMeetingForm
from frontend.questions import read_public_id
from frontend.requests import PageRequest, wants_partial
from kernel.errors import DomainError, NotAllowed, NotFound
from matching.domain.introductions.errors import AlreadyAsked
from matching.languages import guess_language
from matching.queries.learning import impression_of

TAKE_BACK = "none"


def require_person(request: PageRequest, event: Event) -> Participant:
    """For whom the reader acts, as the form or address says.

    Raises:
        NotAllowed: the reader has no place at the event.
    """
    person, _agendas = acting_person(request, event, request.POST if request.method == "POST" else request.GET)
    if person is None:
        raise NotAllowed(_("Sign up for the event first: then you can wish for meetings."))
    return person


@login_required
@require_POST
def wish(request: PageRequest, slug: str) -> HttpResponse:
    """Mark a person or stand, or take the mark back; for htmx only the box comes back.

    Raises:
        NotFound, NotAllowed, InvalidInput, WishesClosed, TooManyWishes, MeetingAgreed
    """
    event = find_open_event(request.viewer, slug)
    person = require_person(request, event)
    other, stand = _target(request, event)
    asked = request.POST.get("wanting", "")
    wanting = None if asked == TAKE_BACK else asked
    now = timezone.now()
    if not wants_partial(request):
        return _wish_and_return(request, person, other, stand, wanting)
    prefer(person, other=other, stand=stand, wanting=wanting, now=now, viewer=request.viewer)
    box = stand_box(person, stand, now=now, viewer=request.viewer) if stand is not None else None
    if other is not None:
        host = host_of(other)
        box = boxes_for(person, [host], now=now, viewer=request.viewer)[host.pk]
    return render(request, "events/wish_box.html", {"box": box, "event": event, "back": _back(request, event)})


def _wish_and_return(
    request: PageRequest, person: Participant, other: Participant | None, stand: Stand | None, wanting: str | None
) -> HttpResponse:
    """Without htmx: say what could not be done on the page on which the button stands."""
    try:
        prefer(person, other=other, stand=stand, wanting=wanting, now=timezone.now(), viewer=request.viewer)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Noted. Only those who share your agenda see what you mark; the organiser plans with it.")
        )
    back = _back(request, person.event)
    anchor = f"wish-{other.public_id}" if other is not None else f"wish-stand-{stand.public_id}" if stand else ""
    return redirect(f"{back}#{anchor}")


def _target(request: PageRequest, event: Event) -> tuple[Participant | None, Stand | None]:
    named = read_public_id(request.POST.get("other", ""))
    if named is not None:
        return find_participant(request.viewer.hub_id, event, named), None
    number = request.POST.get("stand", "")
    return None, find_stand(event, number) if number else None


def _back(request: PageRequest, event: Event) -> str:
    """The page on which the button stood, if it is one of ours."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()})
    return address if is_ours else reverse("frontend:event_others", args=[event.slug])


@login_required
@never_cache
@form_page
def ask(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Ask for a meeting, with a reason half written from both texts.

    Raises:
        NotFound: no such event or person.
        NotAllowed: the reader has no place.
    """
    event = find_open_event(request.viewer, slug)
    person = require_person(request, event)
    other = host_of(find_participant(request.viewer.hub_id, event, public_id))
    if request.method != "POST":
        box = boxes_for(person, [other], now=timezone.now(), viewer=request.viewer).get(other.pk)
        words = words_between(person, other, now=timezone.now())
        initial = {
            "reason": half_written(words),
            "person": person.public_id,
            "shown_list": request.GET.get("list", ""),
            "stand": request.GET.get("stand", ""),
            "is_must": box is not None and box.wanting == "must",
        }
        return _ask_page(request, person, other, AskMeetingForm(initial=initial))
    form = AskMeetingForm(request.POST)
    tried = try_to_save(form, lambda: _ask(request, person, other, form))
    if tried.is_saved:
        return redirect(f"{reverse('frontend:event_requests', args=[slug])}?person={person.public_id}")
    return _ask_page(request, person, other, form, status=tried.status)


def _ask(request: PageRequest, person: Participant, other: Participant, form: AskMeetingForm) -> None:
    """Ask once: the second press of one button finds the request that the first has sent, and is told the same.

    Raises:
        What `ask_meeting` raises.
    """
    told = form.cleaned_data
    impression = impression_of(
        request.viewer.hub_id, told["shown_list"],
        profile=other.participation.profile, seeker=person.participation.profile,
    )  # fmt: skip
    try:
        ask_meeting(
            person,
            receiver=other,
            reason=told["reason"],
            is_must=told["is_must"],
            impression=impression,
            stand=find_stand(person.event, told["stand"]) if told["stand"] else None,
            now=timezone.now(),
            viewer=request.viewer,
        )
    except AlreadyAsked:
        if not is_asked_in_these_words(person, other, reason=told["reason"]):
            raise
    messages.success(request, _("%(name)s is asked. You see the answer here.") % {"name": other.name})


def _ask_page(
    request: PageRequest, person: Participant, other: Participant, form: AskMeetingForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "event": person.event,
        "person": person,
        "other": other,
        "form": form,
        "card": _card(person, other),
        "left": requests_left(person),
        "back": reverse("frontend:event_others", args=[person.event.slug]) + f"?person={person.public_id}",
    }
    return render(request, "events/ask.html", context, status=status)


def _card(person: Participant, other: Participant) -> BridgeCard | None:
    """The two texts of the pair, as far as both are known."""
    words = words_between(person, other, now=timezone.now())
    if not (words.ours and words.theirs):
        return None
    kinds = KINDS_OF[words.direction]
    ours = Words(kinds[0], words.ours, guess_language(words.ours))
    theirs = Words(kinds[1], words.theirs, guess_language(words.theirs))
    today = timezone.localdate()
    match = match_of(person, other, ours, theirs, direction=words.direction, today=today)
    return person_card(bridge_card(match), other, has_link=False)
