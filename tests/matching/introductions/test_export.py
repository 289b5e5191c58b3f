"""The record for procurement law: complete, of one's own contacts, and safe to open in a spreadsheet."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubs.models import Hub, User
from hubs.policies import Viewer
from matching.domain.introductions.answering import accept_introduction
from matching.domain.introductions.declaring import declare_interests
from matching.domain.introductions.export import as_csv, headings, procurement_rows, safe_cell, table
from matching.models import Introduction
from tests.factories import HubFactory
from tests.matching.introductions.parties import LATER, Person, accepted, at, broker, drafted, party, sent

MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}


def test_a_row_says_who_talked_to_whom_about_what_and_when(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    contact = accepted(firm, ward)
    declare_interests(contact, side="receiver", has_interests=True, text="Aktier.", actor=ward.user, now=LATER)

    (row,) = procurement_rows(facilitator[1], **MARCH)

    assert (row.number, row.sent_on, row.answered_on) == (str(contact.public_id), "2026-03-02", "2026-03-02")
    assert (row.seeker, row.receiver) == ("Sårpleje ApS", "Afdeling for Intensiv")
    assert (row.seeker_people, row.receiver_people) == (firm.user.name, ward.user.name)
    assert (row.purpose, row.step, row.state) == ("Feedback", "Light contact", "Both said yes")
    assert (row.seeker_declares, row.receiver_declares) == ("not declared", "has interests: Aktier.")
    assert row.asked == contact.asked


def test_a_yes_told_by_phone_names_no_facilitator_among_their_people(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    accept_introduction(sent(firm, ward), side="receiver", actor=facilitator[0], now=LATER, source="phone")

    (row,) = procurement_rows(facilitator[1], **MARCH)

    assert (row.seeker_people, row.receiver_people) == (firm.user.name, "")


def test_who_has_left_the_organisation_since_stays_on_record(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    accepted(firm, ward)
    ward.user.affiliations.all().delete()

    (row,) = procurement_rows(facilitator[1], **MARCH)

    assert row.receiver_people == ward.user.name


def test_days_are_local_and_both_ends_count(firm: Person, ward: Person, facilitator: tuple[User, Viewer]) -> None:
    sent(firm, ward, now=at("2026-03-31", 23, 59))

    assert len(procurement_rows(facilitator[1], since=date(2026, 3, 31), until=date(2026, 3, 31))) == 1
    assert procurement_rows(facilitator[1], since=date(2026, 4, 1), until=date(2026, 4, 2)) == []
    assert procurement_rows(facilitator[1], since=date(2026, 3, 1), until=date(2026, 3, 30)) == []


def test_each_reads_its_own_contacts_and_drafts_are_none(firm: Person, ward: Person, hub: Hub) -> None:
    mine = sent(firm, ward)
    sent(party(hub), other := party(hub))
    drafted(firm, other)

    assert [row.number for row in procurement_rows(firm.viewer, **MARCH)] == [str(mine.public_id)]
    assert [row.number for row in procurement_rows(ward.viewer, **MARCH)] == [str(mine.public_id)]
    assert len(procurement_rows(broker(hub)[1], **MARCH)) == 2
    assert procurement_rows(broker(HubFactory(slug="anden", name="Anden"))[1], **MARCH) == []
    assert procurement_rows(Viewer(hub.pk), **MARCH) == []


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+45 12 34",
        "-2",
        "@SUM(A1)",
        "  =cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        "'=1",
        '"=1',
        "＝1+1",
        "\u200b=1",
        "|x",
        "%x",
    ],
)
def test_no_cell_begins_as_a_formula(hostile: str) -> None:
    cell = safe_cell(hostile)

    assert cell.startswith("'")
    assert cell.removeprefix("'").lstrip("'\"\u200b ")[:1] == hostile.lstrip("'\"\u200b \t\r")[:1]


@given(st.text(max_size=40))
def test_any_text_becomes_one_safe_line(text: str) -> None:
    cell = safe_cell(text)

    assert "\n" not in cell
    assert "\r" not in cell
    assert cell[:1] not in {"=", "+", "-", "@", "\t"}
    assert safe_cell(cell) in {cell, f"'{cell}"}


def test_harmless_text_stays_as_it_is() -> None:
    assert safe_cell("Sår & pleje – 50 % af tiden; “ja”") == "Sår & pleje – 50 % af tiden; “ja”"


def test_hostile_words_come_through_the_file_whole(
    firm: Person, ward: Person, facilitator: tuple[User, Viewer]
) -> None:
    contact = accepted(firm, ward)
    words = '=HYPERLINK("http://x.example";"klik");\r\nlinje "to"; æøå'
    Introduction.objects.filter(pk=contact.pk).update(asked=words)

    content = as_csv(procurement_rows(facilitator[1], **MARCH))
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))

    assert content.startswith(b"\xef\xbb\xbf")
    assert lines[0] == headings()
    assert len(lines) == 2
    assert lines[1][headings().index("What was asked")] == "'" + " ".join(words.split())


def test_no_rows_give_the_headings_alone() -> None:
    assert table([]) == [headings()]
    assert len(headings()) == 19


def test_a_simulated_contact_says_that_it_is(firm: Person, ward: Person) -> None:
    sent(firm, ward)
    Introduction.objects.update(is_simulated=True)

    assert [row.state for row in procurement_rows(firm.viewer, **MARCH)] == ["Sent (simulated)"]
