"""The sentence that an explanation marks is the one that the score rests on: without it the score falls furthest.

Measured on the demo's judged pairs with the real model: meaning re-encoded and words re-indexed without the sentence.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

from demo.judgements import DemoStatement, read_judgements, read_statements
from matching.engine.calibration import Background
from matching.engine.candidates import Ask, Searcher
from matching.engine.centring import Centring
from matching.engine.encoders import OnnxEncoder
from matching.engine.explain import carrying_sentence, texts_without_each
from matching.engine.faiss_store import FaissVectorStore
from matching.engine.rows import LANGUAGES, OFFER, RowFilter
from matching.engine.stores import TermDocument
from matching.engine.terms import TantivyTermIndex
from matching.statement_texts import term_queries
from tests.matching.engine.index_rows import EVERYTHING, statement_rows
from tests.model_fixtures import encoder_folder, onnx_encoder

__all__ = ["encoder_folder", "onnx_encoder"]


@dataclass(frozen=True)
class Text:
    """A text of the index: an offer whole, or without one of its sentences."""

    text: str
    passage: str
    language: str


class Laboratory:
    """The demo's offers and their shortened forms in one small index, asked as the product asks."""

    def __init__(self, encoder: OnnxEncoder, pairs: list[tuple[DemoStatement, DemoStatement]]) -> None:
        offers = [each for each in read_statements().values() if each.kind == "offer"]
        self.place = {offer.name: number for number, offer in enumerate(offers)}
        texts = [Text(offer.text, offer.passage, offer.language) for offer in offers]
        self.variants: dict[str, range] = {}
        for offer in {offer.name: offer for _need, offer in pairs}.values():
            shortened = texts_without_each(offer.text)
            self.variants[offer.name] = range(len(texts), len(texts) + len(shortened))
            texts += [Text(text, offer.passage.replace(offer.text, text, 1), offer.language) for text in shortened]
        self.offers = frozenset(self.place.values())
        self.encoder, self.texts = encoder, texts
        needs = {need.name: need for need, _offer in pairs}.values()
        raw = encoder.encode_passages([*(text.passage for text in texts), *(need.passage for need in needs)])
        spoken = [*(text.language for text in texts), *(need.language for need in needs)]
        whole = [*range(len(offers)), *range(len(texts), len(raw))]
        centring = Centring.of(raw[whole], [spoken[number] for number in whole])
        self.vectors = centring.apply(raw, spoken)
        self.needs = {need.name: self.vectors[len(texts) + number] for number, need in enumerate(needs)}
        self.languages = np.array([LANGUAGES.index(each) for each in spoken], np.int16)

    @cached_property
    def searcher(self) -> Searcher:
        """Both stores over offers and shortened offers; chance is what whole offers show."""
        count, offers = len(self.texts), len(self.offers)
        rows = statement_rows(range(count), language=self.languages[:count].tolist(), statement_kind=[OFFER] * count)
        vectors, terms = FaissVectorStore(self.encoder.dimension), TantivyTermIndex.create()
        vectors.upsert(rows, self.vectors[:count])
        terms.upsert(
            rows, [TermDocument(text.text, text.passage[len(text.text) :], text.language) for text in self.texts]
        )
        generator = np.random.default_rng(1)
        return Searcher(vectors, terms, Background.of(self.vectors[:offers], self.languages[:offers], generator))

    def score(self, need: DemoStatement, place: int, instead_of: int) -> float:
        """Meaning and words of one text for a need, where it stands among the offers in place of another."""
        among = (self.offers - {instead_of}) | {place}
        where = RowFilter(EVERYTHING.levels, EVERYTHING.today, statements=among)
        ask = Ask(self.needs[need.name], term_queries(need.text, need.language))
        found = self.searcher.find([ask], where, depth=200, documents=len(among))
        place_ = np.array([place], np.int64)
        return float(found.pool(place_, self.languages[place_], self.searcher).score[0, 0])

    def falls(self, need: DemoStatement, offer: DemoStatement) -> tuple[float, float]:
        """How far the score falls without the carrying sentence, and without another one on average."""
        whole, shortened = self.place[offer.name], self.variants[offer.name]
        carrying, _ = carrying_sentence(self.needs[need.name], self.vectors[whole], self.vectors[list(shortened)])
        before = self.score(need, whole, whole)
        falls = [before - self.score(need, place, whole) for place in shortened]
        others = [fall for number, fall in enumerate(falls) if number != carrying]
        return falls[carrying], float(np.mean(others))


def judged_pairs() -> list[tuple[DemoStatement, DemoStatement]]:
    """Needs with offers that were judged worth a talk and have several sentences."""
    statements = read_statements()
    return [
        (judgement.need, statements[name])
        for judgement in read_judgements()
        for name in judgement.grades
        if len(texts_without_each(statements[name].text)) > 1
    ]


@pytest.mark.model
@pytest.mark.slow
def test_score_falls_further_without_the_carrying_sentence_than_without_another(onnx_encoder: OnnxEncoder) -> None:
    pairs = judged_pairs()
    laboratory = Laboratory(onnx_encoder, pairs)

    falls = np.array([laboratory.falls(need, offer) for need, offer in pairs])

    without_carrying, without_another = falls.mean(axis=0)
    share = float((falls[:, 0] > falls[:, 1]).mean())
    print(f"{len(pairs)} pairs: {without_carrying:.2f} against {without_another:.2f}; {share:.0%} of pairs")
    assert len(pairs) >= 50
    assert without_carrying > without_another + 0.3
    assert share > 0.7
