"""Who is in a simulated cluster: kinds, places, sizes, themes, and what each offers and needs as directions of meaning.

The columns of a pair come out as the real feature table would have them: in its units, ranges and correlations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.contact_features import contact_matrix, freshness, relevance
from matching.engine.features import FEATURES
from matching.engine.features import NAMES as PAIR_NAMES
from matching.engine.purposes import OPI_LIGHT, PROJECT, ROLE_OF_KIND
from matching.engine.simulation.settings import KINDS, Settings
from matching.engine.simulation.world import Column, Ids, Matrix
from matching.engine.weights import RANKERS

_SHARES = (0.55, 0.15, 0.15, 0.10, 0.05)
_ROLES = sorted(set(ROLE_OF_KIND.values()))
_ROLE_OF_KIND = np.array([_ROLES.index(ROLE_OF_KIND[kind]) if kind in ROLE_OF_KIND else -1 for kind in KINDS])
_REGIONS, _FIELDS, _TOPICS, _THEMES, _STATEMENTS, _DIMENSION = 5, 12, 20, 11, 3, 48
# How much of a statement is its field's common direction; unrelated ones stay near a cosine of 0.
_COMMON = 0.8
_PURPOSES = (OPI_LIGHT, PROJECT)
_LIMITS = tuple((feature.low, feature.high) for feature in FEATURES)


@dataclass(frozen=True)
class Population:
    """One row a party (n,): `role` is the part of the triple helix or -1, `small` -1, 0 or 1, `themes` (n, themes)
    flags, `needs` and `offers` (n, statements, d) unit vectors, `age_days` since a statement changed before day 0,
    `cap` requests a period or -1, `activity` the share of all lists that the party asks for.
    """

    kind: Ids
    role: Ids
    region: Ids
    small: Ids
    field: Ids
    language: Ids
    themes: NDArray[np.bool_]
    needs: NDArray[np.float64]
    offers: NDArray[np.float64]
    age_days: Column
    cap: Ids
    activity: Column

    def __len__(self) -> int:
        return len(self.kind)


def generate_population(settings: Settings, generator: np.random.Generator) -> Population:
    """Parties drawn at random; most are small firms, few seekers ask for most lists."""
    count = settings.profiles
    kind = generator.choice(len(KINDS), count, p=_SHARES)
    centres = _directions(generator, (_TOPICS,))
    # Everybody works in one or two topics; what is needed comes from the same ones more often than not.
    topic = generator.integers(_TOPICS, size=(count, 2))
    activity = generator.gamma(0.6, size=count) + 0.05
    low, high = (np.array([settings.caps[name][end] for name in KINDS])[kind] for end in (0, 1))
    cap = np.where(generator.random(count) < settings.uncapped, -1, generator.integers(low, high + 1))
    return Population(
        kind=kind,
        role=_ROLE_OF_KIND[kind],
        region=generator.integers(1, _REGIONS + 1, count),
        small=generator.choice([-1, 0, 1], count, p=[0.25, 0.35, 0.40]),
        field=generator.integers(_FIELDS, size=count),
        language=generator.choice(2, count, p=[0.8, 0.2]),
        themes=generator.random((count, _THEMES)) < 0.2,
        needs=_statements(generator, centres, topic),
        offers=_statements(generator, centres, topic),
        age_days=generator.exponential(150.0, count),
        cap=cap,
        activity=activity / activity.sum(),
    )


def _directions(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    vectors = generator.standard_normal((*shape, _DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float64)


def _statements(generator: np.random.Generator, centres: NDArray[np.float64], topic: Ids) -> NDArray[np.float64]:
    count = len(topic)
    own = topic[np.arange(count)[:, None], generator.integers(2, size=(count, _STATEMENTS))]
    elsewhere = generator.random((count, _STATEMENTS)) < 0.3
    chosen = np.where(elsewhere, generator.integers(_TOPICS, size=(count, _STATEMENTS)), own)
    mixed = _COMMON * centres[chosen] + np.sqrt(1 - _COMMON**2) * _directions(generator, (count, _STATEMENTS))
    return np.asarray(mixed / np.linalg.norm(mixed, axis=-1, keepdims=True), dtype=np.float64)


def static_features(
    population: Population, seeker: int, day: float, generator: np.random.Generator
) -> tuple[Matrix, Column]:
    """Features (n, `contact_features.NAMES`) of the seeker with every party, contact history left neutral, and the
    similarity (n,) of what is needed to what is offered; `generator` decides what the question is about.
    """
    purpose = _PURPOSES[int(generator.random() < 0.4)]
    question = population.needs[seeker, generator.integers(_STATEMENTS)]
    columns = _meaning_columns(population, seeker, question, generator)
    similarity = columns["need_offer_meaning"].copy()
    columns |= _party_columns(population, seeker) | _statement_columns(population, seeker, generator)
    pairs = np.zeros((len(population), len(PAIR_NAMES)))
    for place, name in enumerate(PAIR_NAMES):
        pairs[:, place] = np.clip(columns[name], *_LIMITS[place])
    newest = np.minimum(population.age_days, population.age_days[seeker])
    extra = {
        "freshness": freshness((newest + day) % 400.0),
        "small_unit": population.small.astype(np.float64),
        "seeker_small": np.full(len(population), float(population.small[seeker])),
        "same_field": (population.field == population.field[seeker]).astype(np.float64),
        "relevance": relevance(RANKERS[purpose].scores(pairs)),
    }
    return contact_matrix(pairs, extra), similarity


def _meaning_columns(
    population: Population, seeker: int, question: Column, generator: np.random.Generator
) -> dict[str, Column]:
    """Meaning is the cosine in deviations above chance; words follow meaning, with luck of their own."""
    scale = np.sqrt(_DIMENSION)
    offered = scale * population.offers @ question
    wanted = scale * np.einsum("nsd,td->nst", population.needs, population.offers[seeker]).max(axis=2)
    columns = {
        "need_offer_meaning": offered.max(axis=1),
        "offer_need_meaning": wanted.max(axis=1),
        "same_need_meaning": scale * (population.needs @ question).max(axis=1),
    }
    for name in ("need_offer", "offer_need"):
        luck = generator.standard_normal(len(population))
        columns[f"{name}_words"] = 0.5 * columns[f"{name}_meaning"] - 1.0 + 1.2 * luck
    strength = np.log1p(np.exp(np.concatenate([offered, wanted], axis=1) - 1.0).sum(axis=1))
    best = np.sort(offered, axis=1).mean(axis=1) + columns["need_offer_words"]
    return columns | {"evidence": 1.5 * strength, "best_evidence": best + columns["need_offer_meaning"]}


def _party_columns(population: Population, seeker: int) -> dict[str, Column]:
    role, shared = population.role, (population.themes & population.themes[seeker]).sum(axis=1)
    return {
        "other_role": ((role >= 0) & (role != role[seeker])).astype(np.float64),
        "same_kind": (population.kind == population.kind[seeker]).astype(np.float64),
        "shared_themes": shared.astype(np.float64),
        "same_region": (population.region == population.region[seeker]).astype(np.float64),
    }


def _statement_columns(population: Population, seeker: int, generator: np.random.Generator) -> dict[str, Column]:
    count = len(population)
    named = np.full(count, 0.0)
    if generator.random() < 0.4:
        named = np.where(population.kind == generator.choice(len(KINDS), p=_SHARES), 1.0, -1.0)
    return {
        "same_collaboration": (generator.random(count) < 0.3).astype(np.float64),
        "same_purpose": (generator.random(count) < 0.2).astype(np.float64),
        "same_language": (population.language == population.language[seeker]).astype(np.float64),
        "named_kind": named,
        "stage_fit": generator.choice([-1.0, 0.0, 1.0], count, p=[0.25, 0.35, 0.40]),
    }
