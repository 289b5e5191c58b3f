"""The small numbers of the index columns; their order is part of the snapshot format."""

import pytest

from hubs.enums import Visibility
from matching.engine.purposes import ALL_KINDS
from matching.indexing.codes import KINDS, LEVELS, NO_REGION, kind_number, level_number, region_number
from profiles.enums import ProfileKind


def test_kinds_keep_their_numbers() -> None:
    assert [kind.value for kind in KINDS] == [
        "firm", "researcher", "clinician", "municipality", "knowledge_institution", "investor", "adviser", "student",
    ]  # fmt: skip
    assert [kind_number(kind) for kind in KINDS] == list(range(8))


def test_every_kind_of_profile_has_a_number_and_a_rule() -> None:
    assert set(KINDS) == set(ProfileKind)
    assert set(ALL_KINDS) == set(ProfileKind.values)


def test_levels_grow_with_secrecy() -> None:
    assert LEVELS == (Visibility.PUBLIC, Visibility.MEMBERS, Visibility.HUB)
    assert set(LEVELS) == set(Visibility)


@pytest.mark.parametrize(
    ("visibilities", "level"),
    [
        (("public",), 0),
        (("public", "public"), 0),
        (("public", "members"), 1),
        (("members", "public"), 1),
        (("hub", "public"), 2),
        (("members", "hub"), 2),
    ],
)
def test_level_is_the_most_secret_of_statement_and_profile(visibilities: tuple[str, ...], level: int) -> None:
    assert level_number(*visibilities) == level


@pytest.mark.parametrize("unknown", ["", "everybody"])
def test_unknown_kind_or_level_is_refused(unknown: str) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        kind_number(unknown)
    with pytest.raises(ValueError, match="is not a valid"):
        level_number(unknown)


@pytest.mark.parametrize(
    ("key", "number"), [("region:1081", 1081), (None, NO_REGION), ("", NO_REGION), ("region:x", 0)]
)
def test_region_number_is_the_official_code(key: str | None, number: int) -> None:
    assert region_number(key) == number
