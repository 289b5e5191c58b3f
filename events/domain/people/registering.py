"""Coming to an event: signing up, changing what one said, cancelling; the day's places are counted under one lock."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.groups.telling_groups import telling_of_groups
from events.domain.locks import lock_event
from events.domain.people.admitting import require_admission, require_agreement, require_host
from events.domain.people.mails_follow import let_mails_follow
from events.domain.people.person_fields import PersonFields, new_code
from events.domain.people.telling_people import tell_person
from events.domain.people.waiting import count_agreements, fill_places, has_room
from events.enums import EventState, ParticipantState
from events.models import Event, Participant, Participation, Stand
from hubs.models import User
from hubs.policies import Viewer, may_act_for, may_organise, owns, require_organiser
from kernel.audit import record_change, record_changes
from kernel.errors import DomainError, NotAllowed, NotFound
from profiles.domain.saving import assign, check_version, save_valid
from profiles.models import Profile

S = ParticipantState


class Source(StrEnum):
    """Who brings a person in."""

    PERSON = "person"
    ORGANISER = "organiser"
    IMPORT = "import"


class RegisteredAlready(DomainError):
    """Somebody of another organisation stands under that address."""

    code: ClassVar[str] = "registered_already"
    status: ClassVar[int] = 409


class EventIsOver(DomainError):
    """What is past is not changed."""

    code: ClassVar[str] = "event_is_over"
    status: ClassVar[int] = 409


@transaction.atomic
def register_person(
    event: Event,
    *,
    profile: Profile,
    fields: PersonFields,
    user: User | None = None,
    source: Source = Source.PERSON,
    now: datetime,
    viewer: Viewer | None = None,
    state: ParticipantState | None = None,
    key: str = "",
    tells: bool = True,
) -> Participant:
    """Sign a person up for a profile of the event's hub: with a place while there is room, else waiting.

    Asked twice for the same address and organisation, the row that is there comes back as it is; one who cancelled
    comes back with the words of now and takes a place, or waits, like a new one. `viewer` is judged where one is
    given. `state` is what an import found; an organiser's people need neither open registration nor terms.

    Raises:
        NotAllowed: the viewer neither speaks for the profile nor organises.
        NotFound: event and profile are of different hubs.
        RegistrationClosed, NotForProfile: see `events.domain.people.admitting`.
        RegisteredAlready: the address stands there for another organisation.
        InvalidInput: a field breaks a rule, the terms are not agreed to, or the host cannot be one.
    """
    _require_registrar(event, profile, viewer=viewer, source=source)
    locked = lock_event(event)
    values = fields.cleaned()
    found = Participant.objects.filter(event=locked, email__iexact=values["email"]).first()
    if found is not None:
        _require_own(found, profile, user=user)
        if found.state != S.CANCELLED:
            return found
    if source is Source.PERSON:
        require_admission(locked, profile=profile, now=now)
        values |= require_agreement(locked, fields.agreed_terms, now=now)
    values["host"] = require_host(locked, fields.host, profile=profile, person=found)
    values["user"] = user or person_of_address(values["email"])
    values["state"] = state or (S.REGISTERED if has_room(locked) else S.WAITING)
    return _store(locked, profile, found, values, key=key, viewer=viewer, now=now, tells=tells)


def _require_registrar(event: Event, profile: Profile, *, viewer: Viewer | None, source: Source) -> None:
    if profile.hub_id != event.hub_id or (viewer is not None and viewer.hub_id != event.hub_id):
        raise NotFound(_("We cannot find that profile. It may have been removed, or it is not open to you."))
    if viewer is None or may_organise(viewer):
        return
    if source is not Source.PERSON or not owns(viewer, profile):
        raise NotAllowed(_("Only the organisation itself or the event's organisers may sign people up."))


def _require_own(found: Participant, profile: Profile, *, user: User | None) -> None:
    """An address of other people's is theirs; only the person itself takes it along to a new employer."""
    if found.organisation_id == profile.organisation_id:
        return
    if found.state == S.CANCELLED and user is not None and user.email.lower() == found.email.lower():
        return
    raise RegisteredAlready(
        _("That address is signed up for another organisation. Use another address, or ask the organiser.")
    )


