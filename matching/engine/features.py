"""What is known of a pair of parties before they meet, as numbers: one column a feature, one row a candidate.

Search, recommendation, event and learning all use this table; nothing else decides an order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.engine.candidates import Pool
from matching.engine.evidence import best_evidence, incidence, summed_evidence
from matching.engine.rows import NEED, OFFER, Ids, StatementRows

Matrix = NDArray[np.float64]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Feature:
    """One column: its name, what it means, its range, and the value that says nothing for or against."""

    name: str
    meaning: str
    low: float
    high: float
    neutral: float = 0.0


FEATURES = (
    Feature("need_offer_meaning", "our need and their offer, deviations above chance in meaning, best pair", -7, 12),
    Feature("need_offer_words", "the same pair, deviations above chance in shared words", -2, 8),
    Feature("offer_need_meaning", "our offer and their need, deviations above chance in meaning, best pair", -7, 12),
    Feature("offer_need_words", "the same pair, deviations above chance in shared words", -2, 8),
    Feature("same_need_meaning", "our need and their need: the same concern, best pair", -7, 12),
    Feature("evidence", "ln(1 + sum) over all their statements for all that we ask", 0, 14),
    Feature("best_evidence", "mean of the three best statements, for the best of what we ask", -9, 28),
    Feature("other_role", "1: another part of the triple helix than ours, 0: the same or none", 0, 1),
    Feature("same_kind", "1: the same kind of profile, 0: another", 0, 1),
    Feature("same_collaboration", "1: both statements of the best pair name the same form of collaboration", 0, 1),
    Feature("same_purpose", "1: both statements of the best pair name the same concrete purpose", 0, 1),
    Feature("shared_themes", "strategic themes that both profiles work with", 0, 3),
    Feature("same_region", "1: both in the same region, 0: not, or unknown", 0, 1),
    Feature("same_language", "1: the statements of the best pair are in one language, 0: in two", 0, 1),
    Feature("named_kind", "1: our statement names their kind of party, -1: it names only others, 0: none", -1, 1),
    Feature(
        "stage_fit", "1: a product stage of the pair is one that the purpose is for, -1: another, 0: unknown", -1, 1
    ),
)
NAMES = tuple(feature.name for feature in FEATURES)
NEUTRAL = np.array([feature.neutral for feature in FEATURES])


@dataclass(frozen=True)
class Facts:
    """Columns beside `StatementRows` that only ranking needs, (n,): 0 for none; `themes` holds one bit a theme."""

    purpose: NDArray[np.int16]
    collaboration: NDArray[np.int16]
    themes: NDArray[np.int64]

    def take(self, positions: NDArray[np.int64] | NDArray[np.bool_]) -> "Facts":
        """The facts at `positions`, in that order."""
        return Facts(self.purpose[positions], self.collaboration[positions], self.themes[positions])

    def joined(self, other: "Facts") -> "Facts":
        """These facts, then the other ones."""
        return Facts(
            np.concatenate([self.purpose, other.purpose]),
            np.concatenate([self.collaboration, other.collaboration]),
            np.concatenate([self.themes, other.themes]),
        )

    @classmethod
    def none(cls, count: int = 0) -> "Facts":
        """Nothing known of `count` statements."""
        return cls(np.zeros(count, np.int16), np.zeros(count, np.int16), np.zeros(count, np.int64))


@dataclass(frozen=True)
class Asker:
    """Our side of all pairs: one entry an ask (a,), and what holds for the profile as a whole.

    `named_kinds` (a, kinds) says which kinds of party each ask names; `role_of_kind` (kinds,) numbers the parts of the
    triple helix, -1 for none; `kind` and `region` are -1 and 0 when unknown; `stages` are those the purpose is for.
    """

    statement_kind: NDArray[np.int16]
    language: NDArray[np.int16]
    facts: Facts
    stage: NDArray[np.int16]
    named_kinds: NDArray[np.bool_]
    role_of_kind: NDArray[np.int16]
    kind: int
    themes: int
    region: int
    stages: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PairFeatures:
    """Candidates in order of profile id: their features and, for each direction, the best pair or none.

    `matrix` is (profiles, features) in the order of `FEATURES`; the pairs hold numbers of asks and of pool columns,
    -1 for none, (profiles, 2).
    """

    profiles: Ids
    matrix: Matrix
    need_offer: Ids
    offer_need: Ids
    same_need: Ids


def pair_features(asker: Asker, pool: Pool, rows: StatementRows, facts: Facts) -> PairFeatures:
    """Features of every profile that owns a statement of the pool; `rows` and `facts` describe its columns."""
    profiles, owners = incidence(rows.profile)
    first = np.unique(rows.profile, return_index=True)[1]
    score = pool.score
    directions = {
        name: _best_pairs(score, asker.statement_kind == ours, rows.statement_kind == theirs, rows, len(profiles))
        for name, ours, theirs in (("need_offer", NEED, OFFER), ("offer_need", OFFER, NEED), ("same_need", NEED, NEED))
    }
    leading = _leading(score, list(directions.values()), rows, profiles)
    matrix = np.tile(NEUTRAL, (len(profiles), 1))
    columns = _match_columns(pool, directions) | _evidence_columns(score, owners)
    columns |= _party_columns(asker, rows.take(first), facts.take(first))
    columns |= _statement_columns(asker, leading, rows, facts)
    for name, values in columns.items():
        matrix[:, NAMES.index(name)] = values
    return PairFeatures(profiles, matrix, **directions)


def _best_pairs(
    score: NDArray[np.float32],
    ours: NDArray[np.bool_],
    theirs: NDArray[np.bool_],
    rows: StatementRows,
    profiles: int,
) -> Ids:
    """For each profile the (ask, column) with the highest score among these kinds; ties by statement id."""
    result = np.full((profiles, 2), -1, dtype=np.int64)
    asks, columns = np.flatnonzero(ours), np.flatnonzero(theirs)
    if not len(asks) or not len(columns):
        return result
    table = score[np.ix_(asks, columns)]
    best_ask, best = asks[table.argmax(axis=0)], table.max(axis=0)
    places = np.unique(rows.profile, return_inverse=True)[1][columns]
    order = np.lexsort((rows.statement[columns], -best, places))
    owners, first = np.unique(places[order], return_index=True)
    chosen = order[first]
    result[owners, 0], result[owners, 1] = best_ask[chosen], columns[chosen]
    return result


def _leading(score: NDArray[np.float32], directions: list[Ids], rows: StatementRows, profiles: Ids) -> Ids:
    """The best pair of the first direction that has one; without any, the statement nearest to any ask."""
    leading = np.full((len(profiles), 2), -1, dtype=np.int64)
    if not len(score):
        return leading
    best_ask, best = score.argmax(axis=0), score.max(axis=0)
    places = np.searchsorted(profiles, rows.profile)
    order = np.lexsort((rows.statement, -best, places))
    chosen = order[np.unique(places[order], return_index=True)[1]]
    leading[:, 0], leading[:, 1] = best_ask[chosen], chosen
    for pairs in reversed(directions):
        there = pairs[:, 0] >= 0
        leading[there] = pairs[there]
    return leading


def _match_columns(pool: Pool, directions: dict[str, Ids]) -> dict[str, Matrix]:
    columns: dict[str, Matrix] = {}
    for name, pairs in directions.items():
        there = pairs[:, 0] >= 0
        for kind, table in (("meaning", pool.meaning), ("words", pool.words)):
            column = f"{name}_{kind}"
            if column in NAMES and len(table):
                columns[column] = np.where(there, table[pairs[:, 0], pairs[:, 1]], 0.0).astype(np.float64)
    return columns


def _evidence_columns(score: NDArray[np.float32], owners: csr_array) -> dict[str, Matrix]:
    if not len(score):
        return {}
    return {
        "evidence": np.max([summed_evidence(row, owners) for row in score], axis=0),
        "best_evidence": np.max([best_evidence(row, owners) for row in score], axis=0),
    }


def _party_columns(asker: Asker, party: StatementRows, facts: Facts) -> dict[str, Matrix]:
    """What holds for the two profiles whatever they wrote; `party` and `facts` have one row a profile."""
    theirs = asker.role_of_kind[party.kind]
    ours = asker.role_of_kind[asker.kind] if asker.kind >= 0 else -1
    return {
        "other_role": ((theirs >= 0) & (theirs != ours)).astype(np.float64),
        "same_kind": (party.kind == asker.kind).astype(np.float64),
        "shared_themes": np.minimum(np.bitwise_count(facts.themes & asker.themes), 3).astype(np.float64),
        "same_region": ((party.region == asker.region) & (party.region != 0)).astype(np.float64),
    }


def _statement_columns(asker: Asker, leading: Ids, rows: StatementRows, facts: Facts) -> dict[str, Matrix]:
    """What the two statements of the leading pair name."""
    ask, column = leading[:, 0], leading[:, 1]
    if not len(asker.statement_kind):
        return {}
    ours, theirs = asker.facts.take(ask), facts.take(column)
    named = asker.named_kinds[ask]
    theirs_named = named[np.arange(len(ask)), rows.kind[column]]
    stages = np.stack([asker.stage[ask], rows.stage[column]])
    return {
        "same_collaboration": _same(ours.collaboration, theirs.collaboration),
        "same_purpose": _same(ours.purpose, theirs.purpose),
        "same_language": (asker.language[ask] == rows.language[column]).astype(np.float64),
        "named_kind": np.where(theirs_named, 1.0, np.where(named.any(axis=1), -1.0, 0.0)),
        "stage_fit": _stage_fit(stages, asker.stages),
    }


def _same(ours: NDArray[np.int16], theirs: NDArray[np.int16]) -> Matrix:
    return np.asarray((ours == theirs) & (ours != 0), dtype=np.float64)


def _stage_fit(stages: NDArray[np.int16], wanted: frozenset[int]) -> Matrix:
    """Of the two stages (2, n) the one that is known, theirs last: is it one that the purpose is for?"""
    stage = np.where(stages[0] != 0, stages[0], stages[1])
    fits = np.isin(stage, list(wanted))
    return np.asarray(np.where((stage == 0) | (not wanted), 0.0, np.where(fits, 1.0, -1.0)), dtype=np.float64)
