"""Addresses of events: AIMday questions and groups."""

from django.urls import URLPattern, path

from frontend.views.events import composing, groups

EVENT = "events/<slug:slug>/"
ORGANISE = f"{EVENT}organise/"

urlpatterns: list[URLPattern] = [
    path(f"{EVENT}questions/", groups.event_questions, name="event_questions"),
    path(f"{EVENT}questions/new/", groups.event_question_new, name="event_question_new"),
    path(f"{EVENT}questions/<uuid:public_id>/", groups.event_question, name="event_question"),
    path(f"{EVENT}questions/<uuid:public_id>/back/", groups.event_question_back, name="event_question_back"),
    path(f"{ORGANISE}groups/", composing.event_groups, name="event_groups"),
    path(
        f"{ORGANISE}groups/<uuid:public_id>/leave-out/",
        composing.event_question_leave_out,
        name="event_question_leave_out",
    ),
    path(
        f"{ORGANISE}groups/<uuid:public_id>/take-in/",
        composing.event_question_take_in,
        name="event_question_take_in",
    ),
]
