"""The whole demo, loaded once for this module: what its visitors find; a second load adds nothing."""

from collections.abc import Iterator

import pytest
import yaml
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from demo.loading import DATA_DIR, LoadedDemo, load_demo
from demo.people import DEMO_PEOPLE, demo_people
from events.models import Event
from events.queries.days import participant_ids
from hubs.enums import Role
from hubs.models import Hub, Membership, User
from profiles.models import Affiliation, Organisation, Profile, Statement
from tests.demo.counts import rows_of_ours
from tests.factories import HubFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(scope="module")
def whole(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LoadedDemo]:
    """The whole demo, in a transaction around the tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo()
        transaction.set_rollback(True)


def test_demo_is_loaded_into_the_hub_that_opens_by_itself(whole: LoadedDemo) -> None:
    assert Hub.objects.get() == whole.hub
    assert (whole.hub.slug, whole.created, len(whole.profiles)) == ("midtbro", 160, 160)
    assert Profile.objects.filter(hub=whole.hub).count() == 160
    assert Statement.objects.filter(hub=whole.hub).count() == whole.statements
    assert whole.statements >= 480
    assert Organisation.objects.exclude(hub=whole.hub).count() == 0
    assert {key for key, profile in whole.profiles.items() if profile.slug != key} == set()


def test_every_profile_tells_region_and_themes(whole: LoadedDemo) -> None:
    assert Profile.objects.filter(region=None).count() == 0
    assert Profile.objects.filter(theme_links=None).count() == 0
    assert Profile.objects.filter(kind="clinician", specialty=None).count() == 0
    assert Profile.objects.filter(kind="municipality", municipal_field=None).count() == 0
    assert Organisation.objects.filter(profiles__kind="firm", sector=None).count() == 0


def test_event_has_its_participants(whole: LoadedDemo) -> None:
    event = Event.objects.get()
    written = yaml.safe_load((DATA_DIR / "events.yaml").read_text(encoding="utf-8"))[0]["participants"]

    assert (event.slug, event.hub) == ("medico-bazar-2027", whole.hub)
    assert participant_ids(event) == {whole.profiles[key].pk for key in written}
    assert len(participant_ids(event)) >= 80
    assert event.starts_at.isoformat() == "2027-03-18T08:00:00+00:00"


def test_people_can_be_tried_out_in_every_role(whole: LoadedDemo) -> None:
    roles = {user.email: user.memberships.get(hub=whole.hub).role for user in User.objects.all()}
    assert roles == {person.email: person.role for person in DEMO_PEOPLE}
    assert set(roles.values()) == {Role.MEMBER, Role.FACILITATOR, Role.ORGANISER, Role.HUB_ADMIN}


def test_people_speak_for_the_organisations_of_their_profiles(whole: LoadedDemo) -> None:
    spoken_for = {each.user.email: each.organisation_id for each in Affiliation.objects.all()}

    assert spoken_for == {
        person.email: whole.profiles[person.profile_key].organisation_id for person in DEMO_PEOPLE if person.profile_key
    }


def test_nobody_is_an_operator_or_has_a_password(whole: LoadedDemo) -> None:
    people = User.objects.all()

    assert [user for user in people if user.is_staff or user.has_usable_password()] == []
    assert len(people) == len(DEMO_PEOPLE)


def test_log_in_buttons_stand_in_their_order(whole: LoadedDemo) -> None:
    people = demo_people(whole.hub)

    assert [user.email for user in people] == [person.email for person in DEMO_PEOPLE]
    assert [user.demo_label for user in people] == [person.label_en for person in DEMO_PEOPLE]
    assert demo_people(HubFactory(slug="nordbro")) == []


def test_loading_twice_changes_nothing(whole: LoadedDemo) -> None:
    before = rows_of_ours()
    saved = set(Profile.objects.values_list("slug", "updated_at"))

    again = load_demo()

    assert again.created == 0
    assert rows_of_ours() == before
    assert set(Profile.objects.values_list("slug", "updated_at")) == saved


def test_loading_again_keeps_what_people_changed(whole: LoadedDemo) -> None:
    Profile.objects.filter(slug="saarvang-medical").update(name="Omdøbt")
    Membership.objects.filter(user__email="facilitator@midtbro.example").update(role=Role.HUB_ADMIN)
    Statement.objects.filter(profile__slug="pulsvig").delete()

    again = load_demo()

    assert again.created == 0
    assert Profile.objects.get(slug="saarvang-medical").name == "Omdøbt"
    assert Membership.objects.get(user__email="facilitator@midtbro.example").role == Role.HUB_ADMIN
    assert Statement.objects.filter(profile__slug="pulsvig").count() == 0


def test_loading_again_brings_back_what_is_missing(whole: LoadedDemo) -> None:
    before = rows_of_ours()
    Profile.objects.filter(slug="pulsvig").delete()

    again = load_demo()

    assert again.created == 1
    after = rows_of_ours()
    for name in ("Profile", "Organisation", "Statement", "ProfileTheme", "Participation"):
        assert after[name] == before[name]


def test_command_says_what_it_did(whole: LoadedDemo, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")

    count = Statement.objects.count()
    line = f"Midtbro, klynge for sundhedsteknologi: 160 profiles (0 new), {count} statements.\n"
    assert capsys.readouterr().out == line
