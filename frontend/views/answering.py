"""The link in a mail: one screen, three answers, no sign-in. The link itself proves who holds it.

Reading it changes nothing, not even "seen": mail scanners follow links. An answer is a POST and counts as seen.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from events.queries.contacts import reachable_people
from frontend.forms.bodies import form_page
from frontend.forms.introductions import AnswerForm, InterestsForm
from frontend.introduction_bridge import SHORT_CHARACTERS, introduction_card, other_side
from frontend.introduction_page import asked_context, heading_of, interests_context, possible_for
from frontend.requests import PageRequest
from frontend.standing import standing_of
from frontend.views.introduction import say, thanks
from kernel.errors import DomainError, InvalidInput
from mailgate.links import LinkExpired, LinkInvalid, read
from matching.domain.introductions.declaring import declare_interests
from matching.enums import AnswerSource, Side
from matching.models import Introduction
from matching.queries.contacts import find_linked_introduction

LINK_DAYS = 120
_CONFLICT = 409


@dataclass(frozen=True)
class Linked:
    """What the token names."""

    token: str
    introduction: Introduction
    side: Side


@never_cache
@form_page
def answer(request: PageRequest, token: str) -> HttpResponse:
    """The request as the asked side reads it; a POST answers it, or declares interests afterwards."""
    try:
        claims = read(token, action="answer", max_age=timedelta(days=LINK_DAYS))
    except LinkExpired as error:
        return _gone(request, _("The link is too old"), str(error), status=error.status)
    except LinkInvalid as error:
        return _gone(request, _("This link does not work"), str(error), status=error.status)
    found = find_linked_introduction(request.hub.pk, claims.get("introduction", ""))
    if found is None or claims.get("side") not in Side.values:
        text = _("What the link led to has been erased, because one of the two has left. Nothing of it is kept.")
        return _gone(request, _("This request is gone"), text, status=410)
    linked = Linked(token, found, Side(claims["side"]))
    if request.method == "POST":
        return _take(request, linked)
    return _show(request, linked, AnswerForm())


def _take(request: PageRequest, linked: Linked) -> HttpResponse:
    """Store what was posted; a second answer is told kindly, and changes nothing."""
    if request.POST.get("act") == "declare":
        return _declare(request, linked)
    form = AnswerForm(request.POST)
    try:
        if form.is_valid():
            say(linked.introduction, form, side=linked.side, actor=None, source=AnswerSource.LINK)
            messages.success(request, thanks(form))
            return redirect("frontend:answer", linked.token)
    except InvalidInput as error:
        form.refuse(error)
    except DomainError as error:
        if error.status != _CONFLICT:
            raise
        messages.info(request, str(error))
        return redirect("frontend:answer", linked.token)
    return _show(request, linked, form, status=422)


def _declare(request: PageRequest, linked: Linked) -> HttpResponse:
    form = InterestsForm(request.POST)
    try:
        if form.is_valid():
            declare_interests(
                linked.introduction,
                side=linked.side,
                actor=None,
                now=timezone.now(),
                source=AnswerSource.LINK,
                **form.cleaned_data,
            )
            messages.success(request, _("Your declaration is kept."))
            return redirect("frontend:answer", linked.token)
    except InvalidInput as error:
        form.refuse(error)
    return _show(request, linked, AnswerForm(), interests=form, status=422)


def _show(
    request: PageRequest,
    linked: Linked,
    form: AnswerForm,
    *,
    interests: InterestsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The question while it can be answered, afterwards what happens next."""
    found, side, now = linked.introduction, linked.side, timezone.now()
    may = possible_for(found, side, now=now)
    context = {
        "introduction": found,
        "other": found.party(other_side(side)),
        "side": side,
        "answer_url": reverse("frontend:answer", args=[linked.token]),
        **asked_context(found),
    }
    if may.answer:
        context |= _question(found, side, form)
        return render(request, "contacts/answer.html", context, status=status)
    context |= {
        "heading": heading_of(found, side),
        "standing": standing_of(found, side, now=now),
        "people": reachable_people(found, other_side(side)) if found.both_consented else None,
        "may_declare": found.both_consented,
        "interests_url": context["answer_url"],
        **interests_context(found, side, interests or InterestsForm()),
    }
    return render(request, "contacts/answered.html", context, status=status)


def _question(found: Introduction, side: Side, form: AnswerForm) -> dict[str, Any]:
    other = found.party(other_side(side))
    if side == Side.SEEKER:
        heading = _("The hub suggests that you talk to %(name)s")
    elif found.seeker_consented_at is None:
        heading = _("The hub suggests that %(name)s talks to you")
    else:
        heading = _("%(name)s asks to talk to you")
    return {
        "heading": heading % {"name": other.name},
        "form": form,
        "card": introduction_card(found, side=side, today=timezone.localdate(), limit=SHORT_CHARACTERS),
    }


def _gone(request: PageRequest, title: str, message: str, *, status: int) -> HttpResponse:
    """A link that leads nowhere: what happened, and how one goes on."""
    advice = _(
        "If you were asked something, sign in with the address that got the mail: every open request stands under "
        "“Contacts”. Or write to the hub."
    )
    context = {"title": title, "message": message, "advice": advice}
    return render(request, "contacts/link_gone.html", context, status=status)
