"""Signing up, changing, cancelling: once an address, within the places, by those who may, and nobody else's row."""

from collections.abc import Callable

import pytest

from events.domain.people.admitting import NotForProfile, RegistrationClosed
from events.domain.people.availability import set_availability
from events.domain.people.opening_up import open_up
from events.domain.people.person_fields import CODE_LETTERS
from events.domain.people.registering import (
    EventIsOver,
    RegisteredAlready,
    Source,
    cancel_person,
    change_person,
    register_person,
)
from events.enums import ActivityLevel, EventState, MeetingState, ParticipantState, RequestState
from events.models import Event, Meeting, MeetingRequest, MeetingSide, Participant, Slot
from events.queries.people import is_own, own_places
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from matching.models import Project
from tests.events.arrivals import (
    DAY,
    END,
    NOW,
    add_slots,
    add_terms,
    comes,
    event_fixture,  # noqa: F401
    kinds,
    member,
    open_event,
    organiser,
    written,
)
from tests.factories import HubFactory, ProfileFactory, UserFactory

S = ParticipantState
pytestmark = pytest.mark.usefixtures("english")


def test_person_gets_a_place_a_code_and_a_mail(event: Event) -> None:
    person = comes(event)

    mail = OutgoingMail.objects.get()
    assert (person.state, person.meets, person.may_be_asked, person.has_own_agenda) == (S.REGISTERED, False, True, True)
    assert len(person.code) == 6
    assert set(person.code) <= set(CODE_LETTERS)
    assert (mail.kind, mail.address, mail.context) == (
        "event_registered", person.email, {"participant": str(person.public_id)},
    )  # fmt: skip
    assert list(AuditRecord.objects.values_list("action", "subject_id")) == [("register", person.public_id)]


def test_sent_twice_is_once(event: Event) -> None:
    profile = ProfileFactory()

    first = register_person(event, profile=profile, fields=written(), now=NOW)
    second = register_person(
        event, profile=profile, fields=written(name="Andet Navn", email="KIM@example.test"), now=NOW
    )

    assert (second.pk, second.name) == (first.pk, "Kim Holm")
    assert (Participant.objects.count(), kinds()) == (1, ["event_registered"])


def test_address_of_another_organisation_is_refused_and_kept(event: Event) -> None:
    person = comes(event)

    with pytest.raises(RegisteredAlready):
        register_person(event, profile=ProfileFactory(), fields=written(email=person.email), now=NOW)

    assert Participant.objects.get().participation_id == person.participation_id


@pytest.mark.parametrize("keeps_job", [True, False])
def test_who_cancelled_signs_up_again_in_the_same_row(event: Event, keeps_job: bool) -> None:
    person = cancel_person(comes(event), now=NOW)
    user = UserFactory(email=person.email)
    profile = person.participation.profile if keeps_job else ProfileFactory()

    again = register_person(event, profile=profile, fields=written(email=person.email), user=user, now=NOW + DAY)

    assert (again.pk, again.code, again.state, again.cancelled_at) == (person.pk, person.code, S.REGISTERED, None)
    assert (again.name, again.participation.profile_id) == ("Kim Holm", profile.pk)
    assert kinds() == ["event_cancelled", "event_registered", "event_registered"]


def test_row_of_another_who_cancelled_is_not_taken_over(event: Event) -> None:
    person = cancel_person(comes(event), now=NOW)

    with pytest.raises(RegisteredAlready):
        register_person(
            event, profile=ProfileFactory(), fields=written(email=person.email), user=UserFactory(), now=NOW
        )

    assert Participant.objects.get().state == S.CANCELLED


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"state": EventState.DRAFT}, "not open"),
        ({"state": EventState.CANCELLED}, "called off"),
        ({"state": EventState.WISHES_CLOSED}, "closed"),
        ({"state": EventState.OVER}, "over"),
        ({"registration_opens_at": NOW + DAY}, "not opened yet"),
        ({"registration_closes_at": NOW}, "closed"),
        ({"starts_at": NOW - DAY, "ends_at": NOW + DAY}, "closed"),
        ({"starts_at": NOW - 2 * DAY, "ends_at": NOW - DAY}, "over"),
    ],
)
def test_closed_registration_says_why_but_organisers_still_add(
    hub: Hub, values: dict[str, object], message: str
) -> None:
    event = open_event(hub, **values)

    with pytest.raises(RegistrationClosed, match=message):
        comes(event)

    assert Participant.objects.count() == 0
    assert comes(event, source=Source.ORGANISER).state == S.REGISTERED


