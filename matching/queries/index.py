"""Reads for the index: statements as columns, stored vectors, pending changes."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, OuterRef, Subquery
from numpy.typing import NDArray

from matching.engine.explain import texts_without_each
from matching.engine.features import Facts
from matching.engine.rows import NEVER, StatementRows
from matching.engine.stores import TermDocument, Vectors
from matching.indexing.codes import (
    kind_number,
    language_number,
    level_number,
    region_number,
    statement_kind_number,
    term_number,
    theme_bits,
)
from matching.models import IndexChange, IndexState, StatementVector
from matching.statement_texts import context_words, passage_text
from profiles.enums import StatementKind
from profiles.models import ProfileTheme, Statement
from profiles.terms import all_terms

_HASHES_A_QUERY = 500


@dataclass(frozen=True)
class IndexableStatement:
    """One living statement as the index needs it: `passage` is embedded, `words` are found by the word index.

    `without` holds the passage without each of its own sentences, when there are several: embedded too, so that an
    explanation can say which one carries a match. `columns` are those of `StatementRows`, `facts` those of `Facts`.
    """

    kind: str
    language: str
    content_hash: str
    passage: str
    without: tuple[str, ...]
    words: TermDocument
    columns: tuple[int, ...]
    facts: tuple[int, int, int]

    @property
    def embedded(self) -> tuple[str, ...]:
        """Every text of this statement that has a vector."""
        return (self.passage, *self.without)


def content_hash(text: str) -> str:
    """SHA-256 of the text: the same words are never embedded twice in a hub."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def indexable_statements(
    hub_id: int, profile_ids: Collection[int] | None = None, statement_ids: Collection[int] | None = None
) -> Iterator[IndexableStatement]:
    """Statements of profiles that are not paused, of the given profiles or all, in order of id."""
    rows = Statement.objects.filter(hub_id=hub_id, profile__is_paused=False).order_by("pk")
    if profile_ids is not None:
        rows = rows.filter(profile_id__in=profile_ids)
    if statement_ids is not None:
        rows = rows.filter(pk__in=statement_ids)
    about = Statement.objects.filter(profile=OuterRef("profile"), kind=StatementKind.ABOUT)
    rows = rows.annotate(
        about=Subquery(about.values("text")[:1]),
        about_visibility=Subquery(about.values("visibility")[:1]),
        profile_kind=F("profile__kind"),
        profile_visibility=F("profile__visibility"),
        organisation=F("profile__organisation_id"),
        region=F("profile__region_id"),
        keywords=F("profile__keywords"),
        name=F("profile__name"),
        organisation_name=F("profile__organisation__name"),
        specialty=F("profile__specialty_id"),
        municipal_field=F("profile__municipal_field_id"),
    )
    fields = (
        "pk",
        "kind",
        "text",
        "language",
        "visibility",
        "expires_on",
        "profile_id",
        "stage_id",
        "purpose_id",
        "collaboration_id",
        *rows.query.annotations,
    )
    themes = _theme_bits(hub_id, profile_ids)
    for row in rows.values(*fields).iterator(chunk_size=2000):
        yield _indexable(row, themes.get(row["profile_id"], 0))


def _theme_bits(hub_id: int, profile_ids: Collection[int] | None) -> dict[int, int]:
    """Each profile's themes as bits, by profile id."""
    links = ProfileTheme.objects.filter(hub_id=hub_id)
    if profile_ids is not None:
        links = links.filter(profile_id__in=profile_ids)
    positions: dict[int, list[int]] = defaultdict(list)
    for profile_id, position in links.values_list("profile_id", "theme__position").iterator(chunk_size=5000):
        positions[profile_id].append(position)
    return {profile_id: theme_bits(found) for profile_id, found in positions.items()}


def _indexable(row: dict[str, Any], themes: int) -> IndexableStatement:
    about = _shared_about(row)
    passage = passage_text(row["text"], about=about, keywords=row["keywords"])
    return IndexableStatement(
        kind=row["kind"],
        language=row["language"],
        content_hash=content_hash(passage),
        passage=passage,
        without=tuple(
            passage_text(text, about=about, keywords=row["keywords"]) for text in texts_without_each(row["text"])
        ),
        words=TermDocument(row["text"], _context(row, about), row["language"]),
        columns=(
            row["pk"],
            row["profile_id"],
            row["organisation"],
            statement_kind_number(row["kind"]),
            language_number(row["language"]),
            kind_number(row["profile_kind"]),
            region_number(row["region"]),
            term_number(row["stage_id"]),
            level_number(row["visibility"], row["profile_visibility"]),
            row["expires_on"].toordinal() if row["expires_on"] else NEVER,
        ),
        facts=(term_number(row["purpose_id"]), term_number(row["collaboration_id"]), themes),
    )


