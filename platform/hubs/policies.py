"""The one policy module: every view, endpoint and query asks here who may see and do what.

It knows no table above this layer; what it judges is told by small protocols.
"""

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
