"""Milestones and gates of a project."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.form_pages import do_or_tell, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.projects import GateForm, MilestoneForm
from frontend.requests import PageRequest
from frontend.views.project_changes import page_of, steered
from kernel.errors import NotFound
from matching.domain.projects.gates import STAGE_BEHIND, decide_gate
from matching.domain.projects.milestones import add_milestone, mark_milestone, remove_milestone
from matching.enums import Proof
from matching.queries.projects import find_milestone


@login_required
@never_cache
@form_page
def new_milestone(request: PageRequest, public_id: UUID) -> HttpResponse:
    """What will be done by which day."""
    project = steered(request, public_id)
    form = MilestoneForm(request.POST or None)

    def save() -> str:
        written = form.cleaned_data
        add_milestone(
            project, viewer=request.viewer, title=written["title"], due_on=written["due_on"],
            once=written["once"], today=timezone.localdate(),
        )  # fmt: skip
        return _steps_of(public_id)

    page = page_of(project, _("Add a milestone"), _("Something that all at the table can see is done."), _("Add it"))
    return save_or_show(request, form, page, save, saved=_("Saved."))


@login_required
@require_POST
def change_milestone(request: PageRequest, public_id: UUID, milestone_id: UUID) -> HttpResponse:
    """Mark as done, open again, or remove."""
    project = steered(request, public_id)
    milestone = find_milestone(request.viewer, project, milestone_id)
    wish = request.POST.get("do", "")

    def do() -> str:
        if wish == "remove":
            remove_milestone(milestone, viewer=request.viewer)
            return _("The milestone is removed.")
        mark_milestone(milestone, viewer=request.viewer, done=wish == "done", today=timezone.localdate())
        return _("Saved.")

    return do_or_tell(request, do, back=_steps_of(public_id))


@login_required
@never_cache
@form_page
def edit_gate(request: PageRequest, public_id: UUID, proof: str) -> HttpResponse:
    """Decide one of the four proofs.

    Raises:
        NotFound: there is no such proof.
    """
    project = steered(request, public_id)
    if proof not in Proof.values:
        raise NotFound(_("There is no such gate."))
    chosen = Proof(proof)
    gate = next((row for row in project.gates.all() if row.proof == chosen), None)
    initial = {"passed": "yes" if gate.passed else "no", "note": gate.note} if gate else {}
    form = GateForm(request.POST or None, initial=initial)

    def save() -> str:
        written = form.cleaned_data
        decide_gate(
            project, viewer=request.viewer, proof=chosen, passed=written["passed"], note=written["note"],
            today=timezone.localdate(),
        )  # fmt: skip
        return _steps_of(public_id)

    lead = _("The gate stands before “%(stage)s”.") % {"stage": STAGE_BEHIND[chosen].label}
    page = page_of(project, str(chosen.label), lead, _("Decide"))
    return save_or_show(request, form, page, save, saved=_("Saved."))


def _steps_of(public_id: UUID) -> str:
    return reverse("frontend:project", args=[public_id]) + "#steps"
