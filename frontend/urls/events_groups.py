"""Addresses of events: AIMday questions and groups."""

from django.urls import URLPattern, path

from frontend.views.events import groups

EVENT = "events/<slug:slug>/"
ORGANISE = f"{EVENT}organise/"

urlpatterns: list[URLPattern] = [
    path(f"{EVENT}questions/", groups.event_questions, name="event_questions"),
    path(f"{EVENT}questions/new/", groups.event_question_new, name="event_question_new"),
    path(f"{EVENT}questions/<uuid:public_id>/", groups.event_question, name="event_question"),
    path(f"{EVENT}questions/<uuid:public_id>/back/", groups.event_question_back, name="event_question_back"),
    path(f"{ORGANISE}groups/", groups.event_groups, name="event_groups"),
]
