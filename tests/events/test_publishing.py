"""Publishing: once, in date, everybody told once, calendars counted up only by what changed."""

from datetime import timedelta

import pytest

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.timetable.publishing import place_meeting, prospect_of, publish_run
from events.domain.timetable.timetable_errors import EventNotPlannable, PlaceTaken, TimetableOutdated
from events.enums import RunState
from events.models import Availability, Meeting, MeetingSide, Publication, RequestGuest, TimetableRun
from hubs.enums import Role
from hubs.models import Hub
from kernel.errors import NotAllowed, NotFound
from mailgate.models import OutgoingMail
from tests.events.timetable_days import NOW, computed, organiser, place_of, published, small_day, three_meet
from tests.factories import HubFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def mails(kind: str = "event_timetable") -> list[str]:
    return sorted(OutgoingMail.objects.filter(kind=kind).values_list("address", flat=True))


def test_publishing_makes_meetings_and_tells_each_once(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    day.person("Dan", host=day.event.people.get(name="Bo"))
    day.person("Eva")

    publication = published(day, viewer)

    assert (publication.number, publication.added, publication.moved, publication.dropped) == (1, 2, 0, 0)
    assert [(row.sequence, row.state, row.sides.count()) for row in Meeting.objects.all()] == [(0, "planned", 2)] * 2
    assert mails() == ["anna@firma.example", "bo@firma.example", "cai@firma.example", "dan@firma.example"]
    assert day.fresh().state == "published"


def test_publishing_twice_is_once(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)
    version = day.fresh().version

    first = publish_run(run, viewer=viewer, version=version, now=NOW)
    second = publish_run(run, viewer=viewer, version=version, now=LATER)

    assert (first.pk, Publication.objects.count(), len(mails())) == (second.pk, 1, 3)
    assert set(Meeting.objects.values_list("sequence", "changed_at")) == {(0, NOW)}


def test_out_of_date_timetable_is_refused_with_how_to_go_on(hub: Hub, english: None) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)
    Availability.objects.create(hub=hub, participant=day.event.people.get(name="Bo"), slot=day.slots[2])

    with pytest.raises(TimetableOutdated, match="Compute again"):
        publish_run(run, viewer=viewer, version=day.fresh().version, now=NOW)
    assert (Meeting.objects.count(), mails(), day.fresh().state) == (0, [], "wishes_closed")


def test_event_that_another_changed_is_refused(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)

    with pytest.raises(ChangedMeanwhile):
        publish_run(run, viewer=viewer, version=day.fresh().version - 1, now=NOW)
    assert not Publication.objects.exists()


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.CANCELLED])
def test_what_a_broken_run_had_found_can_be_published(hub: Hub, state: RunState) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)
    first = dict(list(run.plan.items())[:1])
    TimetableRun.objects.filter(pk=run.pk).update(state=state, plan=first)

    publish_run(run, viewer=viewer, version=day.fresh().version, now=NOW)

    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("state", [RunState.IMPOSSIBLE, RunState.RUNNING, RunState.REPLACED, RunState.FAILED])
def test_run_without_a_timetable_is_not_published(hub: Hub, state: RunState) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)
    TimetableRun.objects.filter(pk=run.pk).update(state=state, plan={})

    with pytest.raises(TimetableOutdated):
        publish_run(run, viewer=viewer, version=day.fresh().version, now=NOW)


def test_tampered_plan_is_not_published(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)
    place = next(iter(run.plan.values()))
    TimetableRun.objects.filter(pk=run.pk).update(plan=dict.fromkeys(run.plan, place))

    with pytest.raises(TimetableOutdated):
        publish_run(run, viewer=viewer, version=day.fresh().version, now=NOW)


