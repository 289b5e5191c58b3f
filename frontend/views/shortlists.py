"""Shortlists as they are read: all of them, one side by side, and beginning one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.bridge import Bank, bank, their_label
from frontend.form_pages import FormPage, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.shortlists import NewShortlistForm
from frontend.requests import PageRequest
from frontend.views.projects import NAME_WORDS, asked_statement, possible_owners, texts_to_begin_with
from hubs.policies import Viewer, owns
from kernel.errors import NotReady
from matching.domain.introductions.capacity import full_profiles
from matching.domain.learning.impressions import ListOrigin, record_list
from matching.domain.projects.searching import candidates_for_shortlist, compare_candidates
from matching.domain.projects.shortlists import MOST_CANDIDATES, begin_shortlist, may_be_chosen
from matching.enums import Channel, ListState, Purpose
from matching.models.projects import Candidate, Shortlist
from matching.queries.projects import candidates_of, find_shortlist, visible_shortlists
from matching.results import Match

MOST_SHOWN = 200
SUGGESTED = 3


@dataclass(frozen=True)
class CandidateColumn:
    """One candidate as compared; `is_full` where the month's cap is reached and nobody asked yet."""

    candidate: Candidate
    bank: Bank | None
    match: Match | None
    is_full: bool
    may_be_chosen: bool


@login_required
@never_cache
@require_safe
def shortlists(request: PageRequest) -> HttpResponse:
    """The lists of one's own organisations."""
    rows = list(visible_shortlists(request.viewer)[:MOST_SHOWN])
    return render(request, "shortlists/list.html", {"rows": rows, "may_begin": bool(request.viewer.organisation_ids)})


@login_required
@never_cache
@form_page
def new_shortlist(request: PageRequest) -> HttpResponse:
    """Begin a list for a need of one's own, or from words."""
    statement = asked_statement(request)
    owners = possible_owners(request, statement)
    if not owners:
        return render(request, "projects/no_owner.html", {"what": "shortlist"})
    initial = {
        "need": statement.text if statement else request.GET.get("text", ""),
        "title": Truncator(statement.text).words(NAME_WORDS, truncate="") if statement else "",
        "language": statement.language if statement else get_language(),
        "owner": owners[0].slug,
    }
    form = NewShortlistForm(request.POST or None, owners=owners, initial=initial)

    def save() -> str:
        shortlist = begin_shortlist(
            request.viewer,
            owner=form.owner_profile,
            fields=form.shortlist_fields(),
            statement=statement,
            once=form.cleaned_data["once"],
        )
        return reverse("frontend:shortlist", args=[shortlist.public_id])

    page = FormPage(
        title=_("Begin a shortlist"),
        lead=_("Gather a few candidates for one need, ask them together, compare their answers, choose one."),
        submit=_("Begin the list"),
        back=reverse("frontend:shortlists"),
        back_label=_("Shortlists"),
    )
    saved = _("The list is open. Add those you want to ask.")
    return save_or_show(request, form, page, save, saved=saved, own_texts=texts_to_begin_with(owners, statement))


@login_required
@never_cache
@require_safe
def shortlist_page(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The candidates side by side, and what can be done next."""
    shortlist = find_shortlist(request.viewer, public_id)
    now = timezone.now()
    rows = list(candidates_of(shortlist))
    is_living = shortlist.state in {ListState.OPEN, ListState.ASKED}
    columns = _columns(request.viewer, shortlist, rows, now)
    has_room = is_living and len(rows) < MOST_CANDIDATES
    context = {
        "shortlist": shortlist,
        "columns": columns,
        "unasked": sum(row.introduction_id is None for row in rows) - sum(column.is_full for column in columns),
        "full": [column for column in columns if column.is_full],
        "choosable": sum(column.may_be_chosen for column in columns),
        "chosen": [row for row in rows if row.chosen],
        "is_living": is_living,
        "suggestions": _suggestions(request.viewer, shortlist, rows, now) if has_room else (),
        "seeker": "" if shortlist.organisation_id in request.viewer.organisation_ids else shortlist.owner.name,
    }
    return render(request, "shortlists/shortlist.html", context)


def _columns(viewer: Viewer, shortlist: Shortlist, rows: list[Candidate], now: datetime) -> list[CandidateColumn]:
    today = timezone.localdate(now)
    full = full_profiles(viewer.hub_id, today=today)
    try:
        matches = compare_candidates(viewer, shortlist, [row.profile_id for row in rows], today=today)
    except NotReady:
        matches = {}
    return [
        CandidateColumn(
            candidate=row,
            bank=_bank(matches.get(row.profile_id)),
            match=matches.get(row.profile_id),
            is_full=row.introduction_id is None and row.profile_id in full,
            may_be_chosen=may_be_chosen(row),
        )
        for row in rows
    ]


def _bank(match: Match | None) -> Bank | None:
    return bank(match.theirs, their_label(match)) if match else None


def _suggestions(viewer: Viewer, shortlist: Shortlist, rows: list[Candidate], now: datetime) -> tuple[Match, ...]:
    """Others who fit and have room; none where the index is not ready. What is shown goes to the log of lists."""
    there = [row.profile_id for row in rows]
    try:
        found = candidates_for_shortlist(
            viewer, shortlist, today=timezone.localdate(now), without=there, limit=SUGGESTED
        )
    except NotReady:
        return ()
    channel = Channel.WEB if owns(viewer, shortlist.owner) else Channel.FACILITATOR
    origin = ListOrigin(channel, Purpose.PROJECT.value, shortlist.owner)
    record_list(viewer.hub_id, found.shown, found.matches, origin, now=now)
    return found.matches
