"""Addresses of events: the day itself."""

from django.urls import URLPattern, path

from frontend.views.events import agenda, check_in, offline, wall

EVENT = "events/<slug:slug>/"
ORGANISE = f"{EVENT}organise/"

urlpatterns: list[URLPattern] = [
    path("events/offline.js", offline.offline_worker, name="event_offline"),
    path("events/agenda/<str:token>/", agenda.event_agenda_link, name="event_agenda_link"),
    path("events/agenda/<str:token>/plan.pdf", agenda.event_agenda_paper, name="event_agenda_paper"),
    path("events/feed/<str:token>.ics", agenda.event_feed, name="event_feed"),
    path("events/wall/<str:token>/", wall.event_wall_link, name="event_wall_link"),
    path(f"{EVENT}agenda/", agenda.event_agenda, name="event_agenda"),
    path(f"{ORGANISE}check-in/", check_in.event_check_in, name="event_check_in"),
    path(f"{ORGANISE}check-in/undo/", check_in.event_check_in_undo, name="event_check_in_undo"),
    path(f"{ORGANISE}check-in/scans/", check_in.event_scans, name="event_scans"),
    path(f"{ORGANISE}check-in/roster/", check_in.event_roster, name="event_roster"),
    path(f"{ORGANISE}wall/", wall.event_wall, name="event_wall"),
    path(f"{ORGANISE}wall/renew/", wall.event_wall_renew, name="event_wall_renew"),
    path(f"{ORGANISE}print/<slug:paper>.pdf", wall.event_print, name="event_print"),
]
