"""The programme of an event: its sessions and who speaks in them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.clock import clock_words, wall_of
from events.domain.setup.sessions import add_session, change_session, remove_session
from events.models import Event, ProgrammeSession
from events.queries.setup import clashing_meetings, find_session, sessions_of, speakers_of
from frontend.event_words import day_words
from frontend.forms.bodies import form_page
from frontend.forms.events_places import SessionForm, session_initial
from frontend.requests import PageRequest
from frontend.views.events.organising import OrganiserPage, organised, part_address, press, save_or_show


@login_required
@never_cache
@require_safe
def event_sessions(request: PageRequest, slug: str) -> HttpResponse:
    """What is on the programme, in order."""
    event = organised(request, slug)
    rows = [
        (
            session,
            day_words(wall_of(session.starts_at, event.zone).date()),
            f"{clock_words(session.starts_at, event.zone)}–{clock_words(session.ends_at, event.zone)}",
        )
        for session in sessions_of(event)
    ]
    return render(request, "events/sessions.html", {"event": event, "rows": rows})


@login_required
@never_cache
@form_page
def event_session_new(request: PageRequest, slug: str) -> HttpResponse:
    """Add a session."""
    event = organised(request, slug)
    initial = {**session_initial(event, None, []), "version": event.version}
    form = SessionForm(request.POST or None, halls=list(event.halls.all()), initial=initial)

    def save() -> None:
        session = add_session(
            event, viewer=request.viewer, version=form.seen, fields=form.session_fields(), hall=form.chosen_hall
        )
        _tell_clashes(request, session)

    lead = _("A talk, a workshop or something for all. Who speaks or takes part has no meeting meanwhile.")
    page = _page(event, _("Add a session"), lead, _("Add it"))
    return save_or_show(request, event, form, page, save, saved=_("The session is added."))


@login_required
@never_cache
@form_page
def event_session_edit(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change a session; what its new time clashes with is told."""
    event = organised(request, slug)
    session = find_session(event, public_id)
    speakers = [person.email for person in speakers_of(session)]
    initial = {**session_initial(event, session, speakers), "version": event.version}
    form = SessionForm(request.POST or None, halls=list(event.halls.all()), initial=initial)

    def save() -> None:
        changed = change_session(
            session, viewer=request.viewer, version=form.seen, fields=form.session_fields(), hall=form.chosen_hall
        )
        _tell_clashes(request, changed)

    page = _page(event, session.title, _("Who speaks or takes part has no meeting meanwhile."), _("Save"))
    return save_or_show(
        request, event, form, page, save, saved=_("Saved."), stored=form.initial,
        remove_url=reverse("frontend:event_session_remove", args=[event.slug, session.public_id]),
        remove_label=_("Remove the session"),
    )  # fmt: skip


@login_required
@require_POST
def event_session_remove(request: PageRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take a session off the programme."""
    event = organised(request, slug)
    session = find_session(event, public_id)

    def do(version: int) -> str:
        remove_session(session, viewer=request.viewer, version=version)
        return _("The session is removed.")

    return press(request, do, back=part_address(event, "event_sessions"))


def _tell_clashes(request: PageRequest, session: ProgrammeSession) -> None:
    number = clashing_meetings(session)
    if number:
        words = ngettext(
            "%(number)d planned meeting lies in this session. Repair the timetable to move it.",
            "%(number)d planned meetings lie in this session. Repair the timetable to move them.",
            number,
        )
        messages.warning(request, words % {"number": number})


def _page(event: Event, title: str, lead: str, submit: str) -> OrganiserPage:
    return OrganiserPage(
        title=title, lead=lead, submit=submit, part="event_sessions", back=part_address(event, "event_sessions"),
        back_label=_("Programme"),
    )  # fmt: skip
