"""Keep some pairs away from training, so that no text is ever on both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.training_pairs import TrainingPair, teaching

_LEAST_QUERIES = 2  # a batch needs another query's passage to tell from


@dataclass(frozen=True)
class PairSplit:
    """Pairs to train on, pairs to measure on, and how many teaching pairs were left out between them."""

    training: list[TrainingPair]
    held_back: list[TrainingPair]
    left_out: int


def hold_back(pairs: Sequence[TrainingPair], *, share: float, generator: np.random.Generator) -> PairSplit:
    """Split by texts: about `share` of the texts of `pairs` are held back, with the pairs that lie among them.

    Texts joined by pairs stay together as long as such a group is no larger than the share; a larger group is
    cut, and the pairs that would reach across are left out.

    Raises:
        DataUnusableError: too few pairs, queries or texts for both sides.
    """
    kept_apart = _texts_held_back(pairs, share, generator)
    sides: tuple[list[TrainingPair], list[TrainingPair]] = ([], [])
    for pair in pairs:
        side = pair.query in kept_apart
        if side == (pair.passage in kept_apart):
            negatives = tuple(text for text in pair.hard_negatives if (text in kept_apart) == side)
            sides[side].append(replace(pair, hard_negatives=negatives))
    training, held_back = sides
    _check(pairs, training, held_back)
    left_out = len(teaching(pairs)) - len(teaching(training)) - len(teaching(held_back))
    return PairSplit(training, held_back, left_out)


def _texts_held_back(pairs: Sequence[TrainingPair], share: float, generator: np.random.Generator) -> set[str]:
    groups = _groups(pairs)
    most = share * sum(map(len, groups))
    held_back: set[str] = set()
    for group in groups:
        if len(group) > most:
            amount = round(share * len(group))
            held_back |= {group[position] for position in generator.permutation(len(group))[:amount]}
    small = [group for group in groups if len(group) <= most]
    room = share * sum(map(len, small))
    for position in generator.permutation(len(small)):
        if len(small[position]) <= room:
            held_back.update(small[position])
            room -= len(small[position])
    return held_back


def _groups(pairs: Iterable[TrainingPair]) -> list[list[str]]:
    """Texts joined by teaching pairs, directly or over others; in the order of the pairs."""
    parents: dict[str, str] = {}

    def root(text: str) -> str:
        parents.setdefault(text, text)
        while parents[text] != text:
            parents[text] = parents[parents[text]]
            text = parents[text]
        return text

    for pair in pairs:
        query, passage = root(pair.query), root(pair.passage)
        for text in pair.hard_negatives:
            root(text)
        if pair.grade > 0:
            parents[passage] = query
    groups: dict[str, list[str]] = {}
    for text in parents:
        groups.setdefault(root(text), []).append(text)
    return list(groups.values())


def _check(pairs: Sequence[TrainingPair], training: Sequence[TrainingPair], held_back: Sequence[TrainingPair]) -> None:
    if len({pair.query for pair in teaching(training)}) < _LEAST_QUERIES or not teaching(held_back):
        raise DataUnusableError(
            f"{len(teaching(pairs))} different pairs are too few to train on some and measure on others with no text "
            "in both. Give more pairs; a hundred different queries are a beginning."
        )
