"""What searching and recommending return: ready to show, with the statements that justify each match."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.enums import Direction, Purpose, TeamRole
from profiles.models import Profile, Statement

Span = tuple[int, int]


@dataclass(frozen=True)
class Side:
    """One statement of a match, or the reader's own words, with the parts to mark.

    `marks` are (start, end) character offsets into `text`, in order, not overlapping; `carrying` is the sentence that
    carries the match, when the text has more than one.
    """

    text: str
    language: str
    marks: tuple[Span, ...] = ()
    statement: Statement | None = None
    carrying: Span | None = None


@dataclass(frozen=True)
class Reason:
    """Why a match is shown, or what speaks against it, in the reader's language: a bold word and its detail."""

    code: str
    label: str
    detail: str


@dataclass(frozen=True)
class Fit:
    """How well the two fit, calibrated: of a hundred such pairs, `percent` were judged worth a talk.

    `level` is "strong", "good" or "weak"; `label` says it in the reader's language.
    """

    level: str
    label: str
    percent: int


@dataclass(frozen=True)
class Placing:
    """One candidate in one place of a list: its place in the ranking, and the probabilities of showing it.

    `propensity` is that of being shown anywhere in the list, `place_propensity` that of being shown in this place;
    `explored` means that it was drawn to learn from.
    """

    candidate: int
    propensity: float
    place_propensity: float
    explored: bool


@dataclass(frozen=True)
class Shown:
    """How a list was chosen, so that it can be logged: the ranker, its draw, and whom it chose from, (n, ...)."""

    ranker_name: str
    ranker_row: int | None
    seed: int
    explored_places: int
    placings: tuple[Placing, ...]
    profiles: NDArray[np.int64]
    columns: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """A profile with the pair of statements that justifies it; `ours` is absent in free-text search.

    `fit` is absent where nothing was calibrated for the kind of question. `explored` marks the one of a list that is
    shown because little is known of such pairs yet.
    """

    profile: Profile
    rank: int
    direction: Direction
    theirs: Side
    ours: Side | None = None
    span_label: str = ""
    reasons: tuple[Reason, ...] = ()
    reservation: Reason | None = None
    role: TeamRole | None = None
    fit: Fit | None = None
    explored: bool = False


@dataclass(frozen=True)
class WhyNot:
    """Why a named profile stands where it does in a list, or is not in it.

    `rank` counts from 1 over everybody who may be recommended; None for a profile that `blocks` keep out. `weaker`
    are the features in which it falls behind the last one shown; `match` is the best pair with it, if there is any.
    """

    profile: Profile
    rank: int | None
    shown: int
    blocks: tuple[Reason, ...] = ()
    weaker: tuple[Reason, ...] = ()
    match: Match | None = None


@dataclass(frozen=True)
class Recommendations:
    """A ranked list for one purpose; `missing_roles` are the project's parts that the seeker lacks, in order."""

    purpose: Purpose
    matches: tuple[Match, ...]
    missing_roles: tuple[TeamRole, ...] = ()
    shown: Shown | None = None


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
    stages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correction:
    """A word that nobody here has written, and the nearest one that somebody has; both were searched for."""

    written: str
    meant: str


@dataclass(frozen=True)
class Widening:
    """One filter to open: its name ("kinds", "regions", "themes", "stages"), its label, how many would be found."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class SearchResult:
    """Found profiles, best first, each once; a filter's facets count with that filter open and the others in force.

    `total` is how many fit at all, at most `MAX_RESULTS` of `matching.domain.searching`: what is no nearer than two
    texts picked by chance is not a result. `widenings` are there when filters hide what would fit.
    """

    query: str
    matches: tuple[Match, ...]
    total: int
    filters: SearchFilters
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    widenings: tuple[Widening, ...] = ()
    shown: Shown | None = None
