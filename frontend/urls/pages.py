"""Addresses of reading, searching, recommending and editing."""

from django.urls import path

from frontend.views import (
    editing,
    for_you,
    home,
    onboarding,
    preferences,
    profiles,
    robots,
    saved_searches,
    searching,
    why_not,
)

urlpatterns = [
    # Reading
    path("", home.home, name="home"),
    path("search/", searching.search_page, name="search"),
    path("search/save/", saved_searches.save, name="save_search"),
    path("search/saved/<uuid:public_id>/remove/", saved_searches.remove, name="remove_search"),
    path("profiles/<slug:slug>/", profiles.profile_page, name="profile"),
    path("for-you/", for_you.for_you, name="for_you"),
    path("for-you/<slug:slug>/", for_you.for_profile, name="for_profile"),
    path("for-you/<slug:slug>/why-not/", why_not.why_not_page, name="why_not"),
    # How the pages look and speak
    path("theme/", preferences.choose_theme, name="theme"),
    path("robots.txt", robots.robots, name="robots"),
    # Account, editing, first steps
    path("start/", onboarding.start, name="onboarding"),
    path("start/<slug:name>/", onboarding.show_step, name="onboarding_step"),
    path("write-need/", editing.write_need, name="write_need"),
    path("my-profile/", editing.my_profile, name="my_profile"),
    path("my-profile/<slug:slug>/", editing.edit_profile, name="edit_profile"),
    path("my-profile/<slug:slug>/details/", editing.edit_details, name="edit_details"),
    path("my-profile/<slug:slug>/organisation/", editing.edit_organisation, name="edit_organisation"),
    path("my-profile/<slug:slug>/pause/", editing.pause_profile, name="pause_profile"),
    path("my-profile/<slug:slug>/texts/new/", editing.new_statement, name="new_statement"),
    path("my-profile/<slug:slug>/texts/<uuid:public_id>/", editing.edit_statement, name="edit_statement"),
    path(
        "my-profile/<slug:slug>/texts/<uuid:public_id>/remove/",
        editing.remove_statement_page,
        name="remove_statement",
    ),
]
