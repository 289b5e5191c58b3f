"""Importing a list with many broken rows: each is named with its reason, before and after, and the good ones come."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from events.domain.people.sheets import MOST_ROWS
from events.models import Event, Participant
from frontend.views.events.importing import MOST_PACKED, MOST_SHOWN
from hubs.enums import Role
from tests.frontend.conftest import SCRIPT, text_of, works_as
from tests.frontend.event_people import event_fixture  # noqa: F401

ADDRESS = "/en/events/medico-bazar/organise/import/"
BROKEN = MOST_SHOWN + 5


def preview(client: Client, rows: list[str]) -> str:
    content = "\n".join(("Name,Email,Company", *rows)).encode()
    return text_of(client.post(ADDRESS, {"file": SimpleUploadedFile("people.csv", content)}))


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r"Row of the file </span>(\d+)</td>", page)]


def packed(page: str) -> str:
    found = re.search(r'name="rows" value="([^"]+)"', page)
    return found.group(1) if found else ""


def test_every_broken_row_is_named_beforehand_and_afterwards(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    rows = [f'Person Nummer,none,"{SCRIPT.replace(chr(34), "")}"'] * BROKEN
    rows[3] = "Ida Lund,ida@example.test,Lund ApS"

    before = preview(client, rows)
    after = text_of(client.post(ADDRESS, {"rows": packed(before)}))

    broken = [number for number in range(2, BROKEN + 2) if number != 5]
    assert (numbers(before), numbers(after)) == (broken, broken)
    assert after.count("That is not an e-mail address") == len(broken)
    assert "<script>alert" not in after
    assert list(Participant.objects.values_list("name", flat=True)) == ["Ida Lund"]


def test_list_without_a_broken_row_leads_back_to_the_people(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    page = preview(client, ["Ida Lund,ida@example.test,Lund ApS"])

    answer = client.post(ADDRESS, {"rows": packed(page)})

    assert (answer.status_code, answer["Location"]) == (302, "/en/events/medico-bazar/organise/people/")


def test_as_many_rows_as_are_taken_fit_the_page_that_carries_them(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    # Codes that repeat less than names do.
    rows = [
        f"P {n * 7919 % 99_991:x}kim,{n * 104_729 % 999_983:x}@{n:x}.example,Firma {n % 1_500}"
        for n in range(MOST_ROWS)
    ]

    page = preview(client, rows)

    assert 100_000 < len(packed(page)) < MOST_PACKED


@pytest.mark.parametrize(
    ("rows", "told", "stored"),
    [
        (["Ida Lund,none,Lund ApS"], "The only row of the file is left out, so nothing is stored.", 0),
        (["Ida Lund,none,Lund ApS", ",,Lund ApS"], "All 2 rows of the file are left out, so nothing is stored.", 0),
        (["Ida Lund,none,Lund ApS", "Ole Lund,ole@example.test,Lund ApS"], "All other rows are stored.", 1),
    ],
)
def test_left_out_page_says_whether_anything_is_stored(
    client: Client, event: Event, rows: list[str], told: str, stored: int
) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    page = text_of(client.post(ADDRESS, {"rows": packed(preview(client, rows))}))

    assert (told in page, Participant.objects.count()) == (True, stored)
    assert ("Without a name" in page, "Comes for: </span><bdi>Lund ApS" in page) == (",," in "".join(rows), True)


def test_columns_that_nobody_reads_are_folded_away(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    headings = ",".join(f"Add-on {number}" for number in range(40))
    content = f"Name,Email,Company,{headings}\nIda Lund,ida@example.test,Lund ApS\n".encode()

    page = text_of(client.post(ADDRESS, {"file": SimpleUploadedFile("people.csv", content)}))

    folded = re.search(r"<details[^>]*><summary>40 columns of the file are not read</summary>(.*?)</details>", page)
    assert (folded.group(1) if folded else "").count("<li>") == 40
    assert page.count("Add-on 39") == 1
