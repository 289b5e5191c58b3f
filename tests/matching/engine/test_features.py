"""Each column of a pair's features by an example made by hand, missing values, and ranges that hold for anything."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.calibration import HIGHEST, HIGHEST_WORDS, LOWEST_MEANING, LOWEST_WORDS
from matching.engine.candidates import Pool
from matching.engine.evidence import best_evidence, incidence, summed_evidence
from matching.engine.features import FEATURES, NAMES, NEUTRAL, Asker, Facts, PairFeatures, pair_features
from matching.engine.rows import ABOUT, DANISH, ENGLISH, NEED, OFFER, StatementRows
from tests.matching.engine.index_rows import statement_rows

# Kinds 0, 1, 2 play the parts 0, 1, 2; kind 3 has none.
ROLES = np.array([0, 1, 2, -1], np.int16)
NEED_ASK, OFFER_ASK = 0, 1


def asker(**changes: Any) -> Asker:
    """A Danish profile of kind 0 with one need (ask 0) and one offer (ask 1)."""
    plain: dict[str, Any] = {
        "statement_kind": np.array([NEED, OFFER], np.int16),
        "language": np.array([DANISH, DANISH], np.int16),
        "facts": Facts.none(2),
        "stage": np.zeros(2, np.int16),
        "named_kinds": np.zeros((2, 4), np.bool_),
        "role_of_kind": ROLES,
        "kind": 0,
        "themes": 0,
        "region": 0,
        "stages": frozenset(),
    }
    return Asker(**(plain | changes))


def pool_of(meaning: npt.ArrayLike, words: npt.ArrayLike | None = None) -> Pool:
    table = np.array(meaning, np.float32)
    other = np.zeros_like(table) if words is None else np.array(words, np.float32)
    return Pool(np.arange(1, table.shape[1] + 1), table, other, np.ones(len(table), np.float32))


def features(rows: StatementRows, pool: Pool, ours: Asker | None = None, facts: Facts | None = None) -> PairFeatures:
    return pair_features(ours or asker(), pool, rows, facts or Facts.none(len(rows)))


def column(found: PairFeatures, name: str) -> list[float]:
    return [round(float(value), 4) for value in found.matrix[:, NAMES.index(name)]]


def test_best_pair_of_each_direction() -> None:
    rows = statement_rows([1, 2, 3, 4], [10, 10, 10, 20], statement_kind=[OFFER, OFFER, NEED, ABOUT])
    found = features(rows, pool_of([[1, 3, 2, 9], [8, 7, 4, 9]], [[0.5, 0.25, -1, 0], [0, 0, 2, 0]]))

    assert found.profiles.tolist() == [10, 20]
    assert found.need_offer.tolist() == [[NEED_ASK, 1], [-1, -1]]
    assert found.offer_need.tolist() == [[OFFER_ASK, 2], [-1, -1]]
    assert found.same_need.tolist() == [[NEED_ASK, 2], [-1, -1]]
    assert column(found, "need_offer_meaning") == [3.0, 0.0]
    assert column(found, "need_offer_words") == [0.25, 0.0]
    assert column(found, "offer_need_meaning") == [4.0, 0.0]
    assert column(found, "offer_need_words") == [2.0, 0.0]
    assert column(found, "same_need_meaning") == [2.0, 0.0]


def test_equal_pairs_go_to_the_smaller_statement() -> None:
    rows = statement_rows([1, 2], [10, 10], statement_kind=[OFFER, OFFER])

    assert features(rows, pool_of([[3, 3], [0, 0]])).need_offer.tolist() == [[0, 0]]


def test_evidence_is_that_of_the_ask_that_finds_most() -> None:
    rows = statement_rows([1, 2, 3], [10, 10, 20])
    pool = pool_of([[1, 1, 5], [4, 4, 0]])
    _ids, owners = incidence(rows.profile)

    found = features(rows, pool)

    for name, measure in (("evidence", summed_evidence), ("best_evidence", best_evidence)):
        expected = np.max([measure(row, owners) for row in pool.score], axis=0)
        assert column(found, name) == [round(float(value), 4) for value in expected]


@pytest.mark.parametrize(
    ("ours", "theirs", "other_role", "same_kind"),
    [(0, 0, 0, 1), (0, 1, 1, 0), (0, 3, 0, 0), (3, 1, 1, 0), (3, 3, 0, 1), (-1, 1, 1, 0)],
)
def test_part_and_kind(ours: int, theirs: int, other_role: int, same_kind: int) -> None:
    rows = statement_rows([1], [10], kind=[theirs])

    found = features(rows, pool_of([[1], [1]]), asker(kind=ours))

    assert (column(found, "other_role"), column(found, "same_kind")) == ([other_role], [same_kind])


@pytest.mark.parametrize(
    ("ours", "theirs", "shared"), [(0, 0, 0), (0b11, 0, 0), (0b110, 0b011, 1), (0b11111, 0b11111, 3)]
)
def test_shared_themes_are_counted_up_to_three(ours: int, theirs: int, shared: int) -> None:
    facts = Facts(np.zeros(1, np.int16), np.zeros(1, np.int16), np.array([theirs]))

    assert column(features(statement_rows([1]), pool_of([[1], [1]]), asker(themes=ours), facts), "shared_themes") == [
        shared
    ]


@pytest.mark.parametrize(("ours", "theirs", "same"), [(1081, 1081, 1), (1081, 1082, 0), (0, 0, 0), (1081, 0, 0)])
def test_region_counts_only_when_known(ours: int, theirs: int, same: int) -> None:
    rows = statement_rows([1], region=[theirs])

    assert column(features(rows, pool_of([[1], [1]]), asker(region=ours)), "same_region") == [same]


@pytest.mark.parametrize(("ours", "theirs", "same"), [(5, 5, 1), (5, 6, 0), (0, 0, 0), (5, 0, 0)])
@pytest.mark.parametrize("name", ["same_purpose", "same_collaboration"])
def test_what_both_statements_name(name: str, ours: int, theirs: int, same: int) -> None:
    def facts(number: int, count: int) -> Facts:
        named, none = np.full(count, number, np.int16), np.zeros(count, np.int16)
        first, second = (named, none) if name == "same_purpose" else (none, named)
        return Facts(first, second, np.zeros(count, np.int64))

    found = features(statement_rows([1]), pool_of([[1], [1]]), asker(facts=facts(ours, 2)), facts(theirs, 1))

    assert column(found, name) == [same]


@pytest.mark.parametrize(("theirs", "same"), [(DANISH, 1), (ENGLISH, 0)])
def test_language_is_that_of_the_leading_pair(theirs: int, same: int) -> None:
    rows = statement_rows([1, 2], [10, 10], statement_kind=[OFFER, ABOUT], language=[theirs, 1 - theirs])

    assert column(features(rows, pool_of([[1, 9], [0, 0]])), "same_language") == [same]


@pytest.mark.parametrize(
    ("named", "theirs", "value"), [([], 1, 0), ([1], 1, 1), ([1], 2, -1), ([1, 2], 2, 1), ([3], 0, -1)]
)
def test_named_kind(named: list[int], theirs: int, value: int) -> None:
    table = np.zeros((2, 4), np.bool_)
    table[NEED_ASK, named] = True
    rows = statement_rows([1], kind=[theirs])

    assert column(features(rows, pool_of([[2], [1]]), asker(named_kinds=table)), "named_kind") == [value]


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted", "value"),
    [
        (0, 0, {7}, 0),
        (7, 0, {7}, 1),
        (0, 7, {7}, 1),
        (7, 8, {7}, 1),
        (8, 7, {7}, -1),
        (0, 8, {7}, -1),
        (7, 7, set(), 0),
    ],
)
def test_stage_fit(ours: int, theirs: int, wanted: set[int], value: int) -> None:
    rows = statement_rows([1], stage=[theirs])
    who = asker(stage=np.array([ours, ours], np.int16), stages=frozenset(wanted))

    assert column(features(rows, pool_of([[2], [1]]), who), "stage_fit") == [value]


def test_profile_without_a_pair_is_led_by_its_nearest_statement() -> None:
    rows = statement_rows([1, 2], [10, 10], statement_kind=[ABOUT, ABOUT], language=[DANISH, ENGLISH])

    found = features(rows, pool_of([[1, 2], [0, 0]]))

    assert column(found, "same_language") == [0]
    assert column(found, "need_offer_meaning") == [0]


def test_who_asks_nothing_gets_what_is_known_of_the_parties() -> None:
    nobody = asker(
        statement_kind=np.empty(0, np.int16),
        language=np.empty(0, np.int16),
        facts=Facts.none(),
        stage=np.empty(0, np.int16),
        named_kinds=np.empty((0, 4), np.bool_),
        region=1081,
    )
    rows = statement_rows([1, 2], [10, 20], region=[1081, 1082])

    found = features(rows, pool_of(np.empty((0, 2))), nobody)

    assert column(found, "same_region") == [1, 0]
    assert column(found, "evidence") == [0, 0]
    assert np.isfinite(found.matrix).all()


def test_no_candidates_are_no_rows() -> None:
    found = features(statement_rows([]), pool_of(np.empty((2, 0))))

    assert (found.matrix.shape, found.need_offer.shape) == ((0, len(NAMES)), (0, 2))


@given(st.integers(0, 100_000), st.integers(1, 25), st.sampled_from([1.0, 2.0]))
def test_every_value_lies_in_its_range(seed: int, count: int, weight: float) -> None:
    generator = np.random.default_rng(seed)
    drawn = {
        name: generator.integers(0, most, count)
        for name, most in (("statement_kind", 3), ("language", 2), ("kind", 4), ("region", 3), ("stage", 3))
    }
    rows = statement_rows(range(count), np.sort(generator.integers(0, 5, count)), **drawn)
    for name in ("kind", "region"):
        first = np.unique(rows.profile, return_index=True)[1][np.unique(rows.profile, return_inverse=True)[1]]
        getattr(rows, name)[:] = getattr(rows, name)[first]
    facts = Facts(
        *(generator.integers(0, 3, count).astype(np.int16) for _ in range(2)), generator.integers(0, 64, count)
    )
    pool = Pool(
        rows.statement,
        generator.choice([LOWEST_MEANING, 0.0, 3.3, HIGHEST], (2, count)).astype(np.float32),
        generator.choice([LOWEST_WORDS, 0.0, HIGHEST_WORDS], (2, count)).astype(np.float32),
        np.full(2, weight, np.float32),
    )
    who = asker(
        stage=generator.integers(0, 3, 2).astype(np.int16),
        named_kinds=generator.integers(0, 2, (2, 4)).astype(np.bool_),
        kind=int(generator.integers(-1, 4)),
        themes=int(generator.integers(0, 64)),
        stages=frozenset({1}),
    )

    found = pair_features(who, pool, rows, facts)

    for number, feature in enumerate(FEATURES):
        assert feature.low <= found.matrix[:, number].min(), feature.name
        assert found.matrix[:, number].max() <= feature.high, feature.name


def test_neutral_is_what_a_missing_pair_has() -> None:
    rows = statement_rows([1], statement_kind=[ABOUT], language=[ENGLISH], kind=[3])

    found = features(rows, pool_of([[0], [0]]))

    pairwise = [number for number, name in enumerate(NAMES) if name not in {"evidence"}]
    np.testing.assert_array_equal(found.matrix[0, pairwise], NEUTRAL[pairwise])
