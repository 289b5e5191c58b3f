"""What two say of their meeting, and the contact that goes on when both open their details."""

from datetime import timedelta

import pytest

from events.domain.day.asking_ratings import ask_ratings
from events.domain.day.rating import RatingFields, TooEarlyToRate, rate_meeting
from events.enums import MeetingState
from events.models import Event, EventStatement, Meeting, MeetingSide, Participant
from events.queries.contacts import contact_is_open, opened_to, reachable_people
from events.queries.person_figures import Spread, told_of
from events.queries.report import editions, report_of
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from mailgate.models import OutgoingMail
from matching.enums import Channel, IntroductionState, Side
from matching.models import FollowUp, Introduction
from matching.queries.contacts import ContactPerson, contact_people
from matching.queries.introductions import contact_details
from tests.events.bazar import END, START, Bazar, join, make_bazar
from tests.factories import AffiliationFactory, MembershipFactory, ProfileFactory, StatementFactory

AFTER = START + timedelta(hours=1, minutes=30)
YES = RatingFields(other_came=True, rating=4, goes_on=True, shares_contact=True)


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


def rate(bazar: Bazar, fields: RatingFields, *, who: str = "anna") -> MeetingSide:
    return rate_meeting(bazar.side(getattr(bazar, who)), fields=fields, actor=None, now=AFTER)


def meeting(bazar: Bazar) -> Meeting:
    return Meeting.objects.get(pk=bazar.meeting.pk)


def test_one_yes_opens_nothing(bazar: Bazar) -> None:
    side = rate(bazar, YES)

    assert (side.rating, side.goes_on, side.rated_at) == (4, True, AFTER)
    assert not contact_is_open(meeting(bazar))
    assert not Introduction.objects.exists()


def test_meeting_that_has_just_gone_with_a_profile_is_not_found(bazar: Bazar) -> None:
    side = bazar.side(bazar.anna)
    Meeting.objects.all().delete()

    with pytest.raises(NotFound):
        rate_meeting(side, fields=YES, actor=None, now=AFTER)


def test_two_yes_make_a_contact_that_both_wanted_with_follow_ups(bazar: Bazar) -> None:
    rate(bazar, YES)
    rate(bazar, YES, who="bo")

    contact = Introduction.objects.get()
    assert (contact.state, contact.channel) == (IntroductionState.MET, Channel.EVENT)
    assert (contact.seeker, contact.receiver) == (
        bazar.anna.participation.profile,
        bazar.bo.participation.profile,
    )
    assert contact.met_at == bazar.slots[0].starts_at
    assert contact.new_to_each_other is True
    assert FollowUp.objects.filter(introduction=contact).count() == 8
    assert {quote.text for quote in contact.quotes.all()} == {"Vi søger en afdeling.", "Vi tilbyder tid."}


def test_contact_quotes_each_side_in_the_language_of_its_words(bazar: Bazar) -> None:
    EventStatement.objects.create(
        hub=bazar.event.hub, participation=bazar.bo.participation, kind="offer", text="Vi tilbyder tid.", language="en"
    )
    StatementFactory(profile=bazar.anna.participation.profile, text="Vi søger en afdeling.", language="da")
    Participant.objects.filter(pk=bazar.anna.pk).update(language="en")

    rate(bazar, YES)
    rate(bazar, YES, who="bo")

    quotes = Introduction.objects.get().quotes
    assert dict(quotes.values_list("text", "language")) == {"Vi søger en afdeling.": "da", "Vi tilbyder tid.": "en"}


def test_rating_again_makes_no_second_contact_and_takes_no_address_back(bazar: Bazar) -> None:
    rate(bazar, YES)
    rate(bazar, YES, who="bo")

    side = rate(bazar, RatingFields(other_came=True, rating=2, shares_contact=False))

    assert (side.rating, side.shares_contact) == (2, True)
    assert Introduction.objects.count() == 1


