"""The demo's small coming events: each kind with its people, nobody in a state that the kind has not, and made once."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import yaml
from django.db import transaction
from django.test import Client
from django.utils import translation
from pytest_django import DjangoDbBlocker

from demo.bazar.desk import Desk
from demo.bazar.small_events import has_small_events, load_small_events, written_small_events
from demo.loading import DATA_DIR, PROFILE_FILES
from demo.people import EVERYBODY, profile_key_of
from events.enums import EventKind, EventState, ParticipantState, PeopleKind, RequestMode, RequestState, SessionPart
from events.models import Availability, Event, Meeting, MeetingRequest, Participant, Preference, SessionSeat
from events.queries.mutual_wishes import pairs_waiting
from events.queries.setup import listed_events
from events.queries.suggestions import suggestions_for
from events.templates import template_of
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotReady
from mailgate.models import OutgoingMail
from matching.enums import Direction
from profiles.models import Profile
from tests.demo.counts import rows_of_ours
from tests.demo.small_year import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PEOPLE = {
    EventKind.ERFA: 16,
    EventKind.MEET_THE_EXPERTS: 17,
    EventKind.SALON: 12,
    EventKind.MASTERCLASS: 18,
    EventKind.BROKERAGE: 40,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the demo, whoever comes to a small event or can be tried out, and one more of the researcher's university."""
    chosen = tmp_path_factory.mktemp("data")
    wanted = {each["profile"] for row in written_small_events() for each in row["people"]} | {"au-food-texture"}
    wanted |= {person.profile_key for person in EVERYBODY if person.profile_key}
    for name in PROFILE_FILES:
        rows = yaml.safe_load((DATA_DIR / name).read_text(encoding="utf-8"))
        kept = [row for row in rows if row["key"] in wanted]
        (chosen / name).write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    (chosen / "events.yaml").write_text("[]\n", encoding="utf-8")
    shutil.copy(DATA_DIR / "year_bodies.yaml", chosen / "year_bodies.yaml")
    return chosen


def load(hub: Hub, *, now: datetime = NOW) -> int:
    with translation.override("da"):
        return load_small_events(hub, generator=np.random.default_rng(7), now=now)


