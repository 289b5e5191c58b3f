"""Check-in by camera or typed code. The page keeps the list and its scans itself while the network is away."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.domain.day.checking_in import Result, Scan, Seen, check_in, take_back_check_in
from events.enums import ParticipantState
from events.models import Event, Participant
from events.queries.days import find_event
from events.queries.people import people_in
from frontend.event_words import day_words
from frontend.forms.bodies import form_page
from frontend.questions import read_public_id
from frontend.requests import PageRequest
from hubs.policies import require_organiser
from kernel.errors import InvalidInput

MOST_BODY_BYTES = 200_000


@login_required
@never_cache
@form_page
def event_check_in(request: PageRequest, slug: str) -> HttpResponse:
    """The list with who has come; a POST checks in one code, typed or that of a name in the list.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    if request.method == "POST":
        return _typed(request, event)
    people = list(people_in(event, ParticipantState.REGISTERED))
    first_day = event.starts_at.astimezone(event.zone).date()
    context = {
        "event": event,
        "people": people,
        "day": f"{first_day:%Y-%m-%d}",
        "early": day_words(first_day) if timezone.now().astimezone(event.zone).date() < first_day else "",
        "came": sum(person.checked_in_at is not None for person in people),
        "roster": [_roster_row(person) for person in people],
        "of_all": _of_all(len(people)),
        "words": {
            **{seen.value: words for seen, words in _words().items()},
            "nobody": _("Nobody in the list has that name or organisation."),
        },
    }
    with timezone.override(event.zone):
        return render(request, "events/check_in.html", context)


@login_required
@never_cache
@require_POST
def event_scans(request: PageRequest, slug: str) -> HttpResponse:
    """Scans of a phone as JSON, `{"scans": [{"scan": uuid, "code": text, "at": ISO moment}]}`; each is answered.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
        InvalidInput: the body is no such JSON.
    """
    event = find_event(request.viewer.hub_id, slug)
    scans = _read_scans(request)
    results = check_in(event, viewer=request.viewer, scans=scans, now=timezone.now())
    return JsonResponse({"results": [_answer(result) for result in results]})


@login_required
@never_cache
@require_safe
def event_roster(request: PageRequest, slug: str) -> HttpResponse:
    """The list for phones that stand at other doors, so that all see who has come.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    rows = [_roster_row(person) for person in people_in(event, ParticipantState.REGISTERED)]
    return JsonResponse({"people": rows, "of_all": _of_all(len(rows))})


@login_required
@require_POST
def event_check_in_undo(request: PageRequest, slug: str) -> HttpResponse:
    """Take a check-in back.

    Raises:
        NotAllowed, NotFound: the reader does not run this event, or nobody there has that code.
    """
    event = find_event(request.viewer.hub_id, slug)
    person = take_back_check_in(event, viewer=request.viewer, code=request.POST.get("person", "")[:40])
    messages.success(request, _("%(name)s is not checked in any more.") % {"name": person.name})
    return redirect("frontend:event_check_in", event.slug)


def _typed(request: PageRequest, event: Event) -> HttpResponse:
    now = timezone.now()
    code = request.POST.get("listed") or request.POST.get("code", "")  # the button beside a name, or the field
    scan = Scan(uuid4(), code[:40], now)
    (result,) = check_in(event, viewer=request.viewer, scans=[scan], now=now)
    told = _words()[result.seen] % {"name": result.person.name if result.person else ""}
    (messages.success if result.seen in {Seen.WELCOME, Seen.AGAIN} else messages.error)(request, told)
    return redirect("frontend:event_check_in", event.slug)


def _of_all(total: int) -> str:
    return ngettext("of %(total)s person has come", "of %(total)s people have come", total) % {"total": total}


def _words() -> dict[Seen, str]:
    return {
        Seen.WELCOME: _("%(name)s is checked in."),
        Seen.AGAIN: _("%(name)s was checked in before."),
        Seen.NOT_COMING: _("%(name)s has no place: cancelled, or waits for one. Give them a place under People."),
        Seen.CALLED_OFF: _("The event is called off, so nobody is checked in."),
        Seen.UNKNOWN: _("Nobody at this event has that code."),
    }


def _answer(result: Result) -> dict[str, str]:
    return {
        "scan": str(result.scan),
        "seen": result.seen.value,
        "name": result.person.name if result.person else "",
        "from": result.person.participation.profile.name if result.person else "",
    }


def _roster_row(person: Participant) -> dict[str, Any]:
    return {
        "code": person.code,
        "name": person.name,
        "from": person.participation.profile.name,
        "came": person.checked_in_at is not None,
    }


def _read_scans(request: PageRequest) -> list[Scan]:
    if len(request.body) > MOST_BODY_BYTES:
        raise _unreadable()
    try:
        body = json.loads(request.body)
        rows = body["scans"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(rows, list):
        raise _unreadable()
    return [_read_scan(row) for row in rows]


def _read_scan(row: object) -> Scan:
    if not isinstance(row, Mapping):
        raise _unreadable()
    public_id = read_public_id(str(row.get("scan", "")))
    code, told = row.get("code"), row.get("at")
    if public_id is None or not isinstance(code, str) or not isinstance(told, str):
        raise _unreadable()
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise _unreadable() from error
    if at.tzinfo is None:
        raise _unreadable()
    return Scan(public_id, code[:40], at)


def _unreadable() -> InvalidInput:
    return InvalidInput(
        _("The scans did not arrive whole. They are kept on the phone; send them again."), field="scans"
    )
