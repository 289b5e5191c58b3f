"""Making and changing organisations and profiles: who may, what clashes, and what the record keeps."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hubs.enums import Role
from hubs.models import Hub, Membership, User
from hubs.policies import Viewer
from kernel.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from profiles.domain.fields import OrganisationFields, ProfileFields
from profiles.domain.profiles import (
    create_profile,
    store_organisation,
    update_organisation,
    update_profile,
)
from profiles.models import Affiliation, Organisation, Profile
from profiles.queries import organisation_ids_of
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.usefixtures("english")

FIELDS = ProfileFields(kind="firm", name="Saarvang Medical", themes=("near_care",), municipality="0751")
ORGANISATION = OrganisationFields(name="Saarvang Medical ApS", website="https://saarvang.example")


def viewer_for(hub: Hub, user: User, role: Role = Role.MEMBER) -> Viewer:
    return Viewer(hub.pk, role, user.pk, organisation_ids_of(hub.pk, user.pk))


def owner_of(profile: Profile) -> Viewer:
    return Viewer(profile.hub_id, Role.MEMBER, UserFactory().pk, frozenset({profile.organisation_id}))


def create(hub: Hub, user: User, **changes: Any) -> Profile:
    arguments: dict[str, Any] = {"organisation": ORGANISATION, "fields": FIELDS, **changes}
    return create_profile(hub, viewer=viewer_for(hub, user), user=user, **arguments)


def nothing_is_stored() -> bool:
    models = (Organisation, Profile, Affiliation, Membership, AuditRecord)
    return [model.objects.count() for model in models] == [0] * len(models)


def test_person_makes_organisation_and_profile_and_joins(hub: Hub) -> None:
    user = UserFactory()

    profile = create(hub, user)

    stored = Profile.objects.get()
    assert stored == profile
    assert (stored.slug, stored.hub, stored.version, stored.visibility) == (
        "saarvang-medical",
        hub,
        1,
        "public",
    )
    assert (stored.region_id, [link.theme_id for link in stored.theme_links.all()]) == (
        "region:1082",
        ["theme:near_care"],
    )
    assert (stored.organisation.name, stored.organisation.hub) == ("Saarvang Medical ApS", hub)
    assert list(Affiliation.objects.values_list("hub", "organisation", "user")) == [
        (hub.pk, stored.organisation_id, user.pk)
    ]
    assert Membership.objects.get().role == Role.MEMBER
    assert set(AuditRecord.objects.values_list("actor", "action", "subject_id")) == {
        (user.pk, "create", profile.public_id),
        (user.pk, "join", Membership.objects.get().public_id),
    }


def test_nobody_makes_a_profile_without_signing_in(hub: Hub) -> None:
    with pytest.raises(NotAllowed, match="Sign in first"):
        create_profile(hub, viewer=Viewer(hub.pk), user=UserFactory(), organisation=ORGANISATION, fields=FIELDS)

    assert nothing_is_stored()


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": ProfileFields(kind="firm", name="")},
        {"fields": ProfileFields(kind="firm", name="Saarvang", themes=("moon",))},
        {"fields": ProfileFields(kind="firm", name="Saarvang", contact_email="not an address")},
        {"organisation": OrganisationFields(name="Saarvang", website="javascript:alert(1)")},
        {"organisation": OrganisationFields(name="Saarvang", founded_year=1200)},
        {"organisation": OrganisationFields(name="Saarvang", employees=-1)},
        {"organisation": OrganisationFields(name="Saarvang", employees=10**30)},
        {"organisation": OrganisationFields(name="Saarvang", sector="near_care")},
    ],
)
def test_one_broken_rule_leaves_nothing_behind(hub: Hub, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create(hub, UserFactory(), **changes)

    assert refusal.value.details["field"]
    assert str(refusal.value)
    assert nothing_is_stored()


@pytest.mark.parametrize("name", ["Saarvang Medical ApS", "SAARVANG medical aps", "  Saarvang\n Medical ApS "])
def test_name_of_an_organisation_that_others_speak_for_is_taken(hub: Hub, name: str) -> None:
    create(hub, UserFactory())
    stranger = UserFactory()

    with pytest.raises(InvalidInput, match="“Saarvang Medical ApS” is here already") as refusal:
        create(hub, stranger, organisation=OrganisationFields(name=name))

    assert refusal.value.details == {"field": "organisation"}
    assert Profile.objects.count() == 1
    assert Affiliation.objects.filter(user=stranger).count() == 0


def test_name_taken_in_another_hub_is_free_here(hub: Hub) -> None:
    other = HubFactory(slug="nordbro")
    create(other, UserFactory())

    profile = create(hub, UserFactory())

    assert (profile.slug, profile.organisation.hub) == ("saarvang-medical", hub)
    assert Organisation.objects.count() == 2


def test_second_profile_of_the_own_organisation_keeps_its_details(hub: Hub) -> None:
    user = UserFactory()
    first = create(hub, user)

    second = create(
        hub,
        user,
        organisation=OrganisationFields(name="saarvang medical aps", website="https://other.example"),
        fields=ProfileFields(kind="firm", name="Saarvang Data"),
    )

    assert second.organisation == first.organisation
    assert Organisation.objects.get().website == "https://saarvang.example"
    assert (Affiliation.objects.count(), Membership.objects.count()) == (1, 1)


def test_organisation_of_that_name_is_stored_once_by_importers(hub: Hub) -> None:
    first = store_organisation(hub, fields=ORGANISATION)

    assert store_organisation(hub, fields=OrganisationFields(name="SAARVANG MEDICAL APS")) == first
    assert Organisation.objects.count() == 1


def test_owner_changes_a_profile_and_the_record_names_fields_only(hub: Hub) -> None:
    profile = create(hub, UserFactory())
    owner = owner_of(profile)
    fields = ProfileFields(
        kind="firm",
        name="Hemmelighedsfuldt Navn",
        themes=("sustainability",),
        contact_email="hemmelig@firma.example",
    )

    saved = update_profile(profile, viewer=owner, version=1, fields=fields)

    stored = Profile.objects.get()
    assert (stored.name, stored.version, stored.slug) == ("Hemmelighedsfuldt Navn", 2, "saarvang-medical")
    assert (stored.region_id, stored.municipality_id) == (None, None)
    assert [term.key for term in stored.themes.all()] == ["theme:sustainability"]
    assert saved.version == 2
    record = AuditRecord.objects.filter(action="update").get()
    assert (record.actor_id, record.subject_type, record.subject_id) == (
        owner.user_id,
        "profile",
        profile.public_id,
    )
    assert record.changed_fields == ["contact_email", "municipality_id", "name", "region_id", "themes"]
    assert "emmelig" not in str(list(AuditRecord.objects.values()))


def test_saving_the_same_again_records_no_changed_field(hub: Hub) -> None:
    profile = create(hub, UserFactory())

    update_profile(profile, viewer=owner_of(profile), version=1, fields=FIELDS)

    assert AuditRecord.objects.filter(action="update").get().changed_fields == []


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.HUB_ADMIN])
def test_brokers_may_change_a_profile(hub: Hub, role: Role) -> None:
    profile = ProfileFactory()

    update_profile(profile, viewer=viewer_for(hub, UserFactory(), role), version=1, fields=FIELDS)

    assert Profile.objects.get().name == "Saarvang Medical"


@pytest.mark.parametrize("role", [Role.VISITOR, Role.MEMBER, Role.ORGANISER])
def test_others_may_not_change_a_profile(hub: Hub, role: Role) -> None:
    profile = ProfileFactory(name="Som før")
    stranger = create(hub, UserFactory())
    viewer = Viewer(hub.pk, role, UserFactory().pk, frozenset({stranger.organisation_id}))

    with pytest.raises(NotAllowed):
        update_profile(profile, viewer=viewer, version=1, fields=FIELDS)

    profile.refresh_from_db()
    assert (profile.name, profile.version) == ("Som før", 1)
    assert AuditRecord.objects.filter(action="update").count() == 0


def test_other_hubs_admin_may_not_change_a_profile(hub: Hub) -> None:
    profile = ProfileFactory()
    other = HubFactory(slug="nordbro")
    viewer = Viewer(other.pk, Role.HUB_ADMIN, UserFactory().pk, frozenset({profile.organisation_id}))

    with pytest.raises(NotAllowed):
        update_profile(profile, viewer=viewer, version=1, fields=FIELDS)


@pytest.mark.parametrize("seen", [0, 2, 99, -1])
def test_save_over_another_version_is_refused(hub: Hub, seen: int) -> None:
    profile = ProfileFactory(name="Som før")

    with pytest.raises(EditConflict, match="Nothing of theirs or yours is lost") as refusal:
        update_profile(profile, viewer=owner_of(profile), version=seen, fields=FIELDS)

    profile.refresh_from_db()
    assert refusal.value.details == {"current_version": 1}
    assert (profile.name, profile.version) == ("Som før", 1)


def test_second_of_two_editors_is_told_and_can_save_again(hub: Hub) -> None:
    profile = ProfileFactory()
    owner, one, two = owner_of(profile), Profile.objects.get(), Profile.objects.get()
    update_profile(one, viewer=owner, version=one.version, fields=ProfileFields(kind="firm", name="Den første"))
    second = ProfileFields(kind="firm", name="Den anden")

    with pytest.raises(EditConflict) as refusal:
        update_profile(two, viewer=owner, version=two.version, fields=second)

    assert Profile.objects.get().name == "Den første"
    update_profile(two, viewer=owner, version=refusal.value.details["current_version"], fields=second)
    assert (Profile.objects.get().name, Profile.objects.get().version) == ("Den anden", 3)


def test_profile_that_was_removed_meanwhile_is_not_found(hub: Hub) -> None:
    profile = ProfileFactory()
    Profile.objects.all().delete()

    with pytest.raises(NotFound, match="cannot find that profile"):
        update_profile(profile, viewer=owner_of(profile), version=1, fields=FIELDS)

    assert AuditRecord.objects.count() == 0


@pytest.mark.parametrize("themes", [("moon",), ("near_care", "region:1082")])
def test_broken_theme_undoes_the_whole_save(hub: Hub, themes: tuple[str, ...]) -> None:
    profile = ProfileFactory(name="Som før")

    with pytest.raises(InvalidInput):
        update_profile(
            profile,
            viewer=owner_of(profile),
            version=1,
            fields=ProfileFields(kind="firm", name="Nyt", themes=themes),
        )

    profile.refresh_from_db()
    assert (profile.name, profile.version, profile.theme_links.count()) == ("Som før", 1, 0)


def test_owner_changes_an_organisation(hub: Hub) -> None:
    profile = create(hub, UserFactory())

    update_organisation(
        profile.organisation,
        viewer=owner_of(profile),
        version=1,
        fields=OrganisationFields(name="Saarvang A/S", employees=12, sector="medtech"),
    )

    stored = Organisation.objects.get()
    assert (stored.name, stored.employees, stored.sector_id, stored.website) == (
        "Saarvang A/S",
        12,
        "firm_sector:medtech",
        "",
    )
    record = AuditRecord.objects.filter(subject_type="organisation").get()
    assert record.changed_fields == ["employees", "name", "sector_id", "website"]


def test_organisation_saved_in_between_is_not_overwritten(hub: Hub) -> None:
    profile = create(hub, UserFactory())
    viewer = owner_of(profile)
    update_organisation(profile.organisation, viewer=viewer, version=1, fields=OrganisationFields(name="Første"))

    with pytest.raises(EditConflict):
        update_organisation(profile.organisation, viewer=viewer, version=1, fields=OrganisationFields(name="Anden"))

    assert (Organisation.objects.get().name, Organisation.objects.get().version) == ("Første", 2)


def test_organisation_removed_in_between_is_not_found(hub: Hub) -> None:
    profile = create(hub, UserFactory())
    viewer = owner_of(profile)
    Organisation.objects.all().delete()

    with pytest.raises(NotFound):
        update_organisation(profile.organisation, viewer=viewer, version=1, fields=OrganisationFields(name="Ny"))


@pytest.mark.parametrize("written", ["12345678", "1358562", "elleve", "00000000", "DK 12 34 56 78"])
def test_cvr_number_that_is_none_is_refused(hub: Hub, written: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        OrganisationFields(name="Saarvang", cvr_number=written).cleaned()

    assert refused.value.details["field"] == "cvr_number"


@pytest.mark.parametrize("written", ["13585628", "DK 13 58 56 28", ""])
def test_cvr_number_is_kept_as_eight_digits(hub: Hub, written: str) -> None:
    assert OrganisationFields(name="Saarvang", cvr_number=written).cleaned()["cvr_number"] in {"13585628", ""}


def test_own_name_may_change_its_case(hub: Hub) -> None:
    profile = ProfileFactory(organisation__name="Saarvang")

    update_organisation(
        profile.organisation, version=1, viewer=owner_of(profile), fields=OrganisationFields(name="SAARVANG")
    )

    assert Organisation.objects.get().name == "SAARVANG"


@pytest.mark.parametrize("name", ["Kvistholm Kirurgi", "kvistholm KIRURGI"])
def test_organisation_cannot_take_the_name_of_another(hub: Hub, name: str) -> None:
    """In other letters it would stand before the true one, whose own people could then not be told apart."""
    OrganisationFactory(name="Kvistholm Kirurgi")
    profile = ProfileFactory(organisation__name="Saarvang")

    with pytest.raises(InvalidInput, match="“Kvistholm Kirurgi” is here already") as refusal:
        update_organisation(
            profile.organisation, version=1, viewer=owner_of(profile), fields=OrganisationFields(name=name)
        )

    assert refusal.value.details == {"field": "organisation"}
    assert Organisation.objects.get(pk=profile.organisation_id).name == "Saarvang"


@pytest.mark.parametrize("role", Role)
def test_only_the_organisation_itself_changes_its_details(hub: Hub, role: Role) -> None:
    profile = ProfileFactory(organisation__name="Saarvang")

    with pytest.raises(NotAllowed):
        update_organisation(
            profile.organisation, version=1, viewer=viewer_for(hub, UserFactory(), role), fields=ORGANISATION
        )

    assert Organisation.objects.get().name == "Saarvang"


def test_person_of_the_organisation_cannot_change_it_from_another_hub(hub: Hub) -> None:
    profile = ProfileFactory(organisation__name="Saarvang")
    other = HubFactory(slug="nordbro")
    viewer = Viewer(other.pk, Role.MEMBER, UserFactory().pk, frozenset({profile.organisation_id}))

    with pytest.raises(NotAllowed):
        update_organisation(profile.organisation, version=1, viewer=viewer, fields=ORGANISATION)


@pytest.mark.parametrize(
    "make_twin",
    [
        lambda: OrganisationFactory(name="Saarvang"),
        lambda: ProfileFactory(slug="saarvang", organisation=Organisation.objects.get(name="Saarvang")),
        lambda: Affiliation.objects.create(
            hub=Hub.objects.get(),
            organisation=Organisation.objects.get(name="Saarvang"),
            user=User.objects.get(),
        ),
    ],
    ids=["organisation name", "profile slug", "affiliation"],
)
def test_database_refuses_twins(hub: Hub, make_twin: Callable[[], object]) -> None:
    profile = ProfileFactory(slug="saarvang", organisation__name="Saarvang")
    Affiliation.objects.create(hub=hub, organisation=profile.organisation, user=UserFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        make_twin()
