"""One sign-up from one form: the person, when they can meet, and what their profile offers and seeks on the day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.domain.people.availability import set_availability
from events.domain.people.catalogue_consent import set_in_catalogue
from events.domain.people.person_fields import PersonFields
from events.domain.people.registering import change_person, register_person
from events.domain.people.stating import OwnText, set_event_statements
from events.enums import ParticipantState
from events.models import Event, Participant
from hubs.models import User
from hubs.policies import Viewer
from profiles.models import Profile, Statement


@dataclass(frozen=True)
class SignUp:
    """All that the form says. `open_slots` None: the event has no slots, or nothing was said of them."""

    fields: PersonFields
    open_slots: Collection[UUID] | None = None
    chosen: Sequence[Statement] = ()
    own: Collection[OwnText] = ()


@transaction.atomic
def sign_up(
    event: Event, *, profile: Profile, written: SignUp, viewer: Viewer, user: User | None, now: datetime
) -> Participant:
    """Sign up, all or nothing; one who is signed up already comes back unchanged.

    Raises:
        What `register_person`, `set_availability` and `set_event_statements` raise.
    """
    email = written.fields.email.strip()
    was_there = event.people.filter(email__iexact=email).exclude(state=ParticipantState.CANCELLED).exists()
    person = register_person(event, profile=profile, fields=written.fields, user=user, viewer=viewer, now=now)
    if was_there:
        return person
    if written.open_slots is not None:
        set_availability(person, open_slots=written.open_slots, viewer=viewer, now=now)
    set_event_statements(person.participation, chosen=written.chosen, own=written.own, viewer=viewer)
    return person


@transaction.atomic
def change_place(
    person: Participant,
    *,
    fields: PersonFields,
    open_slots: Collection[UUID] | None,
    version: int,
    viewer: Viewer | None,
    now: datetime,
    in_catalogue: bool | None = None,
) -> Participant:
    """Change what a person said and when they can meet, all or nothing. `in_catalogue` None: nothing was said of it.

    Raises:
        What `change_person`, `set_availability` and `set_in_catalogue` raise.
    """
    if in_catalogue is not None:
        # First, while the row is that of who asks: another address may be that of somebody who may say more.
        set_in_catalogue(person, wanted=in_catalogue, viewer=viewer)
    changed = change_person(person, fields=fields, version=version, viewer=viewer, now=now)
    if open_slots is not None:
        set_availability(changed, open_slots=open_slots, viewer=viewer, now=now)
    return changed
