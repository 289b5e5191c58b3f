"""Signing in: tokens that expire and die with the account, sessions that need the CSRF token."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from api.models import ApiToken
from hubs.enums import Role
from hubs.models import Hub, User
from kernel.models import AuditRecord
from profiles.models import Profile
from tests.api.conftest import Caller, caller_for
from tests.factories import HubFactory, MembershipFactory, StatementFactory


def command(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def with_token(token: str) -> Caller:
    return Caller(accept_language="en", authorization=f"Token {token}")


def test_token_of_the_command_signs_the_person_in(person: User, own_profile: Profile) -> None:
    token = command("create_api_token", person.email, "--days", "7", "--name", "Natlig overførsel")

    status, body = with_token(token).get("me/")

    assert (status, body["email"], body["role"]["code"]) == (200, person.email, "member")
    assert body["hub"] == {"slug": "midtbro", "name": "Midtbro"}
    assert [row["name"] for row in body["profiles"]] == ["Nordlys Sensorik"]


def test_token_is_stored_only_as_a_digest_and_its_making_is_on_record(person: User) -> None:
    token = command("create_api_token", person.email)

    row = ApiToken.objects.get()
    assert token.startswith("vb_")
    assert token not in str(vars(row))
    assert len(row.digest) == 64
    assert AuditRecord.objects.get(subject_type="api_token").subject_id == row.public_id


def test_token_dies_with_its_day(person: User) -> None:
    caller = caller_for(person)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    status, body = caller.get("me/")

    assert (status, body["error"]["code"]) == (401, "authentication_failed")
    assert "expired" in body["error"]["message"]


def test_token_does_not_outlive_the_persons_account(person: User, own_profile: Profile) -> None:
    caller = caller_for(person)
    person.is_active = False
    person.save()

    assert caller.get("me/")[0] == 401
    assert caller.get("profiles/")[0] == 401, "a bad token is never taken for no token"
    assert caller.patch(f"profiles/{own_profile.public_id}/", {"version": 1, "name": "X"})[0] == 401


def test_token_works_in_its_own_hub_only(person: User, hub: Hub) -> None:
    other = HubFactory(slug="andet", domain="andet.example")
    MembershipFactory(hub=other, user=person, role=Role.HUB_ADMIN)
    caller = caller_for(person, hub)

    elsewhere = caller.client.get("/api/v1/me/", headers={**caller.headers, "host": "andet.example"})

    assert caller.get("me/")[0] == 200
    assert elsewhere.status_code == 401


def test_revoked_token_is_turned_away(person: User) -> None:
    caller, second = caller_for(person), caller_for(person)

    assert command("revoke_api_tokens", person.email) == "Revoked: 2"
    assert (caller.get("me/")[0], second.get("me/")[0]) == (401, 401)


def test_token_counts_for_the_token_person_not_for_the_session_person(person: User, hub: Hub) -> None:
    admin = MembershipFactory(hub=hub, role=Role.HUB_ADMIN).user
    statement = StatementFactory(profile__visibility="hub")
    caller = caller_for(person)
    caller.client.force_login(admin)

    assert caller.get("me/")[1]["email"] == person.email
    assert caller.get(f"statements/{statement.public_id}/")[0] == 404


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token ",
        "Token vb_wrong",
        "Token a b",
        "token vb_wrong",
        "Token \xff\xfe",
        "Token " + "x" * 5_000,
    ],
)
def test_wrong_token_is_refused_with_a_challenge(hub: Hub, header: str) -> None:
    response = Caller(authorization=header).client.get("/api/v1/profiles/", headers={"authorization": header})

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
    assert response.json()["error"]["code"] == "authentication_failed"


def test_session_signs_in_for_reading(anybody: Caller, person: User) -> None:
    anybody.client.force_login(person)

    assert anybody.get("me/")[1]["email"] == person.email


def test_session_without_csrf_token_changes_nothing(anybody: Caller, person: User, own_profile: Profile) -> None:
    anybody.client.force_login(person)
    path = f"profiles/{own_profile.public_id}/"

    status, body = anybody.patch(path, {"version": 1, "name": "Nyt"})

    assert (status, body["error"]["code"]) == (403, "csrf_failed")
    assert Profile.objects.get().name == "Nordlys Sensorik"


def test_session_with_csrf_token_may_change(anybody: Caller, person: User, own_profile: Profile) -> None:
    anybody.client.force_login(person)
    anybody.client.cookies["csrftoken"] = "x" * 32
    anybody.headers["x-csrftoken"] = "x" * 32

    status, body = anybody.patch(f"profiles/{own_profile.public_id}/", {"version": 1, "name": "Nyt"})

    assert (status, body["name"]) == (200, "Nyt")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody@example.test"], "nobody@example.test"),
        (["closed@example.test"], "closed"),
        (["open@example.test", "--days", "0"], "from 1 to 366"),
        (["open@example.test", "--days", "10000"], "from 1 to 366"),
        (["open@example.test", "--hub", "nowhere"], "nowhere"),
    ],
)
def test_token_command_says_what_is_wrong(hub: Hub, arguments: list[str], message: str) -> None:
    User.objects.create_user("open@example.test")
    User.objects.create_user("closed@example.test", is_active=False)

    with pytest.raises(CommandError, match=message):
        command("create_api_token", *arguments)
    assert ApiToken.objects.count() == 0
