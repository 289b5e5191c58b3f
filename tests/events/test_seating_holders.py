"""Who is given a stand is found there with all people, and meets there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.domain.setup.giving_stands import give_stands
from events.domain.setup.stands import StandFields, assign_stand, change_stand, remove_stand
from events.domain.timetable.planning import problem_of
from events.enums import MeetingState, RequestOrigin, RequestState
from events.models import Event, Meeting, MeetingRequest, Participant, Preference, RequestGuest, Stand, Table
from hubs.policies import Viewer
from profiles.models import Profile
from tests.events.setting_up import event_fixture, person_at, viewer_fixture  # noqa: F401
from tests.events.stand_seekers import exhibitor, rows_fixture  # noqa: F401
from tests.factories import ProfileFactory


def people_of(profile: Profile) -> list[Participant]:
    return list(Participant.objects.filter(participation__profile=profile).order_by("pk"))


def asked(
    event: Event, receiver: Participant, state: RequestState = RequestState.ASKED, **fields: object
) -> MeetingRequest:
    now = timezone.now()
    sender = people_of(exhibitor(event, f"Spørger {MeetingRequest.objects.count()}"))[0]
    return MeetingRequest.objects.create(
        hub_id=event.hub_id, event=event, sender=sender, receiver=receiver, state=state, asked_at=now, expires_at=now,
        **fields,
    )  # fmt: skip


def places(*requests: MeetingRequest) -> list[Stand | None]:
    return [MeetingRequest.objects.get(pk=request.pk).stand for request in requests]


def test_people_and_open_requests_go_to_the_new_stand(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa", people=2)
    receiver = people_of(alfa)[0]
    open_, agreed = asked(event, receiver), asked(event, receiver, RequestState.ACCEPTED)
    declined = asked(event, receiver, RequestState.DECLINED)

    assign_stand(rows[0], viewer=viewer, profile=alfa)

    assert [person.stand for person in people_of(alfa)] == [rows[0], rows[0]]
    assert places(open_, agreed, declined) == [rows[0], rows[0], None]


def test_many_stands_seat_their_people_in_as_many_queries(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    counts = []
    for names, numbers in ((("Alfa",), ("1",)), (("Beta", "Gamma", "Delta", "Epsilon"), ("2", "3", "4", "5"))):
        profiles = [exhibitor(event, name) for name in names]
        given = {profile.slug: number for profile, number in zip(profiles, numbers, strict=True)}
        event.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            give_stands(event, viewer=viewer, version=event.version, given=given)
        counts.append(len(queries))
        assert [people_of(profile)[0].stand.number for profile in profiles] == list(numbers)

    assert counts[0] == counts[1]


def test_people_leave_a_stand_that_goes_to_another(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    request = asked(event, people_of(alfa)[0])
    MeetingRequest.objects.filter(pk=request.pk).update(stand=rows[0])

    assign_stand(rows[0], viewer=viewer, profile=beta)

    assert people_of(alfa)[0].stand is None
    assert people_of(beta)[0].stand == rows[0]
    assert places(request) == [None]


def test_freed_stand_can_be_removed(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    assign_stand(rows[0], viewer=viewer, profile=None)
    event.refresh_from_db()

    remove_stand(rows[0], viewer=viewer, version=event.version)

    assert people_of(alfa)[0].stand is None


def test_person_who_is_found_elsewhere_stays_there(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa")
    Participant.objects.filter(participation__profile=alfa).update(stand=rows[3])

    assign_stand(rows[0], viewer=viewer, profile=alfa)

    assert people_of(alfa)[0].stand == rows[3]


# Who leaves a stand


def sibling(profile: Profile, event: Event, stand: Stand) -> Participant:
    """Somebody of a second profile of the organisation, seated there by registration."""
    person = person_at(event, "Anden", ProfileFactory(hub=event.hub, organisation=profile.organisation))
    return seated(person, stand)


def seated(person: Participant, stand: Stand | None) -> Participant:
    Participant.objects.filter(pk=person.pk).update(stand=stand)
    return person


def stands_of(*people: Participant) -> list[Stand | None]:
    return [Participant.objects.get(pk=person.pk).stand for person in people]


def test_stand_that_is_only_renamed_keeps_everybody(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    there = [*people_of(alfa), sibling(alfa, event, rows[0]), seated(person_at(event), rows[0])]
    elsewhere = person_at(event, "Uden", alfa)
    event.refresh_from_db()
    fields = StandFields("A1", left=60, top=60, width=30, height=20)

    change_stand(rows[0], viewer=viewer, version=event.version, fields=fields, profile=alfa)

    assert stands_of(*there, elsewhere) == [rows[0], rows[0], rows[0], None]


@pytest.mark.parametrize("is_freed", [True, False])
def test_only_people_of_the_former_organisation_leave(
    viewer: Viewer, event: Event, rows: list[Stand], is_freed: bool
) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    gone = [*people_of(alfa), sibling(alfa, event, rows[0])]
    there = [seated(person_at(event), rows[0]), sibling(beta, event, rows[0])]
    event.refresh_from_db()
    fields = StandFields("1", left=60, top=60, width=30, height=20)
    new = None if is_freed else beta

    change_stand(rows[0], viewer=viewer, version=event.version, fields=fields, profile=new)

    assert stands_of(*gone, *there) == [None, None, rows[0], rows[0]]
    assert stands_of(*people_of(beta)) == [None if is_freed else rows[0]]


def test_free_stand_that_is_given_keeps_whom_a_hand_seated_there(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa, by_hand = exhibitor(event, "Alfa"), seated(person_at(event), rows[0])
    event.refresh_from_db()

    give_stands(event, viewer=viewer, version=event.version, given={alfa.slug: "1"})

    assert stands_of(by_hand, *people_of(alfa)) == [rows[0], rows[0]]


def test_people_of_an_erased_profile_leave_its_stand_when_it_is_freed(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa = exhibitor(event, "Alfa")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    there, by_hand = sibling(alfa, event, rows[0]), seated(person_at(event), rows[0])
    Stand.objects.filter(pk=rows[0].pk).update(profile=None)
    event.refresh_from_db()
    fields = StandFields("1", left=60, top=60, width=30, height=20)

    change_stand(rows[0], viewer=viewer, version=event.version, fields=fields, profile=None)

    assert stands_of(there, by_hand) == [None, rows[0]]


def test_stand_goes_from_profile_to_profile_of_one_organisation(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa = exhibitor(event, "Alfa")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    second, third = sibling(alfa, event, rows[0]), sibling(alfa, event, rows[0])

    assign_stand(rows[0], viewer=viewer, profile=second.participation.profile)

    assert stands_of(*people_of(alfa), second, third) == [None, rows[0], rows[0]]


def test_two_who_change_stands_are_each_found_at_their_own(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    for stand, profile in ((rows[0], alfa), (rows[1], beta), (rows[0], beta), (rows[1], alfa)):
        assign_stand(stand, viewer=viewer, profile=profile)

    assert stands_of(*people_of(alfa), *people_of(beta)) == [rows[1], rows[0]]


# Which requests go along


def test_request_that_a_hand_set_stays_where_it_is(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa")
    timed, at_table, at_stand, free = (asked(event, people_of(alfa)[0], RequestState.ACCEPTED) for _each in range(4))
    table = Table.objects.create(hub=event.hub, event=event, hall=event.halls.all()[0], label="T99")
    for request, by_hand in (
        (timed, {"fixed_slot": event.slots.all()[0]}),
        (at_table, {"fixed_table": table}),
        (at_stand, {"stand": rows[4]}),
    ):
        MeetingRequest.objects.filter(pk=request.pk).update(**by_hand)

    assign_stand(rows[0], viewer=viewer, profile=alfa)

    assert places(timed, at_table, at_stand, free) == [None, None, rows[4], rows[0]]


@pytest.mark.parametrize("who", ["sender", "colleague of the sender", "guest"])
def test_no_thanks_to_the_new_stand_is_not_read_from_who_goes_there_and_holds_in_the_timetable(
    viewer: Viewer, event: Event, rows: list[Stand], who: str
) -> None:
    alfa = exhibitor(event, "Alfa")
    refused, willing = (asked(event, people_of(alfa)[0], RequestState.ACCEPTED) for _each in range(2))
    says_no = refused.sender if who == "sender" else person_at(event, "Cia")
    if who == "guest":
        RequestGuest.objects.create(hub=event.hub, request=refused, participant=says_no)
    elif who != "sender":
        Participant.objects.filter(pk=says_no.pk).update(host=refused.sender)
    for stand, wanting in ((rows[0], "no_thanks"), (rows[1], "must")):
        Preference.objects.create(hub=event.hub, event=event, person=says_no, stand=stand, wanting=wanting)
    Preference.objects.create(hub=event.hub, event=event, person=willing.sender, stand=rows[1], wanting="no_thanks")

    assign_stand(rows[0], viewer=viewer, profile=alfa)

    assert places(refused, willing) == [rows[0], rows[0]]
    assert kept_apart(event, refused, willing) == [True, False]


def kept_apart(event: Event, *requests: MeetingRequest) -> list[bool]:
    """Of each, whether the timetable can never hold it."""
    problem = problem_of(event).problem
    people_of_wish = {wish.key: wish.people for wish in problem.wishes}
    return [tuple(sorted(people_of_wish[str(request.public_id)][:2])) in problem.apart for request in requests]


def test_requests_at_a_set_time_go_to_tables_whoever_says_no_thanks(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    """Held at a stand that one of them refuses, they would leave no timetable possible; and that must not be read."""
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    for stand in rows[:2]:
        assign_stand(stand, viewer=viewer, profile=alfa)
    receiver, slot = people_of(alfa)[0], event.slots.all()[0]
    fixed = {"stand": rows[0], "fixed_slot": slot}
    refused, willing = (asked(event, receiver, RequestState.ACCEPTED, **fixed) for _each in range(2))
    free = asked(event, receiver, RequestState.ACCEPTED, stand=rows[0])
    Preference.objects.create(hub=event.hub, event=event, person=refused.sender, stand=rows[1], wanting="no_thanks")

    assign_stand(rows[0], viewer=viewer, profile=beta)

    assert places(refused, willing, free) == [None, None, rows[1]]
    assert kept_apart(event, refused, willing) == [False, False]


def test_request_at_a_set_time_is_held_at_the_stand_whenever_where_there_is_no_table(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    for stand in rows[:2]:
        assign_stand(stand, viewer=viewer, profile=alfa)
    event.tables.update(is_lost=True)
    fixed = {"stand": rows[0], "fixed_slot": event.slots.all()[0]}
    request = asked(event, people_of(alfa)[0], RequestState.ACCEPTED, **fixed)

    assign_stand(rows[0], viewer=viewer, profile=beta)

    request.refresh_from_db()
    assert (request.stand, request.fixed_slot) == (rows[1], None)


# Which requests stay at a stand that goes to another


def has_meeting(request: MeetingRequest, state: MeetingState) -> MeetingRequest:
    event = request.event
    Meeting.objects.create(
        hub=event.hub, event=event, request=request, slot=event.slots.all()[0], stand=request.stand, state=state,
        changed_at=timezone.now(),
    )  # fmt: skip
    return request


@pytest.mark.parametrize(
    "way", ["free", "set time", "called off", "of the sender", "with a guest", "found nowhere", "seated elsewhere"]
)
def test_no_request_stays_at_a_stand_that_belongs_to_another(
    viewer: Viewer, event: Event, rows: list[Stand], way: str
) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    mine, others = people_of(alfa)[0], person_at(event, "Ida")
    receiver = others if way in ("of the sender", "with a guest") else mine
    request = asked(event, receiver, RequestState.ACCEPTED, stand=rows[0])
    if way == "set time":
        MeetingRequest.objects.filter(pk=request.pk).update(fixed_slot=event.slots.all()[0])
    elif way == "called off":
        has_meeting(request, MeetingState.CANCELLED)
    elif way == "of the sender":
        MeetingRequest.objects.filter(pk=request.pk).update(sender=mine, origin=RequestOrigin.MUTUAL)
    elif way == "with a guest":
        RequestGuest.objects.create(hub=event.hub, request=request, participant=mine)
    elif way in ("found nowhere", "seated elsewhere"):
        seated(mine, rows[5] if way == "seated elsewhere" else None)

    assign_stand(rows[0], viewer=viewer, profile=beta)

    assert places(request) == [rows[5] if way == "seated elsewhere" else None]


def test_what_is_published_at_the_stand_or_set_there_by_hand_for_others_stays(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    assign_stand(rows[0], viewer=viewer, profile=alfa)
    published = asked(event, people_of(alfa)[0], RequestState.ACCEPTED, stand=rows[0])
    has_meeting(published, MeetingState.PLANNED)
    of_others = asked(event, person_at(event), RequestState.ACCEPTED, stand=rows[0], origin=RequestOrigin.ORGANISER)
    declined = asked(event, people_of(alfa)[0], RequestState.DECLINED, stand=rows[0])

    assign_stand(rows[0], viewer=viewer, profile=beta)

    assert places(published, of_others, declined) == [rows[0], rows[0], rows[0]]


def test_meeting_without_anybody_who_asked_is_held_where_either_stands(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")
    for stand in rows[:2]:
        assign_stand(stand, viewer=viewer, profile=alfa)
    agreed = {"state": RequestState.ACCEPTED, "origin": RequestOrigin.MUTUAL, "stand": rows[0]}
    of_nobody, of_beta = asked(event, person_at(event), **agreed), asked(event, people_of(beta)[0], **agreed)
    MeetingRequest.objects.filter(pk__in=(of_nobody.pk, of_beta.pk)).update(sender=people_of(alfa)[0])

    assign_stand(rows[0], viewer=viewer, profile=beta)

    assert places(of_nobody, of_beta) == [rows[1], rows[0]]


def test_meeting_without_anybody_who_asked_goes_to_the_stand_that_either_gets(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa = exhibitor(event, "Alfa")
    agreed, asking = (asked(event, person_at(event), RequestState.ACCEPTED) for _each in range(2))
    MeetingRequest.objects.filter(pk=agreed.pk).update(origin=RequestOrigin.MUTUAL)
    MeetingRequest.objects.filter(pk__in=(agreed.pk, asking.pk)).update(sender=people_of(alfa)[0])

    assign_stand(rows[0], viewer=viewer, profile=alfa)

    assert places(agreed, asking) == [rows[0], None]


def test_request_that_goes_along_counts_its_version_up(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    """An organiser who has it open notices, therefore."""
    alfa = exhibitor(event, "Alfa")
    moved, stays = (asked(event, people_of(alfa)[0], RequestState.ACCEPTED) for _each in range(2))
    MeetingRequest.objects.filter(pk=stays.pk).update(stand=rows[4])

    assign_stand(rows[0], viewer=viewer, profile=alfa)

    versions = [MeetingRequest.objects.get(pk=request.pk).version for request in (moved, stays)]
    assert versions == [2, 1]
