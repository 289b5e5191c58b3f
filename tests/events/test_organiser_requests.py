"""A meeting that the organiser plans between people: agreed, placed by the next repair, never against a no."""

from datetime import timedelta

import pytest
from django.test import Client

from events.domain.setup.changing import ChangedMeanwhile, EventCalledOff
from events.domain.timetable.publishing import publish_run
from events.domain.timetable.timetable_errors import EventNotPlannable, PlaceTaken
from events.domain.wishes.organiser_requests import plan_meeting_between
from events.domain.wishes.wish_errors import KeptApart, NotComing, TakesNoMeetings
from events.enums import EventState, RequestOrigin, RequestState, RunKind, Wanting
from events.models import Availability, Event, Meeting, MeetingRequest, Participant, Preference
from events.queries.agenda import agenda_of
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from matching.domain.introductions.errors import AlreadyAsked, CapReached
from matching.models import ContactRules, LoadPlace
from tests.events.timetable_days import NOW, START, Day, computed, organiser, published, put_off, small_day
from tests.factories import HubFactory
from tests.frontend.conftest import works_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
REASON = "I to arbejder med det samme."
PAGE = "/en/events/bazar/organise/timetable/plan-meeting/"


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo; Cai and Dea have agreed on nothing."""
    made = small_day(hub)
    anna, bo = made.person("Anna"), made.person("Bo")
    made.person("Cai")
    made.person("Dea")
    made.wish(anna, bo)
    return made


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


def people(day: Day, *names: str) -> list[Participant]:
    return [day.event.people.get(name=name) for name in names]


def plan(day: Day, viewer: Viewer, *names: str, **given: object) -> MeetingRequest:
    told = {"viewer": viewer, "version": day.fresh().version, "reason": REASON, "now": NOW} | given
    return plan_meeting_between(day.fresh(), people=people(day, *names), **told)  # type: ignore[arg-type]


def test_late_joiner_is_placed_by_the_next_repair_and_nothing_else_moves(day: Day, viewer: Viewer) -> None:
    published(day, viewer)
    before = list(Meeting.objects.values_list("pk", "slot", "table"))
    day.person("Else")

    request = plan(day, viewer, "Else", "Cai", "Dea")
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    publish_run(run, viewer=viewer, version=day.fresh().version, now=NOW + timedelta(hours=1))

    meeting = Meeting.objects.get(request=request)
    assert {side.participant.name for side in meeting.sides.all()} == {"Else", "Cai", "Dea"}
    assert list(Meeting.objects.exclude(pk=meeting.pk).values_list("pk", "slot", "table")) == before


def test_request_is_agreed_names_its_maker_and_is_on_record(day: Day, viewer: Viewer) -> None:
    seen = day.fresh().version

    request = plan(day, viewer, "Anna", "Cai")

    assert (request.origin, request.state, request.reason, request.made_by_id) == (
        RequestOrigin.ORGANISER, RequestState.ACCEPTED, REASON, viewer.user_id,
    )  # fmt: skip
    assert AuditRecord.objects.filter(subject_id=request.public_id, action="plan").count() == 1
    assert day.fresh().version == seen + 1


def test_earlier_than_another_and_fixed_time_and_table_are_kept(day: Day, viewer: Viewer) -> None:
    other = MeetingRequest.objects.get()
    earlier = plan(day, viewer, "Anna", "Cai", before=other)
    fixed = plan(day, viewer, "Cai", "Dea", slot=day.slots[2], spot=day.tables[1])

    published(day, viewer)

    slots = {row.request_id: row.slot.starts_at for row in Meeting.objects.select_related("slot")}
    held = Meeting.objects.get(request=fixed)
    assert slots[earlier.pk] < slots[other.pk]
    assert (held.slot, held.table, held.is_fixed) == (day.slots[2], day.tables[1], True)


def test_stand_is_where_it_is_held(day: Day, viewer: Viewer) -> None:
    stand = day.stand("S1")

    request = plan(day, viewer, "Anna", "Cai", spot=stand)
    published(day, viewer)

    assert Meeting.objects.get(request=request).stand == stand


@pytest.mark.parametrize("who", [("Anna", "Cai"), ("Cai", "Anna")])
def test_no_thanks_of_either_keeps_two_apart_without_saying_whose(
    day: Day, viewer: Viewer, who: tuple[str, str]
) -> None:
    one, other = people(day, *who)
    Preference.objects.create(hub=one.hub, event=day.event, person=one, other=other, wanting=Wanting.NO_THANKS)

    with pytest.raises(KeptApart) as caught:
        plan(day, viewer, "Anna", "Cai")

    assert str(caught.value) == "These two are kept apart at this event: Anna and Cai."
    assert MeetingRequest.objects.count() == 1


def test_guest_whom_somebody_avoids_a_declined_request_and_colleagues_sound_the_same(day: Day, viewer: Viewer) -> None:
    anna, bo, cai, dea = people(day, "Anna", "Bo", "Cai", "Dea")
    Preference.objects.create(hub=anna.hub, event=day.event, person=dea, other=cai, wanting=Wanting.NO_THANKS)
    day.wish(anna, dea, state=RequestState.DECLINED)
    day.person("Egon", profile=bo.participation.profile)

    for names in (("Anna", "Cai", "Dea"), ("Dea", "Anna"), ("Bo", "Egon")):
        with pytest.raises(KeptApart, match="These two are kept apart"):
            plan(day, viewer, *names)


def test_stand_that_somebody_avoids_is_refused(day: Day, viewer: Viewer) -> None:
    stand, (anna,) = day.stand("S1"), people(day, "Anna")
    Preference.objects.create(hub=anna.hub, event=day.event, person=anna, stand=stand, wanting=Wanting.NO_THANKS)

    with pytest.raises(KeptApart):
        plan(day, viewer, "Anna", "Cai", spot=stand)


def test_who_does_not_come_or_meet_is_not_planned(day: Day, viewer: Viewer) -> None:
    day.person("Finn", state="cancelled")
    day.person("Gry", meets=False)

    with pytest.raises(NotComing):
        plan(day, viewer, "Anna", "Finn")
    with pytest.raises(TakesNoMeetings):
        plan(day, viewer, "Anna", "Gry")


def test_two_who_have_agreed_or_wait_are_not_planned_twice(day: Day, viewer: Viewer) -> None:
    day.wish(*people(day, "Cai", "Dea"), state=RequestState.ASKED)

    with pytest.raises(AlreadyAsked, match="agreed to meet already"):
        plan(day, viewer, "Bo", "Anna")
    with pytest.raises(AlreadyAsked, match="not answered yet"):
        plan(day, viewer, "Dea", "Cai")


@pytest.mark.parametrize("names", [("Anna",), ("Anna", "Anna"), ("Anna", "Hans")])
def test_too_few_one_person_twice_and_one_agenda_are_refused(day: Day, viewer: Viewer, names: tuple[str, ...]) -> None:
    (anna,) = people(day, "Anna")
    day.person("Hans", host=anna, profile=anna.participation.profile)

    with pytest.raises(InvalidInput):
        plan(day, viewer, *names)


@pytest.mark.parametrize("reason", ["", "kort", "x" * 601, "Et nul \x00 i ordene"])
def test_reason_is_needed_and_text(day: Day, viewer: Viewer, reason: str) -> None:
    with pytest.raises(InvalidInput):
        plan(day, viewer, "Anna", "Cai", reason=reason)


def test_impossible_times_are_refused_before_they_spoil_the_timetable(day: Day, viewer: Viewer) -> None:
    anna, cai = people(day, "Anna", "Cai")
    Availability.objects.create(hub=anna.hub, participant=cai, slot=day.slots[0])
    other = MeetingRequest.objects.get()
    MeetingRequest.objects.filter(pk=other.pk).update(fixed_slot=day.slots[1], fixed_table=day.tables[0])
    other.refresh_from_db()

    for names, given in (
        (("Anna", "Cai"), {"slot": day.slots[0]}),
        (("Anna", "Dea"), {"slot": day.slots[1]}),
        (("Cai", "Dea"), {"slot": day.slots[1], "spot": day.tables[0]}),
        (("Cai", "Dea"), {"slot": day.slots[2], "before": other}),
    ):
        with pytest.raises(PlaceTaken):
            plan(day, viewer, *names, **given)
    assert MeetingRequest.objects.count() == 1


def test_full_month_of_the_other_is_kept(day: Day, viewer: Viewer) -> None:
    (cai,) = people(day, "Cai")
    ContactRules.objects.create(hub=cai.hub, profile=cai.participation.profile, monthly_cap=1)

    request = plan(day, viewer, "Anna", "Cai")

    assert LoadPlace.objects.get().subject == request.public_id
    with pytest.raises(CapReached):
        plan(day, viewer, "Dea", "Cai")


def test_only_organisers_of_the_hub_plan_and_only_what_they_saw(day: Day, viewer: Viewer, hub: Hub) -> None:
    with pytest.raises(NotAllowed):
        plan(day, organiser(hub, Role.MEMBER), "Anna", "Cai")
    with pytest.raises(NotFound):
        plan(day, organiser(HubFactory(slug="nordbro")), "Anna", "Cai")
    with pytest.raises(ChangedMeanwhile):
        plan(day, viewer, "Anna", "Cai", version=day.fresh().version - 1)


def test_rows_of_another_event_are_not_found(day: Day, viewer: Viewer, hub: Hub) -> None:
    other = small_day(hub, slug="andet")
    foreign = other.wish(other.person("Ina"), other.person("Jon"))

    for given in (
        {"before": foreign},
        {"slot": other.slots[0]},
        {"spot": other.tables[0]},
        {"spot": other.stand("S9")},
    ):
        with pytest.raises(NotFound):
            plan(day, viewer, "Anna", "Cai", **given)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (EventState.DRAFT, EventNotPlannable),
        (EventState.OVER, EventNotPlannable),
        (EventState.CANCELLED, EventCalledOff),
    ],
)
def test_event_that_is_not_planned_refuses(day: Day, viewer: Viewer, state: str, error: type[Exception]) -> None:
    Event.objects.filter(pk=day.event.pk).update(state=state)

    with pytest.raises(error):
        plan(day, viewer, "Anna", "Cai")


def test_everybody_of_the_meeting_reads_that_the_organiser_wrote_the_reason(day: Day, viewer: Viewer) -> None:
    plan(day, viewer, "Cai", "Dea")
    published(day, viewer)

    said = [agenda_of(person).entries[0].is_organised for person in people(day, "Anna", "Cai", "Dea")]

    assert said == [False, True, True]


# The page


def open_day(day: Day) -> None:
    """The page's clock is the real one, so the day lies after it."""
    Event.objects.filter(pk=day.event.pk).update(ends_at=START + timedelta(days=4_001))
    put_off(day)


