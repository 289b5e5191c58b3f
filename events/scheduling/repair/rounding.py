"""From an optimum with fractions to a timetable: what is surely best stays, the rest is settled exactly.

The relaxation of a repair is so nearly integral that a few hundred to a thousand choices are left, among which CP-SAT
proves the best within a moment.
"""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import csr_matrix

from events.scheduling.exact.searching import Cell, Effort, Watch, run
from events.scheduling.repair.keeping import Amounts, Numbers, Relaxation, Truths

_WHOLE = 1 - 1e-6
_SCALE = 1_000_000  # whole numbers for the greatest worth
_TINY = 1e-6


@dataclass(frozen=True)
class Shares:
    """How much of some `columns` (m,) an optimum takes, `amounts` (m,); and which of those that it takes whole are
    `sure` (m,), so that no other choice is looked at.
    """

    columns: Numbers
    amounts: Amounts
    sure: Truths


def rounded(relaxation: Relaxation, shares: Shares, standing: Numbers, watch: Watch, effort: Effort) -> Numbers | None:
    """Columns of a timetable, the best with all that is sure; None where time did not suffice.

    The search begins near `standing`, the columns of a timetable.
    """
    part, limits = relaxation.matrix[:, shares.columns], relaxation.limits.copy()
    fixed = shares.sure & (shares.amounts > _WHOLE)
    limits -= part @ fixed.astype(np.float64)
    full = (limits < 0.5).astype(np.float64)
    full[-1] = 0.0  # the row of published meetings is one of "at least"
    rest = np.flatnonzero(~fixed & (part.T @ full < 0.5))
    if not len(rest):
        return shares.columns[fixed]
    chosen = shares.columns[rest]
    cp = cp_model.CpModel()
    cells = _cells(cp, relaxation, chosen)
    literals = list(cells.values())
    _limit(cp, literals, part[:, rest].tocsr(), limits)
    worth = relaxation.worth[chosen]
    scaled = np.rint(worth * (_SCALE / max(worth.max(initial=0.0), _TINY))).astype(np.int64).tolist()
    cp.maximize(cp_model.LinearExpr.weighted_sum(literals, scaled))
    for literal, hint in zip(literals, np.isin(chosen, standing).tolist(), strict=True):
        cp.add_hint(literal, hint)
    found = run(cp, cells, effort, watch).cells
    if found is None:
        return None
    number = dict(zip(cells, chosen.tolist(), strict=True))
    return np.sort(np.concatenate([shares.columns[fixed], np.array([number[cell] for cell in found], dtype=np.int64)]))


def _cells(cp: cp_model.CpModel, relaxation: Relaxation, chosen: Numbers) -> dict[Cell, cp_model.IntVar]:
    columns = relaxation.columns
    keys = zip(columns.wish[chosen].tolist(), columns.slot[chosen].tolist(), columns.site[chosen].tolist(), strict=True)
    return {key: cp.new_bool_var("") for key in keys}


def _limit(cp: cp_model.CpModel, literals: list[cp_model.IntVar], left: csr_matrix, limits: Amounts) -> None:
    """What is left of each row."""
    for row in np.flatnonzero(np.diff(left.indptr)).tolist():
        inside = slice(left.indptr[row], left.indptr[row + 1])
        here = [literals[column] for column in left.indices[inside].tolist()]
        factors = np.rint(left.data[inside]).astype(np.int64)
        limit = int(np.floor(limits[row] + _TINY))
        if factors.clip(0).sum() <= limit:
            continue
        if limit == 1 and factors.min() > 0:
            cp.add_at_most_one(here)
        else:
            cp.add(cp_model.LinearExpr.weighted_sum(here, factors.tolist()) <= limit)
