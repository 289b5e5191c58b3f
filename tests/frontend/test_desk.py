"""The facilitator's desk: what waits there, for whom, handing over, and who may come in at all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from matching.enums import IntroductionState
from matching.models import FollowUp, Introduction, TimelineEntry
from matching.queries.desk import Waiting, desk_items, screening_count
from tests.factories import HubFactory, MembershipFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as
from tests.matching.introductions.parties import Person, accepted, broker, capped, party, sent
from tests.matching.outcomes.contacts import contact

DESK, HAND_OVER = "/en/desk/", "/en/desk/hand-over/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(hub: Hub) -> Person:
    return party(hub, name="Sårpleje ApS", kind="firm")


@pytest.fixture
def ward(hub: Hub) -> Person:
    return party(hub, name="Afdeling for Intensiv", kind="clinician")


def to_screen(firm: Person, ward: Person) -> Introduction:
    """A request that waits for a facilitator's eyes."""
    capped(ward, None, screening=True)
    return sent(firm, ward, now=timezone.now())


def ago(days: int) -> object:
    return timezone.now() - timedelta(days=days)


def waiting(hub: Hub) -> list[str]:
    """The kinds on the desk of a new facilitator, in order."""
    _user, viewer = broker(hub)
    return [item.what.value for item in desk_items(viewer, now=timezone.now(), today=timezone.localdate())]


@pytest.mark.parametrize("address", [DESK, HAND_OVER])
def test_desk_is_for_brokers(client: Client, hub: Hub, firm: Person, address: str) -> None:
    assert client.get(address)["Location"].startswith("/en/account/login/?next=")
    speaks_for(client, firm.profile)
    assert client.get(address).status_code == 403
    works_as(client, hub, Role.ORGANISER)
    assert client.get(address).status_code == 403
    works_as(client, hub, Role.HUB_ADMIN)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("role", [Role.VISITOR, Role.MEMBER, Role.ORGANISER])
def test_desk_is_read_by_nobody_else(hub: Hub, role: Role) -> None:
    with pytest.raises(NotAllowed):
        desk_items(Viewer(hub.pk, role, 1), now=timezone.now(), today=timezone.localdate())


