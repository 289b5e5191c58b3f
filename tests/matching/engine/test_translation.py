"""Words go to the other language by phrase, inflection and compound, and never by accident."""

import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.translation import MAX_CONCEPTS, MAX_WORDS, Translator
from matching.lexicon.loading import read_lexicon


@dataclass(frozen=True)
class Entry:
    danish: tuple[str, ...]
    english: tuple[str, ...]


ENTRIES = (
    Entry(("tryksår", "liggesår"), ("pressure ulcer", "bedsore")),
    Entry(("sensor",), ("sensor",)),
    Entry(("plejehjem",), ("nursing home", "care home")),
    Entry(("hjem",), ("home",)),
    Entry(("beboer",), ("resident",)),
    Entry(("kunstig intelligens", "AI"), ("artificial intelligence", "AI")),
    Entry(("intelligens",), ("intelligence",)),
    Entry(("sygepleje",), ("nursing",)),
    Entry(("sygeplejerske",), ("nurse",)),
    Entry(("arbejde",), ("work",)),
    Entry(("miljø",), ("environment",)),
    Entry(("plast",), ("plastic",)),
    Entry(("stand",), ("booth",)),
    Entry(("demens", "dement"), ("dementia",)),
    Entry(("sommer",), ("summer",)),
    Entry(("vene",), ("vein",)),
    Entry(("robot",), ("robot",)),
    Entry(("3D-print",), ("3D print",)),
    Entry(("pårørende",), ("relatives",)),
    Entry(("kommune",), ("municipality",)),
)
TRANSLATOR = Translator(ENTRIES)
WHOLE = Translator(read_lexicon())
WORDS = st.lists(
    st.sampled_from(["tryksår", "tryksårssensor", "kunstig", "intelligens", "nursing", "home", "AI", "og", "👍", "\n"]),
    max_size=15,
).map(" ".join)
TEXTS = st.one_of(WORDS, st.text(max_size=60))
LANGUAGES = st.sampled_from(["da", "en"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tryksår", "pressure ulcer bedsore"),
        ("Tryksårene", "pressure ulcer bedsore"),
        ("robotter", "robot"),
        ("kommunerne", "municipality"),
        ("tryksårssensor", "pressure ulcer bedsore sensor"),
        ("plejehjemsbeboere", "nursing home care home resident"),
        ("arbejdsmiljøet", "work environment"),
        ("hudsensorer", "sensor"),
        ("kunstig intelligens", "artificial intelligence AI"),
        ("intelligens", "intelligence"),
        ("AI-baseret 3D-print", "artificial intelligence AI 3D print"),
    ],
)
def test_danish_goes_to_english(text: str, expected: str) -> None:
    assert TRANSLATOR.expand(text, "da") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pressure ulcers", "tryksår liggesår"),
        ("Nursing homes", "plejehjem"),
        ("nursing at home", "sygepleje hjem"),
        ("nurses", "sygeplejerske"),
        ("the resident’s bedsores", "beboer tryksår liggesår"),
        ("municipalities", "kommune"),
    ],
)
def test_english_goes_to_danish(text: str, expected: str) -> None:
    assert TRANSLATOR.expand(text, "en") == expected


@pytest.mark.parametrize("text", ["plasticitet", "tilstand", "som", "dem", "venner", "kommunikation", "", "👍", "og i"])
def test_danish_words_that_only_look_alike_say_nothing(text: str) -> None:
    assert TRANSLATOR.expand(text, "da") == ""


@pytest.mark.parametrize("text", ["related", "pressure", "ulcers under pressure", "intelligent"])
def test_english_words_that_only_look_alike_say_nothing(text: str) -> None:
    assert TRANSLATOR.expand(text, "en") == ""


def test_each_word_comes_once_in_the_order_of_mention() -> None:
    assert TRANSLATOR.expand("sensor, tryksår, sensorer og liggesår", "da") == "sensor pressure ulcer bedsore"


def test_decomposed_letters_and_capitals_are_understood() -> None:
    assert TRANSLATOR.expand(unicodedata.normalize("NFD", "TRYKSÅR"), "da") == "pressure ulcer bedsore"


def test_an_unknown_language_expands_to_nothing() -> None:
    assert TRANSLATOR.expand("tryksår", "de") == ""
    assert TRANSLATOR.pairs("tryksår", "de", "bedsore", "en") == []


