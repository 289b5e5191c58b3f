"""Whether the circle of partners is whole, in words."""

import pytest

from hubs.models import Hub
from matching.domain.projects.completing import Table, look_at_table
from matching.enums import Consent, ProjectPart
from matching.models import Participant, ProjectRole
from profiles.models import Profile
from tests.factories import OrganisationFactory, ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ALL = ("firm", "knowledge", "public", "commercial")


def person(part: str, consent: str = "yes", profile: Profile | None = None) -> Participant:
    return Participant(profile=profile or ProfileFactory(), part=part, consent=consent)


def look(wanted: tuple[str, ...], *people: Participant) -> Table:
    return look_at_table([ProjectRole(part=part, wanted=f"om {part}") for part in wanted], people)


def texts(table: Table) -> list[str]:
    return [remark.text for remark in table.remarks if remark.lacks]


@pytest.fixture(autouse=True)
def _in_a_hub(hub: Hub) -> None:
    """Profiles belong to the default hub."""


def test_whole_table_has_nothing_to_remark() -> None:
    table = look(ALL, *(person(part) for part in ALL))

    assert (table.is_whole, table.remarks, table.missing, table.filled, table.wanted) == (True, (), (), 4, 4)


def test_missing_commercial_part_is_said_so() -> None:
    table = look(ALL, person("firm"), person("knowledge"), person("public"))

    assert texts(table) == ["No commercial part at the table: nobody to bring the result to those who buy."]
    assert (table.is_whole, table.missing, table.filled) == (False, (ProjectPart.COMMERCIAL,), 3)


def test_invited_is_not_yet_a_yes() -> None:
    table = look(("firm", "public"), person("firm"), person("public", "invited"))

    assert texts(table) == ["Nobody has said yes for the public part."]
    assert table.missing == ()


@pytest.mark.parametrize("consent", ["no", "left"])
def test_those_who_said_no_or_left_hold_nothing(consent: str) -> None:
    table = look(("firm", "public"), person("firm"), person("public", consent))

    assert texts(table) == ["Those asked for the public part have said no or left. Ask somebody else."]
    assert table.missing == (ProjectPart.PUBLIC,)


def test_one_yes_among_several_is_enough() -> None:
    table = look(
        ("public", "firm"), person("firm"), person("public", "no"), person("public", "invited"), person("public")
    )

    assert (table.is_whole, table.filled) == (True, 2)


def test_one_organisation_with_two_parts_is_advised_of() -> None:
    house = OrganisationFactory(name="Storhus")
    table = look(
        ALL,
        person("firm", profile=ProfileFactory(organisation=house)),
        person("commercial", profile=ProfileFactory(organisation=house)),
        person("knowledge"),
        person("public"),
    )

    (remark,) = table.remarks
    assert table.is_whole
    assert remark.text == ("Storhus holds 2 parts: Firm, Commercial route. Is one of them better with somebody else?")


def test_two_people_of_one_organisation_in_one_part_are_no_matter() -> None:
    house = OrganisationFactory(name="Storhus")
    table = look(
        ALL,
        *(person("firm", profile=ProfileFactory(organisation=house)) for _number in range(2)),
        *(person(part) for part in ALL[1:]),
    )

    assert table.remarks == ()


def test_project_that_asks_for_no_knowledge_is_advised() -> None:
    table = look(("firm", "public", "commercial"), *(person(part) for part in ("firm", "public", "commercial")))

    assert table.is_whole
    assert [(remark.code, remark.part) for remark in table.remarks] == [("not_asked_for", ProjectPart.KNOWLEDGE)]


def test_part_that_nobody_asked_for_but_somebody_holds_has_a_seat() -> None:
    table = look(("firm",), person("firm"), person("funding"))

    assert [(seat.part.value, seat.is_wanted, seat.is_filled) for seat in table.seats] == [
        ("firm", True, True),
        ("funding", False, True),
    ]


def test_founder_alone_is_told() -> None:
    codes = [remark.code for remark in look(ALL, person("firm")).remarks]

    assert codes == ["nobody", "nobody", "nobody", "alone"]


def test_empty_table_is_not_whole_where_parts_are_asked_for() -> None:
    assert look(ALL).is_whole is False
    assert look(()).is_whole is True


@pytest.mark.parametrize("part", ProjectPart.values)
@pytest.mark.parametrize("consent", [None, *Consent.values])
def test_every_part_has_words_in_every_state(part: str, consent: str | None) -> None:
    table = look((part,), *([person(part, consent)] if consent else []))

    assert table.is_whole is (consent == "yes")
    assert all(remark.text for remark in table.remarks)
