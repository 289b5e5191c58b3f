"""Writing a request: the half-written draft is changed, kept, sent, or begun anew from an old one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.forms.bodies import form_page
from frontend.forms.introductions import RequestForm, request_initial
from frontend.introduction_bridge import introduction_card, other_side
from frontend.refusals import REFUSED, refusal_of
from frontend.requests import PageRequest
from frontend.standing import BEING_WRITTEN
from kernel.errors import EditConflict, InvalidInput
from matching.domain.introductions.changing import ask_again
from matching.domain.introductions.drafting import update_draft
from matching.domain.introductions.errors import (
    AlreadyAsked,
    NoveltyNotSecured,
    Paused,
    TooEarlyToAsk,
    WrongState,
)
from matching.domain.introductions.fields import RequestFields
from matching.domain.introductions.opi import STEPS, StepMeaning, before_telling
from matching.domain.introductions.rules import hub_rules, is_screened
from matching.domain.introductions.sending import submit_introduction
from matching.enums import IntroductionState, Purpose, Side, TimelineKind
from matching.models import Introduction
from matching.queries.contacts import find_introduction, side_of


@login_required
@never_cache
@form_page
def edit_introduction(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The half-written request: change it, keep it, or send it.

    Raises:
        NotFound: there is none, or it is not this person's to write.
    """
    found = find_introduction(request.viewer, public_id)
    if found.state not in BEING_WRITTEN or side_of(request.viewer, found) != Side.SEEKER:
        return redirect("frontend:introduction", public_id)
    form = RequestForm(request.POST or None, stored=found, steps=_steps(found), initial=_stored(found))
    if request.method != "POST":
        return _show_form(request, found, form)
    try:
        if form.is_valid():
            return _save(request, found, form)
    except (InvalidInput, NoveltyNotSecured) as error:
        form.refuse(InvalidInput(error.message, **error.details))
    except WrongState:
        return redirect("frontend:introduction", public_id)
    except EditConflict as conflict:
        now_stored = find_introduction(request.viewer, public_id)
        differences = form.differences(_stored(now_stored))
        form.take_version(now_stored.version)
        return _show_form(request, now_stored, form, status=409, conflict=conflict, differences=differences)
    except REFUSED as error:
        refusal = refusal_of(error, request.viewer, seeker=found.seeker, receiver=found.receiver, purpose=found.purpose)
        return _show_form(request, found, form, status=error.status, refusal=refusal)
    return _show_form(request, found, form, status=422)


def _save(request: PageRequest, found: Introduction, form: RequestForm) -> HttpResponse:
    """Keep what was written, and send it if that was the button; a refusal keeps it all the same."""
    written = dict(form.cleaned_data)
    version = written.pop("version")
    saved = update_draft(found, viewer=request.viewer, version=version, fields=RequestFields(**written))
    form.take_version(saved.version)
    if request.POST.get("go") != "send":
        messages.success(request, _("Saved. Nobody else sees it before you send it."))
        return redirect("frontend:contacts")
    sent = submit_introduction(saved, viewer=request.viewer, now=timezone.now())
    if sent.state == IntroductionState.SCREENING:
        messages.success(request, _("Handed in. A facilitator of the hub reads it first."))
    else:
        messages.success(request, _("Sent. You see here when they answer, and get it by mail."))
    return redirect("frontend:introduction", found.public_id)


@login_required
@require_POST
def ask_again_page(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A new draft with the words of the old request."""
    found = find_introduction(request.viewer, public_id)
    try:
        draft = ask_again(found, viewer=request.viewer, now=timezone.now())
    except (WrongState, TooEarlyToAsk, AlreadyAsked, Paused) as error:
        messages.info(request, str(error))
        return redirect("frontend:introduction", public_id)
    return redirect("frontend:edit_introduction", draft.public_id)


def _steps(found: Introduction) -> dict[str, StepMeaning]:
    """The steps of the ladder where they mean something: experience is exchanged without any tender."""
    return {} if found.purpose == Purpose.ERFA else dict(STEPS)


def _stored(found: Introduction) -> dict[str, Any]:
    quote = next((each for each in found.quotes.all() if each.side == Side.SEEKER), None)
    return request_initial(found, quote.text if quote else "")


def _question(found: Introduction) -> str:
    """What the facilitator asked who sent it back."""
    asked = [entry.text for entry in found.timeline.all() if entry.kind == TimelineKind.RETURNED]
    return asked[-1] if asked and found.state == IntroductionState.RETURNED else ""


def _show_form(
    request: PageRequest, found: Introduction, form: RequestForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {
        "introduction": found,
        "other": found.party(other_side(Side.SEEKER)),
        "form": form,
        "card": introduction_card(found, side=Side.SEEKER, today=timezone.localdate()),
        "question": _question(found),
        "before_telling": before_telling(found),
        "answer_days": hub_rules(request.hub.pk).answer_days,
        "is_screened": is_screened(found),
        **context,
    }
    return render(request, "contacts/edit.html", shown, status=status)
