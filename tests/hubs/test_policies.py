"""The policy module, as a table written by hand: role, visibility, whose row, and each action."""

from dataclasses import dataclass

import pytest

from hubs.enums import Role, Visibility
from hubs.policies import (
    Action,
    Viewer,
    may,
    may_create_profile,
    may_see_participants,
    owns,
    require,
    visible_levels,
)
from kernel.errors import NotAllowed

pytestmark = pytest.mark.usefixtures("english")

HERE, ELSEWHERE = 1, 2
OURS, THEIRS = 10, 11

# Rows of other organisations in the viewer's hub: one letter a visibility (public, members, hub); "-" is no.
OTHERS = {
    Action.SEE: {
        Role.VISITOR: "p--",
        Role.MEMBER: "pm-",
        Role.FACILITATOR: "pmh",
        Role.ORGANISER: "pmh",
        Role.HUB_ADMIN: "pmh",
    },
    Action.EDIT: {
        Role.VISITOR: "---",
        Role.MEMBER: "---",
        Role.FACILITATOR: "pmh",
        Role.ORGANISER: "---",
        Role.HUB_ADMIN: "pmh",
    },
    Action.RECOMMEND_FOR: {
        Role.VISITOR: "---",
        Role.MEMBER: "---",
        Role.FACILITATOR: "pmh",
        Role.ORGANISER: "---",
        Role.HUB_ADMIN: "pmh",
    },
    Action.SEE_CONTACT: {
        Role.VISITOR: "---",
        Role.MEMBER: "---",
        Role.FACILITATOR: "pmh",
        Role.ORGANISER: "pmh",
        Role.HUB_ADMIN: "pmh",
    },
}
LETTERS = {Visibility.PUBLIC: "p", Visibility.MEMBERS: "m", Visibility.HUB: "h"}
CASES = [(role, visibility, action) for role in Role for visibility in Visibility for action in Action]


@dataclass(frozen=True)
class Row:
    hub_id: int
    organisation_id: int
    visibility: str


def viewer_with(role: Role) -> Viewer:
    user_id = None if role is Role.VISITOR else 7
    return Viewer(hub_id=HERE, role=role, user_id=user_id, organisation_ids=frozenset({OURS}))


def test_table_names_every_action_and_role() -> None:
    assert {action: set(roles) for action, roles in OTHERS.items()} == {action: set(Role) for action in Action}


@pytest.mark.parametrize(("role", "visibility", "action"), CASES)
def test_other_organisations_row(role: Role, visibility: Visibility, action: Action) -> None:
    allowed = may(viewer_with(role), action, Row(HERE, THEIRS, visibility.value))

    assert allowed is (LETTERS[visibility] in OTHERS[action][role])


@pytest.mark.parametrize(("role", "visibility", "action"), CASES)
def test_own_row_is_open_to_every_role(role: Role, visibility: Visibility, action: Action) -> None:
    assert may(viewer_with(role), action, Row(HERE, OURS, visibility.value)) is True


@pytest.mark.parametrize("organisation_id", [OURS, THEIRS])
@pytest.mark.parametrize(("role", "visibility", "action"), CASES)
def test_other_hubs_row_is_closed(role: Role, visibility: Visibility, action: Action, organisation_id: int) -> None:
    row = Row(ELSEWHERE, organisation_id, visibility.value)

    assert may(viewer_with(role), action, row) is False
    assert owns(viewer_with(role), row) is False


@pytest.mark.parametrize("action", Action)
def test_require_agrees_with_may(action: Action) -> None:
    row = Row(HERE, THEIRS, Visibility.HUB.value)

    require(viewer_with(Role.HUB_ADMIN), action, row)
    with pytest.raises(NotAllowed, match="organisation itself") as refusal:
        require(viewer_with(Role.MEMBER), action, row)

    assert refusal.value.details == {"action": action.value}


@pytest.mark.parametrize(
    ("role", "levels"),
    [
        (Role.VISITOR, {"public"}),
        (Role.MEMBER, {"public", "members"}),
        (Role.FACILITATOR, {"public", "members", "hub"}),
        (Role.ORGANISER, {"public", "members", "hub"}),
        (Role.HUB_ADMIN, {"public", "members", "hub"}),
    ],
)
def test_visible_levels(role: Role, levels: set[str]) -> None:
    assert visible_levels(viewer_with(role)) == levels


@pytest.mark.parametrize(
    ("role", "is_staff", "sees_participants"),
    [
        (Role.VISITOR, False, False),
        (Role.MEMBER, False, True),
        (Role.FACILITATOR, True, True),
        (Role.ORGANISER, True, True),
        (Role.HUB_ADMIN, True, True),
    ],
)
def test_staff_and_participants(role: Role, is_staff: bool, sees_participants: bool) -> None:
    viewer = viewer_with(role)

    assert (viewer.is_staff, may_see_participants(viewer)) == (is_staff, sees_participants)


def test_visitor_is_the_viewer_that_nothing_was_said_about() -> None:
    viewer = Viewer(hub_id=HERE)

    assert (viewer.role, viewer.user_id, viewer.organisation_ids) == (Role.VISITOR, None, frozenset())
    assert (viewer.is_signed_in, may_create_profile(viewer)) == (False, False)


def test_signed_in_person_without_membership_may_make_a_profile() -> None:
    viewer = Viewer(hub_id=HERE, user_id=7)

    assert (viewer.is_signed_in, may_create_profile(viewer)) == (True, True)


def test_unknown_visibility_is_closed_to_all_but_the_owner() -> None:
    row = Row(HERE, THEIRS, "friends")

    assert [may(viewer_with(role), Action.SEE, row) for role in Role] == [False] * 5
