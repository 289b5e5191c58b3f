"""The lexicon's file is well formed, and a malformed line is refused by its number."""

import re
from collections import Counter
from importlib.resources import files

import pytest

from matching.lexicon.loading import FILE, Concept, parse_lexicon, read_lexicon

LONGEST_WORD = 40
FEWEST_CONCEPTS = 1200
# As single entries these would be found in nearly every text.
SMALL_WORDS = {
    "danish": set(
        "af at de den der det du en er et for fra har have hos i ikke kan med mod og om op på som til".split()
    ),
    "english": set(
        "a all an and are as at back by can for had has in is it may of on or that the to us was who".split()
    ),
}


def lines() -> list[str]:
    text = files("matching.lexicon").joinpath(FILE).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_every_line_has_one_tab_and_no_stray_space() -> None:
    malformed = [line for line in lines() if line.count("\t") != 1 or re.search(r"^\s|\s$|  |,\S| ,|\t | \t|\|", line)]

    assert malformed == []


def test_no_line_stands_twice() -> None:
    twice = [line for line, times in Counter(line.casefold() for line in lines()).items() if times > 1]

    assert twice == []


def test_there_are_at_least_1200_concepts_each_with_words_in_both_languages() -> None:
    concepts = read_lexicon()

    assert len(concepts) == len(lines())
    assert len(concepts) >= FEWEST_CONCEPTS
    assert [concept for concept in concepts if not (concept.danish and concept.english)] == []


@pytest.mark.parametrize("side", ["danish", "english"])
def test_words_are_short_and_stand_once_in_a_concept(side: str) -> None:
    for concept in read_lexicon():
        words = getattr(concept, side)

        assert len({word.casefold() for word in words}) == len(words), words
        assert [word for word in words if not 0 < len(word) <= LONGEST_WORD] == []


@pytest.mark.parametrize("side", ["danish", "english"])
def test_no_small_word_is_an_entry(side: str) -> None:
    entries = {word.casefold() for concept in read_lexicon() for word in getattr(concept, side)}

    assert entries & SMALL_WORDS[side] == set()


def test_danish_letters_are_single_characters() -> None:
    letters = {letter for concept in read_lexicon() for word in concept.danish for letter in word.casefold()}

    assert {letter for letter in letters if letter.isalpha()} - set("abcdefghijklmnopqrstuvwxyzæøåé") == set()


def test_reading_twice_gives_the_same_object() -> None:
    assert read_lexicon() is read_lexicon()


def test_comments_and_empty_lines_hold_no_concept() -> None:
    found = parse_lexicon("# Wounds\n\nsår, tryksår\twound, pressure ulcer\n")

    assert found == (Concept(danish=("sår", "tryksår"), english=("wound", "pressure ulcer")),)


@pytest.mark.parametrize("line", ["sår", "sår\t", "\twound", "sår,, tryksår\twound", "sår\twound\tulcer"])
def test_a_malformed_line_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="Line 2 "):
        parse_lexicon(f"seng\tbed\n{line}\n")
