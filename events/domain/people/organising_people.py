"""What organisers do with people of their event: taking somebody in by hand, changing a place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.people.availability import set_availability
from events.domain.people.organisation_kinds import kind_by_name
from events.domain.people.person_fields import PersonFields
from events.domain.people.profiles_by_name import find_by_name
from events.domain.people.registering import Source, register_person, seat_person
from events.domain.people.signing_up import change_place
from events.domain.setup.changing import ChangedMeanwhile
from events.enums import ParticipantState, PeopleKind
from events.models import Event, Participant, Stand
from events.queries.days import OPEN_LEVELS
from hubs.enums import Visibility
from hubs.models import Hub
from hubs.policies import Viewer, require_organiser
from matching.domain.changes import note_changes
from profiles.domain.fields import OrganisationFields, ProfileFields
from profiles.domain.many_profiles import store_profiles
from profiles.domain.profiles import store_organisation, store_profile
from profiles.enums import ProfileKind
from profiles.models import Profile
from profiles.texts import clean_line


@dataclass(frozen=True)
class Draft:
    """An organisation that nobody speaks for yet; an exhibitor's profile is one that everybody sees.

    Who exhibits comes to be seen: the catalogue and its paper show visitors public profiles only. Of others, members
    see that they come, and search engines do not.
    """

    name: str
    kind: str = ProfileKind.FIRM.value
    is_seen: bool = False

    def fields(self) -> ProfileFields:
        """What a profile says that is made from so little."""
        seen_by = Visibility.PUBLIC if self.is_seen else Visibility.MEMBERS
        return ProfileFields(kind=self.kind, name=self.name, visibility=seen_by.value)


def draft_profile(hub: Hub, draft: Draft) -> Profile:
    """A profile of an organisation that nobody speaks for yet.

    Raises:
        InvalidInput: the name or kind is none.
    """
    owner = store_organisation(hub, fields=OrganisationFields(name=draft.name))
    return store_profile(hub, organisation=owner, fields=draft.fields())


def draft_profiles(hub: Hub, drafts: Sequence[Draft]) -> list[Profile]:
    """The same of many organisations at once, in their order: as many queries as for a few.

    Raises:
        InvalidInput: a name or kind is none; nothing is stored.
    """
    profiles = store_profiles(hub, fields=[draft.fields() for draft in drafts])
    note_changes(hub.pk, profile_ids=[profile.pk for profile in profiles])
    return profiles


def is_seen_at(event: Event, person_kind: str) -> bool:
    """Whether who comes as that stands in a catalogue that everybody may read."""
    return person_kind == PeopleKind.EXHIBITOR and event.level in OPEN_LEVELS


@transaction.atomic
def add_person(
    event: Event,
    *,
    organisation: str,
    fields: PersonFields,
    open_slots: Collection[UUID] | None,
    stand: Stand | None,
    viewer: Viewer,
    now: datetime,
    organisation_kind: str = "",
) -> Participant:
    """Take somebody in, also when registration is closed; who is there already comes back unchanged.

    An organisation that is new here gets a profile of the kind given, else of the one that its name speaks for.

    Raises:
        NotAllowed: the viewer is no organiser.
        NotFound, RegisteredAlready, InvalidInput
    """
    require_organiser(viewer)
    name = clean_line(organisation, field="organisation", max_length=160, min_letters=2)
    kind = organisation_kind or kind_by_name(name)
    draft = Draft(name, kind, is_seen=is_seen_at(event, fields.kind))
    profile = find_by_name(event.hub, name) or draft_profile(event.hub, draft)
    was_there = event.people.filter(email__iexact=fields.email.strip()).exclude(state=ParticipantState.CANCELLED)
    is_known = was_there.exists()
    person = register_person(event, profile=profile, fields=fields, source=Source.ORGANISER, viewer=viewer, now=now)
    if is_known:
        return person
    if open_slots is not None:
        set_availability(person, open_slots=open_slots, viewer=viewer, now=now)
    return seat_person(person, stand=stand or person.stand, viewer=viewer)


@dataclass(frozen=True)
class Seat:
    """The stand that an organiser chose, or none, in place of the one shown: its number, or empty for none."""

    stand: Stand | None
    instead_of: str


@transaction.atomic
def change_by_organiser(
    person: Participant,
    *,
    fields: PersonFields,
    open_slots: Collection[UUID] | None,
    seat: Seat | None,
    version: int,
    viewer: Viewer,
    now: datetime,
) -> Participant:
    """Change a place and where it is found, all or nothing; without a `seat` the person is found where it was.

    Raises:
        NotAllowed: the viewer is no organiser.
        ChangedMeanwhile: somebody else has given the person another stand than the one shown.
        What `change_place` raises.
    """
    require_organiser(viewer)
    changed = change_place(person, fields=fields, open_slots=open_slots, version=version, viewer=viewer, now=now)
    if seat is None:
        return changed
    _require_shown(changed, seat)
    return seat_person(changed, stand=seat.stand, viewer=viewer)


def _require_shown(person: Participant, seat: Seat) -> None:
    """A stand given by another organiser meanwhile is not replaced unseen; the same one twice is no conflict."""
    now = person.stand.number if person.stand is not None else ""
    if person.stand != seat.stand and now != seat.instead_of:
        raise ChangedMeanwhile(
            _("Another organiser changed the stand of %(name)s meanwhile. Nothing is lost: look, and save again.")
            % {"name": person.name},
            current_version=person.version,
        )
