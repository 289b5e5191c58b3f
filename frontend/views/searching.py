"""Free-text search and "more like this": a shareable address, filters with counts, the same page without JavaScript."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.examples import example_searches
from frontend.facets import filters_of, opened_filters
from frontend.limits import count_search
from frontend.questions import MOST_SHOWN, Question, read_public_id, read_question
from frontend.requests import PageRequest, vary_on_htmx, wants_partial
from frontend.saved import is_saved, saved_rows
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from matching.domain import searching
from matching.domain.learning.impressions import record_search
from matching.enums import Channel
from matching.results import SearchResult

# So few results that it helps to say what a filter hides.
FEW = 3


@dataclass(frozen=True)
class Suggestion:
    """A word that was also searched for: what was written, what was meant, and the address for the latter alone."""

    written: str
    meant: str
    address: str


@dataclass(frozen=True)
class Answer:
    """What was found, or in words why nothing was looked for."""

    result: SearchResult | None = None
    complaint: str = ""

    @property
    def status(self) -> int:
        """400 for a question that cannot be asked."""
        return 400 if self.complaint else 200


@require_safe
def search_page(request: PageRequest) -> HttpResponse:
    """The search page; for htmx only its results."""
    question = read_question(request.GET)
    if question.text or question.like:
        count_search(request, question)
    answer = find_answer(request.viewer, question)
    shown = record(request.viewer, answer)
    is_partial = wants_partial(request)
    context = page_context(request.viewer, question, answer) | {"is_partial": is_partial, "list_id": shown}
    template = "partials/search_results.html" if is_partial else "pages/search.html"
    return vary_on_htmx(render(request, template, context, status=answer.status))


def record(viewer: Viewer, answer: Answer) -> str:
    """Keep what is shown, without the words that were asked; the list's id for the links in it."""
    if answer.result is None:
        return ""
    shown = record_search(viewer, answer.result, channel=Channel.WEB, now=timezone.now())
    return str(shown.public_id) if shown else ""


def page_context(viewer: Viewer, question: Question, answer: Answer) -> dict[str, Any]:
    """What the page shows of a question and its answer."""
    result = answer.result
    saved = saved_rows(viewer)
    return {
        "question": question,
        "answer": answer,
        "result": result,
        "filters": filters_of(result) if result else (),
        "suggestions": suggestions_of(question, result) if result else (),
        "opened_filters": opened_filters(question, result) if result and result.total <= FEW else (),
        "is_few": result is not None and 0 < result.total <= FEW,
        "more": more_address(question, answer),
        "saved": saved,
        "is_saved": is_saved(question, saved),
        "examples": example_searches(),
    }


def find_answer(viewer: Viewer, question: Question) -> Answer:
    """Search; nothing asked finds nothing, and a question that cannot be asked gets its reason.

    Raises:
        NotFound: more is asked for like a text that is not there, or not open to the viewer.
    """
    try:
        return Answer(_search(viewer, question))
    except InvalidInput as error:
        return Answer(complaint=error.message)


def _search(viewer: Viewer, question: Question) -> SearchResult | None:
    today, filters = timezone.localdate(), question.filters
    if question.is_like:
        public_id = read_public_id(question.like)
        if public_id is None:
            raise NotFound(
                _("We cannot find that text. It may have expired or been removed, or it is not open to you.")
            )
        return searching.search_like(viewer, public_id, filters=filters, today=today, limit=question.shown)
    if not question.words:
        return None
    return searching.search(viewer, question.text, filters=filters, today=today, limit=question.shown)


def suggestions_of(question: Question, result: SearchResult) -> tuple[Suggestion, ...]:
    """Each word that was also searched for, with the address that asks for it instead of what was written."""
    return tuple(
        Suggestion(each.written, each.meant, question.instead(question.words.replace(each.written, each.meant)))
        for each in result.corrections
    )


def more_address(question: Question, answer: Answer) -> str:
    """The address that shows one page more; empty when all is shown, or as much as a page should hold."""
    if answer.result is None or question.shown >= min(answer.result.total, MOST_SHOWN):
        return ""
    return question.with_more