@pytest.fixture(scope="module")
def guests(loaded: Hub, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """How many people come to them all."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(loaded)
        transaction.set_rollback(True)


def the(kind: EventKind) -> Event:
    return Event.objects.get(kind=kind)


def words_of_wishes(hub: Hub) -> list[tuple[object, ...]]:
    """Who comes, whom each marked and asked, and what came of it: all that a second making could draw otherwise."""
    return [
        *Participant.objects.filter(hub=hub)
        .order_by("pk")
        .values_list("event__slug", "name", "email", "title", "kind"),
        *Preference.objects.filter(hub=hub).order_by("pk").values_list("person__email", "other__email", "wanting"),
        *MeetingRequest.objects.filter(hub=hub).order_by("pk").values_list("sender__email", "receiver__email", "state"),
        *Meeting.objects.filter(hub=hub).order_by("pk").values_list("slot__starts_at", "table__label"),
    ]


def test_each_kind_is_there_with_its_people(guests: int, loaded: Hub) -> None:
    events = list(Event.objects.filter(hub=loaded, kind__in=PEOPLE))

    assert {event.kind: event.people.count() for event in events} == {kind.value: n for kind, n in PEOPLE.items()}
    assert guests == sum(PEOPLE.values())
    assert {(event.state, event.is_simulated) for event in events} == {(EventState.OPEN.value, False)}
    assert set(Participant.objects.values_list("state", flat=True)) == {ParticipantState.REGISTERED.value}
    assert [
        event.slug for event in events if event.starts_at <= NOW or event.people.count() > (event.capacity or 0)
    ] == []


def test_nobody_books_where_nothing_is_booked(guests: int) -> None:
    kinds = [kind for kind in PEOPLE if not template_of(kind).has_bookings]
    of_them = {"event__kind__in": kinds}

    assert len(kinds) == 3
    assert MeetingRequest.objects.filter(**of_them).count() + Preference.objects.filter(**of_them).count() == 0
    assert Meeting.objects.filter(**of_them).count() + Availability.objects.count() == 0
    assert Participant.objects.filter(**of_them, meets=True).count() == 0
    assert Participant.objects.filter(event__kind__in=set(PEOPLE) - set(kinds), meets=False).count() == 0


def test_kinds_of_people_are_those_of_the_event(guests: int) -> None:
    found = {kind: set(Participant.objects.filter(event__kind=kind).values_list("kind", flat=True)) for kind in PEOPLE}
    speaking = SessionSeat.objects.filter(part=SessionPart.SPEAKS)

    assert found == {
        EventKind.ERFA: {PeopleKind.PARTICIPANT},
        EventKind.MEET_THE_EXPERTS: {PeopleKind.EXPERT, PeopleKind.STUDENT},
        EventKind.SALON: {PeopleKind.PARTICIPANT, PeopleKind.SPEAKER},
        EventKind.MASTERCLASS: {PeopleKind.PARTICIPANT, PeopleKind.SPEAKER},
        EventKind.BROKERAGE: {PeopleKind.PARTICIPANT, PeopleKind.INVESTOR},
    }
    assert speaking.filter(session__event__kind=EventKind.MASTERCLASS).values("participant").distinct().count() == 3
    assert speaking.filter(session__event__kind=EventKind.MEET_THE_EXPERTS).count() == 5


def test_students_ask_experts_and_a_yes_is_a_meeting(guests: int) -> None:
    event = the(EventKind.MEET_THE_EXPERTS)
    requests = list(event.requests.select_related("sender", "receiver"))
    meetings = Meeting.objects.filter(event=event).select_related("slot", "table", "request")

    assert Counter(each.state for each in requests) == {
        RequestState.ACCEPTED: 8, RequestState.ASKED: 4, RequestState.DECLINED: 1
    }  # fmt: skip
    assert {(each.sender.kind, each.receiver.kind) for each in requests} == {(PeopleKind.STUDENT, PeopleKind.EXPERT)}
    assert {each.request.state for each in meetings} == {RequestState.ACCEPTED}
    assert len(meetings) == 8
    for busy in ("request__receiver", "request__sender", "table"):
        times = Counter(Meeting.objects.filter(event=event).values_list("slot", busy))
        assert max(times.values()) == 1


def test_what_waits_is_open_until_the_wishes_close_and_reminds_nobody(guests: int) -> None:
    event = the(EventKind.MEET_THE_EXPERTS)
    waiting = event.requests.filter(state=RequestState.ASKED)

    assert set(waiting.values_list("expires_at", "reminded_at")) == {(event.wishes_close_at, event.wishes_close_at)}


def test_brokerage_has_marks_some_of_them_mutual_and_no_requests(guests: int) -> None:
    event = the(EventKind.BROKERAGE)

    assert event.request_mode == RequestMode.MUTUAL
    assert set(event.preferences.values_list("wanting", flat=True)) == {"must", "want"}
    assert event.preferences.values("person").distinct().count() == 26
    assert 5 <= pairs_waiting(event, now=NOW) < event.preferences.count() / 2
    assert (event.requests.count(), Meeting.objects.filter(event=event).count(), event.tables.count()) == (0, 0, 20)


def test_people_with_the_same_concern_are_shown_to_each_other(guests: int) -> None:
    person = the(EventKind.ERFA).people.get(participation__profile__slug="lyngvig-geriatri")
    others = suggestions_for(person)

    assert len(others) == 10
    assert {each.row.direction for each in others} == {Direction.SAME_NEED}


def test_nobody_is_written_to_at_an_address_that_somebody_has(guests: int) -> None:
    assert OutgoingMail.objects.count() == 0
    assert Participant.objects.exclude(email__endswith=".example").count() == 0
    assert Participant.objects.exclude(phone="").count() == 0


def test_who_can_be_tried_out_comes_for_the_profile_that_is_theirs(guests: int, loaded: Hub) -> None:
    trying = Participant.objects.filter(user__isnull=False).select_related("user", "participation__profile")
    pairs = {(each.user, each.participation.profile.slug) for each in trying if each.user is not None}

    assert len(pairs) == 5
    assert [(user.email, slug) for user, slug in pairs if profile_key_of(user) != slug] == []
    # Of two groups of one university, the first to come is not the one that can be tried out.
    desk = Desk(the(EventKind.ERFA), np.random.default_rng(1), NOW)
    keys = ("au-food-texture", "au-wearable-sensing-lab")
    users = [desk.written(Profile.objects.get(slug=key), "Lektor", PeopleKind.EXPERT)[0] for key in keys]
    assert [user.email if user else None for user in users] == [None, "forsker@wearable-sensing.example"]


def test_list_of_events_goes_by_their_days(guests: int, loaded: Hub) -> None:
    # Made last, held first.
    Event.objects.filter(kind=EventKind.BROKERAGE).update(starts_at=datetime(2027, 1, 5, 8, tzinfo=UTC))

    listed = listed_events(Viewer(loaded.pk, Role.ORGANISER, None), now=NOW).coming

    assert [event.kind for event in listed] == ["brokerage", "erfa", "meet_the_experts", "salon", "masterclass"]


@pytest.mark.parametrize(
    ("kind", "said", "unsaid"),
    [
        (EventKind.MEET_THE_EXPERTS, "A yes takes the first time that both of you have free", "You get a timetable"),
        (EventKind.BROKERAGE, "You mark whom you want to meet", "You ask, others ask you"),
    ],
)
def test_page_says_how_meetings_come_about(
    guests: int, client: Client, kind: EventKind, said: str, unsaid: str
) -> None:
    page = client.get(f"/en/events/{the(kind).slug}/").content.decode()

    assert (said in page, unsaid in page) == (True, False)


def test_second_load_changes_nothing(guests: int, loaded: Hub) -> None:
    before = rows_of_ours()

    assert has_small_events(loaded) is True
    assert load(loaded) == 0
    assert rows_of_ours() == before


def test_made_again_they_are_the_same_also_long_after_their_days(guests: int, loaded: Hub) -> None:
    before = words_of_wishes(loaded)
    Event.objects.filter(kind__in=PEOPLE).delete()

    assert has_small_events(loaded) is False
    assert load(loaded, now=datetime(2029, 1, 1, tzinfo=UTC)) == guests
    assert words_of_wishes(loaded) == before


def test_only_the_missing_one_is_made_and_as_it_was(guests: int, loaded: Hub) -> None:
    salon = list(the(EventKind.SALON).people.values_list("name", flat=True))
    Event.objects.filter(kind=EventKind.SALON).delete()

    assert load(loaded) == PEOPLE[EventKind.SALON]
    assert list(the(EventKind.SALON).people.values_list("name", flat=True)) == salon


def test_without_an_organiser_it_says_what_to_do(loaded: Hub) -> None:
    Event.objects.filter(kind=EventKind.SALON).delete()
    loaded.memberships.filter(role=Role.ORGANISER).delete()

    with pytest.raises(NotReady, match=r"manage\.py load_demo"):
        load(loaded)
