"""What a policy meets: lists to be filled, candidates with features, and what came of a list that was shown.

`World` is the seam: whoever wants other rates, delays or preferences than `Settings` can say writes such a class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.engine.simulation.settings import Settings

Column = NDArray[np.float64]
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ids = NDArray[np.int64]

# What became of a request.
SILENT, NOT_NOW, NO, YES = 0, 1, 2, 3


@dataclass(frozen=True)
class Query:
    """Somebody looks for partners: a number (unique, growing with time), a day from 0 on, and who it is."""

    number: int
    day: float
    seeker: int


@dataclass(frozen=True)
class Candidates:
    """Whom a list may show: `party` (n,) in growing order, features `matrix` (n, f) in the order of
    `contact_features.NAMES`, similarity (n,) as a search engine would say it, and `allowed` (n,): false where a cap
    leaves no room or the pair was brought together lately.
    """

    party: Ids
    matrix: Matrix
    similarity: Column
    allowed: Flags


@dataclass(frozen=True)
class Fates:
    """What comes of a list, one entry a place (k,): the whole future, of which a log shows only what has come.

    `asked`; `answer` is one of SILENT, NOT_NOW, NO, YES and counts only where asked; `answer_day` is the day of an
    answer, infinite for none; `rung_days` (k, rungs), in the order of `ladder.CODES`, the days on which rungs are
    reached, infinite for never; `heard_days` (k, follow-ups), the days on which a follow-up is answered, infinite for
    silence. Such an answer tells of every rung reached by then, with its day.
    """

    asked: Flags
    answer: Ids
    answer_day: Column
    rung_days: Matrix
    heard_days: Matrix


class World(Protocol):
    """One simulated hub, in which time moves on with every list that is shown.

    A policy sees `queries`, `candidates` and, through the log, what `show` brought. `truth`, `attention`, `load_caps`
    are for the judge and `observable_truth` for the oracle; nobody else may look at them. Probabilities are
    (stages, n) in the order of `ranker.STAGES`, each given the stage before; asking is given that the place is looked
    at. Two worlds of the same number must meet two policies with the same luck.
    """

    def queries(self, month: int) -> Sequence[Query]:
        """The lists to be filled in a month, counted from 0, in order of time."""
        ...

    def candidates(self, query: Query) -> Candidates:
        """Who may be shown, as known on the day of the query."""
        ...

    def show(self, query: Query, party: Ids) -> Fates:
        """Show these parties, best place first; requests are made at once."""
        ...

    def truth(self, query: Query, candidates: Candidates) -> Matrix:
        """True probabilities, the hidden part of each preference included."""
        ...

    def observable_truth(self, candidates: Candidates) -> Matrix:
        """The best that could be known from the features: the hidden part averaged out."""
        ...

    def attention(self, places: int) -> Column:
        """True probability that each place of a list is looked at, first place first."""
        ...

    def load_caps(self) -> tuple[Ids, int]:
        """How many requests each party (n,) takes in a period, -1 for no cap, and the days of a period."""
        ...


class WorldFactory(Protocol):
    """Makes the world of a simulated hub; the same settings and number make the same world."""

    def __call__(self, settings: Settings, number: int) -> World:
        """A hub that nobody has been shown anything in."""
        ...
