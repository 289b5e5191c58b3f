"""A "no thanks" looks like silence to everybody else: the one it is about, colleagues on both sides, all pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.wishes.answering import answer_request, expire_due
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.wish_errors import SaidNoThanks
from events.domain.wishes.wishing import prefer
from events.models import Event, MeetingRequest, Participant, Preference
from events.queries.suggestions import suggestions_for
from events.queries.wishes import received_requests, requests_left, sent_requests
from hubs.policies import Viewer
from kernel.errors import NotAllowed, NotFound
from kernel.models import AuditRecord
from mailgate.models import OutgoingMail
from matching.domain.introductions.errors import AnswerTooLate
from matching.models import LoadPlace
from profiles.models import Organisation
from tests.events.silent_people import (  # noqa: F401
    WEEK,
    ask,
    coming_fixture,
    readable,
    said_before,
    share,
    tried,
    with_account,
)
from tests.events.wish_people import (  # noqa: F401
    DAY,
    NOW,
    encoder_fixture,
    event_fixture,
    person,
    speaks_as,
    two,
)
from tests.factories import MembershipFactory
from tests.frontend.conftest import body, speaks_for


def what_a_colleague_sees(asta: Participant, bo: Participant, colleague: Viewer) -> list[object]:
    """Everything that comes of wishing and asking in Asta's name, until the request has expired."""
    answers = [
        tried(lambda wanting=wanting: prefer(asta, other=bo, wanting=wanting, now=NOW, viewer=colleague))
        for wanting in ("must", None, "no_thanks")
    ]
    answers += [tried(lambda: ask(asta, bo, colleague, is_must=True)) for _twice in range(2)]
    seen: list[object] = [answers]
    for moment in (NOW, NOW + WEEK):
        expire_due(moment)
        rows = sent_requests(asta).values("state", "reason", "asked_at", "expires_at", "answered_at", "version")
        mails = OutgoingMail.objects.filter(address=asta.email).values_list("kind", "not_before")
        records = AuditRecord.objects.exclude(action="wish").values_list("action", "changed_fields")
        seen += [list(rows), list(mails), list(records), LoadPlace.objects.count(), requests_left(asta)]
    return seen


def test_colleague_cannot_tell_a_no_thanks_from_one_who_does_not_answer(event: Event) -> None:
    """The very same things happen twice, once in the name of somebody who has said it."""
    seen = []
    for says_no in (False, True):
        for table in (OutgoingMail, AuditRecord, LoadPlace, Organisation):
            table.objects.all().delete()
        asta, bo = two(event)
        own = with_account(asta)
        if says_no:
            prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=own)
        seen.append(what_a_colleague_sees(asta, bo, speaks_as(asta)))
        assert received_requests(bo).exists() is not says_no
        assert OutgoingMail.objects.filter(address=bo.email).exists() is not says_no

    silent, unwanted = seen
    assert unwanted == silent


def test_colleague_who_must_meet_raises_no_no_thanks(event: Event) -> None:
    asta, bo = two(event)
    own = with_account(asta)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=own)

    ask(asta, bo, speaks_as(asta), is_must=True)

    assert list(Preference.objects.values_list("wanting", flat=True)) == ["no_thanks"]
    with pytest.raises(SaidNoThanks):
        ask(asta, bo, own)


def test_asking_back_is_not_told_that_one_was_asked_in_silence(event: Event) -> None:
    asta, bo = two(event)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=with_account(asta))
    ask(bo, asta)

    made = ask(asta, bo, speaks_as(asta))

    assert (made.state, MeetingRequest.objects.filter(state="asked").count()) == ("asked", 2)


