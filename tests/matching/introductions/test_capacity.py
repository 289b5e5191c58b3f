"""Places of a month: absolute, over all channels, by months in Copenhagen, never given back once the mail has left."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from hubs.models import Hub
from matching.domain.introductions.answering import mark_seen
from matching.domain.introductions.capacity import capacity_left, free_place, full_profiles, take_place
from matching.domain.introductions.changing import withdraw_introduction
from matching.domain.introductions.errors import CapReached
from matching.domain.introductions.rules import set_contact_rules
from matching.models import LoadPlace
from tests.matching.introductions.parties import NOW, Person, at, capped, mailed, party, sent


def take(person: Person, channel: str = "web", now: datetime = NOW) -> LoadPlace:
    return take_place(person.profile, channel=channel, subject=uuid4(), now=now)


def test_all_channels_count_together(ward: Person) -> None:
    capped(ward, 3)

    numbers = [take(ward, channel).number for channel in ("web", "mail", "event")]

    assert numbers == [1, 2, 3]
    with pytest.raises(CapReached):
        take(ward, "facilitator")


def test_without_a_cap_places_are_counted_all_the_same(ward: Person) -> None:
    for _place in range(4):
        take(ward)

    capped(ward, 4)

    with pytest.raises(CapReached):
        take(ward)


def test_a_cap_of_none_at_all_takes_nobody(ward: Person) -> None:
    capped(ward, 0)

    with pytest.raises(CapReached):
        take(ward)
    assert capacity_left(ward.profile.hub_id, [ward.profile.pk], today=NOW.date()) == {ward.profile.pk: 0.0}


def test_the_same_subject_takes_one_place(ward: Person) -> None:
    capped(ward, 1)
    subject = uuid4()

    first = take_place(ward.profile, channel="web", subject=subject, now=NOW)
    second = take_place(ward.profile, channel="web", subject=subject, now=NOW)

    assert first.pk == second.pk


def test_a_freed_place_is_taken_again_and_numbers_stay_within_the_cap(ward: Person) -> None:
    capped(ward, 3)
    rows = [take(ward) for _place in range(3)]

    free_place(rows[1].subject)

    assert take(ward).number == 2
    with pytest.raises(CapReached):
        take(ward)


def test_a_lowered_cap_lets_nothing_in_until_there_is_room(ward: Person) -> None:
    rows = [take(ward) for _place in range(5)]
    set_contact_rules(ward.profile, viewer=ward.viewer, monthly_cap=3, wants_screening=False)

    for row in rows[:2]:
        with pytest.raises(CapReached):
            take(ward)
        free_place(row.subject)
    free_place(rows[2].subject)

    assert take(ward).number == 1


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (at("2026-03-31", 23, 59), at("2026-04-01", 0, 0)),
        (at("2026-12-31", 23, 59), at("2027-01-01", 0, 0)),
        (at("2028-02-29", 23, 59), at("2028-03-01", 0, 0)),
        (at("2026-10-31", 23, 59), at("2026-11-01", 0, 0)),
    ],
)
def test_a_month_ends_at_midnight_in_copenhagen(ward: Person, last: datetime, first: datetime) -> None:
    capped(ward, 1)
    take(ward, now=last.astimezone(tz=None))

    with pytest.raises(CapReached):
        take(ward, now=last)
    assert take(ward, now=first).month == first.date()


def test_share_left_is_told_of_those_with_a_cap(firm: Person, ward: Person, hub: Hub) -> None:
    capped(ward, 4)
    full = party(hub)
    capped(full, 1)
    take(ward)
    take(full)
    ids = [firm.profile.pk, ward.profile.pk, full.profile.pk]

    assert capacity_left(hub.pk, ids, today=date(2026, 3, 31)) == {ward.profile.pk: 0.75, full.profile.pk: 0.0}
    assert full_profiles(hub.pk, today=date(2026, 3, 31)) == {full.profile.pk}
    assert full_profiles(hub.pk, today=date(2026, 4, 1)) == frozenset()
    assert capacity_left(hub.pk, [firm.profile.pk], today=date(2026, 3, 31)) == {}


def test_share_left_below_a_lowered_cap_is_none_not_less(ward: Person) -> None:
    for _place in range(3):
        take(ward)
    capped(ward, 2)

    assert capacity_left(ward.profile.hub_id, [ward.profile.pk], today=NOW.date()) == {ward.profile.pk: 0.0}


def test_asking_withdrawing_and_asking_again_mails_a_full_profile_once(firm: Person, ward: Person) -> None:
    capped(ward, 1)
    withdraw_introduction(sent(firm, ward), viewer=firm.viewer, now=NOW)

    with pytest.raises(CapReached):
        sent(firm, ward, now=NOW + timedelta(hours=1))
    assert mailed() == [("introduction_received", ward.user.email)]


def test_a_request_withdrawn_in_screening_has_taken_no_place(firm: Person, ward: Person) -> None:
    capped(ward, 1, screening=True)
    withdraw_introduction(sent(firm, ward), viewer=firm.viewer, now=NOW)

    assert take(ward).number == 1


@pytest.mark.parametrize("seen", [False, True])
def test_a_withdrawn_request_keeps_its_place(firm: Person, ward: Person, hub: Hub, seen: bool) -> None:
    capped(ward, 1)
    request = sent(firm, ward)
    if seen:
        mark_seen(request, side="receiver", actor=ward.user, now=NOW)
    withdraw_introduction(request, viewer=firm.viewer, now=NOW)

    with pytest.raises(CapReached):
        sent(party(hub), ward)
