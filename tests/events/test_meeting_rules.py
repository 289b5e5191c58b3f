"""What an organiser sets by hand on agreed meetings and takes back: never against a no, never unseen."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from events.domain.setup.changing import ChangedMeanwhile
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import publish_run
from events.domain.timetable.repairing import damage_of
from events.domain.timetable.timetable_errors import EventNotPlannable, MeetingPublished, PlaceTaken
from events.domain.wishes import meeting_rules as rules
from events.domain.wishes.organiser_requests import plan_meeting_between
from events.domain.wishes.wish_errors import AgreedThemselves, KeptApart, NotComing, TakesNoMeetings
from events.enums import EventState, RequestOrigin, RequestState, RunKind, Wanting
from events.models import Availability, Event, Meeting, MeetingRequest, Participant, Preference
from events.queries.agreed_requests import agreed_requests
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from matching.models import LoadPlace
from tests.events.timetable_days import NOW, START, Day, computed, organiser, published, small_day
from tests.factories import HubFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def day(hub: Hub) -> Day:
    """Anna meets Bo and Cai, by their own agreement; Dea and Eva have agreed on nothing."""
    made = small_day(hub)
    anna, bo, cai = made.person("Anna"), made.person("Bo"), made.person("Cai")
    made.person("Dea")
    made.person("Eva")
    made.wish(anna, bo)
    made.wish(anna, cai)
    return made


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


def person(day: Day, name: str) -> Participant:
    return day.event.people.get(name=name)


def with_(day: Day, name: str) -> MeetingRequest:
    return MeetingRequest.objects.select_related("event").get(event=day.event, receiver__name=name)


def change(
    do: Callable[..., MeetingRequest], request: MeetingRequest, viewer: Viewer, **given: object
) -> MeetingRequest:
    return do(request, viewer=viewer, **({"version": request.version, "now": NOW} | given))


def planned(day: Day, viewer: Viewer, *names: str) -> MeetingRequest:
    people = [person(day, name) for name in names]
    version = day.fresh().version
    reason = "I to arbejder med det samme."
    return plan_meeting_between(day.fresh(), viewer=viewer, version=version, people=people, reason=reason, now=NOW)


def refuses(day: Day, one: str, other: str) -> None:
    first, second = person(day, one), person(day, other)
    Preference.objects.create(hub=first.hub, event=day.event, person=first, other=second, wanting=Wanting.NO_THANKS)


def test_time_and_table_of_what_two_agreed_are_kept_and_released_again(day: Day, viewer: Viewer) -> None:
    request = change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[2], spot=day.tables[1])
    published(day, viewer)
    held = Meeting.objects.get(request=request)

    assert (held.slot, held.table, held.is_fixed, request.version) == (day.slots[2], day.tables[1], True, 2)
    assert AuditRecord.objects.filter(subject_id=request.public_id, action="fix").count() == 1


def test_release_leaves_time_and_table_to_computing_and_gives_the_stand_back(day: Day, viewer: Viewer) -> None:
    stand = day.stand("S1")
    Participant.objects.filter(name="Bo").update(stand=stand)
    MeetingRequest.objects.filter(receiver__name="Bo").update(stand=stand)

    fixed = change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[1], spot=day.tables[0])
    at_table = (fixed.fixed_slot, fixed.fixed_table, fixed.stand)
    freed = change(rules.release_request, fixed, viewer)

    assert at_table == (day.slots[1], day.tables[0], None)
    assert (freed.fixed_slot, freed.fixed_table, freed.stand) == (None, None, stand)


def test_nobody_is_told_before_anything_is_published(day: Day, viewer: Viewer) -> None:
    request = change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[2], spot=None)
    request = change(rules.order_meeting, with_(day, "Cai"), viewer, before=request)
    change(rules.add_guest, request, viewer, guest=person(day, "Dea"))

    assert OutgoingMail.objects.count() == 0


def test_impossible_times_are_refused_and_nothing_is_kept(day: Day, viewer: Viewer) -> None:
    bo, cai = with_(day, "Bo"), with_(day, "Cai")
    Availability.objects.create(hub=day.event.hub, participant=person(day, "Cai"), slot=day.slots[0])
    change(rules.fix_meeting, bo, viewer, slot=day.slots[1], spot=None)

    for slot in day.slots[:2]:
        with pytest.raises(PlaceTaken):
            change(rules.fix_meeting, cai, viewer, slot=slot, spot=None)

    cai.refresh_from_db()
    assert (cai.fixed_slot, cai.version) == (None, 1)


def test_meeting_of_somebody_who_does_not_come_is_not_fixed(day: Day, viewer: Viewer) -> None:
    Participant.objects.filter(name="Bo").update(state="cancelled")

    with pytest.raises(NotComing):
        change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[1], spot=None)


def test_stand_that_somebody_avoids_is_refused_without_a_name(day: Day, viewer: Viewer) -> None:
    stand, bo = day.stand("S1"), person(day, "Bo")
    Preference.objects.create(hub=bo.hub, event=day.event, person=bo, stand=stand, wanting=Wanting.NO_THANKS)

    with pytest.raises(KeptApart) as caught:
        change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=None, spot=stand)

    assert ("Bo" in str(caught.value), "Anna" in str(caught.value)) == (False, False)


def test_published_meeting_is_not_fixed_released_or_taken_back_here(day: Day, viewer: Viewer) -> None:
    request = planned(day, viewer, "Dea", "Eva")
    published(day, viewer)

    for do, given in (
        (rules.fix_meeting, {"slot": None, "spot": None}), (rules.release_request, {}), (rules.take_back_meeting, {}),
    ):  # fmt: skip
        with pytest.raises(MeetingPublished):
            change(do, request, viewer, **given)


def test_order_is_kept_by_the_timetable_and_can_be_given_up(day: Day, viewer: Viewer) -> None:
    bo = change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[1], spot=None)
    cai = change(rules.order_meeting, with_(day, "Cai"), viewer, before=bo)
    published(day, viewer)

    at = Meeting.objects.get(request=cai).slot.starts_at
    freed = change(rules.drop_order, cai, viewer)

    assert at < day.slots[1].starts_at
    assert (freed.before, problem_of(day.fresh()).problem.precedences) == (None, ())


def test_order_of_published_meetings_waits_for_a_repair_and_shows_as_damage(day: Day, viewer: Viewer) -> None:
    bo, cai = with_(day, "Bo"), with_(day, "Cai")
    published(day, viewer)
    at = {row.request_id: row.slot.starts_at for row in Meeting.objects.select_related("slot")}
    later, earlier = (bo, cai) if at[bo.pk] > at[cai.pk] else (cai, bo)
    mails = OutgoingMail.objects.count()

    change(rules.order_meeting, later, viewer, before=earlier)

    after = {row.request_id: row.slot.starts_at for row in Meeting.objects.select_related("slot")}
    codes = {code for _meeting, code in damage_of(problem_of(day.fresh()), now=NOW).meetings}
    assert (after, OutgoingMail.objects.count(), codes) == (at, mails, {"precedence"})


def test_order_in_a_circle_before_itself_or_against_fixed_times_is_refused(day: Day, viewer: Viewer) -> None:
    third = planned(day, viewer, "Dea", "Eva")
    bo = change(rules.order_meeting, with_(day, "Bo"), viewer, before=third)
    cai = change(rules.order_meeting, with_(day, "Cai"), viewer, before=bo)

    for before in (cai, third):
        with pytest.raises(InvalidInput):
            change(rules.order_meeting, third, viewer, before=before)
    bo = change(rules.fix_meeting, bo, viewer, slot=day.slots[1], spot=None)
    with pytest.raises(PlaceTaken):
        change(rules.fix_meeting, cai, viewer, slot=day.slots[2], spot=None)
    with pytest.raises(PlaceTaken):
        change(rules.fix_meeting, third, viewer, slot=day.slots[0], spot=None)


def test_fixed_times_in_the_wrong_order_refuse_the_order(day: Day, viewer: Viewer) -> None:
    early = change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[0], spot=None)
    late = change(rules.fix_meeting, with_(day, "Cai"), viewer, slot=day.slots[2], spot=None)

    with pytest.raises(PlaceTaken):
        change(rules.order_meeting, late, viewer, before=early)

    assert change(rules.order_meeting, early, viewer, before=late).before == late


def test_guest_sits_at_the_meeting_and_can_be_left_out_again(day: Day, viewer: Viewer) -> None:
    request = change(rules.add_guest, with_(day, "Bo"), viewer, guest=person(day, "Dea"))
    request = change(rules.add_guest, request, viewer, guest=person(day, "Eva"))
    request = change(rules.remove_guest, request, viewer, guest=person(day, "Eva"))
    published(day, viewer)

    sides = Meeting.objects.get(request=request).sides.all()
    assert {side.participant.name for side in sides} == {"Anna", "Bo", "Dea"}


def test_guest_of_a_published_meeting_joins_with_the_repair_which_tells_all_of_it(day: Day, viewer: Viewer) -> None:
    published(day, viewer)
    request = change(rules.add_guest, with_(day, "Bo"), viewer, guest=person(day, "Dea"))
    before = {side.participant.name for side in Meeting.objects.get(request=request).sides.all()}

    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    publish_run(run, viewer=viewer, version=day.fresh().version, now=LATER)

    meeting = Meeting.objects.get(request=request)
    told = OutgoingMail.objects.filter(kind="event_meeting_changed").values_list("address", flat=True)
    assert before == {"Anna", "Bo"}
    assert {side.participant.name for side in meeting.sides.all()} == {"Anna", "Bo", "Dea"}
    assert sorted(told) == ["anna@firma.example", "bo@firma.example", "dea@firma.example"]
    assert meeting.changed_at == LATER


def test_guest_is_never_brought_to_somebody_kept_apart(day: Day, viewer: Viewer) -> None:
    refuses(day, "Bo", "Dea")
    day.wish(person(day, "Eva"), person(day, "Anna"), state=RequestState.DECLINED)
    day.person("Finn", profile=person(day, "Anna").participation.profile)

    for name in ("Dea", "Eva", "Finn"):
        with pytest.raises(KeptApart, match="These two are kept apart at this event"):
            change(rules.add_guest, with_(day, "Bo"), viewer, guest=person(day, name))


def test_a_no_between_the_two_is_not_told_by_adding_a_guest(day: Day, viewer: Viewer) -> None:
    refuses(day, "Bo", "Anna")

    request = change(rules.add_guest, with_(day, "Bo"), viewer, guest=person(day, "Dea"))

    assert [guest.participant.name for guest in request.guests.all()] == ["Dea"]


def test_guest_twice_one_of_the_two_too_many_and_who_meets_nobody_are_refused(day: Day, viewer: Viewer) -> None:
    day.person("Gry", meets=False)
    request = change(rules.add_guest, with_(day, "Bo"), viewer, guest=person(day, "Dea"))

    for name, error in (("Dea", InvalidInput), ("Anna", InvalidInput), ("Gry", TakesNoMeetings)):
        with pytest.raises(error):
            change(rules.add_guest, request, viewer, guest=person(day, name))
    for number in range(5):
        request = change(rules.add_guest, request, viewer, guest=day.person(f"Per{number}"))
    with pytest.raises(InvalidInput, match="two to 8"):
        change(rules.add_guest, request, viewer, guest=person(day, "Eva"))


def test_guest_who_is_not_free_at_the_fixed_time_is_refused(day: Day, viewer: Viewer) -> None:
    Availability.objects.create(hub=day.event.hub, participant=person(day, "Dea"), slot=day.slots[0])
    request = change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[0], spot=None)

    with pytest.raises(PlaceTaken):
        change(rules.add_guest, request, viewer, guest=person(day, "Dea"))

    assert not request.guests.exists()


def test_planned_meeting_is_taken_back_with_its_orders_and_its_place_of_the_month(day: Day, viewer: Viewer) -> None:
    request = planned(day, viewer, "Dea", "Eva")
    bo = change(rules.order_meeting, with_(day, "Bo"), viewer, before=request)

    held = LoadPlace.objects.filter(subject=request.public_id).count()

    gone = change(rules.take_back_meeting, request, viewer)

    bo.refresh_from_db()
    assert (gone.state, bo.before, held) == (RequestState.WITHDRAWN, None, 1)
    assert not LoadPlace.objects.filter(subject=request.public_id).exists()
    assert planned(day, viewer, "Dea", "Eva").origin == RequestOrigin.ORGANISER


def test_what_two_agreed_themselves_is_theirs_to_take_back(day: Day, viewer: Viewer) -> None:
    with pytest.raises(AgreedThemselves):
        change(rules.take_back_meeting, with_(day, "Bo"), viewer)


def test_second_organiser_at_once_is_told_and_the_first_choice_stands(day: Day, viewer: Viewer, hub: Hub) -> None:
    seen = with_(day, "Bo")
    change(rules.fix_meeting, with_(day, "Bo"), viewer, slot=day.slots[0], spot=None)
    second = organiser(hub)

    for do, given in (
        (rules.fix_meeting, {"slot": day.slots[1], "spot": None}), (rules.release_request, {}),
        (rules.order_meeting, {"before": with_(day, "Cai")}), (rules.drop_order, {}),
        (rules.add_guest, {"guest": person(day, "Dea")}), (rules.remove_guest, {"guest": person(day, "Dea")}),
        (rules.take_back_meeting, {}),
    ):  # fmt: skip
        with pytest.raises(ChangedMeanwhile):
            change(do, seen, second, version=1, **given)

    assert with_(day, "Bo").fixed_slot == day.slots[0]


def test_only_organisers_of_the_hub_and_only_rows_of_the_event(day: Day, viewer: Viewer, hub: Hub) -> None:
    other = small_day(hub, slug="andet")
    foreign = other.wish(other.person("Ina"), other.person("Jon"))
    request = with_(day, "Bo")

    with pytest.raises(NotAllowed):
        change(rules.drop_order, request, organiser(hub, Role.MEMBER))
    with pytest.raises(NotFound):
        change(rules.drop_order, request, organiser(HubFactory(slug="nordbro")))
    for do, given in (
        (rules.order_meeting, {"before": foreign}), (rules.add_guest, {"guest": foreign.sender}),
        (rules.remove_guest, {"guest": foreign.sender}), (rules.fix_meeting, {"slot": other.slots[0], "spot": None}),
        (rules.fix_meeting, {"slot": None, "spot": other.tables[0]}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            change(do, request, viewer, **given)


def test_nothing_is_set_once_the_event_is_over_or_the_request_gone(day: Day, viewer: Viewer) -> None:
    request = with_(day, "Bo")

    with pytest.raises(EventNotPlannable):
        change(rules.drop_order, request, viewer, now=START + timedelta(days=1))
    Event.objects.filter(pk=day.event.pk).update(state=EventState.OVER)
    with pytest.raises(EventNotPlannable):
        change(rules.drop_order, request, viewer)
    Event.objects.filter(pk=day.event.pk).update(state=EventState.OPEN)
    MeetingRequest.objects.filter(pk=request.pk).update(state=RequestState.WITHDRAWN)
    with pytest.raises(NotFound):
        change(rules.drop_order, request, viewer)


def test_list_shows_what_is_set_by_hand_first_and_finds_names_and_guests(day: Day, viewer: Viewer) -> None:
    day.wish(person(day, "Dea"), person(day, "Bo"), state=RequestState.ASKED)
    change(rules.add_guest, with_(day, "Cai"), viewer, guest=person(day, "Eva"))

    def found(words: str) -> list[tuple[str, bool]]:
        return list(agreed_requests(day.fresh(), words).values_list("receiver__name", "is_by_hand"))

    assert found("") == [("Cai", True), ("Bo", False)]
    assert [found("eva"), found("firma bo"), found("Dea"), found("anna \x00 cai")] == [
        [("Cai", True)], [("Bo", False)], [], [("Cai", True)],
    ]  # fmt: skip
