"""Addresses of events: wishes and requests."""

from django.urls import URLPattern, path

from frontend.views.events import answer_links, others, recommending, requests, wishing

EVENT = "events/<slug:slug>/"
ONE = f"{EVENT}requests/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    # By the link in a mail
    path("events/answer/<str:token>/", answer_links.answer_link, name="event_answer_link"),
    path("events/agenda/<str:token>/call-off/<uuid:public_id>/", requests.call_off_link, name="event_call_off_link"),
    # Who else comes
    path(f"{EVENT}people/", others.others, name="event_others"),
    path(f"{EVENT}stands/<str:number>/", others.stand, name="event_stand"),
    path(f"{EVENT}prefer/", wishing.wish, name="event_prefer"),
    path(f"{EVENT}ask/<uuid:public_id>/", wishing.ask, name="event_ask"),
    # Requests
    path(f"{EVENT}requests/", requests.requests, name="event_requests"),
    path(f"{ONE}answer/", requests.answer, name="event_answer"),
    path(f"{ONE}withdraw/", requests.withdraw, name="event_withdraw"),
    # Organisers
    path(f"{EVENT}organise/recommend/", recommending.recommend, name="event_recommend"),
    path(f"{EVENT}organise/mutual/", recommending.plan_mutual, name="event_mutual"),
]