def person_of_address(email: str) -> User | None:
    """Who signs in with the address; that proves it is theirs."""
    return User.objects.filter(email__iexact=email, is_active=True).first()


def _store(
    event: Event,
    profile: Profile,
    found: Participant | None,
    values: dict[str, Any],
    *,
    key: str,
    viewer: Viewer | None,
    now: datetime,
    tells: bool,
) -> Participant:
    participation, _is_new = Participation.objects.get_or_create(
        event=event, profile=profile, defaults={"hub_id": event.hub_id}
    )
    person = found or Participant(hub_id=event.hub_id, event=event, code=new_code(event.pk))
    person.participation = participation
    person.stand = person.stand or Stand.objects.filter(event=event, organisation=profile.organisation_id).first()
    assign(person, values | began(event, values["state"], now=now))
    person.imported_key = key or person.imported_key
    person.version += 0 if found is None else 1
    with telling_of_groups(event, now=now):
        save_valid(person)
    _record(person, viewer, "register")
    if found is not None and person.state == S.REGISTERED:
        count_agreements(person, now=now)
    if tells:
        kind = "event_registered" if person.state == S.REGISTERED else "event_waiting"
        tell_person(person, kind, now=now)
    return person


def began(event: Event, state: str, *, now: datetime) -> dict[str, Any]:
    """The marks of somebody who has just come in; who comes after the reconfirmation was asked has confirmed."""
    is_late = event.reconfirm_at is not None and event.reconfirm_at <= now
    return {
        "queued_at": None if state in {S.REGISTERED, S.CANCELLED} else now,
        "reconfirm_asked_at": None,
        "reconfirmed_at": now if is_late and state == S.REGISTERED else None,
        "cancelled_at": now if state == S.CANCELLED else None,
        "asked_to_open": 0,
    }


@transaction.atomic
def change_person(
    person: Participant,
    *,
    fields: PersonFields,
    version: int,
    now: datetime,
    viewer: Viewer | None = None,
) -> Participant:
    """Change what a person said; without `viewer`, the person's own mailed link has let them in.

    A tick at newer terms is noted; the agreement that was given stays otherwise. Mails that wait for the person go to
    the address of now.

    Raises:
        NotAllowed: the viewer is neither one of the organisation nor an organiser.
        NotFound: the row is gone.
        EditConflict: somebody saved in between.
        EventIsOver
        RegisteredAlready: the address is another person's at this event.
        InvalidInput
    """
    locked = lock_person(person, viewer=viewer)
    check_version(locked.version, version)
    require_coming_event(locked.event, now=now)
    values = fields.cleaned()
    _require_free_address(locked, values["email"])
    if fields.agreed_terms is not None:
        values |= require_agreement(locked.event, fields.agreed_terms, now=now)
    values["host"] = require_host(locked.event, fields.host, profile=locked.participation.profile, person=locked)
    if values["email"] != locked.email:
        values["user"] = person_of_address(values["email"])
    changed = assign(locked, values)
    locked.version += 1
    save_valid(locked)
    if "email" in changed:
        let_mails_follow(locked.event, (locked,))
    _record(locked, viewer, "update", changed)
    return locked


def _require_free_address(person: Participant, email: str) -> None:
    others = Participant.objects.filter(event_id=person.event_id, email__iexact=email).exclude(pk=person.pk)
    if others.exists():
        raise RegisteredAlready(_("Somebody else at this event has that address. Each person needs their own."))


