"""Shared words across inflection, compounds and languages, and marks that never cut or overlap, whatever the script."""

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.shared_terms import SharedTerm, marks, shared_terms

LANGUAGES = st.sampled_from(["da", "en"])
# Danish letters, composed and not; Arabic with vowel signs; Hebrew; Devanagari; a ligature; emoji with joiners.
SCRIPTS = st.text(alphabet="aeiourstnldæøåÅ -_.\n\t1\u030a\u0301\u0323سلامَِّשלוםָसेन्सरﬁß👩\u200d⚕\ufe0f👍🏽", max_size=80)
WORDS = st.lists(
    st.sampled_from(["tryksår", "tryksårssensor", "sensorer", "måling", "measurement", "og", "👍", "rehabilitering"]),
    max_size=12,
).map(" ".join)
TEXTS = st.one_of(SCRIPTS, WORDS, st.text(max_size=60))


def found(ours: str, theirs: str, our_language: str = "da", their_language: str = "da") -> list[tuple[str, str]]:
    return [(term.ours, term.theirs) for term in shared_terms(ours, our_language, theirs, their_language)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("sengen", "sengene"),
        ("patient", "patienter"),
        ("patienternes", "patient"),
        ("målinger", "måling"),
        ("sygeplejersker", "sygeplejersken"),
        ("TRYKSÅR", "tryksår"),
    ],
)
def test_danish_inflections_are_the_same_word(ours: str, theirs: str) -> None:
    assert found(ours, theirs) == [(ours, theirs)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("tryksår", "tryksårssensor"), ("hjemmemonitorering", "monitorering"), ("sensor", "sårsensorer")],
)
def test_compounds_hold_their_parts(ours: str, theirs: str) -> None:
    assert found(ours, theirs) == [(ours, theirs)]


@pytest.mark.parametrize(
    ("danish", "english"),
    [
        ("rehabilitering", "rehabilitation"),
        ("apopleksi", "apoplexy"),
        ("sensorer", "sensors"),
        ("kirurgisk", "kirurgical"),
    ],
)
def test_cognates_are_found_across_languages_both_ways(danish: str, english: str) -> None:
    assert found(danish, english, "da", "en") == [(danish, english)]
    assert found(english, danish, "en", "da") == [(english, danish)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("kommunikation", "konference"),
        ("hoved", "overhoveder"),
        ("sår", "sår"),
        ("2024", "2024"),
        ("vores behov", "vores behov"),
        ("we need help with", "we offer help with"),
        ("seng", "sang"),
        ("", "sensor"),
        ("sensor", ""),
        ("👍👍👍👍", "👍👍👍👍"),
        ("____", "____"),
    ],
)
def test_words_that_tell_nothing_are_not_shared(ours: str, theirs: str) -> None:
    assert found(ours, theirs) == []


