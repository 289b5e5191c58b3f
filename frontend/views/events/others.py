"""Who else comes to an event: the recommended first, then everybody; and one stand with its people."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.domain.wishes.offered_texts import OfferedText, offered_by
from events.domain.wishes.showing import note_shown
from events.enums import EventState, RequestMode
from events.models import Event, Participant
from events.queries.people import find_open_event
from events.queries.suggestions import has_list, round_of, suggestions_for
from events.queries.wishes import (
    OthersFilter,
    find_stand,
    is_recommended,
    keeps_marks,
    keeps_no_thanks,
    others_of,
    requests_left,
    stand_people,
)
from frontend.event_wishes import acting_person, boxes_for, stand_box, suggested_cards, until_words, wishes_are_open
from frontend.event_words import is_on
from frontend.forms.events_wishes import OthersForm
from frontend.requests import PageRequest, vary_on_htmx, wants_partial
from hubs.policies import may_organise, visible_levels

PAGE_LENGTH = 40
_TAKES_ROUNDS = frozenset({EventState.OPEN, EventState.WISHES_CLOSED})


@login_required
@never_cache
@require_safe
def others(request: PageRequest, slug: str) -> HttpResponse:
    """Recommended people as cards, then everybody who takes meetings; for htmx only the list."""
    event = find_open_event(request.viewer, slug)
    person, agendas = acting_person(request, event, request.GET)
    if person is None and not may_organise(request.viewer):
        return render(request, "events/others_unregistered.html", {"event": event}, status=403)
    form = OthersForm(
        request.GET,
        with_marks=person is not None and keeps_marks(request.viewer, person),
        with_no_thanks=person is not None and keeps_no_thanks(request.viewer, person),
    )
    context = _page_context(request, event, person, agendas) | _list_context(request, event, person, form)
    if wants_partial(request):
        return vary_on_htmx(render(request, "events/others_list.html", context))
    return vary_on_htmx(render(request, "events/others.html", context | _recommended(request, event, person)))


def _page_context(
    request: PageRequest, event: Event, person: Participant | None, agendas: list[Participant]
) -> dict[str, Any]:
    return {
        "event": event,
        "person": person,
        "agendas": agendas if len(agendas) > 1 else (),
        "is_on": is_on(event, timezone.now()),
        "is_open": wishes_are_open(event, timezone.now()),
        "left": requests_left(person) if person else 0,
        "close": until_words(event, event.wishes_close_at) if event.wishes_close_at else "",
        "is_mutual": event.request_mode == RequestMode.MUTUAL,
        "may_mark": person is not None and keeps_marks(request.viewer, person),
        "back": request.get_full_path(),
    }


def _list_context(request: PageRequest, event: Event, person: Participant | None, form: OthersForm) -> dict[str, Any]:
    today = timezone.localdate()
    rows = others_of(person, event, form.wanted(), viewer=request.viewer, today=today)
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    people = list(page.object_list)
    boxes = boxes_for(person, people, now=timezone.now(), viewer=request.viewer) if person else {}
    told = offered_by([each.participation for each in people], today=today, levels=visible_levels(request.viewer))
    asked = {name: str(value) for name, value in request.GET.items() if name != "page" and value}
    is_filtered = bool({"q", "kind", "wish"} & set(asked))
    closed = 0
    if not people and not is_filtered:
        closed = others_of(person, event, OthersFilter(with_closed=True), viewer=request.viewer, today=today).count()
    return {
        "form": form,
        "page": page,
        "rows": [(each, boxes.get(each.pk), _one_of_each(told[each.participation_id])) for each in people],
        "query": urlencode(asked),
        "is_filtered": is_filtered,
        "closed": closed,
        "closed_query": urlencode({**asked, "closed": "on"}),
    }


def _recommended(request: PageRequest, event: Event, person: Participant | None) -> dict[str, Any]:
    """The person's list, kept in the log as it is shown; none once nobody can be met any more."""
    now = timezone.now()
    if person is None or not is_on(event, now):
        return {"recommended": ()}
    found = suggestions_for(person, with_refused=not keeps_no_thanks(request.viewer, person))
    shown = note_shown(person, found, now=now)
    held = round_of(event)
    is_computed = held is not None and held.computed_at is not None
    return {
        "recommended": suggested_cards(
            person, found, now=now, viewer=request.viewer, list_id=str(shown.public_id) if shown else ""
        ),
        "takes_rounds": event.state in _TAKES_ROUNDS,
        # Who signed up since is in the next round.
        "is_computed": is_computed and (has_list(person) or not is_recommended(person)),
        "has_texts": bool(offered_by([person.participation], today=timezone.localdate())[person.participation_id]),
    }


def _one_of_each(texts: Sequence[OfferedText]) -> list[OfferedText]:
    """Two texts for a line of the list: where there are both, one of either side."""
    first: dict[str, OfferedText] = {}
    for text in texts:
        first.setdefault(text.kind, text)
    return list(first.values() if len(first) > 1 else texts)[:2]


@login_required
@never_cache
@require_safe
def stand(request: PageRequest, slug: str, number: str) -> HttpResponse:
    """One stand: what they offer and seek, who is there, and how to meet them.

    Raises:
        NotFound: no such event or stand.
    """
    event = find_open_event(request.viewer, slug)
    found = find_stand(event, number)
    now = timezone.now()
    person, _agendas = acting_person(request, event, request.GET)
    people = stand_people(found)
    is_own = person is not None and person.pk in {each.pk for each in people}
    boxes = boxes_for(person, people, now=now, viewer=request.viewer) if person is not None and not is_own else {}
    parts = list({each.participation_id: each.participation for each in people}.values())
    told = offered_by(parts, today=timezone.localdate(), levels=visible_levels(request.viewer))
    context = {
        "event": event,
        "stand": found,
        "person": person,
        "people": [(each, boxes.get(each.pk)) for each in people] if person or may_organise(request.viewer) else [],
        "texts": [text for part in parts for text in told[part.pk]],
        "box": stand_box(person, found, now=now, viewer=request.viewer) if person is not None and not is_own else None,
        "back": request.get_full_path(),
    }
    return render(request, "events/stand.html", context)
