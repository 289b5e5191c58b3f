"""Texts that ask, as the product encodes them: whole statements like passages, a few words like the model's queries.

Training and measuring follow the same rule, or they would improve something that is never served.
"""

from collections.abc import Sequence

import numpy as np

from matching.engine.encoders import Encoder, EncoderProfile
from matching.engine.stores import Vectors
from matching.statement_texts import reads_as_statement


def asking_prefix(profile: EncoderProfile, text: str) -> str:
    """The prefix with which `text` is encoded when it asks."""
    return profile.passage_prefix if reads_as_statement(text) else profile.query_prefix


def encode_asking(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Raw L2-normalised vectors (texts, dimension) in the order of the texts."""
    vectors = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    whole = np.array([reads_as_statement(text) for text in texts], dtype=np.bool_)
    for encode, rows in ((encoder.encode_passages, whole), (encoder.encode_queries, ~whole)):
        if rows.any():
            vectors[rows] = encode([texts[int(row)] for row in np.flatnonzero(rows)])
    return vectors