@pytest.mark.parametrize("word", ["ikke", "måske", "through", "behov", "looking", "solutions", "løsninger"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_stop_words_of_both_languages_never_count(word: str, language: str) -> None:
    assert found(f"{word} tryksår", f"{word.upper()} tryksår", language, language) == [("tryksår", "tryksår")]


def test_each_word_counts_once_with_all_its_places() -> None:
    ours, theirs = "Sensor her, sensorer der.", "En sensor i sengen og en sensor i stolen."

    (term,) = shared_terms(ours, "da", theirs, "da")

    assert term == SharedTerm("Sensor", "sensor", ((0, 6), (12, 20)), ((3, 9), (25, 31)))


def test_longest_words_come_first_then_the_order_of_our_text() -> None:
    text = "måling af sensor ved rehabilitering og seng"

    assert [ours for ours, _theirs in found(text, text)] == ["rehabilitering", "måling", "sensor", "seng"]


def test_hyphenated_words_are_one_word() -> None:
    assert found("e-sundhed", "E-SUNDHED i kommunen") == [("e-sundhed", "E-SUNDHED")]


@pytest.mark.parametrize(
    "word",
    [
        "tryksår",
        unicodedata.normalize("NFD", "tryksår"),
        "q\u0323\u0301uantum\u0301",
        "سَلَامَة",
        "שָׁלוֹם",
        "स्वास्थ्य",
        "straße",
        "İstanbul",
    ],
)
def test_spans_hold_the_whole_word_among_emoji_and_other_scripts(word: str) -> None:
    ours, theirs = f"👩\u200d⚕️{word}👍🏽 test!", f"\u202eא {word}\u202c 🇩🇰"

    (term,) = [term for term in shared_terms(ours, "da", theirs, "da") if term.ours != "test"]

    assert (term.ours, term.theirs) == (word, word)
    assert [ours[start:end] for start, end in term.our_spans] == [word]
    assert [theirs[start:end] for start, end in term.their_spans] == [word]


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    decomposed = unicodedata.normalize("NFD", "tryksårspleje")

    assert found("tryksårspleje", decomposed) == [("tryksårspleje", decomposed)]


@given(TEXTS, TEXTS, LANGUAGES, LANGUAGES)
def test_spans_never_cut_a_letter_from_its_signs(ours: str, theirs: str, our: str, their: str) -> None:
    for term in shared_terms(ours, our, theirs, their):
        for text, spans in ((ours, term.our_spans), (theirs, term.their_spans)):
            assert len(set(spans)) == len(spans) > 0
            for start, end in spans:
                assert 0 <= start < end <= len(text)
                assert text[start].isalnum()
                assert unicodedata.category((text + " ")[end])[0] != "M" or ord(text[end]) > 0xFFFF


@given(TEXTS, TEXTS, LANGUAGES, LANGUAGES)
def test_marks_of_shared_terms_never_overlap(ours: str, theirs: str, our: str, their: str) -> None:
    terms = shared_terms(ours, our, theirs, their)

    for text, spans in (
        (ours, [span for term in terms for span in term.our_spans]),
        (theirs, [span for term in terms for span in term.their_spans]),
    ):
        assert_marks_cover(marks(spans, text), spans, text)


@given(st.text(alphabet="ab \n\t.", max_size=40), st.data())
def test_marks_of_any_spans_never_overlap(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(places, places), max_size=8))]
    spans = [(start, end) for start, end in spans if start < end]

    assert_marks_cover(marks(spans, text), spans, text)


def assert_marks_cover(found_marks: tuple[tuple[int, int], ...], spans: list[tuple[int, int]], text: str) -> None:
    """In order, apart from each other by more than white space, and nothing marked beyond the spans but white space."""
    for (_start, end), (start, _end) in pairwise(found_marks):
        assert end < start
        assert text[end:start].strip()
    marked = {place for start, end in found_marks for place in range(start, end)}
    wanted = {place for start, end in spans for place in range(start, end)}
    assert wanted <= marked
    assert "".join(text[place] for place in sorted(marked - wanted)).strip() == ""


def test_marks_join_over_white_space_only() -> None:
    text = "tryk  sår,sensor"

    assert marks([(10, 16), (0, 4), (6, 9), (0, 4)], text) == ((0, 9), (10, 16))


def test_marks_of_nothing_are_none() -> None:
    assert marks([], "text") == ()


@given(TEXTS, TEXTS, LANGUAGES, LANGUAGES)
def test_shared_terms_are_the_same_each_time(ours: str, theirs: str, our: str, their: str) -> None:
    assert shared_terms(ours, our, theirs, their) == shared_terms(ours, our, theirs, their)


def test_threads_do_not_disturb_each_others_stems() -> None:
    texts = [f"{word}erne nr{number}" for number in range(150) for word in ("patient", "sengestyring", "måling")]
    expected = [
        ("patienterne", "patient"),
        ("sengestyringerne", "sengestyring"),
        ("målingerne", "måling"),
    ] * 150
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda text: found(text, "patient sengestyring måling"), texts))
    finally:
        sys.setswitchinterval(interval)

    assert answers == [[pair] for pair in expected]


def test_stem_at_the_beginning_of_another_word_is_no_part_of_it() -> None:
    assert shared_terms("Bedre kommunikation på afdelingen.", "da", "Vi hjælper kommuner.", "da") == []
