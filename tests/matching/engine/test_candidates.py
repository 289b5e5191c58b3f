"""Candidates by meaning and words: fusion by hand, scores for every statement of the pool, filters kept."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matching.engine.calibration import HIGHEST, Background
from matching.engine.candidates import RANK_CONSTANT, Ask, Found, Searcher, fuse_ranks, stacked
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import Ids, StatementRows
from matching.engine.stores import Hits, TermDocument, TermQuery
from matching.engine.terms import TantivyTermIndex
from tests.matching.engine.index_rows import EVERYTHING, statement_rows

DIMENSION = 4
WORDS = ["sensor mod tryksår", "robot til løft", "sensor i sengen", "helt andet"]


def ids(*numbers: int) -> Ids:
    return np.array(numbers, dtype=np.int64)


def searcher(words: Sequence[str] = WORDS, **columns: Sequence[int]) -> tuple[Searcher, StatementRows]:
    """Statements 1 to n, each with the unit vector of its place."""
    rows = statement_rows(range(1, len(words) + 1), **columns)
    vectors, terms = FaissVectorStore(DIMENSION), TantivyTermIndex.create()
    vectors.upsert(rows, np.eye(len(words), DIMENSION, dtype=np.float32))
    terms.upsert(rows, [TermDocument(text, "", "da") for text in words])
    return Searcher(vectors, terms, Background.none(DIMENSION)), rows


def ask(place: int, words: str) -> Ask:
    vector = np.eye(DIMENSION, dtype=np.float32)[place]
    return Ask(vector, (TermQuery(words, "da"),))


def test_fusion_by_hand() -> None:
    shares = {
        7: 1 / (RANK_CONSTANT + 1),
        5: 1 / (RANK_CONSTANT + 2) + 1 / (RANK_CONSTANT + 1),
        9: 1 / (RANK_CONSTANT + 3),
        3: 1 / (RANK_CONSTANT + 2),
    }

    found = fuse_ranks([ids(7, 5, 9), ids(5, 3)], 10).tolist()

    assert found == sorted(shares, key=lambda number: -shares[number]) == [5, 7, 3, 9]


def test_fusion_breaks_ties_by_id_and_cuts_at_the_depth() -> None:
    assert fuse_ranks([ids(9, 8), ids(2, 8)], 2).tolist() == [8, 2]
    assert fuse_ranks([ids(4), ids(2), ids(3)], 9).tolist() == [2, 3, 4]


@pytest.mark.parametrize("lists", [[], [ids()], [ids(), ids()]])
def test_fusion_of_nothing_is_nothing(lists: list[Ids]) -> None:
    assert fuse_ranks(lists, 5).tolist() == []


def test_pool_scores_both_ways_of_finding() -> None:
    finder, rows = searcher()

    found = finder.find([ask(1, "sensor")], EVERYTHING, depth=10, documents=4)
    pool = found.pool(rows.statement, rows.language, finder)

    assert pool.meaning[0].tolist() == [0.0, pytest.approx(min(1 / 0.12, HIGHEST), abs=1e-3), 0.0, 0.0]
    assert (pool.words[0, [0, 2]] > 0).all()
    assert pool.words[0, 1] == pool.words[0, 3] < 0
    np.testing.assert_allclose(pool.score, pool.meaning + pool.words)


def test_words_weigh_as_the_ask_says() -> None:
    finder, rows = searcher()
    asks = [ask(1, "sensor"), replace(ask(1, "sensor"), words_weight=3.0), replace(ask(1, "sensor"), words_weight=0.0)]

    pool = finder.find(asks, EVERYTHING, depth=10, documents=4).pool(rows.statement, rows.language, finder)

    np.testing.assert_allclose(pool.score[1] - pool.meaning[1], 3 * pool.words[0], rtol=1e-6)
    np.testing.assert_array_equal(pool.score[2], pool.meaning[2])


@pytest.mark.parametrize("words", ["", "zzqx", "🦠"])
def test_without_words_meaning_alone_decides(words: str) -> None:
    finder, rows = searcher()

    found = finder.find([ask(3, words)], EVERYTHING, depth=10, documents=4)
    pool = found.pool(rows.statement, rows.language, finder)

    assert found.by_words[0].statements.size == 0
    assert not pool.words.any()
    assert pool.score[0].argmax() == 3


def test_filter_holds_for_both_ways() -> None:
    finder, _rows = searcher(level=[0, 0, 2, 0])
    where = replace(EVERYTHING, levels=frozenset({0}))

    found = finder.find([ask(2, "sensor")], where, depth=10, documents=3)

    assert found.fused(10).tolist() == [1, 2, 4]
    assert found.by_words[0].statements.tolist() == [[1]]


def test_depth_bounds_each_ask_but_not_all_together() -> None:
    finder, _rows = searcher()

    found = finder.find([ask(1, "robot"), ask(3, "helt")], EVERYTHING, depth=1, documents=4)

    assert found.fused(1).tolist() == [2, 4]


def test_no_ask_finds_nothing() -> None:
    finder, rows = searcher()

    found = finder.find([], EVERYTHING, depth=5, documents=4)

    assert found.fused(5).tolist() == []
    assert found.pool(rows.statement, rows.language, finder).score.shape == (0, 4)
    assert stacked([], DIMENSION).shape == (0, DIMENSION)


def test_further_search_adds_what_it_found() -> None:
    finder, rows = searcher()
    first = finder.find([ask(0, "sensor")], replace(EVERYTHING, profiles=frozenset({1})), depth=1, documents=4)
    further = finder.find([ask(0, "sensor")], replace(EVERYTHING, profiles=frozenset({3, 4})), depth=1, documents=4)

    together = first.joined(further)

    assert (first.fused(9).tolist(), together.fused(9).tolist()) == ([1], [1, 3])
    pool = together.pool(rows.statement, rows.language, finder)
    assert (pool.words[0, [0, 2]] > pool.words[0, 1]).all()


def test_statement_without_a_vector_is_nought_in_meaning() -> None:
    finder, rows = searcher()
    finder.vectors.delete(ids(2))

    pool = finder.find([ask(1, "robot")], EVERYTHING, depth=9, documents=4).pool(rows.statement, rows.language, finder)

    assert pool.meaning[0].tolist() == [0.0, 0.0, 0.0, 0.0]
    assert pool.score[0].argmax() == 1


def test_equal_statements_score_equally_wherever_they_stand() -> None:
    generator = np.random.default_rng(2)
    vector = generator.normal(size=DIMENSION).astype(np.float32)
    vector /= np.linalg.norm(vector)
    rows = statement_rows(range(1, 38))
    vectors, terms = FaissVectorStore(DIMENSION), TantivyTermIndex.create()
    vectors.upsert(rows, np.tile(vector, (37, 1)))
    terms.upsert(rows, [TermDocument("sensor", "", "da")] * 37)
    finder = Searcher(vectors, terms, Background.none(DIMENSION))

    found = finder.find([Ask(-vector + 0.3, (TermQuery("sensor", "da"),))], EVERYTHING, depth=50, documents=37)

    assert len(np.unique(found.pool(rows.statement, rows.language, finder).score)) == 1


def test_pool_takes_some_of_its_statements() -> None:
    finder, rows = searcher()
    pool = finder.find([ask(0, "sensor")], EVERYTHING, depth=9, documents=4).pool(rows.statement, rows.language, finder)

    some = pool.take(np.array([2, 0]))

    assert some.statements.tolist() == [3, 1]
    np.testing.assert_array_equal(some.score, pool.score[:, [2, 0]])


def test_padding_of_hits_is_no_statement() -> None:
    padded = Hits(np.array([[3, -1]]), np.array([[0.9, -np.inf]], np.float32))
    found = Found(np.ones((1, DIMENSION), np.float32), np.ones(1, np.float32), padded, [Hits.none(1)], 4)

    assert found.fused(5).tolist() == [3]