def test_expansion_stops_at_the_bound() -> None:
    names = [f"{one}{other}k" for one in "bdfglmnprt" for other in ("aba", "ebe", "obo", "udu", "ymy", "isi", "ogo")]
    translator = Translator(Entry((name,), (f"x{name}",)) for name in names)

    assert translator.expand(" ".join(names), "da").split() == [f"x{name}" for name in names[:MAX_CONCEPTS]]


def test_words_beyond_the_bound_are_not_read() -> None:
    assert TRANSLATOR.expand("og " * MAX_WORDS + "tryksår", "da") == ""
    assert TRANSLATOR.expand("og " * (MAX_WORDS - 1) + "tryksår", "da") == "pressure ulcer bedsore"


def test_two_translators_do_not_answer_for_each_other() -> None:
    other = Translator([Entry(("tryksår",), ("sore",))])

    assert (TRANSLATOR.expand("tryksår", "da"), other.expand("tryksår", "da")) == ("pressure ulcer bedsore", "sore")


def test_pairs_mark_the_same_concept_in_two_languages() -> None:
    ours, theirs = "Undgå tryksår på plejehjem", "A nursing home without bedsores"

    pairs = TRANSLATOR.pairs(ours, "da", theirs, "en")

    assert [(ours[slice(*one)], theirs[slice(*other)]) for one, other in pairs] == [
        ("tryksår", "bedsores"),
        ("plejehjem", "nursing home"),
    ]


def test_pairs_hold_every_place_of_a_repeated_concept() -> None:
    pairs = TRANSLATOR.pairs("sensor", "da", "sensor, sensors", "en")

    assert pairs == [((0, 6), (0, 6)), ((0, 6), (8, 15))]


def test_pairs_mark_a_compound_whole_and_synonyms_of_one_language() -> None:
    assert TRANSLATOR.pairs("tryksårssensor", "da", "liggesår", "da") == [((0, 14), (0, 8))]


def test_pairs_are_empty_without_a_common_concept() -> None:
    assert TRANSLATOR.pairs("tryksår", "da", "sensor", "en") == []


@given(ours=TEXTS, theirs=TEXTS, our_language=LANGUAGES, their_language=LANGUAGES)
def test_pairs_of_any_texts_lie_inside_them_and_mirror(
    ours: str, theirs: str, our_language: str, their_language: str
) -> None:
    pairs = TRANSLATOR.pairs(ours, our_language, theirs, their_language)

    assert all(0 <= one[0] < one[1] <= len(ours) and 0 <= two[0] < two[1] <= len(theirs) for one, two in pairs)
    mirrored = TRANSLATOR.pairs(theirs, their_language, ours, our_language)
    assert {(two, one) for one, two in mirrored} == set(pairs)


@given(text=TEXTS, language=LANGUAGES)
def test_expanding_any_text_gives_entries_only(text: str, language: str) -> None:
    other = {word for entry in ENTRIES for word in (entry.english if language == "da" else entry.danish)}
    single_words = {part for word in other for part in word.split()}

    assert set(TRANSLATOR.expand(text, language).split()) <= single_words


def test_threads_get_what_one_thread_gets() -> None:
    texts = ["tryksårssensor på plejehjem", "kunstig intelligens i kommunerne", "robotter til beboerne"] * 20
    alone = [Translator(ENTRIES).expand(text, "da") for text in texts]
    shared = Translator(ENTRIES)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: shared.expand(text, "da"), texts)) == alone


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("tryksår", "da", "pressure ulcer"),
        ("natten", "da", "night"),
        ("hjælpemidlerne", "da", "assistive device"),
        ("home care", "en", "hjemmepleje"),
        ("swallowing problems", "en", "dysfagi"),
        ("compression stockings", "en", "støttestrømpe"),
        ("borrow", "en", "udlån"),
    ],
)
def test_the_lexicon_carries_words_of_the_trade(text: str, language: str, expected: str) -> None:
    assert expected in WHOLE.expand(text, language)


@pytest.mark.parametrize("text", ["at vi har en gang og de kan have det som før", "synes"])
def test_the_lexicon_keeps_small_danish_words_out(text: str) -> None:
    assert WHOLE.expand(text, "da") == ""


def test_the_engine_imports_no_django() -> None:
    code = "import sys, matching.engine.translation; sys.exit(any(name.startswith('django') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
