"""AIMday, for organisers: the questions with their groups, composing them, and leaving a question out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events.domain.groups.comparing import reasons_now, seat_changes
from events.domain.groups.composing import (
    Composition,
    Proposal,
    Proposed,
    apply_groups,
    compose_groups,
    propose_groups,
    unpacked,
)
from events.domain.groups.group_tasks import researchers_of
from events.domain.groups.leaving_out import (
    find_left_out,
    is_done,
    leave_question_out,
    questions_left_out,
    take_question_in,
)
from events.domain.setup.changing import ChangedMeanwhile
from events.enums import COMING, EventState
from events.models import Event, Question
from events.queries.days import find_event
from events.queries.groups import find_question, lack_of, questions_of
from events.scheduling.group_task import Unheld
from frontend.form_pages import do_or_tell
from frontend.forms.bodies import form_page
from frontend.requests import PageRequest
from hubs.policies import require_organiser
from kernel.errors import DomainError


@login_required
@never_cache
@form_page
def event_groups(request: PageRequest, slug: str) -> HttpResponse:
    """All questions with their groups; a POST composes them anew, once they are published in two presses.

    Raises:
        NotAllowed, NotFound: the reader does not run this event.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    context: dict[str, object] = {}
    status = 200
    if request.method == "POST":
        try:
            if "proposal" in request.POST:
                return _apply(request, event)
            context = _compose(request, event)
        except DomainError as error:
            messages.error(request, str(error))
            status = error.status
        event.refresh_from_db()
    with timezone.override(event.zone):
        return render(request, "events/groups.html", _groups_page(event) | context, status=status)


@login_required
@never_cache
@require_POST
def event_question_leave_out(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Leave a question out of the programme.

    Raises:
        NotAllowed, NotFound: the reader does not run this event, or there is no such question.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    question = find_question(request.viewer, event, public_id)

    def do() -> str:
        leave_question_out(question, viewer=request.viewer, now=timezone.now())
        return _("The question is left out. It stands at the end, where you can take it in again.")

    return do_or_tell(request, do, back=_page(event))


@login_required
@never_cache
@require_POST
def event_question_take_in(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take a question in again that was left out.

    Raises:
        NotAllowed, NotFound: the reader does not run this event, or no organiser has left such a question out.
    """
    require_organiser(request.viewer)
    event = find_event(request.viewer.hub_id, slug)
    question = find_left_out(event, public_id)

    def do() -> str:
        take_question_in(question, viewer=request.viewer, now=timezone.now())
        return _("The question is in again. It has no group before you compose the groups anew.")

    return do_or_tell(request, do, back=_page(event))


def _compose(request: PageRequest, event: Event) -> dict[str, object]:
    """Compose and store, or where people know of their groups, show what would change."""
    version, now = _version(request), timezone.now()
    if event.state != EventState.PUBLISHED:
        return {"told": _told(compose_groups(event, viewer=request.viewer, version=version, now=now))}
    if version != event.version:
        raise _stale()
    proposed = propose_groups(event, viewer=request.viewer, version=version, now=now)
    changes = seat_changes(proposed)
    if not changes:
        return {"told": _("Nothing better was found that is worth a change: everybody keeps their seats.")}
    return {
        "changes": changes,
        "would_hold": _told(proposed.composition),
        "proposal": _signed(request, event, proposed),
    }


def _apply(request: PageRequest, event: Event) -> HttpResponse:
    apply_groups(event, viewer=request.viewer, proposal=_kept(request, event), now=timezone.now())
    messages.success(request, _("The groups are changed, and those whose group is another now are told."))
    return redirect(_page(event))


def _signed(request: PageRequest, event: Event, proposed: Proposed) -> str:
    return signing.dumps(proposed.proposal.packed(), salt=_salt(request, event), compress=True)


def _kept(request: PageRequest, event: Event) -> Proposal:
    """What was shown, and nothing else: what was not signed here for this reader and event is refused."""
    try:
        kept: list[Any] = signing.loads(request.POST["proposal"], salt=_salt(request, event))
    except signing.BadSignature:
        raise _stale() from None
    return unpacked(kept)


def _salt(request: PageRequest, event: Event) -> str:
    return f"events.groups.{event.public_id}.{request.viewer.user_id}"


def _stale() -> ChangedMeanwhile:
    return ChangedMeanwhile(_("Something has changed since you opened the page. Nothing is changed: compose anew."))


def _groups_page(event: Event) -> dict[str, object]:
    questions = list(questions_of(event))
    researchers = researchers_of(event)
    held = [question for question in questions if question.is_held]
    unheld = [question for question in questions if not question.is_held]
    is_past = is_done(event, now=timezone.now())
    reasons = reasons_now(event) if unheld and not is_past else {}
    return {
        "event": event,
        "held": [(question, _lacks(question)) for question in held],
        "unheld": [(question, _why_unheld(question, reasons, is_composed=bool(held))) for question in unheld],
        "left_out": questions_left_out(event),
        "is_done": is_past,
        "is_published": event.state == EventState.PUBLISHED,
        "researchers": len(researchers),
        "seniors": sum(person.is_senior for person in researchers),
        "halls": event.halls.count(),
        "slots": event.slots.count(),
    }


def _lacks(question: Question) -> list[str]:
    """What the group has lost since it was composed, in words."""
    lack = lack_of(question)
    if lack is None:
        return []
    missing = ngettext(
        "Somebody has cancelled: %(count)s researcher is missing to the least number.",
        "People have cancelled: %(count)s researchers are missing to the least number.",
        lack.researchers,
    )
    return [
        *([missing % {"count": lack.researchers}] if lack.researchers else []),
        *([_("No senior comes to this group any more.")] if lack.is_senior else []),
    ]


def _why_unheld(question: Question, reasons: dict[int, Unheld | None], *, is_composed: bool) -> str:
    """Told from what stands now, so that it is there whenever one looks; nothing before anything was composed."""
    if question.asker.state not in COMING:
        return _("Who asked it does not come any more, so its group is off.") if question.slot_id else ""
    if question.pk not in reasons:
        return ""
    reason = reasons[question.pk]
    if reason is None:
        return _("A room and enough researchers are free for it now: compose the groups anew.") if is_composed else ""
    return _reasons()[reason]


def _told(composed: Composition) -> str:
    held = ngettext("%(count)s question has a group.", "%(count)s questions have a group.", composed.held)
    proven = (
        _("No other composition is better: that is proven.")
        if composed.proven
        else _("At most %(share)s %% better would be possible.")
        % {"share": round(100 * (composed.bound - composed.worth) / max(composed.bound, 1e-9), 1)}
    )
    return f"{held % {'count': composed.held}} {proven}"


def _reasons() -> dict[Unheld, str]:
    return {
        Unheld.NO_SLOT: _("The firm is never there while a room is free."),
        Unheld.TOO_FEW: _("In none of its slots are enough researchers free who fit."),
        Unheld.NO_SENIOR: _("In none of its slots is a senior free."),
        Unheld.CROWDED_OUT: _("Rooms and researchers are with questions that fit better."),
    }


def _version(request: PageRequest) -> int:
    written = request.POST.get("version", "")
    return int(written) if written.isdecimal() and len(written) <= 9 else -1


def _page(event: Event) -> str:
    return reverse("frontend:event_groups", args=[event.slug])
