"""The one policy module: every view, endpoint and query asks here who may see and do what.

It knows no table above this layer; what it judges is told by small protocols.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _

from hubs.enums import Role, Visibility
from kernel.errors import NotAllowed

STAFF_ROLES = frozenset({Role.FACILITATOR, Role.ORGANISER, Role.HUB_ADMIN})
BROKER_ROLES = frozenset({Role.FACILITATOR, Role.HUB_ADMIN})


@dataclass(frozen=True)
class Viewer:
    """Who asks: the hub in which, the role there, and the organisations that the person speaks for."""

    hub_id: int
    role: Role = Role.VISITOR
    user_id: int | None = None
    organisation_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind the request at all."""
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the hub."""
        return self.role in STAFF_ROLES


class Action(StrEnum):
    """What can be asked about one profile or statement."""

    SEE = "see"
    EDIT = "edit"
    RECOMMEND_FOR = "recommend_for"
    SEE_CONTACT = "see_contact"


class Owned(Protocol):
    """A row that one organisation of one hub answers for."""

    @property
    def hub_id(self) -> int:
        """The hub to which the row belongs."""

    @property
    def organisation_id(self) -> int:
        """The organisation that speaks in the row."""

    @property
    def visibility(self) -> str:
        """A `Visibility` value."""


def visible_levels(viewer: Viewer) -> frozenset[str]:
    """Visibility levels that the viewer may read of organisations that are not the viewer's own."""
    if viewer.is_staff:
        return frozenset(Visibility.values)
    if viewer.role == Role.MEMBER:
        return frozenset({Visibility.PUBLIC.value, Visibility.MEMBERS.value})
    return frozenset({Visibility.PUBLIC.value})


def owns(viewer: Viewer, row: Owned) -> bool:
    """Whether the row is the viewer's own organisation's, in the viewer's hub."""
    return row.hub_id == viewer.hub_id and row.organisation_id in viewer.organisation_ids


def may(viewer: Viewer, action: Action, row: Owned) -> bool:
    """Whether the viewer may do `action` with the row; another hub's rows never."""
    if row.hub_id != viewer.hub_id:
        return False
    if action is Action.SEE:
        return row.visibility in visible_levels(viewer) or owns(viewer, row)
    if action is Action.EDIT or action is Action.RECOMMEND_FOR:
        return owns(viewer, row) or viewer.role in BROKER_ROLES
    return owns(viewer, row) or viewer.is_staff


def may_create_profile(viewer: Viewer) -> bool:
    """Whether the viewer may make a profile: anybody who has signed in, since members write their own."""
    return viewer.is_signed_in


def may_see_participants(viewer: Viewer) -> bool:
    """Whether the viewer may see who takes part in an event: members and the hub's staff."""
    return viewer.role != Role.VISITOR


def require(viewer: Viewer, action: Action, row: Owned) -> None:
    """Stop unless `may` says yes.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may(viewer, action, row):
        raise NotAllowed(_("Only the organisation itself or the hub's facilitators may do this."), action=action.value)


class Room(Protocol):
    """A project's room, or a shortlist: one organisation of one hub answers for it."""

    @property
    def hub_id(self) -> int:
        """The hub to which the room belongs."""

    @property
    def organisation_id(self) -> int:
        """The organisation that owns the room."""


def may_steer_room(viewer: Viewer, room: Room) -> bool:
    """Whether the viewer may change the room: its owner's people and the hub's facilitators."""
    if room.hub_id != viewer.hub_id:
        return False
    return room.organisation_id in viewer.organisation_ids or viewer.role in BROKER_ROLES


def may_see_room(viewer: Viewer, room: Room, *, seated: Collection[int] = ()) -> bool:
    """Whether the viewer may see it: those who steer, and the organisations that are invited or take part."""
    at_the_table = room.hub_id == viewer.hub_id and not viewer.organisation_ids.isdisjoint(seated)
    return at_the_table or may_steer_room(viewer, room)


def require_steering(viewer: Viewer, room: Room) -> None:
    """Stop unless the viewer may change the room.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may_steer_room(viewer, room):
        raise NotAllowed(_("Only the one who founded it, or the hub's facilitators, may do this."))


def may_broker(viewer: Viewer) -> bool:
    """Whether the viewer brokers contacts for the hub: facilitators and administrators."""
    return viewer.is_signed_in and viewer.role in BROKER_ROLES


def require_broker(viewer: Viewer) -> None:
    """Stop unless `may_broker` says yes.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may_broker(viewer):
        raise NotAllowed(_("Only the hub's facilitators and administrators may do this."))


class Party(Protocol):
    """One side of an introduction."""

    @property
    def organisation_id(self) -> int:
        """The organisation that speaks on that side."""


class Introduced(Protocol):
    """A request between two profiles of one hub."""

    channel: str
    made_by_id: int | None

    @property
    def hub_id(self) -> int:
        """The hub to which it belongs."""

    @property
    def was_sent(self) -> bool:
        """Whether it ever left its writer and the facilitator."""

    @property
    def both_consented(self) -> bool:
        """Whether both sides have said yes."""

    def party(self, side: str) -> Party:
        """The one on that side, "seeker" or "receiver"."""


