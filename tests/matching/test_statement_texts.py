"""What is embedded for a statement and which words stand for it: its own first, then what surrounds it."""

import pytest

from matching.engine.stores import TermQuery
from matching.statement_texts import context_words, passage_text, reads_as_statement, term_queries


def test_passage_text_is_statement_then_about_then_keywords() -> None:
    assert passage_text("Fem prototyper.", about="Vi syr CTG-bælter.", keywords=["fødsel", "CTG"]) == (
        "Fem prototyper. Vi syr CTG-bælter. fødsel, CTG"
    )


def test_passage_text_without_context_is_the_statement() -> None:
    assert passage_text("Fem prototyper.", about="", keywords=[]) == "Fem prototyper."


def test_context_holds_about_keywords_names_kind_and_labels() -> None:
    words = context_words(
        about="Vi føder.", keywords=["CTG"], names=["Fødegangen", "Sygehus Syd"], kind="investor", labels=["Obstetrik"]
    )

    assert words == "Vi føder. CTG Fødegangen Sygehus Syd investor kapital investor capital Obstetrik"


def test_context_of_nothing_is_empty() -> None:
    assert context_words(about="", keywords=[], names=["", ""], kind="unknown", labels=[]) == ""


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", False),
        ("sensor", False),
        ("en to tre fire fem seks syv", False),
        ("en to tre fire fem seks syv otte", True),
    ],
)
def test_eight_words_read_as_a_statement(text: str, whole: bool) -> None:
    assert reads_as_statement(text) is whole


@pytest.mark.parametrize(
    ("text", "language", "other", "translated"),
    [("tryksår", "da", "en", "pressure"), ("pressure ulcer", "en", "da", "tryksår")],
)
def test_words_are_looked_for_in_both_languages(text: str, language: str, other: str, translated: str) -> None:
    own, *things = term_queries(text, language)

    ways = [way for thing in things for way in (thing, *thing.ways)]
    assert own == TermQuery(text, language)
    assert any(way.language == other and translated in way.text for way in ways)


def test_whole_statement_is_looked_for_in_both_languages_and_its_own_words_count_most() -> None:
    text = "Vi søger en afdeling der vil afprøve vores sensor mod tryksår"

    own, *others = term_queries(text, "da")

    assert own == TermQuery(text, "da")
    assert any(query.language == "en" and "pressure" in query.text for query in others)
    assert all(query.weight < own.weight for query in others)


@pytest.mark.parametrize("text", ["", "zzqx", "🦠", "text:(a AND b)~2 [x TO y]"])
def test_words_without_a_translation_are_looked_for_alone(text: str) -> None:
    assert term_queries(text, "da")[0] == TermQuery(text, "da")


def test_unknown_language_is_translated_from_nothing_to_danish() -> None:
    assert {query.language for query in term_queries("sensor", "sv")} <= {"sv", "da"}
