"""What people write is either stored as it was meant or refused with a reason, whatever the bytes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvalidInput
from profiles.texts import clean_line, clean_text, quotable

pytestmark = pytest.mark.usefixtures("english")

# Every code point there is, lone surrogates and control characters included.
ANYTHING = st.text(alphabet=st.characters(), max_size=300)
TROUBLE = st.text(alphabet="a æ\n\r\t\x00\x0b\x85\ud800\u0301\u030a\u200b\u202e\u2028\u3000🦠\ufb2c\u0958", max_size=60)


def cleaned(raw: str, *, max_length: int = 100, min_letters: int = 0) -> str:
    return clean_text(raw, field="text", max_length=max_length, min_letters=min_letters)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("  Vi søger en afdeling.  ", "Vi søger en afdeling."),
        ("en\r\nto\rtre\n", "en\nto\ntre"),
        ("en\n\n\n\n\nto", "en\n\nto"),
        ("en\r\n\r\n\r\nto", "en\n\nto"),
        ("en\tto", "en\tto"),
        ("A\u030arhus", "Århus"),
        ("<script>alert('x')</script> & <b>fed</b>", "<script>alert('x')</script> & <b>fed</b>"),
        ("نبحث عن مستشفى", "نبحث عن مستشفى"),
        ("\u202eomvendt\u202c", "\u202eomvendt\u202c"),
        ("🦠🧪", "🦠🧪"),
        ("👩‍⚕️", "👩‍⚕️"),
        ("Z̸̢a̷l̶g̵o", unicodedata.normalize("NFC", "Z̸̢a̷l̶g̵o")),
    ],
)
def test_text_is_kept(raw: str, kept: str) -> None:
    assert cleaned(raw) == kept


@pytest.mark.parametrize(
    ("raw", "position"),
    [
        ("\x00", 1),
        ("to\x00", 3),
        ("to\x07", 3),
        ("a\x1b[31m", 2),
        ("a\x7f", 2),
        ("a\x85b", 2),
        ("a\x0bb", 2),
        ("\ud83e", 1),
        ("to \udcff", 4),
        ("\r\n\x00", 2),
    ],
)
def test_character_that_cannot_be_stored_is_refused_with_its_place(raw: str, position: int) -> None:
    with pytest.raises(InvalidInput, match=rf"cannot be stored \(number {position}\)") as refusal:
        cleaned(raw)

    assert refusal.value.details == {"field": "text"}


@pytest.mark.parametrize("length", [101, 200, 201, 100_000])
def test_long_text_is_refused_with_both_numbers(length: int) -> None:
    with pytest.raises(InvalidInput, match=f"has {length} characters; at most 100 characters fit") as refusal:
        cleaned("a" * length)

    assert refusal.value.details == {"field": "text", "limit": 100}


def test_text_of_exactly_the_limit_fits() -> None:
    assert cleaned("å" * 100) == "å" * 100


def test_line_ends_and_combining_marks_do_not_count_twice() -> None:
    assert cleaned("A\u030a" * 50 + "\r\n" * 25 + "b" * 25, max_length=100) == "Å" * 50 + "\n\n" + "b" * 25


def test_text_that_grows_beyond_the_limit_when_composed_is_refused() -> None:
    """U+FB2C is one character, and three in the form that is stored."""
    with pytest.raises(InvalidInput, match="has 150 characters"):
        cleaned("\ufb2c" * 50)


def test_long_text_full_of_trouble_is_refused_for_its_length() -> None:
    with pytest.raises(InvalidInput, match="has 100000 characters"):
        cleaned("\x00" * 100_000)


@pytest.mark.parametrize("raw", ["", "  ", "🦠", "👩‍⚕️👨‍⚕️", "12 34 56", "?!", "ab", "\u0301\u0301\u0301", "\u200b" * 9])
def test_text_without_words_is_refused_where_words_are_needed(raw: str) -> None:
    with pytest.raises(InvalidInput, match="at least a few words"):
        cleaned(raw, min_letters=3)


@pytest.mark.parametrize("raw", ["abc", "a1b2c3", "مرض", "人工呼吸", "ÆØÅ"])
def test_letters_of_every_script_are_words(raw: str) -> None:
    assert cleaned(raw, min_letters=3) == raw


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("en\nto\r\n tre", "en to tre"),
        ("en\t\tto", "en to"),
        ("en\u2028to", "en to"),
        ("en\u00a0to", "en to"),
        ("\u3000", ""),
    ],
)
def test_line_has_single_spaces(raw: str, line: str) -> None:
    assert clean_line(raw, field="name", max_length=60) == line


@given(st.one_of(ANYTHING, TROUBLE))
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    """Refusal is always `InvalidInput`; anything else that is raised fails the test."""
    for clean in (clean_text, clean_line):
        try:
            once = clean(raw, field="text", max_length=100)
        except InvalidInput:
            continue

        assert clean(once, field="text", max_length=100) == once
        assert len(once) <= 100
        assert once.strip() == once
        assert unicodedata.is_normalized("NFC", once)
        assert once.encode("utf-8").decode("utf-8") == once
        assert not {"\x00", "\r"} & set(once)


@given(TROUBLE)
def test_text_can_always_be_quoted_in_a_message(raw: str) -> None:
    quoted = quotable(raw)

    assert len(quoted) == min(len(raw), 60)
    assert quoted.encode("utf-8").decode("utf-8") == quoted
    assert quoted.isprintable()


def test_plain_text_is_quoted_as_it_stands() -> None:
    assert quotable("Fødselslæge & <b>") == "Fødselslæge & <b>"


@pytest.mark.parametrize("unseen", ["\u00ad", "\u061c", "\u200b", "\u200e", "\u202e", "\u2060", "\u2069", "\ufeff"])
def test_clean_line_drops_what_lets_one_name_pass_for_another(unseen: str) -> None:
    assert clean_line(f"Re{unseen}gion Midt", field="name", max_length=40) == "Region Midt"


def test_clean_line_keeps_joiners_that_emoji_and_scripts_need() -> None:
    assert clean_line("👩\u200d⚕ Klinik", field="name", max_length=40) == "👩\u200d⚕ Klinik"


def test_clean_text_keeps_the_direction_marks_of_a_paragraph() -> None:
    assert clean_text("Ord \u2067abc\u2069 ord", field="text", max_length=40) == "Ord \u2067abc\u2069 ord"
