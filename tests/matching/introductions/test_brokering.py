"""The facilitator's part: introducing two, stepping in, handing over; the timeline stays with the hub."""

from typing import Any

import pytest

from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from matching.domain.introductions.answering import accept_introduction
from matching.domain.introductions.brokering import hand_over, step_in
from matching.domain.introductions.changing import add_note, withdraw_introduction
from matching.domain.introductions.errors import AlreadyAsked, CapReached, Paused
from matching.models import Introduction, LoadPlace
from matching.queries.introductions import cases_of, timeline_of
from tests.factories import HubFactory, UserFactory
from tests.matching.introductions.parties import (
    LATER,
    NOW,
    Person,
    accepted,
    broker,
    capped,
    introduced,
    mailed,
    party,
    sent,
    told,
)


def test_both_are_asked_and_each_gives_a_place(firm: Person, ward: Person, facilitator: tuple[User, Viewer]) -> None:
    request = introduced(facilitator[1], firm, ward, contact_purpose="test")

    assert (request.state, request.channel, request.facilitator_id) == ("sent", "facilitator", facilitator[0].pk)
    assert (request.seeker_consented_at, request.receiver_consented_at, request.minutes) == (None, None, 240)
    assert mailed() == [("introduction_proposed", firm.user.email), ("introduction_proposed", ward.user.email)]
    assert set(LoadPlace.objects.values_list("profile", flat=True)) == {firm.profile.pk, ward.profile.pk}
    assert [entry.text for entry in timeline_of(ward.viewer, request)] == ["I arbejder begge med sår."]


@pytest.mark.parametrize("full", ["firm", "ward"])
def test_a_full_month_of_either_stops_it_whole(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer], full: str
) -> None:
    capped(firm if full == "firm" else ward, 0)

    with pytest.raises(CapReached):
        introduced(facilitator[1], firm, ward)

    assert (Introduction.objects.count(), LoadPlace.objects.count(), mailed()) == (0, 0, [])


def test_withdrawing_the_proposal_keeps_both_places_and_tells_nobody_who_was_silent(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = introduced(facilitator[1], firm, ward)

    withdraw_introduction(request, viewer=facilitator[1], now=LATER)

    assert LoadPlace.objects.count() == 2
    assert [kind for kind, _address in mailed()] == ["introduction_proposed"] * 2


@pytest.mark.parametrize("side", ["seeker", "receiver"])
def test_withdrawing_the_proposal_tells_the_side_that_had_said_yes(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer], side: str
) -> None:
    request, who = introduced(facilitator[1], firm, ward), firm if side == "seeker" else ward
    accept_introduction(request, side=side, actor=who.user, now=LATER)

    withdraw_introduction(request, viewer=facilitator[1], now=LATER)

    assert mailed()[2:] == [("introduction_withdrawn", who.user.email)]


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"asked": "  "}, {"purpose": "golf"}, {"minutes": 1}, {"contact_purpose": "golf"}],
)
def test_an_incomplete_proposal_is_refused(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer], wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        introduced(facilitator[1], firm, ward, **wrong)
    assert Introduction.objects.count() == 0


def test_a_proposal_to_the_paused_or_to_those_in_touch_is_refused(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    sent(firm, ward)
    with pytest.raises(AlreadyAsked):
        introduced(facilitator[1], ward, firm)
    asleep = party(hub, is_paused=True)

    with pytest.raises(Paused):
        introduced(facilitator[1], firm, asleep)


def test_only_brokers_of_the_hub_propose(firm: Person, ward: Person) -> None:
    elsewhere = broker(HubFactory(slug="anden", name="Anden"))[1]

    with pytest.raises(NotAllowed):
        introduced(firm.viewer, firm, ward)
    with pytest.raises(NotFound):
        introduced(elsewhere, firm, ward)


def test_stepping_in_is_seen_by_both_and_happens_once(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    request = sent(firm, ward)

    for _time in range(2):
        step_in(request, viewer=facilitator[1], now=LATER)

    request.refresh_from_db()
    assert request.facilitator == facilitator[0]
    assert [kind for kind, _side in told(request)].count("stepped_in") == 1
    assert [entry.kind for entry in timeline_of(ward.viewer, request)][-1] == "stepped_in"
    with pytest.raises(NotAllowed):
        step_in(request, viewer=ward.viewer, now=LATER)


def test_handing_over_moves_all_running_cases_with_their_timeline(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    running = introduced(facilitator[1], firm, ward)
    add_note(running, viewer=facilitator[1], text="Ring til Hanne.", staff_only=True, now=NOW)
    ended = withdraw_introduction(introduced(facilitator[1], party(hub), party(hub)), viewer=facilitator[1], now=NOW)
    colleague, her_view = broker(hub)

    moved = hand_over(facilitator[1], to=colleague, now=LATER, note="Jeg går på barsel.")

    ended.refresh_from_db()
    assert [case.pk for case in moved] == [running.pk] == [case.pk for case in cases_of(her_view)]
    assert (ended.facilitator, cases_of(facilitator[1])) == (facilitator[0], [])
    assert [entry.text for entry in timeline_of(her_view, running) if entry.text] == [
        "I arbejder begge med sår.",
        "Ring til Hanne.",
        "Jeg går på barsel.",
    ]
    assert "Jeg går på barsel." not in [entry.text for entry in timeline_of(ward.viewer, running)]


def test_handing_over_some_leaves_the_rest(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    first = introduced(facilitator[1], firm, ward)
    second = introduced(facilitator[1], party(hub), party(hub))
    colleague, her_view = broker(hub, Role.HUB_ADMIN)

    hand_over(facilitator[1], to=colleague, now=LATER, introductions=[second])

    assert [case.pk for case in cases_of(her_view)] == [second.pk]
    assert [case.pk for case in cases_of(facilitator[1])] == [first.pk]


def test_cases_go_to_brokers_of_this_hub_only(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    case = introduced(facilitator[1], firm, ward)
    other_hub = HubFactory(slug="anden", name="Anden")
    foreign_user, foreign_viewer = broker(other_hub)

    for to in (firm.user, foreign_user, UserFactory(), broker(hub, Role.ORGANISER)[0]):
        with pytest.raises(InvalidInput):
            hand_over(facilitator[1], to=to, now=LATER)
    with pytest.raises(NotAllowed):
        hand_over(firm.viewer, to=facilitator[0], now=LATER)
    with pytest.raises(NotFound):
        hand_over(foreign_viewer, to=foreign_user, now=LATER, introductions=[case])

    case.refresh_from_db()
    assert case.facilitator == facilitator[0]


def test_a_facilitator_who_leaves_takes_nothing_along(
    firm: Person, ward: Person, hub: Hub, facilitator: tuple[User, Viewer]
) -> None:
    case = introduced(facilitator[1], firm, ward)
    entries = told(case)

    facilitator[0].delete()

    case.refresh_from_db()
    assert (case.facilitator, told(case)) == (None, entries)
    assert step_in(case, viewer=broker(hub)[1], now=LATER).facilitator_id is not None


def test_both_sides_of_an_accepted_contact_stay_with_the_hub(firm: Person, ward: Person, hub: Hub) -> None:
    contact = accepted(firm, ward)

    firm.user.delete()

    assert [kind for kind, _side in told(contact)] == ["drafted", "sent", "accepted"]
