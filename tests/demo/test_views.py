"""What only the demo has: its people's log-in buttons and its mails; nowhere else do they exist."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils.translation import override

from demo.people import DEMO_PEOPLE, create_people, demo_people
from demo.views import demo_logins
from hubs.enums import Role
from hubs.models import Hub, Membership, User
from matching.models import Introduction
from profiles.models import Affiliation, Profile
from tests.factories import OrganisationFactory, ProfileFactory, UserFactory

KEYS = [person.profile_key for person in DEMO_PEOPLE if person.profile_key]


@pytest.fixture
def profiles(hub: Hub) -> dict[str, Profile]:
    """Stand-ins for the loaded profiles: each of an organisation of its own."""
    return {key: ProfileFactory(organisation=OrganisationFactory(name=key), slug=key) for key in KEYS}


@pytest.fixture
def people(hub: Hub, profiles: dict[str, Profile]) -> list[User]:
    return create_people(hub, profiles)


def test_people_are_fictional_and_each_speaks_for_one_profile(people: list[User]) -> None:
    assert [person.email.endswith(".example") for person in people] == [True] * len(DEMO_PEOPLE)
    spoken_for = [link.organisation.name for link in Affiliation.objects.order_by("id")]
    assert spoken_for == KEYS


def test_people_have_the_roles_of_their_list(people: list[User]) -> None:
    roles = [Membership.objects.get(user=user).role for user in people]

    assert roles == [person.role for person in DEMO_PEOPLE]


def test_loading_people_again_changes_nothing(hub: Hub, people: list[User], profiles: dict[str, Profile]) -> None:
    again = create_people(hub, profiles)

    assert again == people
    assert (User.objects.count(), Affiliation.objects.count()) == (len(DEMO_PEOPLE), len(KEYS))


def test_people_are_named_in_the_readers_language(hub: Hub, people: list[User]) -> None:
    for language in ("da", "en"):
        with override(language):
            labels = [user.demo_label for user in demo_people(hub)]  # type: ignore[attr-defined]

        assert labels == [person.label(language) for person in DEMO_PEOPLE]


def test_button_signs_in_as_that_person(settings: Any, client: Client, people: list[User]) -> None:
    settings.VIDENBRO_DEMO = True

    answer = client.post("/demo/log-in/", {"person": str(people[0].public_id)})

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(people[0].pk)


def test_button_leads_to_what_that_person_speaks_for(settings: Any, client: Client, people: list[User]) -> None:
    settings.VIDENBRO_DEMO = True

    places = [client.post("/demo/log-in/", {"person": str(user.public_id)})["Location"] for user in people]

    of_staff = {Role.ORGANISER: "/events/"}
    expected = [
        f"/for-you/{person.profile_key}/" if person.profile_key else of_staff.get(person.role, "/for-you/")
        for person in DEMO_PEOPLE
    ]
    assert places == expected


def test_buttons_stand_on_the_first_page_of_the_demo_only(settings: Any, client: Client, people: list[User]) -> None:
    shown = []
    for is_demo in (True, False):
        settings.VIDENBRO_DEMO = is_demo
        page_text = client.get("/").content.decode()
        shown.append([str(user.public_id) in page_text for user in people])

    assert shown == [[True] * len(people), [False] * len(people)]


def test_first_page_says_that_the_year_is_simulated(settings: Any, client: Client, people: list[User]) -> None:
    """Found by its place, since its words are in the reader's language."""
    settings.VIDENBRO_DEMO = True
    before = client.get("/").content.decode()
    firm, ward = Profile.objects.order_by("pk")[:2]
    Introduction.objects.create(hub=firm.hub, seeker=firm, receiver=ward, is_simulated=True)

    after = client.get("/").content.decode()

    assert ["data-simulated-year" in text for text in (before, after)] == [False, True]


def test_nobody_outside_the_list_can_be_chosen(settings: Any, client: Client, people: list[User]) -> None:
    settings.VIDENBRO_DEMO = True
    outsider = UserFactory()

    for chosen in (str(outsider.public_id), "", "x", "\x00", str(people[0].pk), people[0].email):
        assert client.post("/demo/log-in/", {"person": chosen}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_person_of_another_hub_cannot_be_chosen(settings: Any, client: Client, people: list[User]) -> None:
    settings.VIDENBRO_DEMO = True
    Membership.objects.filter(user=people[0]).delete()

    assert client.post("/demo/log-in/", {"person": str(people[0].public_id)}).status_code == 404


def test_real_use_has_none_of_it(client: Client, hub: Hub, people: list[User]) -> None:
    assert client.post("/demo/log-in/", {"person": str(people[0].public_id)}).status_code == 404
    assert client.get("/demo/mail/").status_code == 404
    assert demo_logins(hub) == []
    assert "_auth_user_id" not in client.session


def test_signing_in_by_a_link_is_refused(settings: Any, client: Client, people: list[User]) -> None:
    settings.VIDENBRO_DEMO = True

    answer = client.get("/demo/log-in/", {"person": str(people[0].public_id)})

    assert answer.status_code == 405


def test_button_without_the_security_mark_is_refused(settings: Any, people: list[User]) -> None:
    settings.VIDENBRO_DEMO = True
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/demo/log-in/", {"person": str(people[0].public_id)}).status_code == 403


@pytest.fixture
def mail_folder(settings: Any, tmp_path: Path) -> Path:
    settings.VIDENBRO_DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def test_newest_mails_are_shown_and_the_code_can_be_read(client: Client, hub: Hub, mail_folder: Path) -> None:
    client.post("/account/login/", {"email": "ny@firma.example"})

    shown = client.get("/demo/mail/")

    first = shown.context["mails"][0]
    assert (first.to, first.subject) == ("ny@firma.example", "Videnbro · Din kode til at logge ind")
    code = first.text.split("Videnbro:")[1].split()[0]
    client.post("/account/code/", {"code": code})
    assert "_auth_user_id" in client.session


def test_mail_page_is_empty_before_the_first_mail(client: Client, hub: Hub, mail_folder: Path) -> None:
    answer = client.get("/demo/mail/")

    assert answer.status_code == 200
    assert "Ingen mail endnu" in answer.content.decode()


def test_only_the_newest_ten_are_shown_and_as_text(client: Client, hub: Hub, mail_folder: Path) -> None:
    letters = [
        EmailMultiAlternatives(
            f"Mail {number}",
            "<script>æøå</script>\n" + "-" * 79,
            to=["a@b.example"],
            headers={"Date": f"Mon, 23 Nov 2026 10:{number:02}:00 +0000"},
        )
        for number in range(12)
    ]
    for letter in letters:
        with mail.get_connection() as connection:
            connection.send_messages([letter])

    answer = client.get("/demo/mail/")

    assert [each.subject for each in answer.context["mails"]] == [f"Mail {n}" for n in range(11, 1, -1)]
    assert "<script>æøå" not in answer.content.decode()