def _shared_about(row: dict[str, Any]) -> str:
    """The about-text, unless it is this statement itself or more secret than the statement that it would colour."""
    if row["kind"] == StatementKind.ABOUT or not row["about"]:
        return ""
    more_secret = level_number(row["about_visibility"]) > level_number(row["visibility"])
    return "" if more_secret else row["about"]


def _context(row: dict[str, Any], about: str) -> str:
    terms = all_terms()
    labels = [
        f"{terms[key].label_da} {terms[key].label_en}"
        for key in (row["specialty"], row["municipal_field"])
        if key in terms
    ]
    names = (row["name"], row["organisation_name"])
    return context_words(about=about, keywords=row["keywords"], names=names, kind=row["profile_kind"], labels=labels)


def as_rows(statements: list[IndexableStatement]) -> StatementRows:
    """The statements' columns as arrays."""
    if not statements:
        return StatementRows.empty()
    return StatementRows.of_table(np.array([statement.columns for statement in statements], dtype=np.int64))


def as_facts(statements: list[IndexableStatement]) -> Facts:
    """What only ranking needs of the statements, as arrays."""
    if not statements:
        return Facts.none()
    table: NDArray[np.int64] = np.array([statement.facts for statement in statements], dtype=np.int64)
    return Facts(table[:, 0].astype(np.int16), table[:, 1].astype(np.int16), table[:, 2])


def stored_vectors(hub_id: int, encoder: str, hashes: Collection[str] | None = None) -> dict[str, Vectors]:
    """Stored vectors (dimension,) by content hash; all of the hub's when `hashes` is None."""
    # Without an order: SQLite would walk the table in that order instead of looking the hashes up.
    rows = StatementVector.objects.filter(hub_id=hub_id, encoder=encoder).order_by()
    if hashes is None:
        return _unpack(rows.values_list("content_hash", "vector").iterator(chunk_size=2000))
    wanted = sorted(set(hashes))
    found: dict[str, Vectors] = {}
    for start in range(0, len(wanted), _HASHES_A_QUERY):
        part = rows.filter(content_hash__in=wanted[start : start + _HASHES_A_QUERY])
        found.update(_unpack(part.values_list("content_hash", "vector")))
    return found


def _unpack(rows: Iterable[tuple[str, "bytes | memoryview[int]"]]) -> dict[str, Vectors]:
    return {digest: np.frombuffer(bytes(blob), dtype="<f4") for digest, blob in rows}


def index_state(hub_id: int) -> IndexState | None:
    """What is published for the hub; none before the first build."""
    return IndexState.objects.filter(pk=hub_id).first()


def pending_changes(hub_id: int, limit: int | None = None) -> list[IndexChange]:
    """The oldest changes that have no sequence number yet; all of them without a limit."""
    return list(IndexChange.objects.filter(hub_id=hub_id, published__isnull=True).order_by("pk")[:limit])


def hubs_with_pending_changes() -> list[int]:
    """Ids of hubs in which something waits to be indexed."""
    return list(
        IndexChange.objects.filter(published__isnull=True)
        .order_by("hub_id")
        .values_list("hub_id", flat=True)
        .distinct()
    )


def changed_profiles_since(hub_id: int, published: int) -> tuple[list[int], int]:
    """Profiles whose published part of the index is newer than `published`, and the newest number."""
    rows = IndexChange.objects.filter(hub_id=hub_id, published__gt=published)
    profiles, newest = set(), published
    for profile_id, number in rows.values_list("profile_id", "published"):
        profiles.add(profile_id)
        newest = max(newest, number or published)
    return sorted(profiles), newest


def profiles_with_themes(hub_id: int, theme_keys: Collection[str]) -> frozenset[int]:
    """Ids of the hub's profiles that work with any of the themes."""
    links = ProfileTheme.objects.filter(hub_id=hub_id, theme_id__in=theme_keys)
    return frozenset(links.values_list("profile_id", flat=True))


def theme_counts(hub_id: int, profile_ids: Collection[int]) -> Counter[str]:
    """How many of these profiles work with each theme, by term key."""
    links = ProfileTheme.objects.filter(hub_id=hub_id).values_list("profile_id", "theme_id")
    wanted = frozenset(profile_ids)
    return Counter(theme for profile, theme in links.iterator(chunk_size=5000) if profile in wanted)
