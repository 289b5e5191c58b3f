"""Addresses of events: the list, and setting an event up."""

from django.urls import URLPattern, path

from frontend.views.events import giving_stands, grid, listing, places, sessions, setting_up, stands

HOME = "events/<slug:slug>/organise/"

urlpatterns: list[URLPattern] = [
    path("events/", listing.events, name="events"),
    path("events/new/", setting_up.new_event, name="new_event"),
    path(HOME, setting_up.organise_event, name="organise_event"),
    path(f"{HOME}edit/", setting_up.edit_event, name="edit_event"),
    path(f"{HOME}state/", setting_up.event_state, name="event_state"),
    path(f"{HOME}cancel/", setting_up.event_cancel, name="event_cancel"),
    # The time grid
    path(f"{HOME}grid/", grid.event_grid, name="event_grid"),
    path(f"{HOME}grid/<uuid:public_id>/", grid.event_slot, name="event_slot"),
    # Halls, tables, walks
    path(f"{HOME}places/", places.event_places, name="event_places"),
    path(f"{HOME}places/halls/new/", places.event_hall_new, name="event_hall_new"),
    path(f"{HOME}places/halls/<uuid:public_id>/", places.event_hall, name="event_hall"),
    path(f"{HOME}places/halls/<uuid:public_id>/remove/", places.event_hall_remove, name="event_hall_remove"),
    path(f"{HOME}places/tables/new/", places.event_tables_new, name="event_tables_new"),
    path(f"{HOME}places/tables/<uuid:public_id>/", places.event_table, name="event_table"),
    path(f"{HOME}places/walks/", places.event_walks, name="event_walks"),
    # Stands on the hall plan
    path(f"{HOME}stands/", stands.event_stands, name="event_stands"),
    path(f"{HOME}stands/give/", giving_stands.event_give_stands, name="event_give_stands"),
    path(f"{HOME}stands/new/", stands.event_stand_rows, name="event_stand_rows"),
    path(f"{HOME}stands/<uuid:public_id>/", stands.event_stand_edit, name="event_stand_edit"),
    path(f"{HOME}stands/<uuid:public_id>/remove/", stands.event_stand_remove, name="event_stand_remove"),
    # The programme
    path(f"{HOME}sessions/", sessions.event_sessions, name="event_sessions"),
    path(f"{HOME}sessions/new/", sessions.event_session_new, name="event_session_new"),
    path(f"{HOME}sessions/<uuid:public_id>/", sessions.event_session_edit, name="event_session_edit"),
    path(f"{HOME}sessions/<uuid:public_id>/remove/", sessions.event_session_remove, name="event_session_remove"),
]
