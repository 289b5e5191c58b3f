"""Words of statements in tantivy: what is found, what filters let through, and what is kept on disk."""

from dataclasses import fields, replace

import numpy as np
import pytest

from matching.engine.rows import NEVER, RowFilter, StatementRows
from matching.engine.stores import BrokenIndexError, TermDocument, TermQuery
from matching.engine.term_queries import TermWeights
from matching.engine.term_spelling import Spelling
from matching.engine.terms import TantivyTermIndex
from tests.matching.engine.term_indexes import DANISH, PUBLIC, TODAY, filled, found, term_rows, words


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tryksår", 1),
        ("TRYKSÅRENE", 1),
        ("tryksaar", 1),
        ("tryksar", 1),
        ("trykså\u030ar".replace("å\u030a", "a\u030a"), 1),
        ("aeldre", 1),
        ("åbenrå", 3),
        ("robotten", 3),
        ("traening", 4),
        ("loefter", 3),
        ("rehabiltering", 2),
        ("hjme", 4),
        ("borgeere", 3),
        ("tryksårssensor", 1),
        ("apopleksirehabilitering", 2),
    ],
)
def test_search_finds_word_however_it_is_written(query: str, expected: int) -> None:
    index = filled(*DANISH)

    assert found(index, query) == [expected]


def test_search_finds_compound_by_its_part() -> None:
    index = filled("Tryksårssensorer i madrasser", "Måltider til småtspisende")

    assert found(index, "sensorer") == [1]


def test_search_finds_parts_of_compound_that_some_statement_has() -> None:
    index = filled("Tryksårssensor i madras", "Sensor til tryksår", "Måltider til småtspisende")

    assert found(index, "tryksårssensor") == [1, 2]


def test_search_stems_in_the_language_of_the_query() -> None:
    index = filled("Wearables for monitoring of patients", "Kommunernes indkøb")

    assert found(index, "wearable monitored", language="en") == [1]
    assert found(index, "kommune", language="da") == [2]


def test_search_finds_names_and_loan_words_in_every_language() -> None:
    index = filled("Vi bruger machine learning i Odense", "We sell chairs")

    assert found(index, "machine learning", language="en") == [1]
    assert found(index, "chairs", language="da") == [2]
    assert found(index, "odense", language="de") == [1]


def test_search_puts_own_text_before_context() -> None:
    index = TantivyTermIndex.create()
    index.upsert(
        term_rows([1, 2]),
        [
            TermDocument("Måltider på plejehjem", "tryksår", "da"),
            TermDocument("Tryksår på plejehjem", "måltider", "da"),
        ],
    )

    assert found(index, "tryksår") == [2, 1]
    assert found(index, "måltider") == [1, 2]


def test_search_puts_the_word_before_letters_alike() -> None:
    index = filled("Rehabiliteringsrobotter udvikles", "Rehabilitering udvikles", "Habilitering udvikles")

    assert found(index, "rehabilitering")[0] == 2


def test_search_without_letters_finds_whole_words_only() -> None:
    index = filled(*DANISH)
    index.weights = TermWeights(compound=0, alike=0, typo=0)

    assert found(index, "tryksårssensor rehabiltering") == []
    assert found(index, "tryksår") == [1]


def test_search_adds_queries_up_by_weight() -> None:
    index = filled("Sensor madras", "Chairs madras", "Sensor chairs", "Borde madras")
    both = [TermQuery("sensor", "da"), TermQuery("chair", "en", weight=3.0)]

    hits = index.search(both, 10, PUBLIC)
    doubled = index.search([replace(query, weight=2 * query.weight) for query in both], 10, PUBLIC)

    assert hits.statements.tolist() == [[3, 2, 1]]
    np.testing.assert_allclose(doubled.scores, 2 * hits.scores, rtol=1e-3)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_search_with_weight_that_is_none_finds_nothing(weight: float) -> None:
    index = filled(*DANISH)

    assert index.search([TermQuery("tryksår", "da", weight)], 5, PUBLIC).statements.shape == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "a", "å", "og i på det the of and we", "😀🎉", "\x00", "\ud800", "-", "\\", '"'),
        *("' OR 1=1; DROP TABLE x --", "text_da:xyzzy", "[a TO b]", "*:*", "(a+)+$", ".*", "(((((("),
        *("a" * 200_000, "🧪 " * 5000),
    ],
)
def test_search_for_no_word_finds_nothing(text: str) -> None:
    index = filled(*DANISH)

    assert found(index, text) == []


