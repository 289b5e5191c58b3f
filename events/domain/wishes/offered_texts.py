"""What those who meet offer and seek at an event, as arrays: their texts of the day, else those of their profile.

Vectors are made once a text: what the hub's index has embedded is taken from there, the rest is kept with its row.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import prefetch_related_objects
from numpy.typing import NDArray

from events.domain.wishes.pairing import Market, Parties, Texts
from events.domain.wishes.usual_scale import Scale, usual_scale
from events.domain.wishes.word_scores import word_scores
from events.models import Event, EventStatement, Participant, Participation
from events.templates import template_of
from hubs.enums import Visibility
from kernel.errors import NotReady
from matching.domain.asking import ROLE_OF_KIND, stage_numbers
from matching.engine.calibration import Background
from matching.engine.candidates import SHORT_WORDS_WEIGHT, WORDS_WEIGHT
from matching.engine.centring import Centring
from matching.engine.named_parties import named_kinds
from matching.enums import Purpose
from matching.indexing.codes import (
    KINDS,
    kind_number,
    language_number,
    region_number,
    statement_kind_number,
    term_number,
    theme_bits,
)
from matching.languages import guess_language
from matching.queries.index import content_hash, stored_vectors
from matching.serving import encoder_with, hub_index, query_encoder
from matching.statement_texts import passage_text, reads_as_statement, term_queries
from profiles.enums import StatementKind
from profiles.models import Profile, Statement
from profiles.terms import all_terms

# More texts of one kind than anybody reads before a meeting would only cost time.
MOST_TEXTS_A_KIND = 8
_TEXTS_A_BATCH = 64
_SHARED = frozenset({Visibility.PUBLIC.value, Visibility.MEMBERS.value})


@dataclass(frozen=True)
class OfferedText:
    """One text with which a party comes; `statement` is the profile's own behind it, `row` what was written for the
    event, `passage` what is embedded.
    """

    kind: str
    text: str
    language: str
    passage: str
    statement: Statement | None = None
    row: EventStatement | None = None

    @property
    def digest(self) -> str:
        """Names the words that are embedded."""
        return content_hash(self.passage)


@dataclass(frozen=True)
class EventMarket:
    """People with agendas of their own, the party (a participation) of each (n,), and what all have written."""

    people: tuple[Participant, ...]
    party_of: NDArray[np.int64]
    participations: tuple[Participation, ...]
    offered: tuple[OfferedText, ...]
    market: Market
    purpose: Purpose


@dataclass(frozen=True)
class CentredTexts:
    """Texts as centred vectors (s, dimension) with their languages (s,), and what centres and calibrates what is asked
    of them, so that a text in another language is as near as one in the same.
    """

    encoder: str
    centring: Centring
    vectors: NDArray[np.float32]
    languages: NDArray[np.int16]
    background: Background


def purpose_of(event: Event) -> Purpose:
    """Likeness where people come to learn from each other, complementing elsewhere."""
    return Purpose.ERFA if template_of(event.kind).goes_by_likeness else Purpose.EVENT


def event_market(event: Event, people: Sequence[Participant], *, today: date) -> EventMarket:
    """These people as a market; embeds what has no vector yet.

    Raises:
        NotReady: the language model is not built on this machine.
    """
    participations = {person.participation_id: person.participation for person in people}
    rows = tuple(participations[key] for key in sorted(participations))
    numbers = {row.pk: number for number, row in enumerate(rows)}
    told = offered_by(rows, today=today)
    offered = [text for row in rows for text in told[row.pk]]
    owner = np.array([numbers[row.pk] for row in rows for _text in told[row.pk]], dtype=np.int64)
    purpose = purpose_of(event)
    market = _market(event.hub_id, rows, offered, owner, purpose)
    party_of = np.array([numbers[person.participation_id] for person in people], dtype=np.int64)
    return EventMarket(tuple(people), party_of, rows, tuple(offered), market, purpose)


def offered_by(
    participations: Sequence[Participation], *, today: date, levels: frozenset[str] = _SHARED
) -> dict[int, list[OfferedText]]:
    """Each participation's texts, by its key: those for the event, else the profile's; only what readers of these
    visibility levels may read, every member unless others are named.
    """
    rows = list(participations)
    prefetch_related_objects(
        rows, "statements__statement", "profile__statements", "profile__theme_links", "profile__organisation"
    )
    return {row.pk: _of_event(row, levels) or _of_profile(row.profile, today, levels) for row in rows}


def _of_event(row: Participation, levels: frozenset[str]) -> list[OfferedText]:
    """Own words come with the language of the page on which they were written: their own is read from them."""
    about, keywords = _about(row.profile), row.profile.keywords
    found = [
        OfferedText(each.kind, each.text, each.statement.language if each.statement else guess_language(each.text),
                    passage_text(each.text, about=about, keywords=keywords), each.statement, each)
        for each in row.statements.all()
        if each.kind != StatementKind.ABOUT and each.is_open_to(levels)
    ]  # fmt: skip
    return _few(found)


def _of_profile(profile: Profile, today: date, levels: frozenset[str]) -> list[OfferedText]:
    """Offers and needs; of a profile that has none, what it says about itself."""
    rows = [row for row in profile.statements.all() if row.visibility in levels and not row.is_expired(today)]
    speaking = [row for row in rows if row.kind != StatementKind.ABOUT] or rows
    about = _about(profile)
    return _few(
        [
            OfferedText(
                row.kind,
                row.text,
                row.language,
                passage_text(
                    row.text, about="" if row.kind == StatementKind.ABOUT else about, keywords=profile.keywords
                ),
                row,
            )
            for row in speaking
        ]
    )


def _about(profile: Profile) -> str:
    found = (row for row in profile.statements.all() if row.kind == StatementKind.ABOUT and row.visibility in _SHARED)
    return next((row.text for row in found), "")


def _few(texts: list[OfferedText]) -> list[OfferedText]:
    by_kind: dict[str, list[OfferedText]] = defaultdict(list)
    for text in texts:
        by_kind[text.kind].append(text)
    return [text for kind in sorted(by_kind) for text in by_kind[kind][:MOST_TEXTS_A_KIND]]


def _market(
    hub_id: int, rows: Sequence[Participation], offered: list[OfferedText], owner: NDArray[np.int64], purpose: Purpose
) -> Market:
    centred = centred_texts(hub_id, offered)
    texts = _texts(offered, owner, centred)
    asked = [term_queries(text.text, text.language) for text in offered]
    words = word_scores([text.text for text in offered], [text.language for text in offered], asked)
    return Market(_parties(rows, purpose), texts, centred.background, words)


def centred_texts(hub_id: int, offered: Sequence[OfferedText]) -> CentredTexts:
    """These texts on the scale of the hub's index, or on one of their own; embeds what has no vector yet.

    Raises:
        NotReady: the language model is not built on this machine.
    """
    spoken = [text.language for text in offered]
    languages = np.array([language_number(language) for language in spoken], np.int16)
    scale = _scale(hub_id)
    vectors = scale.centring.apply(_vectors(hub_id, scale.encoder, offered), spoken)
    return CentredTexts(scale.encoder, scale.centring, vectors, languages, scale.background)


def _scale(hub_id: int) -> Scale:
    """That of the hub's index where it has enough texts; a new hub has not."""
    try:
        index = hub_index(hub_id)
    except NotReady:
        return usual_scale(query_encoder().encoder.fingerprint)
    known = Scale(index.version.encoder, index.centring, index.background)
    return known if known.is_known else usual_scale(known.encoder)


