"""My profile: what an organisation says of itself, changed by its own people and the hub's facilitators."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.forms.bodies import form_page
from frontend.forms.plain import PlainForm
from frontend.forms.profiles import OrganisationForm, ProfileForm, organisation_initial, profile_initial
from frontend.forms.statements import StatementForm, statement_initial
from frontend.requests import PageRequest
from hubs.policies import Action, owns, require
from kernel.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from profiles.domain.profiles import update_organisation, update_profile
from profiles.domain.statements import add_statement, remove_statement, update_statement
from profiles.domain.stored_fields import profile_fields
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.queries import find_profile, find_statement, own_profiles


@login_required
@never_cache
@require_safe
def my_profile(request: PageRequest) -> HttpResponse:
    """The person's profile; a choice when there are several, the first steps when there is none."""
    profiles = list(own_profiles(request.viewer))
    if not profiles:
        return redirect("frontend:onboarding")
    if len(profiles) == 1:
        return redirect("frontend:edit_profile", profiles[0].slug)
    return render(request, "editing/my_profiles.html", {"profiles": profiles})


@login_required
@never_cache
@require_safe
def edit_profile(request: PageRequest, slug: str) -> HttpResponse:
    """Everything the profile says, each part with its own way to change it."""
    profile = _editable(request, slug)
    kinds = (
        (StatementKind.ABOUT, _("What we are")),
        (StatementKind.OFFER, _("What we offer")),
        (StatementKind.NEED, _("What we need")),
    )
    texts = [(kind.value, title, [each for each in _readable(profile) if each.kind == kind]) for kind, title in kinds]
    context = {
        "profile": profile,
        "texts": texts,
        "is_own": owns(request.viewer, profile),
        "today": timezone.localdate(),
    }
    return render(request, "editing/profile.html", context)


@login_required
@never_cache
@form_page
def edit_details(request: PageRequest, slug: str) -> HttpResponse:
    """Place, themes, keywords, languages, visibility."""
    profile = _editable(request, slug)
    form = ProfileForm(request.POST or None, kind=profile.kind, initial=profile_initial(profile))

    def save() -> None:
        version = form.cleaned_data["version"]
        update_profile(profile, viewer=request.viewer, version=version, fields=form.fields_for(profile))

    return _save_or_show(request, profile, form, save, template="editing/details.html", stored=form.initial)


@login_required
@never_cache
@form_page
def edit_organisation(request: PageRequest, slug: str) -> HttpResponse:
    """The organisation behind the profile; only its own people change it."""
    profile = _editable(request, slug)
    if not owns(request.viewer, profile):
        raise NotAllowed(_("Only the organisation itself may change this."))
    organisation = profile.organisation
    form = OrganisationForm(request.POST or None, kind=profile.kind, initial=organisation_initial(organisation))

    def save() -> None:
        version = form.cleaned_data["version"]
        fields = form.fields_for(organisation)
        update_organisation(organisation, viewer=request.viewer, version=version, fields=fields)

    return _save_or_show(request, profile, form, save, template="editing/organisation.html", stored=form.initial)


@login_required
@require_POST
def pause_profile(request: PageRequest, slug: str) -> HttpResponse:
    """Take the profile out of search and suggestions, or put it back: one click."""
    profile = _editable(request, slug)
    fields = replace(profile_fields(profile), is_paused=request.POST.get("paused") == "yes")
    update_profile(profile, viewer=request.viewer, version=profile.version, fields=fields)
    if fields.is_paused:
        messages.success(request, _("The profile is paused: nobody finds it until you open it again."))
    else:
        messages.success(request, _("The profile is open again."))
    return redirect("frontend:edit_profile", profile.slug)


@login_required
@never_cache
@require_safe
def write_need(request: PageRequest) -> HttpResponse:
    """From words that found nobody to a need of one's own, which others find; the first steps without a profile."""
    profile = own_profiles(request.viewer).first()
    if profile is None:
        return redirect("frontend:onboarding")
    words = {"kind": StatementKind.NEED.value, "text": request.GET.get("text", "")}
    return redirect(f"{reverse('frontend:new_statement', args=[profile.slug])}?{urlencode(words)}")


@login_required
@never_cache
@form_page
def new_statement(request: PageRequest, slug: str) -> HttpResponse:
    """Add an offer, a need or the text about the profile."""
    profile = _editable(request, slug)
    initial = {
        "kind": request.GET.get("kind", StatementKind.NEED.value),
        "text": request.GET.get("text", ""),
        "language": get_language(),
        "visibility": profile.visibility,
    }
    form = StatementForm(request.POST or None, may_be_about=not _has_about(profile), initial=initial)

    def save() -> None:
        add_statement(profile, viewer=request.viewer, fields=form.statement_fields())

    return _save_or_show(request, profile, form, save, template="editing/statement.html")


@login_required
@never_cache
@form_page
def edit_statement(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change one text."""
    profile = _editable(request, slug)
    statement = _statement_of(request, profile, public_id)
    is_about = statement.kind == StatementKind.ABOUT
    form = StatementForm(
        request.POST or None,
        may_be_about=is_about or not _has_about(profile),
        initial=statement_initial(statement),
    )

    def save() -> None:
        version = form.cleaned_data["version"] or 0
        update_statement(statement, viewer=request.viewer, version=version, fields=form.statement_fields())

    return _save_or_show(
        request, profile, form, save,
        template="editing/statement.html", stored=form.initial, statement=statement,
    )  # fmt: skip


@login_required
@never_cache
@form_page
def remove_statement_page(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Ask once, then remove."""
    profile = _editable(request, slug)
    statement = _statement_of(request, profile, public_id)
    if request.method != "POST":
        return render(request, "editing/remove_statement.html", {"profile": profile, "statement": statement})
    remove_statement(statement, viewer=request.viewer)
    messages.success(request, _("The text is removed."))
    return redirect("frontend:edit_profile", profile.slug)


def _editable(request: PageRequest, slug: str) -> Profile:
    """The profile, if the viewer may see it and may change it."""
    profile = find_profile(request.viewer, slug, today=timezone.localdate())
    require(request.viewer, Action.EDIT, profile)
    return profile


def _readable(profile: Profile) -> list[Statement]:
    return list(getattr(profile, "readable_statements", ()))


def _has_about(profile: Profile) -> bool:
    return any(each.kind == StatementKind.ABOUT for each in _readable(profile))


def _statement_of(request: PageRequest, profile: Profile, public_id: UUID) -> Statement:
    statement = find_statement(request.viewer, public_id, today=timezone.localdate())
    if statement.profile_id != profile.pk:
        raise NotFound(_("We cannot find that text in this profile."))
    require(request.viewer, Action.EDIT, statement)
    return statement


def _save_or_show(
    request: PageRequest,
    profile: Profile,
    form: PlainForm,
    save: Callable[[], None],
    *,
    template: str,
    stored: Mapping[str, Any] | None = None,
    **context: Any,
) -> HttpResponse:
    """Save what is valid and go back to the profile; else show all that was typed, and what is wrong."""
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                save()
                messages.success(request, _("Saved."))
                return redirect("frontend:edit_profile", profile.slug)
            status = 422
        except InvalidInput as error:
            form.refuse(error)
            status = 422
        except EditConflict as conflict:
            status = 409
            context |= {"conflict": conflict, "differences": form.differences(stored or {})}
            form.take_version((stored or {})["version"])
    return render(request, template, {"profile": profile, "form": form, **context}, status=status)
