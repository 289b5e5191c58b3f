"""Freed slots: offered by organisers, answered by the two who would meet, from the mail and without signing in."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events.domain.timetable.planning import problem_of
from events.domain.timetable.standby import answer_offer, chances, offer_all, offer_slot, withdraw_offer
from events.domain.timetable.timetable_errors import PlaceTaken
from events.enums import OfferState
from events.models import Participant, StandbyOffer
from events.queries.timetable import find_offer, find_request, linked_offer
from frontend.event_links import claimed_place
from frontend.form_pages import do_or_tell
from frontend.forms.bodies import form_page
from frontend.requests import PageRequest
from frontend.timetable_words import person_words, place_words, slot_words, when_words
from frontend.views.events.organising import organised
from frontend.views.events.timetable import timetable_url
from mailgate.links import LinkExpired, LinkInvalid, read

LINK_DAYS = 60


@login_required
@require_POST
def offer(request: PageRequest, slug: str) -> HttpResponse:
    """Offer the first free slot that both have to the two of one request, or to all who have one."""
    event = organised(request, slug)
    wanted = request.POST.get("request", "")

    def do() -> str:
        if not wanted:
            count = offer_all(event, viewer=request.viewer, now=timezone.now())
            told = ngettext("%(count)d pair is asked by mail.", "%(count)d pairs are asked by mail.", count)
            return told % {"count": count} if count else _("No free slot fits a wish that was not met.")
        row = find_request(event, _public_id(wanted))
        found = (each for each in chances(problem_of(event), now=timezone.now()) if each.request.pk == row.pk)
        chance = next(found, None)
        if chance is None:
            raise PlaceTaken(_("No free slot fits these two any more."))
        spot = chance.spot
        offer_slot(row, slot=spot.slot, table=spot.table, stand=spot.stand, viewer=request.viewer, now=timezone.now())
        return _("Both are asked by mail. The meeting is held when both say yes.")

    return do_or_tell(request, do, back=timetable_url(event))


def _public_id(written: str) -> UUID:
    """The id of zeros, which no row has, for what is none."""
    try:
        return UUID(written)
    except ValueError:
        return UUID(int=0)


@login_required
@require_POST
def take_back(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Offer the slot no longer."""
    event = organised(request, slug)
    row = find_offer(event, public_id)

    def do() -> str:
        withdraw_offer(row, viewer=request.viewer)
        return _("The slot is offered no longer.")

    return do_or_tell(request, do, back=timetable_url(event))


@dataclass(frozen=True)
class Linked:
    """What the token names: the offer, and who reads."""

    offer: StandbyOffer
    person: Participant


@never_cache
@form_page
def event_standby(request: PageRequest, token: str) -> HttpResponse:
    """The offer as one of the two reads it; reading changes nothing, a POST answers."""
    try:
        claims = read(token, action="standby", max_age=timedelta(days=LINK_DAYS))
    except (LinkExpired, LinkInvalid) as error:
        return _gone(request, str(error), status=error.status)
    row = linked_offer(request.hub.pk, claims.get("offer", ""))
    person = claimed_place(request.hub.pk, claims)
    if row is None or person is None or person.event_id != row.event_id:
        return _gone(request, _("What the link led to is no longer there."), status=410)
    linked = Linked(row, person)
    if request.method == "POST":
        return _answer(request, linked, reverse("frontend:event_standby", args=[token]))
    return _show(request, linked)


def _answer(request: PageRequest, linked: Linked, back: str) -> HttpResponse:
    accepts = request.POST.get("answer") == "yes"

    def do() -> str:
        row = answer_offer(linked.offer, participant=linked.person, accepts=accepts, now=timezone.now())
        if row.state == OfferState.TAKEN:
            return _("You have both said yes: the meeting is in your agendas.")
        if row.state == OfferState.LAPSED:
            return _("Somebody else took the slot a moment ago. We are sorry.")
        return _("Thank you. We tell you when the other has answered.") if accepts else _("Thank you for answering.")

    return do_or_tell(request, do, back=back)


def _show(request: PageRequest, linked: Linked) -> HttpResponse:
    row, person = linked.offer, linked.person
    is_sender = row.request.sender_id in (person.pk, person.host_id)
    other = row.request.receiver if is_sender else row.request.sender
    context = {
        "event": row.event,
        "offer": row,
        "other": person_words(other),
        "when": slot_words(row.slot, row.event, with_day=True),
        "where": place_words(table=row.table, stand=row.stand),
        "until": when_words(row.expires_at, row.event),
        "has_said_yes": (row.sender_yes_at if is_sender else row.receiver_yes_at) is not None,
        "is_open": row.state == OfferState.OFFERED and row.expires_at > timezone.now(),
        "is_taken": row.state == OfferState.TAKEN,
        "reason": row.request.reason,
    }
    return render(request, "events/standby.html", context)


def _gone(request: PageRequest, message: str, *, status: int) -> HttpResponse:
    context = {
        "title": _("This offer is gone"),
        "message": message,
        "advice": _("Your agenda shows which meetings you have. Open it from the mail with your timetable."),
    }
    return render(request, "contacts/link_gone.html", context, status=status)
