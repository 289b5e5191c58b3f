"""A person's saved searches as the search page lists them."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from frontend.facets import chosen_labels
from frontend.questions import Question, kept_question
from hubs.policies import Viewer
from matching.queries.saved_searches import saved_searches

Mark = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class SavedRow:
    """One saved search: its words, its filters in words, the address that asks it again."""

    public_id: UUID
    words: str
    filters: tuple[str, ...]
    address: str
    mark: Mark


def saved_rows(viewer: Viewer) -> tuple[SavedRow, ...]:
    """The viewer's saved searches, newest first; none for a visitor."""
    if viewer.user_id is None:
        return ()
    rows = []
    for saved in saved_searches(viewer.user_id, viewer.hub_id):
        question = kept_question(saved)
        labels = chosen_labels(saved.filters)
        rows.append(SavedRow(saved.public_id, saved.query, labels, question.address, _mark(question)))
    return tuple(rows)


def is_saved(question: Question, rows: tuple[SavedRow, ...]) -> bool:
    """Whether this very question, words and filters, is among the rows."""
    return _mark(question) in {row.mark for row in rows}


def _mark(question: Question) -> Mark:
    """What makes a question the same: its words whatever the space between them, its filters in any order."""
    return " ".join(unicodedata.normalize("NFC", question.words).split()), frozenset(question.pairs[1:])
