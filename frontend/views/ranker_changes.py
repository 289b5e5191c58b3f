"""Letting a ranker rank, and going back: one click each, with who, when and why kept."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.forms.insight import PromoteForm, RollBackForm
from frontend.requests import PageRequest
from frontend.views.insight import found_ranker, show_card
from hubs.policies import require_broker
from kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound
from matching.domain.learning.promoting import promote
from matching.domain.learning.rolling_back import roll_back_from
from matching.models import RankerVersion


@login_required
@never_cache
@require_POST
def promote_ranker(request: PageRequest, number: int) -> HttpResponse:
    """Let this ranker order the lists, for the reason that was written.

    Raises:
        NotAllowed: the person does not broker for the hub.
        NotFound: the hub has no ranker of that number.
    """
    require_broker(request.viewer)
    ranker, form = found_ranker(request, number), PromoteForm(request.POST)

    def do() -> str:
        promote(request.viewer, ranker, reason=form.cleaned_data["reason"], now=timezone.now())
        return _("Ranker %(number)d orders the lists from now on.") % {"number": number}

    return _decide(request, ranker, form, do)


@login_required
@never_cache
@require_POST
def roll_back_ranker(request: PageRequest, number: int) -> HttpResponse:
    """Go back from this ranker to the one before it; a second click of the same changes nothing.

    Raises:
        NotAllowed: the person does not broker for the hub.
        NotFound: the hub has no ranker of that number.
    """
    require_broker(request.viewer)
    ranker, form = found_ranker(request, number), RollBackForm(request.POST)

    def do() -> str:
        back = roll_back_from(request.viewer, ranker, reason=form.cleaned_data["reason"], now=timezone.now())
        return _("Ranker %(number)d orders the lists again.") % {"number": back.number}

    return _decide(request, ranker, form, do)


def _decide(
    request: PageRequest, ranker: RankerVersion, form: PromoteForm | RollBackForm, do: Callable[[], str]
) -> HttpResponse:
    """Do it and go to the card, or show the card again with what was refused beside its field.

    What cannot be done now (it ranks already, or no longer) is told on the card and changes nothing.
    """
    if not form.is_valid():
        return show_card(request, ranker, form=form, status=422)
    try:
        messages.success(request, do())
    except InvalidInput as error:
        form.refuse(error)
        return show_card(request, ranker, form=form, status=422)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("frontend:ranker_card", ranker.number)
