"""Addresses of introductions: asking, answering, the contacts of a profile."""

from django.urls import path

from frontend.views import answering, contacts, introduction, requesting, writing

urlpatterns = [
    path("contacts/", contacts.contacts, name="contacts"),
    # Asking
    path("contacts/new/<slug:slug>/", requesting.new_introduction, name="new_introduction"),
    path("contacts/<uuid:public_id>/edit/", writing.edit_introduction, name="edit_introduction"),
    path("contacts/<uuid:public_id>/ask-again/", writing.ask_again_page, name="ask_again"),
    # One contact, and what its sides do
    path("contacts/<uuid:public_id>/", introduction.show, name="introduction"),
    path("contacts/<uuid:public_id>/answer/", introduction.answer, name="answer_introduction"),
    path("contacts/<uuid:public_id>/withdraw/", introduction.withdraw, name="withdraw_introduction"),
    path("contacts/<uuid:public_id>/meeting/", introduction.note_meeting, name="introduction_meeting"),
    path("contacts/<uuid:public_id>/met/", introduction.tell_met, name="introduction_met"),
    path("contacts/<uuid:public_id>/interests/", introduction.declare, name="introduction_interests"),
    path("contacts/<uuid:public_id>/close/", introduction.close, name="close_introduction"),
    # The link in a mail
    path("answer/<str:token>/", answering.answer, name="answer"),
]