def test_request_is_as_good_as_taken_back_for_colleagues_of_who_said_no_thanks(event: Event) -> None:
    asta, bo = two(event)
    made, own = ask(asta, bo), with_account(bo)
    prefer(bo, other=asta, wanting="no_thanks", now=NOW, viewer=own)
    Preference.objects.update(updated_at=NOW)

    for accepts in (True, False):
        with pytest.raises(AnswerTooLate):
            answer_request(made, accepts=accepts, viewer=speaks_as(bo), now=NOW)
    with pytest.raises(SaidNoThanks):
        answer_request(made, accepts=True, viewer=own, now=NOW)

    assert MeetingRequest.objects.get().state == "asked"


def test_request_sent_in_silence_is_not_found_by_its_receiver(event: Event) -> None:
    asta, bo = two(event)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW)
    made = ask(asta, bo, speaks_as(asta))

    with pytest.raises(NotFound):
        answer_request(made, accepts=True, now=NOW)


@pytest.mark.parametrize("who", ["asta", "bo"])
def test_request_that_ended_in_sight_stays_there_when_a_no_thanks_is_said(event: Event, who: str) -> None:
    asta, bo = two(event)
    made = ask(asta, bo)
    expire_due(NOW + WEEK)
    one, other = (asta, bo) if who == "asta" else (bo, asta)

    said = prefer(one, other=other, wanting="no_thanks", now=NOW + WEEK)
    assert said is not None
    Preference.objects.filter(pk=said.pk).update(updated_at=NOW + WEEK)

    assert list(received_requests(bo)) == [made]


def mails_to(someone: Participant) -> list[str]:
    return list(OutgoingMail.objects.filter(address=someone.email).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("who", ["asta", "bo"])
def test_request_that_was_read_stays_when_who_said_no_thanks_comes_to_share_an_agenda(
    event: Event, who: str, ends: bool
) -> None:
    asta, bo = two(event)
    one, other = (asta, bo) if who == "asta" else (bo, asta)
    colleague = said_before(event, one, other)
    made = ask(asta, bo)
    expire_due(NOW + WEEK if ends else NOW)

    share(colleague, one)

    assert list(received_requests(bo)) == [made]


def test_request_of_before_is_answered_as_far_as_who_answers_may_know(event: Event) -> None:
    asta, bo = two(event)
    colleague = said_before(event, bo, asta)
    made = ask(asta, bo)
    share(colleague, bo)

    with pytest.raises(AnswerTooLate):
        answer_request(made, accepts=True, viewer=speaks_as(bo), now=NOW)
    with pytest.raises(SaidNoThanks):
        answer_request(made, accepts=True, viewer=with_account(bo), now=NOW)

    # Since the colleague's yes its side reads it as taken back, and a no of the person's own shows nothing else.
    assert answer_request(made, accepts=False, viewer=with_account(bo), now=NOW).state == "asked"


def test_own_no_to_a_request_of_before_is_one_while_colleagues_have_it_open(event: Event) -> None:
    asta, bo = two(event)
    colleague = said_before(event, bo, asta)
    made = ask(asta, bo)
    share(colleague, bo)

    assert answer_request(made, accepts=False, viewer=with_account(bo), now=NOW).state == "declined"


def test_colleague_says_no_to_a_request_of_before_as_to_any(event: Event) -> None:
    asta, bo = two(event)
    colleague = said_before(event, bo, asta)
    made = ask(asta, bo)
    share(colleague, bo)

    assert answer_request(made, accepts=False, viewer=speaks_as(bo), now=NOW).state == "declined"


def test_no_thanks_that_is_taken_back_lets_each_hear_once_of_what_waits(event: Event) -> None:
    asta, bo = two(event)
    own = with_account(asta)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=own)
    ask(asta, bo, speaks_as(asta))
    ask(bo, asta)
    before = mails_to(asta) + mails_to(bo)

    for wanting in (None, "want"):
        prefer(asta, other=bo, wanting=wanting, now=NOW, viewer=own)

    assert (before, mails_to(asta), mails_to(bo)) == ([], ["event_request"], ["event_request"])


