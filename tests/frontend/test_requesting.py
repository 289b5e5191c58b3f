"""Asking for contact: nothing is stored by looking, the draft is half written, sending is refused with a way on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from matching.models import ContactRules, HubRules, Introduction, Quote, ShownList
from profiles.models import Profile
from tests.factories import MembershipFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, works_as
from tests.frontend.introductions import WRITTEN, Pair, address, signed_in
from tests.frontend.test_onboarding import ABOUT, NEED, OFFER, TYPED
from tests.matching.introductions.parties import capped, party

NEW = "/en/contacts/new/saarafdelingen/"


@pytest.fixture
def pair(hub: Hub, build_index: Callable[[], object]) -> Pair:
    """A firm that offers a sensor, a ward that seeks one, and another ward that seeks one too."""
    firm = party(hub, name="Sårpleje", kind="firm", slug="saarpleje")
    ward = party(hub, name="Sårafdelingen", kind="clinician", slug="saarafdelingen")
    other = party(hub, name="Hudklinikken", kind="clinician", slug="hudklinikken")
    StatementFactory(profile=firm.profile, kind="offer", text="Vi tilbyder en sensor, der mærker tryk.")
    for each in (ward, other):
        StatementFactory(profile=each.profile, kind="need", text="Vi søger en sensor, der mærker tryk.")
    build_index()
    return Pair(firm, ward)


def page_of(client: Client, path: str) -> str:
    text: str = client.get(path).content.decode()
    return text


def begun(client: Client) -> Introduction:
    client.post(NEW, {"seeker": "saarpleje", "purpose": "opi_light"})
    return Introduction.objects.get()


def send(client: Client, draft: Introduction, **changed: str) -> Any:
    typed = {**WRITTEN, "version": str(draft.version), "go": "send", **changed}
    return client.post(address("edit_introduction", draft), typed)


# Who may ask


def test_visitor_signs_in_and_comes_back(client: Client, pair: Pair) -> None:
    answer = client.get(f"{NEW}?purpose=project")

    assert answer["Location"] == f"/en/account/login/?next={quote(NEW + '?purpose=project')}"


def test_person_without_a_profile_writes_one_and_comes_back(client: Client, hub: Hub, pair: Pair) -> None:
    client.force_login(MembershipFactory(hub=hub).user)

    first = client.get(NEW.removeprefix("/en"))
    for path in (ABOUT, OFFER, NEED):
        answer = client.post(path, TYPED[path])

    assert first["Location"] == "/start/"
    assert answer["Location"] == NEW.removeprefix("/en")
    assert client.get(answer["Location"]).status_code == 200


def test_after_that_the_first_steps_lead_where_they_always_did(client: Client, hub: Hub) -> None:
    client.force_login(MembershipFactory(hub=hub).user)

    for path in (ABOUT, OFFER, NEED):
        answer = client.post(path, TYPED[path])

    assert answer["Location"] == f"/for-you/{Profile.objects.get().slug}/"


def test_staff_without_a_profile_are_told_that_they_introduce_others(client: Client, hub: Hub, pair: Pair) -> None:
    answer = works_as(client, hub, Role.FACILITATOR).get(NEW)

    assert answer.status_code == 403
    assert "introduce two others" in answer.content.decode()


def test_own_profile_cannot_be_asked(client: Client, pair: Pair) -> None:
    answer = signed_in(client, pair.ward).get(NEW)

    assert answer.status_code == 400
    assert "This is your own profile" in answer.content.decode()


def test_hidden_profile_is_not_found(client: Client, pair: Pair) -> None:
    Profile.objects.filter(slug="saarafdelingen").update(visibility="hub")

    assert signed_in(client, pair.firm).get(NEW).status_code == 404
    assert signed_in(client, pair.firm).post(NEW, {"seeker": "saarpleje"}).status_code == 404


def test_profile_of_others_cannot_ask(client: Client, pair: Pair) -> None:
    signed_in(client, pair.firm).post(NEW, {"seeker": "hudklinikken", "purpose": "opi_light"})

    assert Introduction.objects.count() == 0


@pytest.mark.parametrize(
    ("person", "offered"), [("firm", True), ("ward", False), ("visitor", True), ("facilitator", False)]
)
def test_profile_page_offers_it_to_those_who_may(
    client: Client, hub: Hub, pair: Pair, person: str, offered: bool
) -> None:
    if person == "facilitator":
        works_as(client, hub, Role.FACILITATOR)
    elif person != "visitor":
        signed_in(client, getattr(pair, person))

    page = page_of(client, "/en/profiles/saarafdelingen/")

    assert (f'href="{NEW}"' in page) is offered


def test_cards_of_the_own_list_lead_to_it_with_both_texts(client: Client, pair: Pair) -> None:
    page = page_of(signed_in(client, pair.firm), "/en/for-you/saarpleje/")

    ours, theirs = (
        Profile.objects.get(slug=slug).statements.get().public_id for slug in ("saarpleje", "saarafdelingen")
    )
    assert f'href="{NEW}?from=saarpleje&amp;purpose=opi_light&amp;ours={ours}&amp;theirs={theirs}' in page


# Looking, and beginning


def test_looking_stores_nothing(client: Client, pair: Pair) -> None:
    page = page_of(signed_in(client, pair.firm), NEW)

    assert "Ask Sårafdelingen for contact" in page
    assert "They have 14 days" in page
    assert Introduction.objects.count() == 0


@pytest.mark.parametrize("asked", ["?from=x&purpose=y&ours=1&theirs='&list=%00", "?ours=" + "a" * 5_000])
def test_nonsense_in_the_address_is_left_out(client: Client, pair: Pair, asked: str) -> None:
    assert signed_in(client, pair.firm).get(NEW + asked).status_code == 200


def test_draft_is_half_written_from_the_texts_that_fit(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))

    quotes = dict(Quote.objects.values_list("side", "text"))
    assert quotes == {
        "seeker": "Vi tilbyder en sensor, der mærker tryk.",
        "receiver": "Vi søger en sensor, der mærker tryk.",
    }
    assert (draft.state, draft.minutes is not None, len(draft.asked) > 40) == ("draft", True, True)


def test_beginning_twice_is_one_draft(client: Client, pair: Pair) -> None:
    client = signed_in(client, pair.firm)

    first = client.post(NEW, {"seeker": "saarpleje", "purpose": "opi_light"})
    second = client.post(NEW, {"seeker": "saarpleje", "purpose": "opi_light"})

    assert first["Location"] == second["Location"]
    assert Introduction.objects.count() == 1


def test_draft_can_be_begun_while_nothing_can_be_compared(client: Client, hub: Hub) -> None:
    firm, ward = party(hub, name="Sårpleje", slug="saarpleje"), party(hub, name="Sår", slug="saarafdelingen")

    assert signed_in(client, firm).get(NEW).status_code == 200
    draft = begun(client)

    assert (draft.receiver, Quote.objects.count()) == (ward.profile, 0)
    assert client.get(address("edit_introduction", draft)).status_code == 200


# Writing and sending


def test_form_shows_both_texts_and_what_is_asked(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))

    answer = client.get(address("edit_introduction", draft))

    assert answer.context["form"].initial["asked"] == draft.asked
    assert "It can shut the firm out of a later purchase" in answer.content.decode()


def test_request_is_sent_as_it_was_written(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))

    answer = send(client, draft)

    draft.refresh_from_db()
    assert answer["Location"] == address("introduction", draft)
    assert (draft.state, draft.asked, draft.minutes) == ("sent", WRITTEN["asked"], 60)
    assert (draft.contact_purpose_id, draft.opi_step) == ("contact_purpose:test", "light_contact")


def test_sending_twice_sends_once(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))
    send(client, draft)
    draft.refresh_from_db()
    version = draft.version

    again = send(client, draft)

    draft.refresh_from_db()
    assert (again["Location"], draft.version) == (address("introduction", draft), version)


def test_saving_sends_nothing(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))

    send(client, draft, go="save", minutes="")

    draft.refresh_from_db()
    assert (draft.state, draft.asked, draft.minutes) == ("draft", WRITTEN["asked"], None)


@pytest.mark.parametrize(
    "changed",
    [
        {"asked": ""},
        {"asked": "å" * 10_000},
        {"asked": "…"},
        {"minutes": ""},
        {"minutes": "-5"},
        {"minutes": "many"},
        {"contact_purpose": "bribe"},
        {"opi_step": "x"},
        {"seeker_text": "a" * 10_000},
        {"asked": "Hej\x00 verden, vi vil gerne tale"},
        {"ip_state": "secret"},
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field(client: Client, pair: Pair, changed: dict[str, str]) -> None:
    draft = begun(signed_in(client, pair.firm))

    answer = send(client, draft, **changed)

    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (422, "draft")
    assert answer.context["form"].errors


def test_other_save_in_between_is_shown_and_not_lost(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))
    send(client, draft, go="save", asked="Det skrev en kollega i mellemtiden.")

    answer = send(client, draft, asked="Det skrev jeg selv på samme tid.")

    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (409, "draft")
    assert draft.asked == "Det skrev en kollega i mellemtiden."
    assert "Det skrev jeg selv" in answer.content.decode()


def test_draft_is_nobody_elses(client: Client, hub: Hub, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))

    for other in (pair.ward, party(hub, name="Fremmed")):
        client = signed_in(client, other)
        assert client.get(address("edit_introduction", draft)).status_code == 404
        assert send(client, draft).status_code == 404
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_markup_in_a_request_stays_text(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))

    send(client, draft, asked=f"Kan I se dette? {SCRIPT}", seeker_text=SCRIPT)

    page = page_of(client, address("introduction", draft))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "alert(" in page


# What stands in the way


def test_full_month_names_others_who_fit(client: Client, pair: Pair) -> None:
    capped(pair.ward, 0)
    draft = begun(signed_in(client, pair.firm))

    before = page_of(client, NEW)
    answer = send(client, draft)

    draft.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, draft.state, draft.asked) == (409, "draft", WRITTEN["asked"])
    for shown in (before, page):
        assert "They have no time this month" in shown
        assert 'href="/en/contacts/new/hudklinikken/' in shown
    kept = ShownList.objects.order_by("pk").last()
    assert kept is not None
    assert (kept.seeker, kept.explored_places) == (pair.firm.profile, 0)
    assert [each.profile.slug for each in kept.impressions.all()] == ["hudklinikken"]
    assert f"list={kept.public_id}" in page


def test_others_who_are_full_are_not_named(client: Client, pair: Pair, hub: Hub) -> None:
    capped(pair.ward, 0)
    ContactRules.objects.create(hub=hub, profile=Profile.objects.get(slug="hudklinikken"), monthly_cap=0)

    page = page_of(signed_in(client, pair.firm), NEW)

    assert "hudklinikken" not in page
    assert "See who else fits" in page


def test_open_request_is_pointed_to(client: Client, pair: Pair) -> None:
    found = pair.sent()
    client = signed_in(client, pair.firm)

    page = page_of(client, NEW)
    posted = client.post(NEW, {"seeker": "saarpleje", "purpose": "opi_light"})

    assert f'href="{address("introduction", found)}"' in page
    assert (posted.status_code, Introduction.objects.count()) == (409, 1)


def test_too_many_open_requests_lead_to_them(client: Client, pair: Pair, hub: Hub) -> None:
    HubRules.objects.create(hub=hub, open_requests=1)
    other = party(hub, name="Klinikken")
    Pair(pair.firm, other).sent()
    draft = begun_for(signed_in(client, pair.firm), pair)

    answer = send(client, draft)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You have many open requests" in page
    assert 'href="/en/contacts/"' in page


def begun_for(client: Client, pair: Pair) -> Introduction:
    client.post(NEW, {"seeker": "saarpleje", "purpose": "opi_light"})
    return Introduction.objects.get(receiver=pair.ward.profile)


def test_facilitators_question_stands_above_the_form(client: Client, pair: Pair) -> None:
    draft = begun(signed_in(client, pair.firm))
    Introduction.objects.filter(pk=draft.pk).update(state="returned")
    draft.timeline.create(
        hub_id=draft.hub_id, kind="returned", text="Hvad koster den?", at=timezone.now() + timedelta(seconds=1)
    )

    page = page_of(client, address("edit_introduction", draft))

    assert "Hvad koster den?" in page


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_other_verbs_are_refused(client: Client, pair: Pair, verb: str) -> None:
    assert getattr(signed_in(client, pair.firm), verb)(NEW).status_code == 405
