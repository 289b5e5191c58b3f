"""An organiser plans a meeting between people: for a late joiner, or for two whom the day should bring together."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from events.domain.wishes.organiser_requests import plan_meeting_between
from frontend.forms.bodies import form_page
from frontend.forms.events_plan_meeting import PlanMeetingForm
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, save_or_show
from frontend.views.events.timetable import PART, timetable_url


@login_required
@never_cache
@form_page
def event_plan_meeting(request: PageRequest, slug: str) -> HttpResponse:
    """Who is to meet, and what of it is set by hand; the next timetable or repair places the meeting."""
    event = organised(request, slug)
    now, initial = timezone.now(), {"version": event.version}
    form = PlanMeetingForm(request.POST or None, event=event, now=now, initial=initial)
    page = OrganiserPage(
        title=_("Plan a meeting between people"),
        lead=_("It counts as agreed. The next timetable or repair places it, within everybody's own times."),
        submit=_("Plan the meeting"),
        part=PART,
        back=timetable_url(event),
        back_label=_("Timetable"),
        template="events/plan_meeting.html",
    )

    def save() -> None:
        plan_meeting_between(
            event,
            viewer=request.viewer,
            version=form.cleaned_data["version"],
            people=form.people(),
            before=form.before_request(),
            slot=form.fixed_slot(),
            spot=form.fixed_place(),
            reason=form.cleaned_data["reason"],
            now=now,
        )

    saved = _("The meeting is noted. Compute a timetable or a repair to give it its time and place.")
    return save_or_show(request, event, form, page, save, saved=saved)
