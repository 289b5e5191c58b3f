"""Addresses of events: the timetable."""

from django.urls import URLPattern, path

from frontend.views.events import agreed, meetings, plan_meeting, standby, timetable

TIMETABLE = "events/<slug:slug>/organise/timetable/"
RUN = f"{TIMETABLE}run/<uuid:public_id>/"
AGREED = f"{TIMETABLE}requests/"
REQUEST = f"{AGREED}<uuid:public_id>/"
MEETING = f"{TIMETABLE}meetings/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    path(TIMETABLE, timetable.event_timetable, name="event_timetable"),
    path(f"{TIMETABLE}run/", timetable.start_run, name="event_run_start"),
    path(f"{TIMETABLE}repair/", timetable.start_repair, name="event_repair"),
    path(RUN, timetable.event_run, name="event_run"),
    path(f"{RUN}stop/", timetable.halt_run, name="event_run_stop"),
    path(f"{RUN}publish/", timetable.publish, name="event_run_publish"),
    path(f"{TIMETABLE}plan-meeting/", plan_meeting.event_plan_meeting, name="event_plan_meeting"),
    path(AGREED, agreed.agreed, name="event_agreed"),
    path(REQUEST, agreed.agreed_request, name="event_agreed_request"),
    path(f"{REQUEST}fix/", agreed.fix, name="event_agreed_fix"),
    path(f"{REQUEST}release/", agreed.release, name="event_agreed_release"),
    path(f"{REQUEST}order/", agreed.order, name="event_agreed_order"),
    path(f"{REQUEST}order/remove/", agreed.unorder, name="event_agreed_unorder"),
    path(f"{REQUEST}guests/", agreed.guest, name="event_agreed_guest"),
    path(f"{REQUEST}guests/<uuid:person_id>/remove/", agreed.unguest, name="event_agreed_unguest"),
    path(f"{REQUEST}take-back/", agreed.take_back, name="event_agreed_take_back"),
    path(MEETING, meetings.event_meeting, name="event_meeting"),
    path(f"{MEETING}cancel/", meetings.cancel, name="event_meeting_cancel"),
    path(f"{MEETING}release/", meetings.release, name="event_meeting_release"),
    path(f"{TIMETABLE}standby/", standby.offer, name="event_offer"),
    path(f"{TIMETABLE}standby/<uuid:public_id>/", standby.take_back, name="event_offer_back"),
    path("events/standby/<str:token>/", standby.event_standby, name="event_standby"),
]
