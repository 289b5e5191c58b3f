"""The programme: talks, workshops and plenaries, and who speaks in them; nobody has a meeting meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.clock import moment_at
from events.domain.setup.changing import change_event, save_change
from events.domain.setup.telling_sessions import telling_of_sessions
from events.enums import ParticipantState, SessionPart
from events.models import Event, Hall, Participant, ProgrammeSession, SessionSeat
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from profiles.domain.fields import one_of
from profiles.domain.saving import assign, save_valid
from profiles.texts import clean_line, clean_text, quotable

MOST_SESSIONS = 200
MOST_SPEAKERS = 30


@dataclass(frozen=True)
class SessionFields:
    """A session as written; times are what the clock of the place shows. `speakers` are names, e-mails or codes."""

    title: str
    starts: datetime
    ends: datetime
    text: str = ""
    language: str = "da"
    is_for_all: bool = False
    speakers: tuple[str, ...] = ()

    def cleaned(self, event: Event) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: a field breaks a rule, or the session would lie outside the event.
        """
        starts_at = moment_at(self.starts, event.zone, field="starts")
        ends_at = moment_at(self.ends, event.zone, field="ends")
        if ends_at <= starts_at:
            raise InvalidInput(_("The session must end after it starts."), field="ends")
        if starts_at < event.starts_at or ends_at > event.ends_at:
            field = "starts" if starts_at < event.starts_at else "ends"
            raise InvalidInput(_("The session must lie within the times of the event."), field=field)
        return {
            "title": clean_line(self.title, field="title", max_length=200, min_letters=2),
            "text": clean_text(self.text, field="text", max_length=3_000),
            "language": one_of(self.language, [code for code, _name in settings.LANGUAGES], field="language"),
            "is_for_all": self.is_for_all,
            "starts_at": starts_at,
            "ends_at": ends_at,
        }


@transaction.atomic
def add_session(
    event: Event,
    *,
    viewer: Viewer,
    version: int,
    fields: SessionFields,
    hall: Hall | None = None,
    now: datetime | None = None,
) -> ProgrammeSession:
    """Add a session to the programme; whoever is in it is told where the programme is published.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a field breaks a rule, a speaker is not found, or there are very many sessions.
    """
    locked = change_event(event, viewer=viewer, version=version)
    if locked.sessions.count() >= MOST_SESSIONS:
        raise InvalidInput(_("An event has at most %(limit)d sessions.") % {"limit": MOST_SESSIONS})
    session = ProgrammeSession(hub_id=locked.hub_id, event=locked, hall=hall, **fields.cleaned(locked))
    _require_own_hall(locked, hall)
    with telling_of_sessions(locked, now=now or timezone.now()):
        save_valid(session)
        _seat_speakers(session, _find_speakers(locked, fields.speakers))
        save_change(locked, viewer=viewer, action="add_session", changed=["sessions"])
    return session


@transaction.atomic
def change_session(
    session: ProgrammeSession,
    *,
    viewer: Viewer,
    version: int,
    fields: SessionFields,
    hall: Hall | None = None,
    now: datetime | None = None,
) -> ProgrammeSession:
    """Change a session; planned meetings that it now clashes with stay until the timetable is repaired.

    Where the programme is published, those are told who have it in their plan, or had.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: a field breaks a rule, or a speaker is not found.
    """
    locked = change_event(session.event, viewer=viewer, version=version)
    row = _session_of(locked, session)
    _require_own_hall(locked, hall)
    speakers = _find_speakers(locked, fields.speakers)
    with telling_of_sessions(locked, now=now or timezone.now()):
        changed = assign(row, {**fields.cleaned(locked), "hall": hall})
        if changed:
            save_valid(row)
        if _seat_speakers(row, speakers) or changed:
            save_change(locked, viewer=viewer, action="change_session", changed=["sessions"])
    return row


@transaction.atomic
def remove_session(session: ProgrammeSession, *, viewer: Viewer, version: int, now: datetime | None = None) -> None:
    """Take a session off the programme; its people have that time free again, and are told where it was published.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
    """
    locked = change_event(session.event, viewer=viewer, version=version)
    row = _session_of(locked, session)
    with telling_of_sessions(locked, now=now or timezone.now()):
        row.delete()
        save_change(locked, viewer=viewer, action="remove_session", changed=["sessions"])


def _session_of(event: Event, session: ProgrammeSession) -> ProgrammeSession:
    row = event.sessions.filter(pk=session.pk).first()
    if row is None:
        raise NotFound(_("We cannot find that session. Somebody may have removed it."))
    return row


def _require_own_hall(event: Event, hall: Hall | None) -> None:
    if hall is not None and hall.event_id != event.pk:
        raise InvalidInput(_("Choose a hall of the event."), field="hall")


def _find_speakers(event: Event, written: tuple[str, ...]) -> list[Participant]:
    """Participants of these names, e-mail addresses or badge codes.

    Raises:
        InvalidInput: nobody is called so, or several are.
    """
    wanted = list(dict.fromkeys(filter(None, (" ".join(each.split()).casefold() for each in written))))
    if len(wanted) > MOST_SPEAKERS:
        raise InvalidInput(_("A session has at most %(limit)d speakers.") % {"limit": MOST_SPEAKERS}, field="speakers")
    if not wanted:
        return []
    people: dict[str, list[Participant]] = {}
    for person in event.people.exclude(state=ParticipantState.CANCELLED):
        for key in {person.name.casefold(), person.email.casefold(), person.code.casefold()}:
            people.setdefault(key, []).append(person)
    return list({person.pk: person for words in wanted for person in [_the_one(words, people.get(words, []))]}.values())


def _the_one(words: str, people: list[Participant]) -> Participant:
    if len(people) == 1:
        return people[0]
    message = (
        _("Several participants are called %(name)s: write the e-mail address.")
        if people
        else _("No participant is called %(name)s. Register them first, or write the e-mail address.")
    )
    raise InvalidInput(message % {"name": quotable(words)}, field="speakers")


def _seat_speakers(session: ProgrammeSession, speakers: list[Participant]) -> bool:
    """Let these and no others speak; whether that changed anything."""
    before = set(
        SessionSeat.objects.filter(session=session, part=SessionPart.SPEAKS).values_list("participant_id", flat=True)
    )
    after = {person.pk for person in speakers}
    SessionSeat.objects.filter(session=session, participant__in=before - after).delete()
    for person in speakers:
        if person.pk not in before:
            SessionSeat.objects.update_or_create(
                session=session, participant=person,
                defaults={"hub_id": session.hub_id, "part": SessionPart.SPEAKS},
            )  # fmt: skip
    return before != after