@pytest.mark.parametrize("other", [RatingFields(), RatingFields(other_came=True, shares_contact=False)])
def test_no_answer_and_a_no_open_nothing(bazar: Bazar, other: RatingFields) -> None:
    rate(bazar, YES)
    rate(bazar, other, who="bo")

    assert not Introduction.objects.exists()


def test_who_did_not_come_gets_no_address(bazar: Bazar) -> None:
    rate(bazar, YES)
    rate(bazar, RatingFields(other_came=False, shares_contact=True), who="bo")

    assert not contact_is_open(meeting(bazar))


@pytest.mark.parametrize(
    "fields",
    [
        RatingFields(rating=5),
        RatingFields(rating=0),
        RatingFields(other_came=False, rating=4),
        RatingFields(other_came=False, goes_on=True),
        RatingFields(note="x" * 601),
        RatingFields(note="a\x00b"),
    ],
)
def test_words_that_make_no_sense_are_refused_and_nothing_is_stored(bazar: Bazar, fields: RatingFields) -> None:
    with pytest.raises(InvalidInput):
        rate(bazar, fields)

    assert bazar.side(bazar.anna).rated_at is None


def test_meeting_is_not_rated_before_it_begins(bazar: Bazar) -> None:
    with pytest.raises(TooEarlyToRate):
        rate_meeting(bazar.side(bazar.anna), fields=YES, actor=None, now=START)


def test_meeting_that_was_called_off_is_not_rated(bazar: Bazar) -> None:
    Meeting.objects.filter(pk=bazar.meeting.pk).update(state=MeetingState.CANCELLED)

    with pytest.raises(NotFound):
        rate(bazar, YES)


def test_each_is_asked_once_the_evening_after(bazar: Bazar) -> None:
    assert ask_ratings(END) == 0
    assert ask_ratings(END + timedelta(hours=1)) == 2
    ask_ratings(END + timedelta(hours=5))

    assert sorted(OutgoingMail.objects.values_list("kind", "address")) == [
        ("event_rate", "kanna@bazar.example"),
        ("event_rate", "kbb@bazar.example"),
    ]


def test_nobody_is_asked_of_a_simulated_day_or_a_week_later(bazar: Bazar) -> None:
    assert ask_ratings(END + timedelta(days=8)) == 0
    Event.objects.update(is_simulated=True)

    assert ask_ratings(END + timedelta(hours=2)) == 0


def test_who_has_told_is_not_asked(bazar: Bazar) -> None:
    rate(bazar, YES)

    assert ask_ratings(END + timedelta(hours=2)) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((None, None), "untold"),
        ((True, None), "held"),
        ((False, None), "missed"),
        ((False, True), "held"),
        ((False, False), "missed"),
    ],
)
def test_what_nobody_told_is_neither_held_nor_missed(
    bazar: Bazar, said: tuple[bool | None, bool | None], told: str
) -> None:
    for person, came in zip((bazar.anna, bazar.bo), said, strict=True):
        MeetingSide.objects.filter(meeting=bazar.meeting, participant=person).update(other_came=came)

    assert told_of(meeting(bazar)) == told


def test_report_counts_from_asking_to_going_on(bazar: Bazar) -> None:
    rate(bazar, YES)
    rate(bazar, RatingFields(other_came=True, rating=2, goes_on=False), who="bo")

    report = report_of(bazar.event)

    assert (report.people.registered, report.people.organisations) == (2, 2)
    found = report.meetings
    assert (found.asked, found.accepted, found.planned, found.held) == (1, 1, 1, 1)
    assert (found.each.planned, found.each.without) == (Spread(1.0, 1, 1.0, 1), 0)
    assert report.quality.mean_rating == pytest.approx(3.0)
    assert (report.quality.go_on, report.quality.go_on_told) == (1, 2)
    assert (report.quality.new_pairs, report.quality.pairs) == (1, 1)


