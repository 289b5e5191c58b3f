"""The exhibitor catalogue on the web, by theme and words, and as a paper."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import require_safe

from events.catalogue_paper import typeset_catalogue
from events.models import Hall, Stand
from events.queries.catalogue import Catalogue, Entry, catalogue_of
from events.queries.people import find_open_event
from events.queries.setup import halls_of
from frontend.catalogue_plan import draw_catalogue_plans
from frontend.requests import PageRequest
from frontend.views.events.agenda import paper_answer
from hubs.policies import Viewer

MAX_QUERY = 100


@require_safe
def event_catalogue(request: PageRequest, slug: str) -> HttpResponse:
    """What each stand offers and seeks, and where it is, for everybody; `q` and `theme` narrow it, `stand` marks one on
    the plan. A theme that no stand of the reader's catalogue has (an old or a made-up link) shows all and says so.

    Raises:
        NotFound: no such event, or it is not open to the reader.
    """
    event = find_open_event(request.viewer, slug)
    catalogue = catalogue_of(event, request.viewer)
    words, asked = request.GET.get("q", "")[:MAX_QUERY].strip(), request.GET.get("theme", "")
    theme = _known(catalogue, asked)
    chosen = [entry for entry in catalogue.entries if _fits(entry, words, theme)]
    halls = halls_of(event)
    sought = _sought(halls, request.GET.get("stand", ""))
    page = reverse("frontend:event_catalogue", args=[event.slug])
    context = {
        "event": event,
        "plans": draw_catalogue_plans(halls, catalogue, chosen=chosen, page=page, sought=sought),
        "sought": sought,
        "catalogue": catalogue,
        "entries": chosen,
        "halls": _by_hall(chosen),
        "words": words,
        "theme": theme,
        "lacks_theme": asked != theme and bool(catalogue.entries),
    }
    with timezone.override(event.zone):
        return render(request, "events/catalogue.html", context)


@require_safe
def event_catalogue_paper(request: PageRequest, slug: str, language: str) -> HttpResponse:
    """The paper as a visitor may read it, in Danish or English, whoever fetches it.

    Raises:
        NotFound: no such event, or it is not open to the reader.
    """
    event = find_open_event(request.viewer, slug)
    catalogue: Catalogue = catalogue_of(event, Viewer(hub_id=event.hub_id))
    with override(language):
        page = reverse("frontend:event_catalogue", args=[event.slug])
        paper = typeset_catalogue(
            catalogue,
            language=language,
            link=request.build_absolute_uri,
            page_of=lambda entry: f"{page}#stand-{entry.stand.public_id}",
            page=page,
        )
    response = paper_answer(paper, f"{event.slug}-{language}.pdf")
    patch_cache_control(response, private=True, max_age=60)
    return response


def _known(catalogue: Catalogue, theme: str) -> str:
    """The theme, if a stand has it, else none."""
    return theme if any(term.code == theme for term in catalogue.themes) else ""


def _sought(halls: list[Hall], number: str) -> Stand | None:
    """The stand of that number; None where the event has none."""
    stands = (stand for hall in halls for stand in hall.stands.all())
    return next((stand for stand in stands if number and stand.number == number), None)


def _fits(entry: Entry, words: str, theme: str) -> bool:
    if theme and all(term.code != theme for term in entry.themes):
        return False
    whole = " ".join([entry.name, entry.stand.number, *(said.text for said in (*entry.offers, *entry.seeks))])
    return all(word in whole.casefold() for word in words.casefold().split())


def _by_hall(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    halls: dict[str, list[Entry]] = {}
    for entry in entries:
        halls.setdefault(entry.stand.hall.name, []).append(entry)
    return list(halls.items())
