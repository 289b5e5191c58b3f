"""Addresses of follow-ups, signed links in mails, and what came of contacts."""

from django.urls import path

from frontend.views import follow_ups, mail_stop, outcomes

urlpatterns = [
    path("follow-up/<str:token>/", follow_ups.follow_up, name="follow_up"),
    path("follow-up/<str:token>/thanks/", follow_ups.follow_up_thanks, name="follow_up_thanks"),
    path("contacts/<uuid:public_id>/outcome/", outcomes.tell_outcome, name="tell_outcome"),
    path("desk/follow-ups/", outcomes.desk_follow_ups, name="desk_follow_ups"),
    path("desk/follow-ups/answers.csv", outcomes.survey_export, name="survey_export"),
    path("desk/contacts/<uuid:public_id>/phone/", outcomes.phone_outcome, name="phone_outcome"),
    path("settings/questions/", outcomes.hub_questions_page, name="hub_questions"),
    path("settings/questions/<uuid:public_id>/", outcomes.change_question, name="change_question"),
    path("mail/stop/<str:token>/", mail_stop.stop_mail, name="mail_stop"),
]
