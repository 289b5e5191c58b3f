"""Who fits whom, purpose by purpose, and that a list which asks for missing roles loses nobody."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.purposes import (
    _NOT_SERVED,
    ALL_KINDS,
    ROLE_OF_KIND,
    ROLES,
    missing_roles,
    missing_roles_first,
    partner_kinds,
    serves,
)

COLLABORATIONS = Path(__file__).resolve().parents[3] / "profiles/taxonomies/collaboration_form.yaml"
PUBLIC_SIDE = {"clinician", "municipality"}


@pytest.mark.parametrize(
    ("seeker", "partners"),
    [
        ("firm", PUBLIC_SIDE),
        ("clinician", {"firm"}),
        ("municipality", {"firm"}),
        ("researcher", PUBLIC_SIDE),
        ("knowledge_institution", PUBLIC_SIDE),
        ("student", PUBLIC_SIDE),
        ("investor", set()),
        ("adviser", set()),
    ],
)
def test_opi_light_joins_inventors_and_the_public_side(seeker: str, partners: set[str]) -> None:
    assert set(partner_kinds("opi_light", seeker)) == partners


def test_opi_light_has_a_rule_for_every_kind() -> None:
    assert {kind for kind in ALL_KINDS if not partner_kinds("opi_light", kind)} == {"investor", "adviser"}


@pytest.mark.parametrize("seeker", ALL_KINDS)
def test_project_recommends_those_with_a_part_in_the_triple_helix(seeker: str) -> None:
    assert set(partner_kinds("project", seeker)) == set(ALL_KINDS) - {"investor", "adviser"}


@pytest.mark.parametrize("seeker", ALL_KINDS)
def test_event_recommends_everybody(seeker: str) -> None:
    assert partner_kinds("event", seeker) == ALL_KINDS


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ([], ("commercial", "knowledge", "public")),
        (["firm"], ("knowledge", "public")),
        (["researcher"], ("commercial", "public")),
        (["student", "knowledge_institution"], ("commercial", "public")),
        (["municipality"], ("commercial", "knowledge")),
        (["clinician", "municipality"], ("commercial", "knowledge")),
        (["firm", "clinician"], ("knowledge",)),
        (["firm", "researcher", "clinician"], ()),
        (["investor", "adviser"], ("commercial", "knowledge", "public")),
    ],
)
def test_missing_roles_are_those_nobody_fills(present: list[str], missing: tuple[str, ...]) -> None:
    assert missing_roles(present) == missing


def test_missing_roles_first_takes_the_best_of_each_role_in_turn() -> None:
    ranked = ["firm", "researcher", "researcher", "adviser", "clinician", "researcher"]

    order = missing_roles_first(ranked, ("knowledge", "public"))

    assert [ranked[i] for i in order] == [
        "researcher",
        "clinician",
        "researcher",
        "researcher",
        "firm",
        "adviser",
    ]
    assert order == [1, 4, 2, 5, 0, 3]


def test_missing_roles_first_among_heads_the_better_one_leads() -> None:
    assert missing_roles_first(["clinician", "researcher"], ("knowledge", "public")) == [0, 1]


def test_missing_roles_first_without_missing_roles_keeps_the_order() -> None:
    assert missing_roles_first(["firm", "clinician", "firm"], ()) == [0, 1, 2]


def test_missing_roles_first_of_nobody_is_empty() -> None:
    assert missing_roles_first([], ROLES) == []


KINDS = st.lists(st.sampled_from([*ALL_KINDS, "unknown kind"]), max_size=30)


@given(KINDS, st.lists(st.sampled_from(ROLES), unique=True))
def test_missing_roles_first_is_a_permutation(ranked: list[str], missing: list[str]) -> None:
    order = missing_roles_first(ranked, missing)

    assert sorted(order) == list(range(len(ranked)))


@given(KINDS, st.lists(st.sampled_from(ROLES), unique=True))
def test_missing_roles_first_keeps_rank_within_each_role_and_puts_missing_ones_first(
    ranked: list[str], missing: list[str]
) -> None:
    order = missing_roles_first(ranked, missing)

    roles = [ROLE_OF_KIND.get(ranked[i]) for i in order]
    wanted = [role in missing for role in roles]
    assert wanted == sorted(wanted, reverse=True)
    for role in missing:
        places = [i for i, found in zip(order, roles, strict=True) if found == role]
        assert places == sorted(places)
    others = [i for i, found in zip(order, wanted, strict=True) if not found]
    assert others == sorted(others)
    available = {role for role in roles if role in missing}
    assert set(roles[: len(available)]) == available


@pytest.mark.parametrize(
    ("purpose", "collaboration", "served"),
    [
        ("opi_light", "", True),
        ("opi_light", "distribution", False),
        ("opi_light", "research_project", False),
        ("project", "research_project", True),
        ("project", "investment", False),
        ("event", "investment", True),
        ("event", "", True),
    ],
)
def test_purpose_serves_some_forms_of_collaboration(purpose: str, collaboration: str, served: bool) -> None:
    assert serves(purpose, collaboration) is served


def test_forms_that_are_not_served_stand_in_the_taxonomy() -> None:
    known = {row["code"] for row in yaml.safe_load(COLLABORATIONS.read_text(encoding="utf-8"))["terms"]}

    refused = {code for code in known for purpose in ("opi_light", "project") if not serves(purpose, code)}
    assert {code for codes in _NOT_SERVED.values() for code in codes} == refused