@pytest.mark.parametrize(
    "text", ["tryksår AND NOT sensor", 'text_da:"tryksår"~3', "-tryksår", "tryksår^1000 (((", "[tryksår"]
)
def test_search_reads_query_syntax_as_words(text: str) -> None:
    index = filled(*DANISH)

    assert found(index, text) == [1]


def test_search_with_ten_thousand_words_keeps_the_telling_one() -> None:
    common = [f"fyldord{number}x" for number in range(3000)]
    index = filled(*DANISH, *[" ".join(common)] * 3)
    noise = [f"ukendt{number}y" for number in range(7000)]

    assert sorted(found(index, " ".join([*noise, *common, "apopleksi"]))) == [2, 5, 6, 7]


def test_search_with_too_many_words_looks_for_the_rarest() -> None:
    index = filled("Sensor til tryksår", "Sensor i madras", "Sensor i seng")
    index.weights = TermWeights(max_words=1, max_words_by_letters=0)

    assert found(index, "sensor tryksår") == [1]


@pytest.mark.parametrize("k", [0, -1])
def test_search_for_no_results_gives_none(k: int) -> None:
    assert found(filled(*DANISH), "tryksår", k=k) == []


def test_search_in_empty_index_gives_none() -> None:
    index = TantivyTermIndex.create()

    assert found(index, "tryksår") == []
    assert len(index) == len(index.rows()) == 0
    assert index.documents(np.array([3])) == [TermDocument("", "", "")]
    assert index.spelled(["tryksår"]) == {}


def test_search_orders_equal_scores_by_statement_across_segments() -> None:
    index = TantivyTermIndex.create()
    for start in (400, 100, 300, 200):
        index.upsert(term_rows(range(start, start + 100)), words(*["Sensor til tryksår"] * 100))
    index.upsert(term_rows([100, 450]), words("Sensor til tryksår", "Sensor til tryksår"))

    assert found(index, "tryksår sensor", k=7) == [100, 101, 102, 103, 104, 105, 106]
    assert found(index, "tryksår sensor", k=1000) == list(range(100, 500))


def random_rows(count: int, seed: int = 5) -> StatementRows:
    generator = np.random.default_rng(seed)
    ids = generator.permutation(count * 3)[:count]
    draw = {"statement_kind": 3, "kind": 5, "region": 4, "stage": 3, "level": 3, "profile": 40, "organisation": 20}
    drawn = {name: generator.integers(0, high, count) for name, high in draw.items()}
    expires = generator.choice([TODAY - 1, TODAY, TODAY + 1, NEVER], count)
    return term_rows(ids, expires=expires, **drawn)


FILTERS = [
    PUBLIC,
    RowFilter(levels=frozenset({0, 2}), today=TODAY),
    RowFilter(levels=frozenset(), today=TODAY),
    RowFilter(levels=frozenset({0, 1, 2}), today=0),
    RowFilter(levels=frozenset({0, 1, 2}), today=TODAY + 2),
    replace(PUBLIC, statement_kinds=frozenset({1})),
    replace(PUBLIC, statement_kinds=frozenset()),
    replace(PUBLIC, kinds=frozenset({0, 3}), regions=frozenset({1, 2})),
    replace(PUBLIC, regions=frozenset()),
    replace(PUBLIC, stages=frozenset({0, 99})),
    replace(PUBLIC, profiles=frozenset(range(0, 40, 3))),
    replace(PUBLIC, profiles=frozenset(range(100_000, 105_000))),
    replace(PUBLIC, profiles=frozenset({7, *range(100_000, 105_000)})),
    replace(PUBLIC, statements=frozenset(range(0, 900, 2))),
    replace(PUBLIC, without_organisations=frozenset(range(0, 20, 2))),
    replace(PUBLIC, kinds=frozenset({1, 2, 3}), without_organisations=frozenset(range(3))),
]


@pytest.fixture(scope="module")
def random_index() -> tuple[TantivyTermIndex, StatementRows]:
    rows = random_rows(300)
    index = TantivyTermIndex.create()
    index.upsert(rows, [TermDocument("tryksår " * (1 + place % 4), "sensor", "da") for place in range(300)])
    return index, rows


@pytest.mark.parametrize("where", FILTERS)
def test_search_lets_through_what_the_mask_does(
    random_index: tuple[TantivyTermIndex, StatementRows], where: RowFilter
) -> None:
    index, rows = random_index
    anybody = index.search([TermQuery("tryksår", "da")], 300, FILTERS[3])
    passing = set(rows.statement[where.mask(rows)].tolist())

    hits = index.search([TermQuery("tryksår", "da")], 300, where)
    few = index.search([TermQuery("tryksår", "da")], 5, where)

    wanted = [place for place, each in enumerate(anybody.statements[0].tolist()) if each in passing]
    assert hits.statements[0].tolist() == anybody.statements[0, wanted].tolist()
    assert hits.scores[0].tolist() == anybody.scores[0, wanted].tolist()
    assert few.statements[0].tolist() == anybody.statements[0, wanted[:5]].tolist()