def test_level_decides_who_may_sign_up(hub: Hub) -> None:
    profile = ProfileFactory()
    plus, closed = (
        open_event(hub, slug=level.value, level=level)
        for level in (ActivityLevel.COMMUNITY_PLUS, ActivityLevel.CO_CREATION)
    )
    for each in (plus, closed):
        with pytest.raises(NotForProfile):
            comes(each, profile=profile)
    Project.objects.create(hub=hub, owner=profile, name="Natsensor", idea="En sensor til natten.")

    assert comes(plus, profile=profile).state == S.REGISTERED
    with pytest.raises(NotForProfile):
        comes(closed, profile=profile)


def test_terms_are_agreed_to_by_their_number(event: Event) -> None:
    add_terms(event)
    for agreed in (None, 2):
        with pytest.raises(InvalidInput) as refusal:
            comes(event, agreed_terms=agreed)
        assert refusal.value.details["field"] == "agrees"

    person = comes(event, agreed_terms=1)
    add_terms(event, 2)
    with pytest.raises(InvalidInput, match="changed meanwhile"):
        comes(event, 2, agreed_terms=1)

    assert (person.terms_number, person.agreed_at) == (1, NOW)
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Kim\x00"}, "name"),
        ({"email": "kim"}, "email"),
        ({"email": "kim@example.test\nBcc: all@example.test"}, "email"),
        ({"kind": "king"}, "kind"),
        ({"most_meetings": 0}, "most_meetings"),
        ({"most_meetings": 61}, "most_meetings"),
        ({"access_needs": "x" * 501}, "access_needs"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_broken_field_is_named_and_nobody_is_stored(event: Event, options: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        register_person(event, profile=ProfileFactory(), fields=written(**{"name": "Kim Holm", **options}), now=NOW)

    assert refusal.value.details["field"] == field
    assert (Participant.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_name_with_markup_is_a_name(event: Event) -> None:
    person = register_person(event, profile=ProfileFactory(), fields=written(name="<b>Kim</b> & Søn"), now=NOW)

    assert person.name == "<b>Kim</b> & Søn"


def test_only_own_people_and_organisers_register_change_and_cancel(hub: Hub, event: Event) -> None:
    profile = ProfileFactory()
    stranger, foreign = member(ProfileFactory()), Viewer(HubFactory(slug="nordbro").pk, Role.HUB_ADMIN, 1)
    with pytest.raises(NotAllowed):
        register_person(event, profile=profile, fields=written(), now=NOW, viewer=stranger)
    with pytest.raises(NotFound):
        register_person(event, profile=profile, fields=written(), now=NOW, viewer=foreign)
    person = register_person(event, profile=profile, fields=written(), now=NOW, viewer=member(profile))

    attempts: list[Callable[[Viewer], object]] = [
        lambda viewer: cancel_person(person, now=NOW, actor=viewer),
        lambda viewer: change_person(person, fields=written(name="Nyt Navn"), version=1, now=NOW, viewer=viewer),
        lambda viewer: set_availability(person, open_slots=[], now=NOW, viewer=viewer),
        lambda viewer: open_up(person, now=NOW, viewer=viewer),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt(stranger)
        with pytest.raises(NotFound):
            attempt(foreign)

    person.refresh_from_db()
    assert (person.state, person.name, person.meets) == (S.REGISTERED, "Kim Holm", False)
    assert cancel_person(person, now=NOW, actor=organiser(hub)).state == S.CANCELLED


def test_profile_of_another_hub_is_not_found(event: Event) -> None:
    foreign = ProfileFactory(organisation__hub=HubFactory(slug="nordbro"))

    with pytest.raises(NotFound):
        register_person(event, profile=foreign, fields=written(), now=NOW)


def test_account_of_the_address_owns_the_place(event: Event) -> None:
    known = UserFactory(email="kim@example.test")
    person = register_person(event, profile=ProfileFactory(), fields=written(), now=NOW)
    later = comes(event, 2)
    newcomer = UserFactory(email=later.email)

    assert person.user == known
    viewer = Viewer(event.hub_id, Role.MEMBER, newcomer.pk)
    assert list(own_places(viewer, event)) == [later]
    assert (is_own(viewer, later), is_own(viewer, person)) == (True, False)
    assert list(own_places(Viewer(event.hub_id), event)) == []


def test_colleagues_share_an_agenda_or_have_their_own(event: Event) -> None:
    profile = ProfileFactory()
    host, alone = comes(event, 1, profile=profile), comes(event, 2, profile=profile)
    guest = comes(event, 3, profile=profile, host=host)

    assert (alone.has_own_agenda, guest.host, list(own_places(member(profile), event))) == (
        True, host, [host, alone, guest],
    )  # fmt: skip
    cancel_person(host, now=NOW)
    guest.refresh_from_db()
    assert guest.has_own_agenda


def test_host_must_be_a_colleague_with_an_own_agenda(event: Event) -> None:
    profile = ProfileFactory()
    host = comes(event, 1, profile=profile)
    guest = comes(event, 2, profile=profile, host=host)
    gone = cancel_person(comes(event, 3, profile=profile), now=NOW)
    stranger = comes(event, 4)

    for wrong in (guest, gone, stranger):
        with pytest.raises(InvalidInput) as refusal:
            comes(event, 5, profile=profile, host=wrong)
        assert refusal.value.details["field"] == "host"
    alone = comes(event, 6, profile=profile)
    with pytest.raises(InvalidInput, match="must stay its own"):
        change_person(host, fields=written(email=host.email, host=alone), version=1, now=NOW)
    with pytest.raises(InvalidInput):
        change_person(alone, fields=written(email=alone.email, host=alone), version=1, now=NOW)


def test_change_is_recorded_and_a_second_one_is_a_conflict(event: Event) -> None:
    person = comes(event)

    changed = change_person(person, fields=written(email=person.email, meets=True), version=1, now=NOW)
    with pytest.raises(EditConflict):
        change_person(person, fields=written(name="For Sent", email=person.email), version=1, now=NOW)

    assert (changed.name, changed.meets, changed.version) == ("Kim Holm", True, 2)
    assert AuditRecord.objects.get(action="update").changed_fields == ["meets", "name"]


def test_change_to_an_address_that_is_taken_is_refused(event: Event) -> None:
    one, two = comes(event, 1), comes(event, 2)

    with pytest.raises(RegisteredAlready):
        change_person(two, fields=written(email=one.email.upper()), version=1, now=NOW)

    assert Participant.objects.get(pk=two.pk).email == two.email


def test_nothing_changes_after_the_event(event: Event) -> None:
    person = comes(event)

    for attempt in (
        lambda: cancel_person(person, now=END),
        lambda: change_person(person, fields=written(email=person.email), version=1, now=END),
        lambda: open_up(person, now=END),
    ):
        with pytest.raises(EventIsOver):
            attempt()

    assert Participant.objects.get().state == S.REGISTERED


def test_cancelling_twice_is_once(event: Event) -> None:
    person = comes(event)

    first = cancel_person(person, now=NOW)
    second = cancel_person(person, now=NOW + DAY)

    assert (first.cancelled_at, second.cancelled_at) == (NOW, NOW)
    assert kinds() == ["event_cancelled", "event_registered"]


def meeting_of(event: Event, one: Participant, other: Participant, slot: Slot) -> Meeting:
    request = MeetingRequest.objects.create(
        hub_id=event.hub_id, event=event, sender=one, receiver=other, state=RequestState.ACCEPTED,
        asked_at=NOW, expires_at=NOW + DAY,
    )  # fmt: skip
    meeting = Meeting.objects.create(hub_id=event.hub_id, event=event, request=request, slot=slot, changed_at=NOW)
    for person in (one, other):
        MeetingSide.objects.create(hub_id=event.hub_id, meeting=meeting, participant=person)
    return meeting


def test_cancelling_calls_published_meetings_off(event: Event) -> None:
    one, other = comes(event, 1), comes(event, 2)
    meeting = meeting_of(event, one, other, add_slots(event)[0])

    cancel_person(one, now=NOW)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 1)


def test_slot_with_a_meeting_is_not_closed(event: Event) -> None:
    one, other = comes(event, 1), comes(event, 2)
    first, second, third = add_slots(event)
    meeting_of(event, one, other, second)

    with pytest.raises(InvalidInput, match="09:20"):
        set_availability(one, open_slots=[first.public_id], now=NOW)
    changed = set_availability(one, open_slots=[second.public_id], now=NOW)

    assert (changed, set(one.closed_slots.values_list("slot", flat=True))) == (True, {first.pk, third.pk})
    assert set_availability(one, open_slots=[second.public_id], now=NOW) is False


def test_slots_of_another_event_close_and_open_nothing(hub: Hub, event: Event) -> None:
    person = comes(event)
    own = add_slots(event, 1)
    foreign = add_slots(open_event(hub, slug="anden"), 1)

    set_availability(person, open_slots=[own[0].public_id, foreign[0].public_id], now=NOW)

    assert person.closed_slots.count() == 0
