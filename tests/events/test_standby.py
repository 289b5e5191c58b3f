"""Freed slots: offered to pairs whose wish was not met, held when both say yes, the first two yeses have it."""

from datetime import datetime, timedelta

import pytest

from events.domain.locks import lock_event
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import place_meeting
from events.domain.timetable.repairing import damage_of
from events.domain.timetable.standby import answer_offer, chances, lapse_due, offer_all, offer_slot, withdraw_offer
from events.domain.timetable.timetable_errors import OfferGone, PlaceTaken
from events.enums import OfferState
from events.models import Event, Meeting, MeetingRequest, Participant, StandbyOffer
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from mailgate.models import OutgoingMail
from tests.events.timetable_days import NOW, START, Day, organiser, place_of, small_day

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


@pytest.fixture
def day(hub: Hub) -> Day:
    """One slot, one table, which is free; Anna and Bo wish to meet, and Anna and Cai."""
    made = small_day(hub, slots=1, tables=1, state="published")
    anna = made.person("Anna")
    made.wish(anna, made.person("Bo"), worth=0.9)
    made.wish(anna, made.person("Cai"), worth=0.1)
    return made


def wish_with(name: str) -> MeetingRequest:
    return MeetingRequest.objects.get(receiver__name=name)


def person(name: str) -> Participant:
    return Participant.objects.get(name=name)


def offered(day: Day, viewer: Viewer, name: str = "Bo", *, now: datetime = NOW) -> StandbyOffer:
    return offer_slot(wish_with(name), slot=day.slots[0], table=day.tables[0], viewer=viewer, now=now)


def test_chances_are_unmet_wishes_that_fit_worth_most_first(day: Day, hub: Hub) -> None:
    found = list(chances(problem_of(day.event), now=NOW))

    assert [each.request.receiver.name for each in found] == ["Bo", "Cai"]
    assert {each.spot.key for each in found} == {(day.slots[0].pk, day.tables[0].pk, None)}
    assert list(chances(problem_of(day.event), now=START)) == []


def test_offer_asks_both_by_mail_and_once(day: Day, viewer: Viewer) -> None:
    first, second = offered(day, viewer), offered(day, viewer)

    mails = OutgoingMail.objects.filter(kind="event_standby_offer")
    assert (first.pk, first.expires_at) == (second.pk, NOW + 24 * HOUR)
    assert sorted(mail.address for mail in mails) == ["anna@firma.example", "bo@firma.example"]
    assert not Meeting.objects.exists()


def test_meeting_is_held_when_both_have_said_yes(day: Day, viewer: Viewer) -> None:
    offer = offered(day, viewer)

    one = answer_offer(offer, participant=person("Anna"), accepts=True, now=NOW + HOUR)
    same = answer_offer(offer, participant=person("Anna"), accepts=True, now=NOW + HOUR)
    held_before = Meeting.objects.exists()
    both = answer_offer(offer, participant=person("Bo"), accepts=True, now=NOW + 2 * HOUR)

    assert (one.state, same.state, held_before, both.state) == ("offered", "offered", False, OfferState.TAKEN)
    assert place_of(wish_with("Bo")) == ("planned", day.slots[0].pk, day.tables[0].pk)
    assert answer_offer(offer, participant=person("Bo"), accepts=True, now=NOW + 3 * HOUR).state == OfferState.TAKEN
    assert Meeting.objects.count() == 1


def test_first_two_yeses_have_the_slot(day: Day, viewer: Viewer) -> None:
    offer_all(day.event, viewer=viewer, now=NOW)
    for_bo, for_cai = (StandbyOffer.objects.get(request=wish_with(name)) for name in ("Bo", "Cai"))
    answer_offer(for_bo, participant=person("Bo"), accepts=True, now=NOW)
    answer_offer(for_cai, participant=person("Cai"), accepts=True, now=NOW)

    answer_offer(for_cai, participant=person("Anna"), accepts=True, now=NOW)

    for_bo.refresh_from_db()
    assert (for_bo.state, place_of(wish_with("Cai"))[0]) == (OfferState.LAPSED, "planned")
    with pytest.raises(OfferGone):
        answer_offer(for_bo, participant=person("Anna"), accepts=True, now=NOW)
    assert Meeting.objects.count() == 1


def test_table_that_others_took_meanwhile_is_replaced_or_the_offer_lapses(day: Day, viewer: Viewer) -> None:
    offer = offered(day, viewer)
    answer_offer(offer, participant=person("Anna"), accepts=True, now=NOW)
    other = day.wish(day.person("Dan"), day.person("Eva"))
    place_meeting(other, slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)

    answered = answer_offer(offer, participant=person("Bo"), accepts=True, now=NOW)

    assert (answered.state, Meeting.objects.filter(request=wish_with("Bo")).exists()) == (OfferState.LAPSED, False)


