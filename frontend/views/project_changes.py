"""Changing a room: what it says, which parts it needs, its stage, its money, its end."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.form_pages import FormPage, do_or_tell, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.plain import PlainForm
from frontend.forms.projects import (
    EndForm,
    FundingForm,
    PartsForm,
    ProjectForm,
    StageForm,
    parts_initial,
    project_initial,
)
from frontend.requests import PageRequest
from hubs.policies import require_steering
from matching.domain.projects.roles import set_parts
from matching.domain.projects.rooms import (
    end_project,
    move_stage,
    record_funding,
    resume_project,
    stall_project,
    update_project,
)
from matching.enums import ProjectState
from matching.models.projects import Project
from matching.queries.projects import find_project


@login_required
@never_cache
@form_page
def edit_project(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Name and idea."""
    project = steered(request, public_id)
    form = ProjectForm(request.POST or None, initial=project_initial(project))

    def save() -> None:
        update_project(project, viewer=request.viewer, version=seen(form), fields=form.project_fields())

    page = page_of(
        project, _("Change the project"), _("The idea is what we search with, so keep it up to date."), _("Save")
    )
    return save_or_show(request, form, page, save, saved=_("Saved."), stored=form.initial)


@login_required
@never_cache
@form_page
def edit_parts(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Which parts are needed, and what each should bring."""
    project = steered(request, public_id)
    form = PartsForm(request.POST or None, initial=parts_initial(project))

    def save() -> None:
        set_parts(project, viewer=request.viewer, version=seen(form), wanted=form.wanted())

    page = page_of(
        project,
        _("Parts of the project"),
        _("Who must be at the table, and what each should bring. We look for those who are missing."),
        _("Save"),
    )
    return save_or_show(request, form, page, save, saved=_("Saved."), stored=form.initial)


@login_required
@never_cache
@form_page
def edit_stage(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Go on to another stage."""
    project = steered(request, public_id)
    form = StageForm(request.POST or None, initial={"stage": project.stage, "version": project.version})

    def save() -> None:
        move_stage(project, viewer=request.viewer, version=seen(form), stage=form.cleaned_data["stage"])

    page = page_of(
        project, _("Where is the project now?"), _("Some stages come after a gate, which is decided first."), _("Save")
    )
    return save_or_show(request, form, page, save, saved=_("Saved."), stored=form.initial)


@login_required
@never_cache
@form_page
def edit_funding(request: PageRequest, public_id: UUID) -> HttpResponse:
    """What has been raised."""
    project = steered(request, public_id)
    form = FundingForm(request.POST or None, initial={"funding_dkk": project.funding_dkk, "version": project.version})

    def save() -> None:
        amount = form.cleaned_data["funding_dkk"]
        record_funding(project, viewer=request.viewer, version=seen(form), funding_dkk=amount)

    page = page_of(project, _("Funding raised"), _("The hub reports the sum of all projects, never yours."), _("Save"))
    return save_or_show(request, form, page, save, saved=_("Saved."), stored=form.initial)


@login_required
@never_cache
@form_page
def end_room(request: PageRequest, public_id: UUID) -> HttpResponse:
    """End the project, with what it leaves."""
    project = steered(request, public_id)
    form = EndForm(request.POST or None, initial={"version": project.version, "learned": project.learned})

    def save() -> None:
        written = form.cleaned_data
        end_project(
            project, viewer=request.viewer, version=seen(form), state=written["state"],
            learned=written["learned"], today=timezone.localdate(),
        )  # fmt: skip

    page = page_of(
        project,
        _("End the project"),
        _("The room stays and can be read; nothing is changed in it any more. To pause, choose “Stalled” instead."),
        _("End the project"),
        is_grave=True,
    )
    return save_or_show(request, form, page, save, saved="", stored={**form.initial, "state": ""})


@login_required
@require_POST
def pause_room(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Say that the project is stalled, or take it up again."""
    project = steered(request, public_id)
    stalls = request.POST.get("state") == ProjectState.STALLED
    version = read_version(request.POST)

    def do() -> str:
        if stalls:
            stall_project(project, viewer=request.viewer, version=version)
            return _("The project is marked as stalled. Take it up again when something moves.")
        resume_project(project, viewer=request.viewer, version=version)
        return _("The project runs again.")

    return do_or_tell(request, do, back=reverse("frontend:project", args=[public_id]))


def steered(request: PageRequest, public_id: UUID) -> Project:
    """The room, if the viewer may change it.

    Raises:
        NotFound, NotAllowed
    """
    project = find_project(request.viewer, public_id)
    require_steering(request.viewer, project)
    return project


def seen(form: PlainForm) -> int:
    """The version that the editor saw; a form without one saw none."""
    return form.cleaned_data.get("version") or 0


def read_version(posted: Mapping[str, Any]) -> int:
    """The version that a button stood beside; what is no number is none."""
    written = str(posted.get("version", ""))
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def page_of(project: Project, title: str, lead: str, submit: str, *, is_grave: bool = False) -> FormPage:
    """What stands around a form about the room."""
    return FormPage(
        title=title, lead=lead, submit=submit, back=reverse("frontend:project", args=[project.public_id]),
        back_label=project.name, is_grave=is_grave,
    )  # fmt: skip
