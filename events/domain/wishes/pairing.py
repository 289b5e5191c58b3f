"""What everybody at an event would make of everybody else, in both directions: plain arrays, no tables.

The same features and the same expert ranker as every other list of the hub; `judge` weighs all pairs at once, since a
few thousand people make millions of them, and `explain` tells the features of the few that are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from events.domain.wishes.word_scores import WordScores
from matching.engine.calibration import Background
from matching.engine.candidates import Pool
from matching.engine.evidence import DEPTH, TEMPERATURE
from matching.engine.features import NAMES, Asker, Facts, PairFeatures, pair_features
from matching.engine.linear_ranker import LinearRanker
from matching.engine.rows import NEED, NEVER, OFFER, StatementRows

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
Places = NDArray[np.int32]
_PARTIES_A_BLOCK = 64
_DIRECTIONS = (("need_offer", NEED, OFFER), ("offer_need", OFFER, NEED), ("same_need", NEED, NEED))


@dataclass(frozen=True)
class Parties:
    """Who comes, (p,): kind and region as index numbers, themes as bits; `role_of_kind` numbers the triple helix."""

    kind: NDArray[np.int16]
    region: NDArray[np.int16]
    themes: NDArray[np.int64]
    role_of_kind: NDArray[np.int16]
    stages: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Texts:
    """What they wrote, (s,), in order of `owner`, a number in `Parties`; centred vectors are (s, dimension).

    `named_kinds` (s, kinds) says which kinds of party a text names; `words_weight` what words weigh beside meaning.
    """

    owner: Ids
    kind: NDArray[np.int16]
    language: NDArray[np.int16]
    purpose: NDArray[np.int16]
    collaboration: NDArray[np.int16]
    stage: NDArray[np.int16]
    named_kinds: NDArray[np.bool_]
    words_weight: Floats
    vectors: Floats

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, places: Ids) -> "Texts":
        """Some of them."""
        return Texts(**{column.name: getattr(self, column.name)[places] for column in fields(self)})

    @property
    def facts(self) -> Facts:
        """As ranking reads them; themes are a matter of parties."""
        return Facts(self.purpose, self.collaboration, np.zeros(len(self), np.int64))


@dataclass(frozen=True)
class Judged:
    """Row i judges column j, both (p, p): logits that a talk is worth it, and the feature `evidence`."""

    logits: Floats
    evidence: Floats


@dataclass(frozen=True)
class Market:
    """Parties, texts, and what makes nearness comparable."""

    parties: Parties
    texts: Texts
    background: Background
    words: WordScores

    def nearness(self, asks: Ids, columns: Ids) -> tuple[Floats, Floats]:
        """Nearness by meaning and by words (asks, columns) of these texts, calibrated."""
        texts = self.texts
        queries = texts.vectors[asks]
        # Rounded, since the last digits of equal products depend on where they stand in the table.
        products = np.round(queries @ texts.vectors[columns].T, 5)
        meaning = self.background.standardise(queries, products, texts.language[columns])
        return np.nan_to_num(meaning, nan=0.0), self.words.block(asks, columns)


def judge(market: Market, ranker: LinearRanker) -> Judged:
    """All pairs, a block of askers at a time; whoever has written nothing is judged by what else is known."""
    count = len(market.parties)
    judged = Judged(np.zeros((count, count), np.float32), np.zeros((count, count), np.float32))
    weights = dict(zip(NAMES, ranker.weights.tolist(), strict=True))
    for askers in _blocks(count):
        columns = _Block(market, askers).features()
        rows = slice(int(askers[0]), int(askers[-1]) + 1)
        judged.logits[rows] = ranker.intercept + sum(
            weights[name] * values for name, values in columns.items() if weights[name]
        )
        judged.evidence[rows] = columns["evidence"]
    return judged


def explain(market: Market, asker: int, others: Ids) -> PairFeatures:
    """The features of some pairs, and the texts that speak for each: pairs hold numbers of texts, -1 for none.

    Candidates come back in order of their number.
    """
    texts = market.texts
    asks = np.flatnonzero(texts.owner == asker)
    columns = np.flatnonzero(np.isin(texts.owner, others))
    meaning, words = market.nearness(asks, columns)
    pool = Pool(columns, meaning, words, texts.words_weight[asks])
    features = pair_features(_asker(market, asker, asks), pool, _rows(market, columns), _facts(market, columns))
    pairs = {
        name: np.where(pair >= 0, np.stack([_picked(asks, pair[:, 0]), _picked(columns, pair[:, 1])], axis=1), -1)
        for name, pair in ((name, getattr(features, name)) for name, *_kinds in _DIRECTIONS)
    }
    return PairFeatures(features.profiles, features.matrix, **pairs)


def _picked(places: Ids, numbers: Ids) -> Ids:
    """The texts at these numbers; what stands for none is replaced afterwards."""
    if not len(places):
        return np.full(len(numbers), -1, np.int64)
    return places[numbers]


def _blocks(count: int) -> Iterator[Ids]:
    for start in range(0, count, _PARTIES_A_BLOCK):
        yield np.arange(start, min(start + _PARTIES_A_BLOCK, count))


def _asker(market: Market, asker: int, asks: Ids) -> Asker:
    texts, parties = market.texts.take(asks), market.parties
    themes = int(parties.themes[asker])
    return Asker(
        statement_kind=texts.kind,
        language=texts.language,
        facts=Facts(texts.purpose, texts.collaboration, np.full(len(asks), themes, np.int64)),
        stage=texts.stage,
        named_kinds=texts.named_kinds,
        role_of_kind=parties.role_of_kind,
        kind=int(parties.kind[asker]),
        themes=themes,
        region=int(parties.region[asker]),
        stages=parties.stages,
    )


def _rows(market: Market, columns: Ids) -> StatementRows:
    texts, parties = market.texts.take(columns), market.parties
    count = len(columns)
    return StatementRows(
        statement=columns,
        profile=texts.owner,
        organisation=np.zeros(count, np.int64),
        statement_kind=texts.kind,
        language=texts.language,
        kind=parties.kind[texts.owner],
        region=parties.region[texts.owner],
        stage=texts.stage,
        level=np.zeros(count, np.int16),
        expires=np.full(count, NEVER, np.int32),
    )


def _facts(market: Market, columns: Ids) -> Facts:
    texts = market.texts.take(columns)
    return Facts(texts.purpose, texts.collaboration, market.parties.themes[texts.owner])


class _Block:
    """Some askers against everybody: the features of `matching.engine.features`, one table (askers, parties) each."""

    def __init__(self, market: Market, askers: Ids) -> None:
        self._market, self._askers = market, askers
        texts = market.texts
        self._asks = np.flatnonzero((texts.owner >= askers[0]) & (texts.owner <= askers[-1]))
        self._meaning, self._words = market.nearness(self._asks, np.arange(len(texts)))
        self._score = self._meaning + texts.words_weight[self._asks, None] * self._words
        self._shape = (len(askers), len(market.parties))

    def features(self) -> dict[str, NDArray[np.float32]]:
        """Every feature that a weight may ask for, but the one that only search uses."""
        pairs = {name: self._best_pairs(ours, theirs) for name, ours, theirs in _DIRECTIONS}
        columns: dict[str, NDArray[np.float32]] = {name: np.zeros(self._shape, np.float32) for name in NAMES}
        for name, pair in pairs.items():
            columns[f"{name}_meaning"] = self._values(self._meaning, pair)
            if f"{name}_words" in columns:
                columns[f"{name}_words"] = self._values(self._words, pair)
        columns["evidence"] = self._evidence()
        return columns | self._party_columns() | self._text_columns(pairs)

    def _best_pairs(self, ours: int | None, theirs: int | None) -> tuple[Places, Places]:
        """For each asker and party the (ask, text) of highest score among these kinds, -1 for none."""
        texts = self._market.texts
        column, best = self._best_texts(theirs)
        owners = texts.owner[self._asks] - self._askers[0]
        wanted = np.ones(len(self._asks), bool) if ours is None else texts.kind[self._asks] == ours
        found = np.full(self._shape, -np.inf, np.float32)
        ask, text = np.full(self._shape, -1, np.int32), np.full(self._shape, -1, np.int32)
        for number in np.flatnonzero(wanted).tolist():
            row = owners[number]
            better = best[number] > found[row]
            np.copyto(found[row], best[number], where=better)
            np.copyto(text[row], column[number], where=better)
            ask[row][better] = number
        return ask, text

    def _best_texts(self, kind: int | None) -> tuple[Places, Floats]:
        """For each ask and party the text of that kind (None: any) with the highest score, -1 for none."""
        texts = self._market.texts
        places = np.arange(len(texts)) if kind is None else np.flatnonzero(texts.kind == kind)
        shape = (len(self._asks), self._shape[1])
        column, best = np.full(shape, -1, np.int32), np.full(shape, -np.inf, np.float32)
        owners, first, counts = np.unique(texts.owner[places], return_index=True, return_counts=True)
        for turn in range(int(counts.max(initial=0))):
            # Parties with fewer texts look at their last one again, which is never better than itself.
            chosen = np.full(shape[1], -1, np.int32)
            chosen[owners] = places[first + np.minimum(turn, counts - 1)]
            score = self._score.take(chosen, axis=1)
            better = (score > best) & (chosen >= 0)
            np.copyto(best, score, where=better)
            np.copyto(column, chosen, where=better)
        return column, best

    def _values(self, table: Floats, pair: tuple[Places, Places]) -> Floats:
        if not len(self._asks):
            return np.zeros(self._shape, np.float32)
        return np.where(pair[0] >= 0, table[pair[0], pair[1]], np.float32(0.0))

    def _evidence(self) -> Floats:
        """ln(1 + sum) over each party's texts among the nearest ones, for the best of what is asked."""
        result = np.zeros(self._shape, np.float32)
        if not len(self._asks):
            return result
        score, texts = self._score, self._market.texts
        if score.shape[1] > DEPTH:
            edge = np.partition(score, score.shape[1] - DEPTH, axis=1)[:, -DEPTH][:, None]
            weighed = np.where(score >= edge, np.exp(TEMPERATURE * score), np.float32(0.0))
        else:
            weighed = np.exp(TEMPERATURE * score)
        owners, first = np.unique(texts.owner, return_index=True)
        summed = np.zeros((len(score), self._shape[1]), np.float32)
        summed[:, owners] = np.log1p(np.add.reduceat(weighed, first, axis=1))
        np.maximum.at(result, texts.owner[self._asks] - self._askers[0], summed)
        return result

    def _party_columns(self) -> dict[str, NDArray[np.float32]]:
        parties, askers = self._market.parties, self._askers
        roles = parties.role_of_kind[parties.kind]
        shared = parties.themes[askers, None] & parties.themes[None]
        same_region = parties.region[askers, None] == parties.region[None]
        columns = {
            "other_role": (roles[None] >= 0) & (roles[None] != roles[askers, None]),
            "same_kind": parties.kind[askers, None] == parties.kind[None],
            "shared_themes": np.minimum(np.bitwise_count(shared), 3),
            "same_region": same_region & (parties.region[None] != 0),
        }
        return {name: values.astype(np.float32) for name, values in columns.items()}

    def _text_columns(self, pairs: dict[str, tuple[Places, Places]]) -> dict[str, NDArray[np.float32]]:
        """What the two texts of the leading pair name; a pair without texts names nothing."""
        market, texts = self._market, self._market.texts
        ask, text = self._best_pairs(None, None)
        for pair in reversed(list(pairs.values())):
            there = pair[0] >= 0
            ask, text = np.where(there, pair[0], ask), np.where(there, pair[1], text)
        there = ask >= 0
        if not there.any():
            return {}
        ours = self._asks[np.where(there, ask, 0)]
        named = texts.named_kinds[ours]
        theirs_named = np.take_along_axis(named, market.parties.kind.astype(np.int64)[None, :, None], axis=2)[..., 0]
        stage = np.where(texts.stage[ours] != 0, texts.stage[ours], texts.stage[text])
        fits = np.where(np.isin(stage, list(market.parties.stages)), 1.0, -1.0)
        columns = {
            "same_collaboration": _same(texts.collaboration, ours, text),
            "same_purpose": _same(texts.purpose, ours, text),
            "same_language": texts.language[ours] == texts.language[text],
            "named_kind": np.where(theirs_named, 1.0, np.where(named.any(axis=2), -1.0, 0.0)),
            "stage_fit": np.where((stage == 0) | (not market.parties.stages), 0.0, fits),
        }
        return {name: np.where(there, values, 0.0).astype(np.float32) for name, values in columns.items()}


def _same(codes: NDArray[np.int16], ours: Ids, theirs: Places) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (codes[ours] == codes[theirs]) & (codes[ours] != 0)
    return same