def test_page_plans_what_was_chosen_by_name(client: Client, day: Day, hub: Hub) -> None:
    open_day(day)
    namesake = day.person("Anna", email="anna2@firma.example", profile=people(day, "Anna")[0].participation.profile)
    works_as(client, hub, Role.ORGANISER)
    other = MeetingRequest.objects.get()
    shown = client.get(PAGE).content.decode()
    posted = {
        "version": str(day.fresh().version), "first": f"Anna (Firma Anna) · {namesake.code}",
        "second": "Cai (Firma Cai)", "guest_3": " Dea  (Firma Dea)", "reason": REASON,
        "before": "Anna (Firma Anna) – Bo (Firma Bo)", "slot": str(day.slots[0].public_id),
        "place": str(day.tables[1].public_id),
    }  # fmt: skip

    page = client.post(PAGE, posted, follow=True).content.decode()

    made = MeetingRequest.objects.get(origin=RequestOrigin.ORGANISER)
    assert '<option value="Cai (Firma Cai)">' in shown
    assert "The meeting is noted." in page
    assert (made.sender, made.receiver.name, made.before) == (namesake, "Cai", other)
    assert (made.fixed_slot, made.fixed_table) == (day.slots[0], day.tables[1])
    assert [guest.participant.name for guest in made.guests.all()] == ["Dea"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"first": "Somebody else"}, "Choose somebody from the list"),
        ({"second": ""}, "Fill this in."),
        ({"second": "Anna (Firma Anna)"}, "one person, or share one agenda"),
        ({"second": "Bo (Firma Bo)"}, "agreed to meet already"),
        ({"reason": "nej"}, "reason"),
        ({"slot": "x"}, "slot"),
        ({"version": "1"}, "Somebody else saved first"),
    ],
)
def test_page_says_what_is_wrong_and_keeps_what_was_written(
    client: Client, day: Day, hub: Hub, changed: dict[str, str], told: str
) -> None:
    open_day(day)
    Event.objects.filter(pk=day.event.pk).update(version=3)
    works_as(client, hub, Role.ORGANISER)
    posted = {"version": "3", "first": "Anna (Firma Anna)", "second": "Cai (Firma Cai)", "reason": REASON} | changed

    response = client.post(PAGE, posted)
    page = response.content.decode()

    assert response.status_code in {409, 422}
    assert (told in page, posted["reason"] in page, MeetingRequest.objects.count()) == (True, True, 1)


def test_page_is_the_organisers_and_linked_from_the_timetable(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.MEMBER)
    refused = client.get(PAGE)
    works_as(client, hub, Role.ORGANISER)

    assert refused.status_code == 403
    assert PAGE in client.get("/en/events/bazar/organise/timetable/").content.decode()
