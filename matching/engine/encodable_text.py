"""Bring any string that a program can hold into a form that every encoder takes the same way."""

import re
import unicodedata
from collections.abc import Iterable
from typing import ClassVar

from kernel.errors import DomainError

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class EmptyTextError(DomainError):
    """There is nothing to encode: no visible character at all."""

    code: ClassVar[str] = "empty_text"


def clean_text(text: str) -> str:
    """`text` stripped, in Unicode normal form C; NUL and halves of broken surrogate pairs become spaces.

    Models are trained on composed characters: "a" and a ring above, two code points, are the letter å.

    Raises:
        EmptyTextError: no visible character is left.
    """
    if "\0" in text:
        text = text.replace("\0", " ")
    text = _without_lone_surrogates(text)
    text = unicodedata.normalize("NFC", text)
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise EmptyTextError("The text is empty. Write at least one word.")
    return text.strip()


def control_pattern(tokens: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for the model's own control words, such as `</s>`, in written text; None if it has none."""
    alternatives = sorted((re.escape(token) for token in tokens if len(token) > 1), key=len, reverse=True)
    return re.compile("|".join(alternatives)) if alternatives else None


def defuse(text: str, control_words: re.Pattern[str] | None) -> str:
    """`text` with a space in each control word, so that it is read as text and not obeyed."""
    if control_words is None:
        return text
    return control_words.sub(lambda match: f"{match.group()[0]} {match.group()[1:]}", text)


def _without_lone_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return joined.replace(_REPLACEMENT, " ")
    return text.replace(_REPLACEMENT, " ")
