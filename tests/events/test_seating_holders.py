"""Who is given a stand is found there with all people, and meets there."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.domain.setup.giving_stands import give_stands
from events.domain.setup.stands import assign_stand, remove_stand
from events.enums import RequestState
from events.models import Event, MeetingRequest, Participant, Stand
from hubs.policies import Viewer
from profiles.models import Profile
from tests.events.setting_up import event_fixture, viewer_fixture  # noqa: F401
from tests.events.stand_seekers import exhibitor, rows_fixture  # noqa: F401


def people_of(profile: Profile) -> list[Participant]:
    return list(Participant.objects.filter(participation__profile=profile).order_by("pk"))


def asked(event: Event, receiver: Participant, state: RequestState = RequestState.ASKED) -> MeetingRequest:
    now = timezone.now()
    sender = people_of(exhibitor(event, f"Spørger {MeetingRequest.objects.count()}"))[0]
    return MeetingRequest.objects.create(
        hub_id=event.hub_id, event=event, sender=sender, receiver=receiver, state=state, asked_at=now, expires_at=now
    )


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
