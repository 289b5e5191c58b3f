"""Addresses of the hub's own people: the desk, screening, brokering, settings."""

from django.urls import URLPattern, path

from frontend.views import brokering, casework, desk, hub, hub_settings, screening

CASE = "desk/contacts/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/hand-over/", desk.hand_over_all, name="hand_over"),
    path("desk/screen/<uuid:public_id>/", screening.screen, name="screen"),
    path("desk/introduce/", brokering.introduce, name="introduce"),
    # One case
    path(f"{CASE}take/", casework.take_case, name="take_case"),
    path(f"{CASE}note/", casework.note, name="case_note"),
    path(f"{CASE}hand-over/", casework.hand_over_one, name="hand_over_case"),
    path(f"{CASE}answer/", casework.answer_by_phone, name="answer_by_phone"),
    # The hub
    path("desk/introductions/", hub.hub_introductions, name="hub_introductions"),
    path("desk/record/", hub.procurement_form, name="procurement_form"),
    path("desk/contacts.csv", hub.procurement_export, name="procurement_export"),
    path("settings/", hub_settings.settings_index, name="settings"),
    path("settings/rules/", hub_settings.hub_rules_page, name="hub_rules"),
    path("my-profile/<slug:slug>/contact/", hub_settings.contact_rules_page, name="contact_rules"),
]
