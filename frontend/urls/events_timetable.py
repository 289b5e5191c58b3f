"""Addresses of events: the timetable."""

from django.urls import URLPattern, path

from frontend.views.events import meetings, plan_meeting, standby, timetable

TIMETABLE = "events/<slug:slug>/organise/timetable/"
RUN = f"{TIMETABLE}run/<uuid:public_id>/"
MEETING = f"{TIMETABLE}meetings/<uuid:public_id>/"

urlpatterns: list[URLPattern] = [
    path(TIMETABLE, timetable.event_timetable, name="event_timetable"),
    path(f"{TIMETABLE}run/", timetable.start_run, name="event_run_start"),
    path(f"{TIMETABLE}repair/", timetable.start_repair, name="event_repair"),
    path(RUN, timetable.event_run, name="event_run"),
    path(f"{RUN}stop/", timetable.halt_run, name="event_run_stop"),
    path(f"{RUN}publish/", timetable.publish, name="event_run_publish"),
    path(f"{TIMETABLE}plan-meeting/", plan_meeting.event_plan_meeting, name="event_plan_meeting"),
    path(MEETING, meetings.event_meeting, name="event_meeting"),
    path(f"{MEETING}cancel/", meetings.cancel, name="event_meeting_cancel"),
    path(f"{MEETING}release/", meetings.release, name="event_meeting_release"),
    path(f"{TIMETABLE}standby/", standby.offer, name="event_offer"),
    path(f"{TIMETABLE}standby/<uuid:public_id>/", standby.take_back, name="event_offer_back"),
    path("events/standby/<str:token>/", standby.event_standby, name="event_standby"),
]
