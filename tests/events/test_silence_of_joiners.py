"""Somebody who has said "no thanks" comes to share an agenda between which and the other a request is open: a yes to it
promises nothing, and tells nobody why.
"""

from datetime import timedelta

import pytest

from events.domain.people.registering import change_person
from events.domain.wishes.answering import answer_request, expire_due, withdraw_request
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.wish_errors import SaidNoThanks
from events.domain.wishes.wishing import prefer
from events.models import Event, Hall, Meeting, MeetingRequest, Participant, Preference, Stand
from events.queries.wishes import received_requests, requests_left, sent_requests
from hubs.policies import Viewer
from kernel.errors import DomainError
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from matching.domain.introductions.errors import AnswerTooLate
from matching.models import LoadPlace
from profiles.models import Organisation
from tests.events.arrivals import written
from tests.events.wish_people import (  # noqa: F401
    DAY,
    NOW,
    encoder_fixture,
    event_fixture,
    person,
    speaks_as,
    two,
)

REASON = "Vi vil gerne vise sensoren."
WEEK = timedelta(days=9)


def joins(event: Event, host: Participant, refused: Participant) -> Participant:
    """A colleague who had said no thanks to somebody before, and now shares the host's agenda."""
    colleague = person(event, "Cia", profile=host.participation.profile)
    prefer(colleague, other=refused, wanting="no_thanks", now=NOW - DAY)
    Preference.objects.filter(person=colleague).update(updated_at=NOW - DAY)
    return change_person(colleague, fields=written(email=colleague.email, host=host), version=1, now=NOW)


def ask(one: Participant, other: Participant) -> MeetingRequest:
    return ask_meeting(one, receiver=other, reason=REASON, now=NOW)


def tried(made: MeetingRequest, *, accepts: bool, viewer: Viewer | None) -> str:
    try:
        answer_request(made, accepts=accepts, viewer=viewer, now=NOW + DAY)
    except DomainError as error:
        return f"{error.code}: {error}"
    return "done"


def what_the_receiver_sees(made: MeetingRequest, viewer: Viewer | None) -> list[object]:
    """Every word and row that comes of two tries at a yes and one at a no, until the request would have expired."""
    bo = made.receiver
    said = [tried(made, accepts=accepts, viewer=viewer) for accepts in (True, True, False)]
    expire_due(NOW + WEEK)
    rows = received_requests(bo).values("state", "reason", "asked_at", "expires_at", "answered_at", "version")
    mails = OutgoingMail.objects.filter(address=bo.email).values_list("kind", "not_before")
    return [said, list(rows), list(mails), LoadPlace.objects.count(), requests_left(bo)]


@pytest.mark.parametrize("is_colleague", [True, False])
def test_yes_to_an_agenda_that_a_refuser_came_to_share_looks_taken_back(event: Event, is_colleague: bool) -> None:
    """The very same things happen twice, once because the sender took the request back a moment before."""
    seen = []
    for is_refused in (True, False):
        for table in (OutgoingMail, LoadPlace, Organisation):
            table.objects.all().delete()
        asta, bo = two(event)
        made = ask(asta, bo)
        if is_refused:
            joins(event, asta, bo)
            assert list(received_requests(bo)) == [made]
        else:
            withdraw_request(made, person=asta, now=NOW + DAY)
        seen.append(what_the_receiver_sees(made, speaks_as(bo) if is_colleague else None))

    refused, taken_back = seen
    assert refused == taken_back


def test_yes_that_leads_nowhere_is_no_agreement_and_nobody_is_told(event: Event) -> None:
    asta, bo = two(event)
    made = ask(asta, bo)
    joins(event, asta, bo)
    mailed, recorded = OutgoingMail.objects.count(), AuditRecord.objects.count()

    with pytest.raises(AnswerTooLate):
        answer_request(made, accepts=True, viewer=speaks_as(bo), now=NOW + DAY)

    assert MeetingRequest.objects.get().state == "withdrawn"
    assert (OutgoingMail.objects.count(), AuditRecord.objects.count()) == (mailed, recorded)
    assert (LoadPlace.objects.count(), requests_left(asta)) == (0, event.open_requests)


