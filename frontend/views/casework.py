"""What a facilitator does with one contact: take it on, note, hand over, record an answer told by phone."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.form_pages import do_or_tell
from frontend.forms.bodies import form_page
from frontend.forms.desk import HandOverForm
from frontend.forms.introductions import AnswerForm
from frontend.introduction_bridge import introduction_card, other_side
from frontend.introduction_page import asked_context
from frontend.requests import PageRequest
from frontend.views.introduction import say
from hubs.models import User
from hubs.policies import require_broker
from kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound
from matching.domain.introductions.brokering import hand_over, step_in
from matching.domain.introductions.changing import add_note
from matching.domain.introductions.sending import asked_sides
from matching.enums import ANSWERABLE_STATES, AnswerSource, Side
from matching.models import Introduction
from matching.queries.contacts import find_introduction
from matching.queries.desk import colleagues_of


@login_required
@require_POST
def take_case(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Step in: from now on it is this facilitator's case, and both sides see that."""
    found = _found(request, public_id)

    def do() -> str:
        step_in(found, viewer=request.viewer, now=timezone.now())
        return _("The case is yours. Both sides see that a facilitator is there.")

    return do_or_tell(request, do, back=_address(public_id))


@login_required
@require_POST
def note(request: PageRequest, public_id: UUID) -> HttpResponse:
    """A note that only the hub's staff reads."""
    found = _found(request, public_id)

    def do() -> str:
        text = request.POST.get("text", "")
        add_note(found, viewer=request.viewer, text=text, staff_only=True, now=timezone.now())
        return _("Noted. Only the hub's staff reads it.")

    return do_or_tell(request, do, back=_address(public_id))


@login_required
@require_POST
def hand_over_one(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Give this case to a colleague."""
    found = _found(request, public_id)
    form = HandOverForm(request.POST, colleagues=colleagues_of(request.viewer))

    def do() -> str:
        if not form.is_valid():
            raise InvalidInput(_("Choose a facilitator or administrator of this hub."))
        note = form.cleaned_data["note"]
        hand_over(request.viewer, to=form.colleague, introductions=[found], note=note, now=timezone.now())
        return _("%(name)s has taken over the case.") % {"name": str(form.colleague)}

    return do_or_tell(request, do, back=_address(public_id))


@login_required
@never_cache
@form_page
def answer_by_phone(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Record what a side said on the telephone; marked as such on the timeline by whose hand it is.

    Raises:
        NotAllowed: the reader does not broker for the hub.
        NotFound: there is none in this hub.
    """
    found = _found(request, public_id)
    waiting = asked_sides(found) if found.state in ANSWERABLE_STATES else ()
    if not waiting and request.method != "POST":
        messages.info(request, _("Nobody's answer is missing here."))
        return redirect("frontend:introduction", public_id)
    side = _chosen_side(request, waiting or tuple(Side.values))
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                say(found, form, side=side, actor=cast("User", request.user), source=AnswerSource.PHONE)
                text = _("The answer of %(name)s is recorded.")
                messages.success(request, text % {"name": found.party(side).name})
                return redirect("frontend:introduction", public_id)
        except InvalidInput as error:
            form.refuse(error)
        except (NotAllowed, NotFound):
            raise
        except DomainError as error:
            messages.info(request, str(error))
            return redirect("frontend:introduction", public_id)
    return render(request, "desk/answer_by_phone.html", _answer_context(found, form, side, waiting), status=status)


def _answer_context(found: Introduction, form: AnswerForm, side: Side, waiting: tuple[str, ...]) -> dict[str, object]:
    address = reverse("frontend:answer_by_phone", args=[found.public_id])
    return {
        "introduction": found,
        "form": form,
        "own": found.party(side),
        "other": found.party(other_side(side)),
        "sides": [(each, found.party(each)) for each in waiting],
        "side": side,
        "answer_url": f"{address}?side={side.value}",
        "card": introduction_card(found, side=side, today=timezone.localdate(), by_name=True),
        "people": found.party(side).organisation.affiliations.filter(user__is_active=True).select_related("user"),
        **asked_context(found),
    }


def _chosen_side(request: PageRequest, sides: tuple[str, ...]) -> Side:
    named = request.GET.get("side", "")
    return Side(named if named in sides else sides[0])


def _found(request: PageRequest, public_id: UUID) -> Introduction:
    require_broker(request.viewer)
    return find_introduction(request.viewer, public_id)


def _address(public_id: UUID) -> str:
    return reverse("frontend:introduction", args=[public_id])
