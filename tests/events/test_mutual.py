"""Where the organiser plans from wishes: only what both wish becomes a meeting, and doing it twice is once."""

import pytest

from events.domain.wishes.answering import withdraw_request
from events.domain.wishes.mutual import make_mutual_requests
from events.domain.wishes.wish_errors import RequestsOnly, WishesClosed
from events.domain.wishes.wishing import prefer
from events.models import Event, MeetingRequest, Participant
from events.queries.mutual_wishes import pairs_waiting
from kernel.errors import NotAllowed, NotFound
from matching.models import ContactRules, LoadPlace
from tests.events.wish_people import (  # noqa: F401
    NOW,
    encoder_fixture,
    event_fixture,
    make_event,
    organiser,
    person,
    speaks_as,
    two,
)
from tests.factories import HubFactory


@pytest.fixture
def planned(event: Event) -> Event:
    event.request_mode = "mutual"
    event.save()
    return event


def both_wish(one: Participant, other: Participant, *wishes: str) -> None:
    first, second = wishes or ("want", "want")
    prefer(one, other=other, wanting=first, now=NOW)
    prefer(other, other=one, wanting=second, now=NOW)


def test_two_who_both_wish_have_an_agreed_meeting(planned: Event) -> None:
    asta, bo = two(planned)
    carl = person(planned, "Carl")
    both_wish(asta, bo, "must", "want")
    prefer(asta, other=carl, wanting="must", now=NOW)
    viewer = organiser(planned)

    assert make_mutual_requests(planned, viewer=viewer, now=NOW) == 1

    row = MeetingRequest.objects.get()
    assert ({row.sender_id, row.receiver_id}, row.state, row.origin) == ({asta.pk, bo.pk}, "accepted", "mutual")
    assert row.is_must
    assert row.seeker_text
    assert make_mutual_requests(planned, viewer=viewer, now=NOW) == 0
    both_wish(carl, bo)
    assert make_mutual_requests(planned, viewer=viewer, now=NOW) == 1


def test_no_thanks_taken_later_leaves_no_meeting(planned: Event) -> None:
    asta, bo = two(planned)
    both_wish(asta, bo)
    prefer(bo, other=asta, wanting="no_thanks", now=NOW)

    assert make_mutual_requests(planned, viewer=organiser(planned), now=NOW) == 0


def test_full_month_is_kept_and_the_best_pair_comes_first(planned: Event) -> None:
    asta, bo = two(planned)
    carl = person(planned, "Carl", offer="Vi tilbyder kontorstole.")
    ContactRules.objects.create(hub=planned.hub, profile=bo.participation.profile, monthly_cap=1)
    both_wish(asta, bo)
    both_wish(carl, bo)

    assert make_mutual_requests(planned, viewer=organiser(planned), now=NOW) == 1

    row = MeetingRequest.objects.get()
    assert (row.sender_id, row.receiver_id) == (asta.pk, bo.pk)
    assert LoadPlace.objects.get().profile_id == bo.participation.profile_id


def test_only_organisers_of_that_hub_plan(planned: Event) -> None:
    asta, bo = two(planned)
    both_wish(asta, bo)
    stranger = organiser(make_event(HubFactory(slug="nordbro")))

    with pytest.raises(NotAllowed):
        make_mutual_requests(planned, viewer=speaks_as(asta), now=NOW)
    with pytest.raises(NotFound):
        make_mutual_requests(planned, viewer=stranger, now=NOW)

    assert MeetingRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "error"), [({"request_mode": "request_accept"}, RequestsOnly), ({"state": "over"}, WishesClosed)]
)
def test_other_modes_and_states_plan_nothing(planned: Event, values: dict[str, str], error: type[Exception]) -> None:
    asta, bo = two(planned)
    both_wish(asta, bo)
    Event.objects.update(**values)

    with pytest.raises(error):
        make_mutual_requests(planned, viewer=organiser(planned), now=NOW)

    assert MeetingRequest.objects.count() == 0


@pytest.mark.parametrize("by", ["sender", "receiver"])
def test_meeting_that_was_called_off_for_good_is_not_agreed_again(planned: Event, by: str) -> None:
    asta, bo = two(planned)
    both_wish(asta, bo)
    viewer = organiser(planned)
    make_mutual_requests(planned, viewer=viewer, now=NOW)
    agreed = MeetingRequest.objects.get()
    withdraw_request(agreed, person=getattr(agreed, by), now=NOW)

    assert make_mutual_requests(planned, viewer=viewer, now=NOW) == 0


def test_question_that_was_taken_back_unanswered_leaves_two_who_wish_free(planned: Event) -> None:
    asta, bo = two(planned)
    both_wish(asta, bo)
    MeetingRequest.objects.create(
        hub=planned.hub, event=planned, sender=asta, receiver=bo, state="withdrawn", asked_at=NOW, expires_at=NOW
    )

    assert make_mutual_requests(planned, viewer=organiser(planned), now=NOW) == 1


def test_pair_whose_month_is_full_waits_for_nothing(planned: Event) -> None:
    asta, bo = two(planned)
    carl = person(planned, "Carl", offer="Vi tilbyder kontorstole.")
    ContactRules.objects.create(hub=planned.hub, profile=bo.participation.profile, monthly_cap=1)
    both_wish(asta, bo)
    both_wish(carl, bo)

    before = pairs_waiting(planned, now=NOW)
    made = make_mutual_requests(planned, viewer=organiser(planned), now=NOW)

    assert (before, made, pairs_waiting(planned, now=NOW)) == (2, 1, 0)
