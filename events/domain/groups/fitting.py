"""How well researchers fit the questions of an AIMday: on the scale of all other lists, so that no language leads.

Firms ask in Danish, researchers often write in English; raw nearness would find those who write as the question does.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from events.domain.wishes.offered_texts import CentredTexts, centred_texts, offered_by
from events.models import Participant, Question
from matching.languages import guess_language
from matching.serving import encoder_with

# Part of what a stored vector was made by: another name, and all are made anew.
_ENCODED_AS = "asking"


def fit_of(questions: Sequence[Question], researchers: Sequence[Participant], *, today: date) -> NDArray[np.float64]:
    """How well each researcher fits each question, (q, r) in 0..1: the nearest of the researcher's texts.

    Nearness of meaning says little by itself, so it is told against that of all pairs here; who has written nothing
    is as far as the furthest.

    Raises:
        NotReady: the language model is not built on this machine.
    """
    told = offered_by(list({each.participation_id: each.participation for each in researchers}.values()), today=today)
    offered = [text for key in sorted(told) for text in told[key]]
    if not questions or not offered:
        return np.zeros((len(questions), len(researchers)))
    owner = np.array([key for key in sorted(told) for _text in told[key]])
    nearness = _nearness(questions, centred_texts(questions[0].hub_id, offered))
    best = np.full((len(questions), len(researchers)), nearness.min(), dtype=np.float64)
    for column, person in enumerate(researchers):
        own = owner == person.participation_id
        if own.any():
            best[:, column] = nearness[:, own].max(axis=1)
    spread = float(best.std()) or 1.0
    fit: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(best - best.mean()) / spread))
    return fit


def _nearness(questions: Sequence[Question], texts: CentredTexts) -> NDArray[np.float32]:
    """Deviations above chance (q, s), of each question and each text."""
    spoken = [guess_language(_words(question)) for question in questions]
    asked = texts.centring.apply(_question_vectors(questions, texts.encoder), spoken)
    return texts.background.standardise(asked, asked @ texts.vectors.T, texts.languages)


def _question_vectors(questions: Sequence[Question], encoder: str) -> NDArray[np.float32]:
    """A row a question; kept with it, since its words seldom change."""
    made_as = f"{encoder[:48]}:{_ENCODED_AS}"
    new = [question for question in questions if question.vector is None or question.vector_of != made_as]
    made = encoder_with(encoder).encode_asking([_words(question) for question in new])
    for question, vector in zip(new, made, strict=True):
        question.vector, question.vector_of = np.asarray(vector, "<f4").tobytes(), made_as
        # Words that were changed meanwhile keep no vector of the old ones.
        same_words = Question.objects.filter(pk=question.pk, version=question.version)
        same_words.update(vector=question.vector, vector_of=question.vector_of)
    return np.stack([np.frombuffer(bytes(each.vector or b""), "<f4") for each in questions])


def _words(question: Question) -> str:
    return f"{question.title}\n{question.text}".strip()
