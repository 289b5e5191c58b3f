"""Signing in through the real pages: the code that was mailed, and everything that is not it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hubs.models import Hub, User
from tests.factories import AffiliationFactory, UserFactory

LOGIN = "/account/login/"
CODE = "/account/code/"

Mailbox = list[EmailMultiAlternatives]


@pytest.fixture(autouse=True)
def _hub(hub: Hub) -> None:
    """Every page belongs to a hub."""


def code_in(mail: EmailMultiAlternatives) -> str:
    found = re.search(r"^\s+(\d{4}-\d{4})$", str(mail.body), re.MULTILINE)
    assert found
    return found.group(1)


def ask(client: Client, email: str, **more: str) -> Any:
    return client.post(LOGIN, {"email": email, **more})


def person_in(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_known_person_signs_in_with_the_mailed_code(client: Client, mailoutbox: Mailbox) -> None:
    user = AffiliationFactory().user

    asked = ask(client, user.email)
    answer = client.post(CODE, {"code": code_in(mailoutbox[0])})

    assert (asked.status_code, asked["Location"]) == (302, CODE)
    assert (answer.status_code, answer["Location"]) == (302, reverse("frontend:for_you"))
    assert person_in(client) == str(user.pk)


def test_new_address_becomes_a_person_on_the_same_path(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "Ny@Firma.example")
    assert not User.objects.filter(email="ny@firma.example").exists()

    answer = client.post(CODE, {"code": code_in(mailoutbox[0])})

    person = User.objects.get(email="ny@firma.example")
    assert person_in(client) == str(person.pk)
    assert (person.has_usable_password(), person.language) == (False, "da")
    assert answer["Location"] == reverse("frontend:onboarding")


def test_second_sign_in_of_a_new_person_finds_the_same_person(client: Client, mailoutbox: Mailbox) -> None:
    for number in range(2):
        ask(client, "ny@firma.example")
        client.post(CODE, {"code": code_in(mailoutbox[number])})
        client.post("/account/logout/")

    assert User.objects.count() == 1


def test_code_works_without_dash_and_with_spaces(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")

    client.post(CODE, {"code": f" {code_in(mailoutbox[0]).replace('-', ' ')} "})

    assert person_in(client) is not None


def test_known_and_unknown_addresses_get_the_same_answers(mailoutbox: Mailbox) -> None:
    known = UserFactory(email="kendt1@firma.example").email
    pages = []
    for email in (known, "ukendt@firma.example"):
        client = Client()
        answers = [ask(client, email), client.get(CODE), client.post(CODE, {"code": "0000-0000"})]
        pages.append([(a.status_code, a.get("Location"), _without_noise(a, email)) for a in answers])

    assert pages[0] == pages[1]
    assert [mail.subject for mail in mailoutbox] == [mailoutbox[0].subject] * 2


def _without_noise(answer: Any, email: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return text.replace(email, "ADDRESS")


def test_asking_for_a_known_and_an_unknown_address_does_the_same_work(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    known = UserFactory().email
    for email in (known, "ukendt@firma.example"):
        client = Client()
        client.get(LOGIN)
        with django_assert_num_queries(9):
            ask(client, email)


def test_wrong_code_is_refused_and_the_right_one_still_works(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")

    wrong = client.post(CODE, {"code": "1111-1111"})

    assert person_in(client) is None
    assert "Det er ikke den kode, vi sendte" in wrong.content.decode()
    client.post(CODE, {"code": code_in(mailoutbox[0])})
    assert person_in(client) is not None


def test_five_wrong_codes_end_the_try(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")

    answers = [client.post(CODE, {"code": "1111-1111"}) for _number in range(5)]
    late = client.post(CODE, {"code": code_in(mailoutbox[0])})

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert late["Location"] == LOGIN
    assert person_in(client) is None
    assert not User.objects.exists()


def test_expired_code_is_refused_with_words(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.post(CODE, {"code": code_in(mailoutbox[0])}, follow=True)

    assert answer.redirect_chain == [(LOGIN, 302)]
    assert "Koden er brugt eller for gammel" in answer.content.decode()
    assert not User.objects.exists()


def test_code_works_once(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")
    code = code_in(mailoutbox[0])
    client.post(CODE, {"code": code})
    client.post("/account/logout/")

    answer = client.post(CODE, {"code": code})

    assert answer["Location"] == LOGIN
    assert person_in(client) is None


def test_code_of_another_browser_is_worth_nothing(client: Client, mailoutbox: Mailbox) -> None:
    ask(Client(), "ny@firma.example")
    ask(client, "anden@firma.example")

    client.post(CODE, {"code": code_in(mailoutbox[0])})

    assert person_in(client) is None


def test_new_code_replaces_the_old_one(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")

    resent = client.post(CODE, {"action": "resend"}, follow=True)
    client.post(CODE, {"code": code_in(mailoutbox[0])})
    after_old = person_in(client)
    client.post(CODE, {"code": code_in(mailoutbox[1])})

    assert "Vi har sendt dig en ny kode" in resent.content.decode()
    assert after_old is None
    assert person_in(client) is not None


def test_another_address_can_be_used_after_a_mistake(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "tastefejl@firma.example")

    back = client.post(CODE, {"action": "restart"})
    ask(client, "ny@firma.example")
    client.post(CODE, {"code": code_in(mailoutbox[1])})

    assert back["Location"] == LOGIN
    assert User.objects.get().email == "ny@firma.example"


def test_closed_account_cannot_come_in(client: Client, mailoutbox: Mailbox) -> None:
    user = UserFactory(is_active=False)
    ask(client, user.email)

    answer = client.post(CODE, {"code": code_in(mailoutbox[0])}, follow=True)

    assert person_in(client) is None
    assert "Din konto er lukket" in answer.content.decode()


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ("/my-profile/", "/my-profile/"),
        ("https://evil.example/", "/start/"),
        ("//evil.example/", "/start/"),
        ("javascript:alert(1)", "/start/"),
        ("\\\\evil.example", "/start/"),
    ],
)
def test_next_address_is_honoured_only_inside(client: Client, mailoutbox: Mailbox, wish: str, place: str) -> None:
    asked = ask(client, "ny@firma.example", next=wish)

    answer = client.post(asked["Location"], {"code": code_in(mailoutbox[0])})

    assert answer["Location"] == place


@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "ingen",
        "a@b",
        "<script>@x.dk",
        "æøå@firma.dk",
        "ıvan@firma.dk",
        "a\x00b@firma.dk",
        "🙂",
        "x" * 100_000,
    ],
)
def test_address_that_is_none_is_refused_beside_the_field(client: Client, mailoutbox: Mailbox, email: str) -> None:
    answer = ask(client, email)

    assert answer.status_code == 200
    assert 'id="id_email_error"' in answer.content.decode()
    assert mailoutbox == []


def test_look_alike_address_does_not_get_somebody_elses_code(client: Client, mailoutbox: Mailbox) -> None:
    UserFactory(email="mike@firma.example")

    ask(client, "mıke@firma.example")

    assert mailoutbox == []


@pytest.mark.parametrize(
    ("language", "path", "subject"),
    [
        ("en", LOGIN, "Videnbro · Your code to sign in"),
        ("da", f"/en{LOGIN}", "Videnbro · Din kode til at logge ind"),
    ],
)
def test_mail_speaks_the_receivers_language(
    client: Client, mailoutbox: Mailbox, language: str, path: str, subject: str
) -> None:
    user = UserFactory(language=language)

    client.post(path, {"email": user.email})

    assert mailoutbox[0].subject == subject
    assert mailoutbox[0].to == [user.email]


def test_stranger_gets_the_mail_in_the_language_of_the_page(client: Client, mailoutbox: Mailbox) -> None:
    client.post(f"/en{LOGIN}", {"email": "new@firm.example"})
    client.post(f"/en{CODE}", {"code": code_in(mailoutbox[0])})

    assert mailoutbox[0].subject == "Videnbro · Your code to sign in"
    assert User.objects.get().language == "en"


def test_mail_has_text_and_html_and_no_link(client: Client, mailoutbox: Mailbox) -> None:
    ask(client, "ny@firma.example")

    mail = mailoutbox[0]
    html = str(mail.alternatives[0][0])
    assert mail.alternatives[0][1] == "text/html"
    assert code_in(mail) in html
    assert re.findall(r"https?://|href=", str(mail.body) + html) == []
    assert code_in(mail) not in mail.subject


def test_signing_out_needs_a_press(client: Client) -> None:
    client.force_login(UserFactory())

    looked = client.get("/account/logout/")
    still_in = person_in(client)
    left = client.post("/account/logout/")

    assert (looked.status_code, left.status_code) == (200, 302)
    assert still_in is not None
    assert person_in(client) is None


def test_fourth_code_within_a_minute_is_refused(settings: Any, client: Client, mailoutbox: Mailbox) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    cache.clear()

    answers = [ask(Client(), "ny@firma.example") for _number in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert "For mange forsøg" in answers[3].content.decode()
    assert len(mailoutbox) == 3


def test_neither_address_nor_code_reaches_the_log(
    client: Client, mailoutbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        ask(client, "hemmelig@firma.example")
        client.post(CODE, {"code": "1111-1111"})
        client.post(CODE, {"code": code_in(mailoutbox[0])})

    told = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert person_in(client) is not None
    assert "hemmelig" not in told
    assert code_in(mailoutbox[0]) not in told


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
    ],
)
def test_pages_of_passwords_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "password/change/", "reauthenticate/"])
def test_addresses_of_passwords_lead_nowhere(client: Client, path: str) -> None:
    assert client.get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize("path", [LOGIN, CODE, "/account/inactive/"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_show_in_both_languages(client: Client, prefix: str, path: str) -> None:
    ask(client, "ny@firma.example")

    answer = client.get(prefix + path, follow=True)

    assert answer.status_code == 200
    assert f'<html lang="{"en" if prefix else "da"}"' in answer.content.decode()
