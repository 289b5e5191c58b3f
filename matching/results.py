"""What searching and recommending return: ready to show, with the statements that justify each match."""

from dataclasses import dataclass, field

from matching.enums import Direction, Purpose, TeamRole
from profiles.models import Profile, Statement

Span = tuple[int, int]


@dataclass(frozen=True)
class Side:
    """One statement of a match, or the reader's own words, with the parts to mark.

    `marks` are (start, end) character offsets into `text`, in order, not overlapping.
    """

    text: str
    language: str
    marks: tuple[Span, ...] = ()
    statement: Statement | None = None


@dataclass(frozen=True)
class Reason:
    """Why a match is shown, or what speaks against it, in the reader's language: a bold word and its detail."""

    code: str
    label: str
    detail: str


@dataclass(frozen=True)
class Match:
    """A profile with the pair of statements that justifies it; `ours` is absent in free-text search."""

    profile: Profile
    rank: int
    direction: Direction
    theirs: Side
    ours: Side | None = None
    span_label: str = ""
    reasons: tuple[Reason, ...] = ()
    reservation: Reason | None = None
    role: TeamRole | None = None


@dataclass(frozen=True)
class Recommendations:
    """A ranked list for one purpose; `missing_roles` are the project's parts that the seeker lacks, in order."""

    purpose: Purpose
    matches: tuple[Match, ...]
    missing_roles: tuple[TeamRole, ...] = ()


@dataclass(frozen=True)
class FacetValue:
    """One value of a filter: how many found profiles have it, and whether it is chosen."""

    code: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class SearchFilters:
    """Codes to keep; an empty tuple keeps all."""

    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """Found profiles, best first, each once; a filter's facets count with that filter open and the others in force.

    `total` is how many can be read, at most `MAX_RESULTS` of `matching.domain.searching`.
    """

    query: str
    matches: tuple[Match, ...]
    total: int
    filters: SearchFilters
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
