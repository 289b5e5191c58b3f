"""Asking for a meeting: the caps, the refusals, and a "no thanks" that the sender cannot tell from silence."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from events.domain.wishes.answering import answer_request, expire_due, withdraw_request
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.pair_words import half_written, words_between
from events.domain.wishes.wish_errors import AskedTooOften, SaidNoThanks, TakesNoMeetings, WishesClosed, WishesOnly
from events.domain.wishes.wishing import prefer
from events.models import Event, MeetingRequest, Participant, Preference
from events.queries.wishes import received_requests, requests_left, sent_requests
from kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from matching.domain.introductions.errors import AlreadyAsked, CapReached, TooManyOpen
from matching.enums import Direction
from matching.models import ContactRules, LoadPlace
from profiles.models import Organisation
from tests.events.wish_people import (  # noqa: F401
    DAY,
    NEED,
    NOW,
    OFFER,
    encoder_fixture,
    event_fixture,
    make_event,
    person,
    speaks_as,
    two,
)
from tests.factories import HubFactory

REASON = "Vi vil gerne høre, om I kan afprøve vores sensor."


def ask(sender: Participant, receiver: Participant, **values: object) -> MeetingRequest:
    return ask_meeting(sender, receiver=receiver, **({"reason": REASON, "now": NOW} | values))  # type: ignore[arg-type]


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "address"))


def test_request_is_asked_with_the_two_texts_and_mailed(event: Event) -> None:
    asta, bo = two(event)

    made = ask(asta, bo, viewer=speaks_as(asta))

    assert (made.state, made.reason, made.direction) == ("asked", REASON, Direction.NEED_OFFER)
    assert (made.seeker_text, made.receiver_text) == (NEED, OFFER)
    assert 0 < made.worth < 1
    assert made.expires_at > NOW + 7 * DAY
    assert mails() == [("event_request", "bo@firma.example")]
    assert LoadPlace.objects.get().subject == made.public_id
    assert Preference.objects.get().wanting == "want"


def test_reason_is_half_written_from_both_texts(event: Event, english: None) -> None:
    asta, bo = two(event)

    ours = half_written(words_between(asta, bo, now=NOW))
    theirs = half_written(words_between(bo, asta, now=NOW))

    assert ours == f"We seek: “{NEED}” You offer: “{OFFER}” I would like to hear whether it fits."
    assert theirs == f"You seek: “{NEED}” We offer: “{OFFER}” I would like to show you what we have."


def test_request_expires_no_later_than_wishes_close(event: Event) -> None:
    asta, bo = two(event)
    Event.objects.update(wishes_close_at=NOW + timedelta(hours=5))
    asta.event.refresh_from_db()

    assert ask(asta, bo).expires_at == NOW + timedelta(hours=5)


def refused_by(event: Event, change: Callable[[Participant, Participant], object]) -> DomainError:
    asta, bo = two(event)
    change(asta, bo)
    asta, bo = Participant.objects.get(pk=asta.pk), Participant.objects.get(pk=bo.pk)
    before = MeetingRequest.objects.count()
    with pytest.raises(DomainError) as refusal:
        ask(asta, bo)
    assert MeetingRequest.objects.count() == before
    assert LoadPlace.objects.count() == before
    return refusal.value


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda asta, bo: Participant.objects.filter(pk=bo.pk).update(meets=False), TakesNoMeetings),
        (lambda asta, bo: Participant.objects.filter(pk=asta.pk).update(meets=False), TakesNoMeetings),
        (lambda asta, bo: Event.objects.update(state="wishes_closed"), WishesClosed),
        (lambda asta, bo: Event.objects.update(wishes_close_at=NOW), WishesClosed),
        (lambda asta, bo: Event.objects.update(starts_at=NOW), WishesClosed),
        (lambda asta, bo: Event.objects.update(request_mode="mutual"), WishesOnly),
        (lambda asta, bo: prefer(asta, other=bo, wanting="no_thanks", now=NOW), SaidNoThanks),
        (lambda asta, bo: ask(asta, bo), AlreadyAsked),
        (lambda asta, bo: ask(bo, asta), AlreadyAsked),
    ],
    ids=["they do not meet", "we do not meet", "closed", "closed by the clock", "begun", "mutual", "our no thanks",
         "twice", "they asked"],
)  # fmt: skip
def test_request_is_refused(
    event: Event, change: Callable[[Participant, Participant], object], error: type[DomainError]
) -> None:
    assert type(refused_by(event, change)) is error


@pytest.mark.parametrize("reason", ["", "  ", "kort", "x" * 601, "god\x00dag til alle sammen her"])
def test_reason_that_cannot_be_read_is_refused(event: Event, reason: str) -> None:
    asta, bo = two(event)

    with pytest.raises(InvalidInput) as refusal:
        ask(asta, bo, reason=reason)

    assert refusal.value.details["field"] == "reason"
    assert MeetingRequest.objects.count() == 0


def test_hostile_reason_is_kept_as_text(event: Event) -> None:
    asta, bo = two(event)

    made = ask(asta, bo, reason="<script>alert('x')</script> Vi vil gerne mødes")

    assert made.reason == "<script>alert('x')</script> Vi vil gerne mødes"


def test_only_the_person_and_colleagues_ask(event: Event) -> None:
    asta, bo = two(event)

    with pytest.raises(NotAllowed):
        ask(asta, bo, viewer=speaks_as(bo))
    with pytest.raises(NotFound):
        ask(asta, person(make_event(HubFactory(slug="nordbro")), "Xenia"))
    with pytest.raises(InvalidInput):
        ask(asta, asta)


def test_open_requests_are_capped_and_an_expired_one_frees_its_place(event: Event) -> None:
    Event.objects.update(open_requests=2)
    event.refresh_from_db()
    asta, bo = two(event)
    carl, dea = person(event, "Carl"), person(event, "Dea")
    first = ask(asta, bo)
    ask(asta, carl)

    with pytest.raises(TooManyOpen):
        ask(asta, dea)
    assert expire_due(first.expires_at) == 2
    later = first.expires_at + timedelta(minutes=1)
    ask(asta, dea, now=later)

    assert requests_left(asta) == 1
    assert list(MeetingRequest.objects.order_by("pk").values_list("state", flat=True)) == [
        "expired",
        "expired",
        "asked",
    ]


def test_month_of_the_receiver_is_a_cap_unless_meetings_come_on_top(event: Event) -> None:
    asta, bo = two(event)
    carl = person(event, "Carl")
    ContactRules.objects.create(hub=event.hub, profile=bo.participation.profile, monthly_cap=1)
    ask(asta, bo)

    with pytest.raises(CapReached):
        ask(carl, bo)
    Participant.objects.filter(pk=bo.pk).update(beside_cap=True)
    made = ask(carl, Participant.objects.get(pk=bo.pk))

    assert made.state == "asked"
    assert LoadPlace.objects.count() == 1


def test_place_of_a_declined_request_is_free_again_and_no_is_no(event: Event) -> None:
    asta, bo = two(event)
    made = ask(asta, bo)

    answer_request(made, accepts=False, now=NOW)

    assert LoadPlace.objects.count() == 0
    with pytest.raises(AskedTooOften):
        ask(asta, bo)


def test_asking_the_same_person_ends_after_twice(event: Event) -> None:
    asta, bo = two(event)
    for _time in range(2):
        withdraw_request(ask(asta, bo), person=asta, now=NOW)

    with pytest.raises(AskedTooOften):
        ask(asta, bo)


def test_colleague_at_the_same_stand_is_asked_through_the_one_whose_agenda_it_is(event: Event) -> None:
    asta, bo = two(event)
    helper = person(event, "Bodil", profile=bo.participation.profile, host=bo)

    made = ask(asta, helper)

    assert made.receiver_id == bo.pk


def what_the_sender_can_see(sender: Participant) -> list[object]:
    rows = sent_requests(sender).values(
        "state", "reason", "asked_at", "expires_at", "answered_at", "decline_note", "is_must", "version", "stand",
        "seeker_text", "receiver_text", "direction", "worth",
    )  # fmt: skip
    told = OutgoingMail.objects.filter(address=sender.email).values_list("kind", "not_before", "not_after")
    records = AuditRecord.objects.exclude(action="wish").values_list("action", "changed_fields")
    places = LoadPlace.objects.values_list("profile__name", "number")
    return [list(rows), list(told), list(records), list(places), requests_left(sender)]


@pytest.mark.parametrize("days", [0, 3, 4, 6, 9])
def test_no_thanks_looks_like_silence_to_the_sender(event: Event, days: int) -> None:
    """The very same things happen twice, once with a receiver who just does not answer."""
    seen = []
    for says_no in (False, True):
        for table in (OutgoingMail, AuditRecord, LoadPlace, Organisation):
            table.objects.all().delete()
        asta, bo = two(event)
        if says_no:
            prefer(bo, other=asta, wanting="no_thanks", now=NOW)
        ask(asta, bo)
        expire_due(NOW + days * DAY)
        seen.append(what_the_sender_can_see(asta))
        assert received_requests(bo).exists() is not says_no
        told = OutgoingMail.objects.filter(address=bo.email).exists()
        assert told is not says_no

    silent, unwanted = seen
    assert unwanted == silent


def test_no_thanks_taken_back_shows_the_request(event: Event) -> None:
    asta, bo = two(event)
    prefer(bo, other=asta, wanting="no_thanks", now=NOW)
    made = ask(asta, bo)

    prefer(bo, other=asta, wanting=None, now=NOW)

    assert list(received_requests(bo)) == [made]
