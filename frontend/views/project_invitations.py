"""The mailed link of an invitation: one screen, yes or no, nothing to sign in to. Reading it changes nothing."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from frontend.forms.bodies import form_page
from frontend.requests import PageRequest
from kernel.errors import DomainError
from mailgate.links import LinkExpired, read
from matching.domain.projects.changing import OPEN_STATES
from matching.domain.projects.completing import look_at_table
from matching.domain.projects.participants import answer_invitation
from matching.enums import Consent
from matching.models.projects import Participant
from matching.queries.projects import linked_participant

LINK_DAYS = 60


@never_cache
@form_page
def invitation(request: PageRequest, token: str) -> HttpResponse:
    """Who asks, for what, in which part; a POST answers.

    Raises:
        LinkInvalid: the link was cut, changed or made up.
    """
    try:
        claims = read(token, action="invitation", max_age=timedelta(days=LINK_DAYS))
    except LinkExpired as error:
        return _end(request, _("The link is too old"), str(error), status=410)
    row = linked_participant(request.viewer.hub_id, claims.get("participant", ""))
    if row is None:
        told = _("The invitation was taken back or the project is gone. Nothing is kept about your visit.")
        return _end(request, _("There is nothing to answer any more"), told, status=410)
    if request.method == "POST":
        return _answered(request, row)
    return _show(request, row)


def _answered(request: PageRequest, row: Participant) -> HttpResponse:
    said = request.POST.get("answer")
    if said not in {"yes", "no"}:
        return _show(request, row, complaint=_("Choose yes or no."), status=422)
    try:
        answer_invitation(row, yes=said == "yes", actor_id=None, now=timezone.now())
    except DomainError as error:
        row.refresh_from_db(fields=["consent"])
        return _show(request, row, complaint=str(error), status=error.status)
    return redirect(request.path)


def _show(request: PageRequest, row: Participant, *, complaint: str = "", status: int = 200) -> HttpResponse:
    project = row.project
    participants = project.participants.select_related("profile__organisation")
    table = look_at_table(project.roles.all(), participants)
    wanted = next((seat.wanted for seat in table.seats if seat.part == row.part), "")
    others = [each for each in participants if each.consent == Consent.YES and each.pk != row.pk]
    context = {
        "row": row,
        "project": project,
        "wanted": wanted,
        "others": others,
        "complaint": complaint,
        "waits": row.consent == Consent.INVITED and project.state in OPEN_STATES,
        "has_ended": project.state not in OPEN_STATES,
    }
    return render(request, "projects/invitation.html", context, status=status)


def _end(request: PageRequest, title: str, told: str, *, status: int) -> HttpResponse:
    return render(request, "projects/invitation_gone.html", {"title": title, "told": told}, status=status)
