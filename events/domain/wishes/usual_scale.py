"""What makes nearness comparable where the hub has too few texts of its own to tell: usual texts of the trade.

Without it two texts of a small event would be near by the model alone, and those of one language nearer still.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matching.encoder_build.sample_texts import CALIBRATION_TEXTS, VERIFICATION_TEXTS
from matching.engine.calibration import MIN_SAMPLE, Background
from matching.engine.centring import Centring
from matching.engine.rows import LANGUAGES
from matching.indexing.codes import language_number
from matching.languages import guess_language
from matching.serving import encoder_with
from matching.statement_texts import SENTENCE_WORDS

_ENCODERS_KEPT = 4


@dataclass(frozen=True)
class Scale:
    """Which encoder, the mean of each language that is taken off, and what chance looks like."""

    encoder: str
    centring: Centring
    background: Background

    @property
    def is_known(self) -> bool:
        """Whether there were enough texts of each language."""
        counts = np.bincount(self.background.languages, minlength=len(LANGUAGES))
        return self.centring.means is not None and bool((counts >= MIN_SAMPLE).all())


def usual_scale(encoder: str) -> Scale:
    """That of usual texts; they are embedded once a process.

    Raises:
        NotReady: no such encoder was built on this machine.
    """
    return _usual_scale(encoder, encoder_with(encoder).encoder.dimension)


@lru_cache(maxsize=_ENCODERS_KEPT)
def _usual_scale(encoder: str, _dimension: int) -> Scale:
    texts = [text for text in (*CALIBRATION_TEXTS, *VERIFICATION_TEXTS) if len(text.split()) >= SENTENCE_WORDS]
    spoken = [guess_language(text) for text in texts]
    languages = np.array([language_number(language) for language in spoken], np.int16)
    raw = encoder_with(encoder).encoder.encode_passages(texts)
    means = [raw[languages == number].mean(axis=0) for number in range(len(LANGUAGES))]
    centring = Centring(np.asarray(means, np.float32))
    return Scale(encoder, centring, Background(centring.apply(raw, spoken), languages))
