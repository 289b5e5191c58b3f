"""Organisations that come with people: in the preview, chosen by hand, and named where visitors do not see them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from events.models import Event, EventStatement
from hubs.enums import Role
from profiles.models import Profile
from tests.factories import ProfileFactory
from tests.frontend.conftest import SCRIPT, text_of, works_as
from tests.frontend.event_people import FORM, comes, event_fixture  # noqa: F401

PEOPLE = "/en/events/medico-bazar/organise/people/"
IMPORT = "/en/events/medico-bazar/organise/import/"


def packed(page: str) -> str:
    found = re.search(r'name="rows" value="([^"]+)"', page)
    return found.group(1) if found else ""


def test_preview_shows_the_guess_and_the_texts_and_import_stores_them(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    script = SCRIPT.replace('"', "")
    content = (
        "Name,Email,Company,Product,Vi tilbyder,Senior\n"
        f'Ida Lund,ida@example.test,Aalborg Universitet,Udstiller,"{script}",måske\n'
    )

    page = text_of(client.post(IMPORT, {"file": SimpleUploadedFile("people.csv", content.encode())}))
    done = text_of(client.post(IMPORT, {"rows": packed(page)}, follow=True))

    assert "Knowledge institution (as its name says)" in page
    assert ("<script>alert" in page, "“måske” is neither yes nor no" in page) == (False, True)
    assert (EventStatement.objects.get().text, Profile.objects.get().visibility) == (script, "public")
    assert "not seen by visitors" not in done


@pytest.mark.parametrize(("chosen", "kind"), [("", "municipality"), ("clinician", "clinician")])
def test_kind_of_a_new_organisation_is_chosen_by_hand(client: Client, event: Event, chosen: str, kind: str) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    client.post(f"{PEOPLE}new/", {
        **FORM, "organisation": "Aalborg Kommune", "language": "da", "organisation_kind": chosen, "kind": "exhibitor",
    })  # fmt: skip

    assert list(Profile.objects.values_list("kind", "visibility")) == [(kind, "public")]


def test_kind_that_is_none_is_refused(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    answer = client.post(f"{PEOPLE}new/", {
        **FORM, "organisation": "Ny", "language": "da", "organisation_kind": SCRIPT,
    })  # fmt: skip

    assert (answer.status_code, Profile.objects.count()) == (422, 0)


def test_organiser_reads_who_is_not_seen_and_lets_them_be(client: Client, event: Event) -> None:
    for number, name in enumerate(("Ny ApS", "Ny A/S", SCRIPT)):
        profile = ProfileFactory(name=name, slug=f"ny-{number}", visibility="hub" if name == SCRIPT else "members")
        comes(event, profile, f"n{number}@example.test", kind="exhibitor")
    works_as(client, event.hub, Role.ORGANISER)
    page = text_of(client.get(PEOPLE))

    after = text_of(client.post(f"{PEOPLE}show-exhibitors/", follow=True))

    assert ("3 exhibitors are not seen by visitors" in page, "<script>alert" in page) == (True, False)
    assert "1 exhibitor is not seen by visitors" in after
    assert sorted(Profile.objects.values_list("visibility", flat=True)) == ["hub", "public", "public"]


@pytest.mark.parametrize("role", [Role.MEMBER, None])
def test_button_is_the_organisers_and_a_post(client: Client, event: Event, role: Role | None) -> None:
    comes(event, ProfileFactory(visibility="members"), kind="exhibitor")
    if role:
        works_as(client, event.hub, role)

    answer = client.post(f"{PEOPLE}show-exhibitors/")
    works_as(client, event.hub, Role.ORGANISER)

    assert (answer.status_code, client.get(f"{PEOPLE}show-exhibitors/").status_code) == (403 if role else 302, 405)
    assert Profile.objects.get().visibility == "members"
