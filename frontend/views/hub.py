"""The hub's page: how far contacts come, where they stand still, what is due; and the record for procurement law."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.desk_rows import days_label
from frontend.forms.desk import PeriodForm
from frontend.requests import PageRequest
from hubs.policies import may_broker, require_broker, require_reading_hub
from kernel.errors import DomainError
from matching.domain.introductions.days import start_of
from matching.domain.introductions.export import as_csv, procurement_rows
from matching.domain.learning.lessons import Lessons, lessons_of
from matching.enums import IntroductionState
from matching.models import Introduction
from matching.queries.hub_page import contact_ladder, introduction_states, projects_by_stage
from matching.queries.introductions import StateCount, standing_since, visible_introductions, with_parties
from matching.queries.outcomes import follow_ups_due
from profiles.terms import label_of

YEAR = timedelta(days=365)
MOST_LISTED = 100


@dataclass(frozen=True)
class ListedContact:
    """One introduction of the state that is looked at."""

    introduction: Introduction
    about: str
    age: str


@login_required
@never_cache
@require_safe
def hub_introductions(request: PageRequest) -> HttpResponse:
    """Contacts by state and rung, bottlenecks, what is due, projects, what the ranker learnt.

    Raises:
        NotAllowed: the reader does not work for the hub.
    """
    viewer, now, today = request.viewer, timezone.now(), timezone.localdate()
    require_reading_hub(viewer)
    is_whole = request.GET.get("since") == "all"
    states = introduction_states(viewer, now=now)
    stages = projects_by_stage(viewer)
    is_broker = may_broker(viewer)
    calls = follow_ups_due(viewer, today=today) if is_broker else []
    chosen = next((each for each in states if each.state == request.GET.get("state", "")), None)
    context = {
        "states": states,
        "bottlenecks": bottlenecks(states),
        "ladder": contact_ladder(viewer, since=None if is_whole else start_of(today - YEAR)),
        "is_whole": is_whole,
        "is_broker": is_broker,
        "calls_count": len(calls),
        "calls": calls[:5],
        "stages": stages,
        "has_projects": any(each.running or each.stalled for each in stages),
        "chosen": chosen if is_broker else None,
        "listed": _listed(request, chosen) if chosen and is_broker else [],
        "lessons": _lessons(request),
    }
    return render(request, "desk/hub.html", context)


def bottlenecks(states: list[StateCount]) -> list[str]:
    """Where requests stand longer than they should, in words, in the order of a request's life."""
    return [_bottleneck(each) % {"count": each.count, "age": _age(each)} for each in states if each.is_bottleneck]


def _bottleneck(state: StateCount) -> str:
    """One sentence for each state that can be slow; `age` is the longest wait."""
    count = state.count
    told = {
        "draft": ngettext(
            "%(count)d draft was begun and never sent, the oldest %(age)s ago.",
            "%(count)d drafts were begun and never sent, the oldest %(age)s ago.",
            count,
        ),
        "screening": ngettext(
            "%(count)d request waits for screening, the oldest %(age)s.",
            "%(count)d requests wait for screening, the oldest %(age)s.",
            count,
        ),
        "returned": ngettext(
            "%(count)d request was sent back with a question and has no answer, the oldest for %(age)s.",
            "%(count)d requests were sent back with a question and have no answer, the oldest for %(age)s.",
            count,
        ),
        "sent": ngettext(
            "%(count)d request has not been opened, the oldest for %(age)s.",
            "%(count)d requests have not been opened, the oldest for %(age)s.",
            count,
        ),
        "seen": ngettext(
            "%(count)d request is opened but not answered, the oldest for %(age)s.",
            "%(count)d requests are opened but not answered, the oldest for %(age)s.",
            count,
        ),
        "accepted": ngettext(
            "%(count)d contact has two times yes but no meeting, the oldest for %(age)s.",
            "%(count)d contacts have two times yes but no meeting, the oldest for %(age)s.",
            count,
        ),
        "met": ngettext(
            "%(count)d contact met and was never closed, the oldest %(age)s ago.",
            "%(count)d contacts met and were never closed, the oldest %(age)s ago.",
            count,
        ),
    }
    return told[state.state]


def _age(state: StateCount) -> str:
    return days_label(state.oldest_days)


def _listed(request: PageRequest, chosen: StateCount) -> list[ListedContact]:
    rows = with_parties(visible_introductions(request.viewer).filter(state=IntroductionState(chosen.state)))
    today = timezone.localdate()
    return [
        ListedContact(
            introduction=row,
            about=label_of(row.contact_purpose_id) or str(row.get_purpose_display()),
            age=days_label((today - timezone.localdate(row.since)).days),
        )
        for row in standing_since(rows).order_by("since", "pk")[:MOST_LISTED]
    ]


def _lessons(request: PageRequest) -> Lessons | None:
    """None where the ranker cannot be read: the page is about contacts, and stands without it."""
    try:
        return lessons_of(request.hub.pk, now=timezone.now())
    except DomainError:
        return None


@login_required
@never_cache
@require_safe
def procurement_form(request: PageRequest) -> HttpResponse:
    """From which day to which the record goes.

    Raises:
        NotAllowed: the reader does not broker for the hub.
    """
    require_broker(request.viewer)
    return _show_period(request, PeriodForm(initial=_this_year()))


@login_required
@never_cache
@require_safe
def procurement_export(request: PageRequest) -> HttpResponse:
    """Who talked to whom about what and when, as a spreadsheet of text; no cell can be run as a formula.

    Raises:
        NotAllowed: the reader does not broker for the hub.
    """
    require_broker(request.viewer)
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return _show_period(request, form, status=422)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    rows = procurement_rows(request.viewer, since=since, until=until)
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    name = f"{request.hub.slug}-contacts-{since.isoformat()}-{until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show_period(request: PageRequest, form: PeriodForm, *, status: int = 200) -> HttpResponse:
    title = _("The record of contacts")
    return render(request, "desk/procurement.html", {"form": form, "title": title}, status=status)


def _this_year() -> dict[str, date]:
    today = timezone.localdate()
    return {"since": today.replace(month=1, day=1), "until": today}
