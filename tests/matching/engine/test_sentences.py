"""Sentences as a reader sees them, and parts that fit with nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.sentences import split_sentences, split_to_fit


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Vi søger en partner. Kan du hjælpe? Ja! Tak.",
            ["Vi søger en partner.", "Kan du hjælpe?", "Ja!", "Tak."],
        ),
        ("Vi har f.eks. Odense og bl.a. Vejle med.", ["Vi har f.eks. Odense og bl.a. Vejle med."]),
        ("Det tager ca. 3 uger, dvs. Maj bliver sen.", ["Det tager ca. 3 uger, dvs. Maj bliver sen."]),
        ("See e.g. Denmark. Or i.e. Sweden.", ["See e.g. Denmark.", "Or i.e. Sweden."]),
        ("Dr. Holm og prof. Lund kom. Hr. Vang gik.", ["Dr. Holm og prof. Lund kom.", "Hr. Vang gik."]),
        (
            "N. F. S. Grundtvig skrev det. Mr. Hill agreed.",
            ["N. F. S. Grundtvig skrev det.", "Mr. Hill agreed."],
        ),
        ("Mødet er den 5. Maj er travl.", ["Mødet er den 5. Maj er travl."]),
        ("Kitler, huer osv. Nu begynder vi.", ["Kitler, huer osv.", "Nu begynder vi."]),
        ("Kitler, huer osv. i poser.", ["Kitler, huer osv. i poser."]),
        ("Prisen er 2,5 mio. kr. Den er fast.", ["Prisen er 2,5 mio. kr.", "Den er fast."]),
        ("Version 3.11 virker. 3.12 også.", ["Version 3.11 virker.", "3.12 også."]),
        ("»Det går ikke.« Hun gik.", ["»Det går ikke.«", "Hun gik."]),
        ("Vent ... nu kommer den. Se!", ["Vent ... nu kommer den.", "Se!"]),
        ("Overskrift\n\nFørste linje\nfortsætter her", ["Overskrift", "Første linje\nfortsætter her"]),
        ("你好。再见。", ["你好。", "再见。"]),
        ("ingen tegn", ["ingen tegn"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_split_sentences_cuts_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_split_to_fit_keeps_a_fitting_text_whole() -> None:
    assert split_to_fit(" Hej.  Du. ", len, 11) == [" Hej.  Du. "]


def test_split_to_fit_keeps_sentences_whole_while_they_fit() -> None:
    assert split_to_fit("Et to. Tre fire. Fem.", len, 16) == ["Et to. Tre fire.", "Fem."]


def test_split_to_fit_cuts_a_long_sentence_between_words() -> None:
    assert split_to_fit("en to tre fire fem seks", len, 9) == ["en to tre", "fire fem", "seks"]


def test_split_to_fit_cuts_a_long_word_between_characters() -> None:
    assert split_to_fit("abcdefghij", len, 4) == ["abcd", "efgh", "ij"]


def test_split_to_fit_gives_up_on_nothing_when_one_character_is_too_long() -> None:
    assert split_to_fit("abc", lambda text: 10 * len(text), 5) == ["a", "b", "c"]


@given(text=st.text(alphabet="ab æ.!?\n", max_size=80), most=st.integers(min_value=1, max_value=20))
def test_split_to_fit_loses_no_character_and_fits(text: str, most: int) -> None:
    parts = split_to_fit(text, len, most)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part) <= most for part in parts)
