"""Making, changing and removing statements: who may, the limits, and what the record keeps."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import EditConflict, InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from profiles.domain.fields import StatementFields
from profiles.domain.statements import (
    MAX_STATEMENTS,
    add_statement,
    remove_statement,
    store_statement,
    update_statement,
)
from profiles.models import Profile, Statement
from tests.factories import HubFactory, ProfileFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.usefixtures("english")

NEED = StatementFields(kind="need", text="Vi søger en afdeling med bensår.", purpose="test")
ABOUT = StatementFields(kind="about", text="Vi laver folier til forbindinger.")


@pytest.fixture
def profile(hub: Hub) -> Profile:
    return ProfileFactory(hub=hub)


def owner_of(profile: Profile) -> Viewer:
    return Viewer(profile.hub_id, Role.MEMBER, UserFactory().pk, frozenset({profile.organisation_id}))


def staff_of(profile: Profile, role: Role) -> Viewer:
    return Viewer(profile.hub_id, role, UserFactory().pk)


def test_owner_adds_a_statement(profile: Profile) -> None:
    owner = owner_of(profile)

    statement = add_statement(profile, viewer=owner, fields=NEED)

    stored = Statement.objects.get()
    assert stored == statement
    assert (stored.hub_id, stored.profile, stored.kind, stored.text) == (
        profile.hub_id,
        profile,
        "need",
        NEED.text,
    )
    assert (stored.purpose_id, stored.version, stored.position) == ("contact_purpose:test", 1, 0)
    record = AuditRecord.objects.get()
    assert (record.actor_id, record.action, record.subject_type, record.subject_id) == (
        owner.user_id,
        "create",
        "statement",
        statement.public_id,
    )


def test_statements_keep_the_order_in_which_they_were_added(profile: Profile) -> None:
    owner = owner_of(profile)
    added = [add_statement(profile, viewer=owner, fields=NEED) for _ in range(3)]

    assert list(profile.statements.all()) == added
    assert [statement.position for statement in added] == [0, 1, 2]


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.HUB_ADMIN])
def test_brokers_may_write_change_and_remove(profile: Profile, role: Role) -> None:
    viewer = staff_of(profile, role)

    statement = add_statement(profile, viewer=viewer, fields=NEED)
    update_statement(statement, viewer=viewer, version=1, fields=NEED)
    remove_statement(statement, viewer=viewer)

    assert list(AuditRecord.objects.order_by("id").values_list("action", flat=True)) == [
        "create",
        "update",
        "delete",
    ]


@pytest.mark.parametrize("role", [Role.VISITOR, Role.MEMBER, Role.ORGANISER])
def test_others_may_not_write_change_or_remove(profile: Profile, role: Role) -> None:
    statement = StatementFactory(profile=profile, text="Som før, uden ændring.")
    stranger = Viewer(profile.hub_id, role, UserFactory().pk, frozenset({ProfileFactory().organisation_id}))

    with pytest.raises(NotAllowed):
        add_statement(profile, viewer=stranger, fields=NEED)
    with pytest.raises(NotAllowed):
        update_statement(statement, viewer=stranger, version=1, fields=NEED)
    with pytest.raises(NotAllowed):
        remove_statement(statement, viewer=stranger)

    assert list(Statement.objects.values_list("text", "version")) == [("Som før, uden ændring.", 1)]
    assert AuditRecord.objects.count() == 0


def test_other_hubs_admin_may_not_touch_a_statement(profile: Profile) -> None:
    statement = StatementFactory(profile=profile)
    other = HubFactory(slug="nordbro")
    viewer = Viewer(other.pk, Role.HUB_ADMIN, UserFactory().pk, frozenset({profile.organisation_id}))

    with pytest.raises(NotAllowed):
        remove_statement(statement, viewer=viewer)

    assert Statement.objects.count() == 1


def test_change_is_recorded_by_field_and_without_words(profile: Profile) -> None:
    statement = StatementFactory(profile=profile)
    fields = StatementFields(
        kind="offer", text="En strengt hemmelig metode.", visibility="hub", expires_on=date(2027, 1, 31)
    )

    update_statement(statement, viewer=owner_of(profile), version=1, fields=fields)

    stored = Statement.objects.get()
    assert (stored.text, stored.visibility, stored.expires_on, stored.version) == (
        "En strengt hemmelig metode.",
        "hub",
        date(2027, 1, 31),
        2,
    )
    record = AuditRecord.objects.get()
    assert (record.action, record.changed_fields) == ("update", ["expires_on", "text", "visibility"])
    assert "hemmelig" not in str(list(AuditRecord.objects.values()))


def test_profile_has_one_about_text(profile: Profile) -> None:
    owner = owner_of(profile)
    add_statement(profile, viewer=owner, fields=ABOUT)

    with pytest.raises(InvalidInput, match="has an about-text already") as refusal:
        add_statement(profile, viewer=owner, fields=ABOUT)

    assert refusal.value.details == {"field": "kind"}
    assert Statement.objects.count() == 1


def test_statement_cannot_become_a_second_about_text(profile: Profile) -> None:
    StatementFactory(profile=profile, kind="about")
    offer = StatementFactory(profile=profile, kind="offer")

    with pytest.raises(InvalidInput, match="has an about-text already") as refusal:
        update_statement(offer, viewer=owner_of(profile), version=1, fields=ABOUT)

    offer.refresh_from_db()
    assert refusal.value.details == {"field": "kind"}
    assert (offer.kind, offer.version) == ("offer", 1)


def test_about_text_itself_can_be_changed(profile: Profile) -> None:
    about = StatementFactory(profile=profile, kind="about")

    update_statement(about, viewer=owner_of(profile), version=1, fields=ABOUT)

    assert Statement.objects.get().text == ABOUT.text


def test_other_profiles_about_text_is_no_obstacle(profile: Profile) -> None:
    StatementFactory(profile=ProfileFactory(organisation=profile.organisation), kind="about")

    add_statement(profile, viewer=owner_of(profile), fields=ABOUT)

    assert Statement.objects.filter(kind="about").count() == 2


def test_database_refuses_a_second_about_text(profile: Profile) -> None:
    StatementFactory(profile=profile, kind="about")

    with pytest.raises(IntegrityError), transaction.atomic():
        StatementFactory(profile=profile, kind="about")


def test_database_refuses_a_statement_without_text(profile: Profile) -> None:
    with pytest.raises(IntegrityError, match="statement_has_text"), transaction.atomic():
        StatementFactory(profile=profile, text="")


def test_last_free_place_is_filled_and_the_next_statement_refused(profile: Profile) -> None:
    Statement.objects.bulk_create(
        Statement(hub_id=profile.hub_id, profile=profile, kind="offer", text="Tilbud")
        for _ in range(MAX_STATEMENTS - 1)
    )
    owner = owner_of(profile)
    add_statement(profile, viewer=owner, fields=NEED)

    with pytest.raises(InvalidInput, match="at most 500 texts"):
        add_statement(profile, viewer=owner, fields=NEED)

    assert profile.statements.count() == MAX_STATEMENTS == 500


def test_full_profile_still_lets_its_texts_be_changed(profile: Profile) -> None:
    Statement.objects.bulk_create(
        Statement(hub_id=profile.hub_id, profile=profile, kind="offer", text="Tilbud") for _ in range(MAX_STATEMENTS)
    )
    statement = profile.statements.first()
    assert statement is not None

    assert update_statement(statement, viewer=owner_of(profile), version=1, fields=NEED).kind == "need"


@pytest.mark.parametrize("seen", [0, 2, -1])
def test_save_over_another_version_is_refused(profile: Profile, seen: int) -> None:
    statement = StatementFactory(profile=profile, text="Som før, uden ændring.")

    with pytest.raises(EditConflict) as refusal:
        update_statement(statement, viewer=owner_of(profile), version=seen, fields=NEED)

    assert refusal.value.details == {"current_version": 1}
    assert Statement.objects.get().text == "Som før, uden ændring."


def test_second_of_two_editors_is_told(profile: Profile) -> None:
    StatementFactory(profile=profile)
    owner, one, two = owner_of(profile), Statement.objects.get(), Statement.objects.get()
    first = StatementFields(kind="offer", text="Den første skrev dette.")
    update_statement(one, viewer=owner, version=one.version, fields=first)

    with pytest.raises(EditConflict):
        update_statement(two, viewer=owner, version=two.version, fields=NEED)

    assert list(Statement.objects.values_list("text", "version")) == [("Den første skrev dette.", 2)]
    assert AuditRecord.objects.count() == 1


def test_statement_that_was_removed_meanwhile_is_not_found(profile: Profile) -> None:
    statement = StatementFactory(profile=profile)
    Statement.objects.all().delete()

    with pytest.raises(NotFound, match="cannot find that text"):
        update_statement(statement, viewer=owner_of(profile), version=1, fields=NEED)

    assert AuditRecord.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        StatementFields(kind="need", text="\x00"),
        StatementFields(kind="need", text=""),
        StatementFields(kind="need", text="Vi søger.", purpose="opi_light"),
    ],
)
def test_broken_rule_changes_nothing(profile: Profile, fields: StatementFields) -> None:
    statement = StatementFactory(profile=profile, text="Som før, uden ændring.")
    owner = owner_of(profile)

    with pytest.raises(InvalidInput):
        update_statement(statement, viewer=owner, version=1, fields=fields)
    with pytest.raises(InvalidInput):
        add_statement(profile, viewer=owner, fields=fields)

    assert list(Statement.objects.values_list("text", "version")) == [("Som før, uden ændring.", 1)]
    assert AuditRecord.objects.count() == 0


def test_owner_removes_a_statement_and_its_words_are_gone(profile: Profile) -> None:
    statement = StatementFactory(profile=profile, text="En hemmelig metode.")
    kept = StatementFactory(profile=profile)
    public_id = statement.public_id

    remove_statement(statement, viewer=owner_of(profile))

    assert list(Statement.objects.all()) == [kept]
    record = AuditRecord.objects.get()
    assert (record.action, record.subject_id, record.changed_fields) == ("delete", public_id, [])
    assert "hemmelig" not in str(list(AuditRecord.objects.values()))


def test_importer_sets_the_position(profile: Profile) -> None:
    assert store_statement(profile, fields=NEED, position=4).position == 4
    assert AuditRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("expires_on", "expired"),
    [(None, False), (date(2027, 3, 1), False), (date(2027, 2, 28), False), (date(2027, 2, 27), True)],
)
def test_last_day_of_validity_still_counts(expires_on: date | None, expired: bool) -> None:
    assert Statement(expires_on=expires_on).is_expired(date(2027, 2, 28)) is expired
