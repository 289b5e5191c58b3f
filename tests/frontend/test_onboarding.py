"""The three steps to a first profile: what is kept, what is refused, and what stands there in the end."""

from typing import Any

import pytest
from django.test import Client

from hubs.models import Hub, Membership, User
from profiles.models import Organisation, Profile, Statement
from tests.factories import AffiliationFactory, OrganisationFactory, UserFactory

ABOUT, OFFER, NEED = "/start/about/", "/start/offer/", "/start/need/"
TYPED = {
    ABOUT: {
        "kind": "firm",
        "organisation": "Sårsensor ApS",
        "unit": "",
        "municipality": "0751",
        "text": "Vi laver en sensor, der mærker tryk på huden.",
        "language": "da",
    },
    OFFER: {
        "text": "Ti sensorer til afprøvning i otte uger.",
        "language": "da",
        "stage": "development_late",
        "collaboration": "opi_light",
    },
    NEED: {
        "text": "En afdeling, der vil afprøve sensoren på ti patienter.",
        "language": "da",
        "purpose": "test",
        "collaboration": "opi_light",
    },
}


@pytest.fixture
def person(hub: Hub, client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def content(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def take(client: Client, *paths: str) -> Any:
    for path in paths:
        answer = client.post(path, TYPED[path])
    return answer


def test_three_steps_make_a_profile_with_its_texts(client: Client, person: User) -> None:
    answer = take(client, ABOUT, OFFER, NEED)

    profile = Profile.objects.get()
    assert answer["Location"] == f"/for-you/{profile.slug}/"
    assert (profile.name, profile.organisation.name, profile.kind) == (
        "Sårsensor ApS",
        "Sårsensor ApS",
        "firm",
    )
    assert (profile.region_id, profile.municipality_id) == ("region:1082", "municipality:0751")
    assert list(profile.statements.values_list("kind", "purpose_id", "stage_id")) == [
        ("about", None, None),
        ("offer", None, "product_stage:development_late"),
        ("need", "contact_purpose:test", None),
    ]
    assert Membership.objects.get(user=person).role == "member"
    assert person.affiliations.get().organisation == profile.organisation


def test_nothing_is_public_before_the_end(client: Client, person: User) -> None:
    take(client, ABOUT, OFFER)

    assert not Organisation.objects.exists()
    assert not Statement.objects.exists()


def test_what_was_typed_survives_a_reload(client: Client, person: User) -> None:
    take(client, ABOUT, OFFER)

    assert TYPED[ABOUT]["text"] in content(client.get(ABOUT))
    assert TYPED[OFFER]["text"] in content(client.get(OFFER))
    assert client.get("/start/")["Location"] == NEED


def test_refused_text_survives_a_reload_too(client: Client, person: User) -> None:
    client.post(ABOUT, {**TYPED[ABOUT], "text": "🙂"})

    assert "🙂" in content(client.get(ABOUT))


def test_going_back_keeps_the_half_written_step(client: Client, person: User) -> None:
    take(client, ABOUT)

    answer = client.post(OFFER, {"text": "Halvt skrevet", "language": "da", "go": "back"})

    assert answer["Location"] == ABOUT
    assert "Halvt skrevet" in content(client.get(OFFER))


def test_progress_is_shown(client: Client, person: User) -> None:
    take(client, ABOUT)

    shown = content(client.get(OFFER))

    assert 'aria-label="Trin 2 af 3"' in shown
    assert shown.count('aria-current="step"') == 1


def test_unit_gives_the_profile_its_name(client: Client, person: User) -> None:
    typed = {**TYPED[ABOUT], "kind": "clinician", "organisation": "Hospitalet", "unit": "Sårcentret"}
    client.post(ABOUT, typed)
    take(client, OFFER, NEED)

    profile = Profile.objects.get()
    assert (profile.name, profile.organisation.name) == ("Sårcentret", "Hospitalet")


@pytest.mark.parametrize("skipped", [OFFER, NEED])
def test_one_of_offer_and_need_is_enough(client: Client, person: User, skipped: str) -> None:
    take(client, ABOUT)
    for path in (OFFER, NEED):
        client.post(path, {"language": "da"} if path == skipped else TYPED[path])

    assert Statement.objects.count() == 2


def test_neither_offer_nor_need_is_refused_with_words(client: Client, person: User) -> None:
    take(client, ABOUT)
    client.post(OFFER, {"language": "da"})

    answer = client.post(NEED, {"language": "da"})

    assert answer.status_code == 422
    assert "Skriv et tilbud eller et behov" in content(answer)
    assert not Profile.objects.exists()


def test_taken_name_says_what_to_do_and_keeps_what_was_typed(client: Client, person: User) -> None:
    OrganisationFactory(name="sårsensor aps")

    answer = take(client, ABOUT)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["organisation"]
    assert "er her allerede" in content(answer)
    assert TYPED[ABOUT]["text"] in content(answer)


def test_name_taken_meanwhile_is_said_at_the_end(client: Client, person: User) -> None:
    take(client, ABOUT, OFFER)
    OrganisationFactory(name="Sårsensor ApS")

    answer = take(client, NEED)

    assert answer.status_code == 422
    assert answer.context["number"] == 1
    assert TYPED[ABOUT]["text"] in content(answer)
    assert TYPED[NEED]["text"] in content(client.get(NEED))


def test_same_name_in_another_hub_is_no_obstacle(client: Client, person: User) -> None:
    elsewhere = Hub.objects.create(slug="andetsteds", name="Andetsteds")
    OrganisationFactory(name="Sårsensor ApS", hub=elsewhere)

    take(client, ABOUT, OFFER, NEED)

    assert Profile.objects.count() == 1


def test_person_with_a_profile_is_sent_to_it(client: Client, hub: Hub) -> None:
    client.force_login(AffiliationFactory().user)

    assert [client.get(path)["Location"] for path in ("/start/", ABOUT)] == ["/my-profile/"] * 2
    assert client.post(NEED, TYPED[NEED])["Location"] == "/my-profile/"


def test_stranger_is_asked_to_sign_in(client: Client, hub: Hub) -> None:
    for path in ("/start/", ABOUT, OFFER, NEED):
        assert client.get(path)["Location"] == f"/account/login/?next={path}"


def test_later_steps_need_the_first(client: Client, person: User) -> None:
    assert client.post(NEED, TYPED[NEED])["Location"] == ABOUT
    assert not Profile.objects.exists()


def test_step_that_does_not_exist_is_not_found(client: Client, person: User) -> None:
    assert client.get("/start/nothing/").status_code == 404


def test_draft_of_another_person_is_not_shown(client: Client, person: User) -> None:
    take(client, ABOUT)

    client.force_login(UserFactory())

    assert TYPED[ABOUT]["text"] not in content(client.get(ABOUT))


@pytest.mark.parametrize("path", [ABOUT, OFFER, NEED])
@pytest.mark.parametrize("text", ["🙂", "ab\x00cd", "æ" * 100_000])
def test_broken_text_is_refused_beside_the_field_and_comes_back(
    client: Client, person: User, path: str, text: str
) -> None:
    take(client, ABOUT)

    answer = client.post(path, {**TYPED[path], "text": text})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["text"]
    assert answer.context["form"]["text"].value() == text


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (ABOUT, "kind"),
        (ABOUT, "municipality"),
        (ABOUT, "language"),
        (OFFER, "stage"),
        (OFFER, "collaboration"),
        (NEED, "purpose"),
        (NEED, "language"),
    ],
)
@pytest.mark.parametrize("value", ["findes_ikke", "<script>", "\x00"])
def test_unknown_code_is_refused_beside_the_field(
    client: Client, person: User, path: str, field: str, value: str
) -> None:
    take(client, ABOUT)

    answer = client.post(path, {**TYPED[path], field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "نحن \u202eabc", "Sa\u030arsensor"])
def test_strange_names_are_kept_as_text(client: Client, person: User, name: str) -> None:
    client.post(ABOUT, {**TYPED[ABOUT], "organisation": name})
    take(client, OFFER, NEED)

    profile = Profile.objects.get()
    shown = content(client.get(f"/my-profile/{profile.slug}/"))
    assert "<script>alert" not in shown
    assert profile.organisation.name
