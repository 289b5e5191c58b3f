"""Our side of a question: a profile's statements, or somebody's own words, as the engine takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.engine import purposes
from matching.engine.candidates import SHORT_WORDS_WEIGHT, WORDS_WEIGHT, Ask
from matching.engine.features import Asker, Facts
from matching.engine.named_parties import named_kinds
from matching.engine.rows import NEED
from matching.engine.stores import TermQuery, Vectors
from matching.indexing.codes import (
    KINDS,
    NO_REGION,
    kind_number,
    language_number,
    region_number,
    statement_kind_number,
    term_number,
    theme_bits,
)
from matching.indexing.hub_index import HubIndex
from matching.languages import guess_language
from matching.serving import encoder_with
from matching.statement_texts import passage_text, reads_as_statement, term_queries
from profiles.enums import StatementKind, Taxonomy
from profiles.models import Profile, Statement
from profiles.terms import all_terms, key_of

_ROLES = {role: number for number, role in enumerate(purposes.ROLES)}
ROLE_OF_KIND = np.array([_ROLES.get(purposes.ROLE_OF_KIND.get(kind.value, ""), -1) for kind in KINDS], dtype=np.int16)


@dataclass(frozen=True)
class Question:
    """What asks: one entry an asking text, with the statement it stands for (none for somebody's own words)."""

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    statements: tuple[Statement | None, ...]
    vectors: Vectors
    terms: tuple[tuple[TermQuery, ...], ...]
    asker: Asker

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """As the engine searches."""
        weights = [WORDS_WEIGHT if reads_as_statement(text) else SHORT_WORDS_WEIGHT for text in self.texts]
        return tuple(Ask(*parts) for parts in zip(self.vectors, self.terms, weights, strict=True))


def question_of_text(index: HubIndex, text: str, *, kind: str = "", purpose: str = "") -> Question:
    """Words that somebody wrote, read as a need of a profile of that kind (empty: unknown)."""
    language = guess_language(text)
    raw = encoder_with(index.version.encoder).encode_asking([text])
    asker = Asker(
        statement_kind=np.array([NEED], np.int16),
        language=np.array([language_number(language)], np.int16),
        facts=Facts.none(1),
        stage=np.zeros(1, np.int16),
        named_kinds=_named([text]),
        role_of_kind=ROLE_OF_KIND,
        kind=kind_number(kind) if kind else -1,
        themes=0,
        region=NO_REGION,
        stages=stage_numbers(purpose),
    )
    vectors = index.centring.apply(raw, [language])
    return Question((text,), (language,), (None,), vectors, (term_queries(text, language),), asker)


def question_of_profile(index: HubIndex, profile: Profile, statements: Sequence[Statement], purpose: str) -> Question:
    """A profile's statements; those that the index holds are not embedded again."""
    texts = tuple(statement.text for statement in statements)
    languages = tuple(statement.language for statement in statements)
    words = [" ".join((text, ", ".join(profile.keywords))) for text in texts]
    asker = Asker(
        statement_kind=np.array([statement_kind_number(row.kind) for row in statements], np.int16),
        language=np.array([language_number(row.language) for row in statements], np.int16),
        facts=_facts(profile, statements),
        stage=np.array([term_number(row.stage_id) for row in statements], np.int16),
        named_kinds=_named(texts),
        role_of_kind=ROLE_OF_KIND,
        kind=kind_number(profile.kind),
        themes=_themes(profile),
        region=region_number(profile.region_id),
        stages=stage_numbers(purpose),
    )
    terms = tuple(term_queries(text, language) for text, language in zip(words, languages, strict=True))
    return Question(texts, languages, tuple(statements), _vectors(index, profile, statements), terms, asker)


def stage_numbers(purpose: str) -> frozenset[int]:
    """Product stages that the purpose is for."""
    codes = purposes.STAGES.get(purpose, ())
    return frozenset(term_number(key_of(Taxonomy.PRODUCT_STAGE, code)) for code in codes)


def _vectors(index: HubIndex, profile: Profile, statements: Sequence[Statement]) -> Vectors:
    """Centred vectors (n, dimension): as the index holds them, else embedded now."""
    if not statements:
        return np.empty((0, index.dimension), np.float32)
    with index.lock:
        vectors = index.stores.vectors.vectors(np.array([row.pk for row in statements], dtype=np.int64)).copy()
    missing = np.flatnonzero(np.isnan(vectors).any(axis=1)).tolist()
    if missing:
        about = next((row.text for row in profile.statements.all() if row.kind == StatementKind.ABOUT), "")
        passages = [
            passage_text(
                statements[place].text,
                about="" if statements[place].kind == StatementKind.ABOUT else about,
                keywords=profile.keywords,
            )
            for place in missing
        ]
        raw = encoder_with(index.version.encoder).encode_asking(passages)
        vectors[missing] = index.centring.apply(raw, [statements[place].language for place in missing])
    return vectors


def _facts(profile: Profile, statements: Sequence[Statement]) -> Facts:
    return Facts(
        np.array([term_number(row.purpose_id) for row in statements], np.int16),
        np.array([term_number(row.collaboration_id) for row in statements], np.int16),
        np.full(len(statements), _themes(profile), np.int64),
    )


def _themes(profile: Profile) -> int:
    terms = all_terms()
    return theme_bits(terms[link.theme_id].position for link in profile.theme_links.all() if link.theme_id in terms)


def _named(texts: Sequence[str]) -> np.ndarray:
    return np.array([[kind.value in named_kinds(text) for kind in KINDS] for text in texts], dtype=np.bool_).reshape(
        len(texts), len(KINDS)
    )
