"""Who may sign up, and on what: open registration, the activity's level, the terms, whose agenda is shared."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from events.enums import ActivityLevel, EventState, MeetingState, ParticipantState
from events.models import Event, MeetingSide, Participant
from events.queries.people import latest_terms
from events.queries.wishes import OPEN, received_requests, sent_requests
from kernel.errors import DomainError, InvalidInput
from matching.enums import Consent, ProjectState
from matching.models import Project
from profiles.models import Profile


class RegistrationClosed(DomainError):
    """Nobody can sign up now; the message says when one could or can."""

    code: ClassVar[str] = "registration_closed"
    status: ClassVar[int] = 409


class NotForProfile(DomainError):
    """The activity's level leaves this profile out."""

    code: ClassVar[str] = "not_for_profile"
    status: ClassVar[int] = 403


def why_closed(event: Event, *, now: datetime) -> str:
    """Why nobody can sign up at this moment, in words; empty while it is open."""
    if event.state == EventState.CANCELLED:
        return _("The event is called off.")
    if event.state == EventState.DRAFT:
        return _("The event is not open for registration yet.")
    if event.state == EventState.OVER or event.ends_at <= now:
        return _("The event is over.")
    if event.registration_opens_at is not None and now < event.registration_opens_at:
        return _("Registration has not opened yet.")
    closes_at = event.registration_closes_at or event.starts_at
    if event.state != EventState.OPEN or now >= closes_at:
        return _("Registration is closed. Ask the organiser if you still want to come.")
    return ""


def require_admission(event: Event, *, profile: Profile, now: datetime) -> None:
    """Stop unless registration is open, and open to this profile.

    Raises:
        RegistrationClosed, NotForProfile
    """
    if told := why_closed(event, now=now):
        raise RegistrationClosed(told)
    if event.level == ActivityLevel.CO_CREATION:
        raise NotForProfile(_("This activity is for invited partners. The organiser signs you up."))
    if event.level == ActivityLevel.COMMUNITY_PLUS and not has_project(profile):
        raise NotForProfile(
            _("This activity is for members with a project under way. Found a project or join one, then sign up.")
        )


def has_project(profile: Profile) -> bool:
    """Whether somebody of the profile's organisation sits at the table of a project that runs."""
    own = Q(owner__organisation_id=profile.organisation_id)
    seated = Q(participants__profile__organisation_id=profile.organisation_id, participants__consent=Consent.YES)
    return Project.objects.filter(own | seated, hub_id=profile.hub_id, state=ProjectState.RUNNING).exists()


def require_agreement(event: Event, number: int | None, *, now: datetime) -> dict[str, Any]:
    """Column values of the agreement to the terms of now; none where the event has no terms.

    Raises:
        InvalidInput: they are not agreed to, or a newer version came in between.
    """
    terms = latest_terms(event)
    if terms is None:
        return {}
    if number is None:
        raise InvalidInput(_("Read the terms and say that you agree; without that, you cannot come."), field="agrees")
    if number != terms.number:
        raise InvalidInput(_("The terms have changed meanwhile. Read them again and agree anew."), field="agrees")
    return {"terms_number": number, "agreed_at": now}


def require_host(
    event: Event, host: Participant | None, *, profile: Profile, person: Participant | None
) -> Participant | None:
    """The colleague whose agenda is shared, if that can be.

    Raises:
        InvalidInput: not a colleague who comes with an agenda of their own, or the person has guests, meetings or
            open requests in theirs, which would not be seen any more.
    """
    if host is None:
        return None
    is_colleague = host.event_id == event.pk and host.organisation_id == profile.organisation_id
    comes = host.state != ParticipantState.CANCELLED and host.has_own_agenda
    if not (is_colleague and comes) or (person is not None and host.pk == person.pk):
        raise InvalidInput(_("Choose a colleague who comes and has an agenda of their own."), field="host")
    if person is not None and person.team.exists():
        raise InvalidInput(
            _("Colleagues share this person's agenda, so it must stay its own. Change theirs first."), field="host"
        )
    if person is not None and person.host_id != host.pk and _has_meetings(person):
        raise InvalidInput(
            _("This person has meetings or open requests of their own. Call them off first, then share an agenda."),
            field="host",
        )
    return host


def _has_meetings(person: Participant) -> bool:
    """Whether something would be hidden in the person's agenda; what a "no thanks" hides already does not count."""
    sits = MeetingSide.objects.filter(participant=person, meeting__state=MeetingState.PLANNED)
    rows = (sent_requests(person), received_requests(person))
    return sits.exists() or any(each.filter(state__in=OPEN).exists() for each in rows)
