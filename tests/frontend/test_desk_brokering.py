"""Introducing two others, and what a facilitator does with one case: taking on, notes, handing over, the phone."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from matching.enums import IntroductionState
from matching.models import Introduction, TimelineEntry
from profiles.models import Statement
from tests.factories import HubFactory, MembershipFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as
from tests.matching.introductions.parties import Person, capped, mailed, party, sent

INTRODUCE = "/en/desk/introduce/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(hub: Hub) -> Person:
    return party(hub, name="Sårpleje ApS", slug="saarpleje", kind="firm")


@pytest.fixture
def ward(hub: Hub) -> Person:
    return party(hub, name="Afdeling for Intensiv", slug="intensiv", kind="clinician")


@pytest.fixture
def need(firm: Person) -> Statement:
    return StatementFactory(profile=firm.profile, kind="need", text="Vi søger en afdeling, der vil prøve en sensor.")


@pytest.fixture
def offer(ward: Person) -> Statement:
    return StatementFactory(profile=ward.profile, kind="offer", text="Vi tilbyder at prøve sensorer af på to stuer.")


def both(**more: str) -> dict[str, str]:
    """The two as the form names them, with the least that it needs."""
    told = {"seeker": "saarpleje", "receiver": "intensiv", "purpose": "opi_light", "contact_purpose": "test"}
    return {**told, "reason": "De passer sammen.", "asked": "Vil I prøve den?", "minutes": "30", **more}


# Choosing the two


def test_two_names_lead_to_the_half_written_proposal(
    client: Client, hub: Hub, need: Statement, offer: Statement
) -> None:
    works_as(client, hub, Role.FACILITATOR)
    asked = f"?seeker=saarpleje&receiver=intensiv&ours={need.public_id}&theirs={offer.public_id}"

    page = client.get(INTRODUCE + asked).content.decode()

    assert "Introduce Sårpleje ApS to Afdeling for Intensiv" in page
    reason = page.split('<textarea name="reason"')[1].split("</textarea>")[0]
    assert need.text in reason
    assert offer.text in reason
    assert page.count('class="bridge-card"') == 1
    assert Introduction.objects.count() == 0


def test_texts_are_found_where_none_are_named(
    client: Client, hub: Hub, need: Statement, offer: Statement, build_index: Callable[[], object]
) -> None:
    build_index()
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(f"{INTRODUCE}?seeker=Sårpleje+ApS&receiver=Afdeling+for+Intensiv").content.decode()

    assert f'value="{need.public_id}"' in page
    assert f'value="{offer.public_id}"' in page


def test_words_for_the_hub_only_are_not_read_out(client: Client, hub: Hub, need: Statement, offer: Statement) -> None:
    Statement.objects.filter(pk=offer.pk).update(visibility="hub", text="Fortroligt: vi har en ledig stue.")
    works_as(client, hub, Role.FACILITATOR)
    named = {"ours": str(need.public_id), "theirs": str(offer.public_id)}

    page = client.get(INTRODUCE, {"seeker": "saarpleje", "receiver": "intensiv", **named}).content.decode()
    client.post(INTRODUCE, both(**named))

    assert "Fortroligt" not in page
    assert "the reason is yours to write" in page
    assert list(Introduction.objects.get().quotes.values_list("side", flat=True)) == ["seeker"]


@pytest.mark.parametrize("name", ["Nobody Here", "%00", "x" * 300, SCRIPT])
def test_unknown_names_are_said_beside_their_field(client: Client, hub: Hub, firm: Person, name: str) -> None:
    works_as(client, hub, Role.FACILITATOR)

    response = client.get(INTRODUCE, {"seeker": "saarpleje", "receiver": name})

    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('aria-invalid="true"') == 1
    assert "<script>alert" not in page


def test_name_of_several_is_chosen_by_a_link(client: Client, hub: Hub, firm: Person) -> None:
    party(hub, name="Afdeling Nord", slug="nord")
    party(hub, name="Afdeling Syd", slug="syd")
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(f"{INTRODUCE}?seeker=saarpleje&receiver=Afdeling").content.decode()

    links = [f'href="?seeker=saarpleje&amp;receiver={slug}"' for slug in ("nord", "syd")]
    assert [page.count(link) for link in links] == [1, 1]


def test_suggestions_for_others_lead_here(
    client: Client, hub: Hub, need: Statement, offer: Statement, build_index: Callable[[], object]
) -> None:
    build_index()
    link = 'href="/en/desk/introduce/?seeker=saarpleje&amp;receiver=intensiv&amp;purpose=opi_light'
    works_as(client, hub, Role.FACILITATOR)
    pages = [client.get(f"/en/for-you/saarpleje/{rest}").content.decode() for rest in ("", "why-not/?name=intensiv")]
    speaks_for(client, need.profile)
    own = client.get("/en/for-you/saarpleje/").content.decode()

    assert [page.count(link) for page in (*pages, own)] == [1, 1, 0]


# Sending it


def test_both_are_asked_and_nothing_opens_yet(
    client: Client, hub: Hub, firm: Person, ward: Person, need: Statement, offer: Statement
) -> None:
    works_as(client, hub, Role.FACILITATOR)
    me = int(client.session["_auth_user_id"])

    response = client.post(INTRODUCE, both(ours=str(need.public_id), theirs=str(offer.public_id)), follow=True)

    made = Introduction.objects.get()
    assert response.redirect_chain == [(f"/en/contacts/{made.public_id}/", 302)]
    assert "Sent to both." in response.content.decode()
    assert (made.state, made.channel, made.facilitator_id) == (IntroductionState.SENT, "facilitator", me)
    assert (made.seeker_consented_at, made.receiver_consented_at) == (None, None)
    assert sorted(mailed()) == sorted(("introduction_proposed", each.user.email) for each in (firm, ward))
    assert TimelineEntry.objects.get(kind="sent").text == "De passer sammen."
    assert list(made.quotes.values_list("text", flat=True)) == [need.text, offer.text]


def test_second_post_leads_to_the_first_request(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    works_as(client, hub, Role.FACILITATOR)
    client.post(INTRODUCE, both())

    again = client.post(INTRODUCE, both())

    made = Introduction.objects.get()
    assert again.status_code == 409
    assert f'href="/en/contacts/{made.public_id}/"' in again.content.decode()
    assert len(mailed()) == 2


def test_full_month_is_said_before_and_after_writing(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    capped(ward, 0)
    works_as(client, hub, Role.FACILITATOR)

    before, after = client.get(f"{INTRODUCE}?seeker=saarpleje&receiver=intensiv"), client.post(INTRODUCE, both())

    assert (before.status_code, after.status_code, Introduction.objects.count()) == (200, 409, 0)
    assert "They have no time this month" in before.content.decode()
    assert "De passer sammen." in after.content.decode()


def test_nobody_is_introduced_to_itself(client: Client, hub: Hub, firm: Person) -> None:
    works_as(client, hub, Role.FACILITATOR)

    before = client.get(f"{INTRODUCE}?seeker=saarpleje&receiver=saarpleje")
    response = client.post(INTRODUCE, both(receiver="saarpleje"))

    assert (before.status_code, response.status_code, Introduction.objects.count()) == (200, 422, 0)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reason": " "}, 422),
        ({"reason": "x" * 1_001}, 422),
        ({"asked": ""}, 422),
        ({"minutes": "-1"}, 422),
        ({"contact_purpose": "bribery"}, 422),
        ({"ours": "no uuid"}, 422),
        ({"seeker": "nobody"}, 404),
        ({"seeker": ""}, 404),
        ({"receiver": "../intensiv"}, 404),
    ],
)
def test_hostile_proposals_make_nothing(
    client: Client, hub: Hub, firm: Person, ward: Person, wrong: dict[str, str], status: int
) -> None:
    works_as(client, hub, Role.FACILITATOR)

    response = client.post(INTRODUCE, both(**wrong))

    assert (response.status_code, Introduction.objects.count()) == (status, 0)


def test_other_hubs_profile_cannot_be_introduced(client: Client, hub: Hub, firm: Person) -> None:
    party(HubFactory(slug="elsewhere"), slug="intensiv")
    works_as(client, hub, Role.FACILITATOR)

    assert client.post(INTRODUCE, both()).status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_introducing_is_for_brokers(client: Client, hub: Hub, firm: Person, ward: Person, role: Role) -> None:
    assert client.post(INTRODUCE, both()).status_code == 302
    works_as(client, hub, role)

    assert [client.get(INTRODUCE).status_code, client.post(INTRODUCE, both()).status_code] == [403, 403]
    assert Introduction.objects.count() == 0


# One case


@pytest.fixture
def case(firm: Person, ward: Person) -> Introduction:
    return sent(firm, ward, now=timezone.now())


def address(case: Introduction, act: str) -> str:
    return f"/en/desk/contacts/{case.public_id}/{act}/"


def test_panel_is_on_the_page_of_a_contact_for_brokers_only(
    client: Client, hub: Hub, case: Introduction, firm: Person
) -> None:
    place = f"/en/contacts/{case.public_id}/"
    works_as(client, hub, Role.FACILITATOR)
    page = client.get(place).content.decode()
    speaks_for(client, firm.profile)
    own = client.get(place).content.decode()

    assert ("For the hub only" in page, "Nobody yet" in page, "For the hub only" in own) == (True, True, False)


def test_taking_a_case_on_twice_is_once(client: Client, hub: Hub, case: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)

    for _each in range(2):
        page = client.post(address(case, "take"), follow=True).content.decode()

    case.refresh_from_db()
    assert str(case.facilitator_id) == client.session["_auth_user_id"]
    assert TimelineEntry.objects.filter(kind="stepped_in").count() == 1
    assert "The case is yours." in page


def test_note_is_read_by_the_staff_only(client: Client, hub: Hub, case: Introduction, firm: Person) -> None:
    works_as(client, hub, Role.FACILITATOR)
    place = f"/en/contacts/{case.public_id}/"

    page = client.post(address(case, "note"), {"text": f"Ringet. {SCRIPT}"}, follow=True).content.decode()
    speaks_for(client, firm.profile)
    own = client.get(place).content.decode()

    assert ("Ringet." in page, "<script>alert" in page, "Ringet." in own) == (True, False, False)


@pytest.mark.parametrize("text", ["", " ", "\x00", "x" * 1_001])
def test_empty_or_broken_notes_are_refused_in_words(client: Client, hub: Hub, case: Introduction, text: str) -> None:
    works_as(client, hub, Role.FACILITATOR)

    response = client.post(address(case, "note"), {"text": text}, follow=True)

    assert response.status_code == 200
    assert TimelineEntry.objects.filter(kind="note").count() == 0
    assert "Only the hub's staff reads it." not in response.content.decode()


def test_one_case_goes_to_a_colleague(client: Client, hub: Hub, case: Introduction, firm: Person) -> None:
    other = sent(firm, party(hub), now=timezone.now())
    colleague = MembershipFactory(hub=hub, role=Role.FACILITATOR).user
    works_as(client, hub, Role.FACILITATOR)

    client.post(address(case, "hand-over"), {"to": str(colleague.public_id), "note": "Tag du den."})
    refused = client.post(address(other, "hand-over"), {"to": str(firm.user.public_id)}, follow=True)

    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.facilitator_id, other.facilitator_id) == (colleague.pk, None)
    assert "Choose a facilitator or administrator of this hub." in refused.content.decode()


@pytest.mark.parametrize("act", ["take", "note", "hand-over"])
def test_acts_on_a_case_are_posted_by_brokers_of_the_hub(
    client: Client, hub: Hub, case: Introduction, firm: Person, act: str
) -> None:
    theirs = HubFactory(slug="elsewhere")
    foreign = sent(party(theirs), party(theirs), now=timezone.now())
    speaks_for(client, firm.profile)
    assert client.post(address(case, act), {"text": "Hej der"}).status_code == 403
    works_as(client, hub, Role.ORGANISER)
    assert client.post(address(case, act), {"text": "Hej der"}).status_code == 403
    works_as(client, hub, Role.FACILITATOR)

    assert client.get(address(case, act)).status_code == 405
    assert client.post(address(foreign, act), {"text": "Hej der"}).status_code == 404
    assert client.post(f"/en/desk/contacts/{uuid4()}/{act}/").status_code == 404
    assert TimelineEntry.objects.filter(kind__in=("note", "stepped_in", "handed_over")).count() == 0


# By telephone


def test_answer_heard_by_phone_is_the_sides_own(client: Client, hub: Hub, case: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(address(case, "answer")).content.decode()
    client.post(f"{address(case, 'answer')}?side=receiver", {"answer": "yes"})

    assert "What Afdeling for Intensiv says on the phone" in page
    case.refresh_from_db()
    entry = TimelineEntry.objects.get(kind="accepted")
    assert (case.state, entry.side) == (IntroductionState.ACCEPTED, "receiver")
    assert str(entry.actor_id) == client.session["_auth_user_id"]


def test_no_needs_its_reason_by_phone_as_well(client: Client, hub: Hub, case: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)

    refused = client.post(address(case, "answer"), {"answer": "no"})
    client.post(address(case, "answer"), {"answer": "no", "reason": "no_capacity"})

    case.refresh_from_db()
    assert (refused.status_code, case.state, case.decline_reason) == (422, IntroductionState.DECLINED, "no_capacity")


def test_second_answer_by_phone_changes_nothing(client: Client, hub: Hub, case: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)
    client.post(address(case, "answer"), {"answer": "yes"})

    response = client.post(address(case, "answer"), {"answer": "no", "reason": "other"}, follow=True)

    case.refresh_from_db()
    assert case.state == IntroductionState.ACCEPTED
    assert "Nothing was changed" in response.content.decode()


def test_phone_answers_are_recorded_by_brokers_only(client: Client, hub: Hub, case: Introduction, ward: Person) -> None:
    speaks_for(client, ward.profile)
    assert client.post(address(case, "answer"), {"answer": "yes"}).status_code == 403
    works_as(client, hub, Role.ORGANISER)
    assert client.post(address(case, "answer"), {"answer": "yes"}).status_code == 403
    case.refresh_from_db()
    assert case.state == IntroductionState.SENT
