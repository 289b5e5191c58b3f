"""What is asked of the search, as its address says it: the words or the text to look like, and the filters."""

from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from matching.results import Match, SearchFilters

PAGE_SIZE = 10
MOST_SHOWN = 100
# The word of each filter in the address, by its name in `SearchFilters`.
ADDRESS_WORDS = {"kinds": "kind", "regions": "region", "themes": "theme", "stages": "stage"}


class Kept(Protocol):
    """A question that somebody saved."""

    @property
    def query(self) -> str:
        """Its words."""

    @property
    def filters(self) -> SearchFilters:
        """Its filters."""


@dataclass(frozen=True)
class Question:
    """What was asked; `like` is the public id of a text, and counts only where no words were written."""

    text: str = ""
    filters: SearchFilters = field(default_factory=SearchFilters)
    like: str = ""
    shown: int = PAGE_SIZE

    @property
    def words(self) -> str:
        """The text without the space around it."""
        return self.text.strip()

    @property
    def is_like(self) -> bool:
        """Whether more like a certain text is asked for."""
        return bool(self.like) and not self.words

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is chosen."""
        return self.filters != SearchFilters()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address, and of a form that asks this again."""
        asked = [("like", self.like)] if self.is_like else [("q", self.text)]
        for name, word in ADDRESS_WORDS.items():
            asked += [(word, code) for code in getattr(self.filters, name)]
        return asked

    @property
    def address(self) -> str:
        """The query string that asks this again."""
        return "?" + urlencode(self.pairs)

    @property
    def without_filters(self) -> str:
        """The query string that asks this of everybody."""
        return replace(self, filters=SearchFilters()).address

    @property
    def with_more(self) -> str:
        """The query string that shows one page more."""
        return f"{self.address}&show={self.shown + PAGE_SIZE}"

    def without_filter(self, name: str) -> str:
        """The query string with the filter of that name open."""
        opened: SearchFilters = replace(self.filters, **{name: ()})
        return replace(self, filters=opened).address

    def instead(self, words: str) -> str:
        """The query string that asks for other words under the same filters."""
        return replace(self, text=words, like="").address

    def like_match(self, match: Match) -> str:
        """The query string for more like the text of a match; empty where it has none."""
        statement = match.theirs.statement
        return replace(self, text="", like=str(statement.public_id)).address if statement else ""


def read_question(asked: QueryDict) -> Question:
    """The question in an address or form; what is no number of results means the first page."""
    return Question(
        text=asked.get("q", ""),
        filters=SearchFilters(**{name: tuple(asked.getlist(word)) for name, word in ADDRESS_WORDS.items()}),
        like=asked.get("like", ""),
        shown=_read_shown(asked.get("show", "")),
    )


def read_public_id(written: str) -> UUID | None:
    """The public id that was written; none where it is not one."""
    try:
        return UUID(written)
    except ValueError:
        return None


def kept_question(kept: Kept) -> Question:
    """The question as it was saved."""
    return Question(text=kept.query, filters=kept.filters)


def _read_shown(written: str) -> int:
    if not written.isdecimal() or len(written) > len(str(MOST_SHOWN)):
        return PAGE_SIZE
    return min(max(int(written), PAGE_SIZE), MOST_SHOWN)
