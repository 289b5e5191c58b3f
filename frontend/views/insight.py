"""What the hub's people can read of the ranker: what it learnt, its versions, their model cards, the log."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.card_comparison import comparison_view
from frontend.card_page import card_page
from frontend.forms.insight import LogForm, PromoteForm, RollBackForm
from frontend.insight_page import insight_page
from frontend.requests import PageRequest
from hubs.policies import may_broker, may_export_log, may_set_weights, require_exporting_log, require_reading_hub
from kernel.errors import NotFound
from matching.domain.introductions.days import start_of
from matching.domain.learning.promoting import ranker_before
from matching.domain.learning.ubi import ubi_events, ubi_queries
from matching.models import RankerVersion
from matching.queries.rankers import decisions_of, ranker_numbered, rankers_listed

DAY = timedelta(days=1)
MOST_DECISIONS = 50


@login_required
@never_cache
@require_safe
def insight(request: PageRequest) -> HttpResponse:
    """What the ranking learnt this month, who ranks, what a shadow would do, who decided last.

    Raises:
        NotAllowed: the reader does not work for the hub.
    """
    require_reading_hub(request.viewer)
    page = insight_page(request.hub, now=timezone.now())
    context = {
        "page": page,
        "lessons": page.lessons,
        "may_weigh": may_set_weights(request.viewer),
        "may_export": may_export_log(request.viewer),
    }
    return render(request, "insight/insight.html", context)


@login_required
@never_cache
@require_safe
def rankers(request: PageRequest) -> HttpResponse:
    """Every ranker of the hub with its state, and every decision about who ranks.

    Raises:
        NotAllowed: the reader does not work for the hub.
    """
    require_reading_hub(request.viewer)
    rows = [(row, comparison_view(row.card.get("off_policy"))) for row in rankers_listed(request.hub.pk)]
    context = {"rows": rows, "decisions": decisions_of(request.hub.pk, most=MOST_DECISIONS)}
    return render(request, "insight/rankers.html", context)


@login_required
@never_cache
@require_safe
def ranker_card(request: PageRequest, number: int) -> HttpResponse:
    """The model card of a ranker, one stage at a time.

    Raises:
        NotAllowed: the reader does not work for the hub.
        NotFound: the hub has no ranker of that number.
    """
    return show_card(request, found_ranker(request, number))


def found_ranker(request: PageRequest, number: int) -> RankerVersion:
    """The hub's ranker of that number.

    Raises:
        NotAllowed: the reader does not work for the hub.
        NotFound: there is none.
    """
    require_reading_hub(request.viewer)
    ranker = ranker_numbered(request.hub.pk, number)
    if ranker is None:
        raise NotFound(_("There is no ranker of that number. It may have been cleared away since it never ranked."))
    return ranker


def show_card(
    request: PageRequest, ranker: RankerVersion, *, form: PromoteForm | RollBackForm | None = None, status: int = 200
) -> HttpResponse:
    """The card; `form` is what was just refused."""
    page = card_page(ranker, stage=request.GET.get("stage", ""))
    before = ranker_before(ranker) if page.ranks else None
    context = {
        "page": page,
        "before": before,
        "may_decide": may_broker(request.viewer),
        "form": form or (RollBackForm() if page.ranks else PromoteForm()),
    }
    return render(request, "insight/ranker_card.html", context, status=status)


@login_required
@never_cache
@require_safe
def impressions_form(request: PageRequest) -> HttpResponse:
    """Which part of the log to fetch, from which day to which.

    Raises:
        NotAllowed: the reader does not administer the hub.
    """
    require_exporting_log(request.viewer)
    today = timezone.localdate()
    form = LogForm(initial={"since": today - 90 * DAY, "until": today, "part": "events"})
    return render(request, "insight/log.html", {"form": form})


@login_required
@never_cache
@require_safe
def impressions_export(request: PageRequest) -> HttpResponseBase:
    """The log of a period in the form of UBI, one JSON object a line, as it is read from the database.

    Raises:
        NotAllowed: the reader does not administer the hub.
    """
    require_exporting_log(request.viewer)
    form = LogForm(request.GET)
    if not form.is_valid():
        return render(request, "insight/log.html", {"form": form}, status=422)
    since, until, part = (form.cleaned_data[name] for name in ("since", "until", "part"))
    response = StreamingHttpResponse(
        _lines(request.hub.pk, since, until, part), content_type="application/jsonl; charset=utf-8"
    )
    name = f"{request.hub.slug}-ubi-{part}-{since.isoformat()}-{until.isoformat()}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(hub_id: int, since: date, until: date, part: str) -> Iterator[str]:
    read = ubi_queries if part == "queries" else ubi_events
    rows: Iterator[Mapping[str, Any]] = read(hub_id, since=start_of(since), until=start_of(until + DAY))
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
