"""What is embedded for a statement: its words first, then what the reader would have before their eyes."""

from matching.statement_texts import passage_text, query_text


def test_passage_text_is_statement_then_about_then_keywords() -> None:
    assert passage_text("Fem prototyper.", about="Vi syr CTG-bælter.", keywords=["fødsel", "CTG"]) == (
        "Fem prototyper. Vi syr CTG-bælter. fødsel, CTG"
    )


def test_passage_text_without_context_is_the_statement() -> None:
    assert passage_text("Fem prototyper.", about="", keywords=[]) == "Fem prototyper."


def test_query_text_is_statement_then_keywords() -> None:
    assert query_text("En fødegang.", keywords=["CTG"]) == "En fødegang. CTG"
    assert query_text("En fødegang.", keywords=[]) == "En fødegang."