def test_second_publication_changes_only_what_changed(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    published(day, viewer)
    first, second = day.event.requests.order_by("pk")
    Meeting.objects.filter(request=first).update(is_fixed=True)
    second.state = "withdrawn"
    second.save()
    day.wish(day.person("Dan"), day.person("Eva"))

    publication = published(day, viewer, now=LATER)

    assert (publication.number, publication.added, publication.moved, publication.dropped) == (2, 1, 0, 1)
    rows = {row.request_id: (row.state, row.sequence) for row in Meeting.objects.all()}
    assert (rows[first.pk], rows[second.pk]) == (("planned", 0), ("cancelled", 1))
    again = OutgoingMail.objects.filter(kind="event_timetable", context__publication="2")
    names = {"anna", "cai", "dan", "eva"}
    assert {mail.address.split("@")[0] for mail in again} == names


def test_meeting_that_comes_back_keeps_its_calendar_entry(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    published(day, viewer)
    request = day.event.requests.order_by("pk").first()
    before = Meeting.objects.get(request=request)
    for state in ("withdrawn", "accepted"):
        type(request).objects.filter(pk=request.pk).update(state=state)
        published(day, viewer, now=LATER)

    after = Meeting.objects.get(request=request)
    assert (after.public_id, after.state, after.sequence) == (before.public_id, "planned", 2)


def test_two_meetings_swap_tables_without_a_clash(hub: Hub) -> None:
    day, viewer = small_day(hub, slots=1), organiser(hub)
    people = [day.person(name) for name in ("Anna", "Bo", "Cai", "Dan")]
    one, two = day.wish(people[0], people[1]), day.wish(people[2], people[3])
    run = computed(day.event, viewer)
    publish_run(run, viewer=viewer, version=day.fresh().version, now=NOW)
    swapped = computed(day.event, viewer)
    places = [swapped.plan[str(one.public_id)], swapped.plan[str(two.public_id)]]
    TimetableRun.objects.filter(pk=swapped.pk).update(
        plan={str(one.public_id): places[1], str(two.public_id): places[0]}
    )
    before = [place_of(one)[2], place_of(two)[2]]

    publish_run(swapped, viewer=viewer, version=day.fresh().version, now=LATER)

    assert [place_of(one)[2], place_of(two)[2]] == before[::-1]
    assert set(Meeting.objects.values_list("sequence", flat=True)) == {1}


def test_other_results_are_out_of_date_after_publishing(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    older = computed(day.event, viewer)

    published(day, viewer)

    older.refresh_from_db()
    assert older.state == RunState.REPLACED


def test_group_meeting_seats_everybody(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    request = day.event.requests.order_by("pk").first()
    RequestGuest.objects.create(hub=hub, request=request, participant=day.event.people.get(name="Cai"))

    published(day, viewer)

    names = MeetingSide.objects.filter(meeting__request=request).values_list("participant__name", flat=True)
    assert sorted(names) == ["Anna", "Bo", "Cai"]


def test_simulated_event_mails_nobody(hub: Hub) -> None:
    day = three_meet(hub, is_simulated=True)

    published(day, organiser(hub))

    assert (Meeting.objects.count(), OutgoingMail.objects.count()) == (2, 0)


def test_strangers_publish_nothing(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)
    version = day.fresh().version

    with pytest.raises(NotAllowed):
        publish_run(run, viewer=organiser(hub, Role.MEMBER), version=version, now=NOW)
    with pytest.raises(NotFound):
        publish_run(run, viewer=organiser(HubFactory(slug="nordbro")), version=version, now=NOW)
    type(day.event).objects.filter(pk=day.event.pk).update(state="over")
    with pytest.raises(EventNotPlannable):
        publish_run(run, viewer=viewer, version=version, now=NOW)
    assert not Meeting.objects.exists()


def test_prospect_tells_how_many_are_mailed(hub: Hub) -> None:
    day, viewer = three_meet(hub), organiser(hub)
    run = computed(day.event, viewer)

    prospect = prospect_of(run, now=NOW)

    assert ([person.name for person in prospect.mailed], len(prospect.changes.added)) == (["Anna", "Bo", "Cai"], 2)
    assert not OutgoingMail.objects.exists()


# At once, without a timetable


def test_placing_holds_a_meeting_at_once_and_tells_both(hub: Hub) -> None:
    day = three_meet(hub)
    first, second = day.event.requests.order_by("pk")

    meeting = place_meeting(first, slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)
    again = place_meeting(first, slot=day.slots[1], table=day.tables[0], now=LATER, actor=None)

    assert (meeting.pk, place_of(first)) == (again.pk, ("planned", day.slots[0].pk, day.tables[0].pk))
    assert mails("event_meeting_changed") == ["anna@firma.example", "bo@firma.example"]
    with pytest.raises(PlaceTaken):  # Anna meets Bo then
        place_meeting(second, slot=day.slots[0], table=day.tables[1], now=NOW, actor=None)


def test_placing_at_a_taken_table_or_of_somebody_away_is_refused(hub: Hub) -> None:
    day = three_meet(hub)
    first = day.event.requests.order_by("pk").first()
    other = day.wish(day.person("Dan"), day.person("Eva"))
    place_meeting(first, slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)

    with pytest.raises(PlaceTaken):
        place_meeting(other, slot=day.slots[0], table=day.tables[0], now=NOW, actor=None)
    other.sender.state = "cancelled"
    other.sender.save()
    with pytest.raises(NotFound):
        place_meeting(other, slot=day.slots[0], table=day.tables[1], now=NOW, actor=None)
    assert Meeting.objects.count() == 1
