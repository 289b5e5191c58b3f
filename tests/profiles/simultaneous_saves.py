"""Two people save at the same moment, in one process with the embedded settings and their SQLite file.

Run as a program with `VIDENBRO_DATA_DIR` set to a folder with an empty, migrated database: it lets two threads
start together for each case, and prints what became of them as JSON.
"""

import json
import sys
from collections.abc import Callable

import django

django.setup()

from hubs.enums import Role  # noqa: E402
from hubs.policies import Viewer  # noqa: E402
from kernel.models import AuditRecord  # noqa: E402
from profiles.domain.fields import OrganisationFields, ProfileFields, StatementFields  # noqa: E402
from profiles.domain.profiles import create_profile, update_profile  # noqa: E402
from profiles.domain.statements import add_statement, update_statement  # noqa: E402
from profiles.models import Organisation, Profile, Statement  # noqa: E402
from tests.factories import HubFactory, ProfileFactory, StatementFactory, UserFactory  # noqa: E402
from tests.together import save_together  # noqa: E402

NAMES = ("Den ene", "Den anden")


def two_editors_of_a_profile() -> dict[str, object]:
    """Both saw version 1."""
    profile = ProfileFactory()
    viewer = Viewer(profile.hub_id, Role.FACILITATOR, UserFactory().pk)
    outcomes = save_together(
        *(
            lambda name=name: update_profile(
                profile, viewer=viewer, version=1, fields=ProfileFields(kind="firm", name=name)
            )
            for name in NAMES
        )
    )
    profile.refresh_from_db()
    records = AuditRecord.objects.filter(subject_id=profile.public_id).count()
    return {
        "outcomes": outcomes,
        "version": profile.version,
        "kept": profile.name in NAMES,
        "records": records,
    }


def two_editors_of_a_statement() -> dict[str, object]:
    """Both saw version 1."""
    statement = StatementFactory()
    viewer = Viewer(statement.hub_id, Role.FACILITATOR, UserFactory().pk)
    outcomes = save_together(
        *(
            lambda name=name: update_statement(
                statement,
                viewer=viewer,
                version=1,
                fields=StatementFields(kind="need", text=f"{name} søger."),
            )
            for name in NAMES
        )
    )
    statement.refresh_from_db()
    return {"outcomes": outcomes, "version": statement.version}


def two_founders_of_one_organisation() -> dict[str, object]:
    """Two people, one name that is still free."""
    hub = HubFactory()

    def found(user_number: int) -> Callable[[], object]:
        user = UserFactory(email=f"founder{user_number}-{Profile.objects.count()}@firma.example")
        return lambda: create_profile(
            hub,
            viewer=Viewer(hub.pk, user_id=user.pk),
            user=user,
            organisation=OrganisationFields(name=f"Ny {before}"),
            fields=ProfileFields(kind="firm", name=f"Ny {before}"),
        )

    before = Profile.objects.count()
    outcomes = save_together(found(1), found(2))
    return {
        "outcomes": outcomes,
        "organisations": Organisation.objects.filter(name=f"Ny {before}").count(),
        "profiles": Profile.objects.count() - before,
    }


def two_about_texts() -> dict[str, object]:
    """One profile, twice its first about-text."""
    profile = ProfileFactory()
    viewer = Viewer(profile.hub_id, Role.FACILITATOR, UserFactory().pk)
    fields = StatementFields(kind="about", text="Hvem vi er, i få ord.")
    outcomes = save_together(*(lambda: add_statement(profile, viewer=viewer, fields=fields) for _name in NAMES))
    return {"outcomes": outcomes, "about": Statement.objects.filter(profile=profile, kind="about").count()}


def two_profiles_of_one_name() -> dict[str, object]:
    """Two organisations whose profiles would have the same address."""
    hub = HubFactory()
    number = Profile.objects.count()

    def create(organisation: str) -> Callable[[], object]:
        user = UserFactory(email=f"{organisation.replace(' ', '-')}-{number}@firma.example")
        return lambda: create_profile(
            hub,
            viewer=Viewer(hub.pk, user_id=user.pk),
            user=user,
            organisation=OrganisationFields(name=f"{organisation} {number}"),
            fields=ProfileFields(kind="firm", name=f"Samme navn {number}"),
        )

    outcomes = save_together(*(create(name) for name in NAMES))
    slugs = Profile.objects.filter(name=f"Samme navn {number}").values_list("slug", flat=True)
    return {"outcomes": outcomes, "addresses": len(set(slugs))}


def main() -> None:
    """Every case five times over."""
    cases = (
        two_editors_of_a_profile,
        two_editors_of_a_statement,
        two_founders_of_one_organisation,
        two_about_texts,
        two_profiles_of_one_name,
    )
    answer = {case.__name__: [case() for _round in range(5)] for case in cases}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
