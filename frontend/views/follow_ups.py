"""Answering from a mailed link: nothing to sign in to, nothing changed by opening it, kind words when it is closed."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.forms.bodies import form_page
from frontend.forms.outcomes import OutcomeForm, outcome_initial
from frontend.requests import PageRequest
from kernel.errors import InvalidInput, NotFound
from mailgate.links import LinkExpired, LinkInvalid, read
from matching.domain.outcomes.planning import asks_effect
from matching.domain.outcomes.questions import questions_at
from matching.domain.outcomes.reporting import report_outcome
from matching.enums import AnswerSource, Side
from matching.models import FollowUp
from matching.queries.follow_ups import find_follow_up, next_moment
from profiles.models import Profile

ACTION = "follow_up"
# Past the reminder and a long holiday; after that the contact's page and the telephone are open.
LINK_AGE = timedelta(days=120)


class LinkClosed(Exception):
    """The link opens nothing any more; `reason` names the words of the page, `status` is its status."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@never_cache
@form_page
def follow_up(request: PageRequest, token: str) -> HttpResponse:
    """The question, and what was answered before; a POST stores the answer or replaces the side's own."""
    try:
        asked = _open_link(request, token)
        return _answer(request, token, asked)
    except LinkClosed as closed:
        return _show_closed(request, closed)


@never_cache
@require_safe
def follow_up_thanks(request: PageRequest, token: str) -> HttpResponse:
    """What was told, what it is used for, and when the next question comes."""
    try:
        asked = _open_link(request, token)
    except LinkClosed as closed:
        return _show_closed(request, closed)
    report = getattr(asked, "report", None)
    if report is None:
        return redirect("frontend:follow_up", token)
    upcoming = next_moment(asked.introduction, asked.side, today=timezone.localdate())
    context = {"report": report, "other": other_party(asked), "upcoming": upcoming, "token": token}
    return render(request, "follow_ups/thanks.html", context)


def other_party(asked: FollowUp) -> Profile:
    """The one that the asked side met."""
    return asked.introduction.party(Side.RECEIVER if asked.side == Side.SEEKER else Side.SEEKER)


def _open_link(request: PageRequest, token: str) -> FollowUp:
    """The follow-up of the link.

    Raises:
        LinkClosed: the link is forged or too old, or what it names was erased.
    """
    try:
        claims = read(token, action=ACTION, max_age=LINK_AGE)
    except LinkExpired as error:
        raise LinkClosed("expired", 410) from error
    except LinkInvalid as error:
        raise LinkClosed("invalid", 404) from error
    asked = find_follow_up(request.hub.pk, claims.get("follow_up", ""))
    if asked is None:
        raise LinkClosed("gone", 410)
    return asked


def _answer(request: PageRequest, token: str, asked: FollowUp) -> HttpResponse:
    earlier = getattr(asked, "report", None)
    form = OutcomeForm(
        request.POST if request.method == "POST" else None,
        initial=outcome_initial(earlier),
        asks_effect=asks_effect(asked.moment),
        questions=questions_at(asked.hub_id, asked.moment),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _store(form, asked)
        except InvalidInput as error:
            form.refuse(error)
        else:
            if earlier:
                messages.success(request, _("Your new answer has replaced the one you gave before."))
            return redirect("frontend:follow_up_thanks", token)
    context = {
        "form": form,
        "introduction": asked.introduction,
        "own": asked.introduction.party(asked.side),
        "other": other_party(asked),
        "earlier": earlier,
    }
    return render(request, "follow_ups/follow_up.html", context, status=422 if form.errors else 200)


def _store(form: OutcomeForm, asked: FollowUp) -> None:
    """Store the answer of the link's own side.

    Raises:
        LinkClosed: the contact was erased while the page was open.
    """
    try:
        report_outcome(
            asked.introduction,
            side=asked.side,
            answer=form.answer(),
            source=AnswerSource.LINK,
            follow_up=asked,
            now=timezone.now(),
        )
    except NotFound as error:
        raise LinkClosed("gone", 410) from error


def _show_closed(request: PageRequest, closed: LinkClosed) -> HttpResponse:
    return render(request, "follow_ups/closed.html", {"reason": closed.reason}, status=closed.status)
