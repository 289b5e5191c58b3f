"""Pages of wishes: who sees whom, marks and requests with and without scripts, the mailed link, what never shows."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.wishing import prefer
from events.models import Event, Hall, MeetingRequest, Participant, Preference, Stand, SuggestionRound
from frontend.event_links import address_mark, place_token
from hubs.enums import Role
from hubs.models import Hub
from mailgate.links import sign
from mailgate.models import OutgoingMail
from matching.models import Impression, ShownList
from tests.events.wish_people import NEED, OFFER, make_event, person, two
from tests.factories import HubFactory, MembershipFactory
from tests.frontend.conftest import SCRIPT, body, speaks_for, works_as

REASON = "Vi vil gerne høre, om I kan afprøve vores sensor."
BASE = "/en/events/bazar"


@pytest.fixture(name="event")
def event_fixture(hub: Hub, build_index: Callable[[], object]) -> Event:
    starts = timezone.now() + timedelta(days=30)
    made = make_event(hub, starts_at=starts, ends_at=starts + timedelta(hours=8))
    build_index()
    return made


@pytest.fixture(name="pair")
def pair_fixture(event: Event) -> tuple[Participant, Participant]:
    return two(event)


def signed_in(client: Client, someone: Participant) -> Client:
    return speaks_for(client, someone.participation.profile)


def ask(sender: Participant, receiver: Participant, **values: Any) -> MeetingRequest:
    return ask_meeting(sender, receiver=receiver, **({"reason": REASON, "now": timezone.now()} | values))


def answer_token(request: MeetingRequest) -> str:
    return sign("event_answer", request=str(request.public_id), address=address_mark(request.receiver))


def link(request: MeetingRequest) -> str:
    return f"/en/events/answer/{answer_token(request)}/"


@pytest.mark.parametrize("part", ["people", "requests"])
def test_pages_are_for_those_who_have_a_place(client: Client, event: Event, part: str) -> None:
    person(event, "Asta", need=NEED)
    address = f"{BASE}/{part}/"
    assert client.get(address).status_code == 302
    client.force_login(MembershipFactory(hub=event.hub).user)

    told = body(client, address, 403)

    assert "You have no place yet" in told
    assert "Asta" not in told


def test_another_hubs_event_is_not_found(client: Client, pair: tuple[Participant, Participant]) -> None:
    make_event(HubFactory(slug="nordbro"), slug="nord")

    assert signed_in(client, pair[0]).get("/en/events/nord/people/").status_code == 404


def test_recommended_people_stand_first_with_both_texts_and_are_logged(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    asta, bo = pair
    suggest_people(event, now=timezone.now())

    page = body(signed_in(client, asta), f"{BASE}/people/")

    assert "Vi søger <mark>afprøvning</mark>" in page
    assert page.index("Recommended for you") < page.index("Bo ApS") < page.index("Everybody who comes")
    row = Impression.objects.get()
    assert (row.profile_id, row.propensity, row.shown_list.channel) == (bo.participation.profile_id, 1.0, "event")


def test_request_from_the_list_remembers_the_list(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    asta, bo = pair
    suggest_people(event, now=timezone.now())
    signed_in(client, asta).get(f"{BASE}/people/")
    listed = ShownList.objects.get().public_id
    address = f"{BASE}/ask/{bo.public_id}/"

    page = body(client, f"{address}?person={asta.public_id}&list={listed}")
    assert "You offer: “Vi tilbyder afprøvning" in page
    client.post(address, {"person": asta.public_id, "shown_list": listed, "reason": REASON, "is_must": "on"})

    made = MeetingRequest.objects.get()
    assert (made.reason, made.is_must, made.impression) == (REASON, True, Impression.objects.get())


def test_search_finds_by_what_people_seek_and_htmx_gets_the_list_alone(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    asta, _bo = pair
    person(event, "Carl", offer="Vi tilbyder kontorstole.")
    signed_in(client, asta)

    page = client.get(f"{BASE}/people/", {"q": "kontorstole"}, headers={"HX-Request": "true"}).content.decode()

    assert "Carl" in page
    assert "Bo ApS" not in page
    assert "<html" not in page
    assert "Nobody is like that" in body(client, f"{BASE}/people/?q=%00zzz&kind=nonsense")


def test_those_without_meetings_show_only_on_request_and_can_be_asked_to_open_up(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    person(event, "Dea", meets=False)
    signed_in(client, pair[0])

    assert "Dea" not in body(client, f"{BASE}/people/")
    assert "Ask them to open up for meetings" in body(client, f"{BASE}/people/?closed=on")


def test_mark_is_kept_without_scripts(client: Client, pair: tuple[Participant, Participant]) -> None:
    asta, bo = pair
    data = {"person": asta.public_id, "other": bo.public_id, "wanting": "must", "next": f"{BASE}/people/"}

    response = signed_in(client, asta).post(f"{BASE}/prefer/", data)

    assert (response.status_code, response["Location"]) == (302, f"{BASE}/people/#wish-{bo.public_id}")
    assert Preference.objects.get().wanting == "must"


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_mark_never_leads_away(client: Client, pair: tuple[Participant, Participant], next_page: str) -> None:
    asta, bo = pair
    data = {"other": bo.public_id, "wanting": "want", "next": next_page}

    response = signed_in(client, asta).post(f"{BASE}/prefer/", data)

    assert response["Location"] == f"{BASE}/people/#wish-{bo.public_id}"


@pytest.mark.parametrize("address", ["prefer/", "requests/{request}/answer/", "requests/{request}/withdraw/"])
def test_changes_need_a_post(client: Client, pair: tuple[Participant, Participant], address: str) -> None:
    made = ask(*pair)

    response = signed_in(client, pair[0]).get(f"{BASE}/{address.format(request=made.public_id)}")

    assert response.status_code == 405


def test_requests_show_whose_turn_it_is_and_are_answered_in_place(
    client: Client, pair: tuple[Participant, Participant]
) -> None:
    made = ask(*pair, reason=f"{SCRIPT} Vi vil gerne mødes.")
    signed_in(client, pair[1])

    page = body(client, f"{BASE}/requests/")
    assert "Waits for your answer" in page
    assert SCRIPT not in page
    client.post(f"{BASE}/requests/{made.public_id}/answer/", {"answer": "no", "note": "Ikke i år."})

    made.refresh_from_db()
    assert (made.state, made.decline_note) == ("declined", "Ikke i år.")


def test_sender_sees_what_is_open_and_takes_it_back(client: Client, pair: tuple[Participant, Participant]) -> None:
    made = ask(*pair)
    signed_in(client, pair[0])

    page = body(client, f"{BASE}/requests/")
    assert "You have asked" in page
    assert "You can have 11 more requests open." in page
    client.post(f"{BASE}/requests/{made.public_id}/withdraw/")

    assert MeetingRequest.objects.get().state == "withdrawn"


def test_strangers_do_not_answer_or_take_back(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    made = ask(*pair)
    signed_in(client, person(event, "Carl"))

    for what in ("answer", "withdraw"):
        response = client.post(f"{BASE}/requests/{made.public_id}/{what}/", {"answer": "yes"})
        assert response.status_code == 404

    assert MeetingRequest.objects.get().state == "asked"


def test_sender_does_not_answer_its_own_request(client: Client, pair: tuple[Participant, Participant]) -> None:
    made = ask(*pair)

    response = signed_in(client, pair[0]).post(f"{BASE}/requests/{made.public_id}/answer/", {"answer": "yes"})

    assert response.status_code == 404
    assert MeetingRequest.objects.get().state == "asked"


def all_that_the_sender_reads(client: Client, sender: Participant, receiver: Participant) -> list[str]:
    pages = ["people/", "people/?closed=on", "requests/", f"ask/{receiver.public_id}/"]
    found = []
    for page in pages:
        response = client.get(f"{BASE}/{page}")
        found.append(f"{response.status_code} {response.content.decode()}")
    return found


def test_no_thanks_shows_on_no_page_of_the_sender(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    asta, bo = pair
    suggest_people(event, now=timezone.now())
    ask(asta, bo)
    signed_in(client, asta)
    without = strip_tokens(all_that_the_sender_reads(client, asta, bo))
    ShownList.objects.all().delete()

    prefer(bo, other=asta, wanting="no_thanks", now=timezone.now())

    assert strip_tokens(all_that_the_sender_reads(client, asta, bo)) == without


def strip_tokens(pages: list[str]) -> list[str]:
    masked = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page) for page in pages]
    return [re.sub(r"list=[0-9a-f-]{36}", "list=", page) for page in masked]


def test_receiver_who_said_no_thanks_is_not_bothered(client: Client, pair: tuple[Participant, Participant]) -> None:
    asta, bo = pair
    prefer(bo, other=asta, wanting="no_thanks", now=timezone.now())
    ask(asta, bo)

    page = body(signed_in(client, bo), f"{BASE}/requests/")

    assert "Asta" not in page
    assert not OutgoingMail.objects.filter(address=bo.email).exists()


def test_stand_shows_what_they_bring_and_takes_a_mark(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    asta, bo = pair
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal A")
    profile = bo.participation.profile
    Stand.objects.create(
        hub=event.hub, event=event, hall=hall, number="12", organisation=profile.organisation, profile=profile
    )
    signed_in(client, asta)

    page = body(client, f"{BASE}/stands/12/")
    assert OFFER in page
    assert "Whom you can meet here" in page
    client.post(f"{BASE}/prefer/", {"stand": "12", "wanting": "want"})

    assert Preference.objects.get().stand.number == "12"  # type: ignore[union-attr]
    assert client.get(f"{BASE}/stands/99/").status_code == 404


def test_visitor_sees_a_stand_without_its_people(client: Client, event: Event) -> None:
    bo = person(event, "Bo", offer=OFFER)
    hall = Hall.objects.create(hub=event.hub, event=event, name="Hal A")
    profile = bo.participation.profile
    Stand.objects.create(
        hub=event.hub, event=event, hall=hall, number="12", organisation=profile.organisation, profile=profile
    )
    client.force_login(MembershipFactory(hub=event.hub).user)

    page = body(client, f"{BASE}/stands/12/")

    assert OFFER in page
    assert "Whom you can meet here" not in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_the_mailed_link_changes_nothing(
    client: Client, pair: tuple[Participant, Participant], method: str
) -> None:
    made = ask(*pair)

    response = getattr(client, method)(link(made))

    assert response.status_code == 200
    assert MeetingRequest.objects.get().state == "asked"


def test_mailed_link_answers_without_signing_in_and_only_once(
    client: Client, pair: tuple[Participant, Participant]
) -> None:
    made = ask(*pair)

    page = body(client, link(made))
    assert REASON in page
    assert "@firma.example" not in page
    first = client.post(link(made), {"answer": "yes"})
    second = client.post(link(made), {"answer": "no"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert MeetingRequest.objects.get().state == "accepted"
    assert "You meet Asta" in body(client, link(made))


@pytest.mark.parametrize("data", [{}, {"answer": "perhaps"}, {"answer": "no", "note": "x" * 700}])
def test_answer_that_cannot_be_kept_is_told(
    client: Client, pair: tuple[Participant, Participant], data: dict[str, str]
) -> None:
    made = ask(*pair)

    response = client.post(link(made), data)

    assert response.status_code == 422
    assert MeetingRequest.objects.get().state == "asked"


@pytest.mark.parametrize("spoil", [lambda token: token[:-3], lambda token: "x" * 2_000, lambda token: token[3:]])
def test_forged_link_opens_nothing(
    client: Client, pair: tuple[Participant, Participant], spoil: Callable[[str], str]
) -> None:
    made = ask(*pair)
    token = answer_token(made)

    response = client.post(f"/en/events/answer/{spoil(token)}/", {"answer": "yes"})

    assert response.status_code == 404
    assert MeetingRequest.objects.get().state == "asked"


def test_link_of_another_page_and_of_a_request_that_is_gone(
    client: Client, pair: tuple[Participant, Participant]
) -> None:
    made = ask(*pair)
    other = place_token(pair[1])
    address = link(made)
    made.delete()

    assert client.get(f"/en/events/answer/{other}/").status_code == 404
    assert client.get(address).status_code == 410


def test_organiser_sees_how_many_get_the_mail_and_sends_once(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    suggest_people(event, now=timezone.now())
    works_as(client, event.hub, Role.ORGANISER)
    address = f"{BASE}/organise/recommend/"

    assert "2 people get one mail each" in body(client, address)
    for _press in range(2):
        client.post(address, {"number": "0"})

    assert SuggestionRound.objects.get().number == 1
    assert "A round is on its way" in body(client, address)


@pytest.mark.parametrize("part", ["recommend", "mutual"])
def test_participants_do_not_send_rounds(client: Client, pair: tuple[Participant, Participant], part: str) -> None:
    response = signed_in(client, pair[0]).post(f"{BASE}/organise/{part}/", {"number": "0"})

    assert response.status_code == 403
    assert not SuggestionRound.objects.filter(number__gt=0).exists()


def test_mutual_wishes_are_planned_by_the_organiser(
    client: Client, event: Event, pair: tuple[Participant, Participant]
) -> None:
    Event.objects.update(request_mode="mutual")
    for one, other in (pair, pair[::-1]):
        prefer(Participant.objects.get(pk=one.pk), other=other, wanting="want", now=timezone.now())

    works_as(client, event.hub, Role.ORGANISER).post(f"{BASE}/organise/mutual/")

    assert MeetingRequest.objects.get().origin == "mutual"
