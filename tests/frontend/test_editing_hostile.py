"""What should not be typed, in every field: a clear error or harmless text, and nothing typed is lost."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hubs.models import Hub
from profiles.models import Profile, Statement
from tests.factories import AffiliationFactory, ProfileFactory, StatementFactory
from tests.frontend.test_editing import DETAILS, TEXT

SCRIPT = "<script>alert('x')</script> & <b>fed</b>"
RIGHT_TO_LEFT = "نحن نبحث عن قسم \u202eabc\u202c"
COMBINING = "Sa\u030arsensor e\u0301n"
LONG = "æ" * 100_000


@pytest.fixture
def profile(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(slug="firma")
    return profile


@pytest.fixture
def member(client: Client, profile: Profile) -> Client:
    client.force_login(AffiliationFactory(organisation=profile.organisation).user)
    return client


def post(member: Client, name: str, typed: dict[str, Any]) -> Any:
    return member.post(reverse(f"frontend:{name}", args=["firma"]), typed)


def errors_of(answer: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


@pytest.mark.parametrize("text", [SCRIPT, RIGHT_TO_LEFT, COMBINING])
def test_strange_text_is_kept_and_shown_as_text(member: Client, text: str) -> None:
    post(member, "new_statement", {**TEXT, "text": text})

    shown = member.get(reverse("frontend:edit_profile", args=["firma"])).content.decode()
    assert Statement.objects.count() == 1
    assert Statement.objects.get().text in unescape(shown)
    assert "<script>alert" not in shown


@pytest.mark.parametrize("text", ["", "   \n ", "🙂", "ab\x00cd efg", "klokken \x07 ringer", LONG])
def test_text_that_cannot_be_stored_is_refused_and_comes_back(member: Client, text: str) -> None:
    answer = post(member, "new_statement", {**TEXT, "text": text})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["text"]
    assert answer.context["form"]["text"].value() == text
    assert not Statement.objects.exists()


def test_long_text_is_told_how_long_it_is(member: Client) -> None:
    answer = post(member, "new_statement", {**TEXT, "text": LONG})

    assert "100000" in errors_of(answer)["text"][0].replace(".", "")


@pytest.mark.parametrize(
    "field", ["kind", "language", "purpose", "stage", "collaboration", "ip_state", "visibility", "expires_on"]
)
@pytest.mark.parametrize("value", ["findes_ikke", SCRIPT, "\x00", "🙂", RIGHT_TO_LEFT, "theme:iot_wearables"])
def test_unknown_code_is_refused_and_the_text_comes_back(member: Client, field: str, value: str) -> None:
    answer = post(member, "new_statement", {**TEXT, field: value})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    assert TEXT["text"] in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert not Statement.objects.exists()


@pytest.mark.parametrize("field", ["name", "keywords", "contact_email"])
@pytest.mark.parametrize("value", ["a\x00bc", "klokken \x07", LONG])
def test_details_that_cannot_be_stored_are_refused_beside_the_field(
    member: Client, profile: Profile, field: str, value: str
) -> None:
    answer = post(member, "edit_details", {**DETAILS, field: value})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    assert answer.context["form"][field].value() == value
    assert Profile.objects.get().name == profile.name


@pytest.mark.parametrize("field", ["region", "municipality", "themes", "languages", "visibility"])
@pytest.mark.parametrize("value", ["findes_ikke", SCRIPT, "\x00", "🙂"])
def test_details_with_an_unknown_code_are_refused(member: Client, profile: Profile, field: str, value: str) -> None:
    answer = post(member, "edit_details", {**DETAILS, field: value})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    assert Profile.objects.get().name == profile.name


def test_municipality_of_another_region_is_refused_beside_the_region(member: Client) -> None:
    answer = post(member, "edit_details", {**DETAILS, "region": "1081"})

    assert list(errors_of(answer)) == ["region"]


def test_address_that_is_none_is_refused_beside_it(member: Client) -> None:
    answer = post(member, "edit_details", {**DETAILS, "contact_email": "ingen adresse"})

    assert list(errors_of(answer)) == ["contact_email"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\x00"),
        ("website", "javascript:alert(1)"),
        ("website", SCRIPT),
        ("cvr_number", "123456789"),
        ("sector", "findes_ikke"),
        ("phase", "\x00"),
        ("founded_year", "99999999999999999999999"),
        ("founded_year", "i går"),
        ("employees", "-1"),
        ("employees", "9" * 30),
        ("employees", "9" * 10_000),
    ],
)
def test_organisation_with_a_broken_field_is_refused_beside_it(
    member: Client, profile: Profile, field: str, value: str
) -> None:
    answer = post(member, "edit_organisation", {"version": "1", "name": "Nyt navn", field: value})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    profile.organisation.refresh_from_db()
    assert profile.organisation.name != "Nyt navn"


@pytest.mark.parametrize("broken", [b"%FF%FE", b"%ED%A0%80", b"%C3"])
def test_bytes_that_are_no_utf8_are_refused_and_the_rest_comes_back(member: Client, broken: bytes) -> None:
    body = b"kind=need&language=da&visibility=public&text=Vi%20har%20brug%20for%20hj" + broken + b"lp"

    answer = member.post(
        reverse("frontend:new_statement", args=["firma"]),
        body,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["text"]
    assert "Vi har brug for hj" in answer.content.decode()
    assert not Statement.objects.exists()


def test_raw_bytes_that_are_no_utf8_are_refused(member: Client) -> None:
    answer = member.post(
        reverse("frontend:new_statement", args=["firma"]),
        b"kind=need&language=da&visibility=public&text=Vi har brug for hj\xff\xfelp",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 400
    assert "UTF-8" in answer.content.decode()
    assert not Statement.objects.exists()


def test_too_large_a_body_is_refused_without_a_crash(member: Client) -> None:
    answer = post(member, "new_statement", {**TEXT, "text": "æ" * 2_000_000})

    assert answer.status_code in {400, 413, 422}
    assert not Statement.objects.exists()


def test_second_about_text_is_refused(member: Client, profile: Profile) -> None:
    StatementFactory(profile=profile, kind="about")

    answer = post(member, "new_statement", {**TEXT, "kind": "about"})

    assert list(errors_of(answer)) == ["kind"]
    assert Statement.objects.count() == 1


def test_errors_stand_on_top_and_beside_the_field_and_take_the_focus(member: Client) -> None:
    shown = post(member, "new_statement", {**TEXT, "text": "🙂"}).content.decode()

    assert 'role="alert" tabindex="-1" autofocus id="errors"' in shown
    assert '<a href="#id_text">' in shown
    assert 'id="id_text_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_text_helptext id_text_error"' in shown
