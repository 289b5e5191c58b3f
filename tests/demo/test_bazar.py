"""All events of a small demo, the Medico Bazars first: whole, valid, marked, and no past for anybody who exists."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import translation
from pytest_django import DjangoDbBlocker

from demo.bazar import past
from demo.bazar.aimday import AIMDAY_SLUG
from demo.bazar.bazar import COMING_SLUG, PAST_SLUG, Held, Making, has_events, load_bazars
from demo.bazar.past import hold
from demo.steps import steps
from demo.year.bodies import invented_profiles
from events.domain.groups.group_tasks import ANSWERING_KINDS
from events.domain.timetable.planning import is_broken, problem_of
from events.domain.timetable.stored_timetables import published_timetable
from events.enums import EventKind, EventState, QuestionState
from events.models import (
    Event,
    GroupSeat,
    Meeting,
    MeetingRequest,
    MeetingSide,
    Participant,
    Participation,
    Question,
    Stand,
)
from events.scheduling.solved import Solved
from hubs.models import Hub
from kernel.errors import NotReady
from mailgate.models import OutgoingMail
from matching.models import FollowUp, Introduction, OutcomeReport
from profiles.enums import ProfileKind
from profiles.models import Profile
from tests.demo.counts import rows_of_ours
from tests.demo.small_year import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

EDITIONS = (PAST_SLUG, COMING_SLUG)
EVENT = {
    "slug": COMING_SLUG,
    "name": "Medico Bazar 2027",
    "place": "Aarhus",
    "starts_at": "2027-03-18T09:00",
    "ends_at": "2027-03-18T16:30",
    "participants": ["randers-hjemmepleje", "au-wearable-sensing-lab"],
}


@pytest.fixture(scope="module")
def folder(folder: Path) -> Path:
    """The small demo, with the coming edition."""
    (folder / "events.yaml").write_text(yaml.safe_dump([EVENT]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def making(folder: Path) -> Making:
    return Making(solver_seconds=0.5, folder=folder)


@pytest.fixture(scope="module")
def held(loaded: Hub, making: Making, django_db_blocker: DjangoDbBlocker) -> Iterator[Held]:
    """Every event of the small demo."""
    with django_db_blocker.unblock(), transaction.atomic():
        with translation.override("da"):
            made = load_bazars(now=NOW, making=making)
        assert made is not None
        yield made
        transaction.set_rollback(True)


def nobody_real(hub: Hub, folder: Path) -> set[int]:
    """Profiles of bodies that do not exist: a made-up past does them no wrong."""
    others = Profile.objects.filter(hub=hub, kind__in=(ProfileKind.INVESTOR, ProfileKind.ADVISER))
    return {profile.pk for profile in (*invented_profiles(hub, folder), *others)}


def test_each_edition_has_its_stands_and_people(held: Held) -> None:
    found = {
        slug: (Stand.objects.filter(event__slug=slug).count(), Participant.objects.filter(event__slug=slug).count())
        for slug in EDITIONS
    }

    assert found == dict.fromkeys(EDITIONS, (125, 400))
    assert held.meetings == Meeting.objects.filter(event__slug=PAST_SLUG).count() >= 50
    assert held.requests == MeetingRequest.objects.filter(event__slug=COMING_SLUG).count() >= 100


@pytest.mark.parametrize("slug", [*EDITIONS, AIMDAY_SLUG])
def test_nobody_comes_twice(held: Held, slug: str) -> None:
    people = Participant.objects.filter(event__slug=slug).annotate(mail=Lower("email"))
    users = list(people.filter(user__isnull=False).values_list("user", flat=True))

    for told in ("name", "mail", "code"):
        counts = Counter(people.values_list(told, flat=True))
        assert {value for value, count in counts.items() if count > 1} == set()
    assert len(users) == len(set(users)) > 0


@pytest.mark.parametrize("slug", [*EDITIONS, AIMDAY_SLUG])
def test_mail_to_invented_people_reaches_nobody(held: Held, slug: str) -> None:
    people = Participant.objects.filter(event__slug=slug)

    assert people.exclude(email__endswith=".example").count() == 0
    assert people.exclude(phone="").count() == 0


def test_real_organisations_have_a_stand_in_the_past_and_nothing_more(held: Held, loaded: Hub, folder: Path) -> None:
    real = set(Profile.objects.filter(hub=loaded).values_list("pk", flat=True)) - nobody_real(loaded, folder)
    of_event = Introduction.objects.filter(hub=loaded, channel="event")

    assert Participation.objects.filter(event__slug=PAST_SLUG, profile__in=real).count() >= 6
    assert Participant.objects.filter(event__slug=PAST_SLUG, participation__profile__in=real).count() == 0
    sides = MeetingSide.objects.filter(participant__participation__profile__in=real)
    assert sides.filter(meeting__event__slug=PAST_SLUG).count() + sides.filter(rated_at__isnull=False).count() == 0
    assert of_event.filter(seeker__in=real).count() + of_event.filter(receiver__in=real).count() == 0
    assert OutcomeReport.objects.count() == 0


def test_real_organisations_come_only_where_they_are_written_down(held: Held, loaded: Hub, folder: Path) -> None:
    real = set(Profile.objects.filter(hub=loaded).values_list("pk", flat=True)) - nobody_real(loaded, folder)
    coming = Participation.objects.filter(event__slug=COMING_SLUG, profile__in=real)

    assert set(coming.values_list("profile__slug", flat=True)) == set(EVENT["participants"])
    assert len(real) > len(EVENT["participants"])


def test_coming_edition_has_wishes_and_nothing_that_happened(held: Held) -> None:
    coming = Event.objects.get(slug=COMING_SLUG)
    states = Counter(coming.requests.values_list("state", flat=True))

    assert (coming.state, coming.is_simulated) == (EventState.OPEN, False)
    assert coming.earlier_edition == Event.objects.get(slug=PAST_SLUG)
    assert set(states) == {"accepted", "asked", "declined"}
    assert Meeting.objects.filter(event=coming).count() == 0
    assert Participant.objects.filter(event=coming, checked_in_at__isnull=False).count() == 0


def test_published_timetable_breaks_no_rule(held: Held) -> None:
    plan = problem_of(Event.objects.get(slug=PAST_SLUG))
    timetable = published_timetable(plan)

    assert len(timetable.places) == held.meetings
    assert is_broken(plan, timetable) is False


def test_past_was_rated_and_contacts_go_on_between_the_invented(held: Held) -> None:
    rated = MeetingSide.objects.filter(rating__isnull=False)
    going_on = list(Introduction.objects.filter(channel="event"))

    assert 0 < rated.count() < MeetingSide.objects.count()
    assert set(rated.values_list("rating", flat=True)) <= {1, 2, 3, 4}
    assert going_on != []
    assert FollowUp.objects.filter(introduction__in=going_on).exists()


def test_past_is_marked_as_simulated(held: Held) -> None:
    edition = Event.objects.get(slug=PAST_SLUG)

    assert (edition.state, edition.is_simulated) == (EventState.OVER, True)
    assert Introduction.objects.filter(channel="event", is_simulated=False).count() == 0


def test_every_kind_of_event_is_there(held: Held) -> None:
    assert Counter(Event.objects.values_list("kind", flat=True)) == Counter([*EventKind.values, "medico_bazar"])
    assert 0 < held.guests == Participant.objects.exclude(event__slug__in=[*EDITIONS, AIMDAY_SLUG]).count()


def test_nobody_is_written_to(held: Held) -> None:
    assert OutgoingMail.objects.count() == 0


def test_aimday_waits_for_its_groups(held: Held, loaded: Hub) -> None:
    questions = list(Question.objects.filter(event__slug=AIMDAY_SLUG).select_related("asker__participation__profile"))
    answering = Participant.objects.filter(event__slug=AIMDAY_SLUG, participation__profile__kind__in=ANSWERING_KINDS)

    assert len(questions) == held.questions >= 4
    assert {each.asker.participation.profile.kind for each in questions} == {ProfileKind.FIRM.value}
    assert {(each.state, each.slot, each.hall) for each in questions} == {(QuestionState.HANDED_IN.value, None, None)}
    assert answering.count() >= 4
    assert answering.filter(is_senior=True).exists()
    assert GroupSeat.objects.count() == 0


def test_aimday_has_rooms_and_hours_for_all_questions(held: Held) -> None:
    event = Event.objects.get(slug=AIMDAY_SLUG)

    assert (event.state, event.hub.slug) == (EventState.OPEN, "midtbro")
    assert event.slots.count() * event.halls.count() >= 10
    assert [slot for slot in event.slots.all() if not event.starts_at <= slot.starts_at < slot.ends_at] == []
    overlapping = [
        (session.title, slot.starts_at)
        for session in event.sessions.all()
        for slot in event.slots.all()
        if slot.starts_at < session.ends_at and session.starts_at < slot.ends_at
    ]
    assert overlapping == []


def test_second_load_changes_nothing(held: Held, making: Making, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows_of_ours()

    assert load_bazars(now=NOW, making=making) is None
    assert has_events() is True
    assert next(step for step in steps() if step.command == "load_bazars").is_done() is True
    assert rows_of_ours() == before


def test_only_what_is_missing_is_made(held: Held, making: Making) -> None:
    Event.objects.filter(slug=AIMDAY_SLUG).delete()
    before = rows_of_ours()

    again = load_bazars(now=NOW, making=making)

    assert again == Held(questions=held.questions)
    after = rows_of_ours()
    assert (after["Event"], after["Meeting"], after["Stand"]) == (
        before["Event"] + 1,
        before["Meeting"],
        before["Stand"],
    )


def test_day_that_cannot_be_planned_is_said_so(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "solve", lambda *_args, **_options: Solved(None))
    edition = Event.objects.get(slug=PAST_SLUG)

    with pytest.raises(NotReady, match="contradict"):
        hold(edition, generator=None, seconds=0.1)  # type: ignore[arg-type]


def test_without_invented_bodies_it_says_what_to_do(loaded: Hub, making: Making) -> None:
    Participant.objects.all().delete()
    Profile.objects.filter(slug="lyngvig-geriatri").delete()
    before = rows_of_ours()

    with pytest.raises(NotReady, match=r"load_demo, then manage\.py load_year_bodies"):
        load_bazars(now=NOW, making=making)

    assert rows_of_ours() == before


def test_without_the_demo_the_command_says_what_to_do(loaded: Hub) -> None:
    Hub.objects.update(slug="nordbro")

    with pytest.raises(CommandError, match=r"^The demo is not loaded yet: manage\.py load_demo"):
        call_command("load_bazars")