def test_nothing_moves_for_the_sender_when_the_refuser_comes(event: Event) -> None:
    """Whoever lets a colleague share the agenda sees nothing of the refusal on its pages."""
    asta, bo = two(event)
    made = ask(asta, bo)
    joins(event, asta, bo)
    expire_due(NOW + DAY)

    assert (list(sent_requests(asta)), MeetingRequest.objects.get().state) == ([made], "asked")


def test_first_free_slot_is_refused_in_the_same_words(event: Event) -> None:
    event.request_mode = "first_free"
    event.save()
    asta, bo = two(event)
    made = ask(asta, bo)
    joins(event, asta, bo)

    with pytest.raises(AnswerTooLate):
        answer_request(made, accepts=True, now=NOW)
    assert not Meeting.objects.exists()


def test_yes_of_somebody_seated_at_a_stand_that_the_sender_refuses_is_no_agreement(event: Event) -> None:
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal A")
    stand = Stand.objects.create(hub=event.hub, event=event, hall=hall, number="A1")
    asta, bo = two(event)
    prefer(asta, stand=stand, wanting="no_thanks", now=NOW - DAY)
    made = ask(asta, bo)
    Participant.objects.filter(pk=bo.pk).update(stand=stand)

    with pytest.raises(AnswerTooLate):
        answer_request(made, accepts=True, now=NOW)
    assert MeetingRequest.objects.get().state == "withdrawn"


def test_no_is_a_no_whoever_came_to_share_the_asking_agenda(event: Event) -> None:
    asta, bo = two(event)
    made = ask(asta, bo)
    joins(event, asta, bo)

    answered = answer_request(made, accepts=False, note="Ikke i år.", now=NOW)

    assert (answered.state, answered.decline_note) == ("declined", "Ikke i år.")


def test_yes_of_a_colleague_is_too_late_on_the_refusing_side_and_silence_on_the_other(event: Event) -> None:
    asta, bo = two(event)
    made = ask(asta, bo)
    joins(event, bo, asta)
    before = list(sent_requests(asta).values("state", "expires_at", "version", "updated_at"))
    colleague = speaks_as(bo)

    for accepts in (True, True, False):
        with pytest.raises(AnswerTooLate):
            answer_request(made, accepts=accepts, viewer=colleague, now=NOW + DAY)
    assert list(received_requests(bo)) == []
    assert list(sent_requests(asta).values("state", "expires_at", "version", "updated_at")) == before

    expire_due(NOW + WEEK)
    assert (list(received_requests(bo)), MeetingRequest.objects.get().state) == ([], "expired")
    assert "event_request_expired" in OutgoingMail.objects.filter(address=asta.email).values_list("kind", flat=True)


def test_yes_counts_once_the_no_thanks_is_taken_back(event: Event) -> None:
    asta, bo = two(event)
    made = ask(asta, bo)
    cia = joins(event, bo, asta)
    with pytest.raises(AnswerTooLate):
        answer_request(made, accepts=True, viewer=speaks_as(bo), now=NOW)
    with pytest.raises(SaidNoThanks):
        answer_request(made, accepts=True, now=NOW)

    Preference.objects.filter(person=cia).delete()

    assert list(received_requests(bo)) == [made]
    assert answer_request(made, accepts=True, viewer=speaks_as(bo), now=NOW).state == "accepted"


def test_request_taken_back_after_a_yes_that_did_not_count_is_no_agreement_called_off(event: Event) -> None:
    """What was agreed and called off for good is never planned anew; this was never agreed."""
    asta, bo = two(event)
    made = ask(asta, bo)
    joins(event, bo, asta)
    with pytest.raises(AnswerTooLate):
        answer_request(made, accepts=True, viewer=speaks_as(bo), now=NOW)

    withdraw_request(made, person=asta, now=NOW)

    assert MeetingRequest.objects.values_list("state", "answered_at").get() == ("withdrawn", None)
