"""What a "no thanks" ends in sight of colleagues looks taken back to them: on the page, and in every answer."""

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.wishes.answering import answer_request, expire_due, withdraw_request
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.wishing import prefer
from events.models import Event, MeetingRequest, Preference
from events.queries.taken_back import read_as_withdrawn, requests_as_taken_back, requests_in_sight
from frontend.event_links import address_mark
from hubs.models import User
from hubs.policies import Viewer
from kernel.errors import NotFound
from kernel.models import AuditRecord
from mailgate.links import sign
from mailgate.models import OutgoingMail
from profiles.models import Organisation
from tests.events.silent_people import (  # noqa: F401
    REASON,
    WEEK,
    ask,
    coming_fixture,
    readable,
    said_before,
    share,
    tried,
    with_account,
)
from tests.events.wish_people import DAY, NOW, encoder_fixture, event_fixture, speaks_as, two  # noqa: F401
from tests.frontend.conftest import speaks_for


@pytest.mark.parametrize("is_old", [False, True])
def test_colleague_cannot_tell_a_no_thanks_from_a_request_taken_back(event: Event, is_old: bool) -> None:
    """The very same is tried twice: with what the sender took back, and with what a no thanks ended in sight."""
    seen = []
    for is_refused in (True, False):
        asta, bo = two(event)
        colleague = said_before(event, bo, asta) if is_old else bo
        made, reader = ask(asta, bo), speaks_as(bo)
        if is_refused and is_old:
            share(colleague, bo)
        elif is_refused:
            prefer(bo, other=asta, wanting="no_thanks", now=NOW)
            Preference.objects.update(updated_at=NOW)
        else:
            withdraw_request(made, person=asta, now=NOW)
        # Of somebody who comes to share the agenda, the first yes is what ends it: its answer is compared as well.
        first = tried(lambda made=made, reader=reader: yes(made, reader))
        seen.append([first, *what_comes_of(made, reader)])
        for table in (OutgoingMail, Organisation):
            table.objects.all().delete()

    refused, taken_back = seen
    assert refused == taken_back


def yes(made: MeetingRequest, reader: Viewer) -> MeetingRequest:
    return answer_request(made, accepts=True, viewer=reader, now=NOW)


def what_comes_of(made: MeetingRequest, reader: Viewer) -> list[object]:
    """What the receiver's colleague reads of it and is answered, until it would have expired and after."""
    found: list[object] = []
    for moment in (NOW, NOW + DAY, NOW + WEEK):
        expire_due(moment)
        gone = requests_as_taken_back(made.receiver)
        found += [
            [(read_as_withdrawn(row) if row.pk in gone else row).state for row in requests_in_sight(made.receiver)],
            tried(lambda: yes(made, reader)),
            tried(lambda: answer_request(made, accepts=False, viewer=reader, now=NOW)),
            tried(lambda: withdraw_request(made, person=made.receiver, viewer=reader, now=NOW)),
            list(OutgoingMail.objects.filter(address=made.receiver.email).values_list("kind", flat=True)),
        ]
    return found


def test_request_that_nobody_heard_of_is_not_among_what_ended(event: Event) -> None:
    asta, bo = two(event)
    prefer(bo, other=asta, wanting="no_thanks", now=NOW)
    made = ask(asta, bo)

    for moment in (NOW, NOW + WEEK):
        expire_due(moment)
        assert (list(requests_in_sight(bo)), requests_as_taken_back(bo)) == ([], frozenset())
        with pytest.raises(NotFound):
            yes(made, speaks_as(bo))


def test_page_of_a_colleague_shows_a_no_thanks_as_a_request_taken_back(client: Client, coming: Event) -> None:
    asta, bo = two(coming)
    own, now = with_account(bo), timezone.now()
    made = ask_meeting(asta, receiver=bo, reason=REASON, now=now)
    speaks_for(client, bo.participation.profile)
    page = f"/en/events/bazar/requests/?person={bo.public_id}"

    prefer(bo, other=asta, wanting="no_thanks", now=now, viewer=own)
    refused = readable(client, page)
    himself = Client()
    himself.force_login(User.objects.get(pk=own.user_id))
    told = readable(himself, page)
    Preference.objects.all().delete()
    withdraw_request(made, person=asta, now=now)

    assert refused == readable(client, page)
    assert ("Ended requests" in refused, "Asta" in refused, "no thanks" in refused) == (True, True, False)
    assert ("You have said no thanks: they hear nothing of it" in told, "Withdrawn" in told) == (True, False)


@pytest.mark.parametrize("is_old", [False, True])
def test_no_after_a_no_thanks_changes_nothing_that_anybody_reads(event: Event, is_old: bool) -> None:
    """Whoever said it answers by the link: colleagues still read a request taken back, and its sender hears nothing."""
    asta, bo = two(event)
    colleague = said_before(event, bo, asta) if is_old else bo
    made = ask(asta, bo)
    if is_old:
        share(colleague, bo)
        tried(lambda: yes(made, speaks_as(bo)))
    else:
        prefer(bo, other=asta, wanting="no_thanks", now=NOW)
        Preference.objects.update(updated_at=NOW)
    before = MeetingRequest.objects.values().get()
    mailed, recorded = OutgoingMail.objects.count(), AuditRecord.objects.count()

    answered = answer_request(made, accepts=False, note="Nej.", now=NOW)

    assert (answered.state, MeetingRequest.objects.values().get()) == ("asked", before)
    assert (OutgoingMail.objects.count(), AuditRecord.objects.count()) == (mailed, recorded)
    assert requests_as_taken_back(bo) == frozenset({made.pk})


def test_link_says_that_no_thanks_was_said_already(client: Client, coming: Event) -> None:
    asta, bo = two(coming)
    now = timezone.now()
    made = ask_meeting(asta, receiver=bo, reason=REASON, now=now)
    token = sign("event_answer", request=str(made.public_id), address=address_mark(bo))
    prefer(bo, other=asta, wanting="no_thanks", now=now)

    page = client.post(f"/en/events/answer/{token}/", {"answer": "no", "note": ""}, follow=True)

    words = page.content.decode()
    assert (page.status_code, MeetingRequest.objects.get().state) == (200, "asked")
    assert "You have said no thanks already: they hear nothing of it." in words
    assert ("is told, with your word" in words, "notice--error" in words, "Say no" in words) == (False, False, False)