def test_search_with_filter_alone_is_no_hit() -> None:
    assert found(filled(*DANISH), "solceller", where=replace(PUBLIC, statements=frozenset({1, 2}))) == []


def test_upsert_again_replaces_words_and_columns() -> None:
    index = filled(*DANISH)

    for _ in range(3):
        index.upsert(term_rows([1], level=[2]), words("Solceller på taget"))

    assert len(index) == 4
    assert found(index, "tryksår") == []
    assert found(index, "solceller") == []
    assert found(index, "solceller", where=replace(PUBLIC, levels=frozenset({2}))) == [1]


def test_upsert_of_nothing_changes_nothing() -> None:
    index = filled(*DANISH)

    index.upsert(StatementRows.empty(), [])

    assert len(index) == 4


@pytest.mark.parametrize(("statements", "texts"), [([5, 5], 2), ([5, 6], 1), ([5], 0)])
def test_upsert_that_does_not_fit_is_refused_whole(statements: list[int], texts: int) -> None:
    index = filled(*DANISH)

    with pytest.raises(BrokenIndexError):
        index.upsert(term_rows(statements), words(*["Solceller"] * texts))

    assert len(index) == 4
    assert found(index, "solceller") == []


def test_upsert_that_breaks_off_leaves_everything_as_it_was() -> None:
    index = filled(*DANISH)
    broken = [TermDocument("Solceller", "", "da"), None]

    with pytest.raises(AttributeError):
        index.upsert(term_rows([1, 9]), broken)  # type: ignore[arg-type]
    index.upsert(term_rows([8]), words("Vindmøller"))

    assert found(index, "tryksår") == [1]
    assert found(index, "solceller") == []
    assert index.rows().statement.tolist() == [1, 2, 3, 4, 8]


def test_delete_takes_out_and_passes_over_unknown_ids() -> None:
    index = filled(*DANISH)

    index.delete(np.array([1, 77]))
    index.delete(np.array([], dtype=np.int64))

    assert len(index) == 3
    assert found(index, "tryksår") == []
    assert index.rows().statement.tolist() == [2, 3, 4]


def test_rows_and_documents_give_back_what_was_put_in() -> None:
    rows = random_rows(50)
    texts = [TermDocument(f"Tekst {number} Åå\u030a 😀", f"om {number}", "en") for number in range(50)]
    index = TantivyTermIndex.create()
    index.upsert(rows, texts)
    order = np.argsort(rows.statement)

    for column in fields(StatementRows):
        given = getattr(index.rows(), column.name)
        np.testing.assert_array_equal(given, getattr(rows, column.name)[order])
        assert given.dtype == getattr(rows, column.name).dtype
    assert index.documents(rows.statement[[7, 3]]) == [texts[7], texts[3]]
    assert index.documents(np.array([10_000, rows.statement[0]])) == [TermDocument("", "", ""), texts[0]]


@pytest.mark.parametrize("text", ["\ud800 tryksår", "tryksår\x00", "tryksår " + "x" * 100_000, "tryksår " * 20_000])
def test_upsert_takes_any_text(text: str) -> None:
    index = filled(text, "andet")

    assert found(index, "tryksår") == [1]


def test_spelled_proposes_near_words_as_they_are_written() -> None:
    index = filled(*DANISH, "Sensorer og sensorer", "Sensorer")

    proposed = index.spelled(["rehabiltering", "TRYSKÅR", "sensorx", "tryksårene", "og", "robt", "xyzzyplugh", "12345"])

    assert proposed == {
        "rehabiltering": [Spelling("rehabilitering", 1, 1)],
        "TRYSKÅR": [Spelling("tryksår", 1, 1)],
        "sensorx": [Spelling("sensor", 1, 1), Spelling("sensorer", 2, 2)],
    }


def test_spelled_forgets_deleted_words_and_learns_new_ones() -> None:
    index = filled(*DANISH)
    index.spelled(["rehabiltering"])

    index.delete(np.array([2]))
    index.upsert(term_rows([5]), words("Solceller"))

    assert index.spelled(["rehabiltering", "solcelelr"]) == {"solcelelr": [Spelling("solceller", 1, 1)]}
