"""Pairs of texts that belong together, from whatever source knows such pairs, cleaned and joined for training."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from matching.encoder_build.json_lines import DataUnusableError, read_json_lines, text_of
from matching.engine.encodable_text import EmptyTextError, clean_text

HIGHEST_GRADE = 3.0


@dataclass(frozen=True)
class TrainingPair:
    """A query and a passage that answers it.

    `grade` (0 to 3) weighs the pair as in nDCG: its gain is 2^grade - 1. Grade 0 says "related, too weakly to
    teach or to count": such a passage is only kept from being taken for a negative.
    """

    query: str
    passage: str
    hard_negatives: tuple[str, ...] = ()
    grade: float = 1.0


PairSource: TypeAlias = Iterable[TrainingPair]
"""What every source of pairs is: a file, judged pairs, CORDIS history, and the accepted introductions of a hub."""


def read_pairs(path: Path) -> Iterator[TrainingPair]:
    """Pairs of a `.jsonl` or `.jsonl.gz` file: query, passage, and if known hard_negatives and grade.

    Raises:
        DataUnusableError: the file cannot be read, or a line lacks a text or holds another type; says which.
    """
    for number, row in read_json_lines(path):
        place = f"{path}, line {number}"
        yield TrainingPair(
            query=text_of(row, "query", place=place),
            passage=text_of(row, "passage", place=place),
            hard_negatives=_hard_negatives(row, place),
            grade=_grade(row, place),
        )


def gather_pairs(sources: Iterable[PairSource]) -> list[TrainingPair]:
    """All pairs with clean texts, each (query, passage) once with its best grade, in the order they came.

    Pairs of one text with itself, or without a visible character, are dropped. A positive passage of a query
    is never among its hard negatives.
    """
    joined: dict[tuple[str, str], TrainingPair] = {}
    for pair in (each for source in sources for each in source):
        clean = _cleaned(pair)
        if clean is None:
            continue
        known = joined.get((clean.query, clean.passage), clean)
        negatives = tuple(dict.fromkeys((*known.hard_negatives, *clean.hard_negatives)))
        joined[clean.query, clean.passage] = replace(
            known, hard_negatives=negatives, grade=max(known.grade, clean.grade)
        )
    related = related_texts(joined.values())
    return [_without_related(pair, related[pair.query]) for pair in joined.values()]


def related_texts(pairs: Iterable[TrainingPair]) -> dict[str, set[str]]:
    """Each text with every text that a pair relates it to, in either direction and whatever the grade."""
    related: dict[str, set[str]] = {}
    for pair in pairs:
        related.setdefault(pair.query, set()).add(pair.passage)
        related.setdefault(pair.passage, set()).add(pair.query)
    return related


def teaching(pairs: Iterable[TrainingPair]) -> list[TrainingPair]:
    """The pairs with a grade above 0."""
    return [pair for pair in pairs if pair.grade > 0]


def _cleaned(pair: TrainingPair) -> TrainingPair | None:
    try:
        query, passage = clean_text(pair.query), clean_text(pair.passage)
        negatives = tuple(clean_text(text) for text in pair.hard_negatives)
    except EmptyTextError:
        return None
    if query == passage:
        return None
    return replace(pair, query=query, passage=passage, hard_negatives=negatives)


def _without_related(pair: TrainingPair, related: set[str]) -> TrainingPair:
    kept = tuple(text for text in pair.hard_negatives if text not in related and text != pair.query)
    return replace(pair, hard_negatives=kept)


def _hard_negatives(row: dict[str, Any], place: str) -> tuple[str, ...]:
    texts = row.get("hard_negatives", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise DataUnusableError(f"{place}: “hard_negatives” is no list of texts.")
    return tuple(texts)


def _grade(row: dict[str, Any], place: str) -> float:
    grade = row.get("grade", 1.0)
    number = isinstance(grade, int | float) and not isinstance(grade, bool)
    if not number or not math.isfinite(grade) or not 0 <= grade <= HIGHEST_GRADE:
        raise DataUnusableError(f"{place}: “grade” is no number from 0 to {HIGHEST_GRADE:.0f}.")
    return float(grade)
