"""Project rooms as they are read: the list of them, founding one, the room."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend.form_pages import FormPage, save_or_show
from frontend.forms.bodies import form_page
from frontend.forms.projects import FoundForm, usual_part
from frontend.project_rooms import open_room
from frontend.questions import read_public_id
from frontend.requests import PageRequest
from hubs.policies import Action, Viewer, may_broker, require
from matching.domain.projects.completing import Table, look_at_table
from matching.domain.projects.rooms import found_project
from matching.enums import Consent
from matching.models.projects import Project
from matching.queries.projects import find_project, invitations_of, living_texts, novelty_counts, projects_with_tables
from profiles.models import Profile, Statement
from profiles.queries import find_profile, find_statement, own_profiles

NAME_WORDS = 8
MOST_SHOWN = 200
MOST_TEXTS = 8


@dataclass(frozen=True)
class ProjectRow:
    """One room in the list."""

    project: Project
    table: Table
    partners: int
    new_partners: int
    is_own: bool


@login_required
@never_cache
@require_safe
def projects(request: PageRequest) -> HttpResponse:
    """The rooms in which one has a place, what waits for a word first."""
    rooms = projects_with_tables(request.viewer)[:MOST_SHOWN]
    with_partners, with_new = novelty_counts(request.viewer)
    context = {
        "invitations": list(invitations_of(request.viewer)),
        "rows": [_row(project, request.viewer) for project in rooms],
        "with_partners": with_partners,
        "with_new": with_new,
        "is_broker": may_broker(request.viewer),
        "may_found": bool(request.viewer.organisation_ids),
    }
    return render(request, "projects/list.html", context)


def _row(project: Project, viewer: Viewer) -> ProjectRow:
    participants = list(project.participants.all())
    partners = [row for row in participants if row.consent == Consent.YES and row.profile_id != project.owner_id]
    return ProjectRow(
        project=project,
        table=look_at_table(project.roles.all(), participants),
        partners=len(partners),
        new_partners=sum(row.new_to_owner for row in partners),
        is_own=project.organisation_id in viewer.organisation_ids,
    )


@login_required
@never_cache
@form_page
def new_project(request: PageRequest) -> HttpResponse:
    """Found a room, from a text of one's own or from words."""
    statement = asked_statement(request)
    owners = possible_owners(request, statement)
    if not owners:
        return render(request, "projects/no_owner.html", {"what": "project"})
    initial = {
        "idea": statement.text if statement else request.GET.get("text", ""),
        "name": Truncator(statement.text).words(NAME_WORDS, truncate="") if statement else "",
        "language": statement.language if statement else get_language(),
        "owner": owners[0].slug,
        "own_part": usual_part(owners[0]),
    }
    form = FoundForm(request.POST or None, owners=owners, initial=initial)

    def save() -> str:
        project = found_project(
            request.viewer,
            owner=form.owner_profile,
            fields=form.project_fields(),
            parts=form.cleaned_data["parts"],
            own_part=form.cleaned_data["own_part"],
            once=form.cleaned_data["once"],
            now=timezone.now(),
        )
        return reverse("frontend:project", args=[project.public_id])

    page = FormPage(
        title=_("Found a project"),
        lead=_("A room for one idea: who is needed, who is in, what comes next. Only those you invite can see it."),
        submit=_("Found the project"),
        back=reverse("frontend:projects"),
        back_label=_("Projects"),
    )
    saved = _("The room is open. See below who could join.")
    return save_or_show(request, form, page, save, saved=saved, own_texts=texts_to_begin_with(owners, statement))


def asked_statement(request: PageRequest) -> Statement | None:
    """The text that the address names, of a profile for which the viewer may act.

    Raises:
        NotFound, NotAllowed: it is not there, or not the viewer's to use.
    """
    public_id = read_public_id(request.GET.get("statement", ""))
    if public_id is None:
        return None
    statement = find_statement(request.viewer, public_id, today=timezone.localdate())
    require(request.viewer, Action.RECOMMEND_FOR, statement)
    return statement


def texts_to_begin_with(owners: list[Profile], chosen: Statement | None) -> list[Statement]:
    """Living needs and offers of those who may found it; none once one is chosen."""
    if chosen is not None:
        return []
    return list(living_texts(owners, today=timezone.localdate())[:MOST_TEXTS])


def possible_owners(request: PageRequest, statement: Statement | None) -> list[Profile]:
    """Whose the room can be: the text's profile, the one named in the address, else one's own."""
    if statement is not None:
        return [statement.profile]
    slug = request.GET.get("for", "")
    if slug:
        profile = find_profile(request.viewer, slug, today=timezone.localdate())
        require(request.viewer, Action.RECOMMEND_FOR, profile)
        return [profile]
    return list(own_profiles(request.viewer))


@login_required
@never_cache
@require_safe
def project_room(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The room: is the circle whole, who sits where, who could join, what comes when."""
    project = find_project(request.viewer, public_id)
    room = open_room(request.viewer, project, part=request.GET.get("part", ""), now=timezone.now())
    return render(request, "projects/room.html", {"room": room, "project": project, "today": timezone.localdate()})
