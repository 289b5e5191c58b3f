"""What every index of words must do, whichever engine is inside."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.engine.rows import RowFilter, StatementRows
from matching.engine.stores import BrokenIndexError, TermDocument, TermIndex, TermQuery
from tests.matching.engine.brute_force_stores import (
    EVERYTHING,
    FILTERS,
    assert_same_rows,
    drawn_filter,
    drawn_rows,
    ids,
    open_rows,
)
from tests.matching.engine.store_back_ends import TERM_INDEXES


@pytest.fixture(params=TERM_INDEXES)
def term_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TermIndex]:
    with TERM_INDEXES[request.param](tmp_path) as index:
        yield index


TEXTS = [
    ("Vi søger en sensor, der måler væske i sår", "Plejehjem i Aalborg", "da"),
    ("Træning af patienter efter hofteoperation", "Fysioterapi og genoptræning", "da"),
    ("Tryksårsforebyggelse med madrasser", "Udstyr til hospitaler", "da"),
    ("A sensor for measuring wound fluid", "Medical devices, Parkinson's disease", "en"),
    ("Training of nurses in infection control", "Courses for hospitals", "en"),
    ("Machine learning on electrocardiograms", "Rehabilitation of hearts", "en"),
    ("Genoptræning i eget hjem med video", "Kommunen prøver nyt", "da"),
]


def filled_terms(index: TermIndex) -> StatementRows:
    """TEXTS as statements 10, 11, ..."""
    rows = open_rows(range(10, 10 + len(TEXTS)))
    index.upsert(rows, [TermDocument(*text) for text in TEXTS])
    return rows


def found(
    index: TermIndex, *queries: str | TermQuery, language: str = "da", where: RowFilter = EVERYTHING
) -> list[int]:
    """The statements found, best first."""
    asked = [TermQuery(query, language) if isinstance(query, str) else query for query in queries]
    hits = index.search(asked, 5, where)
    assert hits.statements.shape == hits.scores.shape
    assert (np.diff(hits.scores[0]) <= 0).all()
    found_statements: list[int] = hits.statements[0].tolist()
    return found_statements


def test_words_of_an_empty_index(term_index: TermIndex) -> None:
    assert (len(term_index), found(term_index, "sensor")) == (0, [])
    assert_same_rows(term_index.rows(), StatementRows.empty())
    assert term_index.documents(ids(4)) == [TermDocument("", "", "")]
    assert term_index.documents(ids()) == []


@pytest.mark.parametrize(
    ("query", "language", "best"),
    [
        ("hofteoperationer", "da", 11),
        ("MADRASSER", "da", 12),
        ("madrassen", "da", 12),
        ("measures fluids", "en", 13),
        ("nurse", "en", 14),
        ("traening patient", "da", 11),
        ("hofteopperation", "da", 11),
        ("electrocardiogram", "en", 15),
        ("electrocardigrams", "en", 15),
        ("Parkinson", "da", 13),
        ("tryksår", "da", 12),
    ],
)
def test_word_search_across_inflection_case_spelling_and_compounds(
    term_index: TermIndex, query: str, language: str, best: int
) -> None:
    filled_terms(term_index)

    assert found(term_index, query, language=language)[:1] == [best]


def test_word_search_prefers_own_text_to_context(term_index: TermIndex) -> None:
    term_index.upsert(
        open_rows([1, 2, 3]),
        [
            TermDocument("noget helt andet her", "ultralyd skanner", "da"),
            TermDocument("ultralyd skanner her", "noget helt andet", "da"),
            TermDocument("bandager findes også", "intet særligt mere", "da"),
        ],
    )

    assert found(term_index, "ultralyd") == [2, 1]


def test_word_search_adds_queries_up_by_weight(term_index: TermIndex) -> None:
    filled_terms(term_index)
    heavy, light = TermQuery("madrasser", "da", 3.0), TermQuery("electrocardiograms", "en", 0.5)

    assert found(term_index, heavy, light)[:2] == [12, 15]
    assert found(term_index, replace(heavy, weight=0.5), replace(light, weight=3.0))[:2] == [15, 12]


@pytest.mark.parametrize("text", ["", " ", "😀 🎉", "?!*", "og i at the", "qqqzzzxxx"])
def test_word_search_without_any_shared_word_finds_nothing(term_index: TermIndex, text: str) -> None:
    filled_terms(term_index)

    assert found(term_index, text) == []


@pytest.mark.parametrize(
    "text",
    [
        'madrasser" OR text:*',
        "madrasser AND NOT (sensor",
        "madrasser'; DROP TABLE statements; --",
        "madrasser \\ ~2 ^9 [a TO b]",
        "madrasser {x} in [1]",
        "madrasser \0 \ud800",
        "madrasser " * 10_000,
    ],
)
def test_word_search_takes_any_text_as_words(term_index: TermIndex, text: str) -> None:
    filled_terms(term_index)

    assert found(term_index, text)[0] in {12, 13, 10}
    assert 12 in found(term_index, text)


def test_word_search_looks_only_at_what_passes_the_filter(term_index: TermIndex) -> None:
    rows = drawn_rows(np.random.default_rng(12), range(60))
    term_index.upsert(rows, [TermDocument(f"fælles ord nummer{each}", "", "da") for each in range(60)])
    generator = np.random.default_rng(13)

    for where in (*FILTERS, *(drawn_filter(generator) for _ in range(20))):
        hits = term_index.search([TermQuery("fælles", "da")], 100, where)
        assert sorted(hits.statements[0].tolist()) == sorted(rows.statement[where.mask(rows)].tolist())


def test_word_search_puts_equal_scores_in_order_of_statement(term_index: TermIndex) -> None:
    order = np.random.default_rng(8).permutation(200).tolist()
    term_index.upsert(open_rows(order), [TermDocument("samme tekst overalt", "", "da")] * 200)

    hits = term_index.search([TermQuery("tekst", "da")], 12, EVERYTHING)

    assert hits.statements.tolist() == [list(range(12))]


def test_word_search_for_nothing(term_index: TermIndex) -> None:
    filled_terms(term_index)

    assert term_index.search([], 5, EVERYTHING).statements.shape == (1, 0)
    assert term_index.search([TermQuery("sensor", "da")], 0, EVERYTHING).statements.shape == (1, 0)


def test_word_upsert_replaces_columns_and_words(term_index: TermIndex) -> None:
    filled_terms(term_index)
    changed = TermDocument("Høreapparater til børn", "Audiologi", "da")
    row = drawn_rows(np.random.default_rng(1), [12])
    term_index.upsert(row, [changed])

    assert len(term_index) == len(TEXTS)
    assert term_index.documents(ids(12)) == [changed]
    assert found(term_index, "madrasser") == []
    assert_same_rows(term_index.rows().take(ids(2)), row)


def test_word_delete_passes_over_what_is_not_there(term_index: TermIndex) -> None:
    rows = filled_terms(term_index)
    term_index.delete(ids(12, 999, 12))
    term_index.delete(ids())

    assert found(term_index, "madrasser") == []
    assert_same_rows(term_index.rows(), rows.take(rows.statement != 12))


def test_documents_come_back_in_the_order_asked(term_index: TermIndex) -> None:
    filled_terms(term_index)

    assert term_index.documents(ids(14, 10, 999, 14)) == [
        TermDocument(*TEXTS[4]),
        TermDocument(*TEXTS[0]),
        TermDocument("", "", ""),
        TermDocument(*TEXTS[4]),
    ]


@pytest.mark.parametrize("flaw", ["length", "twice"])
def test_word_upsert_refuses_bad_input_and_changes_nothing(term_index: TermIndex, flaw: str) -> None:
    rows = filled_terms(term_index)
    statements = [10, 500, 10] if flaw == "twice" else [10, 500]

    with pytest.raises(BrokenIndexError):
        term_index.upsert(open_rows(statements), [TermDocument("ny tekst", "", "da")] * 3)

    assert_same_rows(term_index.rows(), rows)
    assert term_index.documents(ids(10)) == [TermDocument(*TEXTS[0])]


def test_word_index_keeps_statements_without_a_word(term_index: TermIndex) -> None:
    silent = [TermDocument("😀", "", "da"), TermDocument("", "", "en")]
    term_index.upsert(open_rows([1, 2]), silent)

    assert len(term_index) == 2
    assert term_index.documents(ids(1, 2)) == silent
    assert found(term_index, "tekst") == []