def test_report_of_an_event_without_people_holds_no_number_that_is_none(hub: Hub) -> None:
    empty = Event.objects.create(hub=hub, slug="tom", name="Tom", starts_at=START, ends_at=END)

    report = report_of(empty)

    assert report.people.registered == 0
    assert (report.meetings.each.planned, report.meetings.accepted_told) == (Spread(0.0, 0, 0.0, 0), None)
    assert (report.meetings.held_share, report.quality.mean_rating) == (None, None)


def test_editions_stop_where_two_name_each_other(hub: Hub) -> None:
    one = Event.objects.create(hub=hub, slug="en", name="En", starts_at=START, ends_at=END)
    two = Event.objects.create(hub=hub, slug="to", name="To", starts_at=START, ends_at=END, earlier_edition=one)
    Event.objects.filter(pk=one.pk).update(earlier_edition=two)
    one.refresh_from_db()

    assert [each.event.slug for each in editions(one)] == ["en", "to"]


def colleague_of(host: Participant) -> Participant:
    made = join(host.event, "Hanne Saarvang", host.participation.profile, "KHANNE")
    made.host = host
    made.save()
    return made


def test_colleague_who_shares_the_agenda_opens_nobodys_address(bazar: Bazar) -> None:
    rate(bazar, YES, who="bo")

    side = rate_meeting(bazar.side(bazar.anna), fields=YES, actor=None, now=AFTER, speaker=colleague_of(bazar.anna))

    assert (side.rating, side.shares_contact) == (4, None)
    assert not contact_is_open(meeting(bazar))
    assert not Introduction.objects.exists()


def test_meeting_of_a_sender_who_joined_a_colleagues_agenda_opens_as_well(bazar: Bazar) -> None:
    rate(bazar, YES, who="bo")
    hanne = join(bazar.event, "Hanne Saarvang", bazar.anna.participation.profile, "KHANNE")
    Participant.objects.filter(pk=bazar.anna.pk).update(host=hanne)
    MeetingSide.objects.filter(participant=bazar.anna).update(participant=hanne)

    rate_meeting(bazar.side(hanne), fields=YES, actor=None, now=AFTER, speaker=hanne)

    assert contact_is_open(meeting(bazar))
    assert opened_to(bazar.side(bazar.bo), bazar.bo) == hanne


def test_contact_of_an_event_shows_the_two_who_said_yes_and_nobody_else(bazar: Bazar) -> None:
    profile = bazar.bo.participation.profile
    profile.contact_email = "post@fjordby.example"
    profile.save()
    AffiliationFactory(organisation=profile.organisation, user=MembershipFactory(hub=profile.hub).user)
    rate(bazar, YES)
    rate(bazar, YES, who="bo")

    contact = Introduction.objects.get()
    staff = Viewer(profile.hub_id, Role.HUB_ADMIN, 1)
    details = contact_details(staff, contact, "receiver")

    assert reachable_people(contact, Side.RECEIVER) == (ContactPerson("Bo Fjordby", "kbb@bazar.example"),)
    assert reachable_people(contact, Side.SEEKER) == (ContactPerson("Anna Saarvang", "kanna@bazar.example"),)
    assert contact_people(contact, Side.RECEIVER) == ()
    assert details is not None
    assert (details.address, details.people) == ("", ())


def test_guest_of_a_meeting_gets_no_address_and_gives_none(bazar: Bazar) -> None:
    guest = join(bazar.event, "Gro Klitmose", ProfileFactory(hub=bazar.event.hub), "KGRO")
    MeetingSide.objects.create(hub=bazar.event.hub, meeting=bazar.meeting, participant=guest, shares_contact=True)
    rate(bazar, YES)
    rate(bazar, YES, who="bo")

    assert opened_to(bazar.side(guest), guest) is None
    assert opened_to(bazar.side(bazar.anna), bazar.anna) == bazar.bo
