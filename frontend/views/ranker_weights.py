"""What the ranking believes beforehand: the expert's weights and the worth of outcomes, read and set by the hub."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.form_pages import FormPage, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.insight import RungValueForm, WeightForm
from frontend.ranker_words import stage_words, stages_in_words
from frontend.requests import PageRequest
from frontend.weights_page import WeightInForce, rungs_in_force, stage_weights
from hubs.policies import may_set_weights, require_reading_hub, require_setting_weights
from kernel.errors import NotFound
from matching.domain.learning.priors import edit_prior, value_rung
from matching.engine.priors import ACCEPTS, STAGES
from matching.enums import RankerState
from matching.queries.rankers import ranker_standing


@login_required
@never_cache
@require_safe
def ranker_weights(request: PageRequest) -> HttpResponse:
    """The weights of one stage with their reasons, and what each outcome is worth.

    Raises:
        NotAllowed: the reader does not work for the hub.
    """
    require_reading_hub(request.viewer)
    asked = request.GET.get("stage", "")
    stage = asked if asked in STAGES else ACCEPTS
    context = {
        "stage": stage_weights(request.hub.pk, stage),
        "stages": stages_in_words(stage),
        "rungs": rungs_in_force(request.hub.pk),
        "may_weigh": may_set_weights(request.viewer),
    }
    return render(request, "insight/weights.html", context)


@login_required
@never_cache
@form_page
def edit_weight(request: PageRequest, stage: str, feature: str) -> HttpResponse:
    """Set one weight of the hub with its reason, or take the expert's again.

    Raises:
        NotAllowed: the person does not administer the hub.
        NotFound: there is no such stage or feature.
    """
    require_setting_weights(request.viewer)
    row = _row(request, stage, feature)
    initial = {"mean": _written(row.own), "reason": row.reason} if row.is_edited else {}
    form = WeightForm(request.POST or None, initial=initial)

    def save() -> None:
        edit_prior(request.viewer, stage=stage, feature=feature, now=timezone.now(), **form.cleaned_data)

    told = {"stage": stage_words(stage).label, "weight": _written(row.expert)}
    page = FormPage(
        title=row.label,
        lead=f"{row.meaning} " + _("At the stage “%(stage)s” the expert's weight is %(weight)s.") % told,
        submit=_("Save"),
        back=reverse("frontend:ranker_weights") + f"?stage={stage}",
        back_label=_("What the ranking believes"),
    )
    return save_or_show(request, form, page, _telling(request, save), saved="")


@login_required
@never_cache
@form_page
def edit_rung_value(request: PageRequest, rung: str) -> HttpResponse:
    """Set what an outcome is worth to the hub, or take the usual worth again.

    Raises:
        NotAllowed: the person does not administer the hub.
        NotFound: there is no such outcome.
    """
    require_setting_weights(request.viewer)
    row = next((each for each in rungs_in_force(request.hub.pk) if each.code == rung), None)
    if row is None:
        raise NotFound(_("There is no such outcome. Choose one of the list."))
    initial = {"value": _written(row.own)} if row.own != row.usual else {}
    form = RungValueForm(request.POST or None, initial=initial)

    def save() -> None:
        value_rung(request.viewer, rung=rung, now=timezone.now(), **form.cleaned_data)

    page = FormPage(
        title=row.label,
        lead=_("What it is worth to the hub that a contact comes to this. Usually it is %(value)s.")
        % {"value": _written(row.usual)},
        submit=_("Save"),
        back=reverse("frontend:ranker_weights") + "#values",
        back_label=_("What the ranking believes"),
    )
    return save_or_show(request, form, page, _telling(request, save), saved="")


def _row(request: PageRequest, stage: str, feature: str) -> WeightInForce:
    rows = stage_weights(request.hub.pk, stage).rows if stage in STAGES else ()
    row = next((each for each in rows if each.name == feature), None)
    if row is None:
        raise NotFound(_("There is no such feature. Choose one of the list."))
    return row


def _telling(request: PageRequest, save: Callable[[], None]) -> Callable[[], None]:
    """Save, and say whether it holds at once or from the next ranker on."""

    def save_and_tell() -> None:
        before = ranker_standing(request.hub.pk, RankerState.CHAMPION)
        save()
        after = ranker_standing(request.hub.pk, RankerState.CHAMPION)
        if after == before:
            said = _("Saved. The next ranker that is trained knows it; lists change when that one ranks.")
        else:
            said = _("Saved. It holds at once, since the hub has learnt nothing yet.")
        messages.success(request, said)

    return save_and_tell


def _written(number: float) -> str:
    """A number as a person would type it in the page's language."""
    return number_format(f"{number:g}", use_l10n=True)
