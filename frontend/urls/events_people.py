"""Addresses of events: who comes."""

from django.urls import URLPattern, path

from frontend.views.events import importing, own_place, people, public, registering, stating

EVENT = "events/<slug:slug>/"
OWN = f"{EVENT}me/"
ORGANISE = f"{EVENT}organise/"
PERSON = f"{ORGANISE}people/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    # By the link in a mail
    path("events/place/<str:token>/", own_place.linked_place_page, name="event_place"),
    path("events/place/<str:token>/change/", own_place.linked_change, name="event_place_change"),
    path("events/place/<str:token>/texts/", stating.linked_texts, name="event_place_texts"),
    # Everybody
    path(EVENT, public.event_page, name="event"),
    path(f"{EVENT}register/", registering.register, name="register_event"),
    # One's own place, and those of colleagues
    path(OWN, own_place.own_places_page, name="event_me"),
    path(f"{OWN}<uuid:public_id>/", own_place.change, name="event_me_change"),
    path(f"{OWN}<uuid:public_id>/do/", own_place.act, name="event_me_act"),
    path(f"{OWN}texts/<slug:profile>/", stating.texts, name="event_texts"),
    path(f"{EVENT}people/<uuid:public_id>/open-up/", own_place.ask_open, name="event_ask_open"),
    # Organisers
    path(f"{ORGANISE}people/", people.people, name="event_people"),
    path(f"{ORGANISE}people/new/", people.add, name="event_person_new"),
    path(f"{ORGANISE}people/show-exhibitors/", people.show_unseen, name="event_show_exhibitors"),
    path(PERSON, people.edit, name="event_person"),
    path(f"{PERSON}do/", people.act, name="event_person_act"),
    path(f"{PERSON}texts/", stating.texts_of_person, name="event_person_texts"),
    path(f"{ORGANISE}import/", importing.import_page, name="event_import"),
    path(f"{ORGANISE}export.<slug:file_format>", importing.export, name="event_export"),
]
