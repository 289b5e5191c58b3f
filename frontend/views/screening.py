"""Screening: the request as the asked side would read it, sixteen criteria, passed on or sent back with a question."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from frontend.forms.bodies import form_page
from frontend.forms.desk import ScreeningForm
from frontend.introduction_bridge import introduction_card
from frontend.introduction_page import asked_context, timeline_rows
from frontend.requests import PageRequest
from hubs.policies import require_broker
from kernel.errors import InvalidInput
from matching.domain.introductions.errors import CapReached, Paused, WrongState
from matching.domain.introductions.screening import screen_introduction
from matching.enums import IntroductionState, Side
from matching.models import Introduction
from matching.queries.contacts import find_introduction


@login_required
@never_cache
@form_page
def screen(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Read a request that waits, mark it, and decide.

    Raises:
        NotAllowed: the reader does not broker for the hub.
        NotFound: there is none in this hub.
    """
    require_broker(request.viewer)
    found = find_introduction(request.viewer, public_id)
    if found.state != IntroductionState.SCREENING:
        messages.info(request, _("This request is no longer waiting to be read: somebody has decided already."))
        return redirect("frontend:introduction", public_id)
    stored = dict(found.screenings.values_list("criterion", "mark"))
    form = ScreeningForm(request.POST or None, stored=stored)
    if request.method != "POST":
        return _page(request, found, form)
    decision = request.POST.get("decision", "")
    if decision not in {"pass", "back"}:
        raise InvalidInput(_("Choose one of the answers shown."))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    return _decide(request, found, form, passes=decision == "pass")


def _decide(request: PageRequest, found: Introduction, form: ScreeningForm, *, passes: bool) -> HttpResponse:
    note = form.cleaned_data["note"]
    try:
        screen_introduction(
            found, viewer=request.viewer, marks=form.marks(), passes=passes, note=note, now=timezone.now()
        )
    except InvalidInput as error:
        form.refuse(error)
        return _page(request, found, form, status=422)
    except (CapReached, Paused) as error:
        form.add_error(None, str(error))
        return _page(request, found, form, status=error.status)
    except WrongState as error:
        messages.info(request, str(error))
        return redirect("frontend:introduction", found.public_id)
    text = _("Passed on to %(name)s, who gets it by mail.") if passes else _("Sent back with your question.")
    messages.success(request, text % {"name": found.receiver.name} if passes else text)
    return redirect("frontend:desk")


def _page(request: PageRequest, found: Introduction, form: ScreeningForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "introduction": found,
        "card": introduction_card(found, side=Side.RECEIVER, today=timezone.localdate()),
        "timeline": timeline_rows(found, None, is_broker=True),
        **asked_context(found),
    }
    return render(request, "desk/screen.html", context, status=status)
