"""What pages say in one language: walks name texts as the source does, and both languages are walked alike."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from babel.messages.catalog import Catalog

from frontend.translations import read_catalogue

FEWEST_WORDS = 3
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _danish() -> Catalog:
    return read_catalogue()


def words_in(language: str) -> Callable[[str], str]:
    """A function from a text of the source to the same text on the page."""

    def say(text: str) -> str:
        message = _danish().get(text)
        if message is None or not isinstance(message.string, str):
            raise KeyError(f"No page says “{text}”.")
        return message.string if language == "da" else text

    return say


@cache
def foreign_phrases(language: str) -> tuple[str, ...]:
    """Phrases of at least three words that only pages in the other language may say."""
    ours, theirs = set(), set()
    for message in _danish():
        if message.id:
            english, danish = set(_phrases(message.id)), set(_phrases(message.string))
            ours |= danish if language == "da" else english
            theirs |= english if language == "da" else danish
    return tuple(sorted(theirs - ours))


def _phrases(text: str | list[str] | tuple[str, ...]) -> Iterator[str]:
    """The pieces of a text between its placeholders, without those too short to be told from a name."""
    for form in [text] if isinstance(text, str) else text:
        for piece in _PLACEHOLDER.split(form):
            phrase = " ".join(piece.split())
            if len(_WORD.findall(phrase)) >= FEWEST_WORDS:
                yield phrase
