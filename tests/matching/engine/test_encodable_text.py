"""Any string becomes text that every encoder takes the same way, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.encodable_text import EmptyTextError, clean_text, control_pattern, defuse


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" hej ", "hej"),
        ("a\0b", "a b"),
        (f"a{chr(0xDFFF)}b", "a b"),
        (f"{chr(0xD83D)}{chr(0xDE00)}!", "\N{GRINNING FACE}!"),
        ("a\ufffdb", "a b"),
        ("A\u030a", "Å"),
        ("linje\nlinje", "linje\nlinje"),
        ("\N{GRINNING FACE}", "\N{GRINNING FACE}"),
    ],
)
def test_clean_text_keeps_meaning_and_drops_what_cannot_be_encoded(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@pytest.mark.parametrize("text", ["", " ", "\0\0", chr(0xD800), "\ufffd", "\u200b", "\x7f", "\u2028"])
def test_clean_text_refuses_text_without_a_visible_character(text: str) -> None:
    with pytest.raises(EmptyTextError):
        clean_text(text)


@given(st.text(st.characters(codec=None, categories=None), max_size=50))
def test_clean_text_always_gives_encodable_text(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except EmptyTextError:
        return
    assert cleaned.encode().decode() == cleaned
    assert "\0" not in cleaned


def test_defuse_breaks_control_words_and_nothing_else() -> None:
    pattern = control_pattern(["<s>", "</s>", "<mask>"])
    assert defuse("1 <s> 2</s> <maskine> <mask>", pattern) == "1 < s> 2< /s> <maskine> < mask>"


def test_defuse_without_control_words_changes_nothing() -> None:
    assert defuse("<s>", control_pattern([])) == "<s>"
