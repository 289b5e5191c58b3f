"""Texts held as the product holds them: what a pool contains, and vectors that outlive a run."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from benchmarks.corpus import Corpus, encoded
from matching.domain.ranking import DEPTH
from matching.engine.candidates import SHORT_WORDS_WEIGHT, WORDS_WEIGHT
from tests.benchmarks.written_data import silent
from tests.encoders import WordHashEncoder

WORDS = "mattress inhaler electrode bandage walker scanner sensor glove lamp pump".split()
TEXTS = [f"We offer to test a new {one} beside an old {other} on the ward." for one in WORDS for other in WORDS]
ASKED = "We are looking for somebody to test our new inhaler in a ward."


def store() -> Path:
    return next((settings.DATA_DIR / "cache" / "benchmarks").iterdir())


@pytest.fixture
def corpus(encoder: WordHashEncoder) -> Corpus:
    return Corpus(TEXTS * 3, silent, languages=["en"] * 3 * len(TEXTS))


def test_pool_holds_the_best_of_both_kinds_scored(corpus: Corpus) -> None:
    pool = corpus.pool(corpus.question(ASKED, encoded([ASKED], silent)[0], "en"))

    assert pool.statements.tolist() == sorted(set(pool.statements.tolist()))
    assert len(pool.statements) == DEPTH < len(corpus)
    assert "inhaler" in corpus.texts[pool.statements[pool.score[0].argmax()]]
    assert set(np.flatnonzero(["new inhaler" in text for text in corpus.texts])) <= set(pool.statements.tolist())


def test_pool_among_some_holds_no_others(corpus: Corpus) -> None:
    ask = corpus.question(ASKED, encoded([ASKED], silent)[0], "en")
    among = np.array([250, 3, 17, 299])

    for everything in (False, True):
        pool = corpus.pool(ask, among, everything=everything)
        assert pool.statements.tolist() == [3, 17, 250, 299]
        assert np.isfinite(pool.score).all()


def test_pool_among_some_scores_as_if_there_were_no_others(corpus: Corpus) -> None:
    ask = corpus.question(ASKED, encoded([ASKED], silent)[0], "en")
    hundred = np.arange(100)

    alone, beside = corpus.pool(ask, hundred), corpus.pool(ask, np.arange(200))

    np.testing.assert_allclose(alone.meaning, beside.take(np.isin(beside.statements, hundred)).meaning, rtol=1e-6)
    assert alone.statements.tolist() == hundred.tolist()


def test_pool_of_everything_leaves_nothing_out(corpus: Corpus) -> None:
    pool = corpus.pool(corpus.question("lamp", encoded(["lamp"], silent)[0], "en"), everything=True)

    assert pool.statements.tolist() == list(range(len(corpus)))
    assert pool.score.shape == (1, len(corpus))


def test_few_words_weigh_more_than_those_of_a_statement(corpus: Corpus) -> None:
    vectors = encoded(["lamp", ASKED], silent)

    assert corpus.question("lamp", vectors[0], "en").words_weight == SHORT_WORDS_WEIGHT
    assert corpus.question(ASKED, vectors[1], "en").words_weight == WORDS_WEIGHT


def test_texts_beside_move_only_the_means(encoder: WordHashEncoder) -> None:
    danish = [f"Vi tilbyder at afprøve en {word} på afdeling {number}." for word in WORDS for number in range(6)]
    spoken = ["en"] * len(TEXTS)

    alone = Corpus(TEXTS, silent, languages=spoken)
    beside = Corpus(TEXTS, silent, languages=spoken, beside=(danish, ["da"] * len(danish)))

    assert len(alone) == len(beside) == len(TEXTS)
    assert alone.centring.means is not None
    assert beside.centring.means is not None
    np.testing.assert_allclose(beside.centring.means[1], alone.centring.means[1], atol=1e-6)
    np.testing.assert_allclose(beside.centring.means[0], encoder.encode_queries(danish).mean(axis=0), atol=1e-6)


@pytest.mark.usefixtures("encoder")
def test_few_strange_texts_make_a_corpus() -> None:
    corpus = Corpus(["", "\U0001f600\U0001f600", "((( AND *:* \x00"], silent)
    asked = ["", "title:(a OR", "\U0001f600"]

    for text, vector in zip(asked, encoded(asked, silent), strict=True):
        pool = corpus.pool(corpus.question(text, vector, "en"))
        assert pool.statements.tolist() == [0, 1, 2]
        assert np.isfinite(pool.score).all()


def test_second_run_need_not_encode(encoder: WordHashEncoder) -> None:
    said: list[str] = []
    first = encoded(TEXTS, said.append, passages=True)
    done = len(encoder.encoded)

    second = encoded([*TEXTS, "One more text that nobody saw before."], silent, passages=True)

    assert said == ["encoded 64 of 100 texts", "encoded 100 of 100 texts"]
    assert np.array_equal(second[:-1], first)
    assert len(encoder.encoded) == done + 1


def test_same_text_is_encoded_once_and_keeps_its_places(encoder: WordHashEncoder) -> None:
    vectors = encoded([TEXTS[0], TEXTS[1], TEXTS[0]], silent, passages=True)

    assert len(encoder.encoded) == 2
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.array_equal(vectors[0], vectors[1])


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"no archive at all", None], ids=["empty", "zip", "text", "cut"]
)
def test_broken_store_is_written_anew(encoder: WordHashEncoder, content: bytes | None) -> None:
    first = encoded(TEXTS, silent, passages=True)
    path = store()
    path.write_bytes(path.read_bytes()[:2_000] if content is None else content)
    encoder.encoded.clear()

    assert np.array_equal(encoded(TEXTS, silent, passages=True), first)
    assert len(encoder.encoded) == len(TEXTS)
    encoder.encoded.clear()
    assert np.array_equal(encoded(TEXTS, silent, passages=True), first)
    assert encoder.encoded == []


def test_store_without_its_tables_is_written_anew(encoder: WordHashEncoder) -> None:
    first = encoded(TEXTS[:3], silent, passages=True)
    np.savez(store(), something=np.zeros(3))

    assert np.array_equal(encoded(TEXTS[:3], silent, passages=True), first)
