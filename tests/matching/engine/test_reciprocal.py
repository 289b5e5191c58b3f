"""Scoring in both directions: against a slow double loop, and against profiles that try to count twice."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.engine.reciprocal import (
    OWN_NEED_WEIGHT,
    Candidate,
    best_pairs,
    candidate_profiles,
    rank_reciprocal,
)
from matching.engine.vectors import StatementIndex, Vectors
from tests.matching.engine.index_rows import all_rows, filled_index, statement_rows, unit_vectors

DIMENSION = 6
NOTHING = np.empty((0, DIMENSION), dtype=np.float32)


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(3)


def rank(
    offers: StatementIndex,
    needs: StatementIndex,
    our_needs: Vectors,
    our_offers: Vectors,
    *,
    depth: int = 1000,
    offers_allowed: NDArray[np.bool_] | None = None,
) -> list[Candidate]:
    return rank_reciprocal(
        offers=offers,
        needs=needs,
        our_needs=our_needs,
        our_offers=our_offers,
        offers_allowed=all_rows(offers) if offers_allowed is None else offers_allowed,
        needs_allowed=all_rows(needs),
        depth=depth,
    )


def slow_best(index: StatementIndex, vectors: Vectors, queries: Vectors) -> dict[int, float]:
    """The best score of any pair for each profile, by two loops."""
    best: dict[int, float] = {}
    for row, vector in enumerate(vectors):
        profile = int(index.rows.profile[row])
        for query in queries:
            score = float(np.dot(query.astype(np.float64), vector.astype(np.float64)))
            best[profile] = max(score, best.get(profile, -2.0))
    return best


def slow_totals(forward: dict[int, float], backward: dict[int, float], *, both: bool) -> dict[int, float]:
    """The total of each profile that has a pair in any direction; a missing direction is a little below the worst."""
    worst_need = min(forward.values(), default=0.05) - 0.05
    worst_offer = min(backward.values(), default=0.05) - 0.05
    weights = (OWN_NEED_WEIGHT, 1 - OWN_NEED_WEIGHT) if both else (1.0, 1.0)
    return {
        profile: weights[0] * forward.get(profile, worst_need) + weights[1] * backward.get(profile, worst_offer)
        for profile in {*forward, *backward}
    }


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    offer_owners=st.lists(st.integers(1, 8), max_size=20),
    need_owners=st.lists(st.integers(1, 8), max_size=20),
    our_needs=st.integers(0, 3),
    our_offers=st.integers(0, 3),
)
def test_rank_equals_a_slow_double_loop(
    seed: int, offer_owners: list[int], need_owners: list[int], our_needs: int, our_offers: int
) -> None:
    generator = np.random.default_rng(seed)
    sizes = (len(offer_owners), len(need_owners), our_needs, our_offers)
    offer_vectors, need_vectors, seek, give = (unit_vectors(generator, size, DIMENSION) for size in sizes)
    offers, needs = filled_index(offer_vectors, offer_owners), filled_index(need_vectors, need_owners)

    ranked = rank(offers, needs, seek, give)

    forward, backward = slow_best(offers, offer_vectors, seek), slow_best(needs, need_vectors, give)
    totals = slow_totals(forward, backward, both=bool(our_needs and our_offers))
    assert {item.profile_id for item in ranked} == set(totals)
    assert len(ranked) == len(totals)
    np.testing.assert_allclose([item.score for item in ranked], sorted(totals.values(), reverse=True), atol=1e-6)
    for item in ranked:
        assert item.score == pytest.approx(totals[item.profile_id], abs=1e-6)
        assert (item.need_offer is not None, item.offer_need is not None) == (
            item.profile_id in forward,
            item.profile_id in backward,
        )
        if item.need_offer:
            ours, theirs = item.need_offer
            assert offers.rows.profile[theirs] == item.profile_id
            assert np.dot(seek[ours], offer_vectors[theirs]) == pytest.approx(forward[item.profile_id], abs=1e-6)
        if item.offer_need:
            ours, theirs = item.offer_need
            assert needs.rows.profile[theirs] == item.profile_id
            assert np.dot(give[ours], need_vectors[theirs]) == pytest.approx(backward[item.profile_id], abs=1e-6)


def directions(*angles: float) -> Vectors:
    """Vectors in the plane of the first two axes, `angles` in degrees from the first."""
    radians = np.radians(angles)
    table = np.zeros((len(angles), DIMENSION), dtype=np.float32)
    table[:, 0], table[:, 1] = np.cos(radians), np.sin(radians)
    return table


def test_rank_other_side_that_wants_it_too_beats_a_slightly_nearer_offer() -> None:
    offers = filled_index(directions(10, 15), [1, 2])
    needs = filled_index(directions(80, 5), [1, 2])

    ranked = rank(offers, needs, directions(0), directions(0))

    assert [item.profile_id for item in ranked] == [2, 1]


def test_rank_own_need_decides_more_than_theirs() -> None:
    offers = filled_index(directions(0, 40), [1, 2])
    needs = filled_index(directions(40, 0), [1, 2])

    ranked = rank(offers, needs, directions(0), directions(0))

    assert [item.profile_id for item in ranked] == [1, 2]


def test_rank_many_statements_of_one_profile_count_once() -> None:
    offers = filled_index(directions(5, *[6] * 50, 4), [1, *[1] * 50, 2])

    ranked = rank(offers, filled_index(NOTHING, []), directions(0), NOTHING)

    assert [item.profile_id for item in ranked] == [2, 1]
    assert [item.need_offer for item in ranked] == [(0, 51), (0, 0)]
    assert ranked[1].score == pytest.approx(np.cos(np.radians(5)), abs=1e-6)


def test_rank_one_profile_with_many_near_statements_hides_nobody() -> None:
    flood = [1] * 300
    offers = filled_index(directions(*[1] * 300, *range(10, 30)), [*flood, *range(2, 22)])

    ranked = rank(offers, filled_index(NOTHING, []), directions(0), NOTHING, depth=40)

    assert [item.profile_id for item in ranked][:11] == list(range(1, 12))


def test_candidate_profiles_flood_against_one_query_does_not_hide_that_querys_others() -> None:
    index = filled_index(directions(*[0] * 100, 5, 6, *[90] * 10), [*[1] * 100, 2, 3, *range(10, 20)])

    found = candidate_profiles(index, directions(0, 90), 8, all_rows(index))

    assert found.tolist()[:2] == [1, 2]


def test_rank_ties_stand_by_profile_id(generator: np.random.Generator) -> None:
    owners = generator.permutation(np.arange(1, 41)).tolist()
    same = np.repeat(unit_vectors(generator, 1, 384), 40, axis=0)
    offers, needs = filled_index(same, owners), filled_index(same, owners[::-1])

    ranked = rank(offers, needs, unit_vectors(generator, 3, 384), unit_vectors(generator, 2, 384))

    assert [item.profile_id for item in ranked] == list(range(1, 41))


def test_best_pairs_ties_within_a_profile_stand_by_statement_id() -> None:
    index = StatementIndex(DIMENSION)
    index.add(statement_rows([9, 4, 7], [1, 1, 1]), directions(20, 20, 20))

    pairs = best_pairs(index, directions(0, 0), np.array([1]), all_rows(index))

    assert (pairs.ours.tolist(), index.rows.statement[pairs.theirs].tolist()) == ([0], [4])


def test_rank_missing_direction_is_a_little_below_the_worst_known() -> None:
    offers = filled_index(directions(10, 50, 10), [1, 2, 3])
    needs = filled_index(directions(10, 50), [1, 2])

    ranked = {item.profile_id: item for item in rank(offers, needs, directions(0), directions(0))}

    absent = np.cos(np.radians(50)) - 0.05
    assert ranked[3].offer_need is None
    assert ranked[3].score == pytest.approx(0.6 * np.cos(np.radians(10)) + 0.4 * absent, abs=1e-6)
    assert (ranked[3].offer_share, ranked[3].need_share) == (0, 2 / 3)


def test_rank_shares_grow_with_rank() -> None:
    offers = filled_index(directions(10, 20, 30, 40), [4, 3, 2, 1])

    ranked = rank(offers, filled_index(NOTHING, []), directions(0), NOTHING)

    assert [(item.profile_id, item.need_share, item.offer_share) for item in ranked] == [
        (4, 1.0, 0), (3, 0.75, 0), (2, 0.5, 0), (1, 0.25, 0),
    ]  # fmt: skip


def test_rank_with_needs_alone_finds_by_offers_alone() -> None:
    offers, needs = filled_index(directions(10, 20), [1, 2]), filled_index(directions(0), [3])

    ranked = rank(offers, needs, directions(0), NOTHING)

    assert [(item.profile_id, item.need_offer, item.offer_need) for item in ranked] == [
        (1, (0, 0), None),
        (2, (0, 1), None),
    ]


def test_rank_finds_by_their_need_alone() -> None:
    offers, needs = filled_index(directions(90), [1]), filled_index(directions(0), [2])

    ranked = rank(offers, needs, NOTHING, directions(0))

    assert [(item.profile_id, item.need_offer, item.offer_need) for item in ranked] == [(2, None, (0, 0))]


def test_rank_without_own_statements_or_without_others_is_empty() -> None:
    full, empty = filled_index(directions(0), [1]), filled_index(NOTHING, [])

    assert rank(full, full, NOTHING, NOTHING) == []
    assert rank(empty, empty, directions(0), directions(0)) == []


def test_rank_never_pairs_with_what_is_not_allowed_or_dead() -> None:
    offers = filled_index(directions(0, 30, 0), [1, 1, 2])
    offers.remove_profiles([2])

    ranked = rank(
        offers,
        filled_index(NOTHING, []),
        directions(0),
        NOTHING,
        offers_allowed=np.array([False, True, True]),
    )

    assert [(item.profile_id, item.need_offer) for item in ranked] == [(1, (0, 1))]


def test_rank_scores_a_profile_in_full_even_where_only_one_direction_found_it() -> None:
    offers = filled_index(directions(0, 1, 2, 85), [1, 2, 3, 4])
    needs = filled_index(directions(80, 81, 82, 0), [1, 2, 3, 4])

    ranked = {item.profile_id: item for item in rank(offers, needs, directions(0), directions(0), depth=1)}

    assert set(ranked) == {1, 4}
    assert ranked[4].need_offer == (0, 3)
    assert ranked[1].offer_need == (0, 0)


def test_rank_is_the_same_each_time_and_after_packing(generator: np.random.Generator, tmp_path: Path) -> None:
    offers = filled_index(np.repeat(unit_vectors(generator, 20, 384), 3, axis=0), generator.permutation(60).tolist())
    offers.add(statement_rows(range(100, 110), [50] * 10), unit_vectors(generator, 10, 384))
    offers.remove_profiles([50, 7])
    needs, ours = filled_index(unit_vectors(generator, 0, 384), []), unit_vectors(generator, 2, 384)
    offers.save(tmp_path)
    packed = StatementIndex.load(tmp_path, dimension=384)

    first, again, after = (rank(index, needs, ours, ours) for index in (offers, offers, packed))

    assert first == again
    assert len(first) == 58
    assert [(item.profile_id, item.score) for item in after] == [(item.profile_id, item.score) for item in first]
