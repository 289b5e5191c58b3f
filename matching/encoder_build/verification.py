"""Prove that a freshly built encoder says the same as the sources it was built from."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from kernel.errors import DomainError
from matching.encoder_build.sample_texts import VERIFICATION_TEXTS
from matching.engine.encoders import Encoder, Vectors

LEAST_COSINE = 0.99
EncodePassages = Callable[[Sequence[str]], Vectors]


class EncoderMismatchError(DomainError):
    """The built encoder differs too much from its source to be used."""

    code: ClassVar[str] = "encoder_mismatch"
    status: ClassVar[int] = 503


def verify_encoder(encoder: Encoder, reference: EncodePassages, source: str) -> float:
    """The lowest cosine between `encoder` and `reference` over fixed Danish and English passages.

    Raises:
        EncoderMismatchError: it is under 0.99; the message gives the figure.
    """
    built = encoder.encode_passages(VERIFICATION_TEXTS)
    expected = reference(VERIFICATION_TEXTS)
    lowest = float((built * expected).sum(axis=1).min()) if built.shape == expected.shape else -1.0
    if not np.isfinite(lowest) or lowest < LEAST_COSINE:
        raise EncoderMismatchError(
            f"The built encoder agrees with {source} only to a cosine of {lowest:.4f}; {LEAST_COSINE} is "
            "needed. Run build_encoder --force; if it stays so, report the kind of processor.",
            cosine=lowest,
        )
    return lowest
