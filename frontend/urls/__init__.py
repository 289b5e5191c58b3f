"""Addresses of the pages, one room for each part of the site."""

from frontend.urls import (
    contacts,
    desk,
    events_catalogue,
    events_day,
    events_groups,
    events_people,
    events_setup,
    events_timetable,
    events_wishes,
    follow_ups,
    insight,
    pages,
    projects,
)

app_name = "frontend"

urlpatterns = [
    *pages.urlpatterns,
    *contacts.urlpatterns,
    *projects.urlpatterns,
    *follow_ups.urlpatterns,
    *desk.urlpatterns,
    *insight.urlpatterns,
    *events_setup.urlpatterns,
    *events_people.urlpatterns,
    *events_wishes.urlpatterns,
    *events_timetable.urlpatterns,
    *events_day.urlpatterns,
    *events_catalogue.urlpatterns,
    *events_groups.urlpatterns,
]