def test_desk_says_what_waits_and_the_one_thing_to_do(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    request = to_screen(firm, ward)
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(DESK).content.decode()

    assert "Request to read" in page
    assert "Read it and pass it on to Afdeling for Intensiv" in page
    assert page.count(f'href="/en/desk/screen/{request.public_id}/" data-row') == 1


def test_desk_orders_what_presses_most(hub: Hub, firm: Person, ward: Person) -> None:
    quiet = accepted(firm, party(hub), now=ago(30))  # type: ignore[arg-type]
    Introduction.objects.filter(pk=quiet.pk).update(answered_at=ago(22))
    back = sent(firm, party(hub), now=timezone.now())
    today = timezone.localdate()
    Introduction.objects.filter(pk=back.pk).update(
        state=IntroductionState.NOT_NOW, ask_again_on=today, answered_at=ago(40)
    )
    due = sent(firm, party(hub), now=timezone.now())
    Introduction.objects.filter(pk=due.pk).update(expires_at=timezone.now() + timedelta(days=2))
    to_screen(firm, ward)
    FollowUp.objects.all().delete()

    assert waiting(hub) == ["screen", "answer", "back", "quiet"]


def test_fresh_contacts_do_not_wait(hub: Hub, firm: Person, ward: Person) -> None:
    sent(firm, ward, now=timezone.now())
    accepted(firm, party(hub), now=timezone.now())

    assert waiting(hub) == []


def test_contact_with_a_meeting_is_not_quiet(hub: Hub, firm: Person, ward: Person) -> None:
    quiet = accepted(firm, ward, now=ago(30))  # type: ignore[arg-type]
    FollowUp.objects.all().delete()
    assert waiting(hub) == ["quiet"]

    Introduction.objects.filter(pk=quiet.pk).update(meeting_at=timezone.now() + timedelta(days=3))

    assert waiting(hub) == []


def test_question_waits_after_a_week(hub: Hub, firm: Person, ward: Person) -> None:
    request = to_screen(firm, ward)
    Introduction.objects.update(state=IntroductionState.RETURNED)
    entry = TimelineEntry.objects.create(hub=hub, introduction=request, kind="returned", at=ago(6))
    assert waiting(hub) == []

    TimelineEntry.objects.filter(introduction=request).update(at=ago(8))

    assert waiting(hub) == ["question"]
    assert entry.introduction_id == request.pk


def test_calls_stand_on_the_desk_with_their_side(client: Client, hub: Hub) -> None:
    introduction = contact(hub, (timezone.localdate() - timedelta(days=16)).isoformat())
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(DESK).content.decode()

    address = f"/en/desk/contacts/{introduction.public_id}/phone/?side="
    assert (page.count(f'href="{address}seeker"'), page.count(f'href="{address}receiver"')) == (1, 1)
    assert f"Call {introduction.receiver.name} and ask what came of it (2 weeks)" in page


def test_colleagues_cases_stand_under_all_only(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    request = to_screen(firm, ward)
    colleague = MembershipFactory(hub=hub, role=Role.FACILITATOR, user__name="Kollega Karlsen").user
    Introduction.objects.update(facilitator=colleague)
    works_as(client, hub, Role.FACILITATOR)
    link = f"/en/desk/screen/{request.public_id}/"

    mine, everything = client.get(DESK).content.decode(), client.get(f"{DESK}?whose=all").content.decode()

    assert (link in mine, link in everything) == (False, True)
    assert "Kollega Karlsen" in everything
    assert "Nothing waits" in mine


def test_desk_filters_by_kind_and_ignores_nonsense(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    to_screen(firm, ward)
    contact(hub, (timezone.localdate() - timedelta(days=16)).isoformat())
    works_as(client, hub, Role.FACILITATOR)

    rows = [
        client.get(f"{DESK}?what={what}").content.decode().count("data-row>")
        for what in ("", "phone", "screen", "quiet", "%00<script>")
    ]

    assert rows == [3, 2, 1, 3, 3]


def test_other_hubs_requests_are_not_here(client: Client, hub: Hub) -> None:
    other = HubFactory(slug="elsewhere")
    to_screen(party(other), party(other))
    works_as(client, hub, Role.FACILITATOR)

    assert "Nothing waits" in client.get(f"{DESK}?whose=all").content.decode()


def test_words_of_others_are_text(client: Client, hub: Hub) -> None:
    to_screen(party(hub, name=SCRIPT, slug="one"), party(hub, name=SCRIPT, slug="two"))
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(DESK).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_desk_asks_no_more_for_more_rows(client: Client, hub: Hub, firm: Person) -> None:
    works_as(client, hub, Role.FACILITATOR)
    colleague = MembershipFactory(hub=hub, role=Role.FACILITATOR).user
    counts = []
    for number in (1, 4):
        for _each in range(number):
            to_screen(firm, party(hub, kind="clinician"))
            contact(hub, (timezone.localdate() - timedelta(days=16)).isoformat())
        Introduction.objects.update(facilitator=colleague)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"{DESK}?whose=all")
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", [DESK])
def test_desk_is_only_read(client: Client, hub: Hub, address: str) -> None:
    works_as(client, hub, Role.FACILITATOR)

    assert client.post(address).status_code == 405


# The menu


def test_menu_counts_what_this_facilitator_reads(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    to_screen(firm, ward)
    _user, mine = broker(hub)
    assert screening_count(mine) == 1

    Introduction.objects.update(facilitator=MembershipFactory(hub=hub, role=Role.FACILITATOR).user)

    assert screening_count(mine) == 0
    assert screening_count(Viewer(hub.pk, Role.MEMBER, 1)) == 0


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.MEMBER, (False, False, False)),
        (Role.ORGANISER, (False, True, True)),
        (Role.FACILITATOR, (True, True, True)),
        (Role.HUB_ADMIN, (True, True, True)),
    ],
)
def test_menu_shows_the_hubs_parts_to_its_people(
    client: Client, hub: Hub, role: Role, names: tuple[bool, bool, bool]
) -> None:
    works_as(client, hub, role)

    page = client.get("/en/search/").content.decode()

    links = ('href="/en/desk/"', 'href="/en/desk/introductions/"', 'href="/en/settings/"')
    assert tuple(link in page for link in links) == names


