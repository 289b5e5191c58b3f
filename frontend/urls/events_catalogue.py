"""Addresses of events: the catalogue, rating and the report."""

from django.urls import URLPattern, path, re_path

from frontend.views.events import catalogue, rating, report

EVENT = "events/<slug:slug>/"
ORGANISE = f"{EVENT}organise/"

urlpatterns: list[URLPattern] = [
    path(f"{EVENT}catalogue/", catalogue.event_catalogue, name="event_catalogue"),
    re_path(
        r"^events/(?P<slug>[-a-zA-Z0-9_]+)/catalogue\.(?P<language>da|en)\.pdf$",
        catalogue.event_catalogue_paper,
        name="event_catalogue_paper",
    ),
    path("events/agenda/<str:token>/rate/<uuid:public_id>/", rating.event_rate, name="event_rate"),
    path(f"{ORGANISE}report/", report.event_report, name="event_report"),
    path(f"{ORGANISE}report.pdf", report.event_report_paper, name="event_report_paper"),
    path(f"{ORGANISE}report.xlsx", report.event_report_sheet, name="event_report_sheet"),
]
