"""Settings: what the hub's people can set, the hub's rules, and the rules of contact that a profile sets for itself."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.form_pages import FormPage, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.desk import ContactRulesForm, HubRulesForm
from frontend.requests import PageRequest
from hubs.policies import Action, may_broker, may_set_hub_rules, require, require_reading_hub
from matching.domain.introductions.rules import contact_rules, hub_rules, set_contact_rules, set_hub_rules
from profiles.queries import find_profile


@dataclass(frozen=True)
class SettingsPage:
    """One thing that can be set."""

    title: str
    text: str
    url: str
    icon: str


@login_required
@never_cache
@require_safe
def settings_index(request: PageRequest) -> HttpResponse:
    """What there is to set for this reader.

    Raises:
        NotAllowed: the reader does not work for the hub.
    """
    require_reading_hub(request.viewer)
    rules = SettingsPage(
        _("How contacts are made"),
        _("Days to answer, open requests, screening, and places for trying out."),
        reverse("frontend:hub_rules"),
        "scale",
    )
    pages = [rules, *(_brokers_pages() if may_broker(request.viewer) else ())]
    return render(request, "desk/settings.html", {"pages": pages})


def _brokers_pages() -> tuple[SettingsPage, ...]:
    questions = SettingsPage(
        _("The hub’s own questions"),
        _("What is asked at every follow-up besides the core questions."),
        reverse("frontend:hub_questions"),
        "message-square",
    )
    weights = _address("ranker_weights")
    if not weights:
        return (questions,)
    ranker = SettingsPage(
        _("What the ranking believes"),
        _("The expert's weights with their reasons, and what each outcome is worth to the hub."),
        weights,
        "sliders-horizontal",
    )
    return (questions, ranker)


def _address(name: str) -> str:
    """The address of a page that another part of the site may bring; empty where it is not there."""
    try:
        return reverse(f"frontend:{name}")
    except NoReverseMatch:
        return ""


@login_required
@never_cache
@form_page
def hub_rules_page(request: PageRequest) -> HttpResponse:
    """The hub's rules: read by all who work for it, changed by its administrators.

    Raises:
        NotAllowed: the reader does not work for the hub, or changes what is not theirs to change.
    """
    require_reading_hub(request.viewer)
    rules = hub_rules(request.hub.pk)
    names = ("answer_days", "open_requests", "screens_all", "explored_places")
    form = HubRulesForm(request.POST or None, initial={name: getattr(rules, name) for name in names})
    may_change = may_set_hub_rules(request.viewer)
    if not may_change and request.method != "POST":
        return render(request, "desk/hub_rules.html", {"form": form, "rules": rules})

    def save() -> None:
        set_hub_rules(request.viewer, **form.cleaned_data)

    page = FormPage(
        title=_("How contacts are made"),
        lead=_("These rules hold for the whole hub, from the moment you save them."),
        submit=_("Save"),
        back=reverse("frontend:settings"),
        back_label=_("Settings"),
        keeps_draft=False,
    )
    return save_or_show(request, form, page, save, saved=_("Saved."))


@login_required
@never_cache
@form_page
def contact_rules_page(request: PageRequest, slug: str) -> HttpResponse:
    """How much contact a profile takes: set by its own people, or a facilitator for them.

    Raises:
        NotFound: there is no such profile, or it is not open to the person.
        NotAllowed: the person does not speak for it.
    """
    profile = find_profile(request.viewer, slug, today=timezone.localdate())
    require(request.viewer, Action.EDIT, profile)
    rules = contact_rules(profile)
    initial = {"monthly_cap": rules.monthly_cap, "wants_screening": rules.wants_screening}
    form = ContactRulesForm(request.POST or None, initial=initial)

    def save() -> None:
        set_contact_rules(profile, viewer=request.viewer, **form.cleaned_data)

    page = FormPage(
        title=_("How much contact you take"),
        lead=_("You decide how often you are asked. It holds for everybody, also for what the hub proposes."),
        submit=_("Save"),
        back=reverse("frontend:edit_profile", args=[profile.slug]),
        back_label=profile.name,
        keeps_draft=False,
    )
    return save_or_show(request, form, page, save, saved=_("Saved."))