# Handing over


def test_all_open_cases_go_to_the_colleague_with_the_note(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    case, ended = sent(firm, ward, now=timezone.now()), sent(firm, party(hub), now=timezone.now())
    works_as(client, hub, Role.FACILITATOR)
    me = client.session["_auth_user_id"]
    Introduction.objects.update(facilitator_id=me)
    Introduction.objects.filter(pk=ended.pk).update(state=IntroductionState.WITHDRAWN)
    colleague = MembershipFactory(hub=hub, role=Role.HUB_ADMIN, user__name="Kollega Karlsen").user
    answer = {"to": str(colleague.public_id), "note": "Ring til dem mandag."}

    page = client.post(HAND_OVER, answer, follow=True).content.decode()
    again = client.post(HAND_OVER, answer, follow=True).content.decode()

    case.refresh_from_db()
    ended.refresh_from_db()
    assert (case.facilitator_id, str(ended.facilitator_id)) == (colleague.pk, me)
    assert "Kollega Karlsen has taken over 1 case." in page
    assert "You had no open cases" in again
    notes = TimelineEntry.objects.filter(kind="handed_over").values_list("introduction", "text", "staff_only")
    assert list(notes) == [(case.pk, "Ring til dem mandag.", True)]


@pytest.mark.parametrize("to", ["", "nobody", "00000000-0000-0000-0000-000000000000", SCRIPT])
def test_nobody_takes_over_who_is_no_broker_here(client: Client, hub: Hub, firm: Person, ward: Person, to: str) -> None:
    case = sent(firm, ward, now=timezone.now())
    works_as(client, hub, Role.FACILITATOR)
    me = int(client.session["_auth_user_id"])
    Introduction.objects.update(facilitator_id=me)
    MembershipFactory(hub=hub, role=Role.FACILITATOR)

    response = client.post(HAND_OVER, {"to": to})

    case.refresh_from_db()
    assert (response.status_code, case.facilitator_id) == (422, me)


def test_another_hubs_facilitator_is_no_colleague(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    stranger = MembershipFactory(hub=HubFactory(slug="elsewhere"), role=Role.FACILITATOR).user
    member = ward.user
    sent(firm, ward, now=timezone.now())
    works_as(client, hub, Role.FACILITATOR)
    Introduction.objects.update(facilitator_id=client.session["_auth_user_id"])

    answers = [client.post(HAND_OVER, {"to": str(person.public_id)}).status_code for person in (stranger, member)]

    assert answers == [422, 422]


def test_too_long_a_note_is_refused_beside_the_field(client: Client, hub: Hub, firm: Person, ward: Person) -> None:
    sent(firm, ward, now=timezone.now())
    works_as(client, hub, Role.FACILITATOR)
    Introduction.objects.update(facilitator_id=client.session["_auth_user_id"])
    colleague = MembershipFactory(hub=hub, role=Role.FACILITATOR).user

    response = client.post(HAND_OVER, {"to": str(colleague.public_id), "note": "x" * 1_001})

    assert response.status_code == 422
    assert Introduction.objects.get().facilitator_id != colleague.pk


def test_every_kind_has_its_words(hub: Hub) -> None:
    from frontend.desk_rows import _NEXT, kind_labels

    assert set(kind_labels()) == set(_NEXT) == set(Waiting)
