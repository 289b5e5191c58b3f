"""Addresses of project rooms and shortlists."""

from django.urls import URLPattern, path

from frontend.views import (
    project_changes,
    project_invitations,
    project_steps,
    project_table,
    projects,
    shortlist_changes,
    shortlists,
)

ROOM = "projects/<uuid:public_id>/"
SEAT = f"{ROOM}table/<uuid:participant_id>/"
LIST = "shortlists/<uuid:public_id>/"
ONE = f"{LIST}candidates/<uuid:candidate_id>/"

urlpatterns: list[URLPattern] = [
    # Rooms
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.new_project, name="new_project"),
    path(ROOM, projects.project_room, name="project"),
    path(f"{ROOM}edit/", project_changes.edit_project, name="edit_project"),
    path(f"{ROOM}parts/", project_changes.edit_parts, name="edit_parts"),
    path(f"{ROOM}stage/", project_changes.edit_stage, name="edit_stage"),
    path(f"{ROOM}funding/", project_changes.edit_funding, name="edit_funding"),
    path(f"{ROOM}end/", project_changes.end_room, name="end_project"),
    path(f"{ROOM}pause/", project_changes.pause_room, name="pause_project"),
    # Who sits at the table
    path(f"{ROOM}invite/", project_table.invite_candidate, name="invite"),
    path(f"{ROOM}invite/by-name/", project_table.invite_by_name, name="invite_by_name"),
    path(f"{SEAT}answer/", project_table.answer, name="answer_invitation"),
    path(f"{SEAT}withdraw/", project_table.withdraw, name="withdraw_invitation"),
    path(f"{SEAT}part/", project_table.seat_elsewhere, name="change_part"),
    path(f"{SEAT}leave/", project_table.leave, name="leave_project"),
    path("invitation/<str:token>/", project_invitations.invitation, name="invitation"),
    # Steps
    path(f"{ROOM}milestones/new/", project_steps.new_milestone, name="new_milestone"),
    path(f"{ROOM}milestones/<uuid:milestone_id>/", project_steps.change_milestone, name="change_milestone"),
    path(f"{ROOM}gates/<slug:proof>/", project_steps.edit_gate, name="edit_gate"),
    # Shortlists
    path("shortlists/", shortlists.shortlists, name="shortlists"),
    path("shortlists/new/", shortlists.new_shortlist, name="new_shortlist"),
    path(LIST, shortlists.shortlist_page, name="shortlist"),
    path(f"{LIST}edit/", shortlist_changes.edit_shortlist, name="edit_shortlist"),
    path(f"{LIST}ask/", shortlist_changes.ask_page, name="ask_shortlist"),
    path(f"{LIST}choose/", shortlist_changes.choose_page, name="choose_shortlist"),
    path(f"{LIST}give-up/", shortlist_changes.give_up_page, name="give_up_shortlist"),
    path(f"{LIST}candidates/add/", shortlist_changes.add, name="add_candidate"),
    path(f"{LIST}candidates/by-name/", shortlist_changes.add_by_name, name="add_candidate_by_name"),
    path(f"{ONE}notes/", shortlist_changes.edit_notes, name="candidate_notes"),
    path(f"{ONE}remove/", shortlist_changes.remove, name="remove_candidate"),
]
