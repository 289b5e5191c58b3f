"""Reads the Danish-English lexicon: one concept a line, the Danish words, a tab, the English words."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

FILE = "da_en.tsv"


@dataclass(frozen=True)
class Concept:
    """Words and phrases that mean the same: at least one in each language, the most usual first."""

    danish: tuple[str, ...]
    english: tuple[str, ...]


@lru_cache(maxsize=1)
def read_lexicon() -> tuple[Concept, ...]:
    """All concepts, in the order of the file.

    Raises:
        ValueError: A line is not two lists of words with one tab between them; the message names the line.
    """
    return parse_lexicon(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))


def parse_lexicon(text: str) -> tuple[Concept, ...]:
    """The concepts in `text`; empty lines and lines that start with # hold none.

    Raises:
        ValueError: As for `read_lexicon`.
    """
    lines = enumerate(text.splitlines(), start=1)
    return tuple(_parse_line(number, line) for number, line in lines if line.strip() and not line.startswith("#"))


def _parse_line(number: int, line: str) -> Concept:
    sides = [tuple(word.strip() for word in side.split(",")) for side in line.split("\t")]
    if len(sides) != 2 or not all(word for side in sides for word in side):
        raise ValueError(f"Line {number} of the lexicon must be Danish words, a tab, English words: {line!r}")
    return Concept(danish=sides[0], english=sides[1])
