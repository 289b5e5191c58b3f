"""What a platform would have written down so far, and what can be learned from it on a given day.

Everything here is blind to the future: an answer counts from the day it came, an outcome from the follow-up in which
somebody told of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.bayesian import Evidence
from matching.engine.ladder import CODES, Rung, SeenDelays, learned_delays, matured
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS
from matching.engine.simulation.world import NO, YES, Column, Fates, Flags, Ids, Matrix, Query


@dataclass(frozen=True)
class Shown:
    """A list as logged: parties and features (k, ...) by place, propensity of each at its place, and drawn places."""

    query: Query
    party: Ids
    matrix: Matrix
    propensity: Column
    explored: Flags


class Log:
    """Impressions in order of time, with what came of them."""

    def __init__(self, expires_days: float) -> None:
        """`expires_days`: a request that old and unanswered has expired."""
        self._expires = expires_days
        self._shown: list[Shown] = []
        self._fates: list[Fates] = []

    def __len__(self) -> int:
        return sum(len(each.party) for each in self._shown)

    def write(self, shown: Shown, fates: Fates) -> None:
        """Add a list."""
        self._shown.append(shown)
        self._fates.append(fates)

    def propensities(self) -> Column:
        """The probability (impressions,) with which each was shown where it was."""
        return np.concatenate([each.propensity for each in self._shown]) if self._shown else np.empty(0)

    def evidence(self, day: float, attention: float) -> dict[str, Evidence]:
        """What is known on `day`, by stage; empty before anything was shown.

        A card is taken to be looked at with probability place ** -attention: what was not asked at a low place may
        not have been seen. Requests that are still open count for nothing yet; a "not now" counts as no decision.
        An outcome counts as seen only up to the last follow-up that was answered.
        """
        if not self._shown:
            return {}
        matrix = np.concatenate([each.matrix for each in self._shown])
        sent = np.concatenate([np.full(len(each.party), each.query.day) for each in self._shown])
        place = np.concatenate([np.arange(1, len(each.party) + 1, dtype=np.float64) for each in self._shown])
        fates = _joined(self._fates)
        decided = np.isin(fates.answer, (NO, YES)) & (fates.answer_day <= day)
        expired = fates.asked & (sent + self._expires <= day)
        known = fates.asked & decided
        accepted = known & (fates.answer == YES)
        found = {
            ASKS: Evidence(matrix, fates.asked.astype(np.float64), matured=place**-attention),
            ANSWERS: Evidence(matrix[expired], decided[expired].astype(np.float64)),
            ACCEPTS: Evidence(matrix[known], accepted[known].astype(np.float64)),
        }
        return found | _outcomes(matrix[accepted], _taken(fates, accepted), day)


def _joined(fates: list[Fates]) -> Fates:
    return Fates(
        np.concatenate([each.asked for each in fates]),
        np.concatenate([each.answer for each in fates]),
        np.concatenate([each.answer_day for each in fates]),
        np.concatenate([each.rung_days for each in fates]),
        np.concatenate([each.heard_days for each in fates]),
    )


def _taken(fates: Fates, rows: NDArray[np.bool_]) -> Fates:
    return Fates(
        fates.asked[rows], fates.answer[rows], fates.answer_day[rows], fates.rung_days[rows], fates.heard_days[rows]
    )


def _outcomes(matrix: Matrix, fates: Fates, day: float) -> dict[str, Evidence]:
    """Evidence by rung, of accepted contacts that somebody told of; delays are learned from those that came."""
    if not len(matrix):
        return {}
    last = np.where(fates.heard_days <= day, fates.heard_days, -np.inf).max(axis=1, initial=-np.inf)
    told = np.isfinite(last)
    if not told.any():
        return {}
    age = last[told] - fates.answer_day[told]
    came = fates.rung_days[told] <= last[told, None]
    # Infinite where it never came; not looked at then.
    delay = fates.rung_days[told] - fates.answer_day[told, None]
    seen = {code: SeenDelays(delay[came[:, place], place], age[came[:, place]]) for place, code in enumerate(CODES)}
    rungs: tuple[Rung, ...] = learned_delays(seen)
    return {
        f"rung:{rung.code}": Evidence(matrix[told], came[:, place].astype(np.float64), matured=matured(rung, age))
        for place, rung in enumerate(rungs)
    }
