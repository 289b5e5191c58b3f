"""One sign-up from one form, texts of the day, asks to open up, stands, and the small print of a place."""

from datetime import timedelta

import pytest

from events.domain.people.opening_up import CannotBeAsked, ask_to_open_up
from events.domain.people.registering import (
    cancel_person,
    seat_person,
)
from events.domain.people.signing_up import SignUp, sign_up
from events.domain.people.stating import MOST_STATEMENTS, OwnText, set_event_statements
from events.enums import ParticipantState
from events.models import Event, EventStatement, Participant
from events.queries.people import people_of
from hubs.models import Hub
from kernel.errors import InvalidInput, NotAllowed, NotFound
from mailgate.models import OutgoingMail
from tests.events.arrivals import (
    DAY,
    NOW,
    START,
    add_slots,
    comes,
    event_fixture,  # noqa: F401
    member,
    open_event,
    organiser,
    written,
)
from tests.factories import OrganisationFactory, ProfileFactory, StatementFactory

S = ParticipantState
pytestmark = pytest.mark.usefixtures("english")


def test_sign_up_stores_person_times_and_texts_together(event: Event) -> None:
    profile = ProfileFactory()
    viewer, offer = member(profile), StatementFactory(profile=profile, text="Vi tilbyder et testcenter.")
    slots = add_slots(event)
    own = OwnText("need", "Vi søger en afdeling til natforsøg.")
    form = SignUp(written(meets=True), [slots[0].public_id], [offer], [own])

    person = sign_up(event, profile=profile, written=form, viewer=viewer, user=None, now=NOW)
    again = sign_up(event, profile=profile, written=SignUp(written()), viewer=viewer, user=None, now=NOW)

    assert (again.pk, person.closed_slots.count()) == (person.pk, 2)
    assert list(EventStatement.objects.values_list("kind", "text", "statement")) == [
        ("offer", "Vi tilbyder et testcenter.", offer.pk), ("need", "Vi søger en afdeling til natforsøg.", None),
    ]  # fmt: skip


def test_broken_text_leaves_nothing_behind(event: Event) -> None:
    profile = ProfileFactory()
    form = SignUp(written(), None, (), [OwnText("need", "x" * 1501)])

    with pytest.raises(InvalidInput) as refusal:
        sign_up(event, profile=profile, written=form, viewer=member(profile), user=None, now=NOW)

    assert refusal.value.details["field"] == "own_need"
    assert (Participant.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_texts_that_stay_keep_their_rows(event: Event) -> None:
    person = comes(event)
    stays, goes = OwnText("offer", "Vi tilbyder senge."), OwnText("need", "Vi søger hænder.")
    set_event_statements(person.participation, own=[stays, goes])
    kept = EventStatement.objects.get(text=stays.text).pk

    set_event_statements(person.participation, own=[stays, OwnText("need", "Vi søger kapital.")])

    assert dict(EventStatement.objects.values_list("text", "pk"))[stays.text] == kept
    assert set(EventStatement.objects.values_list("text", flat=True)) == {stays.text, "Vi søger kapital."}


def test_texts_of_others_and_too_many_are_refused(event: Event) -> None:
    person = comes(event)
    about = StatementFactory(profile=person.participation.profile, kind="about")

    for wrong in ([StatementFactory()], [about]):
        with pytest.raises(InvalidInput):
            set_event_statements(person.participation, chosen=wrong)
    own = [OwnText("need", f"Vi søger nummer {number}.") for number in range(MOST_STATEMENTS + 1)]
    with pytest.raises(InvalidInput):
        set_event_statements(person.participation, own=own)
    with pytest.raises(NotAllowed):
        set_event_statements(person.participation, own=own[:1], viewer=member(ProfileFactory()))

    assert EventStatement.objects.count() == 0


def test_asks_are_counted_once_a_person_and_mailed_once_a_week(event: Event) -> None:
    shy = comes(event, 1)
    profiles = [ProfileFactory() for _ in range(3)]
    askers = [(comes(event, number, profile=each), member(each)) for number, each in enumerate(profiles, start=2)]

    told = [
        ask_to_open_up(shy, asker=asker, viewer=viewer, now=NOW + days * DAY)
        for (asker, viewer), days in zip([askers[0], askers[0], askers[1], askers[2]], (0, 1, 6, 8), strict=True)
    ]

    shy.refresh_from_db()
    mails = OutgoingMail.objects.filter(kind="event_open_up")
    assert (told, shy.asked_to_open, mails.count()) == ([True, False, True, True], 3, 2)
    assert {mail.address for mail in mails} == {shy.email}
    assert all(mail.context == {"participant": str(shy.public_id)} for mail in mails)


@pytest.mark.parametrize("options", [{"meets": True}, {"may_be_asked": False}])
def test_who_meets_or_wants_no_question_is_not_asked(event: Event, options: dict[str, bool]) -> None:
    profile = ProfileFactory()
    person, asker = comes(event, 1, **options), comes(event, 2, profile=profile)

    with pytest.raises(CannotBeAsked):
        ask_to_open_up(person, asker=asker, viewer=member(profile), now=NOW)

    assert Participant.objects.get(pk=person.pk).asked_to_open == 0


def test_nobody_asks_in_anothers_name(event: Event) -> None:
    person, asker = comes(event, 1), comes(event, 2)

    with pytest.raises(NotAllowed):
        ask_to_open_up(person, asker=asker, viewer=member(ProfileFactory()), now=NOW)


def test_only_organisers_seat_people_at_stands_of_the_event(hub: Hub, event: Event) -> None:
    person = comes(event)
    hall = event.halls.create(hub=hub, name="Hal A")
    stand = event.stands.create(hub=hub, hall=hall, number="A1")
    other = open_event(hub, slug="anden")
    foreign = other.stands.create(hub=hub, hall=other.halls.create(hub=hub, name="B"), number="B1")

    with pytest.raises(NotAllowed):
        seat_person(person, stand=stand, viewer=member(person.participation.profile))
    with pytest.raises(NotFound):
        seat_person(person, stand=foreign, viewer=organiser(hub))

    assert seat_person(person, stand=stand, viewer=organiser(hub)).stand == stand


def test_exhibitors_are_found_at_their_organisations_stand(hub: Hub, event: Event) -> None:
    organisation = OrganisationFactory()
    hall = event.halls.create(hub=hub, name="Hal A")
    stand = event.stands.create(hub=hub, hall=hall, number="A1", organisation=organisation)

    assert comes(event, profile=ProfileFactory(organisation=organisation)).stand == stand


def test_demonstrations_mail_nobody(hub: Hub) -> None:
    event = open_event(hub, is_simulated=True)

    cancel_person(comes(event), now=NOW)

    assert OutgoingMail.objects.count() == 0


def test_codes_of_an_event_differ(event: Event) -> None:
    codes = {comes(event, number).code for number in range(30)}

    assert (len(codes), people_of(event).count()) == (30, 30)


def test_who_comes_after_the_question_has_answered_it(hub: Hub) -> None:
    event = open_event(hub, reconfirm_at=NOW - timedelta(hours=1))

    assert comes(event).reconfirmed_at == NOW
    assert START > NOW