def test_time_set_by_hand_that_has_passed_is_let_go_where_both_take_another(hub: Hub, viewer: Viewer) -> None:
    day = small_day(hub, slots=2, tables=2, state="published")
    set_by_hand = {"fixed_slot": day.slots[0], "fixed_table": day.tables[0]}
    day.wish(day.person("Anna"), day.person("Bo"), **set_by_hand)
    now = day.slots[0].starts_at
    offer_all(day.event, viewer=viewer, now=now)
    offer = StandbyOffer.objects.get()

    for name in ("Anna", "Bo"):
        answer_offer(offer, participant=person(name), accepts=True, now=now)

    request = wish_with("Bo")
    assert place_of(request) == ("planned", day.slots[1].pk, day.tables[0].pk)
    assert (request.fixed_slot, request.fixed_table) == (None, day.tables[0])
    assert not damage_of(problem_of(day.fresh()), now=now)


def test_meeting_with_somebody_who_has_left_counts_towards_the_most_that_is_wanted(hub: Hub) -> None:
    day = small_day(hub, state="published")
    anna = day.person("Anna", most_meetings=1)
    met = day.wish(anna, day.person("Bo"))
    day.wish(anna, day.person("Cai"))
    place_meeting(met, slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)
    Participant.objects.filter(name="Bo").update(state="cancelled")

    found = list(chances(problem_of(day.fresh()), now=day.slots[0].starts_at))

    assert found == []


def test_no_ends_the_offer(day: Day, viewer: Viewer) -> None:
    offer = offered(day, viewer)

    answered = answer_offer(offer, participant=person("Bo"), accepts=False, now=NOW)

    assert answered.state == OfferState.DECLINED
    with pytest.raises(OfferGone):
        answer_offer(offer, participant=person("Anna"), accepts=True, now=NOW)


def test_colleague_who_shares_the_agenda_may_answer_and_a_stranger_not(day: Day, viewer: Viewer) -> None:
    offer = offered(day, viewer)
    colleague = day.person("Fie", host=person("Bo"))

    answer_offer(offer, participant=colleague, accepts=True, now=NOW)

    offer.refresh_from_db()
    assert offer.receiver_yes_at == NOW
    with pytest.raises(NotAllowed):
        answer_offer(offer, participant=person("Cai"), accepts=True, now=NOW)


def test_offers_expire(day: Day, viewer: Viewer) -> None:
    offer = offered(day, viewer)

    with pytest.raises(OfferGone):
        answer_offer(offer, participant=person("Bo"), accepts=True, now=offer.expires_at)
    early, late = lapse_due(offer.expires_at - HOUR), lapse_due(offer.expires_at)

    offer.refresh_from_db()
    assert (early, late, offer.state) == (0, 1, OfferState.LAPSED)


def test_event_that_is_removed_meanwhile_keeps_no_other_waiting(
    day: Day, hub: Hub, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = [offered(day, viewer)]
    later = small_day(hub, slots=1, tables=1, state="published", slug="anden")
    request = later.wish(later.person("Dan"), later.person("Eva"))
    offers += [offer_slot(request, slot=later.slots[0], table=later.tables[0], viewer=viewer, now=NOW)]

    def lock(event: Event) -> Event:
        if event.pk == day.event.pk:
            raise NotFound("removed")
        return lock_event(event)

    monkeypatch.setattr("events.domain.timetable.standby.lock_event", lock)

    assert lapse_due(offers[1].expires_at) == 1
    assert StandbyOffer.objects.get(pk=offers[1].pk).state == OfferState.LAPSED


def test_offer_lapses_when_a_side_is_busy_otherwise(day: Day, viewer: Viewer) -> None:
    offer = offered(day, viewer)
    place_meeting(wish_with("Cai"), slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)

    assert lapse_due(NOW) == 1
    offer.refresh_from_db()
    assert offer.state == OfferState.LAPSED


def test_offer_of_what_is_not_free_is_refused(day: Day, viewer: Viewer) -> None:
    place_meeting(wish_with("Cai"), slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)

    with pytest.raises(PlaceTaken):
        offered(day, viewer)
    with pytest.raises(OfferGone):
        offered(day, viewer, "Cai")
    with pytest.raises(PlaceTaken):
        offered(day, viewer, now=START)


def test_offer_can_be_taken_back(day: Day, hub: Hub, viewer: Viewer) -> None:
    offer = offered(day, viewer)

    with pytest.raises(NotAllowed):
        withdraw_offer(offer, viewer=organiser(hub, Role.MEMBER))
    withdraw_offer(offer, viewer=viewer)

    assert offer.state == OfferState.LAPSED