def _vectors(hub_id: int, encoder: str, offered: Sequence[OfferedText]) -> NDArray[np.float32]:
    """Raw vectors (s, dimension) of the passages: stored ones, and new ones for what was never embedded."""
    known = stored_vectors(hub_id, encoder, {text.digest for text in offered})
    for text in offered:
        if text.row is not None and text.digest not in known and text.row.vector_of == _key(encoder, text.digest):
            known[text.digest] = np.frombuffer(bytes(text.row.vector or b""), dtype="<f4")
    missing = {text.digest: text.passage for text in offered if text.digest not in known}
    known |= _embed(encoder, missing)
    _keep(encoder, [text for text in offered if text.digest in missing], known)
    if not offered:
        return np.empty((0, encoder_with(encoder).encoder.dimension), np.float32)
    return np.stack([known[text.digest] for text in offered]).astype(np.float32)


def _embed(encoder: str, passages: dict[str, str]) -> dict[str, NDArray[np.float32]]:
    digests = list(passages)
    found: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(digests), _TEXTS_A_BATCH):
        batch = digests[start : start + _TEXTS_A_BATCH]
        made = encoder_with(encoder).encoder.encode_passages([passages[digest] for digest in batch])
        found.update(zip(batch, made, strict=True))
    return found


def _keep(encoder: str, texts: list[OfferedText], vectors: dict[str, NDArray[np.float32]]) -> None:
    """Store new vectors with the texts written for the event; those of profiles are the indexer's."""
    rows = []
    for text in texts:
        if text.row is not None:
            text.row.vector = vectors[text.digest].astype("<f4").tobytes()
            text.row.vector_of = _key(encoder, text.digest)
            rows.append(text.row)
    EventStatement.objects.bulk_update(rows, ["vector", "vector_of"], batch_size=200)


def _key(encoder: str, digest: str) -> str:
    """Names encoder and words, so that a text that is written anew is embedded anew."""
    return f"{encoder[:48]}:{digest[:24]}"


def _texts(offered: list[OfferedText], owner: NDArray[np.int64], centred: CentredTexts) -> Texts:
    own = [text.statement for text in offered]
    named = [[kind.value in named_kinds(text.text) for kind in KINDS] for text in offered]
    weights = [WORDS_WEIGHT if reads_as_statement(text.text) else SHORT_WORDS_WEIGHT for text in offered]
    return Texts(
        owner=owner,
        kind=np.array([statement_kind_number(text.kind) for text in offered], np.int16),
        language=centred.languages,
        purpose=np.array([term_number(row.purpose_id if row else None) for row in own], np.int16),
        collaboration=np.array([term_number(row.collaboration_id if row else None) for row in own], np.int16),
        stage=np.array([term_number(row.stage_id if row else None) for row in own], np.int16),
        named_kinds=np.array(named, np.bool_).reshape(len(offered), len(KINDS)),
        words_weight=np.array(weights, np.float32),
        vectors=centred.vectors,
    )


def _parties(rows: Sequence[Participation], purpose: Purpose) -> Parties:
    terms = all_terms()
    profiles = [row.profile for row in rows]
    themes = [
        theme_bits(terms[link.theme_id].position for link in each.theme_links.all() if link.theme_id in terms)
        for each in profiles
    ]
    return Parties(
        kind=np.array([kind_number(each.kind) for each in profiles], np.int16),
        region=np.array([region_number(each.region_id) for each in profiles], np.int16),
        themes=np.array(themes, np.int64),
        role_of_kind=ROLE_OF_KIND,
        stages=stage_numbers(purpose),
    )
