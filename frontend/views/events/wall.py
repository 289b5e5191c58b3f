"""The screen in the hall, and the papers that organisers print."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.day_papers import (
    agendas_to_print,
    people_with_badges,
    typeset_agendas,
    typeset_badges,
    typeset_table_cards,
)
from events.domain.setup.wall_links import renew_wall_link
from events.models import Event
from events.queries.days import find_event
from events.queries.wall import wall_of
from frontend.event_links import read_wall, wall_token
from frontend.requests import PageRequest
from frontend.views.events.agenda import paper_answer
from frontend.views.events.organising import part_address, press
from hubs.policies import require_organiser
from kernel.errors import NotFound

# The link of a screen that nobody took down shows nothing for longer than this after the event.
LINK_KEPT = timedelta(days=1)


@login_required
@never_cache
@require_safe
def event_wall(request: PageRequest, slug: str) -> HttpResponse:
    """Who meets where now and next, in letters that are read from some metres; with the link for the screen itself.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    return _wall(request, event, {"link": reverse("frontend:event_wall_link", args=[wall_token(event)])})


@never_cache
@require_safe
def event_wall_link(request: PageRequest, token: str) -> HttpResponse:
    """The same by a signed link, so that no organiser's session stays open on a screen that everybody walks past.

    Raises:
        LinkInvalid, LinkExpired, NotFound: the link opens nothing, was renewed, or the event is over.
    """
    event = read_wall(request.viewer.hub_id, token)
    if event is None or event.ends_at + LINK_KEPT < timezone.now():
        raise NotFound(_("This screen is closed: its link was renewed, or the event is over. Ask an organiser for it."))
    return _wall(request, event, {})


@login_required
@require_POST
def event_wall_renew(request: PageRequest, slug: str) -> HttpResponse:
    """Close the links of the screen that were handed out."""
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)

    def do(_seen: int) -> str:
        renew_wall_link(event, viewer=request.viewer)
        return _("Links that were handed out are closed. Open the screen by the new one.")

    return press(request, do, back=part_address(event, "event_wall"))


def _wall(request: PageRequest, event: Event, context: dict[str, str]) -> HttpResponse:
    now = timezone.now()
    with timezone.override(event.zone):
        return render(
            request, "events/wall.html", {"event": event, "wall": wall_of(event, now=now), "now": now, **context}
        )


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
