"""A first profile in three short steps; nothing is public before the last one, nothing typed is lost before.

What was typed waits in the session. The steps check with the domain's own fields: the end is no surprise.
"""

from dataclasses import dataclass, replace
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.forms.bodies import form_page
from frontend.forms.onboarding import AboutUsForm, NeedForm, OfferForm, ShortStatementForm
from frontend.forms.plain import PlainForm
from frontend.requests import PageRequest
from hubs.models import User
from kernel.errors import InvalidInput
from profiles.domain.profiles import create_profile
from profiles.domain.statements import add_statement
from profiles.models import Profile
from profiles.queries import find_organisation

DRAFT = "onboarding"
# Where somebody was going who had to write a profile first.
GOES_ON = "after_onboarding"
MAX_DRAFT_CHARACTERS = 120_000


@dataclass(frozen=True)
class Step:
    """One page of the three."""

    name: str
    title: Promise
    form: type[PlainForm]


STEPS = (
    Step("about", gettext_lazy("What we are"), AboutUsForm),
    Step("offer", gettext_lazy("What we offer"), OfferForm),
    Step("need", gettext_lazy("What we need"), NeedForm),
)


@login_required
@never_cache
@require_safe
def start(request: PageRequest) -> HttpResponse:
    """Where the person left off; those who speak for somebody already have a profile to edit."""
    if request.viewer.organisation_ids:
        return redirect("frontend:my_profile")
    draft = _draft(request)
    waiting = next((step for step in STEPS if step.name not in draft), STEPS[-1])
    return redirect("frontend:onboarding_step", waiting.name)


@login_required
@never_cache
@form_page
def show_step(request: PageRequest, name: str) -> HttpResponse:
    """One step: keep what was typed, check it, go on or back."""
    if request.viewer.organisation_ids:
        return redirect("frontend:my_profile")
    number = next((index for index, each in enumerate(STEPS) if each.name == name), None)
    if number is None:
        raise Http404
    if number and STEPS[0].name not in _draft(request):
        return redirect("frontend:onboarding_step", STEPS[0].name)
    if request.method != "POST":
        return _show(request, number, _form(number, _kept(request, number)))
    _keep(request, number)
    if request.POST.get("go") == "back" and number:
        return redirect("frontend:onboarding_step", STEPS[number - 1].name)
    form = _form(number, request.POST)
    if not _passes(request, form):
        return _show(request, number, form, status=422)
    if number + 1 < len(STEPS):
        return redirect("frontend:onboarding_step", STEPS[number + 1].name)
    return _finish(request)


def _passes(request: PageRequest, form: PlainForm) -> bool:
    """Whether the form and the domain's rules for its fields agree with what was typed."""
    if not form.is_valid():
        return False
    try:
        if isinstance(form, AboutUsForm):
            _check_about(request, form)
        elif isinstance(form, ShortStatementForm) and not form.is_empty:
            form.statement_fields().cleaned()
    except InvalidInput as error:
        form.refuse(error)
    return not form.errors


def _check_about(request: PageRequest, form: AboutUsForm) -> None:
    name = form.organisation_fields().cleaned()["name"]
    if found := find_organisation(request.hub.pk, name):
        raise InvalidInput(
            _(
                "“%(name)s” is here already. If it is yours, ask a colleague who edits it, or the hub, to "
                "let you edit it too. If yours is another one, write its full name."
            )
            % {"name": found.name},
            field="organisation",
        )
    form.profile_fields().cleaned()
    form.statement_fields().cleaned()


def _finish(request: PageRequest) -> HttpResponse:
    """Publish the three steps together, or go back to the one that no longer holds."""
    about, offer, need = (_form(number, _kept(request, number)) for number in range(len(STEPS)))
    for number, form in enumerate((about, offer, need)):
        if not _passes(request, form):
            return _show(request, number, form, status=422)
    texts = [form for form in (offer, need) if isinstance(form, ShortStatementForm) and not form.is_empty]
    if not texts:
        need.add_error("text", _("Write an offer or a need: without one, nobody can be found for you."))
        return _show(request, len(STEPS) - 1, need, status=422)
    try:
        profile = _publish(request, about, texts)
    except InvalidInput as error:
        about.refuse(error)
        return _show(request, 0, about, status=422)
    del request.session[DRAFT]
    messages.success(request, _("Your profile is open: others can find it now."))
    goes_on: dict[str, str] = request.session.pop(GOES_ON, {})
    if goes_on.get("hub") == request.hub.slug:
        return redirect(goes_on["address"])
    return redirect("frontend:for_profile", profile.slug)


def go_on_after_onboarding(request: PageRequest, address: str) -> HttpResponse:
    """To the first steps, and from the last one to that address of ours."""
    request.session[GOES_ON] = {"hub": request.hub.slug, "address": address}
    return redirect("frontend:onboarding")


@transaction.atomic
def _publish(request: PageRequest, about: AboutUsForm, texts: list[ShortStatementForm]) -> Profile:
    """All or nothing: a profile without its texts would be found by nobody."""
    profile = create_profile(
        request.hub,
        viewer=request.viewer,
        user=cast("User", request.user),
        organisation=about.organisation_fields(),
        fields=about.profile_fields(),
    )
    viewer = replace(request.viewer, organisation_ids=frozenset({profile.organisation_id}))
    forms: list[AboutUsForm | ShortStatementForm] = [about, *texts]
    for form in forms:
        add_statement(profile, viewer=viewer, fields=form.statement_fields())
    return profile


def _show(request: PageRequest, number: int, form: PlainForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "steps": STEPS,
        "step": STEPS[number],
        "number": number + 1,
        "is_last": number + 1 == len(STEPS),
        "goes_on_to_event": "/register/" in request.session.get(GOES_ON, {}).get("address", ""),
    }
    return render(request, "onboarding/step.html", context, status=status)


def _form(number: int, data: QueryDict | None) -> Any:
    return STEPS[number].form(data)


def _draft(request: PageRequest) -> dict[str, str]:
    """What was typed, by step, each as an encoded query; another hub's draft does not count."""
    draft = request.session.get(DRAFT, {})
    return draft if draft.get("hub") == request.hub.slug else {"hub": request.hub.slug}


def _kept(request: PageRequest, number: int) -> QueryDict | None:
    encoded = _draft(request).get(STEPS[number].name)
    return None if encoded is None else QueryDict(encoded)


def _keep(request: PageRequest, number: int) -> None:
    """Keep what was typed, right or wrong; only what is far beyond any limit is not worth a session."""
    data = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "go"):
        data.pop(name, None)
    if sum(len(value) for value in data.values()) <= MAX_DRAFT_CHARACTERS:
        request.session[DRAFT] = {**_draft(request), STEPS[number].name: data.urlencode()}
