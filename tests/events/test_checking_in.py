"""Check-in: each scan once, whenever and however often a phone sends it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from events.domain.day.checking_in import MOST_SCANS, Scan, Seen, check_in
from events.enums import ParticipantState
from events.models import CheckIn, Participant
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.events.bazar import START, Bazar, make_bazar
from tests.factories import HubFactory, MembershipFactory

NOW = START + timedelta(minutes=30)


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


@pytest.fixture
def organiser(hub: Hub) -> Viewer:
    return Viewer(hub.pk, Role.ORGANISER, MembershipFactory(hub=hub, role=Role.ORGANISER).user.pk)


def scan(code: str, at: datetime = NOW, public_id: UUID | None = None) -> Scan:
    return Scan(public_id or uuid4(), code, at)


def came_at(person: Participant) -> datetime | None:
    person.refresh_from_db()
    return person.checked_in_at


@pytest.mark.parametrize("typed", ["KANNA", "kanna", " k-anna "])
def test_code_is_read_however_it_is_typed(bazar: Bazar, organiser: Viewer, typed: str) -> None:
    (result,) = check_in(bazar.event, viewer=organiser, scans=[scan(typed)], now=NOW)

    assert (result.seen, result.person) == (Seen.WELCOME, bazar.anna)
    assert came_at(bazar.anna) == NOW


def test_scan_that_is_sent_twice_counts_once(bazar: Bazar, organiser: Viewer) -> None:
    same = scan("KANNA")

    seen = [
        check_in(bazar.event, viewer=organiser, scans=[same], now=NOW + timedelta(minutes=late))[0].seen
        for late in (0, 9)
    ]

    assert seen == [Seen.WELCOME, Seen.WELCOME]
    assert CheckIn.objects.count() == 1


def test_second_scan_of_a_badge_says_so_and_keeps_the_first_moment(bazar: Bazar, organiser: Viewer) -> None:
    check_in(bazar.event, viewer=organiser, scans=[scan("KANNA")], now=NOW)

    later = NOW + timedelta(hours=1)
    (result,) = check_in(bazar.event, viewer=organiser, scans=[scan("KANNA", later)], now=later)

    assert result.seen == Seen.AGAIN
    assert came_at(bazar.anna) == NOW


def test_scan_from_before_the_network_came_back_keeps_its_own_moment(bazar: Bazar, organiser: Viewer) -> None:
    check_in(bazar.event, viewer=organiser, scans=[scan("KANNA", NOW)], now=NOW + timedelta(minutes=10))

    assert came_at(bazar.anna) == NOW


@pytest.mark.parametrize("wrong", [NOW + timedelta(days=2), NOW - timedelta(days=400)])
def test_phone_with_a_wrong_clock_counts_from_now(bazar: Bazar, organiser: Viewer, wrong: datetime) -> None:
    check_in(bazar.event, viewer=organiser, scans=[scan("KANNA", wrong)], now=NOW)

    assert came_at(bazar.anna) == NOW


def test_unknown_code_loses_no_other_scan(bazar: Bazar, organiser: Viewer) -> None:
    results = check_in(bazar.event, viewer=organiser, scans=[scan("NOBODY"), scan("KBB")], now=NOW)

    assert [result.seen for result in results] == [Seen.UNKNOWN, Seen.WELCOME]
    assert came_at(bazar.bo) == NOW


def test_id_that_was_used_for_another_badge_checks_nobody_in(bazar: Bazar, organiser: Viewer) -> None:
    public_id = uuid4()
    check_in(bazar.event, viewer=organiser, scans=[scan("KANNA", public_id=public_id)], now=NOW)

    (result,) = check_in(bazar.event, viewer=organiser, scans=[scan("KBB", public_id=public_id)], now=NOW)

    assert (result.seen, result.person) == (Seen.UNKNOWN, None)
    assert came_at(bazar.bo) is None


@pytest.mark.parametrize("state", [each for each in ParticipantState if each != ParticipantState.REGISTERED])
def test_who_has_no_place_is_told_at_the_door(bazar: Bazar, organiser: Viewer, state: str) -> None:
    Participant.objects.filter(pk=bazar.bo.pk).update(state=state)

    (result,) = check_in(bazar.event, viewer=organiser, scans=[scan("KBB")], now=NOW)

    assert result.seen == Seen.NOT_COMING
    assert came_at(bazar.bo) is None


def test_badge_of_another_event_is_unknown(bazar: Bazar, organiser: Viewer, hub: Hub) -> None:
    other = make_bazar(hub, "andet")
    Participant.objects.filter(pk=other.anna.pk).update(code="KANDET")

    (result,) = check_in(bazar.event, viewer=organiser, scans=[scan("KANDET")], now=NOW)

    assert result.seen == Seen.UNKNOWN


def test_members_and_other_hubs_check_nobody_in(bazar: Bazar) -> None:
    foreign = Viewer(HubFactory(slug="nordbro").pk, Role.ORGANISER, 1)

    with pytest.raises(NotAllowed):
        check_in(bazar.event, viewer=Viewer(bazar.event.hub_id, Role.MEMBER, 1), scans=[], now=NOW)
    with pytest.raises(NotFound):
        check_in(bazar.event, viewer=foreign, scans=[], now=NOW)


def test_more_scans_than_a_phone_makes_are_refused(bazar: Bazar, organiser: Viewer) -> None:
    with pytest.raises(InvalidInput, match=str(MOST_SCANS)):
        check_in(bazar.event, viewer=organiser, scans=[scan("KANNA")] * (MOST_SCANS + 1), now=NOW)