def test_two_who_asked_each_other_meet_once(event: Event) -> None:
    asta, bo = two(event)
    own = with_account(asta)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=own)
    hers, his = ask(asta, bo, speaks_as(asta)), ask(bo, asta)
    prefer(asta, other=bo, wanting=None, now=NOW, viewer=own)
    mailed = OutgoingMail.objects.count()

    answer_request(his, accepts=True, viewer=own, now=NOW)

    assert [MeetingRequest.objects.get(pk=row.pk).state for row in (his, hers)] == ["accepted", "withdrawn"]
    assert OutgoingMail.objects.count() == mailed + 1
    with pytest.raises(AnswerTooLate):
        answer_request(hers, accepts=True, now=NOW)


def test_nobody_is_reminded_of_what_it_never_heard(event: Event) -> None:
    asta, bo = two(event)
    colleague = said_before(event, asta, bo)
    share(colleague, asta)
    made = ask(asta, bo, speaks_as(asta))
    share(colleague, None)

    expire_due(made.expires_at - timedelta(hours=1))

    assert mails_to(bo) == ["event_request"]


def test_agenda_that_said_no_thanks_keeps_its_marks_when_the_account_is_gone(event: Event) -> None:
    asta, bo = two(event)
    cia = person(event, "Cia")
    own = with_account(asta)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=own)
    Participant.objects.filter(pk=asta.pk).update(user=None)

    for other in (bo, cia):
        with pytest.raises(NotAllowed):
            prefer(asta, other=other, wanting="want", now=NOW, viewer=speaks_as(asta))


def test_list_of_a_colleague_keeps_a_name_until_it_is_made_anew(event: Event) -> None:
    asta, bo = two(event)
    suggest_people(event, now=NOW)

    prefer(asta, other=bo, wanting="no_thanks", now=NOW)

    lists = [suggestions_for(asta, with_refused=with_refused) for with_refused in (True, False)]
    assert [[each.person.name for each in found] for found in lists] == [["Bo"], []]


def test_colleague_marks_only_where_nobody_of_the_agenda_can_sign_in(event: Event) -> None:
    asta, bo = two(event)
    helper = person(event, "Ida", profile=asta.participation.profile, host=asta)
    colleague = speaks_as(asta)

    prefer(asta, other=bo, wanting="want", now=NOW, viewer=colleague)
    with_account(helper)
    with pytest.raises(NotAllowed):
        prefer(asta, other=bo, wanting="must", now=NOW, viewer=colleague)

    assert list(Preference.objects.values_list("wanting", flat=True)) == ["want"]


def test_no_page_of_a_colleague_changes_when_a_no_thanks_is_said(client: Client, coming: Event) -> None:
    asta, bo = two(coming)
    now = timezone.now()
    suggest_people(coming, now=now)
    prefer(asta, other=bo, wanting="must", now=now)
    with_account(asta)
    speaks_for(client, asta.participation.profile)
    pages = [f"/en/events/bazar/{part}/?person={asta.public_id}{rest}" for part, rest in (
        ("people", ""), ("people", "&wish=must"), ("people", "&wish=no_thanks"), ("requests", ""),
    )]  # fmt: skip
    before = [readable(client, page) for page in pages]

    prefer(asta, other=bo, wanting="no_thanks", now=now)

    assert [readable(client, page) for page in pages] == before
    assert ("Bo ApS" in before[0], "Only Asta sees and sets what Asta marks" in before[0]) == (True, True)


def test_own_page_still_shows_what_the_person_marks(client: Client, coming: Event) -> None:
    asta, bo = two(coming)
    user = MembershipFactory(hub=coming.hub).user
    Participant.objects.filter(pk=asta.pk).update(user=user)
    prefer(asta, other=bo, wanting="must", now=timezone.now())
    client.force_login(user)

    page = body(client, "/en/events/bazar/people/?wish=must")

    assert ("Bo ApS" in page, 'name="wanting" value="none" class="wish-mark" aria-pressed="true"' in page) == (
        True,
        True,
    )
