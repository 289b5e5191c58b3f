"""The link in a mail: read by scanners, clicked twice, forged, too old, erased; and answered without signing in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hubs.models import Hub
from mailgate.links import sign
from matching.models import Declaration, Introduction, TimelineEntry
from profiles.models import Profile
from tests.factories import HubFactory
from tests.frontend.conftest import SCRIPT
from tests.frontend.introductions import Pair, answer_address, signed_in
from tests.matching.introductions.parties import broker, party

YES, NO = {"answer": "yes"}, {"answer": "no", "reason": "no_capacity"}


@pytest.fixture
def pair(hub: Hub) -> Pair:
    firm = party(hub, name="Sårpleje", kind="firm", contact_email="kontor@saarpleje.example")
    return Pair(firm, party(hub, name="Sårafdelingen", kind="clinician"))


def as_stored(found: Introduction) -> tuple[object, ...]:
    found.refresh_from_db()
    entries = TimelineEntry.objects.filter(introduction=found).count()
    return (found.state, found.version, found.seen_at, found.answered_at, entries)


def test_reading_changes_nothing_whoever_reads(client: Client, pair: Pair) -> None:
    found = pair.sent()
    before = as_stored(found)

    for reader in (client, signed_in(Client(), pair.ward)):
        assert reader.get(answer_address(found)).status_code == 200
        assert reader.head(answer_address(found)).status_code == 200

    assert as_stored(found) == before


def test_page_says_who_what_and_how_long(client: Client, pair: Pair) -> None:
    found = pair.sent()

    page = client.get(answer_address(found)).content.decode()

    assert "Sårpleje asks to talk to you" in page
    assert found.asked.splitlines()[0][:40] in page
    assert "45 minutes" in page
    assert "It does not bind anybody." in page
    assert pair.firm.user.email not in page
    assert "kontor@saarpleje.example" not in page


def test_yes_opens_addresses_without_signing_in(client: Client, pair: Pair) -> None:
    found = pair.sent()

    answer = client.post(answer_address(found), YES, follow=True)

    page = answer.content.decode()
    assert as_stored(found)[0] == "accepted"
    assert "Thank you: you have said yes." in page
    assert "kontor@saarpleje.example" in page
    assert pair.firm.user.email in page


def test_no_with_a_reason_and_not_now_with_months(client: Client, hub: Hub, pair: Pair) -> None:
    first, second = pair.sent(), Pair(pair.firm, party(hub, name="Klinikken")).sent()

    client.post(answer_address(first), NO)
    client.post(answer_address(second), {"answer": "not_now", "months": "6"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.decline_reason, first.declined_by) == ("declined", "no_capacity", "receiver")
    assert second.state == "not_now"
    assert 150 < (second.ask_again_on - timezone.localdate()).days < 190


def test_double_click_is_told_kindly_and_changes_nothing(client: Client, pair: Pair) -> None:
    found = pair.sent()
    client.post(answer_address(found), YES)
    before = as_stored(found)

    again = client.post(answer_address(found), NO, follow=True)

    assert as_stored(found) == before
    assert again.status_code == 200
    assert "was answered on" in again.content.decode()


def test_answered_link_shows_what_happens_next(client: Client, pair: Pair) -> None:
    found = pair.sent()
    client.post(answer_address(found), NO)

    page = client.get(answer_address(found)).content.decode()

    assert "You said no" in page
    assert 'value="yes"' not in page


@pytest.mark.parametrize("posted", [{}, {"answer": "maybe"}, {"answer": "no"}, {"answer": "no", "reason": "hate"}])
def test_half_an_answer_is_no_answer(client: Client, pair: Pair, posted: dict[str, str]) -> None:
    found = pair.sent()
    before = as_stored(found)

    answer = client.post(answer_address(found), posted)

    assert (answer.status_code, as_stored(found)) == (422, before)


@pytest.mark.parametrize("note", ["å" * 10_000, "\x00", "\ufffd"])
def test_words_that_cannot_be_kept_are_refused(client: Client, pair: Pair, note: str) -> None:
    found = pair.sent()
    before = as_stored(found)

    answer = client.post(answer_address(found), {**NO, "note": note})

    assert (answer.status_code, as_stored(found)) == (422, before)


def test_request_past_its_day_cannot_be_answered(client: Client, pair: Pair) -> None:
    found = pair.sent()
    Introduction.objects.filter(pk=found.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    before = as_stored(found)

    page = client.get(answer_address(found)).content.decode()
    posted = client.post(answer_address(found), YES, follow=True).content.decode()

    assert as_stored(found) == before
    assert "Ran out" in page
    assert "The days to answer have run out" in posted


def test_withdrawn_request_says_so(client: Client, pair: Pair) -> None:
    found = pair.sent()
    Introduction.objects.filter(pk=found.pk).update(state="withdrawn")

    answer = client.post(answer_address(found), YES, follow=True)

    assert "Withdrawn" in answer.content.decode()
    assert as_stored(found)[0] == "withdrawn"


@pytest.mark.parametrize("damage", [lambda t: t[:-1], lambda t: t + "x", lambda t: "x" + t, lambda t: "x" * 5_000])
def test_forged_link_leads_nowhere(client: Client, pair: Pair, damage: Callable[[str], str]) -> None:
    found = pair.sent()
    before = as_stored(found)
    token = sign("answer", introduction=str(found.public_id), side="receiver")
    path = reverse("frontend:answer", args=[damage(token)])

    read, posted = client.get(path), client.post(path, YES)

    assert (read.status_code, posted.status_code, as_stored(found)) == (404, 404, before)
    assert "Sårpleje" not in read.content.decode()


@pytest.mark.parametrize(
    ("action", "claims"),
    [
        ("follow_up", {"side": "receiver"}),
        ("stop", {"side": "receiver"}),
        ("answer", {"side": "facilitator"}),
        ("answer", {}),
    ],
)
def test_link_for_something_else_answers_nothing(
    client: Client, pair: Pair, action: str, claims: dict[str, str]
) -> None:
    found = pair.sent()
    before = as_stored(found)
    token = sign(action, introduction=str(found.public_id), **claims)

    answer = client.post(reverse("frontend:answer", args=[token]), YES)

    assert answer.status_code in {404, 410}
    assert as_stored(found) == before


def test_link_of_the_asking_side_cannot_say_yes_for_the_other(client: Client, pair: Pair) -> None:
    found = pair.sent()

    client.post(answer_address(found, side="seeker"), YES)

    found.refresh_from_db()
    assert (found.state, found.receiver_consented_at) == ("sent", None)


def test_old_link_says_how_to_go_on(client: Client, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    found = pair.sent()
    path = answer_address(found)
    monkeypatch.setattr("frontend.views.answering.LINK_DAYS", -1)

    answer = client.get(path)

    assert answer.status_code == 410
    assert "The link is too old" in answer.content.decode()
    assert 'href="/en/contacts/"' in answer.content.decode()


def test_erased_request_is_gone_and_stores_nothing(client: Client, pair: Pair) -> None:
    found = pair.sent()
    path = answer_address(found)
    Profile.objects.filter(pk=pair.firm.profile.pk).delete()

    read, posted = client.get(path), client.post(path, YES)

    assert (read.status_code, posted.status_code) == (410, 410)
    assert "This request is gone" in read.content.decode()
    assert Introduction.objects.count() == 0


def test_draft_is_not_shown_by_a_link(client: Client, pair: Pair) -> None:
    assert client.get(answer_address(pair.draft())).status_code == 410


def test_link_of_another_hub_is_gone_here(client: Client, pair: Pair, hub: Hub) -> None:
    found = pair.sent()
    elsewhere = HubFactory(slug="nord", name="Nord", domain="nord.example")
    Introduction.objects.filter(pk=found.pk).update(hub=elsewhere)

    assert client.get(answer_address(found)).status_code == 410


def test_each_side_of_a_proposal_answers_for_itself(client: Client, pair: Pair, hub: Hub) -> None:
    found = pair.sent()
    user, _viewer = broker(hub)
    Introduction.objects.filter(pk=found.pk).update(
        channel="facilitator", seeker_consented_at=None, made_by=user, facilitator=user
    )

    asked = client.get(answer_address(found, side="seeker")).content.decode()
    client.post(answer_address(found, side="seeker"), YES)
    found.refresh_from_db()
    between = found.state
    waiting = client.get(answer_address(found, side="seeker")).content.decode()
    client.post(answer_address(found), YES)
    found.refresh_from_db()

    assert "The hub suggests that you talk to Sårafdelingen" in asked
    assert (between, found.state) == ("sent", "accepted")
    assert pair.ward.user.email not in waiting


def test_interests_are_declared_by_the_link(client: Client, pair: Pair) -> None:
    found = pair.sent()
    client.post(answer_address(found), YES)

    client.post(answer_address(found), {"act": "declare", "has_interests": "no", "text": ""})

    assert list(Declaration.objects.values_list("side", "has_interests")) == [("receiver", False)]


def test_names_never_become_markup(client: Client, hub: Hub) -> None:
    pair = Pair(party(hub, name=f"Firma {SCRIPT}"[:160], slug="firma"), party(hub, name="Afdeling"))
    found = pair.sent()
    Introduction.objects.filter(pk=found.pk).update(asked=SCRIPT)

    page = client.get(answer_address(found)).content.decode()

    assert "alert(" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_answer_is_protected_against_other_sites(pair: Pair) -> None:
    found = pair.sent()
    before = as_stored(found)

    answer = Client(enforce_csrf_checks=True).post(answer_address(found), YES)

    assert (answer.status_code, as_stored(found)) == (403, before)


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_other_verbs_are_refused(client: Client, pair: Pair, verb: str) -> None:
    assert getattr(client, verb)(answer_address(pair.sent())).status_code == 405


def test_page_is_never_kept_by_a_cache(client: Client, pair: Pair) -> None:
    assert "no-store" in client.get(answer_address(pair.sent()))["Cache-Control"]
