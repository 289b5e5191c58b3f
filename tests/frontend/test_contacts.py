"""The page of one contact: what each side sees and can do."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from frontend.introduction_page import timeline_rows
from frontend.standing import standing_of
from hubs.enums import Role
from hubs.models import Hub
from matching.enums import IntroductionState, Side
from matching.models import Declaration, Introduction
from tests.factories import HubFactory, MembershipFactory, OrganisationFactory
from tests.frontend.conftest import SCRIPT, works_as
from tests.frontend.introductions import Pair, address, signed_in
from tests.matching.introductions.parties import party

ACTIONS = (
    "answer_introduction",
    "withdraw_introduction",
    "introduction_meeting",
    "introduction_met",
    "introduction_interests",
    "close_introduction",
    "ask_again",
)


@pytest.fixture
def pair(hub: Hub) -> Pair:
    firm = party(hub, name="Sårpleje", kind="firm", contact_email="kontor@saarpleje.example")
    return Pair(firm, party(hub, name="Sårafdelingen", kind="clinician", contact_email="saar@hospital.example"))


def page_of(client: Client, path: str) -> str:
    text: str = client.get(path).content.decode()
    return text


def test_asked_side_that_signs_in_and_looks_has_seen_it(client: Client, pair: Pair) -> None:
    found = pair.sent()

    signed_in(client, pair.firm).get(address("introduction", found))
    found.refresh_from_db()
    before = found.state
    signed_in(client, pair.ward).head(address("introduction", found))
    found.refresh_from_db()
    asked = found.state
    client.get(address("introduction", found))
    found.refresh_from_db()

    assert (before, asked, found.state) == ("sent", "sent", "seen")


def test_addresses_are_closed_until_both_said_yes(client: Client, pair: Pair) -> None:
    found = pair.sent()
    secret = (pair.ward.user.email, "saar@hospital.example")

    before = page_of(signed_in(client, pair.firm), address("introduction", found))
    signed_in(client, pair.ward).post(address("answer_introduction", found), {"answer": "yes"})
    after = page_of(signed_in(client, pair.firm), address("introduction", found))

    assert [each for each in secret if each in before] == []
    assert [each for each in secret if each not in after] == []


def test_only_who_spoke_is_named_of_a_large_organisation(client: Client, pair: Pair, hub: Hub) -> None:
    stranger = party(hub, name="Øjenafdelingen", organisation=pair.ward.profile.organisation)
    found = pair.accepted()

    page = page_of(signed_in(client, pair.firm), address("introduction", found))

    assert stranger.user.email not in page


def test_facilitators_question_is_not_the_asked_sides(client: Client, pair: Pair) -> None:
    found = pair.sent()
    found.timeline.create(hub_id=found.hub_id, kind="returned", text="Hvad koster den?", at=found.sent_at)
    found.timeline.create(
        hub_id=found.hub_id, kind="note", text="Ring til afdelingen.", staff_only=True, at=found.sent_at
    )

    theirs = page_of(signed_in(client, pair.ward), address("introduction", found))
    ours = page_of(signed_in(client, pair.firm), address("introduction", found))
    hubs = page_of(works_as(client, pair.firm.profile.hub, Role.FACILITATOR), address("introduction", found))

    assert ("Hvad koster den?" in theirs, "Hvad koster den?" in ours) == (False, True)
    assert ["Ring til afdelingen." in page for page in (theirs, ours, hubs)] == [False, False, True]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_others_of_the_hub_do_not_find_it(client: Client, pair: Pair, hub: Hub, role: Role) -> None:
    found = pair.accepted()

    answer = works_as(client, hub, role).get(address("introduction", found))

    assert answer.status_code == 404
    assert "Sårpleje" not in answer.content.decode()


def test_another_hubs_facilitator_does_not_find_it(client: Client, pair: Pair) -> None:
    found = pair.sent()
    elsewhere = HubFactory(slug="nord", name="Nord", domain="nord.example")
    client.force_login(MembershipFactory(hub=elsewhere, role=Role.FACILITATOR).user)

    assert client.get(address("introduction", found)).status_code == 404
    assert client.get(address("introduction", found), headers={"host": "nord.example"}).status_code in {400, 404}


def test_words_of_people_never_become_markup(client: Client, hub: Hub) -> None:
    firm = party(hub, name=f"Firma {SCRIPT}"[:160], slug="firma", organisation=OrganisationFactory(name=SCRIPT))
    pair = Pair(firm, party(hub, name="Afdeling"))
    found = pair.sent()
    Introduction.objects.filter(pk=found.pk).update(asked=SCRIPT)

    for path in (address("introduction", found), "/en/contacts/"):
        page = page_of(signed_in(client, pair.ward), path)
        assert "alert(" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# One contact: what is done


def test_yes_opens_the_contact_and_a_second_yes_changes_nothing(client: Client, pair: Pair) -> None:
    found = pair.sent()
    client = signed_in(client, pair.ward)

    client.post(address("answer_introduction", found), {"answer": "yes"})
    found.refresh_from_db()
    first = (found.state, found.version, found.answered_at)
    again = client.post(address("answer_introduction", found), {"answer": "yes"}, follow=True)
    found.refresh_from_db()

    assert first[0] == IntroductionState.ACCEPTED
    assert (found.state, found.version, found.answered_at) == first
    assert "was answered on" in again.content.decode()


def test_no_needs_a_reason(client: Client, pair: Pair) -> None:
    found = pair.sent()
    client = signed_in(client, pair.ward)

    refused = client.post(address("answer_introduction", found), {"answer": "no"})
    found.refresh_from_db()
    state = found.state
    client.post(address("answer_introduction", found), {"answer": "no", "reason": "too_early", "note": "Om et år."})
    found.refresh_from_db()

    assert (refused.status_code, state) == (422, "sent")
    assert "Choose the reason" in refused.content.decode()
    assert (found.state, found.decline_reason, found.decline_note) == ("declined", "too_early", "Om et år.")


@pytest.mark.parametrize(
    ("day", "words"),
    [(None, "You may ask again when something is new."), (date(2027, 2, 1), "You may ask again from 1 February 2027.")],
)
def test_not_now_of_ones_own_does_not_say_that_the_other_may_ask(pair: Pair, day: date | None, words: str) -> None:
    found = pair.sent()
    found.state, found.declined_by, found.ask_again_on = "not_now", "seeker", day

    with translation.override("en"):
        assert standing_of(found, Side.SEEKER, now=timezone.now()).next == words


def test_answer_told_by_phone_is_marked_in_the_readers_language(pair: Pair) -> None:
    found = pair.sent()
    found.timeline.create(
        hub_id=found.hub_id, kind="accepted", side="receiver", text="Told by phone", at=timezone.now()
    )

    with translation.override("da"):
        row = timeline_rows(found, Side.SEEKER, is_broker=False)[-1]

    assert row.text not in ("", "Told by phone")


def test_not_now_names_the_day(client: Client, pair: Pair) -> None:
    found = pair.sent()
    day = timezone.localdate() + timedelta(days=40)
    told = {"answer": "not_now", "months": "3", "ask_again_on": day.isoformat()}

    signed_in(client, pair.ward).post(address("answer_introduction", found), told)

    found.refresh_from_db()
    assert (found.state, found.ask_again_on) == ("not_now", day)


@pytest.mark.parametrize("day", ["2001-01-01", "2999-01-01", "i morgen"])
def test_day_that_cannot_be_is_refused(client: Client, pair: Pair, day: str) -> None:
    found = pair.sent()

    answer = signed_in(client, pair.ward).post(
        address("answer_introduction", found), {"answer": "not_now", "ask_again_on": day}
    )

    found.refresh_from_db()
    assert (answer.status_code, found.state) == (422, "sent")


def test_note_of_ten_thousand_characters_is_refused(client: Client, pair: Pair) -> None:
    found = pair.sent()
    told = {"answer": "no", "reason": "other", "note": "å" * 10_000}

    answer = signed_in(client, pair.ward).post(address("answer_introduction", found), told)

    found.refresh_from_db()
    assert (answer.status_code, found.state) == (422, "sent")


def test_one_who_asks_cannot_answer_for_the_other(client: Client, pair: Pair) -> None:
    found = pair.sent()

    signed_in(client, pair.firm).post(address("answer_introduction", found), {"answer": "yes"})

    found.refresh_from_db()
    assert (found.state, found.receiver_consented_at) == ("sent", None)


def test_request_is_taken_back(client: Client, pair: Pair) -> None:
    found = pair.sent()

    answer = signed_in(client, pair.firm).post(address("withdraw_introduction", found))

    found.refresh_from_db()
    assert (answer["Location"], found.state) == ("/en/contacts/", "withdrawn")


def test_asked_side_cannot_take_it_back(client: Client, pair: Pair) -> None:
    found = pair.sent()

    answer = signed_in(client, pair.ward).post(address("withdraw_introduction", found))

    found.refresh_from_db()
    assert (answer.status_code, found.state) == (403, "sent")


def test_meeting_is_noted_and_held(client: Client, pair: Pair) -> None:
    found = pair.accepted()
    moment = (timezone.localtime() + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")

    signed_in(client, pair.ward).post(address("introduction_meeting", found), {"meeting_at": moment})
    found.refresh_from_db()
    noted = timezone.localtime(found.meeting_at).strftime("%Y-%m-%dT%H:%M")
    signed_in(client, pair.firm).post(address("introduction_met", found))
    found.refresh_from_db()

    assert (noted, found.state) == (moment, "met")


@pytest.mark.parametrize("moment", ["", "i går", "2001-01-01T10:00"])
def test_meeting_that_cannot_be_is_refused(client: Client, pair: Pair, moment: str) -> None:
    found = pair.accepted()

    answer = signed_in(client, pair.firm).post(address("introduction_meeting", found), {"meeting_at": moment})

    found.refresh_from_db()
    assert (answer.status_code, found.meeting_at) == (422, None)


def test_interests_are_declared_by_each_side_for_itself(client: Client, pair: Pair) -> None:
    found = pair.accepted()

    signed_in(client, pair.ward).post(
        address("introduction_interests", found), {"has_interests": "yes", "text": "Min søster arbejder der."}
    )
    refused = client.post(address("introduction_interests", found), {"has_interests": "yes", "text": ""})

    rows = list(Declaration.objects.values_list("side", "has_interests", "text"))
    assert rows == [("receiver", True, "Min søster arbejder der.")]
    assert refused.status_code == 422
    assert "Min søster arbejder der." in page_of(signed_in(client, pair.firm), address("introduction", found))


def test_contact_is_closed_and_addresses_stay(client: Client, pair: Pair) -> None:
    found = pair.accepted()

    signed_in(client, pair.firm).post(address("close_introduction", found))

    found.refresh_from_db()
    assert found.state == "closed"
    assert "saar@hospital.example" in page_of(client, address("introduction", found))


def test_old_request_is_asked_again_with_its_words(client: Client, pair: Pair) -> None:
    found = pair.sent()
    signed_in(client, pair.firm).post(address("withdraw_introduction", found))

    answer = client.post(address("ask_again", found))
    again = client.post(address("ask_again", found))

    draft = Introduction.objects.get(state="draft")
    assert answer["Location"] == again["Location"] == address("edit_introduction", draft)
    assert draft.asked == found.asked


def test_no_that_is_a_no_is_not_asked_again(client: Client, pair: Pair) -> None:
    found = pair.sent()
    signed_in(client, pair.ward).post(
        address("answer_introduction", found), {"answer": "no", "reason": "not_our_field"}
    )

    page = page_of(signed_in(client, pair.firm), address("introduction", found))
    client.post(address("ask_again", found))

    assert "Ask again" not in page
    assert Introduction.objects.count() == 1


@pytest.mark.parametrize("name", ACTIONS)
def test_nothing_is_done_by_reading(client: Client, pair: Pair, name: str) -> None:
    found = pair.sent()
    version = found.version

    answer = signed_in(client, pair.ward).get(address(name, found))

    found.refresh_from_db()
    assert (answer.status_code, found.version) == (405, version)


@pytest.mark.parametrize("name", ACTIONS)
def test_strangers_can_do_nothing(client: Client, pair: Pair, hub: Hub, name: str) -> None:
    found = pair.sent()
    version = found.version
    client = signed_in(client, party(hub, name="Fremmed"))

    answer = client.post(
        address(name, found), {"answer": "yes", "has_interests": "no", "meeting_at": "2031-01-01T10:00"}
    )

    found.refresh_from_db()
    assert (answer.status_code, found.version) == (404, version)


# A facilitator may ask again for others: that makes a draft of the hub.
@pytest.mark.parametrize("name", ACTIONS[:-1])
def test_facilitator_who_is_no_side_acts_elsewhere(client: Client, pair: Pair, hub: Hub, name: str) -> None:
    found = pair.sent()

    answer = works_as(client, hub, Role.FACILITATOR).post(address(name, found), {"answer": "yes"})

    found.refresh_from_db()
    assert (answer.status_code, found.state) == (403, "sent")


def test_forms_are_protected_against_other_sites(pair: Pair) -> None:
    found = pair.sent()
    client = signed_in(Client(enforce_csrf_checks=True), pair.ward)

    answer = client.post(address("answer_introduction", found), {"answer": "yes"})

    found.refresh_from_db()
    assert (answer.status_code, found.state) == (403, "sent")