def sides_of(viewer: Viewer, introduction: Introduced) -> frozenset[str]:
    """The sides for which the viewer speaks: both when two departments of one organisation talk."""
    if introduction.hub_id != viewer.hub_id:
        return frozenset()
    return frozenset(
        side for side in ("seeker", "receiver") if introduction.party(side).organisation_id in viewer.organisation_ids
    )


def may_see_introduction(viewer: Viewer, introduction: Introduced) -> bool:
    """Whether the viewer may know of it: brokers always, the two sides once it was sent, before that its writer's."""
    if introduction.hub_id != viewer.hub_id:
        return False
    sides = sides_of(viewer, introduction)
    if may_broker(viewer) or (sides and introduction.was_sent):
        return True
    return "seeker" in sides and introduction.channel != "facilitator"


def may_write_introduction(viewer: Viewer, introduction: Introduced) -> bool:
    """Whether the viewer may write, hand in, withdraw and ask again: the asking side and brokers."""
    return may_see_introduction(viewer, introduction) and (
        "seeker" in sides_of(viewer, introduction) or may_broker(viewer)
    )


def may_ask_for_contact(viewer: Viewer, profile: Owned) -> bool:
    """Whether asking this profile may be offered: to members and visitors (who sign in first), not to its own people.

    Staff who speak for nobody introduce two others instead.
    """
    if profile.hub_id != viewer.hub_id or owns(viewer, profile):
        return False
    return bool(viewer.organisation_ids) or not viewer.is_staff


def may_answer_introduction(viewer: Viewer, introduction: Introduced, side: str) -> bool:
    """Whether the viewer may say yes or no for that side: nobody but its own people."""
    return introduction.was_sent and side in sides_of(viewer, introduction)


def may_see_introduced_contact(viewer: Viewer, introduction: Introduced, side: str) -> bool:
    """Whether that side's contact details are open: to its own people, to staff, to the other side after both yes."""
    sides = sides_of(viewer, introduction)
    if side in sides or (introduction.hub_id == viewer.hub_id and viewer.is_staff):
        return True
    return bool(sides) and introduction.both_consented


def may_read_hub(viewer: Viewer) -> bool:
    """Whether the viewer may read how the hub as a whole fares, in counts: all who work for it."""
    return viewer.is_signed_in and viewer.is_staff


def require_reading_hub(viewer: Viewer) -> None:
    """Stop unless `may_read_hub` says yes.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may_read_hub(viewer):
        raise NotAllowed(_("Only those who work for the hub may read this."))


def may_set_hub_rules(viewer: Viewer) -> bool:
    """Whether the viewer may change how the hub brokers contacts: its administrators."""
    return viewer.is_signed_in and viewer.role == Role.HUB_ADMIN


def may_set_weights(viewer: Viewer) -> bool:
    """Whether the viewer may change what the ranking believes beforehand and what an outcome is worth: administrators.

    Who ranks (promoting, rolling back) is for all who broker.
    """
    return viewer.is_signed_in and viewer.role == Role.HUB_ADMIN


def require_setting_weights(viewer: Viewer) -> None:
    """Stop unless `may_set_weights` says yes.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may_set_weights(viewer):
        raise NotAllowed(_("Only the hub's administrators may change the ranking's weights and values."))


def may_export_log(viewer: Viewer) -> bool:
    """Whether the viewer may take the log of what was shown out of the hub: its administrators."""
    return viewer.is_signed_in and viewer.role == Role.HUB_ADMIN


def require_exporting_log(viewer: Viewer) -> None:
    """Stop unless `may_export_log` says yes.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may_export_log(viewer):
        raise NotAllowed(_("Only the hub's administrators may fetch the log."))


def may_organise(viewer: Viewer) -> bool:
    """Whether the viewer runs the hub's events: organisers, facilitators and administrators."""
    return viewer.is_signed_in and viewer.is_staff


def require_organiser(viewer: Viewer) -> None:
    """Stop unless `may_organise` says yes.

    Raises:
        NotAllowed: with a message that says who may.
    """
    if not may_organise(viewer):
        raise NotAllowed(_("Only the hub's event organisers, facilitators and administrators may do this."))


class Attending(Protocol):
    """A person at an event of one hub."""

    user_id: int | None

    @property
    def hub_id(self) -> int:
        """The hub whose event it is."""

    @property
    def organisation_id(self) -> int:
        """The organisation for which the person comes."""


def may_act_for(viewer: Viewer, person: Attending) -> bool:
    """Whether the viewer may speak for the person at the event: the person itself and colleagues, never another hub.

    Who comes with a signed link of the person's own mail is let in by the link instead.
    """
    if person.hub_id != viewer.hub_id or not viewer.is_signed_in:
        return False
    return person.user_id == viewer.user_id or person.organisation_id in viewer.organisation_ids


def may_state_at_event(viewer: Viewer, profile: Owned, *, comes_for_it: bool, is_spoken_for: bool) -> bool:
    """Whether the viewer may write what a profile offers and seeks at an event: its own people and the organisers.

    While nobody speaks for the profile, so may who comes to the event for it, as imports bring people in. Where
    somebody does, coming is not enough: the name of a company on a ticket is whatever its buyer typed.
    """
    if profile.hub_id != viewer.hub_id:
        return False
    return owns(viewer, profile) or may_organise(viewer) or (comes_for_it and not is_spoken_for)
