"""The organiser's page of recommendations: who would get them, sending a round, and planning from mutual wishes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events.domain.wishes.mutual import make_mutual_requests
from events.domain.wishes.rounds import MAILED_EACH, ask_round, what_a_round_lacks
from events.enums import RequestMode
from events.queries.mutual_wishes import pairs_waiting
from events.queries.suggestions import people_with_suggestions, round_of
from events.queries.wishes import people_to_recommend
from frontend.event_wishes import wishes_are_open
from frontend.form_pages import do_or_tell
from frontend.forms.bodies import form_page
from frontend.requests import PageRequest
from frontend.views.events.organising import organised
from kernel.errors import InvalidInput


@login_required
@never_cache
@form_page
def recommend(request: PageRequest, slug: str) -> HttpResponse:
    """How many would get which mail; a POST asks for the round.

    Raises:
        NotFound, NotAllowed
    """
    event = organised(request, slug)
    held = round_of(event)
    if request.method == "POST":

        def do() -> str:
            ask_round(event, viewer=request.viewer, number=_number(request), now=timezone.now())
            return _("The mails leave within some minutes, after the recommendations are made anew.")

        return do_or_tell(request, do, back=reverse("frontend:event_recommend", args=[slug]))
    context = {
        "event": event,
        "round": held,
        "number": held.number if held else 0,
        "meeting": len(people_to_recommend(event)),
        "with_list": len(people_with_suggestions(event)),
        "each": MAILED_EACH,
        "lacks": what_a_round_lacks(event),
        "is_open": wishes_are_open(event, timezone.now()),
        "is_mutual": event.request_mode == RequestMode.MUTUAL,
        "waiting": pairs_waiting(event, now=timezone.now()),
    }
    return render(request, "events/recommend.html", context)


def _number(request: PageRequest) -> int:
    try:
        return int(request.POST.get("number", ""))
    except ValueError as error:
        raise InvalidInput(_("Reload the page and press the button again.")) from error


@login_required
@require_POST
def plan_mutual(request: PageRequest, slug: str) -> HttpResponse:
    """Note an agreed meeting for each two who both wish it.

    Raises:
        NotFound, NotAllowed
    """
    event = organised(request, slug)

    def do() -> str:
        made = make_mutual_requests(event, viewer=request.viewer, now=timezone.now())
        return ngettext("%(count)d new meeting to plan.", "%(count)d new meetings to plan.", made) % {"count": made}

    return do_or_tell(request, do, back=reverse("frontend:event_timetable", args=[slug]))
