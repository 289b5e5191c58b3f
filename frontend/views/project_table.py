"""Who sits at the table: inviting, taking back, answering as somebody who has signed in, leaving."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from frontend.form_pages import do_or_tell, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.projects import InviteForm
from frontend.naming import profiles_called
from frontend.requests import PageRequest
from frontend.views.project_changes import page_of, steered
from kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound
from matching.domain.projects.participants import (
    answer_invitation,
    change_part,
    invite,
    leave_project,
    may_answer,
    withdraw_invitation,
)
from matching.enums import ProjectPart
from matching.models.projects import Participant
from matching.queries.projects import find_participant, find_project
from profiles.models import Profile
from profiles.queries import find_profile


@login_required
@require_POST
def invite_candidate(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Invite the candidate whose card stands above the button."""
    project = steered(request, public_id)
    profile = find_profile(request.viewer, request.POST.get("profile", ""), today=timezone.localdate())
    part = request.POST.get("part", "")

    def do() -> str:
        invite(project, viewer=request.viewer, profile=profile, part=part, now=timezone.now())
        return _("%(name)s is invited by mail. You see the answer here.") % {"name": profile.name}

    return do_or_tell(request, do, back=_table_of(public_id))


@login_required
@never_cache
@form_page
def invite_by_name(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Invite somebody whom one knows already."""
    project = steered(request, public_id)
    asked = request.GET.get("part", "")
    form = InviteForm(request.POST or None, initial={"part": asked if asked in ProjectPart.values else ""})

    def save() -> str:
        profile = only_profile(request, form.cleaned_data["name"])
        invite(project, viewer=request.viewer, profile=profile, part=form.cleaned_data["part"], now=timezone.now())
        messages.success(request, _("%(name)s is invited by mail. You see the answer here.") % {"name": profile.name})
        return _table_of(public_id)

    page = page_of(
        project,
        _("Invite somebody you know"),
        _("They get a mail with the idea and your name, and say yes or no. Nobody takes part without a yes."),
        _("Send the invitation"),
    )
    return save_or_show(request, form, page, save, saved="")


def only_profile(request: PageRequest, name: str) -> Profile:
    """The one profile that is called so.

    Raises:
        InvalidInput: there is none, or several; names those.
    """
    called = profiles_called(request.viewer, name)
    if not called:
        raise InvalidInput(
            _("No profile that is open to you has that name. Check the spelling, or write less of it."), field="name"
        )
    if len(called) > 1:
        names = "; ".join(dict.fromkeys(profile.name for profile in called))
        raise InvalidInput(
            _("Several have that name. Write the whole name of one: %(names)s") % {"names": names}, field="name"
        )
    return called[0]


@login_required
@require_POST
def withdraw(request: PageRequest, public_id: UUID, participant_id: UUID) -> HttpResponse:
    """Take back an invitation that nobody has answered."""
    project = steered(request, public_id)
    row = find_participant(request.viewer, project, participant_id)

    def do() -> str:
        withdraw_invitation(row, viewer=request.viewer, now=timezone.now())
        return _("The invitation is taken back.")

    return do_or_tell(request, do, back=_table_of(public_id))


@login_required
@require_POST
def seat_elsewhere(request: PageRequest, public_id: UUID, participant_id: UUID) -> HttpResponse:
    """Seat somebody in another part."""
    project = steered(request, public_id)
    row = find_participant(request.viewer, project, participant_id)

    def do() -> str:
        change_part(row, viewer=request.viewer, part=request.POST.get("part", ""))
        return _("Saved.")

    return do_or_tell(request, do, back=_table_of(public_id))


@login_required
@require_POST
def answer(request: PageRequest, public_id: UUID, participant_id: UUID) -> HttpResponse:
    """Say yes or no to an invitation on the project's own page.

    Raises:
        NotAllowed: the person does not speak for the one who is invited.
    """
    row = _own(request, public_id, participant_id)
    said = request.POST.get("answer")
    if said not in {"yes", "no"}:
        messages.error(request, _("Choose yes or no."))
        return redirect("frontend:project", public_id)
    try:
        answer_invitation(row, yes=said == "yes", actor_id=request.viewer.user_id, now=timezone.now())
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("frontend:projects")
    if said == "no":
        messages.success(request, _("You said no. They are told, and nothing more is asked of you."))
        return redirect("frontend:projects")
    messages.success(request, _("You take part. Those at the table can now see how to reach you."))
    return redirect("frontend:project", public_id)


@login_required
@require_POST
def leave(request: PageRequest, public_id: UUID, participant_id: UUID) -> HttpResponse:
    """Leave the table."""
    row = find_participant(request.viewer, find_project(request.viewer, public_id), participant_id)
    is_own = may_answer(request.viewer, row)

    def do() -> str:
        leave_project(row, viewer=request.viewer, now=timezone.now())
        return _("%(name)s has left the project.") % {"name": row.profile.name}

    return do_or_tell(request, do, back=reverse("frontend:projects") if is_own else _table_of(public_id))


def _own(request: PageRequest, public_id: UUID, participant_id: UUID) -> Participant:
    row = find_participant(request.viewer, find_project(request.viewer, public_id), participant_id)
    if not may_answer(request.viewer, row):
        raise NotAllowed(_("Only the one who is invited may answer."))
    return row


def _table_of(public_id: UUID) -> str:
    return reverse("frontend:project", args=[public_id]) + "#table"
