"""Which sentence carries a match: the one without which the two texts would be furthest apart.

An explanation is only worth showing if it is true of the score: so it is found by leaving sentences out, not by
looking for the prettiest one.
"""

import re

import numpy as np

from matching.engine.sentences import split_sentences
from matching.engine.stores import Vectors

Span = tuple[int, int]
# Longer texts are told by their first sentences: what stands behind is embedded, but not weighed one by one.
MOST_SENTENCES = 8


def sentence_spans(text: str) -> list[Span]:
    """(start, end) character offsets of the sentences of `text`, at most `MOST_SENTENCES`, in order."""
    spans: list[Span] = []
    start = 0
    for sentence in split_sentences(text)[:MOST_SENTENCES]:
        begin = text.index(sentence, start)
        spans.append((begin, begin + len(sentence)))
        start = begin + len(sentence)
    return spans


def texts_without_each(text: str) -> list[str]:
    """`text` without its first sentence, without its second, and so on; empty when it has only one."""
    spans = sentence_spans(text)
    if len(spans) < 2:
        return []
    return [re.sub(r"\s+", " ", text[:start] + text[end:]).strip() for start, end in spans]


def carrying_sentence(other: Vectors, whole: Vectors, without: Vectors) -> tuple[int, Vectors]:
    """The number of the sentence that carries a match, and how much each adds to the nearness.

    Args:
        other: The other side's centred vector (dimension,).
        whole: Our text's centred vector (dimension,).
        without: The centred vectors of our text without each of its sentences, (sentences, dimension).

    Returns the position of the largest fall, the first of equal ones, and all falls (sentences,).
    """
    falls = np.asarray(whole @ other - without @ other, dtype=np.float32)
    return int(falls.argmax()), falls
