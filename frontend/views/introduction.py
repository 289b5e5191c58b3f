"""One contact: where it stands, what it rests on, what has happened, and what its sides can do about it.

Reading changes nothing but one thing: a signed-in person of the asked side who opens the page has seen the request.
"""

from collections.abc import Callable
from functools import wraps
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.forms.introductions import AnswerForm, InterestsForm, MeetingForm
from frontend.introduction_page import Forms, page_context
from frontend.requests import PageRequest
from hubs.models import User
from kernel.errors import DomainError, InvalidInput, NotAllowed
from matching.domain.introductions.answering import (
    accept_introduction,
    answer_not_now,
    decline_introduction,
    mark_seen,
)
from matching.domain.introductions.changing import (
    close_introduction,
    mark_met,
    set_meeting,
    withdraw_introduction,
)
from matching.domain.introductions.declaring import declare_interests
from matching.enums import AnswerSource, IntroductionState, Side
from matching.models import Introduction
from matching.queries.contacts import find_introduction, side_of

View = Callable[..., HttpResponse]
_CONFLICT = 409


@login_required
@never_cache
@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The contact as this person may see it.

    Raises:
        NotFound: there is none, or it is not this person's to know of.
    """
    found = find_introduction(request.viewer, public_id)
    side = side_of(request.viewer, found)
    if request.method == "GET" and side == Side.RECEIVER and found.state == IntroductionState.SENT:
        mark_seen(found, side=side, actor=_person(request), now=timezone.now())
        found = find_introduction(request.viewer, public_id)
    return _page(request, found, side)


def _action(view: View) -> View:
    """A change by one side: POST only; what no longer can be done is said on the contact's page."""

    @login_required
    @require_POST
    @wraps(view)
    def checked(request: PageRequest, public_id: UUID) -> HttpResponse:
        found = find_introduction(request.viewer, public_id)
        side = side_of(request.viewer, found)
        if side is None:
            raise NotAllowed(_("Only the two sides themselves may do this here."))
        try:
            return view(request, found, side)
        except DomainError as error:
            if error.status != _CONFLICT:
                raise
            messages.info(request, str(error))
        return redirect("frontend:introduction", public_id)

    return cast("View", checked)


@_action
def answer(request: PageRequest, found: Introduction, side: Side) -> HttpResponse:
    """Yes, not now or no."""
    form = AnswerForm(request.POST)
    try:
        if form.is_valid():
            say(found, form, side=side, actor=_person(request), source=AnswerSource.WEB)
            messages.success(request, thanks(form))
            return redirect("frontend:introduction", found.public_id)
    except InvalidInput as error:
        form.refuse(error)
    return _page(request, found, side, Forms(answer=form), status=422)


@_action
def withdraw(request: PageRequest, found: Introduction, side: Side) -> HttpResponse:
    """Take the request back, or throw the draft away."""
    was_sent = found.was_sent
    withdraw_introduction(found, viewer=request.viewer, now=timezone.now())
    messages.success(request, _("The request is taken back.") if was_sent else _("The draft is thrown away."))
    return redirect("frontend:contacts")


@_action
def note_meeting(request: PageRequest, found: Introduction, side: Side) -> HttpResponse:
    """Note the day on which the two meet."""
    form = MeetingForm(request.POST)
    try:
        if form.is_valid():
            moment = form.cleaned_data["meeting_at"]
            set_meeting(found, viewer=request.viewer, meeting_at=moment, now=timezone.now())
            messages.success(request, _("The day is noted, for both of you."))
            return redirect("frontend:introduction", found.public_id)
    except InvalidInput as error:
        form.refuse(error)
    return _page(request, found, side, Forms(meeting=form), status=422)


@_action
def tell_met(request: PageRequest, found: Introduction, side: Side) -> HttpResponse:
    """They have met."""
    mark_met(found, viewer=request.viewer, now=timezone.now())
    messages.success(request, _("Noted. In two weeks we ask you both one short question."))
    return redirect("frontend:introduction", found.public_id)


@_action
def declare(request: PageRequest, found: Introduction, side: Side) -> HttpResponse:
    """Declare whether one's own side has interests in the other."""
    form = InterestsForm(request.POST)
    try:
        if form.is_valid():
            declare_interests(found, side=side, actor=_person(request), now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your declaration is kept."))
            return redirect("frontend:introduction", found.public_id)
    except InvalidInput as error:
        form.refuse(error)
    return _page(request, found, side, Forms(interests=form), status=422)


@_action
def close(request: PageRequest, found: Introduction, side: Side) -> HttpResponse:
    """Put the contact among the earlier ones."""
    close_introduction(found, viewer=request.viewer, now=timezone.now())
    messages.success(request, _("The contact is closed. You find it under “Earlier”."))
    return redirect("frontend:contacts")


def say(found: Introduction, form: AnswerForm, *, side: Side, actor: User | None, source: AnswerSource) -> None:
    """What the valid form says, for that side; the domain decides whether it still counts.

    Raises:
        DomainError: as the functions of `matching.domain.introductions.answering`.
    """
    now, said = timezone.now(), form.cleaned_data
    if said["answer"] == AnswerForm.YES:
        accept_introduction(found, side=side, actor=actor, now=now, source=source)
    elif said["answer"] == AnswerForm.NOT_NOW:
        day = form.day_to_ask_again(timezone.localdate(now))
        answer_not_now(found, side=side, actor=actor, now=now, ask_again_on=day, source=source)
    else:
        decline_introduction(
            found, side=side, actor=actor, now=now, reason=said["reason"], note=said["note"], source=source
        )


def thanks(form: AnswerForm) -> str:
    """What is said right after an answer."""
    return {
        AnswerForm.YES: _("Thank you: you have said yes."),
        AnswerForm.NOT_NOW: _("Thank you: they know when they may come back."),
        AnswerForm.NO: _("Thank you: a clear no helps them on."),
    }[form.cleaned_data["answer"]]


def _person(request: PageRequest) -> User:
    return cast("User", request.user)


def _page(
    request: PageRequest, found: Introduction, side: Side | None, forms: Forms | None = None, *, status: int = 200
) -> HttpResponse:
    context = page_context(request.viewer, found, side, forms or Forms(), now=timezone.now())
    return render(request, "contacts/introduction.html", context, status=status)
