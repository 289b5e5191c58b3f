"""The screen in the hall, and the papers that organisers print."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.day_papers import (
    agendas_to_print,
    people_with_badges,
    typeset_agendas,
    typeset_badges,
    typeset_table_cards,
)
from events.queries.days import find_event
from events.queries.wall import wall_of
from frontend.requests import PageRequest
from frontend.views.events.agenda import paper_answer
from hubs.policies import require_organiser

RENEWED_SECONDS = 20


@login_required
@never_cache
@require_safe
def event_wall(request: PageRequest, slug: str) -> HttpResponse:
    """Who meets where now and next, in letters that are read from ten metres; it renews itself.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    now = timezone.now()
    with timezone.override(event.zone):
        context = {"event": event, "wall": wall_of(event, now=now), "now": now}
        response = render(request, "events/wall.html", context)
    response["Refresh"] = str(RENEWED_SECONDS)
    return response


@login_required
@never_cache
@require_safe
def event_print(request: PageRequest, slug: str, paper: str) -> HttpResponse:
    """Table cards, badges or everybody's plans as PDF.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
        Http404: there is no such paper.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    language = get_language() or "da"
    if paper == "table-cards":
        made = typeset_table_cards(event, language=language)
    elif paper == "badges":
        made = typeset_badges(event, people_with_badges(event), language=language)
    elif paper == "agendas":
        made = typeset_agendas(event, agendas_to_print(event), language=language)
    else:
        raise Http404
    return paper_answer(made, f"{event.slug}-{paper}.pdf")