@transaction.atomic
def cancel_person(
    person: Participant, *, now: datetime, actor: Viewer | None = None, tells: bool = True
) -> Participant:
    """The person does not come: meetings are called off, groups around questions go on without, colleagues get agendas
    of their own, the place is free.

    Cancelling twice is once. `actor` is None where the person's own link or an import says so.

    Raises:
        NotAllowed, NotFound, EventIsOver
    """
    locked = lock_person(person, viewer=actor)
    if locked.state == S.CANCELLED:
        return locked
    require_coming_event(locked.event, now=now, called_off_too=True)
    locked.state, locked.cancelled_at, locked.queued_at = S.CANCELLED, now, None
    locked.version += 1
    with telling_of_groups(locked.event, now=now):
        locked.save()
    team = list(locked.team.order_by("pk"))
    _record(locked, actor, "cancel", ["state"])
    release_teams([(locked, team)], actor=actor, now=now)
    call_meetings_off(locked, team, now=now)
    if tells:
        tell_person(locked, "event_cancelled", now=now)
    fill_places(locked.event, now=now)
    return locked


def release_teams(
    teams: Sequence[tuple[Participant, Sequence[Participant]]], *, actor: Viewer | None, now: datetime
) -> None:
    """Those who shared the agenda of a host who cancels get one of their own, and go on with its recommendations.

    Kept in the record: who has just got an agenda is told that recommendations are on their way.
    """
    colleagues = [each for _host, team in teams for each in team]
    if not colleagues:
        return
    # What is recommended is above this module in its turn.
    from events.domain.wishes.taking_over import take_over_list

    Participant.objects.filter(pk__in=[each.pk for each in colleagues]).update(host=None)
    record_changes(
        colleagues[0].hub_id, actor_id=actor.user_id if actor else None, action="update",
        subject_type="event_participant", changed_fields={each.public_id: ("host",) for each in colleagues},
    )  # fmt: skip
    for host, team in teams:
        if team:
            take_over_list(host, team, now=now)


def call_meetings_off(person: Participant, team: list[Participant], *, now: datetime) -> None:
    """Only where others count on the person; the module that tells them is above this one in its turn."""
    if person.requests_sent.exists() or person.requests_received.exists() or person.guest_of.exists():
        from events.domain.timetable.day_changes import note_cancellation

        note_cancellation(person, team=team, now=now)


@transaction.atomic
def seat_person(person: Participant, *, stand: Stand | None, viewer: Viewer) -> Participant:
    """Say at which stand of the event the person is found, or at none.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound: another hub's person, or another event's stand.
    """
    require_organiser(viewer)
    locked = lock_person(person, viewer=viewer)
    if stand is not None and stand.event_id != locked.event_id:
        raise NotFound(_("We cannot find that stand at this event."))
    if locked.stand != stand:
        locked.stand = stand
        locked.save(update_fields=["stand", "updated_at"])
        _record(locked, viewer, "update", ["stand"])
    return locked


def lock_person(person: Participant, *, viewer: Viewer | None) -> Participant:
    """The row under its event's lock, for somebody who may change it.

    Raises:
        NotFound: it is gone, or another hub's.
        NotAllowed
    """
    lock_event(person.event)
    rows = Participant.objects.select_related("event", "participation__profile").filter(pk=person.pk)
    locked = rows.first()
    if locked is None or (viewer is not None and viewer.hub_id != locked.hub_id):
        raise NotFound(_("We cannot find that person at this event."))
    if viewer is not None and not (may_act_for(viewer, locked) or may_organise(viewer)):
        raise NotAllowed(_("Only the person, colleagues and the event's organisers may change this."))
    return locked


def require_coming_event(event: Event, *, now: datetime, called_off_too: bool = False) -> None:
    """Stop unless the event is still to come.

    Raises:
        EventIsOver
    """
    gone = {EventState.OVER} if called_off_too else {EventState.OVER, EventState.CANCELLED}
    if event.state in gone or event.ends_at <= now:
        raise EventIsOver(_("The event is over or called off, so nothing is changed any more."))


def _record(person: Participant, viewer: Viewer | None, action: str, changed: list[str] | tuple[str, ...] = ()) -> None:
    record_change(
        person.hub_id, actor_id=viewer.user_id if viewer else None, action=action,
        subject_type="event_participant", subject_id=person.public_id, changed_fields=changed,
    )  # fmt: skip
